/* SPDX-License-Identifier: Apache-2.0
 *
 * provider_tinyfish.c: runs of TinyFish's web agent by run-sse (streamed), run (blocking) or run-async (polled).
 *
 * Invariant: a run is created at most once. There is no idempotency key and every creation may be billed, so whatever happens
 * after the first request, its run is looked up by its number or the outcome is said to be unknown.
 *
 * The API knows no automation id: tinyfish_automation_id is a name for people. What is done where is said by
 * connection.goal and connection.target_url, both templates, or else by the inputs goal (or prompt) and url. */
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/timefmt.h"
#include "provider/provider_answer.h"
#include "provider/provider_kinds.h"
#include "provider/provider_request.h"
#include "provider/provider_stream.h"
#include "provider/provider_tinyfish_run.h"
#include "provider/provider_url.h"

#define DEFAULT_URL "https://agent.tinyfish.ai"

enum {
    DEFAULT_LIMIT_MS = 600000,      /* of the whole call */
    SHORT_MS = 15000,               /* of a look-up or a cancellation */
    DEFAULT_POLL_MS = 2000,
    LOOKUPS_FAILED_MAX = 8,         /* in a row; the pause between them is doubled each time, up to */
    LONGEST_PAUSE_MS = 60000
};

/* What the exchange under way is for. */
typedef enum fish_step_e {
    FISH_STREAM,                    /* run-sse */
    FISH_BLOCKING,                  /* run */
    FISH_SUBMIT,                    /* run-async */
    FISH_POLL,                      /* the run, until it is over */
    FISH_DETAIL,                    /* the run once more, for num_of_steps and the server's times; may fail */
    FISH_CANCEL                     /* end it there; the answer stands already */
} fish_step_e;

typedef struct fish_t {
    fish_step_e step;
    const bm_http_request_t *request;   /* the first one: headers and key of all others */
    const char *base;
    bm_tinyfish_run_t run;
    apr_int64_t deadline_ns;
    apr_int64_t poll_ms;
    int lookups_failed;
} fish_t;

static const bm_field_t connection_fields[] = {
    { "url", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 8000, .doc = "Base URL of the API; absent: " DEFAULT_URL "." },
    { "mode", BM_TYPE_ENUM, 0, .values = "run-sse|blocking|async",
      .doc = "How the run is followed; absent: run-sse, the only one that shows progress." },
    { "goal", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 100000,
      .doc = "Task in natural language, a template over the inputs; absent: the input goal, else prompt." },
    { "target_url", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 8000,
      .doc = "Page to start from, a template whose values are percent-encoded; absent: the input url." },
    { "poll_seconds", BM_TYPE_NUMBER, BM_FIELD_NULLABLE, 0.1, 300, .doc = "Pause between two look-ups of a run; absent: 2." },
    { "body", BM_TYPE_OBJECT, BM_FIELD_NULLABLE,
      .doc = "More members of the request, such as browser_profile, proxy_config, agent_config, output_schema." },
    BM_PROVIDER_COMMON_FIELDS,
    { NULL }
};

static const bm_field_t input_fields[] = {
    { "goal", BM_TYPE_STRING, 0, .doc = "Task, if connection.goal does not say it." },
    { "url", BM_TYPE_STRING, 0, .doc = "Page to start from, if connection.target_url does not say it." },
    { "agent_config", BM_TYPE_OBJECT, 0,
      .doc = "Sent as it is, as are browser_profile, proxy_config, capture_config, output_schema, use_vault, "
             "credential_item_ids, webhook_url, api_integration and what begins with x_; all others are for placeholders only." },
    { NULL }
};

static const char *const members[] = {
    "browser_profile", "proxy_config", "agent_config", "capture_config", "output_schema", "use_vault", "credential_item_ids",
    "webhook_url", "api_integration", NULL
};

