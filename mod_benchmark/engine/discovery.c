/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/discovery.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/timefmt.h"
#include "engine/inputs.h"
#include "engine/measure.h"
#include "engine/outcome.h"
#include "model/run_model.h"
#include "provider/provider_answer.h"
#include "provider/provider_discovery.h"
#include "provider/provider_url.h"

#define TRIES_MAX 3
#define CONNECT_MS 5000
#define TOTAL_MS 10000                          /* of all tries */
#define EXPIRES apr_time_from_sec(60)           /* nobody waits that long for an engine */
#define ANSWER_MAX (1024 * 1024)                /* bytes of what is kept */

/* A discovery under way; in the task's pool. */
typedef struct discovery_t {
    const bm_call_t *filled;                    /* connection and secrets, placeholders filled */
    int named;                                  /* the provider was given */
    const bm_provider_t *asked[TRIES_MAX + 1];  /* NULL-terminated */
    int tries;
    bm_call_t *call;                            /* the try under way, or the last */
    bm_discovery_t found;
    const char *request_json;
    apr_int64_t began_ns;
    struct {                                    /* the first try, which tells most if none is understood */
        bm_call_t *call;
        const char *request_json;
    } first;
} discovery_t;

static void fail(bm_recorder_t *recorder, bm_task_t *task, const char *code, const char *sentence)
{
    bm_outcome_end(task, "failed", code, sentence);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

/* --- the end */

static void keep_result(const discovery_t *d)
{
    bm_call_t *call = d->call;
    bm_buffer_t out = { 0 };
    bm_jw_t w;
    int i;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "provider");
    bm_jw_string(&w, call->provider->name);
    bm_jw_key(&w, "url");
    bm_jw_string(&w, json_string_value(json_object_get(call->connection, "url")));
    if (d->found.models != NULL) {
        bm_jw_key(&w, "models");
        bm_jw_begin_array(&w);
        for (i = 0; i < d->found.models->nelts; i++)
            bm_jw_string(&w, APR_ARRAY_IDX(d->found.models, i, const char *));
        bm_jw_end_array(&w);
        bm_jw_key(&w, "model_count");
        bm_jw_int(&w, d->found.count);
    }
    bm_jw_end_object(&w);
    call->response_max = ANSWER_MAX;
    bm_provider_answer_keep(call, &out);
}

