/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/rand.h"
#include "kpi/compare_words.h"
#include "stat/certified_tail.h"
#include "stat/holm.h"
#include "stat/mann_whitney.h"
#include "stat/normal.h"
#include "stat/quantile_interval.h"
#include "stat/two_proportions.h"
#include "stat/wilson.h"

#define Z BM_WILSON_Z95
#define CONFIDENCE 0.95

static const double quantile_of[BM_COMPARE_OF_END] = { -1, 0.5, 0.95, 0.99 };

#define MS(name_, id_, own_) { .name = name_, .unit = "ms", .better = BM_COMPARE_LOWER, .metric = id_, .own_side = own_ }

/* In the order of an answer: what people ask for first comes first, for the whole sentence names three. */
static const bm_compare_quantity_t quantities[BM_COMPARE_QUANTITIES] = {
    { .name = "success_rate", .unit = "%", .better = BM_COMPARE_HIGHER },
    MS("ttft_ms", BM_KPI_TTFT, 0), MS("e2e_ms", BM_KPI_E2E, 0), MS("itl_ms", BM_KPI_ITL, 0), MS("tpot_ms", BM_KPI_TPOT, 0),
    MS("ttft_scheduled_ms", BM_KPI_TTFT_SCHEDULED, 0), MS("e2e_scheduled_ms", BM_KPI_E2E_SCHEDULED, 0),
    MS("total_ms", BM_KPI_TOTAL, 0), MS("ttfo_ms", BM_KPI_TTFO, 0), MS("ttst_ms", BM_KPI_TTST, 0), MS("icl_ms", BM_KPI_ICL, 0),
    MS("send_lag_ms", BM_KPI_SEND_LAG, 1), MS("queue_ms", BM_KPI_QUEUE, 1), MS("connect_ms", BM_KPI_CONNECT, 1),
    MS("ttfb_ms", BM_KPI_TTFB, 0), MS("ntpot_ms", BM_KPI_NTPOT, 0),
    { .name = "tokens_prompt", .unit = "tokens", .better = BM_COMPARE_NEITHER },
    { .name = "tokens_completion", .unit = "tokens", .better = BM_COMPARE_NEITHER },
    { .name = "cost", .unit = "cost", .better = BM_COMPARE_LOWER }
};
enum { SUCCESS = 0, TOKENS_PROMPT = BM_COMPARE_QUANTITIES - 3, TOKENS_COMPLETION, COST };

const bm_compare_quantity_t *bm_compare_quantities(void)
{
    return quantities;
}

static int index_of(const bm_compare_quantity_t *quantity)
{
    return (int)(quantity - quantities);
}

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return one < other ? -1 : one > other;
}

static void result_init(bm_compare_result_t *r, const bm_compare_quantity_t *quantity)
{
    int k;

    memset(r, 0, sizeof(*r));
    r->quantity = quantity;
    r->p = r->p_corrected = r->effect = r->effect_low = r->effect_high = NAN;
    for (k = 0; k < BM_COMPARE_OF_END; k++) {
        r->a.of[k] = r->a.low[k] = r->a.high[k] = r->b.of[k] = r->b.low[k] = r->b.high[k] = NAN;
        r->of[k] = (bm_bootstrap_t){ NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN };
    }
}

/* --- the values of one side */

typedef struct values_t {
    double *values;              /* ascending */
    int *cluster;                /* NULL: each is a run's own */
    double *medians;             /* of each cluster, ascending; one value a run is its own median */
    apr_size_t n, runs;
} values_t;

static int value_of(double *value, const bm_kpi_sample_t *s, const bm_compare_quantity_t *quantity)
{
    const bm_kpi_metric_t *metric = bm_kpi_metric_find(quantity->metric);

    if (metric != NULL) {
        *value = s->values[metric->id];
        return (s->present >> metric->id & 1) && isfinite(*value)
               && (metric->of == BM_KPI_OF_EVERY_RUN || s->status == BM_KPI_COMPLETED);
    }
    if (s->status != BM_KPI_COMPLETED)
        return 0;
    *value = index_of(quantity) == TOKENS_PROMPT ? (double)s->prompt_tokens
        : index_of(quantity) == TOKENS_COMPLETION ? (double)s->completion_tokens : s->cost;
    return *value > 0;           /* 0: not known */
}

static void collect(values_t *v, const bm_kpi_sample_t *samples, int n, const bm_compare_quantity_t *quantity, apr_pool_t *p)
{
    int i;

    *v = (values_t){ .values = apr_palloc(p, ((apr_size_t)n + 1) * sizeof(double)) };
    for (i = 0; i < n; i++)
        v->n += (apr_size_t)value_of(&v->values[v->n], &samples[i], quantity);
    qsort(v->values, v->n, sizeof(*v->values), ascending);
    v->medians = v->values;
    v->runs = v->n;
}

