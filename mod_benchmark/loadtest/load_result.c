/* SPDX-License-Identifier: Apache-2.0
 *
 * load_result.c: the result of a load test as JSON (docs/load-tests.md). */
#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/timefmt.h"
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"
#include "stat/apdex.h"
#include "stat/wilson.h"

#define RATE_TOLERANCE 0.01
#define LAG_LEAST_MS 1.0
#define LAG_SHARE 0.01

/* Everything that the writers below need, added up once. */
typedef struct total_t {
    bm_loadtest_t *lt;
    bm_kpi_cell_t *cell;
    double seconds, warmup_s;
    apr_uint64_t planned, sent, ended, failed, cancelled, unsent, inside, warm, warm_failed;
    double tokens_in, tokens_out;
    int saturated, backlogged;
} total_t;

static void add_up(total_t *t, bm_loadtest_t *lt)
{
    int i;

    memset(t, 0, sizeof(*t));
    t->lt = lt;
    t->cell = bm_kpi_cell_make(lt->task->p);
    for (i = 0; i < lt->tally->steps->nelts; i++) {
        const bm_load_step_tally_t *step = bm_load_step_at(lt, i);

        (void)bm_kpi_cell_merge(t->cell, step->cell);
        t->seconds += bm_load_step_seconds(step);
        t->warmup_s += (double)(step->window_ns - step->begin_ns) / 1e9;
        t->planned += step->planned[BM_LOAD_WINDOW] + step->unsent;
        t->sent += step->sent[BM_LOAD_WINDOW];
        t->ended += step->ended[BM_LOAD_WINDOW];
        t->failed += step->failed[BM_LOAD_WINDOW] + step->unsent;
        t->cancelled += step->cancelled[BM_LOAD_WINDOW];
        t->unsent += step->unsent;
        t->inside += step->completed_inside;
        t->warm += step->ended[BM_LOAD_WARMUP];
        t->warm_failed += step->failed[BM_LOAD_WARMUP];
        t->tokens_in += step->tokens_in;
        t->tokens_out += step->tokens_out;
        t->backlogged |= step->backlogged;
    }
}

/* --- parts of the result */

static void write_errors(bm_jw_t *w, const total_t *t)
{
    int i, n;
    const bm_kpi_error_t *errors = bm_kpi_cell_errors(t->cell, &n);

    bm_jw_key(w, "errors");
    bm_jw_begin_object(w);
    for (i = 0; i < n; i++) {
        bm_jw_key(w, apr_pstrmemdup(t->lt->task->p, errors[i].name, errors[i].len));
        bm_jw_int(w, (apr_int64_t)errors[i].count);
    }
    if (t->unsent > 0)
        bm_load_put_count(w, "not_sent", t->unsent);
    if (bm_kpi_cell_counts(t->cell)->error_other > 0)
        bm_load_put_count(w, "other", bm_kpi_cell_counts(t->cell)->error_other);
    bm_jw_end_object(w);
}

/* {name: rate, low, high} in percent with its Wilson interval. */
static void write_share(bm_jw_t *w, const char *name, apr_uint64_t good, apr_uint64_t all)
{
    double low = 0, high = 1;

    (void)bm_wilson_interval(&low, &high, good, all, BM_WILSON_Z95);
    bm_load_put_number(w, name, all > 0 ? 100.0 * (double)good / (double)all : NAN);
    bm_load_put_number(w, "low", 100 * low);
    bm_load_put_number(w, "high", 100 * high);
}

static const char *token_provenance(const bm_load_tally_t *tally)
{
    if (tally->counted > 0)
        return tally->usage + tally->timings > 0 ? "mixed" : "counted";
    return tally->usage > 0 ? "usage" : tally->timings > 0 ? "timings" : "none";
}

/* As of single runs: usage only where the stream says how many tokens each chunk carries. */
static const char *itl_provenance(const bm_load_tally_t *tally)
{
    if (tally->itl_by_chunk > 0)
        return tally->itl_by_token > 0 ? "mixed" : "chunk";
    return tally->itl_by_token > 0 ? "usage" : "none";
}