static void finish(bm_recorder_t *recorder, bm_task_t *task)
{
    discovery_t *d = task->state;

    if (d->call->answer.end != BM_RUN_COMPLETED && d->tries > 1) {
        d->call = d->first.call;
        d->request_json = d->first.request_json;
    }
    keep_result(d);
    bm_outcome_answer(task, d->call, bm_measure(&d->call->answer, task->p), d->request_json,
                      bm_recorder_options(recorder)->engine_id, NULL);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

static void finish_stopped(bm_recorder_t *recorder, bm_task_t *task)
{
    switch (task->stop) {
    case BM_STOP_LOST:
        bm_recorder_finish(recorder, task, BM_TASK_FORGET);
        return;
    case BM_STOP_HAND_BACK:
        task->requeue_why = "its engine was stopped";
        bm_recorder_finish(recorder, task, BM_TASK_REQUEUE);
        return;
    case BM_STOP_EMERGENCY:
        bm_outcome_end(task, "cancelled", "engine_stopped", "Ended by the emergency stop.");
        break;
    default:
        bm_outcome_end(task, "cancelled", "cancelled", "Cancelled by a user.");
    }
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

/* --- a try */

/* The call of a try: what was filled, with the base of the URL where requests are put behind it. */
static bm_call_t *call_make(const discovery_t *d, const bm_provider_t *provider, apr_pool_t *p)
{
    bm_call_t *call = bm_provider_call_make(provider, p);
    const char *url = json_string_value(json_object_get(d->filled->connection, "url"));
    json_t *connection = bm_json_overlay((json_t *)(apr_uintptr_t)d->filled->connection, NULL, p);

    if (url != NULL && strcmp(provider->name, "http") != 0)
        json_object_set_new(connection, "url", json_string(bm_provider_url_base(url, p)));
    call->run_id = d->filled->run_id;
    call->connection = connection;
    call->secret = d->filled->secret;
    call->secret_baton = d->filled->secret_baton;
    call->secrets = d->filled->secrets;
    return call;
}

static apr_int64_t smaller(apr_int64_t limit_ms, apr_int64_t most_ms)
{
    return limit_ms > 0 && limit_ms < most_ms ? limit_ms : most_ms;
}

static void ask(bm_recorder_t *recorder, bm_task_t *task, const bm_provider_t *provider)
{
    discovery_t *d = task->state;
    apr_int64_t left_ms = TOTAL_MS - (bm_timefmt_monotonic_ns() - d->began_ns) / 1000000;
    bm_err_t *err = bm_err_make(task->p);
    bm_http_request_t *request;

    d->call = call_make(d, provider, task->p);
    if (provider->discover(d->call, &request, err) != APR_SUCCESS) {
        fail(recorder, task, err->code ? err->code : "bad_inputs", bm_inputs_complaint(err, task->p));
        return;
    }
    request->fresh_connection = 1;
    request->connect_timeout_ms = smaller(request->connect_timeout_ms, CONNECT_MS);
    request->total_timeout_ms = smaller(request->total_timeout_ms, left_ms > 1 ? left_ms : 1);
    request->max_body = BM_DISCOVERY_BODY_MAX;
    d->request_json = bm_provider_request_json(d->call, request);
    if (d->tries == 0) {
        d->first.call = d->call;
        d->first.request_json = d->request_json;
    }
    d->asked[d->tries++] = provider;
    if (bm_recorder_send(recorder, task, bm_exchange_make(request, task->p), 0, NULL) != APR_SUCCESS)
        fail(recorder, task, "engine_busy", "The engine could not take on the request.");
}

/* --- the work */

static int is_named(const char *text, apr_pool_t *p)
{
    json_t *spec;

    return bm_json_parse(&spec, text, strlen(text), NULL, p) == APR_SUCCESS
        && json_is_true(json_object_get(json_object_get(spec, "discovery"), "named"));
}

static void discovery_start(bm_recorder_t *recorder, bm_task_t *task)
{
    const bm_recorder_options_t *options = bm_recorder_options(recorder);
    discovery_t *d = apr_pcalloc(task->p, sizeof(*d));
    bm_err_t *err = bm_err_make(task->p);
    bm_run_inputs_t *inputs;

    task->state = d;
    d->named = is_named(task->spec, task->p);
    d->began_ns = bm_timefmt_monotonic_ns();
    if (task->started_at - task->run_at > EXPIRES) {
        bm_outcome_end(task, "cancelled", "expired", "No engine took it within a minute.");
        bm_recorder_finish(recorder, task, BM_TASK_RECORD);
    }
    else if (bm_inputs_read(&inputs, task->spec, options->settings,
                            bm_vault_of_project(options->vault, task->project_id, task->p), err, task->p) != APR_SUCCESS)
        fail(recorder, task, err->code ? err->code : "bad_inputs", bm_inputs_complaint(err, task->p));
    else if (inputs->call->provider->discover == NULL
             || (options->settings->mock_mode && strcmp(inputs->call->provider->name, "tinyfish") == 0))
        fail(recorder, task, "mock_mode", "Nothing is sent to this target (BenchmarkMockMode).");
    else {
        inputs->call->run_id = task->id;
        d->filled = inputs->call;
        ask(recorder, task, inputs->call->provider);
    }
}

static void discovery_returned(bm_recorder_t *recorder, bm_task_t *task, bm_transfer_t *transfer)
{
    discovery_t *d = task->state;
    const bm_provider_t *next;

    if (task->stop != BM_STOP_NOT) {
        finish_stopped(recorder, task);
        return;
    }
    bm_provider_discovery_read(&d->found, d->call, transfer->x);
    next = d->named || d->tries == TRIES_MAX ? NULL : bm_provider_discovery_next(d->asked, &d->found, d->call, transfer->x);
    if (next != NULL)
        ask(recorder, task, next);
    else
        finish(recorder, task);
}

static void discovery_stopping(bm_recorder_t *recorder, bm_task_t *task)
{
    if (task->sent == NULL)
        finish_stopped(recorder, task);
}

const bm_work_t bm_discovery_work = {
    .kind = BM_RUN_KIND_DISCOVERY,
    .name = "discovery",
    .start = discovery_start,
    .returned = discovery_returned,
    .stopping = discovery_stopping
};
