/* SPDX-License-Identifier: Apache-2.0 */
#include "store/select.h"

#include <string.h>
#include <apr_strings.h>
#include "store/row_json.h"

/* Text, or the columns of a field table, or the number of a parameter. */
typedef struct part_t {
    const char *text;
    const bm_field_t *fields;
    int summary;
    int number;
} part_t;

static void add_text(bm_select_t *s, const char *text)
{
    part_t *part = apr_array_push(s->parts);

    memset(part, 0, sizeof(*part));
    part->text = text;
}

static void add_number(bm_select_t *s, int number)
{
    part_t *part = apr_array_push(s->parts);

    memset(part, 0, sizeof(*part));
    part->number = number;
}

bm_select_t *bm_select_make(const char *name, const char *start, apr_pool_t *p)
{
    bm_select_t *s = apr_palloc(p, sizeof(*s));

    s->p = p;
    s->parts = apr_array_make(p, 16, sizeof(part_t));
    s->params = apr_array_make(p, 8, sizeof(bm_param_t));
    s->letters = apr_array_make(p, 16, sizeof(char));
    s->name = name;
    s->binary = 0;
    add_text(s, start);
    return s;
}

void bm_select_add(bm_select_t *s, char letter, const char *text)
{
    add_text(s, text);
    APR_ARRAY_PUSH(s->letters, char) = letter;
}

void bm_select_columns(bm_select_t *s, char letter, const char *before, const bm_field_t *fields, int summary)
{
    part_t *part;

    add_text(s, before);
    part = apr_array_push(s->parts);
    memset(part, 0, sizeof(*part));
    part->fields = fields;
    part->summary = summary;
    APR_ARRAY_PUSH(s->letters, char) = letter;
}

void bm_select_limit(bm_select_t *s, apr_int64_t rows)
{
    static const struct {
        apr_int64_t rows;
        const char *text;
    } usual[] = { { 11, " limit 11" }, { 21, " limit 21" }, { 51, " limit 51" }, { 101, " limit 101" }, { 201, " limit 201" },
                  { 501, " limit 501" }, { 1001, " limit 1001" }, { 10001, " limit 10001" } };
    size_t i;

    for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (rows <= usual[i].rows) {
            bm_select_add(s, (char)('2' + i), usual[i].text);
            return;
        }
    }
    bm_select_param(s, 'n', " limit ", bm_param_int64(rows), "");
}

void bm_select_param(bm_select_t *s, char letter, const char *before, bm_param_t param, const char *after)
{
    APR_ARRAY_PUSH(s->params, bm_param_t) = param;
    add_text(s, before);
    add_number(s, s->params->nelts);
    add_text(s, after);
    APR_ARRAY_PUSH(s->letters, char) = letter;
}

void bm_select_values(bm_select_t *s, const bm_field_t *fields, const json_t *body, const char *extra, bm_param_t value)
{
    const bm_field_t *field;
    const char *before = " (";

    for (field = fields; field->name != NULL; field++) {
        if (field->flags & BM_FIELD_READ_ONLY)
            continue;
        add_text(s, before);
        add_text(s, field->name);
        before = ", ";
    }
    if (extra != NULL) {
        add_text(s, before);
        add_text(s, extra);
    }
    before = ") values (";
    for (field = fields; field->name != NULL; field++) {
        if (field->flags & BM_FIELD_READ_ONLY)
            continue;
        bm_select_param(s, 'v', before, bm_row_json_param(json_object_get(body, field->name), field, s->p), "");
        before = ", ";
    }
    if (extra != NULL)
        bm_select_param(s, 'v', before, value, "");
    add_text(s, ")");
    s->letters->nelts = 0;                          /* one form only */
}

void bm_select_set(bm_select_t *s, const bm_field_t *fields, const json_t *body)
{
    const bm_field_t *field;
    const char *before = " ";

    for (field = fields; field->name != NULL; field++) {
        if (field->flags & BM_FIELD_READ_ONLY)
            continue;
        add_text(s, before);
        add_text(s, field->name);
        bm_select_param(s, 's', " = ", bm_row_json_param(json_object_get(body, field->name), field, s->p), "");
        before = ", ";
    }
    s->letters->nelts = 0;
}

static const char *text_of_part(const part_t *part, apr_pool_t *p)
{
    if (part->fields != NULL)
        return bm_row_json_columns(part->fields, part->summary, p);
    return part->text != NULL ? part->text : apr_psprintf(p, "$%d", part->number);
}

const char *bm_select_text(const bm_select_t *s)
{
    apr_array_header_t *texts = apr_array_make(s->p, s->parts->nelts, sizeof(const char *));
    int i;

    for (i = 0; i < s->parts->nelts; i++)
        APR_ARRAY_PUSH(texts, const char *) = text_of_part(&APR_ARRAY_IDX(s->parts, i, part_t), s->p);
    return apr_array_pstrcat(s->p, texts, 0);
}

static const char *compose(const void *parts)
{
    return bm_select_text(parts);
}

/* The name tells the pieces, so that every combination is prepared once. */
static const bm_stmt_t *stmt_of(const bm_select_t *s)
{
    bm_stmt_t *stmt = apr_pcalloc(s->p, sizeof(*stmt));

    stmt->name = s->letters->nelts == 0 ? s->name
        : apr_pstrcat(s->p, s->name, "_", apr_pstrmemdup(s->p, s->letters->elts, (apr_size_t)s->letters->nelts), NULL);
    stmt->compose = compose;
    stmt->parts = s;
    stmt->family = s->name;
    stmt->binary = s->binary;
    return stmt;
}

apr_status_t bm_select_run(bm_rows_t **prows, bm_select_t *s, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, stmt_of(s), (const bm_param_t *)s->params->elts, s->params->nelts, err, p);
}

void bm_select_pipe(bm_pipe_t *pipe, bm_select_t *s)
{
    bm_pipe_add(pipe, stmt_of(s), (const bm_param_t *)s->params->elts, s->params->nelts);
}
