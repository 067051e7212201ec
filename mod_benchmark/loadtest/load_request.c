/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_request.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/rand.h"
#include "engine/timeline.h"
#include "engine/verdict.h"
#include "kpi/kpi_good.h"
#include "kpi/kpi_run.h"
#include "provider/provider.h"

struct bm_load_source_t {
    apr_pool_t *p;
    json_t *spec;
    const bm_load_plan_t *plan;
    const bm_settings_t *settings;
    bm_vault_t *vault;
    int entries;
    bm_load_endpoints_t *endpoints;  /* NULL: the connection's url */
    bm_load_classes_t *classes;      /* NULL: all are of one */
    const bm_call_t **calls;         /* by entry, and in it by class; NULL: not read yet; of generated ones the first only */
    const bm_assertions_t *assertions;
};

/* --- what is asked */

/* The spec with an entry of the dataset laid over its inputs, and over them what its class has. */
static const char *entry_spec(bm_load_source_t *source, int entry, int class_number, apr_pool_t *p)
{
    const bm_load_plan_t *plan = source->plan;
    const json_t *own = bm_load_classes_inputs(source->classes, class_number);
    json_t *spec = bm_json_adopt(json_copy(source->spec), p), *inputs;

    if (plan->dataset == NULL && plan->prompts == NULL && own == NULL)
        return bm_json_dump(NULL, spec, p);
    inputs = json_copy(json_object_get(source->spec, "inputs"));
    if (plan->dataset != NULL || plan->prompts != NULL)
        json_object_update(inputs, plan->prompts != NULL ? bm_prompts_entry(plan->prompts, entry, p)
                                                         : json_array_get(plan->dataset, (size_t)entry));
    if (own != NULL)
        json_object_update(inputs, (json_t *)(apr_uintptr_t)own);
    json_object_set_new(spec, "inputs", inputs);
    return bm_json_dump(NULL, spec, p);
}

static apr_status_t read_entry(const bm_call_t **pcall, bm_load_source_t *source, int entry, int class_number, bm_err_t *err,
                               apr_pool_t *p)
{
    bm_run_inputs_t *inputs;
    apr_status_t rv = bm_inputs_read(&inputs, entry_spec(source, entry, class_number, p), source->settings, source->vault, err,
                                     p);

    if (rv != APR_SUCCESS)
        return rv;
    if (entry == 0 && class_number == 0)
        source->assertions = inputs->assertions; /* the same for all entries */
    if (source->assertions == NULL)
        inputs->call->response_max = 1;          /* answers of load tests are measured, not kept */
    *pcall = inputs->call;
    return APR_SUCCESS;
}

/* What an entry asks: those that are given are read once and kept, those that are generated live as long as their request. */
static apr_status_t find_entry(const bm_call_t **pcall, bm_load_source_t *source, int entry, int class_number, bm_err_t *err,
                               apr_pool_t *p)
{
    int at = entry * bm_load_classes_count(source->classes) + class_number;
    apr_status_t rv;

    if (source->plan->prompts != NULL && entry > 0)
        return read_entry(pcall, source, entry, class_number, err, p);
    if (source->calls[at] == NULL) {
        rv = read_entry(&source->calls[at], source, entry, class_number, err, source->p);
        if (rv != APR_SUCCESS)
            return rv;
    }
    *pcall = source->calls[at];
    return APR_SUCCESS;
}

static int entries_of(const bm_load_plan_t *plan)
{
    if (plan->prompts != NULL)
        return bm_prompts_count(plan->prompts);
    return plan->dataset != NULL ? (int)json_array_size(plan->dataset) : 1;
}

/* Calls that are read once and kept. */
static int kept_calls(const bm_load_source_t *source)
{
    return (source->plan->prompts != NULL ? 1 : source->entries) * bm_load_classes_count(source->classes);
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
    source->endpoints = bm_load_endpoints_make(plan->endpoints, p);
    source->classes = bm_load_classes_make(plan->classes, plan->seed, p);
    source->calls = apr_pcalloc(p, (apr_size_t)kept_calls(source) * sizeof(*source->calls));
    rv = find_entry(&call, source, 0, 0, err, p);
    json_object_del(json_object_get(source->spec, "run_settings"), "assertions");      /* not to be compiled for each entry */
    return rv;
}

int bm_load_source_entries(const bm_load_source_t *source)
{
    return source->entries;
}

bm_load_endpoints_t *bm_load_source_endpoints(const bm_load_source_t *source)
{
    return source->endpoints;
}

