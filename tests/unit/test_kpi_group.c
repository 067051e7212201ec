/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups of cells, figures and histograms against the values that went in. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include "base/rand.h"
#include "kpi/kpi_figure.h"
#include "kpi/kpi_group.h"
#include "kpi/kpi_histogram.h"
#include "stat/quantile_interval.h"

static const bm_kpi_metric_e two[] = { BM_KPI_E2E, BM_KPI_QUEUE };

static void add(bm_kpi_groups_t *groups, apr_int64_t one, apr_int64_t other, bm_kpi_status_e status, double e2e,
                const char *error)
{
    const apr_int64_t key[BM_KPI_GROUP_PARTS] = { one, other };
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);
    bm_kpi_sample_t sample = { .status = status, .error_class = error, .completion_tokens = 3, .cost = 0.25 };
    const unsigned char *data;
    apr_size_t len;

    bm_kpi_sample_set(&sample, BM_KPI_E2E, e2e);
    bm_kpi_sample_set(&sample, BM_KPI_QUEUE, 1);
    bm_kpi_sample_set(&sample, BM_KPI_TTFT, 2);
    ck_assert_int_eq(bm_kpi_cell_add_run(cell, &sample), APR_SUCCESS);
    data = bm_kpi_cell_write(&len, cell, g_pool);
    ck_assert_int_eq(bm_kpi_groups_add(groups, key, data, len), APR_SUCCESS);
}

BM_TEST(cells_of_one_key_are_one_group)
{
    bm_kpi_groups_t *groups = bm_kpi_groups_make(two, 2, g_pool);
    apr_array_header_t *list;
    bm_kpi_group_t *group;

    add(groups, 2, -1, BM_KPI_COMPLETED, 10, NULL);
    add(groups, 1, 5, BM_KPI_COMPLETED, 20, NULL);
    add(groups, 2, -1, BM_KPI_FAILED, 30, "timeout");
    add(groups, 2, -1, BM_KPI_FAILED, 30, "timeout");
    add(groups, 1, 4, BM_KPI_CANCELLED, 40, "cancelled");
    list = bm_kpi_groups_list(groups, g_pool);
    ck_assert_int_eq(list->nelts, 3);
    group = APR_ARRAY_IDX(list, 0, bm_kpi_group_t *);
    ck_assert_int_eq(group->key[0], 1);
    ck_assert_int_eq(group->key[1], 4);
    ck_assert_uint_eq(bm_kpi_group_attempts(group), 0);
    ck_assert_uint_eq(bm_kpi_group_runs(group), 1);
    group = APR_ARRAY_IDX(list, 2, bm_kpi_group_t *);
    ck_assert_int_eq(group->key[0], 2);
    ck_assert_uint_eq(bm_kpi_group_runs(group), 3);
    ck_assert_uint_eq(bm_sketch_head(group->metrics[BM_KPI_E2E])->n, 1);        /* what failed has no latency */
    ck_assert_uint_eq(bm_sketch_head(group->metrics[BM_KPI_QUEUE])->n, 3);      /* but waited like all others */
    ck_assert_ptr_null(group->metrics[BM_KPI_TTFT]);
    ck_assert_int_eq(group->errors->nelts, 1);
    ck_assert_uint_eq(APR_ARRAY_IDX(group->errors, 0, bm_kpi_error_t).count, 2);
    group = bm_kpi_groups_total(groups, g_pool);
    ck_assert_uint_eq(bm_kpi_group_runs(group), 5);
    ck_assert_int_eq(group->errors->nelts, 2);
    ck_assert_uint_eq(group->counts.completion_tokens, 15);
    ck_assert_double_eq_tol(group->counts.cost, 1.25, 1e-12);
    ck_assert_double_eq(bm_sketch_head(group->metrics[BM_KPI_E2E])->max, 20);
}
END_TEST