static void write_metrics(bm_jw_t *w, const total_t *t)
{
    const bm_loadtest_t *lt = t->lt;
    const char *tokens = token_provenance(lt->tally), *headline_basis = lt->plan->open ? "scheduled" : "service";
    const struct {
        const char *name;
        bm_kpi_metric_e metric;
        const char *basis, *provenance;
        int pooled;
    } rows[] = {
        { "ttft_ms", lt->plan->open ? BM_KPI_TTFT_SCHEDULED : BM_KPI_TTFT, headline_basis, "stamps", 0 },
        { "ttft_service_ms", BM_KPI_TTFT, "service", "stamps", 0 },
        { "e2e_ms", lt->plan->open ? BM_KPI_E2E_SCHEDULED : BM_KPI_E2E, headline_basis, "stamps", 0 },
        { "e2e_service_ms", BM_KPI_E2E, "service", "stamps", 0 },
        { "ttfb_ms", BM_KPI_TTFB, "service", "stamps", 0 },
        { "ttfo_ms", BM_KPI_TTFO, "service", "stamps", 0 },
        { "ttst_ms", BM_KPI_TTST, NULL, "stamps", 0 },
        { "icl_ms", BM_KPI_ICL, NULL, "stamps", 1 },
        { "itl_ms", BM_KPI_ITL, NULL, itl_provenance(lt->tally), 1 },
        { "tpot_ms", BM_KPI_TPOT, NULL, tokens, 0 },
        { "ntpot_ms", BM_KPI_NTPOT, "service", tokens, 0 },
        { "total_ms", BM_KPI_TOTAL, "service", "stamps", 0 },
        { "connect_ms", BM_KPI_CONNECT, NULL, "libcurl", 0 }
    };
    size_t i;

    bm_jw_key(w, "metrics");
    bm_jw_begin_object(w);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        bm_load_figures_write(w, rows[i].name, bm_kpi_cell_sketch(t->cell, rows[i].metric),
                              rows[i].pooled ? NULL : &lt->tally->serial[rows[i].metric], rows[i].basis, rows[i].provenance);
    bm_jw_end_object(w);
}

static void write_send_lag(bm_jw_t *w, const bm_sketch_t *lag)
{
    apr_uint64_t n = lag ? bm_sketch_head(lag)->n : 0;

    bm_jw_key(w, "send_lag");
    bm_jw_begin_object(w);
    bm_load_put_ms(w, "mean", n > 0 ? bm_sketch_mean(lag) : NAN);
    bm_load_put_ms(w, "p50", n > 0 ? bm_sketch_quantile(lag, 0.5) : NAN);
    bm_load_put_ms(w, "p99", n > 0 ? bm_sketch_quantile(lag, 0.99) : NAN);
    bm_load_put_ms(w, "max", n > 0 ? bm_sketch_head(lag)->max : NAN);
    bm_load_put_count(w, "n", n);
    bm_jw_end_object(w);
}

static void write_throughput(bm_jw_t *w, const total_t *t)
{
    bm_jw_key(w, "throughput");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "requests_per_second", bm_load_per_second((double)t->inside, t->seconds));
    bm_load_put_number(w, "input_tokens_per_second", bm_load_per_second(t->tokens_in, t->seconds));
    bm_load_put_number(w, "output_tokens_per_second", bm_load_per_second(t->tokens_out, t->seconds));
    bm_jw_key(w, "tokens_per_second_per_user");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "p50", bm_sketch_quantile(t->lt->tally->user_rate, 0.5));
    bm_load_put_number(w, "p5", bm_sketch_quantile(t->lt->tally->user_rate, 0.05));
    bm_jw_end_object(w);
    bm_load_put_text(w, "provenance", token_provenance(t->lt->tally));
    bm_jw_end_object(w);
}

static void write_slo(bm_jw_t *w, const bm_load_slo_t *slo, const bm_kpi_cell_t *cell, apr_uint64_t failed)
{
    const bm_sketch_t *sketch = bm_kpi_cell_sketch(cell, slo->metric);
    double value = sketch != NULL ? bm_sketch_quantile(sketch, slo->quantile) : NAN;

    bm_jw_begin_object(w);
    bm_load_put_text(w, "metric", slo->name);
    bm_jw_key(w, "quantile");
    bm_jw_double(w, slo->quantile);
    bm_load_put_ms(w, "max", slo->max);
    bm_load_put_ms(w, "value", value);
    bm_jw_key(w, "met");
    bm_jw_bool(w, bm_load_meets_slo(slo, cell, failed));
    bm_jw_end_object(w);
}

