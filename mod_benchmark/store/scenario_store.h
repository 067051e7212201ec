/* SPDX-License-Identifier: Apache-2.0
 *
 * store/scenario_store.h: the tables scenarios and scenario_versions.
 *
 * Rows come as bm_row_json_write wants them: column 0 is the version (for the ETag), then the fields of
 * bm_scenario_fields. Hidden scenarios (ad-hoc runs, calibrations) do not exist here. Thread: that of db. */
#ifndef BM_STORE_SCENARIO_STORE_H
#define BM_STORE_SCENARIO_STORE_H

#include "base/json.h"
#include "store/listing.h"

/** Column of the first field in the rows. */
#define BM_SCENARIO_FIRST 1

/** automation_id: of one automation; -1: of all. */
apr_status_t bm_scenario_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, apr_int64_t automation_id,
                                    bm_err_t *err, apr_pool_t *p);

/** One row. lock: until the end of the transaction. @return APR_NOTFOUND. */
apr_status_t bm_scenario_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Insert a complete, checked body and its first version. */
apr_status_t bm_scenario_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                   apr_pool_t *p);

/** Replace all writable members by those of body and keep the result as a new version. changed_by: user or NULL.
 *  @return APR_NOTFOUND. */
apr_status_t bm_scenario_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                                   bm_err_t *err, apr_pool_t *p);

/** Versions, newest first; rows of bm_scenario_version_fields from column 0. version > 0: that one only.
 *  @return APR_NOTFOUND: no such scenario or version. */
apr_status_t bm_scenario_store_versions(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t version, bm_err_t *err,
                                        apr_pool_t *p);

/** id and name of scenarios, hidden ones too, ascending by id. */
apr_status_t bm_scenario_store_names(bm_rows_t **prows, bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p);

/** Runs that refer to it: one row with the number in the queue, the number running and the number that ended (counted up
 *  to 10,001). */
apr_status_t bm_scenario_store_runs(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Delete scenarios with their runs, versions and figures. In a transaction of the caller's. Runs in flight lose their row
 *  of the queue, so the engine records nothing of them. */
apr_status_t bm_scenario_store_delete(bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p);

#endif
