/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_tally.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"

#define BIN_FIRST_NS INT64_C(100000000)

bm_load_tally_t *bm_load_tally_make(apr_pool_t *p)
{
    bm_load_tally_t *tally = apr_pcalloc(p, sizeof(*tally));

    tally->p = p;
    tally->steps = apr_array_make(p, 16, sizeof(bm_load_step_tally_t *));
    tally->client_lag = bm_sketch_make(p);
    tally->user_rate = bm_sketch_make(p);
    tally->second.ttft = bm_sketch_make(p);
    tally->second.e2e = bm_sketch_make(p);
    return tally;
}

bm_load_step_tally_t *bm_load_tally_step(bm_load_tally_t *tally, apr_int64_t begin_ns, apr_int64_t window_ns)
{
    bm_load_step_tally_t *step = apr_pcalloc(tally->p, sizeof(*step));

    step->cell = bm_kpi_cell_make(tally->p);
    step->begin_ns = begin_ns;
    step->window_ns = window_ns;
    APR_ARRAY_PUSH(tally->steps, bm_load_step_tally_t *) = step;
    return step;
}

/* --- trends */

static void halve(bm_load_bins_t *bins)
{
    int i;

    for (i = 0; i < BM_LOAD_BINS / 2; i++) {
        bins->sum[i] = bins->sum[2 * i] + bins->sum[2 * i + 1];
        bins->n[i] = bins->n[2 * i] + bins->n[2 * i + 1];
    }
    memset(bins->sum + BM_LOAD_BINS / 2, 0, sizeof(bins->sum) / 2);
    memset(bins->n + BM_LOAD_BINS / 2, 0, sizeof(bins->n) / 2);
    bins->width_ns *= 2;
    bins->used = (bins->used + 1) / 2;
}

static void bins_add(bm_load_bins_t *bins, apr_int64_t at_ns, double value)
{
    int i;

    if (at_ns < 0)
        return;
    if (bins->width_ns == 0)
        bins->width_ns = BIN_FIRST_NS;
    while (at_ns / bins->width_ns >= BM_LOAD_BINS)
        halve(bins);
    i = (int)(at_ns / bins->width_ns);
    bins->sum[i] += value;
    bins->n[i]++;
    if (i >= bins->used)
        bins->used = i + 1;
}

double bm_load_bins_mean(const bm_load_bins_t *bins)
{
    double sum = 0, n = 0;
    int i;

    for (i = 0; i < bins->used; i++) {
        sum += bins->sum[i];
        n += bins->n[i];
    }
    return n > 0 ? sum / n : NAN;
}

int bm_load_bins_slope(bm_slope_t *fit, const bm_load_bins_t *bins)
{
    double x[BM_LOAD_BINS], y[BM_LOAD_BINS];
    apr_size_t n = 0;
    int i;

    for (i = 0; i < bins->used; i++) {
        if (bins->n[i] == 0)
            continue;
        x[n] = (i + 0.5) * (double)bins->width_ns / 1e9;
        y[n++] = bins->sum[i] / bins->n[i];
    }
    return bm_slope_fit(fit, x, y, n);
}

static bm_load_step_tally_t *step_of(const bm_load_tally_t *tally, int step)
{
    return APR_ARRAY_IDX(tally->steps, step, bm_load_step_tally_t *);
}

void bm_load_tally_planned(bm_load_tally_t *tally, int step, bm_load_phase_e phase, int second)
{
    step_of(tally, step)->planned[phase]++;
    tally->planned_in[(unsigned)second % BM_LOAD_SECONDS]++;
}

/* --- tokens by the moment they arrive */

static int is_content(bm_chunk_kind_e kind)
{
    return kind == BM_CHUNK_CONTENT || kind == BM_CHUNK_REASONING || kind == BM_CHUNK_TOOL;
}

/* The step whose window a moment lies in; NULL: none. The last one is looked at first: it is nearly always it. */
static bm_load_step_tally_t *window_at(const bm_load_tally_t *tally, apr_int64_t ns)
{
    int i;

    for (i = tally->steps->nelts - 1; i >= 0; i--) {
        bm_load_step_tally_t *step = step_of(tally, i);

        if (ns >= step->window_ns)
            return step->end_ns == 0 || ns < step->end_ns ? step : NULL;
    }
    return NULL;
}

/* Tokens of one chunk where the stream does not say: the answer's, spread evenly over its chunks; without a count, one each. */
static double tokens_per_chunk(const bm_answer_t *answer, int content)
{
    return answer->usage.completion >= 0 && content > 0 ? (double)answer->usage.completion / content : 1;
}

