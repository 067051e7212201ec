/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/outcome.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "engine/timeline.h"
#include "kpi/kpi_run.h"
#include "model/run_model.h"
#include "store/finish_store.h"

#define TEXT(s) ((s) ? strlen(s) : 0)

/* A row with nothing measured. */
static bm_finished_run_t *row_make(bm_task_t *task)
{
    bm_finished_run_t *row = apr_pcalloc(task->p, sizeof(*row));
    apr_int64_t *const figures[] = {
        &row->http_status, &row->tokens_prompt, &row->tokens_completion, &row->tokens_reasoning, &row->tokens_cached,
        &row->total_us, &row->e2e_us, &row->ttfb_us, &row->ttft_us, &row->ttfo_us, &row->ttst_us, &row->tpot_us,
        &row->queue_us, &row->dns_us, &row->connect_us, &row->tls_us, &row->send_us, &row->wait_us, &row->stream_us,
        &row->send_lag_us, &row->held_us, &row->cost_nano, &row->lag_p50_us, &row->lag_p99_us, &row->lag_max_us,
        &row->batched_events, &row->chunks
    };
    size_t i;

    for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        *figures[i] = BM_FIGURE_NONE;
    row->id = task->id;
    row->fence = task->fence;
    row->location = task->location != NULL && task->location[0] != '\0' ? task->location : NULL;
    row->connection_reused = row->kernel_stamped = row->good = -1;
    row->queue_us = task->started_at > task->run_at ? task->started_at - task->run_at : 0;
    task->outcome = row;
    task->end = BM_TASK_RECORD;
    return row;
}

static bm_kpi_gaps_t gaps_of(const bm_gaps_t *gaps)
{
    return (bm_kpi_gaps_t){ .ms = gaps->ms, .times = gaps->times, .count = gaps->count };
}

/* What the ended run counts for; its row is complete. Of a load test it is the requests that count. */
static void sample_make(bm_task_t *task, const bm_finished_run_t *row, const bm_figures_t *figures)
{
    bm_kpi_sample_t *sample;

    if (!bm_run_kind_is_counted(task->kind) || bm_run_kind_is_load(task->kind))
        return;
    sample = apr_palloc(task->p, sizeof(*sample));
    bm_kpi_run_sample(sample, row);
    sample->scenario_id = task->scenario_id;
    sample->source = task->kind;
    if (figures != NULL) {
        sample->itl = gaps_of(&figures->itl);
        sample->icl = gaps_of(&figures->icl);
    }
    task->sample = sample;
}

void bm_outcome_judge(bm_task_t *task, const bm_kpi_slo_t *slos, int n)
{
    if (task->sample == NULL)
        return;
    task->sample->good = task->sample->status == BM_KPI_COMPLETED && bm_kpi_slos_within(slos, n, task->sample);
    task->outcome->good = task->sample->good;
}

/* Provider that answers, or would have answered, this spec. Never NULL. */
static const char *provider_of(const json_t *spec)
{
    const char *name =
        json_is_true(json_object_get(spec, "mock")) ? "mock" : json_string_value(json_object_get(spec, "provider"));

    return name ? name : "";
}

/* The inputs as they were queued, placeholders not filled: a run that is requeued is made of them, and no secret stands in
 * them. What was really sent is the row's request. NULL: none. */
static const char *inputs_of(const bm_task_t *task)
{
    json_t *spec, *inputs;

    if (bm_json_parse(&spec, task->spec, strlen(task->spec), NULL, task->p) != APR_SUCCESS)
        return NULL;
    inputs = json_object_get(spec, "inputs");
    return inputs ? bm_json_dump(NULL, inputs, task->p) : NULL;
}

/* What the row says of a run that has no answer: the spec as it was queued, placeholders not filled. */
static void fill_from_spec(bm_finished_run_t *row, const bm_task_t *task)
{
    json_t *spec;

    row->provider = "";
    row->inputs = inputs_of(task);
    if (bm_json_parse(&spec, task->spec, strlen(task->spec), NULL, task->p) != APR_SUCCESS)
        return;
    row->provider = provider_of(spec);
    row->model = json_string_value(json_object_get(json_object_get(spec, "connection"), "model"));
}

void bm_outcome_end(bm_task_t *task, const char *status, const char *error_code, const char *error)
{
    bm_finished_run_t *row = row_make(task);

    fill_from_spec(row, task);
    row->status = apr_pstrdup(task->p, status);
    row->error_code = error_code ? apr_pstrdup(task->p, error_code) : NULL;
    row->error = error ? apr_pstrdup(task->p, error) : NULL;
    sample_make(task, row, NULL);
    task->weight = sizeof(*row) + TEXT(row->error) + 2 * TEXT(task->spec);
}

void bm_outcome_set_result(bm_task_t *task, const char *response, apr_int64_t batched_events, apr_int64_t total_us,
                           const char *engine_id)
{
    bm_finished_run_t *row = task->outcome;

    row->response = response;
    row->batched_events = batched_events;
    row->total_us = total_us;
    row->engine = apr_pstrdup(task->p, engine_id);
    task->weight += TEXT(response);
}

