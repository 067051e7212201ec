/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "kpi_samples.h"
#include "kpi/kpi_fold.h"

#define RUNS 3000

static const bm_kpi_range_t everything = { .bucket_hours = 2 };

static void fold_deltas(bm_kpi_fold_t *fold, const apr_array_header_t *deltas)
{
    for (int i = 0; i < deltas->nelts; i++) {
        const bm_kpi_delta_t *d = &APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);

        ck_assert_int_eq(bm_kpi_fold_add(fold, &d->key, d->body, d->len), APR_SUCCESS);
    }
}

/* A fold of runs as they would come from the store: in batches, so that most keys have several cells. */
static bm_kpi_fold_t *fold_of(const bm_kpi_range_t *range, const bm_kpi_sample_t *samples, int count, int batch)
{
    bm_kpi_fold_t *fold = bm_kpi_fold_make(range, g_pool);
    apr_array_header_t *deltas;

    for (int i = 0; i < count; i += batch) {
        ck_assert_int_eq(bm_kpi_delta_create(&deltas, samples + i, count - i < batch ? count - i : batch, g_pool, g_pool),
                         APR_SUCCESS);
        fold_deltas(fold, deltas);
    }
    return fold;
}

/* Equal but for the order in which sums were rounded. */
static void assert_near(double a, double b)
{
    ck_assert(isnan(a) ? isnan(b) : fabs(a - b) <= 1e-9 * (1 + fabs(a)));
}

static void assert_same_quantiles(const bm_kpi_quantiles_t *a, const bm_kpi_quantiles_t *b)
{
    ck_assert_uint_eq(a->n, b->n);
    assert_near(a->p50, b->p50);
    assert_near(a->p95, b->p95);
    assert_near(a->p99, b->p99);
    assert_near(a->mean, b->mean);
    assert_near(a->min, b->min);
    assert_near(a->max, b->max);
}

static void assert_same_figures(const bm_kpi_figures_t *a, const bm_kpi_figures_t *b)
{
    ck_assert_uint_eq(a->runs, b->runs);
    ck_assert_mem_eq(a->counts.status, b->counts.status, sizeof(a->counts.status));
    ck_assert_uint_eq(a->counts.good, b->counts.good);
    ck_assert_uint_eq(a->counts.cached_tokens, b->counts.cached_tokens);
    ck_assert_uint_eq(a->counts.reasoning_tokens, b->counts.reasoning_tokens);
    assert_near(a->counts.cost, b->counts.cost);
    assert_near(a->success_low, b->success_low);
    assert_same_quantiles(&a->total_ms, &b->total_ms);
    assert_same_quantiles(&a->ttft_ms, &b->ttft_ms);
    ck_assert_uint_eq(a->itl_n, b->itl_n);
    assert_near(a->itl_mean_ms, b->itl_mean_ms);
}

/* --- the same figures from the runs themselves --- */

typedef int pick_fn(const bm_kpi_sample_t *sample, apr_int64_t id);

static int pick_all(const bm_kpi_sample_t *sample, apr_int64_t id)
{
    (void)sample;
    (void)id;
    return 1;
}

static int pick_scenario(const bm_kpi_sample_t *sample, apr_int64_t id)
{
    return sample->scenario_id == id;
}

