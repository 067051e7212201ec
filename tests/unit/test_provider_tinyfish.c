/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"
#include "engine/measure.h"
#include "policy/retry.h"

#define D(json) "data: " json "\n\n"
#define STARTED D("{\"type\":\"STARTED\",\"run_id\":\"r-1\",\"timestamp\":\"2026-01-01T00:00:00Z\"}")
#define STREAMING D("{\"type\":\"STREAMING_URL\",\"run_id\":\"r-1\",\"streaming_url\":\"https://x/0\"," \
    "\"timestamp\":\"2026-01-01T00:00:01Z\"}")
#define PROGRESS(text) D("{\"type\":\"PROGRESS\",\"run_id\":\"r-1\",\"purpose\":\"" text \
    "\",\"timestamp\":\"2026-01-01T00:00:04Z\"}")
#define HEARTBEAT D("{\"type\":\"HEARTBEAT\",\"timestamp\":\"2026-01-01T00:00:15Z\"}")
#define COMPLETE(status, more) D("{\"type\":\"COMPLETE\",\"run_id\":\"r-1\",\"status\":\"" status "\"" more "}")
#define RUN(status, more) "{\"run_id\":\"r-1\",\"status\":\"" status "\",\"goal\":\"g\"," \
    "\"created_at\":\"2026-01-01T00:00:00Z\"," \
                          "\"started_at\":\"2026-01-01T00:00:02Z\",\"finished_at\":\"2026-01-01T00:00:05.500Z\"," \
                              "\"num_of_steps\":3" more "}"
#define DONE_RUN RUN("COMPLETED", ",\"result\":{\"plans\":3},\"error\":null,\"steps\":[]")
#define CONNECTION "{\"goal\":\"find a price\",\"target_url\":\"https://shop\",\"poll_seconds\":0.5}"
#define PIECES(...) (const piece_t[]){ __VA_ARGS__, { NULL } }

/* What one step of a scripted target answers, and what the provider must then ask for. */
typedef struct turn_t {
    int status;                  /* -1: a wait is over; 0: no answer */
    bm_exchange_end_e end;
    const char *body;
    const char *next;            /* "GET /v1/runs/r-1", "wait", "done" */
} turn_t;

typedef struct script_t {
    const char *name, *connection, *first;   /* path of the first request */
    turn_t turns[8];
    bm_run_end_e ended;
    const char *code;
    bm_effect_e effect;
    const char *external_id, *result;        /* result NULL: no response is looked at */
} script_t;

#define SSE "/v1/automation/run-sse"
#define ASYNC "{\"mode\":\"async\",\"goal\":\"g\",\"target_url\":\"https://shop\",\"poll_seconds\":0.5}"
#define BLOCKING "{\"mode\":\"blocking\",\"goal\":\"g\",\"target_url\":\"https://shop\"}"