typedef struct gap_t {
    double ms;
    int cluster;
} gap_t;

static int by_ms(const void *a, const void *b)
{
    return ascending(&((const gap_t *)a)->ms, &((const gap_t *)b)->ms);
}

/* The gaps of one answer behind `at`, repeated as often as they occur. @return how many. */
static apr_size_t expand(gap_t *at, apr_size_t room, const bm_kpi_gaps_t *gaps, int cluster)
{
    apr_size_t n = 0, i;
    apr_uint32_t k;

    for (i = 0; i < gaps->count; i++)
        for (k = 0; k < (gaps->times != NULL ? gaps->times[i] : 1) && n < room; k++)
            at[n++] = (gap_t){ gaps->ms[i], cluster };
    return n;
}

static apr_size_t gaps_in(const bm_kpi_gaps_t *gaps)
{
    apr_size_t n = 0, i;

    if (gaps->times == NULL)
        return gaps->count;
    for (i = 0; i < gaps->count; i++)
        n += gaps->times[i];
    return n;
}

static const bm_kpi_gaps_t *gaps_of(const bm_kpi_sample_t *s, int metric)
{
    return metric == BM_KPI_ITL ? &s->itl : &s->icl;
}

/* Whole answers until the next one does not fit; the first one always, if need be not all of it. */
static void collect_gaps(values_t *v, const bm_kpi_sample_t *samples, int n, int metric, apr_pool_t *p)
{
    gap_t *gaps = apr_palloc(p, BM_COMPARE_GAPS_MAX * sizeof(*gaps));
    apr_size_t i, count;
    int k;

    *v = (values_t){ .medians = apr_palloc(p, ((apr_size_t)n + 1) * sizeof(double)) };
    for (k = 0; k < n; k++) {
        const bm_kpi_gaps_t *more = gaps_of(&samples[k], metric);

        if (samples[k].status != BM_KPI_COMPLETED || more->count == 0)
            continue;
        if (v->n > 0 && v->n + gaps_in(more) > BM_COMPARE_GAPS_MAX)
            break;
        count = expand(gaps + v->n, BM_COMPARE_GAPS_MAX - v->n, more, (int)v->runs);
        qsort(gaps + v->n, count, sizeof(*gaps), by_ms);
        v->medians[v->runs++] = (gaps[v->n + (count - 1) / 2].ms + gaps[v->n + count / 2].ms) / 2;
        v->n += count;
    }
    qsort(gaps, v->n, sizeof(*gaps), by_ms);
    qsort(v->medians, v->runs, sizeof(*v->medians), ascending);
    v->values = apr_palloc(p, (v->n + 1) * sizeof(*v->values));
    v->cluster = apr_palloc(p, (v->n + 1) * sizeof(*v->cluster));
    for (i = 0; i < v->n; i++) {
        v->values[i] = gaps[i].ms;
        v->cluster[i] = gaps[i].cluster;
    }
}

/* --- one quantity from rows */

static const double *curve_of(const values_t *v, apr_pool_t *p)
{
    double *curve = apr_palloc(p, BM_COMPARE_CURVE * sizeof(*curve));
    int i;

    for (i = 0; i < BM_COMPARE_CURVE; i++)
        curve[i] = bm_bootstrap_quantile(v->values, v->n, (double)i / (BM_COMPARE_CURVE - 1));
    return curve;
}

static void put_part(bm_compare_part_t *part, const values_t *v, int curves, apr_pool_t *p)
{
    int k;

    part->n = v->n;
    part->runs = v->runs;
    part->few = bm_certified_tail_rank(v->runs, quantile_of[BM_COMPARE_P99]) == 0;
    part->curve = curves ? curve_of(v, p) : NULL;
    for (k = BM_COMPARE_P50; k < BM_COMPARE_OF_END && v->cluster == NULL; k++) {
        apr_uint64_t low, high;

        if (!bm_quantile_interval(&low, &high, v->n, (double)v->n, quantile_of[k]))
            continue;
        part->low[k] = v->values[low - 1];
        part->high[k] = v->values[high - 1];
    }
}

/* Whether n runs can tell how far this quantile could be off. */
static int has_interval(apr_size_t runs, int k)
{
    apr_uint64_t low, high;

    return bm_quantile_interval(&low, &high, runs, (double)runs, k == BM_COMPARE_MEAN ? 0.5 : quantile_of[k]);
}