static int pick_bucket(const bm_kpi_sample_t *sample, apr_int64_t id)
{
    return sample->finished_hour / 2 * 2 == id;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double percentile_cont(const double *sorted, int n, double q)
{
    double rank = q * (n - 1), below = floor(rank);

    return sorted[(int)below] + (sorted[(int)ceil(rank)] - sorted[(int)below]) * (rank - below);
}

static void assert_quantiles(const bm_kpi_quantiles_t *got, bm_kpi_metric_e metric, const bm_kpi_sample_t *samples, int count,
                             pick_fn *pick, apr_int64_t id)
{
    double *values = apr_palloc(g_pool, sizeof(double) * (apr_size_t)count), sum = 0;
    int n = 0;

    for (int i = 0; i < count; i++) {
        if (pick(&samples[i], id) && samples[i].status == BM_KPI_COMPLETED && (samples[i].present >> metric & 1))
            sum += values[n++] = samples[i].values[metric];
    }
    qsort(values, (size_t)n, sizeof(double), ascending);
    ck_assert_uint_eq(got->n, (apr_uint64_t)n);
    ck_assert_int_gt(n, 0);
    ck_assert_double_eq_tol(got->p50, percentile_cont(values, n, 0.50), 0.00501 * got->p50);
    ck_assert_double_eq_tol(got->p95, percentile_cont(values, n, 0.95), 0.00501 * got->p95);
    ck_assert_double_eq_tol(got->p99, percentile_cont(values, n, 0.99), 0.00501 * got->p99);
    ck_assert_double_eq_tol(got->mean, sum / n, 1e-9 * got->mean);
    ck_assert_double_eq(got->min, values[0]);
    ck_assert_double_eq(got->max, values[n - 1]);
}

static void assert_figures(const bm_kpi_figures_t *got, const bm_kpi_sample_t *samples, int count, pick_fn *pick, apr_int64_t id)
{
    apr_uint64_t status[BM_KPI_STATUS_END] = { 0 }, attempts, gaps = 0, prompt = 0;
    double gap_sum = 0, cost = 0;

    for (int i = 0; i < count; i++) {
        const bm_kpi_sample_t *s = &samples[i];

        if (!pick(s, id))
            continue;
        status[s->status]++;
        prompt += s->prompt_tokens;
        cost += s->cost;
        for (apr_size_t k = 0; s->status == BM_KPI_COMPLETED && k < s->itl.count; k++) {
            gaps += s->itl.times[k];
            gap_sum += s->itl.ms[k] * s->itl.times[k];
        }
    }
    attempts = status[BM_KPI_COMPLETED] + status[BM_KPI_FAILED] + status[BM_KPI_TIMED_OUT];
    ck_assert_mem_eq(got->counts.status, status, sizeof(status));
    ck_assert_uint_eq(got->runs, attempts + status[BM_KPI_CANCELLED]);
    ck_assert_uint_eq(got->counts.prompt_tokens, prompt);
    ck_assert_double_eq_tol(got->counts.cost, cost, 1e-9 * cost);
    ck_assert_double_eq_tol(got->success_rate, 100.0 * (double)status[BM_KPI_COMPLETED] / (double)attempts, 1e-9);
    ck_assert(got->success_low < got->success_rate && got->success_rate < got->success_high);
    ck_assert_uint_eq(got->itl_n, gaps);
    ck_assert_double_eq_tol(got->itl_mean_ms, gap_sum / (double)gaps, 1e-9 * got->itl_mean_ms);
    assert_quantiles(&got->total_ms, BM_KPI_TOTAL, samples, count, pick, id);
    assert_quantiles(&got->ttft_ms, BM_KPI_TTFT, samples, count, pick, id);
}

static const int batches[] = { 1, 7, 100, RUNS };

BM_LOOP_TEST(totals_rows_and_series_are_those_of_the_runs, BM_COUNT(batches))
{
    bm_kpi_sample_t *samples = samples_make(RUNS, 31);
    bm_kpi_fold_t *fold = fold_of(&everything, samples, RUNS, batches[_i]);
    apr_array_header_t *scenarios = bm_kpi_fold_scenarios(fold, g_pool), *series = bm_kpi_fold_series(fold, g_pool);
    bm_kpi_figures_t totals;

    bm_kpi_fold_totals(&totals, fold);
    assert_figures(&totals, samples, RUNS, pick_all, 0);
    ck_assert_int_eq(scenarios->nelts, SAMPLE_SCENARIOS);
    for (int i = 0; i < scenarios->nelts; i++) {
        const bm_kpi_row_t *row = &APR_ARRAY_IDX(scenarios, i, bm_kpi_row_t);

        ck_assert_int_eq(row->id, i + 1);
        assert_figures(&row->figures, samples, RUNS, pick_scenario, row->id);
    }
    ck_assert_int_eq(series->nelts, SAMPLE_HOURS / 2);
    for (int i = 0; i < series->nelts; i++) {
        const bm_kpi_row_t *row = &APR_ARRAY_IDX(series, i, bm_kpi_row_t);

        ck_assert_int_eq(row->id, SAMPLE_HOUR0 + 2 * i);
        assert_figures(&row->figures, samples, RUNS, pick_bucket, row->id);
    }
}
END_TEST

BM_TEST(asking_twice_and_adding_in_between_is_allowed)
{
    bm_kpi_sample_t *samples = samples_make(400, 2);
    bm_kpi_fold_t *fold = fold_of(&everything, samples, 200, 50);
    bm_kpi_figures_t first, second;
    apr_array_header_t *deltas;

    bm_kpi_fold_totals(&first, fold);
    bm_kpi_fold_totals(&second, fold);
    assert_figures(&first, samples, 200, pick_all, 0);
    assert_figures(&second, samples, 200, pick_all, 0);
    ck_assert_int_eq(bm_kpi_delta_create(&deltas, samples + 200, 200, g_pool, g_pool), APR_SUCCESS);
    fold_deltas(fold, deltas);
    bm_kpi_fold_totals(&second, fold);
    assert_figures(&second, samples, 400, pick_all, 0);
}
END_TEST

BM_TEST(an_empty_fold_has_no_figures)
{
    bm_kpi_fold_t *fold = bm_kpi_fold_make(&everything, g_pool);
    bm_kpi_figures_t totals;

    bm_kpi_fold_totals(&totals, fold);
    ck_assert_uint_eq(totals.runs, 0);
    ck_assert_uint_eq(totals.total_ms.n, 0);
    ck_assert_double_nan(totals.success_rate);
    ck_assert_double_nan(totals.success_low);
    ck_assert_double_nan(totals.total_ms.p50);
    ck_assert_double_nan(totals.total_ms.min);
    ck_assert_double_nan(totals.ttft_ms.p99);
    ck_assert_double_nan(totals.itl_mean_ms);
    ck_assert_int_eq(bm_kpi_fold_scenarios(fold, g_pool)->nelts, 0);
    ck_assert_int_eq(bm_kpi_fold_series(fold, g_pool)->nelts, 0);
}
END_TEST

BM_TEST(cancelled_runs_are_no_attempts)
{
    bm_kpi_sample_t samples[] = {
        { .status = BM_KPI_CANCELLED }, { .status = BM_KPI_CANCELLED }, { .status = BM_KPI_COMPLETED },
        { .status = BM_KPI_COMPLETED }, { .status = BM_KPI_COMPLETED }, { .status = BM_KPI_TIMED_OUT },
    };
    bm_kpi_figures_t totals;

    bm_kpi_fold_totals(&totals, fold_of(&everything, samples, 6, 6));
    ck_assert_uint_eq(totals.runs, 6);
    ck_assert_double_eq(totals.success_rate, 75);
    bm_kpi_fold_totals(&totals, fold_of(&everything, samples, 2, 2));
    ck_assert_uint_eq(totals.runs, 2);
    ck_assert_double_nan(totals.success_rate);
}
END_TEST

typedef struct range_case_t {
    bm_kpi_range_t range;
    apr_uint64_t runs;      /* of one run in each of the hours -1, 10, 11, 12, 13 */
    int buckets;
} range_case_t;

static const range_case_t ranges[] = {
    { { 0, 0, 0, 0 }, 4, 0 },
    { { 0, 0, 1, 0 }, 4, 4 },
    { { 0, 0, 4, 0 }, 4, 2 },
    { { 11, 13, 1, 0 }, 2, 2 },
    { { 13, 0, 1, 0 }, 1, 1 },
    { { 14, 0, 1, 0 }, 0, 0 },
    { { -5, 11, 24, 0 }, 2, 2 },
    { { 0, 0, 1, 7 }, 0, 0 },
};

BM_LOOP_TEST(the_range_is_half_open_and_buckets_are_aligned, BM_COUNT(ranges))
{
    static const apr_int32_t hours[] = { -1, 10, 11, 12, 13 };
    bm_kpi_sample_t samples[BM_COUNT(hours)] = { { 0 } };
    bm_kpi_fold_t *fold;
    bm_kpi_figures_t totals;
    apr_array_header_t *series;

    for (size_t i = 0; i < BM_COUNT(hours); i++)
        samples[i].finished_hour = hours[i];
    fold = fold_of(&ranges[_i].range, samples, BM_COUNT(hours), 1);
    bm_kpi_fold_totals(&totals, fold);
    ck_assert_uint_eq(totals.runs, ranges[_i].runs);
    series = bm_kpi_fold_series(fold, g_pool);
    ck_assert_int_eq(series->nelts, ranges[_i].buckets);
    for (int i = 0; i < series->nelts; i++)
        ck_assert_int_eq(APR_ARRAY_IDX(series, i, bm_kpi_row_t).id % ranges[_i].range.bucket_hours, 0);
    if (ranges[_i].range.from_hour < 0)
        ck_assert_int_eq(APR_ARRAY_IDX(series, 0, bm_kpi_row_t).id, -24);
}
END_TEST

static int pick_location(const bm_kpi_sample_t *sample, apr_int64_t id)
{
    return sample->location_id == id;
}

BM_TEST(locations_have_rows_of_their_own_and_are_in_the_total)
{
    bm_kpi_sample_t *samples = samples_make(600, 11);
    bm_kpi_fold_t *fold;
    apr_array_header_t *rows;
    bm_kpi_figures_t totals;

    for (int i = 0; i < 600; i++)
        samples[i].location_id = i % 7 == 0 ? 0 : 4 + i % 3;
    fold = fold_of(&everything, samples, 600, 50);
    rows = bm_kpi_fold_locations(fold, g_pool);
    ck_assert_int_eq(rows->nelts, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(APR_ARRAY_IDX(rows, i, bm_kpi_row_t).id, 4 + i);
        assert_figures(&APR_ARRAY_IDX(rows, i, bm_kpi_row_t).figures, samples, 600, pick_location, 4 + i);
    }
    bm_kpi_fold_totals(&totals, fold);
    assert_figures(&totals, samples, 600, pick_all, 0);
}
END_TEST

/* Cells of a label repeat runs that label 0 has as well. */
BM_TEST(cells_of_other_labels_are_passed_over)
{
    bm_kpi_sample_t sample = { .scenario_id = 1 };
    bm_kpi_range_t labelled = { .label_id = 7 };
    bm_kpi_fold_t *all = bm_kpi_fold_make(&everything, g_pool), *label = bm_kpi_fold_make(&labelled, g_pool);
    apr_array_header_t *deltas;
    bm_kpi_delta_t *d;
    bm_kpi_figures_t totals;

    ck_assert_int_eq(bm_kpi_delta_create(&deltas, &sample, 1, g_pool, g_pool), APR_SUCCESS);
    d = &APR_ARRAY_IDX(deltas, 0, bm_kpi_delta_t);
    for (int label_id = 0; label_id < 10; label_id += 7) {
        d->key.label_id = label_id;
        ck_assert_int_eq(bm_kpi_fold_add(all, &d->key, d->body, d->len), APR_SUCCESS);
        ck_assert_int_eq(bm_kpi_fold_add(label, &d->key, d->body, d->len), APR_SUCCESS);
    }
    bm_kpi_fold_totals(&totals, all);
    ck_assert_uint_eq(totals.runs, 1);
    bm_kpi_fold_totals(&totals, label);
    ck_assert_uint_eq(totals.runs, 1);
}
END_TEST

BM_TEST(damaged_bytes_are_refused_and_leave_the_fold_as_it_was)
{
    bm_kpi_sample_t *samples = samples_make(300, 5);
    bm_kpi_fold_t *fold = fold_of(&everything, samples, 300, 300);
    apr_array_header_t *deltas;
    const bm_kpi_delta_t *d;
    unsigned char *damaged;
    bm_kpi_figures_t totals;

    ck_assert_int_eq(bm_kpi_delta_create(&deltas, samples, 5, g_pool, g_pool), APR_SUCCESS);
    d = &APR_ARRAY_IDX(deltas, 0, bm_kpi_delta_t);
    for (apr_size_t cut = 0; cut < 20; cut++)               /* not as far as the first metric */
        ck_assert_int_eq(bm_kpi_fold_add(fold, &d->key, d->body, cut), APR_EINVAL);
    damaged = apr_pmemdup(g_pool, d->body, d->len);
    damaged[0] = 9;
    ck_assert_int_eq(bm_kpi_fold_add(fold, &d->key, damaged, d->len), APR_EINVAL);
    bm_kpi_fold_totals(&totals, fold);
    assert_figures(&totals, samples, 300, pick_all, 0);
    ck_assert_int_eq(bm_kpi_fold_scenarios(fold, g_pool)->nelts, SAMPLE_SCENARIOS);
}
END_TEST

/* Each damage by itself to the three sketches that a fold reads. */
static const bm_kpi_metric_e read_metrics[] = { BM_KPI_TOTAL, BM_KPI_TTFT, BM_KPI_ITL };

BM_LOOP_TEST(a_damaged_sketch_refuses_the_whole_cell, BM_COUNT(read_metrics))
{
    const double gap[] = { 3 };
    bm_kpi_sample_t sample = { .scenario_id = 1, .itl = { gap, NULL, read_metrics[_i] == BM_KPI_ITL } };
    bm_kpi_fold_t *fold = bm_kpi_fold_make(&everything, g_pool);
    apr_array_header_t *deltas;
    const bm_kpi_delta_t *d;
    unsigned char *damaged;
    bm_kpi_figures_t totals;

    if (read_metrics[_i] != BM_KPI_ITL)
        bm_kpi_sample_set(&sample, read_metrics[_i], 3);
    ck_assert_int_eq(bm_kpi_delta_create(&deltas, &sample, 1, g_pool, g_pool), APR_SUCCESS);
    d = &APR_ARRAY_IDX(deltas, 0, bm_kpi_delta_t);
    damaged = apr_pmemdup(g_pool, d->body, d->len);
    damaged[d->len - 29] = 2;                       /* the sketch is the last 29 bytes: its version */
    ck_assert_int_eq(bm_kpi_fold_add(fold, &d->key, damaged, d->len), APR_EINVAL);
    bm_kpi_fold_totals(&totals, fold);
    ck_assert_uint_eq(totals.runs, 0);
    ck_assert_int_eq(bm_kpi_fold_add(fold, &d->key, d->body, d->len), APR_SUCCESS);
    bm_kpi_fold_totals(&totals, fold);
    ck_assert_uint_eq(totals.runs, 1);
}
END_TEST

BM_TEST(more_values_than_can_be_counted_are_refused)
{
    const double gap[] = { 3 };
    const apr_uint32_t most[] = { APR_UINT32_MAX };
    bm_kpi_fold_t *fold = bm_kpi_fold_make(&everything, g_pool);
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);
    bm_kpi_key_t key = { .scenario_id = 1 };
    bm_kpi_figures_t totals;
    const unsigned char *bytes;
    apr_size_t len;

    bm_kpi_cell_add_values(cell, BM_KPI_TOTAL, &(bm_kpi_gaps_t){ gap, most, 1 });
    while (bm_kpi_cell_merge(cell, cell) == APR_SUCCESS)
        continue;
    bytes = bm_kpi_cell_write(&len, cell, g_pool);
    ck_assert_int_eq(bm_kpi_fold_add(fold, &key, bytes, len), APR_SUCCESS);
    key.scenario_id = 2;                            /* even if no scenario alone has too many */
    ck_assert_int_eq(bm_kpi_fold_add(fold, &key, bytes, len), APR_ENOSPC);
    bm_kpi_fold_totals(&totals, fold);
    ck_assert_uint_eq(totals.total_ms.n, bm_sketch_head(bm_kpi_cell_sketch(cell, BM_KPI_TOTAL))->n);
    ck_assert_int_eq(bm_kpi_fold_scenarios(fold, g_pool)->nelts, 1);
}
END_TEST

