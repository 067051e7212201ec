/* SPDX-License-Identifier: Apache-2.0
 *
 * db/rows.h: how this room makes the bm_rows_t of db/query.h. Inside this room. */
#ifndef BM_DB_ROWS_H
#define BM_DB_ROWS_H

#include "db/query.h"

/** Rows that own res and clear it with p. */
bm_rows_t *bm_rows_make(PGresult *res, apr_pool_t *p);

/** Command tag ("BEGIN", "INSERT 0 1"); lives with the rows. */
const char *bm_rows_tag(const bm_rows_t *rows);

#endif