/* Of an open loop from the planned time, as everything else. What was never sent is frustrated, too. */
static void write_apdex(bm_jw_t *w, const total_t *t)
{
    const char *name = json_string_value(json_object_get(t->lt->apdex, "metric"));
    const bm_kpi_metric_t *metric = bm_kpi_metric_by_name(name != NULL ? name : "total_ms");
    double t_ms = json_number_value(json_object_get(t->lt->apdex, "t_ms"));
    const bm_sketch_t *sketch;
    apr_uint64_t satisfied;

    bm_jw_key(w, "apdex");
    if (metric == NULL || !(t_ms > 0)) {
        bm_jw_null(w);
        return;
    }
    sketch = bm_kpi_cell_sketch(t->cell, !t->lt->plan->open ? metric->id : metric->id == BM_KPI_TTFT ? BM_KPI_TTFT_SCHEDULED
                                : metric->id == BM_KPI_E2E ? BM_KPI_E2E_SCHEDULED : metric->id);
    satisfied = sketch != NULL ? bm_sketch_at_most(sketch, t_ms) : 0;
    bm_jw_begin_object(w);
    bm_load_put_text(w, "metric", metric->name);
    bm_load_put_number(w, "t_ms", t_ms);
    bm_jw_key(w, "value");
    bm_jw_fixed(w, bm_apdex(satisfied, sketch != NULL ? bm_sketch_at_most(sketch, BM_APDEX_TOLERATED * t_ms) - satisfied : 0,
                            t->ended + t->unsent), 4);
    bm_jw_end_object(w);
}

static void write_goodput(bm_jw_t *w, const total_t *t)
{
    const bm_load_plan_t *plan = t->lt->plan;
    apr_uint64_t good = bm_kpi_cell_counts(t->cell)->good;
    int i;

    bm_jw_key(w, "goodput");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "requests_per_second", bm_load_per_second((double)good, t->seconds));
    bm_load_put_count(w, "good", good);
    write_share(w, "attainment", good, t->ended + t->unsent);
    write_apdex(w, t);
    bm_jw_key(w, "slos");
    bm_jw_begin_array(w);
    for (i = 0; i < plan->slo_count; i++)
        write_slo(w, &plan->slos[i], t->cell, t->failed);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
}

static void write_client(bm_jw_t *w, const bm_load_tally_t *tally)
{
    const bm_sketch_t *lag = tally->client_lag;
    apr_uint64_t n = bm_sketch_head(lag)->n, all = tally->stamped + tally->unstamped;

    bm_jw_key(w, "client_lag");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "mean_us", n > 0 ? 1000 * bm_sketch_head(lag)->sum / (double)n : NAN);
    bm_load_put_number(w, "p99_us", n > 0 ? 1000 * bm_sketch_quantile(lag, 0.99) : NAN);
    bm_load_put_number(w, "max_us", n > 0 ? 1000 * bm_sketch_head(lag)->max : NAN);
    bm_load_put_count(w, "batched_events", tally->batched);
    bm_load_put_count(w, "events", tally->events);
    bm_load_put_number(w, "kernel_stamped", all > 0 ? (double)tally->stamped / (double)all : NAN);
    bm_jw_end_object(w);
}

/* --- whether it may be believed */

static void reason(bm_jw_t *w, int *n, const char *text)
{
    bm_jw_string(w, text);
    (*n)++;
}

/* The figure that a reader looks at first: median of TTFT, or of the whole where nothing streams. */
static double headline(const total_t *t)
{
    const bm_sketch_t *sketch = bm_kpi_cell_sketch(t->cell, BM_KPI_TTFT);

    if (sketch == NULL || bm_sketch_head(sketch)->n == 0)
        sketch = bm_kpi_cell_sketch(t->cell, BM_KPI_TOTAL);
    return sketch != NULL ? bm_sketch_quantile(sketch, 0.5) : NAN;
}

static void write_reasons(bm_jw_t *w, int *n, const total_t *t)
{
    const bm_load_tally_t *tally = t->lt->tally;
    const bm_sketch_t *send_lag = bm_kpi_cell_sketch(t->cell, BM_KPI_SEND_LAG);
    apr_pool_t *p = t->lt->task->p;
    double limit = fmax(LAG_LEAST_MS, LAG_SHARE * headline(t)), lag;

    lag = bm_sketch_quantile(tally->client_lag, 0.99);
    if (lag > limit)
        reason(w, n, apr_psprintf(p, "The client saw answers late: p99 %.3f ms behind the kernel, the limit is %.3f ms.", lag,
                                  limit));
    lag = send_lag != NULL ? bm_sketch_quantile(send_lag, 0.99) : NAN;
    if (t->lt->plan->open && !t->backlogged && lag > limit)
        reason(w, n, apr_psprintf(p, "The client sent late: p99 %.3f ms behind the plan, the limit is %.3f ms.", lag, limit));
    if (t->lt->plan->open && t->backlogged)
        reason(w, n, apr_psprintf(p, "The ceiling of %d requests under way held back sends: the target was offered less than "
                                  "planned.", t->lt->plan->max_in_flight));
    if (t->lt->plan->open && (double)t->sent < (1 - RATE_TOLERANCE) * (double)t->planned)
        reason(w, n, apr_psprintf(p, "Only %" APR_UINT64_T_FMT " of %" APR_UINT64_T_FMT " planned requests were sent.", t->sent,
                                  t->planned));
}

