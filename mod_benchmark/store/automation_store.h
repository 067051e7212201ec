/* SPDX-License-Identifier: Apache-2.0
 *
 * store/automation_store.h: the tables automations and queue_target.
 *
 * Rows come as bm_row_json_write wants them: column 0 is the version (for the ETag), then the fields of
 * bm_automation_fields. Hidden automations (the reference target) do not exist here. Thread: that of db. */
#ifndef BM_STORE_AUTOMATION_STORE_H
#define BM_STORE_AUTOMATION_STORE_H

#include "base/json.h"
#include "store/listing.h"

/** Column of the first field in the rows. */
#define BM_AUTOMATION_FIRST 1

/** provider: of one kind; NULL: of all. */
apr_status_t bm_automation_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const char *provider,
                                      bm_err_t *err, apr_pool_t *p);

/** One row. lock: until the end of the transaction. @return APR_NOTFOUND. */
apr_status_t bm_automation_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Insert a complete, checked body, with its row of queue_target. */
apr_status_t bm_automation_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                     apr_pool_t *p);

/** Replace all writable members by those of body; raises the version. @return APR_NOTFOUND. */
apr_status_t bm_automation_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err,
                                     apr_pool_t *p);

/** Scenarios that refer to it: id, name, hidden; hidden ones last. */
apr_status_t bm_automation_store_scenarios(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Delete it. @return APR_NOTFOUND; APR_EEXIST: a scenario refers to it. */
apr_status_t bm_automation_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

#endif
