/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/server_status.h"

#include <apr_optional_hooks.h>
#include <http_config.h>
#include <http_protocol.h>
#include <mod_status.h>
#include "base/timefmt.h"
#include "glue/directives.h"
#include "glue/lifecycle.h"
#include "glue/process.h"

#define BEAT_LATE_NS 5000000000LL       /* an engine that did not turn for so long does not */

/* What both forms tell. */
typedef struct status_t {
    const bm_node_board_t *board;       /* NULL: this httpd has no engine */
    const char *engine;
    double beat_age, queue_age;         /* seconds; < 0: never */
    apr_int64_t in_flight, capacity, recorded, backlog, pending, running;
    bm_pool_figures_t pools;
    bm_live_figures_t live;
    apr_int64_t live_clients;
    bm_meters_rates_t rates;
} status_t;

static double age_of(apr_int64_t then_ns, apr_int64_t now_ns)
{
    return then_ns == 0 ? -1 : (double)(now_ns - then_ns) / 1e9;
}

static const char *engine_state(const bm_node_board_t *board, apr_int64_t now_ns)
{
    apr_int64_t beat_ns;

    if (board == NULL)
        return "off";
    beat_ns = atomic_load(&board->engine_beat_ns);
    if (beat_ns == 0)
        return "starting";
    if (now_ns - beat_ns >= BEAT_LATE_NS)
        return "silent";
    return atomic_load(&board->engine_ready) == 1 ? "up" : "without database";
}

static apr_int64_t all_clients(const bm_live_figures_t *live)
{
    apr_int64_t all = 0;
    int i;

    for (i = 0; i < BM_LIVE_FRAMINGS; i++)
        all += live->clients[i];
    return all;
}

static void look(status_t *status, const bm_web_t *web)
{
    const bm_generation_t *generation = bm_process_generation();
    apr_int64_t now_ns = bm_timefmt_monotonic_ns();
    const bm_meters_t *meters = web->meters;

    status->board = generation != NULL ? generation->board : NULL;
    status->engine = engine_state(status->board, now_ns);
    status->beat_age = -1;
    if (status->board != NULL) {
        status->beat_age = age_of(atomic_load(&status->board->engine_beat_ns), now_ns);
        status->in_flight = atomic_load(&status->board->in_flight);
        status->recorded = atomic_load(&status->board->recorded);
        status->backlog = atomic_load(&status->board->backlog_bytes);
    }
    status->capacity = web->settings->max_in_flight;
    status->queue_age = age_of(atomic_load(&meters->queue_seen_ns), now_ns);
    status->pending = atomic_load(&meters->queue_pending);
    status->running = atomic_load(&meters->queue_running);
    bm_meters_pools(&status->pools, meters);
    bm_live_meters_read(&status->live, &meters->live);
    status->live_clients = all_clients(&status->live);
    bm_meters_rates(&status->rates, meters, now_ns);
}

static void write_auto(request_rec *r, const status_t *status)
{
    ap_rprintf(r, "BenchmarkVersion: %s\nBenchmarkEngine: %s\n", BM_VERSION, status->engine);
    if (status->beat_age >= 0)
        ap_rprintf(r, "BenchmarkEngineBeatAge: %.3f\n", status->beat_age);
    if (status->board != NULL)
        ap_rprintf(r, "BenchmarkInFlight: %" APR_INT64_T_FMT "\nBenchmarkCapacity: %" APR_INT64_T_FMT "\n"
                   "BenchmarkRecorded: %" APR_INT64_T_FMT "\nBenchmarkBacklogBytes: %" APR_INT64_T_FMT "\n", status->in_flight,
                   status->capacity, status->recorded, status->backlog);
    if (status->queue_age >= 0)
        ap_rprintf(r, "BenchmarkQueuePending: %" APR_INT64_T_FMT "\nBenchmarkQueueRunning: %" APR_INT64_T_FMT "\n"
                   "BenchmarkQueueAge: %.3f\n", status->pending, status->running, status->queue_age);
    ap_rprintf(r, "BenchmarkPoolInUse: %" APR_INT64_T_FMT "\nBenchmarkPoolLimit: %" APR_INT64_T_FMT "\n"
               "BenchmarkPoolWaiting: %" APR_INT64_T_FMT "\n", status->pools.in_use, status->pools.limit, status->pools.waiting);
    ap_rprintf(r, "BenchmarkLiveClients: %" APR_INT64_T_FMT "\nBenchmarkLiveLimit: %" APR_INT64_T_FMT "\n"
               "BenchmarkLiveQueued: %" APR_INT64_T_FMT "\n", status->live_clients, status->live.limit, status->live.queued);
    if (status->rates.seconds > 0)
        ap_rprintf(r, "BenchmarkReqPerSec: %.3f\nBenchmarkRunsPerSec: %.3f\n", status->rates.requests, status->rates.runs);
}

static void write_engine(request_rec *r, const status_t *status)
{
    ap_rprintf(r, "<dt>Engine: %s", status->engine);
    if (status->beat_age >= 0)
        ap_rprintf(r, ", last turn %.1f s ago", status->beat_age);
    ap_rputs("</dt>\n", r);
    if (status->board == NULL)
        return;
    ap_rprintf(r, "<dt>Runs in flight: %" APR_INT64_T_FMT " of %" APR_INT64_T_FMT ", recorded %" APR_INT64_T_FMT,
               status->in_flight, status->capacity, status->recorded);
    if (status->backlog > 0)
        ap_rprintf(r, ", %" APR_INT64_T_FMT " bytes wait for the database", status->backlog);
    ap_rputs("</dt>\n", r);
}

static void write_html(request_rec *r, const status_t *status)
{
    ap_rputs("<hr />\n<h2>mod_benchmark " BM_VERSION "</h2>\n<dl>\n", r);
    write_engine(r, status);
    if (status->queue_age >= 0)
        ap_rprintf(r, "<dt>Queue of all nodes: %" APR_INT64_T_FMT " pending, %" APR_INT64_T_FMT " running, %.0f s ago</dt>\n",
                   status->pending, status->running, status->queue_age);
    ap_rprintf(r, "<dt>Database connections: %" APR_INT64_T_FMT " of %" APR_INT64_T_FMT " in use, %" APR_INT64_T_FMT
               " requests wait</dt>\n", status->pools.in_use, status->pools.limit, status->pools.waiting);
    ap_rprintf(r, "<dt>Live clients: %" APR_INT64_T_FMT " of %" APR_INT64_T_FMT ", %" APR_INT64_T_FMT " subscriptions, %"
               APR_INT64_T_FMT " pushes wait</dt>\n", status->live_clients, status->live.limit, status->live.groups,
               status->live.queued);
    if (status->rates.seconds > 0)
        ap_rprintf(r, "<dt>%.2f requests/sec - %.2f runs/sec, over %.0f s</dt>\n", status->rates.requests, status->rates.runs,
                   status->rates.seconds);
    ap_rputs("</dl>\n", r);
}

static int status_hook(request_rec *r, int flags)
{
    const bm_web_t *web = bm_lifecycle_web();
    status_t status = { 0 };

    if (web == NULL)
        return DECLINED;
    look(&status, web);
    if (flags & AP_STATUS_SHORT)
        write_auto(r, &status);
    else
        write_html(r, &status);
    return OK;
}

static int pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    APR_OPTIONAL_HOOK(ap, status_hook, status_hook, NULL, NULL, APR_HOOK_MIDDLE);
    return OK;
}

void bm_server_status_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_pre_config(pre_config, NULL, NULL, APR_HOOK_MIDDLE);
}
