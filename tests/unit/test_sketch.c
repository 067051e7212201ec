/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "sketch_samples.h"

/* The bound, and a hair for the rounding of log and exp. */
#define BOUND (BM_SKETCH_ERROR * (1 + 1e-9))

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* PostgreSQL's percentile_cont of values in ascending order. */
static double percentile_cont(const double *sorted, int n, double q)
{
    double rank = q * (n - 1), below = floor(rank);

    return sorted[(int)below] + (sorted[(int)ceil(rank)] - sorted[(int)below]) * (rank - below);
}

/* --- accuracy --- */

BM_LOOP_TEST(every_quantile_is_within_the_bound_of_percentile_cont, BM_COUNT(draws) * BM_COUNT(sizes))
{
    draw_fn *draw = draws[_i / (int)BM_COUNT(sizes)];
    int n = sizes[_i % (int)BM_COUNT(sizes)];

    for (apr_uint64_t seed = 1; seed <= (n <= 100 ? 50 : 2); seed++) {
        double *values = sample_make(draw, n, seed), at_once[BM_COUNT(quantiles)], sum = 0;
        bm_sketch_t *s = sketch_of(values, n);

        for (int i = 0; i < n; i++)
            sum += values[i];
        qsort(values, (size_t)n, sizeof(double), ascending);
        bm_sketch_quantiles(s, quantiles, at_once, BM_COUNT(quantiles));
        for (size_t i = 0; i < BM_COUNT(quantiles); i++) {
            double exact = percentile_cont(values, n, quantiles[i]), got = bm_sketch_quantile(s, quantiles[i]);

            ck_assert_double_eq_tol(got, exact, BOUND * exact);
            ck_assert_double_eq(got, at_once[i]);
        }
        ck_assert_uint_eq(bm_sketch_head(s)->n, (apr_uint64_t)n);
        ck_assert_double_eq(bm_sketch_head(s)->min, values[0]);
        ck_assert_double_eq(bm_sketch_head(s)->max, values[n - 1]);
        ck_assert_double_eq(bm_sketch_head(s)->sum, sum);
        ck_assert_double_eq(bm_sketch_mean(s), sum / n);
    }
}
END_TEST

BM_TEST(the_bound_holds_at_every_place_of_the_range)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    /* Among a thousand equal values the middle one is an estimate, not the exact minimum or maximum. */
    for (double x = BM_SKETCH_LEAST; x <= BM_SKETCH_MOST; x *= 1.00037) {
        bm_sketch_clear(s);
        bm_sketch_add(s, x, 1000);
        bm_sketch_add(s, x / 2, 1);
        bm_sketch_add(s, x * 2, 1);
        ck_assert_double_eq_tol(bm_sketch_quantile(s, 0.5), x, BOUND * x);
    }
}
END_TEST

BM_TEST(quantiles_in_any_order_are_those_asked_for)
{
    const double asked[] = { 0.99, 0.5, 0.5, 0, 1, 0.25, -0.1, 1.1, NAN, 0.95 };
    double got[BM_COUNT(asked)];
    bm_sketch_t *s = sketch_of(sample_make(draw_lognormal, 5000, 3), 5000);

    bm_sketch_quantiles(s, asked, got, BM_COUNT(asked));
    for (size_t i = 0; i < BM_COUNT(asked); i++) {
        if (asked[i] >= 0 && asked[i] <= 1)
            ck_assert_double_eq(got[i], bm_sketch_quantile(s, asked[i]));
        else
            ck_assert_double_nan(got[i]);
    }
}
END_TEST

BM_TEST(an_empty_sketch_has_no_quantile)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    ck_assert_double_nan(bm_sketch_quantile(s, 0.5));
    ck_assert_double_nan(bm_sketch_mean(s));
    ck_assert_uint_eq(bm_sketch_head(s)->n, 0);
}
END_TEST

BM_TEST(values_outside_the_range_are_counted_and_their_ends_exact)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    ck_assert_int_eq(bm_sketch_add(s, -3, 1), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 0, 5), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 0.0099, 3), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 10, 2), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 1e12, 1), APR_SUCCESS);
    ck_assert_uint_eq(bm_sketch_head(s)->n, 12);
    ck_assert_uint_eq(bm_sketch_head(s)->zero, 9);
    ck_assert_double_eq(bm_sketch_quantile(s, 0), -3);
    ck_assert_double_eq(bm_sketch_quantile(s, 0.5), 0);
    ck_assert_double_eq_tol(bm_sketch_quantile(s, 9.0 / 11), 10, BOUND * 10);
    ck_assert_double_eq(bm_sketch_quantile(s, 1), 1e12);
}
END_TEST

