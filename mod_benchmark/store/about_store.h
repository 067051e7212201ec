/* SPDX-License-Identifier: Apache-2.0
 *
 * store/about_store.h: what the database says of itself. Thread: that of db. */
#ifndef BM_STORE_ABOUT_STORE_H
#define BM_STORE_ABOUT_STORE_H

#include "db/query.h"

/** One row: server_version, tls (bool), tls_version (null without), tls_cipher, replica (bool), nodes (hosts whose
 * engine beat within a day), engines alive. */
apr_status_t bm_about_store_get(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
