/* SPDX-License-Identifier: Apache-2.0
 *
 * metrics_api.c: /metrics: this node from its shared memory, and what only the store knows of all nodes. While the database
 * is away the first half is all there is. Nothing here grows with the number of runs. */
#include "api/metrics_api.h"

#include <apr_strings.h>
#include "base/timefmt.h"
#include "export/prometheus.h"
#include "shm/meters.h"
#include "shm/node_board.h"
#include "store/metrics_store.h"

#define BEAT_LATE_NS 5000000000LL       /* an engine that did not turn for so long is not up */

#define GAUGE(name_, help_) (&(const bm_prometheus_family_t){ BM_PROMETHEUS_GAUGE, name_, NULL, help_ })
#define SECONDS(name_, help_) (&(const bm_prometheus_family_t){ BM_PROMETHEUS_GAUGE, name_, "seconds", help_ })
#define BYTES(name_, help_) (&(const bm_prometheus_family_t){ BM_PROMETHEUS_GAUGE, name_, "bytes", help_ })
#define COUNTER(name_, help_) (&(const bm_prometheus_family_t){ BM_PROMETHEUS_COUNTER, name_, NULL, help_ })
#define ELSEWHERE(name_, help_) (&(const bm_prometheus_family_t){ BM_PROMETHEUS_COUNTER, name_, NULL, help_, 1 })
#define HISTOGRAM(name_, help_) (&(const bm_prometheus_family_t){ BM_PROMETHEUS_HISTOGRAM, name_, "seconds", help_ })
#define INFO(name_, help_) (&(const bm_prometheus_family_t){ BM_PROMETHEUS_INFO, name_, NULL, help_ })
#define NONE BM_PROMETHEUS_LABELS()

/* A family of one sample without labels. */
static void put(bm_prometheus_t *w, const bm_prometheus_family_t *family, apr_int64_t value)
{
    bm_prometheus_family(w, family);
    bm_prometheus_count(w, NONE, value);
}

static void put_time(bm_prometheus_t *w, const bm_prometheus_family_t *family, apr_int64_t ns)
{
    bm_prometheus_family(w, family);
    bm_prometheus_time(w, NONE, ns);
}

/* --- this node */

static void write_service(bm_prometheus_t *w, const bm_req_t *q)
{
    const bm_meters_t *meters = q->api->meters;

    bm_prometheus_family(w, INFO("benchmark_build", "Version of the module."));
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "version", BM_VERSION }), 1);
    put_time(w, SECONDS("benchmark_start_time_seconds", "When this configuration of httpd began, since 1970; its counters were"
                        " 0 then."), meters->started * 1000);
    put_time(w, SECONDS("benchmark_uptime_seconds", "How long this configuration of httpd has served."),
             (apr_time_now() - meters->started) * 1000);
}

/* Words of an engine that was killed stay until the next one writes them: only those of one that turns are shown. */
static void write_engine(bm_prometheus_t *w, bm_req_t *q)
{
    bm_node_board_t *board = q->api->board;
    apr_int64_t age = bm_timefmt_monotonic_ns() - atomic_load(&board->engine_beat_ns);
    int turns = atomic_load(&board->engine_beat_ns) != 0 && age < BEAT_LATE_NS;

    put(w, GAUGE("benchmark_engine_up", "1 while the engine of this node turns and has the database."),
        turns && atomic_load(&board->engine_ready) == 1);
    if (atomic_load(&board->engine_beat_ns) != 0)
        put_time(w, SECONDS("benchmark_engine_beat_age_seconds", "How long ago the engine of this node last turned."), age);
    put(w, COUNTER("benchmark_engine_starts", "Engines started on this node."), atomic_load(&board->engine_starts));
    put(w, GAUGE("benchmark_engine_in_flight", "Runs that the engine of this node performs now."),
        turns ? atomic_load(&board->in_flight) : 0);
    put(w, GAUGE("benchmark_engine_capacity", "Runs that the engine of this node may perform at once."),
        q->api->settings->max_in_flight);
    put(w, COUNTER("benchmark_engine_recorded_runs", "Runs of every kind that engines of this node wrote, those put back in the"
                   " queue included."), atomic_load(&board->recorded));
    put(w, BYTES("benchmark_engine_backlog_bytes", "Ended runs that wait in memory for the database."),
        turns ? atomic_load(&board->backlog_bytes) : 0);
    put(w, BYTES("benchmark_engine_backlog_limit_bytes", "BenchmarkRecorderBacklog."), q->api->settings->recorder_backlog);
}