int bm_outcome_may_repeat(int kind, const char *spec, apr_pool_t *p)
{
    const bm_provider_t *provider;
    json_t *j;

    if (kind == BM_RUN_KIND_CALIBRATION || bm_run_kind_is_load(kind))
        return 0;
    if (kind == BM_RUN_KIND_DISCOVERY)
        return 1;                    /* it only reads */
    if (bm_json_parse(&j, spec, strlen(spec), NULL, p) != APR_SUCCESS)
        return 0;
    provider = bm_provider_find(provider_of(j));
    return provider != NULL && provider->repeatable;
}

/* --- a performed run */

static const char *status_of(bm_run_end_e end)
{
    switch (end) {
    case BM_RUN_COMPLETED:
        return "completed";
    case BM_RUN_TIMED_OUT:
        return "timed_out";
    case BM_RUN_CANCELLED:
        return "cancelled";
    default:
        return "failed";
    }
}

static apr_int64_t tokens_of(apr_int64_t tokens)
{
    return tokens < 0 ? BM_FIGURE_NONE : tokens;
}

static void fill_answer(bm_finished_run_t *row, const bm_call_t *call)
{
    const bm_answer_t *answer = &call->answer;

    row->status = status_of(answer->end);
    row->error_code = answer->error_code;
    row->error = answer->error;
    row->external_id = answer->external_id;
    row->finish_reason = answer->finish_reason;
    row->response = answer->response;
    row->tokens_prompt = tokens_of(answer->usage.prompt);
    row->tokens_completion = tokens_of(answer->usage.completion);
    row->tokens_reasoning = tokens_of(answer->usage.reasoning);
    row->tokens_cached = tokens_of(answer->usage.cached);
    row->tokens_provenance = answer->usage.provenance;
    row->provider = call->provider->name;
    row->model = answer->model ? answer->model : json_string_value(json_object_get(call->connection, "model"));
}

static void fill_figures(bm_finished_run_t *row, const bm_figures_t *figures, apr_pool_t *p)
{
    const struct {
        apr_int64_t *us;
        apr_int64_t ns;
    } times[] = {
        { &row->total_us, figures->total_ns }, { &row->e2e_us, figures->e2e_ns }, { &row->ttfb_us, figures->ttfb_ns },
        { &row->ttft_us, figures->ttft_ns }, { &row->ttfo_us, figures->ttfo_ns }, { &row->ttst_us, figures->ttst_ns },
        { &row->tpot_us, figures->tpot_ns }, { &row->dns_us, figures->dns_ns }, { &row->connect_us, figures->connect_ns },
        { &row->tls_us, figures->tls_ns }, { &row->send_us, figures->send_ns }, { &row->wait_us, figures->wait_ns },
        { &row->stream_us, figures->stream_ns }, { &row->send_lag_us, figures->send_lag_ns },
        { &row->held_us, figures->held_ns },
        { &row->lag_p50_us, figures->lag_p50_ns }, { &row->lag_p99_us, figures->lag_p99_ns },
        { &row->lag_max_us, figures->lag_max_ns }
    };
    size_t i;

    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        *times[i].us = bm_measure_us(times[i].ns);
    row->http_status = figures->http_status;
    row->chunks = figures->chunks;
    row->batched_events = figures->batched_events;
    row->kernel_stamped = figures->kernel_stamped;
    row->connection_reused = figures->connection_reused;
    row->inter_token_stats = bm_measure_inter_token_json(&figures->inter_token, p);
}

static void fill_timeline(bm_finished_run_t *row, const bm_answer_t *answer, int kernel, apr_pool_t *p)
{
    apr_size_t len = 0;

    if (answer->measured == NULL || answer->chunks == NULL)
        return;
    row->timeline = bm_timeline_pack(&len, answer->chunks, answer->measured->sent_ns, kernel == 1, p);
    row->timeline_len = (int)len;
}

apr_int64_t bm_outcome_cost_nano(const bm_price_t *price, const bm_answer_t *answer)
{
    const bm_usage_t *usage = &answer->usage;
    double cost = price != NULL ? bm_price_cost(price, usage->prompt, usage->cached, usage->completion) : NAN;

    return isnan(cost) || cost < 0 || cost > 9e9 ? BM_FIGURE_NONE : (apr_int64_t)llround(cost * 1e9);
}

const bm_price_t *bm_outcome_price(const bm_price_book_t *prices, const bm_call_t *call)
{
    const json_t *asked = json_object_get(call->inputs, "model");
    const bm_price_t *price = NULL;

    if (!json_is_string(asked))
        asked = json_object_get(call->connection, "model");
    if (call->answer.model != NULL)
        price = bm_price_find(prices, call->provider->name, call->answer.model, apr_time_now());
    return price != NULL ? price : bm_price_find(prices, call->provider->name, json_string_value(asked), apr_time_now());
}

void bm_outcome_answer(bm_task_t *task, const bm_call_t *call, const bm_figures_t *figures, const char *request_json,
                       const char *engine_id, const bm_price_book_t *prices)
{
    bm_finished_run_t *row = row_make(task);

    fill_answer(row, call);
    row->engine = engine_id;
    row->inputs = inputs_of(task);
    row->request = request_json;
    row->cost_nano = bm_outcome_cost_nano(bm_outcome_price(prices, call), &call->answer);
    if (figures != NULL) {
        fill_figures(row, figures, task->p);
        fill_timeline(row, &call->answer, figures->kernel_stamped, task->p);
    }
    sample_make(task, row, figures);
    task->weight = sizeof(*row) + TEXT(task->spec) + TEXT(row->response) * 2 + TEXT(row->request)
                   + (apr_size_t)row->timeline_len * 4;
}
