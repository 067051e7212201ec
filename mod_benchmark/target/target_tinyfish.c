/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_tinyfish.h"

#include <string.h>
#include <apr_strings.h>
#include "base/timefmt.h"
#include "target/target_app.h"

enum { DEFAULT_STEPS = 5, MAX_STEPS_SHOWN = 500 };

static const char default_result[] = "{\"plans\":3,\"cheapest\":\"basic\"}";

static const char *const state_names[] = {
    [BM_TARGET_RUN_PENDING] = "PENDING",
    [BM_TARGET_RUN_RUNNING] = "RUNNING",
    [BM_TARGET_RUN_COMPLETED] = "COMPLETED",
    [BM_TARGET_RUN_FAILED] = "FAILED",
    [BM_TARGET_RUN_CANCELLED] = "CANCELLED",
};

static apr_time_t wall_time(const bm_target_run_t *run, apr_int64_t at_ns)
{
    return run->created + (at_ns - run->created_ns) / 1000;
}

static const char *message_of(const bm_target_run_t *run)
{
    return run->spec.error_message ? run->spec.error_message : "The agent could not finish the task.";
}

/* --- errors of the API */

static const char *api_code(const bm_target_reply_t *reply)
{
    if (reply->spec.error_code != NULL)
        return reply->spec.error_code;
    switch (reply->status) {
    case 400:
        return "INVALID_INPUT";
    case 401:
        return "INVALID_API_KEY";
    case 403:
        return "FORBIDDEN";
    case 404:
        return "NOT_FOUND";
    case 429:
        return "RATE_LIMIT_EXCEEDED";
    case 503:
        return "SERVICE_BUSY";
    default:
        return reply->status < 500 ? "INVALID_INPUT" : "INTERNAL_ERROR";
    }
}

static void api_error(bm_target_reply_t *reply, bm_buffer_t *out)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "error");
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "code");
    bm_jw_string(&w, api_code(reply));
    bm_jw_key(&w, "message");
    bm_jw_string(&w, reply->error_message);
    if (reply->error_param != NULL) {
        bm_jw_key(&w, "details");
        bm_jw_begin_array(&w);
        bm_jw_begin_object(&w);
        bm_jw_key(&w, "code");
        bm_jw_string(&w, "invalid_type");
        bm_jw_key(&w, "path");
        bm_jw_begin_array(&w);
        bm_jw_string(&w, reply->error_param);
        bm_jw_end_array(&w);
        bm_jw_key(&w, "message");
        bm_jw_string(&w, reply->error_message);
        bm_jw_end_object(&w);
        bm_jw_end_array(&w);
    }
    bm_jw_end_object(&w);
    bm_jw_end_object(&w);
}

/* --- a run as JSON */

static void run_error(const bm_target_run_t *run, bm_jw_t *w)
{
    bm_jw_begin_object(w);
    bm_jw_key(w, "code");
    bm_jw_string(w, run->spec.error_code ? run->spec.error_code : "TASK_FAILED");
    bm_jw_key(w, "message");
    bm_jw_string(w, message_of(run));
    bm_jw_key(w, "category");
    bm_jw_string(w, "AGENT_FAILURE");
    bm_jw_key(w, "retry_after");
    bm_jw_null(w);
    bm_jw_end_object(w);
}

static void time_or_null(const bm_target_run_t *run, int known, apr_int64_t at_ns, bm_jw_t *w)
{
    if (known)
        bm_jw_time(w, wall_time(run, at_ns));
    else
        bm_jw_null(w);
}

static void put_result(const char *result, bm_jw_t *w)
{
    if (result == NULL)
        result = default_result;
    bm_jw_raw(w, result, strlen(result));
}

/* Steps of a run that is over. */
static apr_int64_t steps_of(const bm_target_run_t *run, bm_target_run_e state)
{
    bm_target_schedule_t s;
    bm_target_step_t step;
    apr_int64_t n = 0;

    if (state == BM_TARGET_RUN_COMPLETED)
        return bm_target_schedule_chunks(&run->spec);
    bm_target_schedule_init(&s, &run->spec, run->started_ns - run->created_ns);
    while (bm_target_schedule_next(&s, &step)
           && (state != BM_TARGET_RUN_CANCELLED || run->created_ns + step.at_ns <= run->cancelled_ns))
        n += step.kind == BM_TARGET_STEP_TEXT || step.kind == BM_TARGET_STEP_REASONING;
    return n;
}

