/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_request.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/rand.h"
#include "engine/timeline.h"
#include "engine/verdict.h"
#include "kpi/kpi_good.h"
#include "provider/provider.h"

struct bm_load_source_t {
    apr_pool_t *p;
    json_t *spec;
    const bm_load_plan_t *plan;
    const bm_settings_t *settings;
    bm_vault_t *vault;
    int entries;
    const bm_call_t **calls;         /* by entry; NULL: not read yet; of generated ones the first only */
    const bm_assertions_t *assertions;
};

/* --- what is asked */

/* The spec with an entry of the dataset laid over its inputs. */
static const char *entry_spec(bm_load_source_t *source, int entry, apr_pool_t *p)
{
    const bm_load_plan_t *plan = source->plan;
    json_t *spec = bm_json_adopt(json_copy(source->spec), p), *inputs;

    if (plan->dataset == NULL && plan->prompts == NULL)
        return bm_json_dump(NULL, spec, p);
    inputs = json_copy(json_object_get(source->spec, "inputs"));
    json_object_update(inputs, plan->prompts != NULL ? bm_prompts_entry(plan->prompts, entry, p)
                                                     : json_array_get(plan->dataset, (size_t)entry));
    json_object_set_new(spec, "inputs", inputs);
    return bm_json_dump(NULL, spec, p);
}

