/* SPDX-License-Identifier: Apache-2.0
 *
 * engine_api.c: /engine: who runs, what waits, what died, and the emergency stop of all nodes. */
#include "api/engine_api.h"

#include "api/page.h"
#include "base/log.h"
#include "model/engine_model.h"
#include "model/run_model.h"
#include "store/status_store.h"
#include "store/row_json.h"
#include "store/run_store.h"

static const bm_schema_t engine_schema = { "Engine", bm_engine_fields };
static const bm_field_t stopped_fields[] = {
    { "stopped", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether claims are stopped on all nodes." },
    { "message", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What was done." },
    { NULL }
};
static const bm_schema_t stopped_schema = { "EngineStopped", stopped_fields };
static const bm_schema_t run_schema = { "Run", bm_run_fields };

static const bm_query_param_t dead_params[] = {
    BM_PAGE_PARAMS,
    { "view", BM_QUERY_ENUM, 0, 0, "full|summary", "Always summary; accepted for likeness with /runs." },
    { NULL }
};

static void write_nodes(bm_req_t *q, const bm_rows_t *rows)
{
    int i;

    bm_jw_key(&q->w, "engines");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++)
        bm_row_json_write(&q->w, rows, i, 0, bm_engine_node_fields, 0);
    bm_jw_end_array(&q->w);
}

static void write_by_kind(bm_req_t *q, const bm_rows_t *rows)
{
    int i;

    bm_jw_key(&q->w, "by_kind");
    bm_jw_begin_object(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++) {
        bm_jw_key(&q->w, bm_rows_text(rows, i, 0));
        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "pending");
        bm_jw_int(&q->w, bm_rows_int64(rows, i, 1, 0));
        bm_jw_key(&q->w, "running");
        bm_jw_int(&q->w, bm_rows_int64(rows, i, 2, 0));
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_object(&q->w);
}

static void write_queue(bm_req_t *q, const bm_rows_t *rows)
{
    apr_int64_t pending = 0, running = 0;
    double oldest = -1;
    int i;

    for (i = 0; i < bm_rows_count(rows); i++) {
        double waited = bm_rows_double(rows, i, 3, -1);

        pending += bm_rows_int64(rows, i, 1, 0);
        running += bm_rows_int64(rows, i, 2, 0);
        if (waited > oldest)
            oldest = waited;
    }
    bm_jw_key(&q->w, "queue");
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "pending");
    bm_jw_int(&q->w, pending);
    bm_jw_key(&q->w, "running");
    bm_jw_int(&q->w, running);
    bm_jw_key(&q->w, "oldest_pending_seconds");
    if (oldest < 0)
        bm_jw_null(&q->w);
    else
        bm_jw_fixed(&q->w, oldest, 3);
    write_by_kind(q, rows);
    bm_jw_end_object(&q->w);
}

static void write_locations(bm_req_t *q, const bm_rows_t *rows)
{
    static const char *const counts[] = { "engines", "pending", "running" };
    int i, c;

    bm_jw_key(&q->w, "locations");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++) {
        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "name");
        bm_jw_string(&q->w, bm_rows_text(rows, i, 0));
        for (c = 0; c < 3; c++) {
            bm_jw_key(&q->w, counts[c]);
            bm_jw_int(&q->w, bm_rows_int64(rows, i, c + 1, 0));
        }
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
}

static void put_count(bm_req_t *q, const char *key, apr_uint64_t value)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, (apr_int64_t)value);
}

static void put_since(bm_req_t *q, const char *key, apr_int64_t hour)
{
    bm_jw_key(&q->w, key);
    if (hour == 0)
        bm_jw_null(&q->w);
    else
        bm_jw_time(&q->w, apr_time_from_sec(hour * 3600));
}

static void write_kpi_board(bm_req_t *q)
{
    bm_kpi_board_state_t state;

    bm_jw_key(&q->w, "kpi_board");
    if (q->api->kpi_board == NULL) {
        bm_jw_null(&q->w);
        return;
    }
    bm_kpi_board_state(&state, q->api->kpi_board);
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "readable");
    bm_jw_bool(&q->w, state.filled);
    bm_jw_key(&q->w, "age_ms");
    if (state.age_ns < 0)
        bm_jw_null(&q->w);
    else
        bm_jw_fixed(&q->w, (double)state.age_ns / 1e6, 3);
    put_count(q, "bytes", state.size);
    put_count(q, "bytes_used", state.used);
    put_count(q, "cells", (apr_uint64_t)state.cells);
    put_count(q, "views", (apr_uint64_t)state.views);
    put_since(q, "hours_since", state.hours_from);
    put_since(q, "days_since", (apr_int64_t)state.days_from * 24);
    put_count(q, "fills", state.fills);
    put_count(q, "evictions", state.evictions);
    put_count(q, "answers_from_board", state.hits);
    put_count(q, "answers_from_store", state.misses);
    bm_jw_end_object(&q->w);
}