static const script_t scripts[] = {
    { "complete, then the details", CONNECTION, SSE,
      { { 200, 0, STARTED STREAMING PROGRESS("a") COMPLETE("COMPLETED", ",\"result\":{\"plans\":3}"), "GET /v1/runs/r-1" },
        { 200, 0, DONE_RUN, "done" } }, BM_RUN_COMPLETED, NULL, BM_EFFECT_SETTLED, "r-1", "{\"plans\":3}" },
    { "details that do not come are no matter", CONNECTION, SSE,
      { { 200, 0, STARTED COMPLETE("COMPLETED", ",\"result\":{\"plans\":3}"), "GET /v1/runs/r-1" },
        { 500, 0, "oops", "done" } }, BM_RUN_COMPLETED, NULL, BM_EFFECT_SETTLED, "r-1", "{\"plans\":3}" },
    { "failed, the category comes with the details", CONNECTION, SSE,
      { { 200, 0, STARTED COMPLETE("FAILED", ",\"error\":\"no such page\""), "GET /v1/runs/r-1" },
        { 200, 0, RUN("FAILED", ",\"result\":null,\"error\":{\"message\":\"no such page\",\"category\":\"AGENT_FAILURE\","
          "\"retry_after\":null}"), "done" } },
      BM_RUN_FAILED, "agent_failure", BM_EFFECT_SETTLED, "r-1", NULL },
    { "a known code is the error code, in any case", CONNECTION, SSE,
      { { 200, 0, STARTED COMPLETE("FAILED", ",\"error\":\"blocked\""), "GET /v1/runs/r-1" },
        { 200, 0, RUN("FAILED", ",\"error\":{\"code\":\"SITE_BLOCKED\",\"message\":\"x\",\"category\":\"AGENT_FAILURE\"}"),
          "done" } },
      BM_RUN_FAILED, "site_blocked", BM_EFFECT_SETTLED, "r-1", NULL },
    { "cancelled there", CONNECTION, SSE,
      { { 200, 0, STARTED COMPLETE("CANCELLED", ""), "GET /v1/runs/r-1" }, { 200, 0, RUN("CANCELLED", ""), "done" } },
      BM_RUN_CANCELLED, "cancelled_by_target", BM_EFFECT_SETTLED, "r-1", NULL },
    { "an ERROR event is a failed COMPLETE", CONNECTION, SSE,
      { { 200, 0, STARTED D("{\"type\":\"ERROR\",\"message\":\"broken\"}"), "GET /v1/runs/r-1" }, { 404, 0, "", "done" } },
      BM_RUN_FAILED, "run_failed", BM_EFFECT_SETTLED, "r-1", NULL },
    { "the older spelling", CONNECTION, SSE,
      { { 200, 0, D("{\"type\":\"STARTED\",\"runId\":\"r-1\"}") D("{\"type\":\"STREAMING_URL\",\"runId\":\"r-1\","
        "\"streamingUrl\":\"https://x\"}")
                  D("{\"type\":\"COMPLETE\",\"runId\":\"r-1\",\"status\":\"COMPLETED\",\"resultJson\":{\"plans\":3}}"),
                      "GET /v1/runs/r-1" },
        { 200, 0, DONE_RUN, "done" } }, BM_RUN_COMPLETED, NULL, BM_EFFECT_SETTLED, "r-1", "{\"plans\":3}" },
    { "the stream ends without COMPLETE: the run is followed", CONNECTION, SSE,
      { { 200, 0, STARTED PROGRESS("a"), "GET /v1/runs/r-1" }, { 200, 0, RUN("RUNNING", ",\"result\":null"), "wait" },
        { -1, 0, NULL, "GET /v1/runs/r-1" }, { 200, 0, DONE_RUN, "done" } },
      BM_RUN_COMPLETED, NULL, BM_EFFECT_SETTLED, "r-1", "{\"plans\":3}" },
    { "the connection is lost: the run is followed", CONNECTION, SSE,
      { { 200, BM_END_CUT, STARTED PROGRESS("a"), "GET /v1/runs/r-1" }, { 200, 0, DONE_RUN, "done" } },
      BM_RUN_COMPLETED, NULL, BM_EFFECT_SETTLED, "r-1", "{\"plans\":3}" },
    { "the connection is lost before STARTED: nobody knows", CONNECTION, SSE, { { 200, BM_END_CUT, ": hi\n\n", "done" } },
      BM_RUN_FAILED, "connection_lost", BM_EFFECT_UNKNOWN, NULL, NULL },
    { "no answer at all: nobody knows", CONNECTION, SSE, { { 0, BM_END_FIRST_BYTE_TIMEOUT, "", "done" } },
      BM_RUN_TIMED_OUT, "first_byte_timeout", BM_EFFECT_UNKNOWN, NULL, NULL },
    { "a stream that begins and ends with nothing", CONNECTION, SSE, { { 200, 0, "", "done" } }, BM_RUN_FAILED,
      "stream_truncated",
      BM_EFFECT_UNKNOWN, NULL, NULL },
    { "out of time: the run is cancelled there", CONNECTION, SSE,
      { { 200, BM_END_TOTAL_TIMEOUT, STARTED PROGRESS("a"), "POST /v1/runs/r-1/cancel" }, { 200, 0, "{}", "done" } },
      BM_RUN_TIMED_OUT, "total_timeout", BM_EFFECT_UNKNOWN, "r-1", NULL },
    { "look-ups that fail are repeated", CONNECTION, SSE,
      { { 200, BM_END_CUT, STARTED, "GET /v1/runs/r-1" }, { 502, 0, "", "wait" }, { -1, 0, NULL, "GET /v1/runs/r-1" },
        { 0, BM_END_CONNECT, "", "wait" }, { -1, 0, NULL, "GET /v1/runs/r-1" }, { 200, 0, DONE_RUN, "done" } },
      BM_RUN_COMPLETED, NULL, BM_EFFECT_SETTLED, "r-1", "{\"plans\":3}" },
    { "a run that the target does not know any more", CONNECTION, SSE,
      { { 200, BM_END_CUT, STARTED, "GET /v1/runs/r-1" }, { 404, 0, "", "done" } },
      BM_RUN_FAILED, "lookup_failed", BM_EFFECT_UNKNOWN, "r-1", NULL },
    { "bad input", CONNECTION, SSE,
      { { 400, 0, "{\"error\":{\"code\":\"INVALID_INPUT\",\"message\":\"url: bad\",\"details\":[]}}", "done" } },
      BM_RUN_FAILED, "request_refused", BM_EFFECT_NONE, NULL, NULL },
    { "the flat form of an error", CONNECTION, SSE, { { 401, 0, "{\"error_code\":\"INVALID_API_KEY\",\"message\":\"no\"}",
      "done" } },
      BM_RUN_FAILED, "unauthorized", BM_EFFECT_NONE, NULL, NULL },
    { "no credits", CONNECTION, SSE, { { 403, 0, "{\"error\":{\"code\":\"INSUFFICIENT_CREDITS\",\"message\":\"no\"}}", "done" } },
      BM_RUN_FAILED, "quota_exhausted", BM_EFFECT_NONE, NULL, NULL },
    { "rate limit", CONNECTION, SSE, { { 429, 0, "{\"error\":{\"code\":\"RATE_LIMIT_EXCEEDED\",\"message\":\"slow\"}}",
      "done" } },
      BM_RUN_FAILED, "rate_limited", BM_EFFECT_NONE, NULL, NULL },
    { "busy", CONNECTION, SSE, { { 503, 0, "{\"error\":{\"code\":\"SERVICE_BUSY\",\"message\":\"busy\"}}", "done" } },
      BM_RUN_FAILED, "unavailable", BM_EFFECT_NONE, NULL, NULL },
    { "an internal error: nobody knows", CONNECTION, SSE, { { 500, 0, "{\"error\":{\"code\":\"INTERNAL_ERROR\","
      "\"message\":\"x\"}}", "done" } },
      BM_RUN_FAILED, "server_error", BM_EFFECT_UNKNOWN, NULL, NULL },
    { "blocking", BLOCKING, "/v1/automation/run", { { 200, 0, DONE_RUN, "done" } }, BM_RUN_COMPLETED, NULL,
      BM_EFFECT_SETTLED, "r-1",
      "{\"plans\":3}" },
    { "blocking: a failed run is a 500", BLOCKING, "/v1/automation/run",
      { { 500, 0, "{\"run_id\":\"r-2\",\"status\":\"FAILED\",\"result\":null,\"error\":{\"message\":\"x\","
        "\"code\":\"service_busy\"}}", "done" } },
      BM_RUN_FAILED, "service_busy", BM_EFFECT_SETTLED, "r-2", NULL },
    { "blocking: an error of the API is one too", BLOCKING, "/v1/automation/run",
      { { 500, 0, "{\"error\":{\"code\":\"INTERNAL_ERROR\",\"message\":\"x\"}}", "done" } },
      BM_RUN_FAILED, "server_error", BM_EFFECT_UNKNOWN, NULL, NULL },
    { "blocking: something else", BLOCKING, "/v1/automation/run", { { 200, 0, "<html>", "done" } }, BM_RUN_FAILED,
      "malformed_answer",
      BM_EFFECT_UNKNOWN, NULL, NULL },
    { "async", ASYNC, "/v1/automation/run-async",
      { { 200, 0, "{\"run_id\":\"r-1\",\"error\":null}", "wait" }, { -1, 0, NULL, "GET /v1/runs/r-1" },
        { 200, 0, "{\"run_id\":\"r-1\",\"status\":\"PENDING\"}", "wait" }, { -1, 0, NULL, "GET /v1/runs/r-1" },
        { 200, 0, DONE_RUN, "done" } }, BM_RUN_COMPLETED, NULL, BM_EFFECT_SETTLED, "r-1", "{\"plans\":3}" },
    { "async: refused inside a 200", ASYNC, "/v1/automation/run-async",
      { { 200, 0, "{\"run_id\":null,\"error\":{\"code\":\"INSUFFICIENT_CREDITS\",\"message\":\"no\"}}", "done" } },
      BM_RUN_FAILED, "quota_exhausted", BM_EFFECT_SETTLED, NULL, NULL },
    { "async: an id that is no id is not put into a path", ASYNC, "/v1/automation/run-async",
      { { 200, 0, "{\"run_id\":\"../../x\",\"error\":null}", "done" } },
      BM_RUN_FAILED, "malformed_answer", BM_EFFECT_UNKNOWN, "../../x", NULL },
};