static apr_status_t tinyfish_check(const json_t *connection, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t url = bm_provider_request_check_url(connection, "url", 0, err, p);
    apr_status_t page = bm_provider_request_check_url(connection, "target_url", 0, err, p);
    apr_status_t rest = bm_provider_request_check(connection, err, p);

    return url != APR_SUCCESS ? url : page != APR_SUCCESS ? page : rest;
}

/* --- requests */

static const char *input_text(const bm_call_t *call, const char *name)
{
    const char *text = json_string_value(json_object_get(call->inputs, name));

    return text && *text ? text : NULL;
}

static apr_status_t make_body(const bm_call_t *call, json_t *body, bm_err_t *err)
{
    const char *goal = bm_provider_request_text(call, "goal"), *page = bm_provider_request_text(call, "target_url");

    if (goal == NULL)
        goal = input_text(call, "goal");
    if (goal == NULL)
        goal = input_text(call, "prompt");
    if (goal == NULL)
        return bm_err_violation(err, "/connection/goal", "Is missing; the input goal may say it as well.");
    if (page == NULL)
        page = input_text(call, "url");
    if (page == NULL)
        return bm_err_violation(err, "/connection/target_url", "Is missing; the input url may say it as well.");
    if (bm_provider_url_check(page, "/connection/target_url", err, call->p) != APR_SUCCESS)
        return APR_EINVAL;
    bm_provider_request_members(call, body, members);
    json_object_set_new(body, "url", json_string(page));
    json_object_set_new(body, "goal", json_string(goal));
    return APR_SUCCESS;
}

/* Everything of the first request that another one needs. */
static void ask(bm_call_t *call, bm_next_t *next, fish_step_e step, const char *method, const char *action)
{
    fish_t *fish = call->state;
    bm_http_request_t *request = apr_pcalloc(call->p, sizeof(*request));
    apr_int64_t left_ms = (fish->deadline_ns - bm_timefmt_monotonic_ns()) / 1000000;

    request->method = method;
    request->url = bm_provider_url_path(fish->base, apr_pstrcat(call->p, "/v1/runs/", fish->run.id, action, NULL), call->p);
    request->headers = fish->request->headers;
    request->connect_timeout_ms = fish->request->connect_timeout_ms;
    request->total_timeout_ms = step == FISH_POLL && left_ms > 0 && left_ms < SHORT_MS ? left_ms : SHORT_MS;
    request->reference_target = fish->request->reference_target;
    fish->step = step;
    next->step = BM_STEP_EXCHANGE;
    next->request = request;
}