/* Values that stay packed are the same values, and a damaged one is refused when it is wanted. */
BM_TEST(packed_values_are_those_of_sketches)
{
    bm_kpi_groups_t *groups = bm_kpi_groups_make(two, 2, g_pool), *packed = bm_kpi_groups_make_packed(two, 2, g_pool);
    bm_sketch_t *sketch = bm_sketch_make(g_pool);
    apr_array_header_t *list, *packed_list;
    bm_kpi_packed_t damaged = { (const unsigned char *)"x", 1 };
    int i, k;

    for (i = 0; i < 200; i++) {
        add(groups, i % 7, i % 3, i % 5 ? BM_KPI_COMPLETED : BM_KPI_FAILED, i, i % 5 ? NULL : "timeout");
        add(packed, i % 7, i % 3, i % 5 ? BM_KPI_COMPLETED : BM_KPI_FAILED, i, i % 5 ? NULL : "timeout");
    }
    list = bm_kpi_groups_list(groups, g_pool);
    packed_list = bm_kpi_groups_list(packed, g_pool);
    ck_assert_int_eq(packed_list->nelts, list->nelts);
    for (i = 0; i < list->nelts; i++) {
        const bm_kpi_group_t *group = APR_ARRAY_IDX(list, i, bm_kpi_group_t *);
        const bm_kpi_group_t *other = APR_ARRAY_IDX(packed_list, i, bm_kpi_group_t *);

        ck_assert_mem_eq(other->key, group->key, sizeof(group->key));
        ck_assert_mem_eq(&other->counts, &group->counts, sizeof(group->counts));
        for (k = 0; k < 2; k++) {
            ck_assert_int_eq(bm_kpi_group_unpack(sketch, other, two[k]), APR_SUCCESS);
            ck_assert_mem_eq(bm_sketch_head(sketch), bm_sketch_head(group->metrics[two[k]]), sizeof(bm_sketch_head_t));
            ck_assert_double_eq(bm_sketch_quantile(sketch, 0.7), bm_sketch_quantile(group->metrics[two[k]], 0.7));
        }
    }
    ck_assert_uint_eq(bm_kpi_group_runs(bm_kpi_groups_total(packed, g_pool)), 200);
    APR_ARRAY_PUSH(APR_ARRAY_IDX(packed_list, 0, bm_kpi_group_t *)->packed[two[0]], bm_kpi_packed_t) = damaged;
    ck_assert_int_eq(bm_kpi_group_unpack(sketch, APR_ARRAY_IDX(packed_list, 0, bm_kpi_group_t *), two[0]), APR_EINVAL);
    ck_assert_uint_eq(bm_sketch_head(sketch)->n, 0);
}
END_TEST

BM_TEST(a_damaged_cell_is_refused)
{
    static const apr_int64_t key[BM_KPI_GROUP_PARTS] = { 0 };
    bm_kpi_groups_t *groups = bm_kpi_groups_make(two, 2, g_pool);

    ck_assert_int_eq(bm_kpi_groups_add(groups, key, "\377nothing", 8), APR_EINVAL);
    ck_assert_int_eq(bm_kpi_groups_list(groups, g_pool)->nelts, 0);
}
END_TEST

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The interval of a quantile holds the samples of its ranks, and the value is within the sketch's error of the exact one. */
BM_TEST(figures_agree_with_the_sorted_values)
{
    static const double q[] = { 0, 0.1, 0.5, 0.95, 0.99, 1 };
    static const int sizes[] = { 1, 2, 3, 10, 100, 661, 662, 5000 };
    double values[5000];
    bm_rand_t rand;
    size_t s;
    int i, k;

    bm_rand_seed(&rand, 7);
    for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        bm_sketch_t *sketch = bm_sketch_make(g_pool);
        bm_kpi_figure_t figure;
        int n = sizes[s];

        for (i = 0; i < n; i++) {
            values[i] = exp(3 * bm_rand_uniform(&rand) + (i % 5 == 0 ? 4 : 0));
            bm_sketch_add(sketch, values[i], 1);
        }
        qsort(values, (size_t)n, sizeof(double), ascending);
        bm_kpi_figure_of(&figure, sketch, q, 6);
        ck_assert_uint_eq(figure.n, (unsigned)n);
        ck_assert_double_eq(figure.min, values[0]);
        ck_assert_double_eq(figure.max, values[n - 1]);
        for (k = 0; k < 6; k++) {
            double rank = q[k] * (n - 1), below = values[(int)rank], above = values[(int)ceil(rank)];
            double exact = below + (above - below) * (rank - floor(rank));
            apr_uint64_t low, high;

            ck_assert_double_le(fabs(figure.at[k].value - exact), exact * BM_SKETCH_ERROR * 1.000001);
            if (bm_quantile_interval(&low, &high, (apr_uint64_t)n, n, q[k])) {
                ck_assert_double_le(figure.at[k].low, values[low - 1]);
                ck_assert_double_ge(figure.at[k].high, values[high - 1]);
            }
            else
                ck_assert(isnan(figure.at[k].low) && isnan(figure.at[k].high));
        }
        ck_assert_int_eq(figure.at[4].few, n < 662);             /* p99: as MLPerf wants it */
    }
}
END_TEST