static const char *step_name(const bm_next_t *next, apr_pool_t *p)
{
    if (next->step == BM_STEP_DONE)
        return "done";
    if (next->step == BM_STEP_WAIT)
        return "wait";
    ck_assert_msg(strncmp(next->request->url, "https://agent.tinyfish.ai/", 26) == 0, "%s", next->request->url);
    return apr_pstrcat(p, next->request->method, " ", next->request->url + 25, NULL);
}

BM_LOOP_TEST(a_script_is_followed, BM_COUNT(scripts))
{
    const script_t *s = &scripts[_i];
    bm_call_t *call = capture_call("tinyfish", s->connection, "{}", g_pool);
    bm_next_t next = { .step = BM_STEP_EXCHANGE, .request = capture_start(call) };
    const turn_t *turn;

    ck_assert_str_eq(step_name(&next, g_pool), apr_pstrcat(g_pool, "POST ", s->first, NULL));
    for (turn = s->turns; turn->next != NULL; turn++) {
        bm_exchange_t *x = turn->status < 0 ? NULL : capture_whole(next.request, turn->status, turn->end, NULL, turn->body,
            g_pool);

        call->provider->next(call, x, &next);
        ck_assert_msg(strcmp(step_name(&next, g_pool), turn->next) == 0, "%s: %s, not %s", s->name, step_name(&next,
            g_pool), turn->next);
        if (next.step == BM_STEP_WAIT)
            ck_assert(next.wait_us >= 500000 && next.wait_us <= 60000000);
    }
    ck_assert_msg(call->answer.end == s->ended, "%s: ended as %d, %s", s->name, call->answer.end, call->answer.error);
    ck_assert_str_eq(call->answer.error_code ? call->answer.error_code : "", s->code ? s->code : "");
    ck_assert_int_eq(call->answer.effect, s->effect);
    ck_assert_str_eq(call->answer.external_id ? call->answer.external_id : "", s->external_id ? s->external_id : "");
    if (s->result != NULL) {
        json_t *response = capture_response(call);

        ck_assert_str_eq(bm_json_dump(NULL, json_object_get(response, "result"), g_pool), s->result);
        ck_assert_str_eq(json_string_value(json_object_get(response, "status")), "COMPLETED");
    }
}
END_TEST

