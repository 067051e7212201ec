/* SPDX-License-Identifier: Apache-2.0
 *
 * store/select.h: a statement put together of fixed pieces, with values as parameters only.
 *
 * Every piece is a string constant or comes from a field table; what a client said can only be a
 * parameter. The statement's name is the start given to make plus one letter per piece, so each
 * combination is prepared once and never mistaken for another. Thread: one owner. */
#ifndef BM_STORE_SELECT_H
#define BM_STORE_SELECT_H

#include <apr_tables.h>
#include "db/query.h"
#include "model/field.h"

typedef struct bm_select_t {
    apr_pool_t *p;
    apr_array_header_t *parts;      /* of part_t (select.c) */
    apr_array_header_t *params;     /* of bm_param_t */
    apr_array_header_t *letters;    /* of char */
    const char *name;
    int binary;                     /* ask for binary results */
} bm_select_t;

/** Start with a piece of text. name: [a-z0-9_]+, unique in the tree. Never NULL. */
bm_select_t *bm_select_make(const char *name, const char *start, apr_pool_t *p);

/** Add constant text under a letter that is this piece's own within the statement. */
void bm_select_add(bm_select_t *s, char letter, const char *text);

/** Add constant text and the columns of a field table (bm_row_json_columns). */
void bm_select_columns(bm_select_t *s, char letter, const char *before, const bm_field_t *fields, int summary);

/** Add " limit n" for at least `rows` rows, a constant where that is a usual number: with a parameter PostgreSQL believes that a
 *  tenth of the table is wanted, and plans the statement anew each time. The answer may so have more rows than asked for. */
void bm_select_limit(bm_select_t *s, apr_int64_t rows);

/** Add before, "$n" and after, with n the number of the new parameter. */
void bm_select_param(bm_select_t *s, char letter, const char *before, bm_param_t param, const char *after);

/** Add "(columns) values (parameters)" of an INSERT: every field of the table that is not read-only, from body. The field's
 *  name is the column's. extra: name of one more column, or NULL. */
void bm_select_values(bm_select_t *s, const bm_field_t *fields, const json_t *body, const char *extra, bm_param_t value);

/** Add "column = parameter, ..." of an UPDATE, likewise. */
void bm_select_set(bm_select_t *s, const bm_field_t *fields, const json_t *body);

/** Run it. @return as bm_db_query. */
apr_status_t bm_select_run(bm_rows_t **prows, bm_select_t *s, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Queue it in a pipe; s must live until the pipe has run. */
void bm_select_pipe(bm_pipe_t *pipe, bm_select_t *s);

/** The finished text (for EXPLAIN in tests). In the pool of make. */
const char *bm_select_text(const bm_select_t *s);

#endif