static apr_status_t read_entry(const bm_call_t **pcall, bm_load_source_t *source, int entry, bm_err_t *err, apr_pool_t *p)
{
    bm_run_inputs_t *inputs;
    apr_status_t rv = bm_inputs_read(&inputs, entry_spec(source, entry, p), source->settings, source->vault, err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (entry == 0)
        source->assertions = inputs->assertions; /* the same for all entries */
    if (source->assertions == NULL)
        inputs->call->response_max = 1;          /* answers of load tests are measured, not kept */
    *pcall = inputs->call;
    return APR_SUCCESS;
}

/* What an entry asks: those that are given are read once and kept, those that are generated live as long as their request. */
static apr_status_t find_entry(const bm_call_t **pcall, bm_load_source_t *source, int entry, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv;

    if (source->plan->prompts != NULL && entry > 0)
        return read_entry(pcall, source, entry, err, p);
    if (source->calls[entry] == NULL) {
        rv = read_entry(&source->calls[entry], source, entry, err, source->p);
        if (rv != APR_SUCCESS)
            return rv;
    }
    *pcall = source->calls[entry];
    return APR_SUCCESS;
}

static int entries_of(const bm_load_plan_t *plan)
{
    if (plan->prompts != NULL)
        return bm_prompts_count(plan->prompts);
    return plan->dataset != NULL ? (int)json_array_size(plan->dataset) : 1;
}

apr_status_t bm_load_source_make(bm_load_source_t **psource, const char *spec, const bm_load_plan_t *plan,
                                 const bm_settings_t *settings, bm_vault_t *vault, bm_err_t *err, apr_pool_t *p)
{
    bm_load_source_t *source = apr_pcalloc(p, sizeof(*source));
    const bm_call_t *call;
    apr_status_t rv = bm_json_parse(&source->spec, spec, strlen(spec), err, p);

    *psource = source;
    if (rv != APR_SUCCESS)
        return rv;
    json_object_del(source->spec, "loadtest");
    source->p = p;
    source->plan = plan;
    source->settings = settings;
    source->vault = vault;
    source->entries = entries_of(plan);
    source->calls = apr_pcalloc(p, (apr_size_t)(plan->prompts != NULL ? 1 : source->entries) * sizeof(*source->calls));
    rv = find_entry(&call, source, 0, err, p);
    json_object_del(json_object_get(source->spec, "run_settings"), "assertions");      /* not to be compiled for each entry */
    return rv;
}

const bm_call_t *bm_load_source_call(const bm_load_source_t *source)
{
    return source->calls[0];
}

static void name_model(const json_t *connection, const char *model)
{
    json_t *ours = (json_t *)(apr_uintptr_t)connection;     /* made by read_entry */

    if (json_object_get(ours, "model") == NULL)
        json_object_set_new(ours, "model", json_string(model));
}

void bm_load_source_name_model(bm_load_source_t *source, const char *model)
{
    int i;

    name_model(json_object_get(source->spec, "connection"), model);
    for (i = 0; i < (source->plan->prompts != NULL ? 1 : source->entries); i++)
        if (source->calls[i] != NULL)
            name_model(source->calls[i]->connection, model);
}

const char *bm_load_source_provider(const bm_load_source_t *source)
{
    return source->calls[0]->provider->name;
}

/* Which entry a place of the plan asks: by its number alone, so that the same seed gives the same order. */
static int entry_of(const bm_load_source_t *source, apr_int64_t seq)
{
    bm_rand_t rand;

    if (source->entries == 1)
        return 0;
    if (!source->plan->dataset_random)
        return (int)(seq % source->entries);
    bm_rand_seed(&rand, bm_rand_mix(source->plan->seed + 0x9e3779b97f4a7c15u * (apr_uint64_t)(seq + 1)));
    return (int)bm_rand_below(&rand, (apr_uint64_t)source->entries);
}

bm_load_request_t *bm_load_request_make(bm_load_source_t *source, apr_int64_t seq, int attempt, bm_err_t *err, apr_pool_t *p)
{
    bm_load_request_t *request = apr_pcalloc(p, sizeof(*request));
    const bm_call_t *asked = NULL;
    apr_status_t rv = find_entry(&asked, source, entry_of(source, seq), err, p);

    request->p = p;
    request->first.step = BM_STEP_DONE;
    request->cost_nano = BM_FIGURE_NONE;
    request->seq = seq;
    request->session = -1;
    if (rv != APR_SUCCESS)
        asked = source->calls[0];
    request->call = bm_provider_call_make(asked->provider, p);
    request->call->asked_provider = asked->asked_provider;
    request->call->attempt = attempt;
    request->call->timeout_ms = asked->timeout_ms;
    request->call->response_max = asked->response_max;
    request->call->connection = asked->connection;
    request->call->inputs = asked->inputs;
    request->call->tinyfish_automation_id = asked->tinyfish_automation_id;
    request->call->secret = asked->secret;
    request->call->secret_baton = asked->secret_baton;
    request->call->secrets = asked->secrets;
    if (rv == APR_SUCCESS)
        rv = request->call->provider->start(request->call, &request->first, err);
    if (rv != APR_SUCCESS) {
        request->call->answer.end = BM_RUN_FAILED;
        request->call->answer.error_code = err->code ? err->code : "bad_inputs";
        request->call->answer.error = bm_inputs_complaint(err, p);
        request->first.step = BM_STEP_DONE;
    }
    return request;
}

/* --- how it ended */

static bm_kpi_status_e status_of(bm_run_end_e end)
{
    switch (end) {
    case BM_RUN_COMPLETED:
        return BM_KPI_COMPLETED;
    case BM_RUN_TIMED_OUT:
        return BM_KPI_TIMED_OUT;
    case BM_RUN_CANCELLED:
        return BM_KPI_CANCELLED;
    default:
        return BM_KPI_FAILED;
    }
}

static void set_ns(bm_kpi_sample_t *sample, bm_kpi_metric_e metric, apr_int64_t ns)
{
    if (ns != BM_FIGURE_NONE)
        bm_kpi_sample_set(sample, metric, (double)bm_measure_us(ns) / 1000.0);
}

static apr_uint64_t tokens(apr_int64_t n)
{
    return n > 0 ? (apr_uint64_t)n : 0;
}

static void fill_sample(bm_kpi_sample_t *s, const bm_answer_t *answer, const bm_figures_t *f)
{
    s->status = status_of(answer->end);
    s->error_class = answer->error_code;
    s->prompt_tokens = tokens(answer->usage.prompt);
    s->completion_tokens = tokens(answer->usage.completion);
    s->reasoning_tokens = tokens(answer->usage.reasoning);
    s->cached_tokens = tokens(answer->usage.cached);
    set_ns(s, BM_KPI_E2E, f->e2e_ns);
    set_ns(s, BM_KPI_E2E_SCHEDULED, f->e2e_scheduled_ns);
    set_ns(s, BM_KPI_TOTAL, f->total_ns);
    set_ns(s, BM_KPI_TTFT, f->ttft_ns);
    set_ns(s, BM_KPI_TTFT_SCHEDULED, f->ttft_scheduled_ns);
    set_ns(s, BM_KPI_TTFO, f->ttfo_ns);
    set_ns(s, BM_KPI_TTST, f->ttst_ns);
    set_ns(s, BM_KPI_TPOT, f->tpot_ns);
    set_ns(s, BM_KPI_TTFB, f->ttfb_ns);
    bm_kpi_sample_set_ntpot(s);
    set_ns(s, BM_KPI_SEND_LAG, f->send_lag_ns);
    if (f->connection_reused == 0)
        set_ns(s, BM_KPI_CONNECT, f->connect_ns);
    s->itl = (bm_kpi_gaps_t){ .ms = f->itl.ms, .times = f->itl.times, .count = f->itl.count };
    s->icl = (bm_kpi_gaps_t){ .ms = f->icl.ms, .times = f->icl.times, .count = f->icl.count };
}

void bm_load_request_end(bm_load_outcome_t *outcome, const bm_load_request_t *request, const bm_load_source_t *source,
                         apr_int64_t scenario_id, int source_number)
{
    const bm_exchange_t *x = request->call->answer.measured;
    const bm_load_plan_t *plan = source->plan;
    int i;

    memset(outcome, 0, sizeof(*outcome));
    outcome->request = request;
    outcome->answer = &request->call->answer;
    outcome->figures = bm_verdict(request->call, source->assertions, bm_measure(outcome->answer, request->p));
    fill_sample(&outcome->sample, outcome->answer, outcome->figures);
    outcome->sample.run_id = request->seq + 1;
    outcome->sample.scenario_id = scenario_id;
    outcome->sample.source = source_number;
    outcome->sample.finished_hour = (apr_int32_t)(apr_time_sec(apr_time_now()) / 3600);
    if (x != NULL && x->added_ns > 0)
        set_ns(&outcome->sample, BM_KPI_QUEUE, x->added_ns - request->place.at_ns);
    if (request->cost_nano != BM_FIGURE_NONE)
        outcome->sample.cost = (double)request->cost_nano / 1e9;
    outcome->good = outcome->answer->end == BM_RUN_COMPLETED;
    for (i = 0; i < plan->slo_count && outcome->answer->end == BM_RUN_COMPLETED; i++)
        if (bm_kpi_good_within(&outcome->sample, plan->slos[i].metric, plan->slos[i].max))
            outcome->within |= (apr_uint32_t)1 << i;
        else
            outcome->good = 0;
    outcome->sample.good = outcome->good;
}

/* --- the row */

static const char *const status_names[] = { "completed", "failed", "cancelled", "timed_out" };

/* Microseconds since the begin of the load test; a time that did not happen stays so. */
static apr_int64_t offset_us(apr_int64_t ns, apr_int64_t began_ns)
{
    return ns <= 0 ? BM_FIGURE_NONE : bm_measure_us(ns - began_ns);
}

static apr_int64_t after(apr_int64_t sent_ns, apr_int64_t ns, apr_int64_t began_ns)
{
    return ns == BM_FIGURE_NONE ? BM_FIGURE_NONE : offset_us(sent_ns + ns, began_ns);
}

static apr_int64_t known(apr_int64_t value)
{
    return value < 0 ? BM_FIGURE_NONE : value;
}

static void fill_times(bm_request_row_t *row, const bm_load_outcome_t *o, apr_int64_t began_ns)
{
    const bm_exchange_t *x = o->answer->measured;
    const bm_figures_t *f = o->figures;

    row->planned_us = bm_measure_us(o->request->planned_ns - began_ns);
    row->held_us = o->request->place.at_ns > o->request->planned_ns
        ? bm_measure_us(o->request->place.at_ns - o->request->planned_ns) : BM_FIGURE_NONE;
    row->dns_us = row->connect_us = row->tls_us = BM_FIGURE_NONE;       /* a warm connection has none of them */
    if (f->connection_reused == 0) {
        row->dns_us = bm_measure_us(f->dns_ns);
        row->connect_us = bm_measure_us(f->connect_ns);
        row->tls_us = bm_measure_us(f->tls_ns);
    }
    row->sent_us = row->first_byte_us = row->end_us = row->queue_us = BM_FIGURE_NONE;
    row->first_content_us = row->first_output_us = row->last_content_us = BM_FIGURE_NONE;
    if (x == NULL)
        return;
    row->sent_us = offset_us(x->sent_ns, began_ns);
    row->first_byte_us = after(x->sent_ns, f->ttfb_ns, began_ns);      /* by the kernel's stamp where the figure is, too */
    row->end_us = offset_us(x->end_ns, began_ns);
    row->queue_us = x->added_ns > 0 ? bm_measure_us(x->added_ns - o->request->place.at_ns) : BM_FIGURE_NONE;
    row->first_content_us = after(x->sent_ns, f->ttft_ns, began_ns);
    row->first_output_us = after(x->sent_ns, f->ttfo_ns, began_ns);
    row->last_content_us = after(x->sent_ns, f->e2e_ns, began_ns);
    row->bytes = (apr_int64_t)x->bytes_received;
}

static void fill_row(bm_request_row_t *row, const bm_load_outcome_t *o, apr_int64_t began_ns)
{
    const bm_load_request_t *r = o->request;
    const bm_figures_t *f = o->figures;

    memset(row, 0, sizeof(*row));
    row->seq = r->seq;
    row->attempt = r->call->attempt;
    row->step = r->step;
    row->phase = r->phase;
    row->session = known(r->session);
    row->turn = r->session < 0 ? BM_FIGURE_NONE : r->turn;
    row->at = apr_time_now();
    row->status = status_names[o->sample.status];
    row->http_status = f->http_status;
    row->bytes = BM_FIGURE_NONE;
    fill_times(row, o, began_ns);
    row->connection_reused = known(f->connection_reused);
    row->tokens_prompt = known(o->answer->usage.prompt);
    row->tokens_completion = known(o->answer->usage.completion);
    row->tokens_reasoning = known(o->answer->usage.reasoning);
    row->tokens_cached = known(o->answer->usage.cached);
    row->tokens_provenance = o->answer->usage.provenance;        /* a constant of the provider */
    row->chunks = f->chunks;
    row->batched_events = f->batched_events;
    row->lag_max_us = bm_measure_us(f->lag_max_ns);
    row->kernel_stamped = known(f->kernel_stamped);
    row->good = o->good;
    row->ttst_us = bm_measure_us(f->ttst_ns);
    row->tpot_us = bm_measure_us(f->tpot_ns);
    row->cost_nano = r->cost_nano;
}

static bm_kpi_gaps_t keep_gaps(const bm_kpi_gaps_t *gaps, bm_load_batch_t *batch)
{
    bm_kpi_gaps_t kept = { .count = gaps->count };

    if (gaps->count == 0)
        return kept;
    kept.ms = apr_pmemdup(batch->p, gaps->ms, gaps->count * sizeof(*gaps->ms));
    if (gaps->times != NULL)
        kept.times = apr_pmemdup(batch->p, gaps->times, gaps->count * sizeof(*gaps->times));
    batch->bytes += gaps->count * (sizeof(*gaps->ms) + (gaps->times ? sizeof(*gaps->times) : 0));
    return kept;
}

/* The warm-up is stored, but counts nowhere. */
static void keep_sample(bm_load_batch_t *batch, const bm_load_outcome_t *outcome, const char *error_class)
{
    const char *model = outcome->answer->model;
    bm_kpi_sample_t *sample = &batch->samples[batch->sample_n];

    if (model == NULL)
        model = json_string_value(json_object_get(outcome->request->call->connection, "model"));
    *sample = outcome->sample;
    sample->error_class = error_class;
    sample->itl = keep_gaps(&outcome->sample.itl, batch);
    sample->icl = keep_gaps(&outcome->sample.icl, batch);
    batch->row_of[batch->sample_n] = batch->n - 1;
    batch->models[batch->sample_n++] = model ? apr_pstrdup(batch->p, model) : NULL;
}

void bm_load_request_record(bm_load_batch_t *batch, const bm_load_outcome_t *outcome, apr_int64_t began_ns, int superseded)
{
    const bm_answer_t *answer = outcome->answer;
    bm_request_row_t *row = &batch->rows[batch->n++];
    apr_size_t len = 0;

    fill_row(row, outcome, began_ns);
    row->superseded = superseded;
    row->error_code = answer->error_code ? apr_pstrdup(batch->p, answer->error_code) : NULL;
    if (answer->measured != NULL && answer->chunks != NULL) {
        row->gaps = bm_timeline_pack(&len, answer->chunks, answer->measured->sent_ns, outcome->figures->kernel_stamped == 1,
                                     batch->p);
        row->gaps_len = (int)len;
    }
    batch->bytes += len + 256;
    if (outcome->request->phase == BM_LOAD_WINDOW && !superseded)
        keep_sample(batch, outcome, row->error_code);
}