/* --- streams and figures */

static const piece_t pieces[] = {
    { STARTED, '.' }, { STREAMING, '.' }, { PROGRESS("a"), 'p' }, { HEARTBEAT, '.' }, { PROGRESS("b"), 'p' },
    { D("{\"type\":\"TF_API_RESULT\",\"run_id\":\"r-1\",\"result\":[]}"), '.' }, { PROGRESS("c"), 'p' }, { ": ping\n\n", '.', 1 },
    { COMPLETE("COMPLETED", ",\"result\":{\"plans\":3}"), 'c' }, { NULL }
};

BM_TEST(a_stream_is_read_for_every_cut)
{
    const char *body = capture_join(pieces, g_pool);
    apr_size_t len = strlen(body), cut;

    for (cut = 0; cut <= len; cut++) {
        apr_size_t ends[2] = { cut, len };
        bm_next_t next = { 0 };
        apr_pool_t *p;
        bm_call_t *call;

        apr_pool_create(&p, g_pool);
        call = capture_call("tinyfish", CONNECTION, "{}", p);
        call->provider->next(call, capture_cut(capture_start(call), 200, 0, NULL, body, len, ends, 2, p), &next);
        ck_assert_str_eq(capture_kinds(&call->answer, p), "..p.p.p.c");
        capture_check_stamps(pieces, &call->answer, ends);
        apr_pool_destroy(p);
    }
}
END_TEST