static void write_validity(bm_jw_t *w, const total_t *t)
{
    int n = 0, any = bm_kpi_cell_counts(t->cell)->status[BM_KPI_COMPLETED] > 0;

    bm_jw_key(w, "validity");
    bm_jw_begin_object(w);
    bm_jw_key(w, "reasons");
    bm_jw_begin_array(w);
    if (any)
        write_reasons(w, &n, t);
    else
        bm_jw_string(w, "No request completed.");
    bm_jw_end_array(w);
    bm_load_put_text(w, "status", !any ? "unknown" : n > 0 ? "invalid" : "valid");
    bm_jw_end_object(w);
}

/* --- the whole */

static void write_results(bm_jw_t *w, const total_t *t)
{
    const bm_kpi_counts_t *counts = bm_kpi_cell_counts(t->cell);

    bm_jw_key(w, "results");
    bm_jw_begin_object(w);
    bm_load_put_text(w, "loop", t->lt->plan->type == BM_LOAD_SEMI_OPEN ? "semi_open" : t->lt->plan->open ? "open" : "closed");
    bm_load_put_number(w, "window_seconds", t->seconds);
    bm_load_put_text(w, "truncated", t->lt->truncated);
    if (t->lt->truncated_by != NULL)
        bm_load_put_text(w, "truncated_by", t->lt->truncated_by);
    bm_jw_key(w, "warmup");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "seconds", t->warmup_s);
    bm_load_put_count(w, "attempted", t->warm);
    bm_load_put_count(w, "failed", t->warm_failed);
    bm_jw_end_object(w);
    bm_load_put_count(w, "attempted", t->ended + t->unsent);
    bm_load_put_count(w, "completed", counts->status[BM_KPI_COMPLETED]);
    bm_load_put_count(w, "failed", t->failed);
    bm_load_put_count(w, "cancelled", t->cancelled);
    write_errors(w, t);
    bm_jw_key(w, "success");
    bm_jw_begin_object(w);
    write_share(w, "rate", counts->status[BM_KPI_COMPLETED], t->ended + t->unsent - t->cancelled);
    bm_jw_end_object(w);
    bm_jw_key(w, "rates");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "planned", bm_load_per_second((double)t->planned, t->seconds));
    bm_load_put_number(w, "offered", bm_load_per_second((double)t->sent, t->seconds));
    bm_load_put_number(w, "completed", bm_load_per_second((double)t->inside, t->seconds));
    bm_jw_end_object(w);
    write_metrics(w, t);
    write_send_lag(w, bm_kpi_cell_sketch(t->cell, BM_KPI_SEND_LAG));
    write_throughput(w, t);
    write_goodput(w, t);
    write_client(w, t->lt->tally);
    bm_load_steps_write(w, t->lt);
    bm_load_capacity_write(w, t->lt);
    bm_load_hedge_write(w, t->lt);
    bm_load_endpoints_write(w, bm_load_source_endpoints(t->lt->source));
    bm_load_classes_write(w, t->lt->classes, t->seconds);
    bm_load_cache_write(w, t->lt->cache);
    bm_load_faults_write(w, &t->lt->plan->faults, &t->lt->faults);
    bm_load_policy_write_use(w, t->lt);
    bm_load_policy_write(w, t->lt, t->ended + t->unsent, counts->good, counts->cost);
    bm_jw_end_object(w);
}

const char *bm_load_result_json(bm_loadtest_t *lt)
{
    bm_buffer_t out = { 0 };
    const char *text = NULL;
    total_t t;
    bm_jw_t w;

    add_up(&t, lt);
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    write_results(&w, &t);
    bm_load_certificate_write(&w, lt);
    write_validity(&w, &t);
    bm_jw_end_object(&w);
    if (w.rv == APR_SUCCESS)
        text = apr_pstrmemdup(lt->task->p, out.data, out.len);
    bm_buffer_free(&out);
    return text;
}