static void compare_values(bm_compare_result_t *r, const values_t *a, const values_t *b, const bm_compare_options_t *options,
                           apr_pool_t *p)
{
    const bm_bootstrap_sample_t sample_a = { a->values, a->n, a->cluster, (int)a->runs };
    const bm_bootstrap_sample_t sample_b = { b->values, b->n, b->cluster, (int)b->runs };
    bm_bootstrap_of_t of[BM_COMPARE_OF_END];
    bm_mann_whitney_t test;
    int k;

    for (k = 0; k < BM_COMPARE_OF_END; k++)
        of[k].q = quantile_of[k];
    put_part(&r->a, a, options->curves, p);
    put_part(&r->b, b, options->curves, p);
    bm_bootstrap_compare(r->of, of, BM_COMPARE_OF_END, &sample_a, &sample_b, CONFIDENCE,
                         bm_rand_mix(options->seed + (apr_uint64_t)index_of(r->quantity)), p);
    for (k = 0; k < BM_COMPARE_OF_END; k++) {
        r->a.of[k] = r->of[k].a;
        r->b.of[k] = r->of[k].b;
        if (!has_interval(a->runs, k) || !has_interval(b->runs, k))
            r->of[k].difference_low = r->of[k].difference_high = r->of[k].ratio_low = r->of[k].ratio_high = NAN;
    }
    bm_mann_whitney_compare(&test, a->medians, a->runs, b->medians, b->runs, Z, p);
    r->test = test.is_exact ? "mann_whitney_exact" : "mann_whitney";
    r->p = test.p;
    r->effect = test.delta;
    r->effect_low = test.low;
    r->effect_high = test.high;
}

/* --- success */

static void put_rate(bm_compare_part_t *part, apr_uint64_t completed, apr_uint64_t attempts)
{
    double low, high;

    part->n = part->runs = attempts;
    part->of[BM_COMPARE_MEAN] = 100.0 * (double)completed / (double)attempts;
    bm_wilson_interval(&low, &high, completed, attempts, Z);
    part->low[BM_COMPARE_MEAN] = 100 * low;
    part->high[BM_COMPARE_MEAN] = 100 * high;
}

static int compare_success(bm_compare_result_t *r, const bm_kpi_counts_t *a, const bm_kpi_counts_t *b)
{
    apr_uint64_t of_a = a->status[BM_KPI_COMPLETED] + a->status[BM_KPI_FAILED] + a->status[BM_KPI_TIMED_OUT];
    apr_uint64_t of_b = b->status[BM_KPI_COMPLETED] + b->status[BM_KPI_FAILED] + b->status[BM_KPI_TIMED_OUT];
    bm_bootstrap_t *of = &r->of[BM_COMPARE_MEAN];
    bm_two_proportions_t two;

    if (bm_two_proportions_compare(&two, a->status[BM_KPI_COMPLETED], of_a, b->status[BM_KPI_COMPLETED], of_b, Z) != APR_SUCCESS)
        return 0;
    put_rate(&r->a, a->status[BM_KPI_COMPLETED], of_a);
    put_rate(&r->b, b->status[BM_KPI_COMPLETED], of_b);
    of->a = r->a.of[BM_COMPARE_MEAN];
    of->b = r->b.of[BM_COMPARE_MEAN];
    of->difference = 100 * two.difference;
    of->difference_low = 100 * two.low;
    of->difference_high = 100 * two.high;
    of->ratio = of->a > 0 ? of->b / of->a : NAN;
    r->test = two.is_exact ? "fisher_exact" : "score";
    r->p = two.p;
    /* Of yes and no, Cliff's delta is the difference of the rates. */
    r->effect = two.difference;
    r->effect_low = two.low;
    r->effect_high = two.high;
    return 1;
}

/* --- one quantity from sketches */

static void put_sketch(bm_compare_part_t *part, const bm_sketch_t *sketch, int pooled, int curves, apr_pool_t *p)
{
    const bm_sketch_head_t *head = bm_sketch_head(sketch);
    double *curve = curves ? apr_palloc(p, BM_COMPARE_CURVE * sizeof(*curve)) : NULL;
    int k;

    part->n = part->runs = head->n;
    part->few = bm_certified_tail_rank(head->n, quantile_of[BM_COMPARE_P99]) == 0;
    part->of[BM_COMPARE_MEAN] = bm_sketch_mean(sketch);
    for (k = BM_COMPARE_P50; k < BM_COMPARE_OF_END; k++) {
        apr_uint64_t low, high;

        part->of[k] = bm_sketch_quantile(sketch, quantile_of[k]);
        if (pooled || !bm_quantile_interval(&low, &high, head->n, (double)head->n, quantile_of[k]))
            continue;
        part->low[k] = bm_sketch_rank_low(sketch, low);
        part->high[k] = bm_sketch_rank_high(sketch, high);
    }
    for (k = 0; curves && k < BM_COMPARE_CURVE; k++)
        curve[k] = bm_sketch_quantile(sketch, (double)k / (BM_COMPARE_CURVE - 1));
    part->curve = curve;
}

