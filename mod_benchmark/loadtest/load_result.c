/* SPDX-License-Identifier: Apache-2.0
 *
 * load_result.c: progress and result of a load test as JSON (docs/load-tests.md). */
#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/timefmt.h"
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"
#include "stat/wilson.h"

#define SATURATED_BELOW 0.95         /* achieved of offered */
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

static const bm_load_step_tally_t *step_at(const bm_loadtest_t *lt, int i)
{
    return APR_ARRAY_IDX(lt->tally->steps, i, bm_load_step_tally_t *);
}

static double seconds_of(const bm_load_step_tally_t *step)
{
    apr_int64_t ns = step->end_ns - step->window_ns - step->paused_ns;

    return ns > 0 ? (double)ns / 1e9 : 0;
}

static double per_second(double n, double seconds)
{
    return seconds > 0 ? n / seconds : NAN;
}

/* Sends a second, over the time that they really took where that is longer than the window. */
static double achieved(const bm_load_step_tally_t *step)
{
    double seconds = seconds_of(step), took = (double)(step->last_sent_ns - step->window_ns - step->paused_ns) / 1e9;

    return per_second((double)step->sent[BM_LOAD_WINDOW], took > seconds ? took : seconds);
}

static apr_uint64_t attempted(const bm_load_step_tally_t *step)
{
    return step->ended[BM_LOAD_WINDOW] + step->unsent;
}

static void add_up(total_t *t, bm_loadtest_t *lt)
{
    int i;

    memset(t, 0, sizeof(*t));
    t->lt = lt;
    t->cell = bm_kpi_cell_make(lt->task->p);
    for (i = 0; i < lt->tally->steps->nelts; i++) {
        const bm_load_step_tally_t *step = step_at(lt, i);

        (void)bm_kpi_cell_merge(t->cell, step->cell);
        t->seconds += seconds_of(step);
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
        { "ttfo_ms", BM_KPI_TTFO, "service", "stamps", 0 },
        { "ttst_ms", BM_KPI_TTST, NULL, "stamps", 0 },
        { "icl_ms", BM_KPI_ICL, NULL, "stamps", 1 },
        { "itl_ms", BM_KPI_ITL, NULL, tokens, 1 },
        { "tpot_ms", BM_KPI_TPOT, NULL, tokens, 0 },
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
    bm_load_put_number(w, "mean", n > 0 ? bm_sketch_mean(lag) : NAN);
    bm_load_put_number(w, "p50", n > 0 ? bm_sketch_quantile(lag, 0.5) : NAN);
    bm_load_put_number(w, "p99", n > 0 ? bm_sketch_quantile(lag, 0.99) : NAN);
    bm_load_put_number(w, "max", n > 0 ? bm_sketch_head(lag)->max : NAN);
    bm_load_put_count(w, "n", n);
    bm_jw_end_object(w);
}

static void write_throughput(bm_jw_t *w, const total_t *t)
{
    bm_jw_key(w, "throughput");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "requests_per_second", per_second((double)t->inside, t->seconds));
    bm_load_put_number(w, "input_tokens_per_second", per_second(t->tokens_in, t->seconds));
    bm_load_put_number(w, "output_tokens_per_second", per_second(t->tokens_out, t->seconds));
    bm_jw_key(w, "tokens_per_second_per_user");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "p50", bm_sketch_quantile(t->lt->tally->user_rate, 0.5));
    bm_load_put_number(w, "p5", bm_sketch_quantile(t->lt->tally->user_rate, 0.05));
    bm_jw_end_object(w);
    bm_load_put_text(w, "provenance", token_provenance(t->lt->tally));
    bm_jw_end_object(w);
}

/* Whether the quantile keeps within its maximum, taken over all that were attempted: what failed or was never sent is beyond
 * every maximum. */
static int meets_slo(const bm_load_slo_t *slo, const bm_kpi_cell_t *cell, apr_uint64_t failed)
{
    const bm_sketch_t *sketch = bm_kpi_cell_sketch(cell, slo->metric);
    double n = sketch != NULL ? (double)bm_sketch_head(sketch)->n : 0;
    double share = n > 0 ? slo->quantile * (n + (double)failed) / n : 2;

    return share <= 1 && bm_sketch_quantile(sketch, share) <= slo->max;
}