bm_load_classes_t *bm_load_source_classes(const bm_load_source_t *source)
{
    return source->classes;
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
    for (i = 0; i < kept_calls(source); i++)
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
    if (source->plan->zipf != NULL)
        return bm_zipf_draw(source->plan->zipf, &rand);
    return (int)bm_rand_below(&rand, (apr_uint64_t)source->entries);
}

/* The connection, or a copy of it that leads to an endpoint. */
static const json_t *connection_to(const bm_load_endpoint_t *endpoint, const json_t *connection, apr_pool_t *p)
{
    json_t *copy;

    if (endpoint == NULL)
        return connection;
    copy = bm_json_adopt(json_copy((json_t *)(apr_uintptr_t)connection), p);
    json_object_set_new(copy, "url", json_string(endpoint->url));
    return copy;
}

bm_load_request_t *bm_load_request_make(bm_load_source_t *source, apr_int64_t seq, int class_number, apr_int64_t session,
                                        int attempt, bm_err_t *err, apr_pool_t *p)
{
    bm_load_request_t *request = apr_pcalloc(p, sizeof(*request));
    const bm_call_t *asked = NULL;
    int entry = entry_of(source, seq);
    apr_status_t rv = find_entry(&asked, source, entry, class_number, err, p);

    request->p = p;
    request->class_number = class_number;
    request->entry = entry;
    request->first.step = BM_STEP_DONE;
    request->cost_nano = BM_FIGURE_NONE;
    request->seq = seq;
    request->round = 1;
    request->session = session;
    if (source->endpoints != NULL)
        request->endpoint = bm_load_endpoints_choose(source->endpoints, session, entry);
    if (rv != APR_SUCCESS)
        asked = source->calls[0];
    request->call = bm_provider_call_make(asked->provider, p);
    request->call->asked_provider = asked->asked_provider;
    request->call->attempt = attempt;
    request->call->timeout_ms = source->plan->timeout_ms > 0 ? source->plan->timeout_ms : asked->timeout_ms;
    request->call->response_max = asked->response_max;
    request->call->connection = connection_to(request->endpoint, asked->connection, p);
    request->call->inputs = asked->inputs;
    request->call->tinyfish_automation_id = asked->tinyfish_automation_id;
    request->call->secret = asked->secret;
    request->call->secret_baton = asked->secret_baton;
    request->call->secrets = asked->secrets;
    if (rv == APR_SUCCESS)
        rv = request->call->provider->start(request->call, &request->first, err);
    request->fault = bm_load_faults_draw(&source->plan->faults, source->plan->seed, seq, attempt);
    if (rv == APR_SUCCESS && request->first.step == BM_STEP_EXCHANGE)
        bm_load_faults_inject(&source->plan->faults, &request->fault, request->first.request);
    if (rv != APR_SUCCESS) {
        request->call->answer.end = BM_RUN_FAILED;
        request->call->answer.error_code = err->code ? err->code : "bad_inputs";
        request->call->answer.error = bm_inputs_complaint(err, p);
        request->first.step = BM_STEP_DONE;
    }
    return request;
}

/* --- how it ended */

int bm_load_request_was_sent(const bm_load_request_t *request)
{
    const bm_answer_t *answer = &request->call->answer;

    return answer->injected || (answer->measured != NULL && answer->measured->sent_ns > 0);
}

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

/* Microseconds since the begin of the load test; a time that did not happen stays so. */
static apr_int64_t offset_us(apr_int64_t ns, apr_int64_t began_ns)
{
    return ns <= 0 ? BM_FIGURE_NONE : bm_measure_us(ns - began_ns);
}

static apr_int64_t after(apr_int64_t sent_ns, apr_int64_t ns, apr_int64_t began_ns)
{
    return ns == BM_FIGURE_NONE ? BM_FIGURE_NONE : offset_us(sent_ns + ns, began_ns);
}

static apr_int64_t between(apr_int64_t from_us, apr_int64_t to_us)
{
    return from_us == BM_FIGURE_NONE || to_us == BM_FIGURE_NONE ? BM_FIGURE_NONE : to_us - from_us;
}

static apr_int64_t known(apr_int64_t value)
{
    return value < 0 ? BM_FIGURE_NONE : value;
}

/* From the plan until it was handed to the network, and its end: of the exchange that is measured and of what follows it, so that
 * an exchange before it (a refusal) held it back, as an earlier attempt does. */