/* Run ids stand in a path. */
static int is_id(const char *id)
{
    return id != NULL && *id && strlen(id) <= 200
        && id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

static void look_up(bm_call_t *call, bm_next_t *next, fish_step_e step)
{
    ask(call, next, step, "GET", "");
}

/* How each mode asks for a run. */
static const struct {
    const char *name, *path, *accept;
    fish_step_e step;
} modes[] = {
    { "run-sse", "/v1/automation/run-sse", "text/event-stream", FISH_STREAM },
    { "blocking", "/v1/automation/run", "application/json", FISH_BLOCKING },
    { "async", "/v1/automation/run-async", "application/json", FISH_SUBMIT },
};

static int mode_of(const bm_call_t *call)
{
    const char *mode = bm_provider_request_text(call, "mode");
    int i;

    for (i = 2; i > 0; i--)
        if (mode != NULL && strcmp(mode, modes[i].name) == 0)
            break;
    return i;
}

static apr_status_t tinyfish_start(bm_call_t *call, bm_next_t *next, bm_err_t *err)
{
    const char *base = bm_provider_request_text(call, "url");
    fish_t *fish = apr_pcalloc(call->p, sizeof(*fish));
    json_t *body = bm_json_adopt(json_object(), call->p);
    bm_http_request_t *request;
    apr_int64_t limit_ms;
    int mode = mode_of(call);
    apr_status_t rv;

    fish->base = base ? base : DEFAULT_URL;
    rv = make_body(call, body, err);
    if (rv == APR_SUCCESS)
        rv = bm_provider_request_make(&request, call, "POST", bm_provider_url_path(fish->base, modes[mode].path, call->p),
                                      "X-API-Key", err);
    if (rv != APR_SUCCESS)
        return rv;
    bm_provider_request_header(call, request, "Accept", modes[mode].accept);
    bm_provider_request_json_body(call, request, body);
    limit_ms = request->total_timeout_ms > 0 ? request->total_timeout_ms : DEFAULT_LIMIT_MS;
    request->total_timeout_ms = limit_ms;
    fish->request = request;
    fish->step = modes[mode].step;
    fish->deadline_ns = bm_timefmt_monotonic_ns() + limit_ms * 1000000;
    fish->poll_ms = bm_provider_request_ms(call, "poll_seconds");
    if (fish->poll_ms == 0)
        fish->poll_ms = DEFAULT_POLL_MS;
    bm_tinyfish_run_init(&fish->run, bm_provider_answer_max(call), call->p);
    call->state = fish;
    next->step = BM_STEP_EXCHANGE;
    next->request = request;
    if (is_id(call->known_external_id)) {   /* an attempt before this one has made the run */
        fish->run.id = call->answer.external_id = call->known_external_id;
        look_up(call, next, FISH_POLL);
    }
    return APR_SUCCESS;
}

/* --- answers */

static void finish(bm_call_t *call, bm_next_t *next)
{
    fish_t *fish = call->state;

    if (bm_tinyfish_run_is_over(&fish->run))
        bm_tinyfish_run_settle(&fish->run, call);
    call->answer.external_id = fish->run.id;
    if (fish->run.id != NULL || bm_tinyfish_run_is_over(&fish->run))
        bm_tinyfish_run_keep(&fish->run, call);
    next->step = BM_STEP_DONE;
}

/* The call is over for us; the run would go on there. */
static void end_there(bm_call_t *call, bm_next_t *next)
{
    fish_t *fish = call->state;

    finish(call, next);
    if (is_id(fish->run.id) && !bm_tinyfish_run_is_over(&fish->run))
        ask(call, next, FISH_CANCEL, "POST", "/cancel");
}

static void wait_for(bm_call_t *call, bm_next_t *next, apr_int64_t asked_us)
{
    fish_t *fish = call->state;
    apr_int64_t us = fish->poll_ms * 1000, left_us = (fish->deadline_ns - bm_timefmt_monotonic_ns()) / 1000;

    if (asked_us > us)
        us = asked_us;
    if (left_us <= 0) {
        bm_provider_answer_fail(call, "total_timeout", 0, BM_EFFECT_UNKNOWN, "The run did not end in time.");
        call->answer.end = BM_RUN_TIMED_OUT;
        end_there(call, next);
        return;
    }
    fish->step = FISH_POLL;
    next->step = BM_STEP_WAIT;
    next->wait_us = us < left_us ? us : left_us;
}

static int is_timeout(const bm_exchange_t *x)
{
    return x->end == BM_END_FIRST_BYTE_TIMEOUT || x->end == BM_END_STALL_TIMEOUT || x->end == BM_END_TOTAL_TIMEOUT;
}

/* The stream has ended without COMPLETE. The run has not, so it is followed by polling. */
static void stream_broke(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    fish_t *fish = call->state;

    if (x->end != BM_END_COMPLETE)
        bm_provider_answer_transport(call, x);
    else
        bm_provider_answer_fail(call, fish->run.malformed ? "malformed_answer" : "stream_truncated", 0, BM_EFFECT_UNKNOWN,
                                "The stream ended without COMPLETE, and the run is not known.");
    call->answer.external_id = fish->run.id;
    if (x->end == BM_END_CANCELLED)
        finish(call, next);             /* abort comes next */
    else if (is_timeout(x))
        end_there(call, next);
    else if (is_id(fish->run.id)) {
        call->answer.began_ns = x->added_ns;
        look_up(call, next, FISH_POLL);
    }
    else
        finish(call, next);
}

static void read_stream(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    fish_t *fish = call->state;

    call->answer.measured = x;
    bm_tinyfish_run_read_stream(&fish->run, call, x);
    if (!bm_tinyfish_run_is_over(&fish->run))
        stream_broke(call, x, next);
    else if (is_id(fish->run.id) && x->end != BM_END_CANCELLED)
        look_up(call, next, FISH_DETAIL);
    else
        finish(call, next);
}

/* A failed run is a 500 with the run in its body, so the body is looked at before the status. */
static void read_blocking(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    fish_t *fish = call->state;

    bm_provider_stream_whole(call, x);
    if (x->end != BM_END_COMPLETE)
        bm_provider_answer_transport(call, x);
    else if (!bm_tinyfish_run_read(&fish->run, bm_provider_answer_json(call, x)) || !bm_tinyfish_run_is_over(&fish->run)) {
        if (x->http_status >= 200 && x->http_status <= 299)
            bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN, "The answer is not a finished run.");
        else
            bm_provider_answer_status(call, x);
        next->step = BM_STEP_DONE;
        return;
    }
    finish(call, next);
}

