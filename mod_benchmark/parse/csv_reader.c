/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/csv_reader.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"

/* Whole numbers from here on do not fit into 64 bits. */
#define WHOLE_MAX 9.2e18
enum { NUMBER_MAX = 64 };

typedef struct value_t {
    const char *text;
    apr_size_t len;
    int quoted;
} value_t;

typedef struct reader_t {
    const char *at, *end;
    apr_int64_t line;                 /* of at */
    apr_int64_t record_line;          /* in which the record begins */
    apr_array_header_t *names;        /* of value_t */
    bm_err_t *err;
} reader_t;

#define REFUSE(r, line, ...) refuse(r, line, apr_psprintf((r)->err->p, __VA_ARGS__))

static apr_status_t refuse(reader_t *r, apr_int64_t line, const char *what)
{
    return bm_err_set(r->err, APR_EINVAL, "malformed_csv", "Line %" APR_INT64_T_FMT ": %s", line, what);
}

/* --- values and records */

/* Behind the opening quote. Doubled quotes are made single in a copy. */
static apr_status_t read_quoted(value_t *value, reader_t *r, apr_pool_t *p)
{
    apr_int64_t opened = r->line;
    const char *begin = ++r->at, *c;
    char *copy;

    for (c = begin; c < r->end; c++) {
        if (*c == '\n')
            r->line++;
        else if (*c == '"' && c + 1 < r->end && c[1] == '"')
            c++;
        else if (*c == '"')
            break;
    }
    if (c == r->end)
        return REFUSE(r, opened, "The quote that begins here is not closed.");
    copy = apr_palloc(p, (apr_size_t)(c - begin) + 1);
    *value = (value_t){ .text = copy, .quoted = 1 };
    while (begin < c) {
        copy[value->len++] = *begin;
        begin += *begin == '"' ? 2 : 1;
    }
    r->at = c + 1;
    return APR_SUCCESS;
}

