/* SPDX-License-Identifier: Apache-2.0 */
#include "store/select.h"

#include <apr_strings.h>
#include "store/row_json.h"

bm_select_t *bm_select_make(const char *name, const char *start, apr_pool_t *p)
{
    bm_select_t *s = apr_palloc(p, sizeof(*s));

    s->p = p;
    s->parts = apr_array_make(p, 32, sizeof(const char *));
    s->params = apr_array_make(p, 8, sizeof(bm_param_t));
    s->letters = apr_array_make(p, 16, sizeof(char));
    s->name = name;
    s->binary = 0;
    APR_ARRAY_PUSH(s->parts, const char *) = start;
    return s;
}

void bm_select_add(bm_select_t *s, char letter, const char *text)
{
    APR_ARRAY_PUSH(s->parts, const char *) = text;
    APR_ARRAY_PUSH(s->letters, char) = letter;
}

void bm_select_param(bm_select_t *s, char letter, const char *before, bm_param_t param, const char *after)
{
    APR_ARRAY_PUSH(s->params, bm_param_t) = param;
    APR_ARRAY_PUSH(s->parts, const char *) = before;
    APR_ARRAY_PUSH(s->parts, const char *) = apr_psprintf(s->p, "$%d", s->params->nelts);
    APR_ARRAY_PUSH(s->parts, const char *) = after;
    APR_ARRAY_PUSH(s->letters, char) = letter;
}

void bm_select_values(bm_select_t *s, const bm_field_t *fields, const json_t *body, const char *extra, bm_param_t value)
{
    const bm_field_t *field;
    const char *before = " (";

    for (field = fields; field->name != NULL; field++) {
        if (field->flags & BM_FIELD_READ_ONLY)
            continue;
        APR_ARRAY_PUSH(s->parts, const char *) = before;
        APR_ARRAY_PUSH(s->parts, const char *) = field->name;
        before = ", ";
    }
    if (extra != NULL) {
        APR_ARRAY_PUSH(s->parts, const char *) = before;
        APR_ARRAY_PUSH(s->parts, const char *) = extra;
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
    APR_ARRAY_PUSH(s->parts, const char *) = ")";
    s->letters->nelts = 0;                          /* one form only */
}

void bm_select_set(bm_select_t *s, const bm_field_t *fields, const json_t *body)
{
    const bm_field_t *field;
    const char *before = " ";

    for (field = fields; field->name != NULL; field++) {
        if (field->flags & BM_FIELD_READ_ONLY)
            continue;
        APR_ARRAY_PUSH(s->parts, const char *) = before;
        APR_ARRAY_PUSH(s->parts, const char *) = field->name;
        bm_select_param(s, 's', " = ", bm_row_json_param(json_object_get(body, field->name), field, s->p), "");
        before = ", ";
    }
    s->letters->nelts = 0;
}

const char *bm_select_text(const bm_select_t *s)
{
    return apr_array_pstrcat(s->p, s->parts, 0);
}

/* The name tells the pieces, so that every combination is prepared once. */
static const bm_stmt_t *stmt_of(const bm_select_t *s)
{
    bm_stmt_t *stmt = apr_pcalloc(s->p, sizeof(*stmt));

    stmt->name = s->letters->nelts == 0 ? s->name
        : apr_pstrcat(s->p, s->name, "_", apr_pstrmemdup(s->p, s->letters->elts, (apr_size_t)s->letters->nelts), NULL);
    stmt->sql = bm_select_text(s);
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
