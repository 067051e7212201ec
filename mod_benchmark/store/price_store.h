/* SPDX-License-Identifier: Apache-2.0
 *
 * store/price_store.h: prices. Rows come as bm_row_json_write wants them: the version, then the fields of bm_price_fields.
 * Thread: that of db. */
#ifndef BM_STORE_PRICE_STORE_H
#define BM_STORE_PRICE_STORE_H

#include "base/json.h"
#include "db/query.h"
#include "model/price_book.h"
#include "store/listing.h"

enum { BM_PRICE_FIRST = 1 };

/** provider NULL: all. The listing's q, label and sort are not for prices. */
apr_status_t bm_price_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const char *provider, bm_err_t *err,
                                 apr_pool_t *p);

/** One price; lock: until the end of the transaction nobody else changes it. @return APR_NOTFOUND. */
apr_status_t bm_price_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Add one (body complete), and read it back. */
apr_status_t bm_price_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                apr_pool_t *p);

/** Replace one, and read it back. @return APR_NOTFOUND. */
apr_status_t bm_price_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err, apr_pool_t *p);

/** @return APR_NOTFOUND. */
apr_status_t bm_price_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** A currency of a price beside `id` that is not this one, in p; NULL: there is none. */
apr_status_t bm_price_store_other_currency(const char **other, bm_db_t *db, const char *currency, apr_int64_t id, bm_err_t *err,
                                           apr_pool_t *p);

/** All prices as a book in a pool of its own: whoever has it destroys book->p. */
apr_status_t bm_price_store_book(bm_price_book_t **pbook, bm_db_t *db, bm_err_t *err, apr_pool_t *scratch);

#endif
