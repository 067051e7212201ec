/* SPDX-License-Identifier: Apache-2.0 */
#include "store/metrics_store.h"

#include "model/trace_source_model.h"

#define STRING_OF(x) #x
#define TEXT_OF(x) STRING_OF(x)

/* Bounded: a scrape comes every few seconds, and a queue may have millions of rows. */
static const bm_stmt_t metrics_queue = { "metrics_queue",
    "select p.n, (select count(*) from (select 1 from run_queue where state = 'running'"
    "  limit " TEXT_OF(BM_METRICS_QUEUE_MAX) ") r), p.oldest, (select stopped from meta)"
    " from (select count(*) as n,"
    "  (extract(epoch from now() - min(run_at) filter (where run_at <= now())) * 1e9)::bigint as oldest"
    "  from (select run_at from run_queue where state = 'pending' and not cancel_requested"
    "  limit " TEXT_OF(BM_METRICS_QUEUE_MAX) ") q) p" };
static const bm_stmt_t metrics_engines = { "metrics_engines",
    "select case when beat_at < now() - interval '15 seconds' then 'stale' else state end as now_is, count(*)"
    " from engines where state <> 'stopped' and beat_at > now() - interval '1 day' group by now_is order by now_is" };
static const bm_stmt_t metrics_check = { "metrics_check", "select checks_total, hours_total, drifted_total from kpi_check" };
static const bm_stmt_t metrics_syncs = { "metrics_syncs",
    "select t.id, t.name, (extract(epoch from now() - y.last_sync_at) * 1e9)::bigint, " BM_TRACE_IS_STALE ", y.failures"
    " from trace_sync y join trace_sources t on t.id = y.source_id where not t.paused order by t.id limit 1000" };
static const bm_stmt_t metrics_names = { "metrics_names", "select id, name from scenarios where id = any($1)" };

apr_status_t bm_metrics_store_read(bm_metrics_rows_t *found, bm_db_t *db, const apr_int64_t *scenarios, int n, bm_err_t *err,
                                   apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t **rows = NULL;
    apr_status_t rv;

    bm_pipe_add(pipe, &metrics_queue, BM_NO_PARAMS);
    bm_pipe_add(pipe, &metrics_engines, BM_NO_PARAMS);
    bm_pipe_add(pipe, &metrics_check, BM_NO_PARAMS);
    bm_pipe_add(pipe, &metrics_syncs, BM_NO_PARAMS);
    bm_pipe_add(pipe, &metrics_names, BM_PARAMS(bm_param_int64s(scenarios, n, p)));
    rv = bm_pipe_run(&rows, pipe, err);
    if (rv != APR_SUCCESS)
        return rv;
    found->queue = rows[0];
    found->engines = rows[1];
    found->check = rows[2];
    found->syncs = rows[3];
    found->names = rows[4];
    return APR_SUCCESS;
}

apr_status_t bm_metrics_store_queue(apr_int64_t *pending, apr_int64_t *running, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &metrics_queue, BM_NO_PARAMS, err, p);

    if (rv != APR_SUCCESS)
        return rv;
    *pending = bm_rows_int64(rows, 0, 0, 0);
    *running = bm_rows_int64(rows, 0, 1, 0);
    return APR_SUCCESS;
}