static void write_engine_lag(bm_prometheus_t *w, const bm_meters_t *meters)
{
    bm_histogram_copy_t copy;

    bm_histogram_read(&copy, &meters->engine_lag);
    bm_prometheus_family(w, HISTOGRAM("benchmark_engine_lag_seconds", "Of each run the longest time between the kernel's receive"
                                      " stamp and the engine's own."));
    bm_prometheus_histogram(w, NONE, &copy);
}

static void write_pool(bm_prometheus_t *w, const bm_meters_t *meters)
{
    bm_pool_figures_t pools;

    bm_meters_pools(&pools, meters);
    put(w, GAUGE("benchmark_web_children", "Processes of httpd on this node that serve requests of the module."), pools.children);
    put(w, GAUGE("benchmark_db_pool_connections_in_use", "Connections that requests of this node hold."), pools.in_use);
    put(w, GAUGE("benchmark_db_pool_connections_limit", "BenchmarkPoolLimit of all children of this node."), pools.limit);
    put(w, GAUGE("benchmark_db_pool_waiting", "Requests of this node that wait for a connection."), pools.waiting);
    put(w, COUNTER("benchmark_db_pool_timeouts", "Requests that got no connection within two seconds."),
        (apr_int64_t)atomic_load(&meters->pool_timeouts));
    put(w, COUNTER("benchmark_db_pool_failures", "Requests that got no connection because the database could not be reached."),
        (apr_int64_t)atomic_load(&meters->pool_failures));
}

/* Those who watch (live/hub.h). */
static void write_live(bm_prometheus_t *w, const bm_live_meters_t *live)
{
    static const char *const framings[BM_LIVE_FRAMINGS] = { "sse", "websocket", "hive", "poll", "wait" };
    static const char *const ends[BM_LIVE_ENDS] = { "client", "slow", "silent", "protocol", "restart", "access" };
    bm_histogram_copy_t copy;
    bm_live_figures_t now;
    int i;

    bm_live_meters_read(&now, live);
    bm_prometheus_family(w, GAUGE("benchmark_live_clients", "Connections that watch events on this node."));
    for (i = 0; i < BM_LIVE_FRAMINGS; i++)
        bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "kind", framings[i] }), now.clients[i]);
    put(w, GAUGE("benchmark_live_clients_limit", "BenchmarkMaxLiveClients of all children of this node."), now.limit);
    put(w, GAUGE("benchmark_live_subscriptions", "Different things that they watch."), now.groups);
    put(w, GAUGE("benchmark_live_queue_depth", "Pushes that wait in the queues of clients."), now.queued);
    put(w, GAUGE("benchmark_live_feeds_current", "Children whose stream follows the database."), now.current);
    put(w, COUNTER("benchmark_live_accepted", "Clients that came."), (apr_int64_t)atomic_load(&live->accepted));
    put(w, COUNTER("benchmark_live_refused", "Clients that were sent away because no place was left."),
        (apr_int64_t)atomic_load(&live->refused));
    bm_prometheus_family(w, COUNTER("benchmark_live_ended", "Clients that went, by reason."));
    for (i = 0; i < BM_LIVE_ENDS; i++)
        bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "reason", ends[i] }), (apr_int64_t)atomic_load(&live->ended[i]));
    put(w, COUNTER("benchmark_live_events", "Events that children read for them."), (apr_int64_t)atomic_load(&live->events));
    put(w, COUNTER("benchmark_live_pushes", "Pushes put in the queues of clients."), (apr_int64_t)atomic_load(&live->pushes));
    put(w, &(const bm_prometheus_family_t){ BM_PROMETHEUS_COUNTER, "benchmark_live_pushed_bytes", "bytes", "Bytes of these." },
        (apr_int64_t)atomic_load(&live->bytes));
    put(w, COUNTER("benchmark_live_resumed", "Times that clients were told what they had missed."),
        (apr_int64_t)atomic_load(&live->resumed));
    put(w, COUNTER("benchmark_live_resets", "Times that clients had to begin anew."), (apr_int64_t)atomic_load(&live->resets));
    bm_histogram_read(&copy, &live->delivery);
    bm_prometheus_family(w, HISTOGRAM("benchmark_live_delivery_seconds", "Of each event the time from its insert until the last"
                                      " client's socket or queue had it."));
    bm_prometheus_histogram(w, NONE, &copy);
}

