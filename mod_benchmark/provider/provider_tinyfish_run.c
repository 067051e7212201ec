/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_tinyfish_run.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/timefmt.h"
#include "provider/provider_answer.h"
#include "provider/provider_stream.h"

enum { PROGRESS_MAX = 1000 };

static const char *const status_names[] = {
    [BM_TINYFISH_UNKNOWN] = NULL,
    [BM_TINYFISH_PENDING] = "PENDING",
    [BM_TINYFISH_RUNNING] = "RUNNING",
    [BM_TINYFISH_COMPLETED] = "COMPLETED",
    [BM_TINYFISH_FAILED] = "FAILED",
    [BM_TINYFISH_CANCELLED] = "CANCELLED",
};

/* Codes of failed runs that are error codes here as they are; all others are named by their category. */
static const char *const run_codes[] = {
    "timeout", "task_failed", "max_steps_exceeded", "site_blocked", "content_policy_violation", "insufficient_credits",
    "service_busy", NULL
};

static const struct {
    const char *name, *error_code;
    int transient;
} categories[] = {
    { "SYSTEM_FAILURE", "system_failure", 1 },
    { "AGENT_FAILURE", "agent_failure", 0 },
    { "BILLING_FAILURE", "billing_failure", 0 },
    { "UNKNOWN", "run_failed", 1 },
    { NULL, "run_failed", 0 },
};

void bm_tinyfish_run_init(bm_tinyfish_run_t *run, apr_size_t max, apr_pool_t *p)
{
    memset(run, 0, sizeof(*run));
    run->p = p;
    run->left = max;
    run->steps = -1;
    run->progress = apr_array_make(p, 8, sizeof(const char *));
}

/* --- members */

static const json_t *either(const json_t *j, const char *name, const char *old_name)
{
    const json_t *value = json_object_get(j, name);

    return value != NULL && !json_is_null(value) ? value : json_object_get(j, old_name);
}

/* Keep a text if it may be kept; NULL: not a text, empty, or too long. */
static const char *keep_text(bm_tinyfish_run_t *run, const json_t *j)
{
    apr_size_t len = json_string_length(j);

    if (len > run->left) {
        run->truncated = 1;
        return NULL;
    }
    run->left -= len;
    return bm_provider_answer_text(j, run->p);
}

static void take_text(bm_tinyfish_run_t *run, const char **to, const json_t *j)
{
    const char *text = *to ? NULL : keep_text(run, j);

    if (text != NULL)
        *to = text;
}

static void take_result(bm_tinyfish_run_t *run, const json_t *j)
{
    const char *text;
    apr_size_t len;

    if (j == NULL || json_is_null(j) || run->result != NULL)
        return;
    text = bm_json_dump(&len, j, run->p);
    if (len > run->left) {
        run->truncated = 1;
        return;
    }
    run->left -= len;
    run->result = text;
}

static void take_status(bm_tinyfish_run_t *run, const json_t *j)
{
    const char *name = json_string_value(j);
    int i;

    for (i = BM_TINYFISH_PENDING; name != NULL && i <= BM_TINYFISH_CANCELLED; i++)
        if (strcasecmp(name, status_names[i]) == 0 && !(bm_tinyfish_run_is_over(run) && i < BM_TINYFISH_COMPLETED))
            run->status = i;
}

/* An object in run objects, a string in events. */
static void take_error(bm_tinyfish_run_t *run, const json_t *error)
{
    const json_t *wait;

    if (json_is_string(error)) {
        take_text(run, &run->error, error);
        return;
    }
    take_text(run, &run->error, json_object_get(error, "message"));
    take_text(run, &run->error_code, json_object_get(error, "code"));
    take_text(run, &run->error_category, json_object_get(error, "category"));
    wait = either(error, "retry_after", "retryAfter");
    if (json_is_number(wait) && json_number_value(wait) > 0 && json_number_value(wait) < 86400)
        run->retry_after_us = (apr_int64_t)(json_number_value(wait) * 1e6);
}

