/* SPDX-License-Identifier: Apache-2.0
 *
 * gates_api.c: /gates/{scenario}. Who asks that runs are awaited is kept by the hub (live/hub.h), without a thread and without a
 * connection to the database; where that cannot be, the answer says at once where to ask later. */
#include "api/gates_api.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "api/gate_report.h"
#include "api/kpi_query.h"
#include "api/run_order.h"
#include "base/text.h"
#include "parse/accept.h"
#include "parse/id_ranges.h"
#include "store/gate_store.h"

enum { WAIT_MAX = 300, RETRY_AFTER_S = 2 };

#define LOOK_FIRST apr_time_from_msec(600)        /* runs that ended before the hub listened for them */
#define LOOK_AGAIN apr_time_from_sec(2)

static const bm_field_t order_fields[] = {
    { "count", BM_TYPE_INT, 0, 1, BM_GATE_RUNS_MAX, .fallback = "20", .doc = "How many runs." },
    { "inputs_override", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .doc = "Inputs laid over those of automation and scenario." },
    { "priority", BM_TYPE_INT, 0, -1000, 1000, .fallback = "0", .doc = "Higher goes first." },
    { "labels", BM_TYPE_STRINGS, 0, 0, 20, .doc = "Added to those of the scenario." },
    { NULL }
};

static const bm_schema_t gate_schema = { "Gate", bm_gate_fields };
static const bm_schema_t order_schema = { "GateRuns", order_fields };

#define UNFINISHED \
    { "unfinished", BM_QUERY_ENUM, 0, 0, "accept|retry", \
      "Answer to GET while some of the runs have not ended: 202 (default), or 503 with Retry-After, for curl --retry." }

static const bm_query_param_t get_params[] = {
    BM_GATE_PARAMS,
    { "runs", BM_QUERY_TEXT, 1, 20000, NULL, "Judge exactly these runs, such as 120-139,141, instead of windows." },
    UNFINISHED,
    { NULL }
};

static const bm_query_param_t order_params[] = { BM_GATE_PARAMS, UNFINISHED, { NULL } };
static const bm_query_param_t badge_params[] = { BM_GATE_PARAMS, { NULL } };

/* --- answers */

static apr_status_t reply_unfinished(bm_req_t *q, const bm_gate_t *gate)
{
    const char *unfinished = bm_query_string_text(q->query, "unfinished");

    /* a POST that is repeated would queue runs again */
    if (unfinished != NULL && strcmp(unfinished, "retry") == 0 && strcmp(q->route->method, "GET") == 0) {
        q->err->retry_after_s = RETRY_AFTER_S;
        return bm_err_set(q->err, APR_EAGAIN, "runs_unfinished", "%d of %d runs have not ended.", gate->open, gate->id_count);
    }
    apr_table_setn(q->headers, "Retry-After", apr_itoa(q->p, RETRY_AFTER_S));
    q->status = 202;
    bm_gate_report_json(q, gate);
    return APR_SUCCESS;
}

static apr_status_t reply(bm_req_t *q, const bm_gate_t *gate)
{
    static const char *const types[] = { "application/json", "application/xml", "text/xml", "image/svg+xml" };
    int type = bm_accept_best(q->accept, types, 4);

    apr_table_setn(q->headers, "Vary", "Accept");
    if (gate->open > 0 || gate->unjudged)
        return reply_unfinished(q, gate);
    q->status = gate->passed ? 200 : 409;
    if (type > 0)
        q->content_type = types[type];
    if (type == 3)
        bm_gate_report_badge(q, gate);
    else if (type > 0)
        bm_gate_report_junit(q, gate);
    else
        bm_gate_report_json(q, gate);
    return APR_SUCCESS;
}

static apr_status_t gates_get(bm_req_t *q)
{
    bm_gate_t gate;
    apr_status_t rv = bm_gate_judge(&gate, q, q->ids[0], bm_query_string_text(q->query, "runs"));

    return rv == APR_SUCCESS ? reply(q, &gate) : rv;
}