/* MOVER: of a difference from the intervals of both; of a ratio the same of logarithms. */
static void put_mover(bm_bootstrap_t *of, const bm_compare_part_t *a, const bm_compare_part_t *b, int k)
{
    of->a = a->of[k];
    of->b = b->of[k];
    of->difference = of->b - of->a;
    of->difference_low = of->difference - hypot(b->of[k] - b->low[k], a->high[k] - a->of[k]);
    of->difference_high = of->difference + hypot(b->high[k] - b->of[k], a->of[k] - a->low[k]);
    of->ratio = of->a > 0 ? of->b / of->a : NAN;
    if (a->low[k] > 0 && b->low[k] > 0) {
        of->ratio_low = of->ratio * exp(-hypot(log(b->of[k] / b->low[k]), log(a->high[k] / a->of[k])));
        of->ratio_high = of->ratio * exp(hypot(log(b->high[k] / b->of[k]), log(a->of[k] / a->low[k])));
    }
}

static void compare_sketches(bm_compare_result_t *r, const bm_sketch_t *a, const bm_sketch_t *b, int pooled,
                             const bm_compare_options_t *options, apr_pool_t *p)
{
    const bm_bootstrap_t *median = &r->of[BM_COMPARE_P50];
    int k;

    put_sketch(&r->a, a, pooled, options->curves, p);
    put_sketch(&r->b, b, pooled, options->curves, p);
    for (k = 0; k < BM_COMPARE_OF_END; k++)
        put_mover(&r->of[k], &r->a, &r->b, k);
    if (isnan(median->difference_low))
        return;
    /* The half of the interval that looks at 0 is Z standard errors wide. Where all values are equal it has no width. */
    r->test = "median_intervals";
    if (!(fabs(median->difference) > 0))
        r->p = 1;
    else if (median->difference > 0)
        r->p = bm_normal_two_sided(Z * median->difference / (median->difference - median->difference_low));
    else
        r->p = bm_normal_two_sided(Z * median->difference / (median->difference_high - median->difference));
}

/* --- verdicts */

/* Even if the sides did not overlap at all, so few could not show it among so many tests. */
static double least_p(const bm_compare_result_t *r)
{
    return bm_mann_whitney_least_p((apr_size_t)r->a.runs, (apr_size_t)r->b.runs);
}

static int b_is_larger(const bm_compare_result_t *r)
{
    return !isnan(r->effect) ? r->effect > 0 : r->of[BM_COMPARE_P50].difference > 0;
}

static bm_compare_verdict_e verdict_of(const bm_compare_result_t *r, double significance, int tests)
{
    if (!isnan(r->p_corrected) && r->p_corrected <= significance) {
        if (r->quantity->better == BM_COMPARE_NEITHER)
            return BM_COMPARE_DIFFERS;
        return b_is_larger(r) == (r->quantity->better == BM_COMPARE_HIGHER) ? BM_COMPARE_BETTER : BM_COMPARE_WORSE;
    }
    return isnan(r->p_corrected) || least_p(r) * tests > significance ? BM_COMPARE_TOO_FEW : BM_COMPARE_NO_DIFFERENCE;
}

static bm_compare_verdict_e verdict_of_all(const bm_compare_t *c)
{
    int i, seen[BM_COMPARE_MIXED] = { 0 };

    for (i = 0; i < c->count; i++)
        if (!c->results[i].quantity->own_side)
            seen[c->results[i].verdict]++;
    if (seen[BM_COMPARE_BETTER] && seen[BM_COMPARE_WORSE])
        return BM_COMPARE_MIXED;
    if (seen[BM_COMPARE_BETTER] || seen[BM_COMPARE_WORSE])
        return seen[BM_COMPARE_BETTER] ? BM_COMPARE_BETTER : BM_COMPARE_WORSE;
    return seen[BM_COMPARE_NO_DIFFERENCE] || seen[BM_COMPARE_DIFFERS] ? BM_COMPARE_NO_DIFFERENCE : BM_COMPARE_TOO_FEW;
}