static void write_tables(bm_prometheus_t *w, const bm_meters_t *meters)
{
    bm_histogram_copy_t copy;
    bm_histogram_key_t key;
    uint32_t at = 0;

    bm_prometheus_family(w, HISTOGRAM("benchmark_http_request_duration_seconds",
                                      "Requests of this node, from their first line to their last byte."));
    while (bm_histogram_table_next(&copy, &key, meters->requests, &at))
        bm_prometheus_histogram(w, BM_PROMETHEUS_LABELS({ "route", key.part[0] }, { "method", key.part[1] },
                                                        { "status", key.part[2] }), &copy);
    at = 0;
    bm_prometheus_family(w, HISTOGRAM("benchmark_db_query_duration_seconds", "Statements of this node, requests' and engine's;"
                                      " several that went together by the first."));
    while (bm_histogram_table_next(&copy, &key, meters->statements, &at))
        bm_prometheus_histogram(w, BM_PROMETHEUS_LABELS({ "statement", key.part[0] }), &copy);
}

/* The board of KPI cells, which only nodes with an engine have. */
static void write_kpi_board(bm_prometheus_t *w, bm_kpi_board_t *board)
{
    bm_kpi_board_state_t state;

    bm_kpi_board_state(&state, board);
    put(w, GAUGE("benchmark_kpi_board_readable", "1 while KPIs are answered from this node's memory."), state.filled);
    if (state.age_ns >= 0)
        put_time(w, SECONDS("benchmark_kpi_board_age_seconds", "Since the board of KPI cells was last up to date."),
                 state.age_ns);
    put(w, BYTES("benchmark_kpi_board_size_bytes", "Memory for KPI cells."), (apr_int64_t)state.size);
    put(w, BYTES("benchmark_kpi_board_used_bytes", "Of it, in use."), (apr_int64_t)state.used);
    put(w, GAUGE("benchmark_kpi_board_cells", "KPI cells of hours and days that it holds."), state.cells);
    put(w, COUNTER("benchmark_kpi_board_fills", "Times that it was filled from the database."), (apr_int64_t)state.fills);
    put(w, COUNTER("benchmark_kpi_board_evictions", "Hours and days that made room for others."), (apr_int64_t)state.evictions);
    bm_prometheus_family(w, COUNTER("benchmark_kpi_answers", "Windows of KPIs, by where they were read."));
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "from", "board" }), (apr_int64_t)state.hits);
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "from", "store" }), (apr_int64_t)state.misses);
}

/* --- runs by scenario */

static apr_int64_t id_of(const bm_scenario_meters_t *scenario)
{
    return atomic_load_explicit(&scenario->id, memory_order_acquire);
}

static int has_runs(const bm_scenario_meters_t *scenario)
{
    uint64_t runs = 0;
    int i;

    for (i = 0; i < BM_RUN_METER_ENDS; i++)
        runs += atomic_load_explicit(&scenario->ends[i], memory_order_relaxed);
    return runs > 0;
}

static const char *label_of(const bm_scenario_meters_t *scenario, apr_pool_t *p)
{
    apr_int64_t id = id_of(scenario);

    return id == BM_METERS_OTHER_SCENARIOS ? "other" : apr_psprintf(p, "%" APR_INT64_T_FMT, id);
}