static void count_tokens(bm_load_tally_t *tally, const bm_load_outcome_t *o)
{
    const apr_array_header_t *chunks = o->answer->chunks;
    bm_load_step_tally_t *step;
    int i, content = 0;
    double each;

    if (o->answer->measured == NULL || chunks == NULL || o->answer->stream != BM_STREAM_TOKENS)
        return;
    for (i = 0; i < chunks->nelts; i++)
        content += is_content(APR_ARRAY_IDX(chunks, i, bm_chunk_t).kind);
    each = tokens_per_chunk(o->answer, content);
    for (i = 0; i < chunks->nelts; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

        if (chunk->kernel_ns != 0)
            (void)bm_sketch_add(tally->client_lag, (double)(chunk->user_ns - chunk->kernel_ns) / 1e6, 1);
        if (!is_content(chunk->kind))
            continue;
        step = window_at(tally, chunk->user_ns);
        if (step != NULL)
            step->tokens_out += chunk->tokens >= 0 ? chunk->tokens : each;
        tally->second.tokens += chunk->tokens >= 0 ? chunk->tokens : each;
    }
    tally->events += (apr_uint64_t)chunks->nelts;
}

/* --- a request's end */

static void count_client(bm_load_tally_t *tally, const bm_load_outcome_t *o)
{
    const bm_figures_t *f = o->figures;
    const char *provenance = o->answer->usage.provenance;

    if (f->batched_events > 0)
        tally->batched += (apr_uint64_t)f->batched_events;
    tally->stamped += f->kernel_stamped == 1;
    tally->unstamped += f->kernel_stamped == 0;
    if (provenance != NULL) {
        tally->usage += strcmp(provenance, "usage") == 0;
        tally->timings += strcmp(provenance, "timings") == 0;
        tally->counted += strcmp(provenance, "counted") == 0;
    }
    if (f->inter_token.provenance != NULL) {
        tally->itl_by_token += strcmp(f->inter_token.provenance, "usage") == 0;
        tally->itl_by_chunk += strcmp(f->inter_token.provenance, "usage") != 0;
    }
    if (!isnan(f->tokens_per_second) && o->answer->end == BM_RUN_COMPLETED)
        (void)bm_sketch_add(tally->user_rate, f->tokens_per_second, 1);
}

static void count_serial(bm_load_tally_t *tally, bm_load_step_tally_t *step, const bm_kpi_sample_t *sample)
{
    int metric;

    if (sample->status != BM_KPI_COMPLETED)
        return;
    for (metric = 1; metric < BM_KPI_METRIC_END; metric++)
        if (sample->present & (apr_uint32_t)1 << metric) {
            bm_autocorrelation_add(&tally->serial[metric], sample->values[metric]);
            bm_autocorrelation_add(&step->serial[metric], sample->values[metric]);
        }
}

static void count_second(bm_load_tally_t *tally, const bm_load_outcome_t *o, int open)
{
    const bm_kpi_sample_t *s = &o->sample;
    bm_kpi_metric_e ttft = open ? BM_KPI_TTFT_SCHEDULED : BM_KPI_TTFT, e2e = open ? BM_KPI_E2E_SCHEDULED : BM_KPI_E2E;

    if (s->status != BM_KPI_COMPLETED) {
        tally->second.failed++;
        return;
    }
    tally->second.completed++;
    if (s->present & (apr_uint32_t)1 << ttft)
        (void)bm_sketch_add(tally->second.ttft, s->values[ttft], 1);
    if (s->present & (apr_uint32_t)1 << e2e)
        (void)bm_sketch_add(tally->second.e2e, s->values[e2e], 1);
}