/* Members that /run and GET /v1/runs/{id} have in common, at now_ns. */
static void common_members(const bm_target_run_t *run, bm_target_run_e state, apr_int64_t now_ns, bm_jw_t *w)
{
    int over = state >= BM_TARGET_RUN_COMPLETED, started = now_ns >= run->started_ns;

    bm_jw_key(w, "run_id");
    bm_jw_string(w, run->id);
    bm_jw_key(w, "status");
    bm_jw_string(w, state_names[state]);
    bm_jw_key(w, "started_at");
    time_or_null(run, started, run->started_ns, w);
    bm_jw_key(w, "finished_at");
    time_or_null(run, over, state == BM_TARGET_RUN_CANCELLED ? run->cancelled_ns : run->finished_ns, w);
    bm_jw_key(w, "num_of_steps");
    if (over)
        bm_jw_int(w, steps_of(run, state));
    else
        bm_jw_null(w);
    bm_jw_key(w, "result");
    if (state == BM_TARGET_RUN_COMPLETED)
        put_result(run->spec.result, w);
    else
        bm_jw_null(w);
    bm_jw_key(w, "schema_validation");
    bm_jw_null(w);
    bm_jw_key(w, "error");
    if (state == BM_TARGET_RUN_FAILED)
        run_error(run, w);
    else
        bm_jw_null(w);
}

/* Steps that have happened by end_ns. */
static void put_steps(const bm_target_run_t *run, apr_int64_t end_ns, bm_jw_t *w)
{
    bm_target_schedule_t s;
    bm_target_step_t step;
    apr_int64_t before = 0;
    char text[64];
    int shown = 0;

    bm_jw_begin_array(w);
    bm_target_schedule_init(&s, &run->spec, run->started_ns - run->created_ns);
    while (shown < MAX_STEPS_SHOWN && bm_target_schedule_next(&s, &step) && run->created_ns + step.at_ns <= end_ns) {
        if (step.kind != BM_TARGET_STEP_TEXT && step.kind != BM_TARGET_STEP_REASONING)
            continue;
        bm_jw_begin_object(w);
        bm_jw_key(w, "id");
        apr_snprintf(text, sizeof(text), "step-%d", ++shown);
        bm_jw_string(w, text);
        bm_jw_key(w, "timestamp");
        bm_jw_time(w, wall_time(run, run->created_ns + step.at_ns));
        bm_jw_key(w, "status");
        bm_jw_string(w, "COMPLETED");
        bm_jw_key(w, "action");
        apr_snprintf(text, sizeof(text), "Step %d of the task", shown);
        bm_jw_string(w, text);
        bm_jw_key(w, "screenshot");
        bm_jw_null(w);
        bm_jw_key(w, "duration");
        apr_snprintf(text, sizeof(text), "%.1fs", (double)(step.at_ns - before) / 1e9);
        bm_jw_string(w, text);
        bm_jw_end_object(w);
        before = step.at_ns;
    }
    bm_jw_end_array(w);
}

/* --- run-sse */

static void event_begin(bm_target_reply_t *reply, const char *type, const bm_target_run_t *run, bm_jw_t *w, bm_buffer_t *out)
{
    bm_target_reply_put(out, "data: ");
    bm_jw_init(w, out);
    bm_jw_begin_object(w);
    bm_jw_key(w, "type");
    bm_jw_string(w, type);
    if (run != NULL) {
        bm_jw_key(w, reply->spec.old_names ? "runId" : "run_id");
        bm_jw_string(w, run->id);
    }
}

static void event_end(bm_jw_t *w, bm_buffer_t *out)
{
    bm_jw_key(w, "timestamp");
    bm_jw_time(w, apr_time_now());
    bm_jw_end_object(w);
    bm_target_reply_put(out, "\n\n");
}

static void started_events(bm_target_reply_t *reply, const bm_target_run_t *run, bm_buffer_t *out)
{
    bm_jw_t w;

    event_begin(reply, "STARTED", run, &w, out);
    event_end(&w, out);
    event_begin(reply, "STREAMING_URL", run, &w, out);
    bm_jw_key(&w, reply->spec.old_names ? "streamingUrl" : "streaming_url");
    bm_jw_string(&w, apr_psprintf(reply->p, "https://stream.invalid/%s", run->id));
    event_end(&w, out);
}