static void write_ends(bm_prometheus_t *w, const apr_array_header_t *scenarios, apr_pool_t *p)
{
    static const char *const ends[BM_RUN_METER_ENDS] = { "completed", "failed", "cancelled", "timed_out" };
    int i, end;

    bm_prometheus_family(w, COUNTER("benchmark_runs", "Runs that engines of this node recorded, by scenario and end."));
    for (i = 0; i < scenarios->nelts; i++) {
        const bm_scenario_meters_t *scenario = APR_ARRAY_IDX(scenarios, i, const bm_scenario_meters_t *);

        for (end = 0; end < BM_RUN_METER_ENDS; end++)
            bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "scenario_id", label_of(scenario, p) }, { "status", ends[end] }),
                                (apr_int64_t)atomic_load_explicit(&scenario->ends[end], memory_order_relaxed));
    }
}

static void write_tokens(bm_prometheus_t *w, const apr_array_header_t *scenarios, apr_pool_t *p)
{
    int i;

    bm_prometheus_family(w, COUNTER("benchmark_tokens", "Tokens of these runs, as targets reported them."));
    for (i = 0; i < scenarios->nelts; i++) {
        const bm_scenario_meters_t *scenario = APR_ARRAY_IDX(scenarios, i, const bm_scenario_meters_t *);
        const char *label = label_of(scenario, p);

        bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "scenario_id", label }, { "type", "prompt" }),
                            (apr_int64_t)atomic_load_explicit(&scenario->prompt_tokens, memory_order_relaxed));
        bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "scenario_id", label }, { "type", "completion" }),
                            (apr_int64_t)atomic_load_explicit(&scenario->completion_tokens, memory_order_relaxed));
    }
}

static const bm_prometheus_family_t figures[BM_RUN_METERS] = {
    [BM_RUN_METER_TOTAL] = { BM_PROMETHEUS_HISTOGRAM, "benchmark_run_duration_seconds", "seconds",
        "Wall time of completed runs." },
    [BM_RUN_METER_E2E] = { BM_PROMETHEUS_HISTOGRAM, "benchmark_run_e2e_seconds", "seconds",
        "First byte sent to last content, of completed runs." },
    [BM_RUN_METER_TTFT] = { BM_PROMETHEUS_HISTOGRAM, "benchmark_run_ttft_seconds", "seconds",
        "First byte sent to first content, of completed runs." },
    [BM_RUN_METER_ITL] = { BM_PROMETHEUS_HISTOGRAM, "benchmark_run_itl_seconds", "seconds",
        "Gap per token, every one of every completed run." },
    [BM_RUN_METER_TPOT] = { BM_PROMETHEUS_HISTOGRAM, "benchmark_run_tpot_seconds", "seconds",
        "Time per output token behind the first, of completed runs." },
    [BM_RUN_METER_QUEUE] = { BM_PROMETHEUS_HISTOGRAM, "benchmark_run_queue_seconds", "seconds",
        "Time between becoming due and being started, of all runs." },
    [BM_RUN_METER_SEND_LAG] = { BM_PROMETHEUS_HISTOGRAM, "benchmark_run_send_lag_seconds", "seconds",
        "How late the engine sent, of all runs." },
};

static void write_figures(bm_prometheus_t *w, const apr_array_header_t *scenarios, apr_pool_t *p)
{
    bm_histogram_copy_t copy;
    int figure, i;

    for (figure = 0; figure < BM_RUN_METERS; figure++) {
        bm_prometheus_family(w, &figures[figure]);
        for (i = 0; i < scenarios->nelts; i++) {
            const bm_scenario_meters_t *scenario = APR_ARRAY_IDX(scenarios, i, const bm_scenario_meters_t *);

            bm_histogram_read(&copy, &scenario->figures[figure]);
            if (copy.n > 0)
                bm_prometheus_histogram(w, BM_PROMETHEUS_LABELS({ "scenario_id", label_of(scenario, p) }), &copy);
        }
    }
}