static const double refused[] = { NAN, INFINITY, -INFINITY, 1.1e18, -1.1e18 };

BM_LOOP_TEST(a_value_that_is_no_duration_is_refused_and_changes_nothing, BM_COUNT(refused))
{
    bm_sketch_t *s = sketch_of((const double[]){ 1, 2 }, 2);
    apr_size_t before_len, len;
    unsigned char *before = wire_of(s, &before_len), *after;

    ck_assert_int_eq(bm_sketch_add(s, refused[_i], 1), APR_EINVAL);
    after = wire_of(s, &len);
    ck_assert_uint_eq(len, before_len);
    ck_assert_mem_eq(after, before, len);
}
END_TEST

BM_TEST(more_values_than_a_double_can_count_are_refused)
{
    bm_sketch_t *s = bm_sketch_make(g_pool), *one = sketch_of((const double[]){ 5 }, 1);

    ck_assert_int_eq(bm_sketch_add(s, 5, BM_SKETCH_COUNT_MAX - 1), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_add(s, 5, 2), APR_ENOSPC);
    ck_assert_int_eq(bm_sketch_merge(s, one), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_merge(s, one), APR_ENOSPC);
    ck_assert_int_eq(bm_sketch_merge(one, s), APR_ENOSPC);
    ck_assert_uint_eq(bm_sketch_head(s)->n, BM_SKETCH_COUNT_MAX);
    ck_assert_uint_eq(bm_sketch_head(one)->n, 1);
}
END_TEST

/* --- merging --- */

BM_LOOP_TEST(merging_parts_in_any_order_is_the_sketch_of_all_values, BM_COUNT(draws))
{
    enum { PARTS = 9 };
    static const int ends[PARTS + 1] = { 0, 0, 1, 3, 30, 70, 71, 1000, 1200, 9000 };    /* empty, sparse and wide ones */
    double *values = sample_make(draws[_i], ends[PARTS], 11);
    bm_sketch_t *all = sketch_of(values, ends[PARTS]);
    bm_rand_t r;

    bm_rand_seed(&r, 5);
    for (int round = 0; round < 40; round++) {
        bm_sketch_t *parts[PARTS];

        for (int i = 0; i < PARTS; i++)
            parts[i] = sketch_of(values + ends[i], ends[i + 1] - ends[i]);
        for (int left = PARTS; left > 1; left--) {      /* a random binary tree of merges */
            int a = (int)bm_rand_below(&r, (apr_uint64_t)left), b = (int)bm_rand_below(&r, (apr_uint64_t)left - 1);

            b += b >= a;
            ck_assert_int_eq(bm_sketch_merge(parts[a], parts[b]), APR_SUCCESS);
            parts[b] = parts[left - 1];
        }
        assert_alike(parts[0], all);
    }
}
END_TEST

BM_LOOP_TEST(merging_with_itself_doubles, BM_COUNT(sizes))
{
    double *values = sample_make(draw_lognormal, sizes[_i], 2);
    bm_sketch_t *s = sketch_of(values, sizes[_i]), *twice = sketch_of(values, sizes[_i]);

    for (int i = 0; i < sizes[_i]; i++)
        bm_sketch_add(twice, values[i], 1);
    ck_assert_int_eq(bm_sketch_merge(s, s), APR_SUCCESS);
    assert_alike(s, twice);
}
END_TEST

BM_LOOP_TEST(times_is_the_same_as_adding_often, BM_COUNT(draws))
{
    double *values = sample_make(draws[_i], 200, 8);
    bm_sketch_t *often = bm_sketch_make(g_pool), *times = bm_sketch_make(g_pool);

    for (int i = 0; i < 200; i++) {
        for (int k = 0; k < i % 5; k++)
            bm_sketch_add(often, values[i], 1);
        bm_sketch_add(times, values[i], (apr_uint64_t)(i % 5));
    }
    assert_alike(times, often);
}
END_TEST

/* The memory of a cleared sketch is used again for values elsewhere in the range. */
BM_TEST(a_cleared_sketch_is_like_a_new_one)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    for (int round = 0; round < 60; round++) {
        draw_fn *draw = draws[round % (int)BM_COUNT(draws)];
        int n = sizes[(round * 7) % (int)BM_COUNT(sizes)];
        double *values = sample_make(draw, n, (apr_uint64_t)round);

        bm_sketch_clear(s);
        for (int i = 0; i < n; i++)
            bm_sketch_add(s, values[i], 1);
        assert_alike(s, sketch_of(values, n));
    }
}
END_TEST