static void fill_course(bm_request_row_t *row, const bm_load_request_t *request, apr_int64_t began_ns)
{
    const bm_answer_t *answer = &request->call->answer;
    const bm_exchange_t *x = answer->measured;
    apr_int64_t due_us = offset_us(x != NULL && x->due_ns > 0 ? x->due_ns : request->place.at_ns, began_ns);
    int has_span = answer->began_ns > 0 && answer->ended_ns > 0;

    row->planned_us = bm_measure_us(request->planned_ns - began_ns);
    row->held_us = due_us > row->planned_us ? due_us - row->planned_us : BM_FIGURE_NONE;
    row->queue_us = between(row->held_us > 0 ? due_us : row->planned_us,
                            offset_us(x != NULL ? x->added_ns : answer->began_ns, began_ns));
    row->end_us = offset_us(has_span ? answer->ended_ns : x != NULL ? x->end_ns : 0, began_ns);
}

static void fill_times(bm_request_row_t *row, const bm_load_request_t *request, const bm_figures_t *f, apr_int64_t began_ns)
{
    const bm_exchange_t *x = request->call->answer.measured;

    fill_course(row, request, began_ns);
    row->dns_us = row->connect_us = row->tls_us = BM_FIGURE_NONE;       /* a warm connection has none of them */
    if (f->connection_reused == 0) {
        row->dns_us = bm_measure_us(f->dns_ns);
        row->connect_us = bm_measure_us(f->connect_ns);
        row->tls_us = bm_measure_us(f->tls_ns);
    }
    row->sent_us = row->first_byte_us = row->first_content_us = row->first_output_us = row->last_content_us = BM_FIGURE_NONE;
    row->ttst_us = bm_measure_us(f->ttst_ns);
    row->tpot_us = bm_measure_us(f->tpot_ns);
    if (x == NULL)
        return;
    row->sent_us = offset_us(x->sent_ns, began_ns);
    row->first_byte_us = after(x->sent_ns, f->ttfb_ns, began_ns);      /* by the kernel's stamp where the figure is, too */
    row->first_content_us = after(x->sent_ns, f->ttft_ns, began_ns);
    row->first_output_us = after(x->sent_ns, f->ttfo_ns, began_ns);
    row->last_content_us = after(x->sent_ns, f->e2e_ns, began_ns);
}

static void fill_row(bm_request_row_t *row, const bm_load_request_t *r, const bm_figures_t *f, apr_int64_t began_ns)
{
    const bm_answer_t *answer = &r->call->answer;

    memset(row, 0, sizeof(*row));
    row->seq = r->seq;
    row->attempt = r->call->attempt;
    row->step = r->step;
    row->phase = r->phase;
    row->session = known(r->session);
    row->turn = r->session < 0 ? BM_FIGURE_NONE : r->turn;
    row->at = apr_time_now();
    row->status = status_of(answer->end);
    row->error_code = answer->error_code;
    row->http_status = f->http_status;
    row->bytes = answer->measured != NULL ? (apr_int64_t)answer->measured->bytes_received : BM_FIGURE_NONE;
    fill_times(row, r, f, began_ns);
    row->connection_reused = known(f->connection_reused);
    row->tokens_prompt = known(answer->usage.prompt);
    row->tokens_completion = known(answer->usage.completion);
    row->tokens_reasoning = known(answer->usage.reasoning);
    row->tokens_cached = known(answer->usage.cached);
    row->tokens_provenance = answer->usage.provenance;           /* a constant of the provider */
    row->chunks = f->chunks;
    row->batched_events = f->batched_events;
    row->lag_max_us = bm_measure_us(f->lag_max_ns);
    row->kernel_stamped = known(f->kernel_stamped);
    row->cost_nano = r->cost_nano;
    row->endpoint = r->endpoint != NULL ? r->endpoint->number : BM_FIGURE_NONE;
}

/* --- what it counts for */

static bm_kpi_gaps_t gaps_of(const bm_gaps_t *gaps)
{
    return (bm_kpi_gaps_t){ .ms = gaps->ms, .times = gaps->times, .count = gaps->count };
}

/* Of the row, as SQL makes it of the stored one (store/sample_row.h): what is computed from rows later are the same figures. */
static void fill_sample(bm_kpi_sample_t *sample, const bm_request_row_t *row, const bm_figures_t *figures)
{
    apr_int64_t due_us = row->planned_us + (row->held_us > 0 ? row->held_us : 0);
    const bm_finished_run_t run = {
        .id = row->seq + 1, .status = row->status, .error_code = row->error_code, .tokens_prompt = row->tokens_prompt,
        .tokens_completion = row->tokens_completion, .tokens_reasoning = row->tokens_reasoning,
        .tokens_cached = row->tokens_cached, .cost_nano = row->cost_nano, .queue_us = row->queue_us,
        .connect_us = row->connect_us, .held_us = row->held_us, .ttst_us = row->ttst_us, .tpot_us = row->tpot_us,
        .total_us = row->queue_us == BM_FIGURE_NONE ? BM_FIGURE_NONE : between(due_us + row->queue_us, row->end_us),
        .send_lag_us = between(due_us, row->sent_us), .e2e_us = between(row->sent_us, row->last_content_us),
        .ttfb_us = between(row->sent_us, row->first_byte_us), .ttft_us = between(row->sent_us, row->first_content_us),
        .ttfo_us = between(row->sent_us, row->first_output_us)
    };

    bm_kpi_run_sample(sample, &run);
    sample->finished_hour = (apr_int32_t)(apr_time_sec(row->at) / 3600);
    sample->itl = gaps_of(&figures->itl);
    sample->icl = gaps_of(&figures->icl);
}