static void judge(bm_compare_t *c, const bm_compare_options_t *options, apr_pool_t *p)
{
    double ps[BM_COMPARE_QUANTITIES];
    int i;

    /* What could not be significant even alone is no test; that is known from the numbers of runs, not from what they say. */
    for (i = 0; i < c->count; i++) {
        ps[i] = least_p(&c->results[i]) <= options->significance ? c->results[i].p : NAN;
        c->tests += !isnan(ps[i]);
    }
    bm_holm_correct(ps, ps, c->count, p);
    for (i = 0; i < c->count; i++) {
        c->results[i].p_corrected = ps[i];
        c->results[i].verdict = verdict_of(&c->results[i], options->significance, c->tests);
        c->results[i].sentence = bm_compare_words_of_one(&c->results[i], p);
    }
    c->verdict = verdict_of_all(c);
    c->sentence = bm_compare_words_of_all(c, options->significance, p);
}

/* --- all quantities */

static int is_wanted(const bm_compare_options_t *options, int i)
{
    return options->wanted == 0 || (options->wanted >> i & 1);
}

static void count_runs(bm_kpi_counts_t *counts, const bm_kpi_sample_t *samples, int n)
{
    int i;

    memset(counts, 0, sizeof(*counts));
    for (i = 0; i < n; i++)
        counts->status[samples[i].status]++;
}

bm_compare_t *bm_compare_rows(const bm_kpi_sample_t *a, int n, const bm_kpi_sample_t *b, int m,
                              const bm_compare_options_t *options, apr_pool_t *p)
{
    bm_compare_t *c = apr_pcalloc(p, sizeof(*c));
    bm_kpi_counts_t counts_a, counts_b;
    int i;

    count_runs(&counts_a, a, n);
    count_runs(&counts_b, b, m);
    for (i = 0; i < BM_COMPARE_QUANTITIES; i++) {
        const bm_kpi_metric_t *metric = bm_kpi_metric_find(quantities[i].metric);
        bm_compare_result_t *r = &c->results[c->count];
        values_t of_a, of_b;

        if (!is_wanted(options, i))
            continue;
        result_init(r, &quantities[i]);
        if (i == SUCCESS) {
            if (compare_success(r, &counts_a, &counts_b))
                c->count++;
            else
                c->missing[c->missing_count++] = r->quantity;
            continue;
        }
        if (metric != NULL && metric->pooled) {
            collect_gaps(&of_a, a, n, metric->id, p);
            collect_gaps(&of_b, b, m, metric->id, p);
        }
        else {
            collect(&of_a, a, n, &quantities[i], p);
            collect(&of_b, b, m, &quantities[i], p);
        }
        if (of_a.n == 0 || of_b.n == 0) {
            c->missing[c->missing_count++] = r->quantity;
            continue;
        }
        compare_values(r, &of_a, &of_b, options, p);
        c->count++;
    }
    judge(c, options, p);
    return c;
}

bm_compare_t *bm_compare_cells(const bm_kpi_cell_t *a, const bm_kpi_cell_t *b, const bm_compare_options_t *options,
                               apr_pool_t *p)
{
    bm_compare_t *c = apr_pcalloc(p, sizeof(*c));
    int i;

    for (i = 0; i < BM_COMPARE_QUANTITIES; i++) {
        const bm_kpi_metric_t *metric = bm_kpi_metric_find(quantities[i].metric);
        const bm_sketch_t *of_a = metric != NULL ? bm_kpi_cell_sketch(a, metric->id) : NULL;
        const bm_sketch_t *of_b = metric != NULL ? bm_kpi_cell_sketch(b, metric->id) : NULL;
        bm_compare_result_t *r = &c->results[c->count];

        if (!is_wanted(options, i))
            continue;
        result_init(r, &quantities[i]);
        if (of_a != NULL && of_b != NULL) {
            compare_sketches(r, of_a, of_b, metric->pooled, options, p);
            c->count++;
        }
        else if (i == SUCCESS && compare_success(r, bm_kpi_cell_counts(a), bm_kpi_cell_counts(b)))
            c->count++;
        else
            c->missing[c->missing_count++] = r->quantity;
    }
    judge(c, options, p);
    return c;
}

const char *bm_compare_verdict_name(bm_compare_verdict_e verdict)
{
    static const char *const names[] = { "too_few_samples", "no_difference", "differs", "better", "worse", "mixed" };

    return names[verdict];
}

const char *bm_compare_magnitude(double delta)
{
    double size = fabs(delta);

    return size < 0.147 ? "negligible" : size < 0.33 ? "small" : size < 0.474 ? "medium" : "large";
}
