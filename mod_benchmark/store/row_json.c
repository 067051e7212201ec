/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row_json.h"

#include <string.h>
#include <apr_strings.h>

static int is_left_out(const bm_field_t *field, int summary)
{
    return summary && (field->flags & BM_FIELD_BULKY);
}

/* An object that is made of the columns of its members. */
static int is_composed(const bm_field_t *field)
{
    return field->type == BM_TYPE_OBJECT && field->column != NULL && field->column[0] == '\0' && field->members != NULL;
}

static int is_column(const bm_field_t *field)
{
    return field->column == NULL || field->column[0] != '\0';
}

static void add_columns(apr_array_header_t *parts, const bm_field_t *fields, int summary)
{
    const bm_field_t *field;

    for (field = fields; field->name != NULL; field++) {
        if (is_left_out(field, summary))
            continue;
        if (is_composed(field))
            add_columns(parts, field->members, summary);
        else if (is_column(field)) {
            if (parts->nelts > 0)
                APR_ARRAY_PUSH(parts, const char *) = ", ";
            APR_ARRAY_PUSH(parts, const char *) = field->column ? field->column : field->name;
        }
    }
}

const char *bm_row_json_columns(const bm_field_t *fields, int summary, apr_pool_t *p)
{
    apr_array_header_t *parts = apr_array_make(p, 128, sizeof(const char *));

    add_columns(parts, fields, summary);
    return apr_array_pstrcat(p, parts, 0);
}

apr_size_t bm_row_time_text(char out[BM_ROW_TIME], const char *text)
{
    size_t len = strlen(text), i;

    if (len < 22 || len > 29 || text[10] != ' ' || strcmp(text + len - 3, "+00") != 0)
        return 0;
    memcpy(out, "0000-00-00T00:00:00.000000Z", BM_ROW_TIME);
    memcpy(out, text, 10);
    memcpy(out + 11, text + 11, 8);
    for (i = 20; i < len - 3; i++)
        out[i] = text[i];
    return BM_ROW_TIME - 1;
}

void bm_row_json_time(bm_jw_t *w, const char *text)
{
    char out[BM_ROW_TIME + 2];
    apr_size_t len;

    if (text == NULL) {
        bm_jw_null(w);
        return;
    }
    len = bm_row_time_text(out + 1, text);
    if (len == 0) {
        bm_jw_string(w, text);
        return;
    }
    out[0] = out[len + 1] = '"';
    bm_jw_raw(w, out, len + 2);
}

apr_size_t bm_row_micros_text(char out[BM_ROW_MICROS], const char *text)
{
    apr_size_t n = 0, len, whole;

    if (*text == '-')
        out[n++] = *text++;
    len = strlen(text);
    if (len == 0 || len > 20)
        return 0;
    whole = len > 3 ? len - 3 : 0;
    if (whole == 0)
        out[n++] = '0';
    memcpy(out + n, text, whole);
    n += whole;
    memcpy(out + n, ".000", 4);
    memcpy(out + n + 4 - (len - whole), text + whole, len - whole);
    for (n += 4; out[n - 1] == '0'; n--)
        ;
    return out[n - 1] == '.' ? n - 1 : n;
}

void bm_row_json_micros(bm_jw_t *w, const char *text)
{
    char out[BM_ROW_MICROS];
    apr_size_t len = text == NULL ? 0 : bm_row_micros_text(out, text);

    if (len == 0)
        bm_jw_null(w);
    else
        bm_jw_raw(w, out, len);
}

static void write_value(bm_jw_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *field)
{
    const char *text = bm_rows_text(rows, row, column);

    if (text == NULL) {
        bm_jw_null(w);
        return;
    }
    if (field->flags & BM_FIELD_MICROS) {
        bm_row_json_micros(w, text);
        return;
    }
    switch (field->type) {
    case BM_TYPE_BOOL:
        bm_jw_bool(w, text[0] == 't');
        break;
    case BM_TYPE_STRING:
    case BM_TYPE_ENUM:
        bm_jw_string_n(w, text, (apr_size_t)bm_rows_length(rows, row, column));
        break;
    case BM_TYPE_TIME:
        bm_row_json_time(w, text);
        break;
    case BM_TYPE_INT:
    case BM_TYPE_NUMBER:
    case BM_TYPE_OBJECT:
    case BM_TYPE_ARRAY:
    case BM_TYPE_STRINGS:
    case BM_TYPE_ANY:
        bm_jw_raw(w, text, (apr_size_t)bm_rows_length(rows, row, column));
        break;
    }
}

static int are_all_null(const bm_rows_t *rows, int row, int column, const bm_field_t *fields)
{
    for (; fields->name != NULL; fields++, column++)
        if (!bm_rows_is_null(rows, row, column))
            return 0;
    return 1;
}

static int count_of(const bm_field_t *fields)
{
    int n = 0;

    while (fields[n].name != NULL)
        n++;
    return n;
}

int bm_row_json_write_members(bm_jw_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *fields, int summary)
{
    const bm_field_t *field;

    for (field = fields; field->name != NULL; field++) {
        if (is_left_out(field, summary))
            continue;
        if (is_composed(field)) {
            bm_jw_key(w, field->name);
            if (are_all_null(rows, row, column, field->members)) {
                bm_jw_null(w);
                column += count_of(field->members);
            }
            else
                column = bm_row_json_write(w, rows, row, column, field->members, summary);
        }
        else if (is_column(field)) {
            bm_jw_key(w, field->name);
            write_value(w, rows, row, column++, field);
        }
    }
    return column;
}

int bm_row_json_write(bm_jw_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *fields, int summary)
{
    int behind;

    bm_jw_begin_object(w);
    behind = bm_row_json_write_members(w, rows, row, column, fields, summary);
    bm_jw_end_object(w);
    return behind;
}

static bm_param_t strings_param(const json_t *value, apr_pool_t *p)
{
    size_t i, n = json_array_size(value);
    const char **texts = apr_palloc(p, (n + 1) * sizeof(*texts));

    for (i = 0; i < n; i++)
        texts[i] = json_string_value(json_array_get(value, i));
    return bm_param_texts(texts, (int)n, p);
}

bm_param_t bm_row_json_param(const json_t *value, const bm_field_t *field, apr_pool_t *p)
{
    if (value == NULL || json_is_null(value))
        return bm_param_null();
    switch (field->type) {
    case BM_TYPE_INT:
        return bm_param_int64(json_integer_value(value));
    case BM_TYPE_NUMBER:
        return bm_param_double(json_number_value(value));
    case BM_TYPE_BOOL:
        return bm_param_bool(json_is_true(value));
    case BM_TYPE_STRING:
    case BM_TYPE_ENUM:
        return bm_param_text(json_string_value(value));
    case BM_TYPE_TIME:
        return bm_param_json(json_string_value(value));      /* type left to the server */
    case BM_TYPE_STRINGS:
        return strings_param(value, p);
    case BM_TYPE_OBJECT:
    case BM_TYPE_ARRAY:
    case BM_TYPE_ANY:
        break;
    }
    return bm_param_json(bm_json_dump(NULL, value, p));
}