static void read_submit(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    fish_t *fish = call->state;
    const json_t *j = bm_provider_answer_json(call, x), *id = json_object_get(j, "run_id");
    bm_provider_error_t e;

    call->answer.began_ns = x->added_ns;
    call->answer.ended_ns = x->end_ns;
    fish->run.id = bm_provider_answer_text(id ? id : json_object_get(j, "runId"), call->p);
    call->answer.external_id = fish->run.id;
    if (is_id(fish->run.id) && x->end != BM_END_CANCELLED) {
        fish->run.status = BM_TINYFISH_PENDING;
        wait_for(call, next, 0);
        return;
    }
    next->step = BM_STEP_DONE;
    if (x->end != BM_END_COMPLETE)
        bm_provider_answer_transport(call, x);
    else if (bm_provider_answer_error(&e, j, call->p))
        bm_provider_answer_stream_error(call, &e);
    else
        bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN, "The answer names no run.");
}

static void lookup_failed(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    fish_t *fish = call->state;
    apr_int64_t pause_us;

    call->answer.retry_after_us = 0;
    bm_provider_answer_wait(call, x);
    if (x->http_status == 404 || x->http_status == 401 || x->http_status == 403)
        fish->lookups_failed = LOOKUPS_FAILED_MAX;
    if (++fish->lookups_failed < LOOKUPS_FAILED_MAX) {
        pause_us = fish->poll_ms * 1000 << fish->lookups_failed;
        if (pause_us > LONGEST_PAUSE_MS * 1000LL)
            pause_us = LONGEST_PAUSE_MS * 1000LL;
        wait_for(call, next, pause_us > call->answer.retry_after_us ? pause_us : call->answer.retry_after_us);
        return;
    }
    bm_provider_answer_fail(call, "lookup_failed", 1, BM_EFFECT_UNKNOWN, "The run %s could not be looked up: %s %d.",
                            fish->run.id, x->error[0] ? x->error : "status", x->http_status);
    finish(call, next);
}

static void read_poll(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    fish_t *fish = call->state;

    if (call->answer.began_ns == 0)
        call->answer.began_ns = x->added_ns;
    call->answer.ended_ns = x->end_ns;
    if (x->end == BM_END_CANCELLED) {
        bm_provider_answer_transport(call, x);
        finish(call, next);
        return;
    }
    if (x->end != BM_END_COMPLETE || x->http_status != 200
        || !bm_tinyfish_run_read(&fish->run, bm_provider_answer_json(call, x))) {
        lookup_failed(call, x, next);
        return;
    }
    fish->lookups_failed = 0;
    if (bm_tinyfish_run_is_over(&fish->run))
        finish(call, next);
    else
        wait_for(call, next, 0);
}

