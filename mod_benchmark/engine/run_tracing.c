/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run_tracing.h"

#include <math.h>
#include <strings.h>
#include <string.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "base/timefmt.h"
#include "store/finish_store.h"

#define HEADER "traceparent:"

void bm_run_tracing_begin(bm_task_t *task, const bm_trace_sink_t *sink)
{
    bm_run_trace_t *trace;
    apr_int64_t waited_us = task->started_at > task->run_at ? task->started_at - task->run_at : 0;

    if (sink == NULL)
        return;
    trace = apr_pcalloc(task->p, sizeof(*trace));
    if (bm_rand_secure(&trace->ids, sizeof(trace->ids)) != APR_SUCCESS)
        return;
    trace->run_id = task->id;
    trace->scenario_id = task->scenario_id;
    trace->attempt = task->attempt;
    trace->started_ns = bm_timefmt_monotonic_ns();
    trace->due_ns = trace->started_ns - waited_us * 1000;       /* how long is the database's word, when is ours */
    trace->max_tokens = trace->http_status = BM_TRACE_NONE;
    trace->temperature = trace->top_p = NAN;
    trace->prompt_tokens = trace->completion_tokens = trace->reasoning_tokens = trace->cached_tokens = BM_TRACE_NONE;
    task->trace = trace;
}

void bm_run_tracing_mark(const bm_task_t *task, bm_http_request_t *request, const bm_trace_sink_t *sink)
{
    char parent[BM_TRACEPARENT_SIZE];
    int i;

    if (sink == NULL || !sink->propagate || task->trace == NULL)
        return;
    for (i = 0; i < request->headers->nelts; i++)
        if (strncasecmp(APR_ARRAY_IDX(request->headers, i, const char *), HEADER, strlen(HEADER)) == 0)
            return;
    bm_traceparent(parent, &task->trace->ids);
    APR_ARRAY_PUSH(request->headers, const char *) = apr_pstrcat(task->p, HEADER " ", parent, NULL);
}

static double number_of(const json_t *inputs, const char *name)
{
    const json_t *value = json_object_get(inputs, name);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void note_asked(bm_run_trace_t *trace, const bm_call_t *call)
{
    const json_t *model = json_object_get(call->inputs, "model"), *max = json_object_get(call->inputs, "max_tokens");

    if (!json_is_string(model))
        model = json_object_get(call->connection, "model");
    trace->provider = call->provider->name;
    trace->asked_model = json_is_string(model) ? json_string_value(model) : call->answer.only_model;
    if (!json_is_integer(max))
        max = json_object_get(call->inputs, "max_completion_tokens");
    if (json_is_integer(max))
        trace->max_tokens = json_integer_value(max);
    trace->temperature = number_of(call->inputs, "temperature");
    trace->top_p = number_of(call->inputs, "top_p");
}

static void note_exchange(bm_run_trace_t *trace, const bm_answer_t *answer, const bm_figures_t *figures)
{
    const bm_exchange_t *x = answer->measured;

    if (x == NULL)
        return;
    trace->method = x->request->method;
    trace->url = x->request->url;
    trace->request_ns = answer->began_ns != 0 ? answer->began_ns : x->added_ns;
    trace->sent_ns = x->sent_ns;
    trace->answered_ns = answer->ended_ns != 0 ? answer->ended_ns : x->end_ns;
    trace->streamed = answer->stream != BM_STREAM_NONE;
    if (figures != NULL && x->sent_ns != 0 && figures->ttft_ns != BM_FIGURE_NONE)
        trace->first_token_ns = x->sent_ns + figures->ttft_ns;
}

void bm_run_tracing_answer(bm_task_t *task, const bm_call_t *call, const bm_figures_t *figures)
{
    if (task->trace == NULL)
        return;
    note_asked(task->trace, call);
    note_exchange(task->trace, &call->answer, figures);
}

static apr_int64_t known(apr_int64_t figure)
{
    return figure == BM_FIGURE_NONE ? BM_TRACE_NONE : figure;
}

void bm_run_tracing_end(const bm_task_t *task, const bm_trace_sink_t *sink)
{
    const bm_finished_run_t *row = task->outcome;
    bm_run_trace_t *trace = task->trace;

    if (sink == NULL || trace == NULL)
        return;
    trace->ended_ns = task->ended_at * 1000;
    trace->status = row->status;
    trace->error_code = row->error_code;
    trace->error = row->error;
    trace->location = row->location;
    trace->model = row->model;
    trace->finish_reason = row->finish_reason;
    trace->external_id = row->external_id;
    trace->http_status = known(row->http_status);
    trace->prompt_tokens = known(row->tokens_prompt);
    trace->completion_tokens = known(row->tokens_completion);
    trace->reasoning_tokens = known(row->tokens_reasoning);
    trace->cached_tokens = known(row->tokens_cached);
    sink->take(sink->baton, trace);
}