/* One segment an event: first token is the first PROGRESS, gaps are between PROGRESS events, the end is COMPLETE. */
BM_TEST(figures_are_those_of_progress)
{
    const char *body = capture_join(pieces, g_pool);
    bm_call_t *call = capture_call("tinyfish", CONNECTION, "{}", g_pool);
    bm_http_request_t *request = capture_start(call);
    apr_size_t ends[9], at = 0;
    bm_next_t next = { 0 };
    bm_figures_t *f;
    int i;

    for (i = 0; i < 9; i++)
        ends[i] = at += strlen(pieces[i].bytes);
    call->provider->next(call, capture_cut(request, 200, 0, NULL, body, at, ends, 9, g_pool), &next);
    call->provider->next(call, capture_whole(next.request, 200, 0, NULL, DONE_RUN, g_pool), &next);
    ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
    f = bm_measure(&call->answer, g_pool);
    ck_assert_int_eq(f->kernel_stamped, 1);
    ck_assert_int_eq(f->ttft_ns, capture_stamp(2) - LAG_NS - SENT_NS);
    ck_assert_int_eq(f->ttst_ns, 2 * (apr_int64_t)GAP_NS);
    ck_assert_int_eq(f->e2e_ns, capture_stamp(8) - LAG_NS - SENT_NS);
    ck_assert_int_eq(f->ttfo_ns, BM_FIGURE_NONE);
    ck_assert_int_eq(f->tpot_ns, BM_FIGURE_NONE);
    ck_assert_str_eq(f->inter_token.provenance, "progress");
    ck_assert_int_eq(f->inter_token.n, 2);
    ck_assert_double_eq_tol(f->inter_token.mean_ms, 14.0, 1e-9);
    ck_assert_int_eq(call->answer.server_us, 3500000);
    ck_assert_int_eq(json_integer_value(json_object_get(capture_response(call), "num_of_steps")), 3);
    ck_assert_double_eq_tol(json_number_value(json_object_get(capture_response(call), "server_queue_ms")), 2000, 1e-9);
    ck_assert_str_eq(bm_json_dump(NULL, json_object_get(capture_response(call), "progress"), g_pool), "[\"a\",\"b\",\"c\"]");
    ck_assert_str_eq(capture_member(call, "streaming_url"), "https://x/0");
}
END_TEST

BM_TEST(an_async_run_has_a_total_and_no_first_token)
{
    bm_call_t *call = capture_call("tinyfish", ASYNC, "{}", g_pool);
    bm_next_t next = { .request = capture_start(call) };
    bm_exchange_t *x;
    bm_figures_t *f;

    call->provider->next(call, capture_whole(next.request, 200, 0, NULL, "{\"run_id\":\"r-1\",\"error\":null}", g_pool), &next);
    call->provider->next(call, NULL, &next);
    x = capture_whole(next.request, 200, 0, NULL, DONE_RUN, g_pool);
    x->added_ns += 900000000;
    x->end_ns += 900000000;
    call->provider->next(call, x, &next);
    f = bm_measure(&call->answer, g_pool);
    ck_assert_int_eq(f->total_ns, x->end_ns - ADDED_NS);
    ck_assert_int_eq(f->ttft_ns, BM_FIGURE_NONE);
    ck_assert_int_eq(f->e2e_ns, BM_FIGURE_NONE);
}
END_TEST