static void assert_same_rows(const apr_array_header_t *a, const apr_array_header_t *b)
{
    ck_assert_int_eq(a->nelts, b->nelts);
    for (int i = 0; i < a->nelts; i++) {
        const bm_kpi_row_t *x = &APR_ARRAY_IDX(a, i, bm_kpi_row_t), *y = &APR_ARRAY_IDX(b, i, bm_kpi_row_t);

        ck_assert_int_eq(x->id, y->id);
        assert_same_figures(&x->figures, &y->figures);
    }
}

/* Some runs folded, written, read, and the others added to what was read, are all runs folded. */
BM_TEST(a_fold_that_was_written_goes_on_as_if_it_had_not)
{
    bm_kpi_sample_t *samples = samples_make(RUNS, 1);
    bm_kpi_fold_t *whole = fold_of(&everything, samples, RUNS, 100), *part, *read;
    bm_kpi_figures_t x, y;
    const unsigned char *bytes;
    apr_array_header_t *deltas;
    apr_size_t len, again;

    for (int at = 0; at <= RUNS; at += RUNS / 4) {
        part = fold_of(&everything, samples, at, 100);
        bytes = bm_kpi_fold_write(&len, part, g_pool);
        ck_assert_int_eq(bm_kpi_fold_read(&read, &everything, bytes, len, g_pool), APR_SUCCESS);
        bm_kpi_fold_totals(&x, part);
        bm_kpi_fold_totals(&y, read);
        assert_same_figures(&x, &y);
        assert_same_rows(bm_kpi_fold_scenarios(part, g_pool), bm_kpi_fold_scenarios(read, g_pool));
        (void)bm_kpi_fold_write(&again, read, g_pool);
        ck_assert_uint_eq(again, len);
        if (at < RUNS) {
            ck_assert_int_eq(bm_kpi_delta_create(&deltas, samples + at, RUNS - at, g_pool, g_pool), APR_SUCCESS);
            fold_deltas(read, deltas);
        }
        bm_kpi_fold_totals(&x, whole);
        bm_kpi_fold_totals(&y, read);
        assert_same_figures(&x, &y);
        assert_same_rows(bm_kpi_fold_scenarios(whole, g_pool), bm_kpi_fold_scenarios(read, g_pool));
        assert_same_rows(bm_kpi_fold_locations(whole, g_pool), bm_kpi_fold_locations(read, g_pool));
        assert_same_rows(bm_kpi_fold_series(whole, g_pool), bm_kpi_fold_series(read, g_pool));
    }
}
END_TEST

