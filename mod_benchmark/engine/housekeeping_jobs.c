/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/housekeeping_jobs.h"

#include "base/settings.h"
#include "engine/audit_sealing.h"
#include "engine/kpi_check.h"
#include "engine/kpi_rebuild.h"
#include "engine/secret_rotation.h"
#include "kpi/kpi_merge.h"
#include "store/discovery_store.h"
#include "store/engine_store.h"
#include "store/idempotency_store.h"
#include "store/kpi_backfill_store.h"
#include "store/kpi_keep_store.h"
#include "store/kpi_store.h"
#include "store/loadtest_store.h"
#include "store/partition_store.h"
#include "store/password_link_store.h"
#include "store/login_budget_store.h"
#include "store/session_store.h"
#include "store/signing_key_store.h"
#include "store/ticket_store.h"
#include "store/trace_rework_store.h"
#include "store/trace_source_store.h"

#define COMPACT_AGE apr_time_from_sec(60)
#define COMPACT_STEP 6000
#define PRUNE_STEP 10000
#define TRACES_STEP 200                  /* the sync of their source waits meanwhile */
#define BACKFILL_SLICE 100000            /* ids of runs; half a second */

/* Sessions, keys, links and budgets that are past their time. */
static apr_status_t prune_access(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    apr_status_t rv = bm_session_store_prune(ctx->db, ctx->err, p);

    if (rv == APR_SUCCESS)
        rv = bm_signing_key_store_prune(ctx->db, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_password_link_store_prune(ctx->db, ctx->err, p);
    return rv == APR_SUCCESS ? bm_login_budget_store_prune(ctx->db, ctx->err, p) : rv;
}

static apr_status_t compact(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    int folded;
    apr_status_t rv = bm_kpi_store_compact(&folded, ctx->db, COMPACT_AGE, COMPACT_STEP, bm_kpi_merge, NULL, ctx->err, p);

    ctx->again = rv == APR_SUCCESS && folded == COMPACT_STEP;
    return rv;
}

static apr_status_t make_partitions(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    int created;
    apr_status_t rv = bm_partition_store_ahead(&created, ctx->db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE, ctx->err, p);

    if (rv == APR_SUCCESS)
        rv = bm_partition_store_ahead(&created, ctx->db, BM_PARTITIONED_EVENTS, BM_PARTITION_SIZE, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_partition_store_ahead(&created, ctx->db, BM_PARTITIONED_REQUESTS, BM_PARTITION_SIZE, ctx->err, p);
    return rv;
}

static apr_status_t keep_less(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    const bm_settings_t *settings = ctx->baton;
    int runs = 0, events = 0, pruned = 0, loadtests = 0, raw = 0;
    apr_status_t rv = bm_partition_store_drop(&runs, ctx->db, BM_PARTITIONED_RUNS, settings->keep_runs, ctx->err, p);

    if (rv == APR_SUCCESS)
        rv = bm_partition_store_drop(&events, ctx->db, BM_PARTITIONED_EVENTS, settings->keep_events, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_partition_store_prune_events(&pruned, ctx->db, settings->keep_events, PRUNE_STEP, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_loadtest_store_prune(&loadtests, ctx->db, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_loadtest_store_prune_requests(&raw, ctx->db, settings->keep_raw, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_engine_store_prune(ctx->db, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_idempotency_store_prune(ctx->db, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_ticket_store_prune(ctx->db, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_discovery_store_prune(ctx->db, ctx->err, p);
    if (rv == APR_SUCCESS)
        rv = prune_access(ctx, p);
    ctx->again = rv == APR_SUCCESS && (runs || events || loadtests || raw || pruned == PRUNE_STEP);
    return rv;
}

/* Deletes what the borders left behind the last time, then moves them: readers have an hour to see where they are. */
static apr_status_t keep_fewer_cells(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    const bm_settings_t *settings = ctx->baton;
    int deleted;
    apr_status_t rv = bm_kpi_keep_store_delete(&deleted, ctx->db, PRUNE_STEP, ctx->err, p);

    ctx->again = rv == APR_SUCCESS && deleted == PRUNE_STEP;
    if (rv == APR_SUCCESS && !ctx->again)
        rv = bm_kpi_keep_store_move(ctx->db, settings->keep_hour_cells, settings->keep_day_cells, ctx->err, p);
    return rv;
}

static apr_status_t backfill(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    return bm_kpi_backfill_store_step(&ctx->again, ctx->db, BACKFILL_SLICE, ctx->err, p);
}

static apr_status_t sweep_traces(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    int removed;
    apr_status_t rv = bm_trace_source_store_sweep(&removed, ctx->db, PRUNE_STEP, ctx->err, p);

    ctx->again = rv == APR_SUCCESS && removed > 0;
    return rv;
}

static apr_status_t reword_traces(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    return bm_trace_rework_store_reword(&ctx->again, ctx->db, TRACES_STEP, ctx->err, p);
}

static apr_status_t forget_traces(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    const bm_settings_t *settings = ctx->baton;

    if (settings->keep_traces == 0)
        return APR_SUCCESS;
    return bm_trace_rework_store_forget(&ctx->again, ctx->db, apr_time_now() - apr_time_from_sec(86400) * settings->keep_traces,
                                       TRACES_STEP, ctx->err, p);
}

static apr_status_t erase_traces(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    return bm_trace_rework_store_erase(&ctx->again, ctx->db, TRACES_STEP, ctx->err, p);
}

static const bm_job_t compact_job = {
    .name = "kpi-compact", .doc = "Folds KPI deltas into hour and day cells.", .every = apr_time_from_sec(15),
    .lease = apr_time_from_sec(120), .run = compact
};
static const bm_job_t partitions_job = {
    .name = "partitions", .doc = "Makes the next partitions of runs, events and requests.", .every = apr_time_from_sec(60),
    .lease = apr_time_from_sec(120), .run = make_partitions
};
static const bm_job_t retention_job = {
    .name = "retention", .doc = "Drops what is older than its retention.", .every = apr_time_from_sec(600),
    .lease = apr_time_from_sec(300), .run = keep_less
};

static const bm_job_t keep_cells_job = {
    .name = "kpi-retention", .doc = "Drops KPI cells of hours and days that are older than their retention.",
    .every = apr_time_from_sec(3600), .lease = apr_time_from_sec(300), .run = keep_fewer_cells
};

static const bm_job_t backfill_job = {
    .name = "kpi-backfill", .doc = "Has KPIs of windows made again from rows that were asked for.",
    .every = apr_time_from_sec(5), .lease = apr_time_from_sec(120), .run = backfill
};

static const bm_job_t sweep_traces_job = {
    .name = "trace-sweep", .doc = "Removes what deleted trace sources left behind.", .every = apr_time_from_sec(30),
    .lease = apr_time_from_sec(120), .run = sweep_traces
};

static const bm_job_t reword_traces_job = {
    .name = "trace-words", .doc = "Reads traces by the words of their source that were changed.", .every = apr_time_from_sec(5),
    .lease = apr_time_from_sec(120), .run = reword_traces
};

static const bm_job_t forget_traces_job = {
    .name = "trace-retention", .doc = "Removes traces that are older than BenchmarkKeepTraces.", .every = apr_time_from_sec(600),
    .lease = apr_time_from_sec(120), .run = forget_traces
};

static const bm_job_t erase_traces_job = {
    .name = "trace-erase", .doc = "Removes traces of users who are to be forgotten.", .every = apr_time_from_sec(5),
    .lease = apr_time_from_sec(120), .run = erase_traces
};

const bm_job_t *const bm_housekeeping_jobs[] = {
    &compact_job, &bm_kpi_rebuild_job, &partitions_job, &retention_job, &sweep_traces_job, &reword_traces_job,
    &erase_traces_job, &forget_traces_job, &keep_cells_job,
    &backfill_job, &bm_kpi_check_job, &bm_secret_rotation_job, &bm_audit_sealing_job,
    &bm_audit_retention_job, NULL
};