static void write_slo(bm_jw_t *w, const bm_load_slo_t *slo, const bm_kpi_cell_t *cell, apr_uint64_t failed)
{
    const bm_sketch_t *sketch = bm_kpi_cell_sketch(cell, slo->metric);
    double value = sketch != NULL ? bm_sketch_quantile(sketch, slo->quantile) : NAN;

    bm_jw_begin_object(w);
    bm_load_put_text(w, "metric", slo->name);
    bm_load_put_number(w, "quantile", slo->quantile);
    bm_load_put_number(w, "max", slo->max);
    bm_load_put_number(w, "value", value);
    bm_jw_key(w, "met");
    bm_jw_bool(w, meets_slo(slo, cell, failed));
    bm_jw_end_object(w);
}

static void write_goodput(bm_jw_t *w, const total_t *t)
{
    const bm_load_plan_t *plan = t->lt->plan;
    apr_uint64_t good = bm_kpi_cell_counts(t->cell)->good;
    int i;

    bm_jw_key(w, "goodput");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "requests_per_second", per_second((double)good, t->seconds));
    bm_load_put_count(w, "good", good);
    write_share(w, "attainment", good, t->ended + t->unsent);
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
    bm_load_put_number(w, "p99_us", n > 0 ? 1000 * bm_sketch_quantile(lag, 0.99) : NAN);
    bm_load_put_number(w, "max_us", n > 0 ? 1000 * bm_sketch_head(lag)->max : NAN);
    bm_load_put_count(w, "batched_events", tally->batched);
    bm_load_put_count(w, "events", tally->events);
    bm_load_put_number(w, "kernel_stamped", all > 0 ? (double)tally->stamped / (double)all : NAN);
    bm_jw_end_object(w);
}

/* --- steps */

static int meets_slos(const bm_load_plan_t *plan, const bm_load_step_tally_t *step)
{
    apr_uint64_t failed = step->failed[BM_LOAD_WINDOW] + step->unsent;
    int i;

    for (i = 0; i < plan->slo_count; i++)
        if (!meets_slo(&plan->slos[i], step->cell, failed))
            return 0;
    return 1;
}

int bm_load_step_is_saturated(const bm_loadtest_t *lt, int i)
{
    const bm_load_step_tally_t *step = step_at(lt, i);
    double planned = per_second((double)(step->planned[BM_LOAD_WINDOW] + step->unsent), seconds_of(step));
    bm_slope_t in_flight, ttft;

    if (!lt->plan->open)
        return 0;
    if (achieved(step) < SATURATED_BELOW * planned)
        return 1;
    /* both, as one of them alone rises by chance now and then */
    return bm_load_bins_slope(&in_flight, &step->in_flight) && in_flight.rises && bm_load_bins_slope(&ttft, &step->ttft)
        && ttft.rises;
}