static apr_array_header_t *scenarios_of(const bm_meters_t *meters, apr_pool_t *p)
{
    apr_array_header_t *scenarios = apr_array_make(p, 16, sizeof(const bm_scenario_meters_t *));
    int i;

    for (i = 0; i <= meters->scenario_count; i++)
        if (id_of(&meters->scenarios[i]) != BM_METERS_NO_SCENARIO && has_runs(&meters->scenarios[i]))
            APR_ARRAY_PUSH(scenarios, const bm_scenario_meters_t *) = &meters->scenarios[i];
    return scenarios;
}

static void write_otlp(bm_prometheus_t *w, const bm_otlp_meters_t *meters)
{
    static const char *const reasons[BM_OTLP_DROPS] = { "queue_full", "refused", "expired", "shutdown" };
    int i;

    put(w, GAUGE("benchmark_otlp_queued_runs", "Runs whose traces wait for the collector."), atomic_load(&meters->queued));
    put(w, COUNTER("benchmark_otlp_sent_spans", "Spans that the collector took."), (apr_int64_t)atomic_load(&meters->sent));
    bm_prometheus_family(w, COUNTER("benchmark_otlp_dropped_spans", "Spans that it did not get, by reason."));
    for (i = 0; i < BM_OTLP_DROPS; i++)
        bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "reason", reasons[i] }), (apr_int64_t)atomic_load(&meters->dropped[i]));
    put(w, COUNTER("benchmark_otlp_requests", "Requests to the collector."), (apr_int64_t)atomic_load(&meters->requests));
    put(w, COUNTER("benchmark_otlp_retries", "Times that a batch of traces was put off."),
        (apr_int64_t)atomic_load(&meters->retries));
}

/* --- all nodes */

/* Each family of all sources, as the format has it. */
static void write_syncs(bm_prometheus_t *w, const bm_rows_t *syncs)
{
    enum { ID, NAME, AGE, STALE, FAILURES };
    int i, n = bm_rows_count(syncs);

#define OF_SOURCE BM_PROMETHEUS_LABELS({ "source_id", bm_rows_text(syncs, i, ID) }, { "name", bm_rows_text(syncs, i, NAME) })
    bm_prometheus_family(w, SECONDS("benchmark_trace_sync_age_seconds", "How long ago the newest of a trace source was read;"
                                    " absent: never."));
    for (i = 0; i < n; i++)
        if (!bm_rows_is_null(syncs, i, AGE))
            bm_prometheus_time(w, OF_SOURCE, bm_rows_int64(syncs, i, AGE, 0));
    bm_prometheus_family(w, GAUGE("benchmark_trace_sync_stale", "1: that is longer ago than twice the interval."));
    for (i = 0; i < n; i++)
        bm_prometheus_count(w, OF_SOURCE, bm_rows_bool(syncs, i, STALE));
    bm_prometheus_family(w, GAUGE("benchmark_trace_sync_failures", "Attempts in a row that failed."));
    for (i = 0; i < n; i++)
        bm_prometheus_count(w, OF_SOURCE, bm_rows_int64(syncs, i, FAILURES, 0));
#undef OF_SOURCE
}