/* Runs that were tried as often as they may be, and never came to an end. */
static const bm_run_filter_t dead_runs = { .scenario_id = -1, .automation_id = -1, .error_code = "attempts_exhausted",
                                           .summary = 1 };

static apr_status_t engine_get(bm_req_t *q)
{
    bm_status_overview_t overview;
    apr_int64_t dead;
    apr_status_t rv = bm_status_store_overview(&overview, q->db, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_run_store_count(&dead, q->db, &dead_runs, BM_PAGE_COUNT_MAX, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    write_nodes(q, overview.nodes);
    write_queue(q, overview.queue);
    write_locations(q, overview.locations);
    bm_jw_key(&q->w, "stopped");
    bm_jw_bool(&q->w, bm_rows_bool(overview.state, 0, 0));
    bm_jw_key(&q->w, "stopped_by");
    bm_jw_string(&q->w, bm_rows_text(overview.state, 0, 1));
    bm_jw_key(&q->w, "stopped_at");
    bm_row_json_time(&q->w, bm_rows_text(overview.state, 0, 2));
    bm_jw_key(&q->w, "dead");
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "count");
    bm_jw_int(&q->w, dead);
    bm_jw_end_object(&q->w);
    write_kpi_board(q);
    bm_jw_key(&q->w, "kpi_check");
    bm_row_json_write(&q->w, overview.check, 0, 0, bm_engine_check_fields, 0);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t engine_dead(bm_req_t *q)
{
    bm_run_filter_t filter = dead_runs;
    bm_page_t page;
    bm_rows_t *rows;
    apr_int64_t count;
    apr_status_t rv;

    bm_page_read(&page, q);
    filter.after = page.after;
    filter.skip = page.skip;
    filter.limit = page.limit + 1;
    rv = bm_run_store_list(&rows, q->db, &filter, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_RUN_FIRST, bm_run_fields, 1, BM_RUN_FIRST);
    if (!page.total)
        return APR_SUCCESS;
    rv = bm_run_store_count(&count, q->db, &filter, BM_PAGE_COUNT_MAX, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, count);
    return rv;
}

static apr_status_t set_stopped(bm_req_t *q, int stop)
{
    int changed;
    apr_status_t rv = bm_status_store_stop(&changed, q->db, stop, q->who.user, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    if (changed)
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0102) "request %s: %s %s all engines", q->request_id,
               q->who.user ? q->who.user : "an anonymous client", stop ? "stops" : "starts");
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "stopped");
    bm_jw_bool(&q->w, stop);
    bm_jw_key(&q->w, "message");
    bm_jw_string(&q->w, stop ? "Within two seconds no engine claims runs and those in flight are cancelled."
                             : "Engines claim runs again.");
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t engine_stop(bm_req_t *q)
{
    return set_stopped(q, 1);
}

static apr_status_t engine_start(bm_req_t *q)
{
    return set_stopped(q, 0);
}

const bm_route_t bm_engine_api_routes[] = {
    { "GET", "/engine", BM_ROLE_VIEWER, engine_get, 0, 200, NULL, NULL, &engine_schema, "getEngine", "engine",
      "Engines of all nodes, the queue, and whether claims are stopped." },
    { "GET", "/engine/dead", BM_ROLE_VIEWER, engine_dead, BM_ROUTE_LIST, 200, dead_params, NULL, &run_schema,
      "listDeadRuns", "engine",
      "Runs that failed because engines died under them as often as was allowed; without bulky members." },
    { "POST", "/engine/stop", BM_ROLE_ADMIN, engine_stop, BM_ROUTE_WAKES | BM_ROUTE_WHOLE, 202, NULL, NULL, &stopped_schema,
      "stopEngine", "engine",
      "Emergency stop: no node starts anything until it is started again." },
    { "POST", "/engine/start", BM_ROLE_ADMIN, engine_start, BM_ROUTE_WAKES | BM_ROUTE_WHOLE, 202, NULL, NULL, &stopped_schema,
      "startEngine", "engine", "Claim runs again after a stop." },
    { NULL }
};