void bm_load_tally_ended(bm_load_tally_t *tally, const bm_load_outcome_t *o, int open)
{
    const bm_exchange_t *x = o->answer->measured;
    bm_load_step_tally_t *step = step_of(tally, o->request->step), *now;
    bm_load_phase_e phase = o->request->phase;
    apr_int64_t sent_ns = x ? x->sent_ns : 0, ended_ns = o->answer->ended_ns > 0 ? o->answer->ended_ns : x ? x->end_ns : 0;
    int i;

    step->ended[phase]++;
    step->failed[phase] += o->sample.status == BM_KPI_FAILED || o->sample.status == BM_KPI_TIMED_OUT;
    step->cancelled[phase] += o->sample.status == BM_KPI_CANCELLED;
    step->sent[phase] += sent_ns > 0 || o->answer->injected;     /* to a dead end, too: nothing held it back */
    count_second(tally, o, open);
    count_tokens(tally, o);
    if (phase != BM_LOAD_WINDOW)
        return;
    if (sent_ns - o->request->fault.delay_ns > step->last_sent_ns)       /* our own delay is not the target's slowness */
        step->last_sent_ns = sent_ns - o->request->fault.delay_ns;
    now = ended_ns > 0 ? window_at(tally, ended_ns) : NULL;
    if (now != NULL && o->sample.status == BM_KPI_COMPLETED) {
        now->completed_inside++;
        now->tokens_in += (double)o->sample.prompt_tokens;
    }
    (void)bm_kpi_cell_add_run(step->cell, &o->sample);
    for (i = 0; i < BM_LOAD_SLOS_MAX; i++)
        step->within[i] += o->within >> i & 1;
    for (i = 0; i < BM_LOAD_SLOS_MAX; i++)
        bm_autocorrelation_add(&step->within_serial[i], o->within >> i & 1);
    if (sent_ns > 0 && (o->sample.present & (apr_uint32_t)1 << BM_KPI_TTFT) && o->sample.status == BM_KPI_COMPLETED)
        bins_add(&step->ttft, sent_ns - step->window_ns, o->sample.values[BM_KPI_TTFT]);
    count_client(tally, o);
    count_serial(tally, step, &o->sample);
}

void bm_load_tally_in_flight(bm_load_tally_t *tally, apr_int64_t now_ns, int in_flight)
{
    bm_load_step_tally_t *step = window_at(tally, now_ns);

    if (step == NULL)
        return;
    bins_add(&step->in_flight, now_ns - step->window_ns, in_flight);
}

/* --- series */

static void put_quantiles(bm_jw_t *w, const char *name, const bm_sketch_t *sketch)
{
    static const double wanted[] = { 0.5, 0.95, 0.99 };
    static const char *const names[] = { "p50", "p95", "p99" };
    double values[3];
    int i;

    bm_sketch_quantiles(sketch, wanted, values, 3);
    bm_jw_key(w, name);
    bm_jw_begin_object(w);
    for (i = 0; i < 3; i++) {
        bm_jw_key(w, names[i]);
        bm_jw_ms(w, values[i]);
    }
    bm_jw_end_object(w);
}

static void put_count(bm_jw_t *w, const char *name, apr_uint64_t n)
{
    bm_jw_key(w, name);
    bm_jw_int(w, (apr_int64_t)n);
}

static void put_use(bm_jw_t *w, const char *cpu, const char *memory, const bm_load_use_t *use)
{
    bm_jw_key(w, cpu);
    bm_jw_fixed(w, use->cpu_percent, 1);
    bm_jw_key(w, memory);
    bm_jw_fixed(w, use->memory_mb, 1);
}

const char *bm_load_tally_second(bm_load_tally_t *tally, int second, int step, const char *phase, int in_flight,
                                 const bm_load_use_t *engine, const bm_load_use_t *target, apr_pool_t *p)
{
    bm_buffer_t out = { 0 };
    const char *text = NULL;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    put_count(&w, "second", (apr_uint64_t)second);
    put_count(&w, "step", (apr_uint64_t)step);
    bm_jw_key(&w, "phase");
    bm_jw_string(&w, phase);
    put_count(&w, "planned", tally->planned_in[(unsigned)second % BM_LOAD_SECONDS]);
    put_count(&w, "completed", tally->second.completed);
    put_count(&w, "failed", tally->second.failed);
    put_count(&w, "in_flight", (apr_uint64_t)in_flight);
    bm_jw_key(&w, "tokens");
    bm_jw_fixed(&w, tally->second.tokens, 1);
    put_quantiles(&w, "ttft_ms", tally->second.ttft);
    put_quantiles(&w, "e2e_ms", tally->second.e2e);
    put_use(&w, "cpu_usage", "memory_usage", engine);
    put_use(&w, "target_cpu_usage", "target_memory_usage", target);
    bm_jw_end_object(&w);
    if (w.rv == APR_SUCCESS)
        text = apr_pstrmemdup(p, out.data, out.len);
    bm_buffer_free(&out);
    tally->planned_in[(unsigned)second % BM_LOAD_SECONDS] = 0;
    tally->second.completed = tally->second.failed = 0;
    tally->second.tokens = 0;
    bm_sketch_clear(tally->second.ttft);
    bm_sketch_clear(tally->second.e2e);
    return text;
}