/* The interval of the median holds it and is that of order statistics, whether the total was read or added up. */
BM_TEST(figures_of_the_total_have_intervals)
{
    static const double q[] = { 0.5, 0.95, 0.99 };
    bm_kpi_fold_t *fold = fold_of(&everything, samples_make(RUNS, 5), RUNS, 100), *read;
    bm_kpi_figures_t totals;
    bm_kpi_figure_t one, other;
    apr_size_t len;
    const unsigned char *bytes = bm_kpi_fold_write(&len, fold, g_pool);

    ck_assert_int_eq(bm_kpi_fold_read(&read, &everything, bytes, len, g_pool), APR_SUCCESS);
    for (int i = 0; i < 2; i++) {
        bm_kpi_metric_e metric = i == 0 ? BM_KPI_TOTAL : BM_KPI_TTFT;
        const bm_kpi_quantiles_t *known = i == 0 ? &totals.total_ms : &totals.ttft_ms;

        bm_kpi_fold_figure(&one, fold, metric);
        bm_kpi_fold_figure(&other, read, metric);
        bm_kpi_fold_totals(&totals, fold);
        ck_assert_uint_eq(one.n, known->n);
        ck_assert_double_eq(one.at[0].value, known->p50);
        ck_assert_double_eq(one.at[1].value, known->p95);
        ck_assert_double_lt(one.at[0].low, one.at[0].value);
        ck_assert_double_lt(one.at[0].value, one.at[0].high);
        for (int k = 0; k < 2; k++) {                       /* p99 may have none: NaN differs from itself */
            ck_assert_double_eq(one.at[k].low, other.at[k].low);
            ck_assert_double_eq(one.at[k].high, other.at[k].high);
        }
        for (int k = 0; k < 3; k++)
            ck_assert_int_eq(one.at[k].few, bm_kpi_figure_is_few(one.n, q[k]));
    }
    bm_kpi_fold_figure(&one, bm_kpi_fold_make(&everything, g_pool), BM_KPI_TTFT);
    ck_assert(one.n == 0 && isnan(one.at[0].value) && isnan(one.at[0].low) && one.at[2].few);
}
END_TEST

