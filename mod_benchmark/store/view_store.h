/* SPDX-License-Identifier: Apache-2.0
 *
 * store/view_store.h: views of the dashboard's lists. Rows come as bm_row_json_write wants them: the version, then the fields of
 * bm_view_fields. Thread: that of db. */
#ifndef BM_STORE_VIEW_STORE_H
#define BM_STORE_VIEW_STORE_H

#include "base/json.h"
#include "db/query.h"
#include "store/listing.h"

enum { BM_VIEW_FIRST = 1 };

/** page NULL: of all. The listing's q, label and sort are not for views. */
apr_status_t bm_view_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const char *page, bm_err_t *err,
                                apr_pool_t *p);

/** One view; lock: until the end of the transaction nobody else changes it. @return APR_NOTFOUND. */
apr_status_t bm_view_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Add one (body complete), and read it back. @return APR_EEXIST: its page has one of that name. */
apr_status_t bm_view_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                               apr_pool_t *p);

/** Replace one, and read it back. @return APR_NOTFOUND; APR_EEXIST: as above. */
apr_status_t bm_view_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err, apr_pool_t *p);

/** @return APR_NOTFOUND. */
apr_status_t bm_view_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Whether another view than `id` of that project and page has the name, whatever the case of its letters. */
apr_status_t bm_view_store_has_name(int *has, bm_db_t *db, apr_int64_t project_id, const char *page, const char *name,
                                    apr_int64_t id, bm_err_t *err, apr_pool_t *p);

#endif