void bm_load_request_end(bm_load_outcome_t *outcome, const bm_load_request_t *request, const bm_load_source_t *source,
                         apr_int64_t scenario_id, int source_number, apr_int64_t began_ns)
{
    const bm_load_plan_t *plan = source->plan;
    int i;

    memset(outcome, 0, sizeof(*outcome));
    outcome->request = request;
    outcome->answer = &request->call->answer;
    outcome->figures = bm_verdict(request->call, source->assertions, bm_measure(outcome->answer, request->p));
    fill_row(&outcome->row, request, outcome->figures, began_ns);
    outcome->row.class_number = source->classes != NULL ? request->class_number : BM_FIGURE_NONE;
    fill_sample(&outcome->sample, &outcome->row, outcome->figures);
    outcome->sample.scenario_id = scenario_id;
    outcome->sample.source = source_number;
    outcome->good = outcome->answer->end == BM_RUN_COMPLETED;
    for (i = 0; i < plan->slo_count && outcome->answer->end == BM_RUN_COMPLETED; i++)
        if (bm_kpi_good_within(&outcome->sample, plan->slos[i].metric, plan->slos[i].max))
            outcome->within |= (apr_uint32_t)1 << i;
        else
            outcome->good = 0;
    outcome->row.good = outcome->sample.good = outcome->good;
}

/* --- into a batch */

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
static void keep_sample(bm_load_batch_t *batch, const bm_load_outcome_t *outcome, const char *error_class, int row)
{
    const char *model = outcome->answer->model;
    bm_kpi_sample_t *sample = &batch->samples[batch->sample_n];

    if (model == NULL)
        model = json_string_value(json_object_get(outcome->request->call->connection, "model"));
    *sample = outcome->sample;
    sample->error_class = error_class;
    sample->itl = keep_gaps(&outcome->sample.itl, batch);
    sample->icl = keep_gaps(&outcome->sample.icl, batch);
    batch->row_of[batch->sample_n] = row;
    batch->models[batch->sample_n++] = model ? apr_pstrdup(batch->p, model) : NULL;
}

int bm_load_request_is_kept(const bm_load_plan_t *plan, apr_int64_t seq)
{
    bm_rand_t rand;

    if (plan->keep_rows >= 1)
        return 1;
    bm_rand_seed(&rand, bm_rand_mix(plan->seed ^ bm_rand_mix(0xa0761d6478bd642fu + (apr_uint64_t)seq)));
    return bm_rand_uniform(&rand) < plan->keep_rows;
}

static const char *keep_row(bm_load_batch_t *batch, const bm_load_outcome_t *outcome, int superseded)
{
    const bm_answer_t *answer = outcome->answer;
    bm_request_row_t *row = &batch->rows[batch->n++];
    apr_size_t len = 0;

    *row = outcome->row;
    row->superseded = superseded;
    row->error_code = answer->error_code ? apr_pstrdup(batch->p, answer->error_code) : NULL;
    if (answer->measured != NULL && answer->chunks != NULL) {
        row->gaps = bm_timeline_pack(&len, answer->chunks, answer->measured->sent_ns, outcome->figures->kernel_stamped == 1,
                                     batch->p);
        row->gaps_len = (int)len;
    }
    batch->bytes += len + 256;
    return row->error_code;
}

void bm_load_request_record(bm_load_batch_t *batch, const bm_load_outcome_t *outcome, int superseded, int is_kept)
{
    const char *error_code = outcome->answer->error_code;

    if (is_kept)
        error_code = keep_row(batch, outcome, superseded);
    else if (error_code != NULL)
        error_code = apr_pstrdup(batch->p, error_code);
    if (outcome->request->phase == BM_LOAD_WINDOW && !superseded)
        keep_sample(batch, outcome, error_code, is_kept ? batch->n - 1 : -1);
}