BM_TEST(a_fold_that_was_cut_is_not_read)
{
    bm_kpi_fold_t *fold = fold_of(&everything, samples_make(50, 1), 50, 50), *read;
    apr_size_t len;
    const unsigned char *bytes = bm_kpi_fold_write(&len, fold, g_pool);

    for (apr_size_t i = 0; i < len; i++)
        ck_assert_int_eq(bm_kpi_fold_read(&read, &everything, bytes, i, g_pool), APR_EINVAL);
}
END_TEST

typedef struct width_case_t {
    apr_int32_t hours;
    int max;
    apr_int32_t width;
} width_case_t;

static const width_case_t widths[] = {
    { 0, 100, 1 }, { 1, 2, 1 }, { 24, 24, 1 }, { 25, 24, 2 }, { 168, 100, 2 }, { 720, 720, 1 }, { 720, 100, 8 },
    { 1440, 100, 24 }, { 8760, 100, 96 }, { 8760, 400, 24 }, { 100, 2, 120 },
    { APR_INT32_MAX, 2, APR_INT32_MAX / 24 * 24 },
};

BM_LOOP_TEST(bucket_widths_are_round_and_keep_the_limit, BM_COUNT(widths))
{
    const width_case_t *c = &widths[_i];

    ck_assert_int_eq(bm_kpi_fold_bucket_hours(0, c->hours, c->max), c->width);
    for (apr_int32_t from = 0; c->hours < APR_INT32_MAX / 2 && c->hours > 0 && from < 200; from++) {
        apr_int32_t width = bm_kpi_fold_bucket_hours(from, from + c->hours, c->max);

        ck_assert_int_le((from + c->hours - 1) / width - from / width + 1, c->max);
    }
}
END_TEST

/* MLPerf's minima, and of the median those of an interval by order statistics. */
BM_TEST(how_many_certify_a_quantile)
{
    static const struct { double q; apr_uint64_t n; } known[] = {
        { 0, 1 }, { 1, 1 }, { 0.5, 8 }, { 0.9, 64 }, { 0.95, 130 }, { 0.99, 662 }, { 0.999, 6636 }
    };
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        ck_assert_uint_eq(bm_kpi_figure_certified_from(known[i].q), known[i].n);
        ck_assert_int_eq(bm_kpi_figure_is_few(known[i].n, known[i].q), 0);
        ck_assert_int_eq(bm_kpi_figure_is_few(known[i].n - 1, known[i].q), 1);
    }
}
END_TEST

#include "test_kpi_fold.reg"