static void write_step(bm_jw_t *w, const bm_loadtest_t *lt, int i)
{
    const bm_load_step_tally_t *step = step_at(lt, i);
    const bm_load_step_t *plan = &APR_ARRAY_IDX(lt->plan->steps, i, bm_load_step_t);
    const bm_kpi_counts_t *counts = bm_kpi_cell_counts(step->cell);
    double seconds = seconds_of(step);
    bm_slope_t slope;

    bm_jw_begin_object(w);
    bm_load_put_text(w, "of", plan->closed ? "concurrency" : "rate");
    bm_load_put_number(w, "value", plan->to);
    bm_load_put_number(w, "seconds", seconds);
    bm_load_put_count(w, "attempted", attempted(step));
    bm_load_put_count(w, "completed", counts->status[BM_KPI_COMPLETED]);
    bm_load_put_count(w, "failed", step->failed[BM_LOAD_WINDOW] + step->unsent);
    bm_load_put_number(w, "offered_rate", per_second((double)(step->planned[BM_LOAD_WINDOW] + step->unsent), seconds));
    bm_load_put_number(w, "achieved_rate", achieved(step));
    bm_load_put_number(w, "completed_rate", per_second((double)step->completed_inside, seconds));
    bm_load_put_number(w, "goodput_rate", per_second((double)counts->good, seconds));
    bm_load_put_number(w, "attainment", attempted(step) > 0 ? 100.0 * (double)counts->good / (double)attempted(step) : NAN);
    bm_load_figures_short(w, "ttft_ms", bm_kpi_cell_sketch(step->cell, lt->plan->open ? BM_KPI_TTFT_SCHEDULED : BM_KPI_TTFT));
    bm_load_figures_short(w, "e2e_ms", bm_kpi_cell_sketch(step->cell, lt->plan->open ? BM_KPI_E2E_SCHEDULED : BM_KPI_E2E));
    bm_load_put_number(w, "in_flight_mean", bm_load_bins_mean(&step->in_flight));
    bm_load_put_number(w, "in_flight_slope_per_s", bm_load_bins_slope(&slope, &step->in_flight) ? slope.slope : NAN);
    bm_jw_key(w, "saturated");
    bm_jw_bool(w, bm_load_step_is_saturated(lt, i));
    bm_jw_key(w, "slo_met");
    if (lt->plan->slo_count > 0)
        bm_jw_bool(w, meets_slos(lt->plan, step));
    else
        bm_jw_null(w);
    bm_jw_end_object(w);
}

static void write_steps(bm_jw_t *w, const bm_loadtest_t *lt)
{
    int i, several = lt->plan->type == BM_LOAD_RAMP || lt->plan->type == BM_LOAD_SWEEP || lt->plan->type == BM_LOAD_CAPACITY;
    double knee = NAN;

    bm_jw_key(w, "steps");
    bm_jw_begin_array(w);
    for (i = 0; several && i < lt->tally->steps->nelts; i++) {
        const bm_load_step_t *plan = &APR_ARRAY_IDX(lt->plan->steps, i, bm_load_step_t);

        write_step(w, lt, i);
        if (!bm_load_step_is_saturated(lt, i) && meets_slos(lt->plan, step_at(lt, i)) && !(plan->to <= knee))
            knee = plan->to;
    }
    bm_jw_end_array(w);
    bm_jw_key(w, "saturation");
    if (lt->plan->type != BM_LOAD_SWEEP)
        bm_jw_null(w);
    else {
        bm_jw_begin_object(w);
        bm_load_put_number(w, "knee", knee);
        bm_jw_end_object(w);
    }
}

static void write_capacity(bm_jw_t *w, const bm_loadtest_t *lt)
{
    const bm_load_search_t *s = &lt->search;
    const char *statement;

    bm_jw_key(w, "capacity");
    if (lt->plan->type != BM_LOAD_CAPACITY) {
        bm_jw_null(w);
        return;
    }
    statement = s->passed == 0 ? "The target did not meet the SLOs at any rate that was tried."
        : s->failed == 0 ? apr_psprintf(lt->task->p, "The target meets the SLOs at %.4g requests/s with 95 %% confidence; a rate "
                                        "that it cannot meet was not found.", s->passed)
        : apr_psprintf(lt->task->p, "The target meets the SLOs at %.4g requests/s with 95 %% confidence; at %.4g %s.", s->passed,
                       s->failed, s->failed_unclear ? "that could not be shown" : "it does not");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "rate", s->passed > 0 ? s->passed : NAN);
    bm_load_put_number(w, "passed", s->passed > 0 ? s->passed : NAN);
    bm_load_put_number(w, "failed", s->failed > 0 ? s->failed : NAN);
    bm_load_put_number(w, "confidence", 0.95);
    bm_load_put_text(w, "limited_by", s->limited_by);
    bm_load_put_text(w, "statement", statement);
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
    bm_load_put_number(w, "planned", per_second((double)t->planned, t->seconds));
    bm_load_put_number(w, "offered", per_second((double)t->sent, t->seconds));
    bm_load_put_number(w, "completed", per_second((double)t->inside, t->seconds));
    bm_jw_end_object(w);
    write_metrics(w, t);
    write_send_lag(w, bm_kpi_cell_sketch(t->cell, BM_KPI_SEND_LAG));
    write_throughput(w, t);
    write_goodput(w, t);
    write_client(w, t->lt->tally);
    write_steps(w, t->lt);
    write_capacity(w, t->lt);
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