int bm_tinyfish_run_is_over(const bm_tinyfish_run_t *run)
{
    return run->status >= BM_TINYFISH_COMPLETED;
}

int bm_tinyfish_run_read(bm_tinyfish_run_t *run, const json_t *j)
{
    apr_int64_t steps = bm_provider_answer_count(either(j, "num_of_steps", "numOfSteps"));

    if (!json_is_string(json_object_get(j, "status")))
        return 0;
    take_status(run, json_object_get(j, "status"));
    take_text(run, &run->id, either(j, "run_id", "runId"));
    take_text(run, &run->streaming_url, either(j, "streaming_url", "streamingUrl"));
    take_text(run, &run->created_at, either(j, "created_at", "createdAt"));
    take_text(run, &run->started_at, either(j, "started_at", "startedAt"));
    take_text(run, &run->finished_at, either(j, "finished_at", "finishedAt"));
    take_result(run, either(j, "result", "resultJson"));
    take_error(run, json_object_get(j, "error"));
    if (steps >= 0)
        run->steps = steps;
    return 1;
}

/* --- events */

static void take_progress(bm_tinyfish_run_t *run, const json_t *purpose)
{
    const char *text = run->progress->nelts < PROGRESS_MAX ? keep_text(run, purpose) : NULL;

    if (text != NULL)
        APR_ARRAY_PUSH(run->progress, const char *) = text;
}

static bm_chunk_kind_e take_end(bm_tinyfish_run_t *run, const json_t *j, int failed)
{
    take_status(run, json_object_get(j, "status"));
    if (failed && !bm_tinyfish_run_is_over(run))
        run->status = BM_TINYFISH_FAILED;
    take_result(run, either(j, "result", "resultJson"));
    take_error(run, json_object_get(j, "error"));
    take_text(run, &run->error, json_object_get(j, "message"));
    return run->status == BM_TINYFISH_COMPLETED ? BM_CHUNK_CONTENT : BM_CHUNK_ERROR;
}

static bm_chunk_kind_e run_event(void *baton, const bm_provider_event_t *event, apr_int32_t *tokens)
{
    bm_tinyfish_run_t *run = baton;
    const char *type = json_string_value(json_object_get(event->json, "type"));

    (void)tokens;
    if (type == NULL) {
        if (!event->unterminated && !bm_provider_stream_is(event, ""))
            run->malformed++;
        return BM_CHUNK_OTHER;
    }
    take_text(run, &run->id, either(event->json, "run_id", "runId"));
    if (strcmp(type, "PROGRESS") == 0) {
        take_progress(run, json_object_get(event->json, "purpose"));
        return BM_CHUNK_PROGRESS;
    }
    if (strcmp(type, "COMPLETE") == 0)
        return take_end(run, event->json, 0);
    if (strcmp(type, "ERROR") == 0)     /* not documented, but tested for by the vendor's own samples */
        return take_end(run, event->json, 1);
    take_text(run, &run->streaming_url, either(event->json, "streaming_url", "streamingUrl"));
    return BM_CHUNK_OTHER;              /* STARTED, STREAMING_URL, HEARTBEAT, TF_API_RESULT and what may come */
}

void bm_tinyfish_run_read_stream(bm_tinyfish_run_t *run, bm_call_t *call, const bm_exchange_t *x)
{
    call->answer.stream = BM_STREAM_PROGRESS;
    if (bm_provider_stream_events(call, x, run_event, NULL, run) != APR_SUCCESS)
        run->malformed++;
}

/* --- the answer */

static const char *code_of(const bm_tinyfish_run_t *run, int category)
{
    int i;

    for (i = 0; run->error_code != NULL && run_codes[i] != NULL; i++)
        if (strcasecmp(run->error_code, run_codes[i]) == 0)
            return run_codes[i];
    return categories[category].error_code;
}

