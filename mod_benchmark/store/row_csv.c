/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row_csv.h"

#include <string.h>
#include <apr_strings.h>
#include "store/row_json.h"

/* Of an object that is unfolded; more have no columns. */
enum { MEMBERS_MAX = 16 };

static int is_left_out(const bm_field_t *field, int summary)
{
    return summary && (field->flags & BM_FIELD_BULKY);
}

static int is_column(const bm_field_t *field)
{
    return field->column == NULL || field->column[0] != '\0';
}

/* Whether its members are columns of the CSV; is_column then says whether the store has it as one JSON. */
static int is_unfolded(const bm_field_t *field)
{
    return field->type == BM_TYPE_OBJECT && field->members != NULL && !(field->flags & BM_FIELD_BULKY);
}

static void put_name(bm_csv_t *w, const char *object, const char *name)
{
    char text[200];

    apr_snprintf(text, sizeof(text), "%s.%s", object, name);
    bm_csv_plain(w, text, strlen(text));
}

void bm_row_csv_head(bm_csv_t *w, const bm_field_t *fields, int summary)
{
    const bm_field_t *field, *member;

    for (field = fields; field->name != NULL; field++) {
        if (is_left_out(field, summary))
            continue;
        if (is_unfolded(field)) {
            for (member = field->members; member->name != NULL; member++)
                put_name(w, field->name, member->name);
        }
        else if (is_column(field))
            bm_csv_plain(w, field->name, strlen(field->name));
    }
    bm_csv_end_row(w);
}

static void put_micros(bm_csv_t *w, const char *text)
{
    char out[BM_ROW_MICROS];
    apr_size_t len = bm_row_micros_text(out, text);

    bm_csv_plain(w, len > 0 ? out : NULL, len);
}

static void put_time(bm_csv_t *w, const char *text)
{
    char out[BM_ROW_TIME];
    apr_size_t len = bm_row_time_text(out, text);

    if (len > 0)
        bm_csv_plain(w, out, len);
    else
        bm_csv_text(w, text, strlen(text));
}

static void put_value(bm_csv_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *field)
{
    const char *text = bm_rows_text(rows, row, column);
    apr_size_t len = text == NULL ? 0 : (apr_size_t)bm_rows_length(rows, row, column);

    if (text == NULL)
        bm_csv_plain(w, NULL, 0);
    else if (field->flags & BM_FIELD_MICROS)
        put_micros(w, text);
    else if (field->type == BM_TYPE_TIME)
        put_time(w, text);
    else if (field->type == BM_TYPE_BOOL)
        bm_csv_plain(w, text[0] == 't' ? "true" : "false", text[0] == 't' ? 4 : 5);
    else if (field->type == BM_TYPE_STRING || field->type == BM_TYPE_ENUM)
        bm_csv_text(w, text, len);
    else
        bm_csv_plain(w, text, len);
}

/* --- members of JSON that the store keeps as one
 * By hand, as reading it into a tree and writing numbers again takes longer than all the rest of the row. */

typedef struct word_t {
    const char *text;
    apr_size_t len;
} word_t;

static const char *skip_string(const char *s, const char *end)
{
    for (s++; s < end && *s != '"'; s++)
        if (*s == '\\')
            s++;
    return s < end ? s + 1 : end;
}

/* Behind a value: to the comma or bracket that ends it. */
static const char *skip_value(const char *s, const char *end)
{
    int depth = 0;

    while (s < end && !(depth == 0 && (*s == ',' || *s == '}' || *s == ']'))) {
        if (*s == '"') {
            s = skip_string(s, end);
            continue;
        }
        depth += (*s == '{' || *s == '[') - (*s == '}' || *s == ']');
        s++;
    }
    return s;
}

static const char *skip_blank(const char *s, const char *end)
{
    while (s < end && (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r'))
        s++;
    return s;
}

static void keep_value(word_t *values, const bm_field_t *members, const word_t *name, const word_t *value)
{
    int i;

    for (i = 0; i < MEMBERS_MAX && members[i].name != NULL; i++)
        if (strlen(members[i].name) == name->len && memcmp(members[i].name, name->text, name->len) == 0)
            values[i] = *value;
}

/* The values of an object's members as they stand; text NULL: they were not there. */
static void find_values(word_t values[MEMBERS_MAX], const bm_field_t *members, const char *text, apr_size_t len)
{
    const char *end = text + len, *s = skip_blank(text, end);

    memset(values, 0, MEMBERS_MAX * sizeof(*values));
    while (s < end && (*s == '{' || *s == ',')) {
        word_t name, value;

        name.text = skip_blank(s + 1, end);
        if (name.text == end || *name.text != '"')
            return;
        s = skip_string(name.text, end);
        name.text++;
        name.len = (apr_size_t)(s - name.text) - 1;
        s = skip_blank(s, end);
        value.text = skip_blank(s < end ? s + 1 : end, end);
        s = skip_value(value.text, end);
        value.len = (apr_size_t)(s - value.text);
        while (value.len > 0 && skip_blank(value.text + value.len - 1, value.text + value.len) == value.text + value.len)
            value.len--;
        keep_value(values, members, &name, &value);
    }
}

static void put_members(bm_csv_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *members)
{
    const char *text = bm_rows_text(rows, row, column);
    word_t values[MEMBERS_MAX];
    int i;

    find_values(values, members, text, text == NULL ? 0 : (apr_size_t)bm_rows_length(rows, row, column));
    for (i = 0; i < MEMBERS_MAX && members[i].name != NULL; i++) {
        const word_t *v = &values[i];

        if (v->len == 0 || (v->len == 4 && memcmp(v->text, "null", 4) == 0))
            bm_csv_plain(w, NULL, 0);
        else if (v->len >= 2 && v->text[0] == '"' && memchr(v->text, '\\', v->len) == NULL)
            bm_csv_text(w, v->text + 1, v->len - 2);
        else
            bm_csv_plain(w, v->text, v->len);
    }
}

void bm_row_csv_write(bm_csv_t *w, const bm_rows_t *rows, int row, int column, const bm_field_t *fields, int summary)
{
    const bm_field_t *field, *member;

    for (field = fields; field->name != NULL; field++) {
        if (is_left_out(field, summary))
            continue;
        if (!is_unfolded(field)) {
            if (is_column(field))
                put_value(w, rows, row, column++, field);
        }
        else if (is_column(field))
            put_members(w, rows, row, column++, field->members);
        else
            for (member = field->members; member->name != NULL; member++)
                put_value(w, rows, row, column++, member);
    }
    bm_csv_end_row(w);
}
