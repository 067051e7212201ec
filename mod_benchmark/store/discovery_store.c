/* SPDX-License-Identifier: Apache-2.0 */
#include "store/discovery_store.h"

/* The newest of its scenario, by index, whatever else there is. */
static const bm_stmt_t discovery_recent = { "discovery_recent",
    "select (select count(*) from run_queue where scenario_id = -1) + (select count(*) from (select created_at from runs"
    " where scenario_id = -1 order by id desc limit $1) r where r.created_at > now() - interval '1 minute')" };
/* They are in no KPI, so no hour has to be made anew. */
static const bm_stmt_t discovery_prune = { "discovery_prune",
    "delete from runs where scenario_id = -1 and finished_at < now() - interval '1 hour'" };

apr_status_t bm_discovery_store_recent(int *count, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &discovery_recent, BM_PARAMS(bm_param_int64(BM_DISCOVERIES_A_MINUTE + 1)), err, p);

    *count = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

apr_status_t bm_discovery_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &discovery_prune, BM_NO_PARAMS, err, p);
}