static void write_store(bm_prometheus_t *w, const bm_metrics_rows_t *found)
{
    int i;

    bm_prometheus_family(w, GAUGE("benchmark_queue_runs", "Rows of the queue of all nodes; counted up to 100000."));
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "state", "pending" }), bm_rows_int64(found->queue, 0, 0, 0));
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "state", "running" }), bm_rows_int64(found->queue, 0, 1, 0));
    put_time(w, SECONDS("benchmark_queue_oldest_pending_seconds", "How long the oldest due run has waited."),
             bm_rows_int64(found->queue, 0, 2, 0));
    put(w, GAUGE("benchmark_claims_stopped", "1 while the emergency stop is in force."), bm_rows_bool(found->queue, 0, 3));
    bm_prometheus_family(w, GAUGE("benchmark_engines", "Engines of all nodes by state; stale: no heartbeat for 15 seconds."));
    for (i = 0; i < bm_rows_count(found->engines); i++)
        bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "state", bm_rows_text(found->engines, i, 0) }),
                            bm_rows_int64(found->engines, i, 1, 0));
    put(w, ELSEWHERE("benchmark_kpi_checks", "Comparisons of KPI cells with the runs they are made of."),
        bm_rows_int64(found->check, 0, 0, 0));
    put(w, ELSEWHERE("benchmark_kpi_checked_cells", "Hours of scenarios that were compared."),
        bm_rows_int64(found->check, 0, 1, 0));
    put(w, ELSEWHERE("benchmark_kpi_drifted_cells", "Hours that differed, and were made again."),
        bm_rows_int64(found->check, 0, 2, 0));
    write_syncs(w, found->syncs);
    bm_prometheus_family(w, INFO("benchmark_scenario", "Names of the scenarios above."));
    for (i = 0; i < bm_rows_count(found->names); i++)
        bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "scenario_id", bm_rows_text(found->names, i, 0) },
                                                    { "name", bm_rows_text(found->names, i, 1) }), 1);
}

static apr_status_t read_store(bm_metrics_rows_t *found, bm_req_t *q, const apr_array_header_t *scenarios)
{
    apr_int64_t *ids = apr_palloc(q->p, ((apr_size_t)scenarios->nelts + 1) * sizeof(*ids));
    bm_db_t *db;
    int i, n = 0;
    apr_status_t rv = bm_api_open(&db, q);

    if (rv != APR_SUCCESS)
        return rv;
    for (i = 0; i < scenarios->nelts; i++) {
        ids[n] = id_of(APR_ARRAY_IDX(scenarios, i, const bm_scenario_meters_t *));
        n += ids[n] >= 0;
    }
    rv = bm_metrics_store_read(found, db, ids, n, q->err, q->p);
    q->api->source->close(db, q->api->source);
    return rv;
}

static apr_status_t metrics_get(bm_req_t *q)
{
    int open_metrics = bm_prometheus_wants_open_metrics(q->accept);
    const bm_meters_t *meters = q->api->meters;
    apr_array_header_t *scenarios = scenarios_of(meters, q->p);
    bm_metrics_rows_t found;
    apr_status_t rv = read_store(&found, q, scenarios);
    bm_prometheus_t w;

    bm_prometheus_begin(&w, &q->out, open_metrics, meters->started);
    write_service(&w, q);
    if (q->api->board != NULL)
        write_engine(&w, q);
    if (q->api->kpi_board != NULL)
        write_kpi_board(&w, q->api->kpi_board);
    write_engine_lag(&w, meters);
    write_pool(&w, meters);
    write_live(&w, &meters->live);
    write_tables(&w, meters);
    write_ends(&w, scenarios, q->p);
    write_tokens(&w, scenarios, q->p);
    write_figures(&w, scenarios, q->p);
    if (q->api->settings->otlp_endpoint != NULL && q->api->board != NULL)
        write_otlp(&w, &meters->otlp);
    put(&w, GAUGE("benchmark_database_up", "1 if this scrape could ask the database."), rv == APR_SUCCESS);
    if (rv == APR_SUCCESS)
        write_store(&w, &found);
    q->content_type = bm_prometheus_type(open_metrics);
    apr_table_setn(q->headers, "Vary", "Accept");
    return bm_prometheus_end(&w);
}

const bm_route_t bm_metrics_api_routes[] = {
    { "GET", "/metrics", BM_ROLE_VIEWER, metrics_get, BM_ROUTE_NO_DATABASE | BM_ROUTE_SCRAPED | BM_ROUTE_WHOLE, 200, NULL,
      NULL, NULL, "getMetrics", "service", "This node for Prometheus: text 0.0.4, or OpenMetrics by Accept (docs/monitoring.md).",
      .media = "text/plain|application/openmetrics-text" },
    { NULL }
};