static void complete_event(bm_target_reply_t *reply, const bm_target_run_t *run, bm_target_run_e state, bm_buffer_t *out)
{
    bm_jw_t w;

    event_begin(reply, "COMPLETE", run, &w, out);
    bm_jw_key(&w, "status");
    bm_jw_string(&w, state_names[state]);
    if (state == BM_TARGET_RUN_COMPLETED) {
        bm_jw_key(&w, reply->spec.old_names ? "resultJson" : "result");
        put_result(run->spec.result, &w);
    }
    else if (state == BM_TARGET_RUN_FAILED) {
        bm_jw_key(&w, "error");
        bm_jw_string(&w, message_of(run));
    }
    event_end(&w, out);
    reply->over = 1;
}

static void sse_step(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out)
{
    const bm_target_run_t *run = bm_target_app_run_of(reply->app, reply->run);
    bm_jw_t w;

    if (run == NULL) {                      /* forgotten: 1,024 newer runs */
        reply->over = 1;
        return;
    }
    if (run->cancelled_ns != 0) {
        complete_event(reply, run, BM_TARGET_RUN_CANCELLED, out);
        return;
    }
    switch (step->kind) {
    case BM_TARGET_STEP_HEAD:
        started_events(reply, run, out);
        break;
    case BM_TARGET_STEP_PING:
        event_begin(reply, "HEARTBEAT", NULL, &w, out);
        event_end(&w, out);
        break;
    case BM_TARGET_STEP_REASONING:
    case BM_TARGET_STEP_TEXT:
        event_begin(reply, "PROGRESS", run, &w, out);
        bm_target_reply_put(out, ",\"purpose\":");
        bm_target_reply_piece(reply, step->kind, step->first, step->tokens, out);
        event_end(&w, out);
        break;
    case BM_TARGET_STEP_FINISH:
        complete_event(reply, run, BM_TARGET_RUN_COMPLETED, out);
        break;
    case BM_TARGET_STEP_ERROR:
        complete_event(reply, run, BM_TARGET_RUN_FAILED, out);
        break;
    default:
        break;
    }
}

const bm_target_format_t bm_target_tinyfish_sse_format = {
    .stream_type = "text/event-stream",
    .step = sse_step,
    .error = api_error,
};

/* --- run */

/* A failed run is a 500 with the run in its body; every other error is the API's. */
static void run_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    const bm_target_run_t *run = bm_target_app_run_of(reply->app, reply->run);
    bm_jw_t w;

    if (run == NULL) {
        bm_target_reply_put(out, "{}");
        return;
    }
    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    common_members(run, run->outcome, run->finished_ns, &w);
    bm_jw_end_object(&w);
}

static void run_failed(bm_target_reply_t *reply, bm_buffer_t *out)
{
    if (reply->spec.status == 200)
        run_whole(reply, out);
    else
        api_error(reply, out);
}

const bm_target_format_t bm_target_tinyfish_run_format = {
    .whole = run_whole,
    .error = run_failed,
};

/* --- run-async */

static void async_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    const bm_target_run_t *run = bm_target_app_run_of(reply->app, reply->run);

    bm_target_reply_putf(out, "{\"run_id\":\"%s\",\"error\":null}", run ? run->id : "");
}

const bm_target_format_t bm_target_tinyfish_async_format = {
    .whole = async_whole,
    .error = api_error,
};

static int is_nonempty(const json_t *j)
{
    return json_is_string(j) && json_string_length(j) > 0;
}

void bm_target_tinyfish_start(bm_target_reply_t *reply)
{
    const json_t *url = json_object_get(reply->body, "url"), *goal = json_object_get(reply->body, "goal");

    if (!is_nonempty(url) || strstr(json_string_value(url), "://") == NULL)
        bm_target_reply_fail(reply, 400, NULL, "url", "url: a URI with its scheme is required.");
    else if (!is_nonempty(goal))
        bm_target_reply_fail(reply, 400, NULL, "goal", "goal: at least one character is required.");
    if (reply->spec.tokens < 0)
        reply->spec.tokens = DEFAULT_STEPS;
    reply->spec.done = 0;                   /* this protocol has no end mark */
}