static int is_line_end(const reader_t *r)
{
    return *r->at == '\n' || (*r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n');
}

static apr_status_t read_value(value_t *value, reader_t *r, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;

    *value = (value_t){ .text = r->at };
    if (r->at < r->end && *r->at == '"')
        rv = read_quoted(value, r, p);
    else {
        while (r->at < r->end && *r->at != ',' && *r->at != '"' && *r->at != '\r' && *r->at != '\n')
            r->at++;
        value->len = (apr_size_t)(r->at - value->text);
    }
    if (rv != APR_SUCCESS || r->at == r->end || *r->at == ',' || is_line_end(r))
        return rv;
    if (value->quoted)
        return REFUSE(r, r->line, "A comma or the end of the line must follow a closing quote.");
    return *r->at == '"' ? REFUSE(r, r->line, "A value with a quote in it must be quoted itself.")
                         : REFUSE(r, r->line, "A carriage return that ends no line must be quoted.");
}

/* The next record that is not a blank line, in p. *pvalues: NULL at the end of the text. */
static apr_status_t read_record(apr_array_header_t **pvalues, reader_t *r, apr_pool_t *p)
{
    apr_array_header_t *values = apr_array_make(p, 16, sizeof(value_t));
    apr_status_t rv;

    *pvalues = NULL;
    while (r->at < r->end && is_line_end(r)) {
        r->at += *r->at == '\r' ? 2 : 1;
        r->line++;
    }
    if (r->at == r->end)
        return APR_SUCCESS;
    r->record_line = r->line;
    for (;;) {
        if (values->nelts == BM_CSV_COLUMNS_MAX)
            return REFUSE(r, r->line, "More than %d columns are not possible.", BM_CSV_COLUMNS_MAX);
        rv = read_value(apr_array_push(values), r, p);
        if (rv != APR_SUCCESS)
            return rv;
        if (r->at == r->end || *r->at != ',')
            break;
        r->at++;
    }
    if (r->at < r->end) {
        r->at += *r->at == '\r' ? 2 : 1;
        r->line++;
    }
    *pvalues = values;
    return APR_SUCCESS;
}

/* --- objects */

static apr_status_t check_names(reader_t *r, apr_pool_t *p)
{
    json_t *seen = bm_json_adopt(json_object(), p);
    int i;

    for (i = 0; i < r->names->nelts; i++) {
        const value_t *name = &APR_ARRAY_IDX(r->names, i, value_t);
        const char *key = apr_pstrmemdup(p, name->text, name->len);

        if (name->len == 0)
            return REFUSE(r, r->record_line, "Column %d has no name.", i + 1);
        if (name->len > BM_CSV_NAME_MAX)
            return REFUSE(r, r->record_line, "The name of column %d is longer than %d bytes.", i + 1, BM_CSV_NAME_MAX);
        if (json_object_get(seen, key) != NULL)
            return REFUSE(r, r->record_line, "Column %d has the name of another one, \"%s\".", i + 1, key);
        json_object_set_new(seen, key, json_true());
    }
    return APR_SUCCESS;
}

/* The number that a value is; NULL: it is none, or would not stay the same. */
static json_t *number_of(const value_t *value, apr_pool_t *p)
{
    json_t *number;
    char first = value->len > 0 ? value->text[0] : ' ', last = value->len > 0 ? value->text[value->len - 1] : ' ';

    if (value->quoted || value->len > NUMBER_MAX || (first != '-' && (first < '0' || first > '9')) || last < '0' || last > '9'
        || bm_json_parse(&number, value->text, value->len, NULL, p) != APR_SUCCESS || !json_is_number(number))
        return NULL;
    return json_is_real(number) && fabs(json_real_value(number)) >= WHOLE_MAX ? NULL : number;
}

static apr_status_t hand_on(reader_t *r, const apr_array_header_t *values, bm_entry_fn *on_entry, void *baton, apr_pool_t *p)
{
    json_t *entry = bm_json_adopt(json_object(), p);
    int i;

    if (values->nelts != r->names->nelts)
        return REFUSE(r, r->record_line, "There are %d values for %d columns.", values->nelts, r->names->nelts);
    for (i = 0; i < values->nelts; i++) {
        const value_t *name = &APR_ARRAY_IDX(r->names, i, value_t), *value = &APR_ARRAY_IDX(values, i, value_t);
        const char *key = apr_pstrmemdup(p, name->text, name->len);
        json_t *number = number_of(value, p);

        if (number != NULL)
            json_object_set(entry, key, number);
        else
            json_object_set_new(entry, key, json_stringn(value->text, value->len));
    }
    return on_entry(baton, entry, r->record_line);
}

/* The line of the first byte that is not text. */
static apr_int64_t line_of_damage(const char *text, apr_size_t len)
{
    apr_int64_t line = 1;
    const char *stop;

    while ((stop = memchr(text, '\n', len)) != NULL && bm_text_is_utf8(text, (apr_size_t)(stop - text))) {
        len -= (apr_size_t)(stop + 1 - text);
        text = stop + 1;
        line++;
    }
    return line;
}

apr_status_t bm_csv_read(const char *text, apr_size_t len, bm_entry_fn *on_entry, void *baton, bm_err_t *err, apr_pool_t *p)
{
    bm_err_t *own = err != NULL ? err : bm_err_make(p);
    reader_t r = { .at = text, .end = text + len, .line = 1, .err = own };
    apr_array_header_t *values;
    apr_pool_t *scratch;
    apr_status_t rv;

    if (!bm_text_is_utf8(text, len))
        return REFUSE(&r, line_of_damage(text, len), "It is not UTF-8, or has a NUL.");
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    rv = read_record(&r.names, &r, p);
    if (rv != APR_SUCCESS || r.names == NULL)
        return rv;
    rv = check_names(&r, p);
    apr_pool_create(&scratch, p);
    while (rv == APR_SUCCESS) {
        apr_pool_clear(scratch);
        rv = read_record(&values, &r, scratch);
        if (rv != APR_SUCCESS || values == NULL)
            break;
        rv = hand_on(&r, values, on_entry, baton, scratch);
    }
    apr_pool_destroy(scratch);
    return rv;
}