/* --- while it runs */

const char *bm_load_stage_name(const bm_loadtest_t *lt, apr_int64_t now_ns)
{
    switch (lt->stage) {
    case BM_LOAD_AT_BEFORE:
    case BM_LOAD_AT_AFTER:
        return "certificate";
    case BM_LOAD_AT_DRAIN:
        return "drain";
    case BM_LOAD_AT_WRITING:
        return "done";
    default:
        /* the next stage of a ramp is opened ahead of its time */
        return lt->paused_at_ns != 0 ? "paused"
            : now_ns < lt->figures->window_ns && (lt->step == 0 || now_ns >= lt->figures->begin_ns) ? "warmup" : "window";
    }
}

static void write_counts(bm_jw_t *w, const bm_loadtest_t *lt)
{
    apr_uint64_t planned = 0, ended = 0, failed = 0, sent = 0;
    int i, phase;

    for (i = 0; i < lt->tally->steps->nelts; i++) {
        for (phase = 0; phase < 2; phase++) {
            planned += step_at(lt, i)->planned[phase];
            sent += step_at(lt, i)->sent[phase];
            ended += step_at(lt, i)->ended[phase];
            failed += step_at(lt, i)->failed[phase];
        }
    }
    planned -= lt->ahead_count < planned ? lt->ahead_count : planned;
    bm_load_put_count(w, "planned", planned);
    bm_load_put_count(w, "sent", sent + (planned > ended ? planned - ended : 0) < planned ? sent + (planned - ended) : planned);
    bm_load_put_count(w, "completed", ended > failed ? ended - failed : 0);
    bm_load_put_count(w, "failed", failed);
    bm_load_put_count(w, "in_flight", planned > ended ? planned - ended : 0);
}

static void write_rates(bm_jw_t *w, const bm_loadtest_t *lt, apr_int64_t now_ns)
{
    const bm_load_step_tally_t *step = lt->figures;
    apr_int64_t until_ns = step != NULL && step->end_ns != 0 && step->end_ns < now_ns ? step->end_ns : now_ns;
    double seconds = step != NULL ? (double)(until_ns - step->window_ns - step->paused_ns) / 1e9 : 0;
    double planned = step != NULL ? (double)step->planned[BM_LOAD_WINDOW] - lt->ahead_count : 0;

    bm_load_put_number(w, "offered_rate", lt->plan->open ? per_second(fmax(planned, 0), seconds) : NAN);
    bm_load_put_number(w, "achieved_rate", step != NULL ? per_second((double)step->completed_inside, seconds) : NAN);
}

const char *bm_load_progress_json(bm_loadtest_t *lt, apr_int64_t now_ns, apr_pool_t *p)
{
    double total = bm_load_plan_seconds(lt->plan);
    bm_buffer_t out = { 0 };
    const char *text = NULL;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_load_put_text(&w, "phase", bm_load_stage_name(lt, now_ns));
    bm_load_put_count(&w, "step", (apr_uint64_t)lt->step + 1);
    bm_load_put_count(&w, "steps", (apr_uint64_t)lt->plan->steps->nelts);
    bm_load_put_number(&w, "elapsed_seconds", (double)(now_ns - lt->began_ns) / 1e9);
    bm_load_put_number(&w, "total_seconds", total > 0 ? total : NAN);
    write_counts(&w, lt);
    write_rates(&w, lt, now_ns);
    bm_jw_end_object(&w);
    if (w.rv == APR_SUCCESS)
        text = apr_pstrmemdup(p, out.data, out.len);
    bm_buffer_free(&out);
    return text;
}
