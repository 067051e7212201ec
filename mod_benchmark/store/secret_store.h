/* SPDX-License-Identifier: Apache-2.0
 *
 * store/secret_store.h: named secrets, sealed. Rows come as bm_row_json_write wants them: the version, then the fields of
 * bm_secret_fields; no row of the first half has what is sealed. Thread: that of db. */
#ifndef BM_STORE_SECRET_STORE_H
#define BM_STORE_SECRET_STORE_H

#include "db/query.h"
#include "model/secret_book.h"
#include "store/listing.h"

enum { BM_SECRET_FIRST = 1 };

/** What is written of a secret. */
typedef struct bm_secret_change_t {
    const char *description;     /* NULL: null */
    const char *sealed;          /* NULL: the value stays as it is (not in a new one) */
    const char *key_id;          /* with sealed */
} bm_secret_change_t;

/** The listing's label and sort are not for secrets. */
apr_status_t bm_secret_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing,
                                  bm_err_t *err, apr_pool_t *p);

/** One of them; lock: until the end of the transaction nobody else changes it. @return APR_NOTFOUND. */
apr_status_t bm_secret_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err,
                                 apr_pool_t *p);

/** @return APR_EEXIST: there is one of that name. */
apr_status_t bm_secret_store_add(bm_rows_t **prows, bm_db_t *db, apr_int64_t project_id, const char *name,
                                 const bm_secret_change_t *change, const char *created_by, bm_err_t *err, apr_pool_t *p);

/** @return APR_NOTFOUND. */
apr_status_t bm_secret_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id,
                                 const bm_secret_change_t *change, bm_err_t *err, apr_pool_t *p);

/** @return APR_NOTFOUND. */
apr_status_t bm_secret_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** What names it: rows of bm_secret_use_fields, automations before scenarios, `limit` of them behind `skip`. */
apr_status_t bm_secret_store_uses(bm_rows_t **prows, bm_db_t *db, apr_int64_t project_id, const char *name, int limit,
                                  apr_int64_t skip, bm_err_t *err, apr_pool_t *p);

/** Rows (key_id, number of secrets it sealed), of all projects. */
apr_status_t bm_secret_store_keys(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Names of a project's secrets, as keys of a hash in p. */
apr_status_t bm_secret_store_names(apr_hash_t **pnames, bm_db_t *db, apr_int64_t project_id, bm_err_t *err, apr_pool_t *p);

/* --- engines */

/** What secret_state says. */
apr_status_t bm_secret_store_changed(apr_int64_t *changed, bm_db_t *db, bm_err_t *err, apr_pool_t *scratch);

/** All of them as a book in a pool of its own: whoever has it destroys book->p. */
apr_status_t bm_secret_store_book(bm_secret_book_t **pbook, bm_db_t *db, bm_err_t *err, apr_pool_t *scratch);

/** These were used now. */
apr_status_t bm_secret_store_used(bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p);

/** Up to `limit` that another key than this sealed, with ids behind `after`: rows (id, project_id, name, sealed). */
apr_status_t bm_secret_store_under_other(bm_rows_t **prows, bm_db_t *db, const char *key_id, apr_int64_t after, int limit,
                                         bm_err_t *err, apr_pool_t *p);

/** The same value under another key, unless it was changed meanwhile (`was` is no more what is stored): then nothing is done.
 *  Neither its version nor its times change. */
apr_status_t bm_secret_store_reseal(bm_db_t *db, apr_int64_t id, const char *was, const char *sealed, const char *key_id,
                                    bm_err_t *err, apr_pool_t *p);

#endif