static int category_of(const bm_tinyfish_run_t *run)
{
    int i;

    for (i = 0; categories[i].name != NULL; i++)
        if (run->error_category != NULL && strcasecmp(run->error_category, categories[i].name) == 0)
            break;
    return i;
}

/* Microseconds between two times; 0: one of them is not known. */
static apr_int64_t between(const char *from, const char *to)
{
    apr_time_t a, b;

    if (from == NULL || to == NULL || bm_timefmt_parse(&a, from) != APR_SUCCESS || bm_timefmt_parse(&b, to) != APR_SUCCESS)
        return 0;
    return b > a ? b - a : 0;
}

void bm_tinyfish_run_settle(const bm_tinyfish_run_t *run, bm_call_t *call)
{
    int category = category_of(run);

    call->answer.external_id = run->id;
    call->answer.server_us = between(run->started_at, run->finished_at);
    if (run->status == BM_TINYFISH_COMPLETED)
        bm_provider_answer_complete(call);
    else if (run->status == BM_TINYFISH_CANCELLED) {
        bm_provider_answer_fail(call, "cancelled_by_target", 0, BM_EFFECT_SETTLED, "The run was cancelled at TinyFish.");
        call->answer.end = BM_RUN_CANCELLED;
    }
    else {
        bm_provider_answer_fail(call, code_of(run, category), categories[category].transient, BM_EFFECT_SETTLED,
                                "The run failed at TinyFish: %s%s%s%s", run->error ? run->error : "it gave no reason",
                                run->error_code ? " (" : "", run->error_code ? run->error_code : "",
                                run->error_code ? ")" : "");
        call->answer.retry_after_us = run->retry_after_us;
    }
}

static void member(bm_jw_t *w, const char *name, const char *text)
{
    if (text == NULL)
        return;
    bm_jw_key(w, name);
    bm_jw_string(w, text);
}

static void write_error(const bm_tinyfish_run_t *run, bm_jw_t *w)
{
    if (run->error == NULL && run->error_code == NULL)
        return;
    bm_jw_key(w, "error");
    bm_jw_begin_object(w);
    member(w, "code", run->error_code);
    member(w, "message", run->error);
    member(w, "category", run->error_category);
    bm_jw_end_object(w);
}

static void write_times(const bm_tinyfish_run_t *run, bm_jw_t *w)
{
    apr_int64_t queued = between(run->created_at, run->started_at), took = between(run->started_at, run->finished_at);

    member(w, "created_at", run->created_at);
    member(w, "started_at", run->started_at);
    member(w, "finished_at", run->finished_at);
    if (queued > 0) {
        bm_jw_key(w, "server_queue_ms");
        bm_jw_fixed(w, (double)queued / 1000.0, 3);
    }
    if (took > 0) {
        bm_jw_key(w, "server_duration_ms");
        bm_jw_fixed(w, (double)took / 1000.0, 3);
    }
}

void bm_tinyfish_run_keep(const bm_tinyfish_run_t *run, bm_call_t *call)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;
    int i;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "run_id");
    bm_jw_string(&w, run->id);
    bm_jw_key(&w, "status");
    bm_jw_string(&w, status_names[run->status]);
    bm_jw_key(&w, "result");
    bm_jw_raw(&w, run->result, run->result ? strlen(run->result) : 0);
    bm_jw_key(&w, "num_of_steps");
    if (run->steps >= 0)
        bm_jw_int(&w, run->steps);
    else
        bm_jw_null(&w);
    write_error(run, &w);
    member(&w, "streaming_url", run->streaming_url);
    write_times(run, &w);
    bm_jw_key(&w, "progress");
    bm_jw_begin_array(&w);
    for (i = 0; i < run->progress->nelts; i++)
        bm_jw_string(&w, APR_ARRAY_IDX(run->progress, i, const char *));
    bm_jw_end_array(&w);
    if (run->truncated) {
        bm_jw_key(&w, "truncated");
        bm_jw_bool(&w, 1);
    }
    bm_jw_end_object(&w);
    bm_provider_answer_keep(call, &out);
}