/* A request that creates a run, and an answer that is not about a run at all. @return whether that was so. */
static int was_refused(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    call->answer.measured = x;
    next->step = BM_STEP_DONE;
    if (x->http_status == 0) {
        bm_provider_answer_transport(call, x);
        return 1;
    }
    if ((x->http_status >= 200 && x->http_status <= 299) || x->http_status == 500)
        return 0;
    bm_provider_stream_whole(call, x);
    bm_provider_answer_status(call, x);
    return 1;
}

/* An answer to run-sse that is no stream: a 500, or JSON. */
static void read_no_stream(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    bm_provider_error_t e;

    if (x->http_status == 200 && bm_provider_answer_error(&e, bm_provider_answer_json(call, x), call->p)
        && json_object_get(bm_provider_answer_json(call, x), "status") == NULL) {
        bm_provider_stream_whole(call, x);
        bm_provider_answer_stream_error(call, &e);
        next->step = BM_STEP_DONE;
        return;
    }
    read_blocking(call, x, next);
}

static void tinyfish_next(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    fish_t *fish = call->state;

    if (x == NULL) {
        look_up(call, next, FISH_POLL);
        return;
    }
    switch (fish->step) {
    case FISH_STREAM:
        if (was_refused(call, x, next))
            return;
        if (x->http_status == 500 || bm_provider_stream_form(x) == BM_PROVIDER_JSON)
            read_no_stream(call, x, next);
        else
            read_stream(call, x, next);
        return;
    case FISH_BLOCKING:
        if (!was_refused(call, x, next))
            read_blocking(call, x, next);
        return;
    case FISH_SUBMIT:
        if (was_refused(call, x, next))
            return;
        if (x->http_status == 500) {
            bm_provider_answer_status(call, x);
            return;
        }
        read_submit(call, x, next);
        return;
    case FISH_POLL:
        read_poll(call, x, next);
        return;
    case FISH_DETAIL:
        if (x->end == BM_END_COMPLETE && x->http_status == 200)
            (void)bm_tinyfish_run_read(&fish->run, bm_provider_answer_json(call, x));
        finish(call, next);
        return;
    case FISH_CANCEL:
        next->step = BM_STEP_DONE;      /* whether that worked or not */
        return;
    }
}

static void tinyfish_abort(bm_call_t *call, bm_next_t *next)
{
    fish_t *fish = call->state;

    next->step = BM_STEP_DONE;
    if (fish == NULL || fish->step == FISH_CANCEL || !is_id(fish->run.id) || bm_tinyfish_run_is_over(&fish->run))
        return;
    bm_provider_answer_fail(call, "cancelled", 0, BM_EFFECT_UNKNOWN, "The run was cancelled.");
    call->answer.end = BM_RUN_CANCELLED;
    end_there(call, next);
}

/* It has no models; a page of one run tells whether it is there and takes the key. */
static apr_status_t tinyfish_discover(bm_call_t *call, bm_http_request_t **request, bm_err_t *err)
{
    const char *base = bm_provider_request_text(call, "url");

    return bm_provider_request_make(request, call, "GET",
                                    bm_provider_url_path(base ? base : DEFAULT_URL, "/v1/runs?limit=1", call->p), "X-API-Key",
                                    err);
}

const bm_provider_t bm_provider_tinyfish = {
    .name = "tinyfish",
    .doc = "A run of TinyFish's web agent. Never repeated blindly: each one may be billed.",
    .repeatable = 0,
    .looks_up = 1,
    .connection_fields = connection_fields,
    .input_fields = input_fields,
    .check = tinyfish_check,
    .start = tinyfish_start,
    .next = tinyfish_next,
    .abort = tinyfish_abort,
    .discover = tinyfish_discover,
};