/* Of every rank, also of values below and above the range. */
BM_TEST(the_value_of_a_rank_lies_within_its_bounds)
{
    static const double odd[] = { -3, 0, 0.001, 0.0099999, 0.01, 0.0100001, 0.02, 1, 1, 0.995, 86399999, 86400000, 86400001,
                                  9e9 };
    bm_sketch_t *s = bm_sketch_make(g_pool);
    double *values = apr_palloc(g_pool, 3000 * sizeof(*values));
    bm_rand_t r;
    int n, i;

    ck_assert(isnan(bm_sketch_rank_low(s, 0)) && isnan(bm_sketch_rank_high(s, 1)));
    bm_rand_seed(&r, 7);
    for (n = 1; n <= 3000; n++) {
        double value = n <= (int)BM_COUNT(odd) ? odd[n - 1] : n % 3 ? 0.9 + 0.2 * bm_rand_uniform(&r) : draw_heavy_tail(&r);

        ck_assert_int_eq(bm_sketch_add(s, value, 1), APR_SUCCESS);
        for (i = n - 1; i > 0 && values[i - 1] > value; i--)
            values[i] = values[i - 1];
        values[i] = value;
        if (n > 20 && n < 3000)
            continue;
        for (i = 0; i < n; i++) {
            double low = bm_sketch_rank_low(s, (apr_uint64_t)i + 1), high = bm_sketch_rank_high(s, (apr_uint64_t)i + 1);
            double slack = 1e-12 * fabs(values[i]);

            ck_assert_msg(low <= values[i] + slack && high >= values[i] - slack, "rank %d of %d: %.9g not in %.9g, %.9g", i + 1,
                          n, values[i], low, high);
            ck_assert(values[i] < 0.01 || values[i] > 86e6 || high - low <= 0.0102 * values[i]);
        }
    }
}
END_TEST

/* Some ranks at once, of either form of counters, are what quantiles at these ranks are. */
BM_LOOP_TEST(ranks_are_quantiles_at_ranks, BM_COUNT(draws) * BM_COUNT(sizes))
{
    int n = sizes[_i % (int)BM_COUNT(sizes)], count = 0, i;
    bm_sketch_t *s = sketch_of(sample_make(draws[_i / (int)BM_COUNT(sizes)], n, 5), n);
    apr_uint64_t ranks[64];
    double values[64];

    bm_sketch_add(s, 0, 2);
    n += 2;
    for (i = 0; i < n && count < 62; i += n / 40 + 1)
        ranks[count++] = (apr_uint64_t)i;
    ranks[count++] = (apr_uint64_t)n - 1;
    ranks[count++] = (apr_uint64_t)n - 1;
    bm_sketch_ranks(s, ranks, values, count);
    for (i = 0; i < count; i++)
        ck_assert_double_eq_tol(values[i], bm_sketch_quantile(s, (double)ranks[i] / (n - 1)), 1e-6 + 1e-6 * values[i]);
}
END_TEST

/* Exact for a threshold within the bound of the one asked for. */
BM_TEST(how_many_are_at_most_a_value)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    ck_assert_uint_eq(bm_sketch_at_most(s, 1e9), 0);
    for (int i = 0; i <= 10000; i++)
        ck_assert_int_eq(bm_sketch_add(s, i, 1), APR_SUCCESS);
    for (double x = 0; x <= 12000; x += 7.3) {
        double low = floor(x / (1 + BM_SKETCH_ERROR)) + 1, high = floor(x / (1 - BM_SKETCH_ERROR)) + 1;
        double count = (double)bm_sketch_at_most(s, x);

        ck_assert_msg(count >= fmin(low, 10001) && count <= fmin(high, 10001), "%g: %g not in %g, %g", x, count, low, high);
    }
    ck_assert_uint_eq(bm_sketch_at_most(s, -1), 0);
    ck_assert_uint_eq(bm_sketch_at_most(s, 0), 1);
    ck_assert_uint_eq(bm_sketch_at_most(s, 10000), 10001);
    ck_assert_uint_eq(bm_sketch_at_most(s, NAN), 0);
}
END_TEST

#include "test_sketch.reg"