/* --- requests */

static apr_status_t a_secret(const char **pvalue, void *baton, const char *name, bm_err_t *err, apr_pool_t *p)
{
    (void)baton;
    (void)name;
    (void)err;
    *pvalue = apr_pstrdup(p, "tf-key");
    return APR_SUCCESS;
}

BM_TEST(a_request_is_made_of_connection_and_inputs)
{
    bm_call_t *call = capture_call("tinyfish", "{\"url\":\"https://h/v1/\",\"secret\":\"tf\","
        "\"body\":{\"browser_profile\":\"lite\"}}",
                                   "{\"goal\":\"g\",\"url\":\"https://shop\",\"agent_config\":{\"max_steps\":9},"
                                       "\"product\":\"x\"}", g_pool);
    bm_http_request_t *request;

    call->secret = a_secret;
    request = capture_start(call);
    ck_assert_str_eq(request->url, "https://h/v1/automation/run-sse");
    ck_assert_str_eq(capture_header(request, "x-api-key:"), "X-API-Key: tf-key");
    ck_assert_str_eq(request->body, "{\"browser_profile\":\"lite\",\"agent_config\":{\"max_steps\":9},"
        "\"url\":\"https://shop\",\"goal\":\"g\"}");
    ck_assert_int_eq(request->total_timeout_ms, 600000);
}
END_TEST

BM_TEST(the_connection_wins_over_the_inputs)
{
    bm_http_request_t *request = capture_start(capture_call("tinyfish", CONNECTION,
        "{\"goal\":\"g\",\"url\":\"https://other\"}", g_pool));

    ck_assert_str_eq(request->body, "{\"url\":\"https://shop\",\"goal\":\"find a price\"}");
}
END_TEST

BM_TEST(goal_and_page_are_needed)
{
    static const char *const cases[][3] = {
        { "{\"target_url\":\"https://shop\"}", "{}", "/connection/goal" },
        { "{\"goal\":\"g\"}", "{}", "/connection/target_url" },
        { "{\"goal\":\"g\"}", "{\"url\":\"javascript:x\"}", "/connection/target_url" },
    };
    apr_size_t i;

    for (i = 0; i < BM_COUNT(cases); i++) {
        bm_call_t *call = capture_call("tinyfish", cases[i][0], cases[i][1], g_pool);
        bm_err_t *err = bm_err_make(g_pool);
        bm_next_t next = { 0 };

        ck_assert_int_eq(call->provider->start(call, &next, err), APR_EINVAL);
        ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, cases[i][2]);
    }
}
END_TEST