/* Always 200, for pages show no picture of an answer that failed. */
static apr_status_t gates_badge(bm_req_t *q)
{
    bm_gate_t gate;
    apr_status_t rv = bm_gate_judge(&gate, q, q->ids[0], NULL);

    if (rv != APR_SUCCESS)
        return rv;
    q->content_type = "image/svg+xml";
    bm_gate_report_badge(q, &gate);
    return APR_SUCCESS;
}

/* --- runs for a gate */

static void disconnect(bm_req_t *q)
{
    q->api->source->close(q->db, q->api->source);
    q->db = NULL;
}

static apr_status_t queue_runs(apr_int64_t **ids, int *n, bm_req_t *q)
{
    json_t *body = bm_field_complete(q->body, order_fields, q->p);
    bm_run_order_t order;
    bm_rows_t *rows;
    apr_status_t rv = bm_run_order_create(&order, q, q->ids[0], json_object_get(body, "inputs_override"), NULL, NULL);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    order.priority = (int)json_integer_value(json_object_get(body, "priority"));
    bm_run_order_add_labels(&order, json_object_get(body, "labels"), q->p);
    rv = bm_run_order_store_add_many(&rows, q->db, &order, (int)json_integer_value(json_object_get(body, "count")), q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    *n = bm_rows_count(rows);
    *ids = apr_palloc(q->p, (apr_size_t)*n * sizeof(**ids));
    for (i = 0; i < *n; i++)
        (*ids)[i] = bm_rows_int64(rows, i, 0, 0);
    return APR_SUCCESS;
}

/* Seconds of "wait=N" in Prefer (RFC 7240), WAIT_MAX at most; 0: it does not want to wait. */
static int seconds_wanted(const bm_req_t *q)
{
    char *list = q->prefer != NULL ? apr_pstrdup(q->p, q->prefer) : NULL, *state, *token;
    apr_int64_t seconds;

    for (token = list != NULL ? apr_strtok(list, ",; \t", &state) : NULL; token != NULL;
         token = apr_strtok(NULL, ",; \t", &state))
        if (strncasecmp(token, "wait=", 5) == 0 && bm_text_to_int64(&seconds, token + 5, 0, APR_INT32_MAX) == APR_SUCCESS)
            return seconds < WAIT_MAX ? (int)seconds : WAIT_MAX;
    return 0;
}

/* Where the verdict is to be had: this query, with the runs. */
static void set_location(bm_req_t *q, const char *runs)
{
    bm_api_set_location(q, "/gates/%" APR_INT64_T_FMT "?runs=%s%s%s", q->ids[0], runs, q->query_text && *q->query_text ? "&" : "",
                        q->query_text ? q->query_text : "");
}

/* A request that waits for its runs. */
typedef struct awaited_t {
    bm_live_order_t order;
    bm_gate_t gate;                /* without a verdict, for an answer without one */
    apr_time_t until;
} awaited_t;

/* How many have not ended; that there is no connection for a moment is no reason to give up runs that are on their way. */
static apr_status_t count_open(int *open, bm_req_t *q, const bm_live_order_t *order)
{
    int ended;
    apr_status_t rv = bm_api_open(&q->db, q);

    if (rv == APR_SUCCESS)
        rv = bm_gate_store_count(open, &ended, q->db, q->ids[0], order->runs, order->run_count, q->err, q->p);
    disconnect(q);
    return APR_STATUS_IS_EAGAIN(rv) ? APR_SUCCESS : rv;
}

/* Judging is a question about KPIs like any other. If there is no place for it or no time, the runs are queued all the same, and
 * whoever ordered them must learn where to ask for them: that is no failure. */
static apr_status_t judge(bm_req_t *q, bm_gate_t *ordered)
{
    bm_gate_t gate;
    apr_status_t rv = bm_kpi_query_open(q);

    if (rv == APR_SUCCESS) {
        rv = bm_gate_judge(&gate, q, q->ids[0], ordered->runs);
        bm_kpi_query_close(q);
    }
    if (rv == APR_SUCCESS)
        return reply(q, &gate);
    if (!APR_STATUS_IS_EAGAIN(rv) && !APR_STATUS_IS_TIMEUP(rv))
        return rv;
    apr_table_unset(q->headers, "Preference-Applied");
    ordered->unjudged = 1;
    return reply(q, ordered);
}

/* Woken by the end of the runs, by time, or to look again: what ended while nobody listened is found so. */
static apr_status_t awaited(bm_req_t *q, int last)
{
    awaited_t *wait = q->then_baton;
    apr_interval_time_t left = wait->until - apr_time_now();
    int open = wait->order.open_count;
    apr_status_t rv = count_open(&open, q, &wait->order);

    if (rv == APR_SUCCESS && open > 0 && left > 0 && !last) {
        wait->order.open_count = open;
        wait->order.wait = left < LOOK_AGAIN ? left : LOOK_AGAIN;
        return APR_SUCCESS;
    }
    q->live = NULL;
    if (last && open > 0)
        apr_table_unset(q->headers, "Preference-Applied");
    wait->gate.open = open;
    return rv == APR_SUCCESS ? judge(q, &wait->gate) : rv;
}

static void await_end(bm_req_t *q, const bm_gate_t *gate, int seconds)
{
    awaited_t *wait = apr_pcalloc(q->p, sizeof(*wait));

    wait->gate = *gate;
    wait->until = apr_time_now() + apr_time_from_sec(seconds);
    wait->order = (bm_live_order_t){ .framing = BM_FRAMING_WAIT, .wait = LOOK_FIRST, .runs = gate->ids,
                                     .run_count = gate->id_count, .open_count = gate->id_count };
    q->live = &wait->order;
    q->then = awaited;
    q->then_baton = wait;
    apr_table_setn(q->headers, "Preference-Applied", apr_psprintf(q->p, "wait=%d", seconds));
}

static apr_status_t gates_order(bm_req_t *q)
{
    bm_gate_t gate;
    int seconds = seconds_wanted(q);
    apr_status_t rv = bm_api_open(&q->db, q);

    if (rv == APR_SUCCESS)
        rv = bm_gate_open(&gate, q, q->ids[0], "");
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = queue_runs(&gate.ids, &gate.id_count, q);
    if (rv == APR_SUCCESS) {
        gate.open = gate.id_count;
        gate.runs = bm_id_ranges_write(gate.ids, gate.id_count, q->p);
        set_location(q, gate.runs);
        rv = bm_api_commit(q);
    }
    disconnect(q);                       /* rolls back what is not committed */
    if (rv != APR_SUCCESS)
        return rv;
    if (q->api->poke != NULL)
        q->api->poke();
    if (seconds == 0 || !q->own_connection)
        return reply(q, &gate);
    await_end(q, &gate, seconds);
    return APR_SUCCESS;
}

const bm_route_t bm_gates_api_routes[] = {
    { "GET", "/gates/{id}", BM_ROLE_VIEWER, gates_get, BM_ROUTE_KPI, 200, get_params, NULL, &gate_schema, "getGate", "gates",
      "Whether a scenario passes: its SLOs, and regressions from a baseline. 200 passed, 409 failed; JSON, JUnit XML or a badge"
      " by Accept.", .media = "application/xml|image/svg+xml", .also = "202|409", .read_query = bm_gate_check_params },
    { "GET", "/gates/{id}/badge.svg", BM_ROLE_VIEWER, gates_badge, BM_ROUTE_KPI, 200, badge_params, NULL, NULL, "getGateBadge",
      "gates", "The same as a picture, always with status 200.", .media = "image/svg+xml", .read_query = bm_gate_check_params },
    { "POST", "/gates/{id}/runs", BM_ROLE_OPERATOR, gates_order, BM_ROUTE_NO_DATABASE | BM_ROUTE_MAY_BE_BARE, 202, order_params,
      &order_schema, &gate_schema, "runGate", "gates",
      "Queue runs and judge exactly these. 202 with Location where the verdict will be; with Prefer: wait=N, the "
      "verdict itself: 200 or 409.", .also = "200|409", .read_query = bm_gate_check_params },
    { NULL }
};