BM_TEST(bins_hold_every_value_once)
{
    static const int most[] = { 1, 2, 7, 50, 200 };
    bm_rand_t rand;
    size_t m;
    int i, at;

    bm_rand_seed(&rand, 3);
    for (m = 0; m < sizeof(most) / sizeof(most[0]); m++) {
        bm_sketch_t *sketch = bm_sketch_make(g_pool);
        apr_uint64_t counts[200], sum = 0;
        bm_sketch_bucket_t bucket;
        bm_kpi_bins_t bins;

        bm_sketch_add(sketch, 0.001, 3);
        for (i = 0; i < 1000; i++)
            bm_sketch_add(sketch, exp(6 * bm_rand_uniform(&rand)), 1);
        bins = bm_kpi_bins_for(sketch, most[m]);
        ck_assert_int_ge(bins.count, 1);
        ck_assert_int_le(bins.count, most[m]);
        bm_kpi_bins_count(counts, &bins, sketch);
        for (i = 0; i < bins.count; i++) {
            sum += counts[i];
            ck_assert_double_lt(bm_kpi_bins_edge(&bins, i), bm_kpi_bins_edge(&bins, i + 1));
        }
        ck_assert_uint_eq(sum, 1003);
        ck_assert_uint_ge(counts[0], 3);
        for (at = 0; bm_sketch_next(sketch, &at, &bucket);)
            ck_assert_double_le(bucket.high, bm_kpi_bins_edge(&bins, bins.count) * 1.000001);
    }
    ck_assert_int_eq(bm_kpi_bins_for(bm_sketch_make(g_pool), 10).count, 0);
}
END_TEST

BM_TEST(the_distribution_function_ascends_from_least_to_greatest)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);
    apr_array_header_t *points;
    int i;

    ck_assert_int_eq(bm_kpi_cdf(sketch, 10, g_pool)->nelts, 0);
    for (i = 1; i <= 1000; i++)
        bm_sketch_add(sketch, i, 1);
    points = bm_kpi_cdf(sketch, 100, g_pool);
    ck_assert_int_le(points->nelts, 102);
    ck_assert_int_ge(points->nelts, 60);
    for (i = 0; i < points->nelts; i++) {
        const bm_kpi_cdf_point_t *point = &APR_ARRAY_IDX(points, i, bm_kpi_cdf_point_t);

        ck_assert_double_le(fabs(point->value / 1000 - point->fraction), 0.012);     /* within a bucket of the diagonal */
        ck_assert(i == 0 || (point->value >= point[-1].value && point->fraction > point[-1].fraction));
    }
    ck_assert_double_eq(APR_ARRAY_IDX(points, points->nelts - 1, bm_kpi_cdf_point_t).value, 1000);
}
END_TEST

#include "test_kpi_group.reg"