void bm_target_tinyfish_remember(bm_target_reply_t *reply, apr_int64_t wait_ns)
{
    const char *goal = json_string_value(json_object_get(reply->body, "goal"));
    bm_target_run_t *run;

    if (reply->spec.status != 200)
        return;
    run = bm_target_app_add_run(reply->app, &reply->spec, goal, reply->read_ns, wait_ns);
    reply->run = run->serial;
    if (reply->format == &bm_target_tinyfish_async_format) {
        reply->spec.fault = BM_TARGET_FAULT_NONE;   /* what was asked for happens to the run, not to this answer */
        reply->spec.tokens = reply->spec.reasoning_tokens = 0;
        reply->spec.ttft_ms = reply->spec.finish_ms = 0;
        reply->spec.queue_servers = 0;
        reply->spec.text = NULL;
    }
}

/* --- GET /v1/runs/{id}, POST /v1/runs/{id}/cancel */

/* Answers about a run are given at once; a run named in the path that is not known is a 404. */
static bm_target_run_t *run_of_path(bm_target_reply_t *reply)
{
    const char *id = reply->request->path + sizeof("/v1/runs/") - 1;
    bm_target_run_t *run = bm_target_app_find_run(reply->app, apr_pstrndup(reply->p, id, strcspn(id, "/")));

    reply->spec.tokens = 0;
    reply->spec.ttft_ms = 0;
    if (run == NULL)
        bm_target_reply_fail(reply, 404, NULL, NULL, "There is no such run.");
    else
        reply->run = run->serial;
    return run;
}

void bm_target_tinyfish_get(bm_target_reply_t *reply)
{
    run_of_path(reply);
}

static void get_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    const bm_target_run_t *run = bm_target_app_run_of(reply->app, reply->run);
    apr_int64_t now_ns = bm_timefmt_monotonic_ns();
    bm_target_run_e state;
    bm_jw_t w;

    if (run == NULL) {
        bm_target_reply_put(out, "{}");
        return;
    }
    state = bm_target_app_run_state(run, now_ns);
    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    common_members(run, state, now_ns, &w);
    bm_jw_key(&w, "goal");
    bm_jw_string(&w, run->goal);
    bm_jw_key(&w, "created_at");
    bm_jw_time(&w, run->created);
    bm_jw_key(&w, "streaming_url");
    bm_jw_null(&w);
    bm_jw_key(&w, "browser_config");
    bm_jw_null(&w);
    bm_jw_key(&w, "video_url");
    bm_jw_null(&w);
    bm_jw_key(&w, "steps");
    put_steps(run, state == BM_TARGET_RUN_CANCELLED ? run->cancelled_ns : now_ns, &w);
    bm_jw_end_object(&w);
}

const bm_target_format_t bm_target_tinyfish_get_format = {
    .whole = get_whole,
    .error = api_error,
};

void bm_target_tinyfish_cancel(bm_target_reply_t *reply)
{
    bm_target_run_t *run = run_of_path(reply);

    if (run != NULL && bm_target_app_run_state(run, reply->read_ns) < BM_TARGET_RUN_COMPLETED)
        run->cancelled_ns = reply->read_ns;
}

static void cancel_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    const bm_target_run_t *run = bm_target_app_run_of(reply->app, reply->run);
    int cancelled = run != NULL && run->cancelled_ns != 0, fresh = cancelled && run->cancelled_ns == reply->read_ns;
    bm_jw_t w;

    if (run == NULL) {
        bm_target_reply_put(out, "{}");
        return;
    }
    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "run_id");
    bm_jw_string(&w, run->id);
    bm_jw_key(&w, "status");
    bm_jw_string(&w, state_names[cancelled ? BM_TARGET_RUN_CANCELLED : run->outcome]);
    bm_jw_key(&w, "cancelled_at");
    time_or_null(run, cancelled, run->cancelled_ns, &w);
    bm_jw_key(&w, "message");
    if (fresh)
        bm_jw_null(&w);
    else
        bm_jw_string(&w, "The run was already over.");
    bm_jw_end_object(&w);
}

const bm_target_format_t bm_target_tinyfish_cancel_format = {
    .whole = cancel_whole,
    .error = api_error,
};