/* A run that an earlier attempt has made is looked up, not made again; the key goes with the look-up. */
BM_TEST(a_known_run_is_looked_up)
{
    bm_call_t *call = capture_call("tinyfish", "{\"goal\":\"g\",\"target_url\":\"https://shop\",\"secret\":\"tf\"}", "{}",
        g_pool);
    bm_next_t next = { .request = NULL };

    call->secret = a_secret;
    call->known_external_id = "r-1";
    next.request = capture_start(call);
    ck_assert_str_eq(next.request->method, "GET");
    ck_assert_str_eq(next.request->url, "https://agent.tinyfish.ai/v1/runs/r-1");
    ck_assert_ptr_null(next.request->body);
    ck_assert_str_eq(capture_header(next.request, "x-api-key:"), "X-API-Key: tf-key");
    call->provider->next(call, capture_whole(next.request, 200, 0, NULL, DONE_RUN, g_pool), &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
}
END_TEST

/* --- cancel */

BM_TEST(a_cancelled_run_is_ended_at_the_target)
{
    bm_call_t *call = capture_call("tinyfish", CONNECTION, "{}", g_pool);
    bm_next_t next = { .request = capture_start(call) };

    call->provider->next(call, capture_whole(next.request, 200, BM_END_CANCELLED, NULL, STARTED PROGRESS("a"), g_pool), &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    ck_assert_int_eq(call->answer.end, BM_RUN_CANCELLED);
    call->provider->abort(call, &next);
    ck_assert_str_eq(step_name(&next, g_pool), "POST /v1/runs/r-1/cancel");
    call->provider->next(call, capture_whole(next.request, 200, 0, NULL, "{\"run_id\":\"r-1\",\"status\":\"CANCELLED\"}",
        g_pool), &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    ck_assert_int_eq(call->answer.end, BM_RUN_CANCELLED);
    ck_assert_str_eq(call->answer.error_code, "cancelled");
}
END_TEST

BM_TEST(a_wait_can_be_cancelled)
{
    bm_call_t *call = capture_call("tinyfish", ASYNC, "{}", g_pool);
    bm_next_t next = { .request = capture_start(call) };

    call->provider->next(call, capture_whole(next.request, 200, 0, NULL, "{\"run_id\":\"r-1\",\"error\":null}", g_pool), &next);
    ck_assert_int_eq(next.step, BM_STEP_WAIT);
    call->provider->abort(call, &next);
    ck_assert_str_eq(step_name(&next, g_pool), "POST /v1/runs/r-1/cancel");
}
END_TEST

BM_TEST(nothing_is_ended_that_was_not_begun_or_is_over)
{
    bm_call_t *call = capture_call("tinyfish", CONNECTION, "{}", g_pool);
    bm_next_t next = { .request = capture_start(call) };

    call->provider->next(call, capture_whole(next.request, 0, BM_END_CANCELLED, NULL, "", g_pool), &next);
    call->provider->abort(call, &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    ck_assert_int_eq(call->answer.end, BM_RUN_CANCELLED);

    call = capture_call("tinyfish", CONNECTION, "{}", g_pool);
    next.request = capture_start(call);
    call->provider->next(call, capture_whole(next.request, 200, 0, NULL, STARTED COMPLETE("COMPLETED", ""), g_pool), &next);
    call->provider->next(call, capture_whole(next.request, 0, BM_END_CANCELLED, NULL, "", g_pool), &next);
    call->provider->abort(call, &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
}
END_TEST

BM_TEST(polling_ends_when_the_time_is_over)
{
    bm_call_t *call = capture_call("tinyfish", ASYNC, "{}", g_pool);
    bm_next_t next;

    call->timeout_ms = 1;
    next.request = capture_start(call);
    apr_sleep(3000);
    call->provider->next(call, capture_whole(next.request, 200, 0, NULL, "{\"run_id\":\"r-1\",\"error\":null}", g_pool), &next);
    ck_assert_str_eq(step_name(&next, g_pool), "POST /v1/runs/r-1/cancel");
    ck_assert_int_eq(call->answer.end, BM_RUN_TIMED_OUT);
    ck_assert_str_eq(call->answer.error_code, "total_timeout");
}
END_TEST

/* No failure of a run that may have begun leads to a second one. */
BM_LOOP_TEST(a_run_is_never_made_twice, BM_COUNT(scripts))
{
    const script_t *s = &scripts[_i];
    bm_call_t *call = capture_call("tinyfish", s->connection, "{}", g_pool);
    bm_next_t next = { .request = capture_start(call) };
    const turn_t *turn;
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    for (turn = s->turns; turn->next != NULL; turn++)
        call->provider->next(call, turn->status < 0 ? NULL : capture_whole(next.request, turn->status, turn->end, NULL,
            turn->body, g_pool),
                             &next);
    ck_assert_int_eq(bm_retry_decide(&bm_retry_default, call->provider, &call->answer, 1, 5, &r).again,
                     s->effect == BM_EFFECT_NONE && call->answer.transient);
}
END_TEST

#include "test_provider_tinyfish.reg"
