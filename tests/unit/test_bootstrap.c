/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "stat/bootstrap.h"

enum { MEAN, MEDIAN, P95, OF_END };
static const bm_bootstrap_of_t of[OF_END] = { { -1 }, { 0.5 }, { 0.95 } };

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return one < other ? -1 : one > other;
}

static bm_bootstrap_sample_t lognormal(int n, double scale, bm_rand_t *rand)
{
    double *values = apr_palloc(g_pool, (apr_size_t)n * sizeof(*values));

    for (int i = 0; i < n; i++)
        values[i] = scale * exp(0.5 * bm_rand_normal(rand));
    qsort(values, (size_t)n, sizeof(*values), ascending);
    return (bm_bootstrap_sample_t){ .values = values, .n = (apr_size_t)n };
}

BM_TEST(quantiles_are_linear_between_ranks)
{
    const double values[] = { 10, 20, 40 };

    ck_assert_double_eq(bm_bootstrap_quantile(values, 3, 0), 10);
    ck_assert_double_eq(bm_bootstrap_quantile(values, 3, 0.25), 15);
    ck_assert_double_eq(bm_bootstrap_quantile(values, 3, 0.75), 30);
    ck_assert_double_eq(bm_bootstrap_quantile(values, 3, 1), 40);
    ck_assert_double_eq(bm_bootstrap_quantile(values, 1, 0.3), 10);
    ck_assert(isnan(bm_bootstrap_quantile(values, 0, 0.5)));
}
END_TEST

/* The plain bootstrap: n draws a replicate, sorted, the quantile taken. */
static double plain_error(const bm_bootstrap_sample_t *sample, double q, apr_uint64_t seed)
{
    double sum = 0, squares = 0, *drawn = apr_palloc(g_pool, sample->n * sizeof(*drawn));
    bm_rand_t rand;

    bm_rand_seed(&rand, seed);
    for (int i = 0; i < 4000; i++) {
        double value;

        for (apr_size_t k = 0; k < sample->n; k++)
            drawn[k] = sample->values[bm_rand_below(&rand, sample->n)];
        qsort(drawn, sample->n, sizeof(*drawn), ascending);
        value = bm_bootstrap_quantile(drawn, sample->n, q);
        sum += value;
        squares += value * value;
    }
    return sqrt(squares / 4000 - sum * sum / 4000 / 4000);
}

/* The short cut must have the spread of the long way: beside a side that does not vary, the interval is that of the other. */
static const struct { int n; double q; } spreads[] = { { 5, 0.5 }, { 40, 0.5 }, { 41, 0.95 }, { 200, 0.95 }, { 200, 0.99 } };

BM_LOOP_TEST(quantiles_spread_as_in_the_plain_bootstrap, BM_COUNT(spreads))
{
    const double one = 1;
    const bm_bootstrap_sample_t constant = { .values = &one, .n = 1 };
    const bm_bootstrap_of_t quantile = { spreads[_i].q };
    bm_bootstrap_sample_t sample;
    double error, width = 0;
    bm_bootstrap_t r;
    bm_rand_t rand;

    bm_rand_seed(&rand, 31);
    sample = lognormal(spreads[_i].n, 100, &rand);
    error = plain_error(&sample, spreads[_i].q, 32);
    /* A normal spread has 68.27 % within one standard error; quantiles of few values are lumpy, hence the width. */
    for (apr_uint64_t seed = 1; seed <= 8; seed++) {
        ck_assert(bm_bootstrap_compare(&r, &quantile, 1, &constant, &sample, 0.6827, seed, g_pool));
        width += (r.difference_high - r.difference_low) / 2 / 8;
    }
    ck_assert_msg(width > 0.6 * error && width < 1.4 * error, "half width %g, error %g", width, error);
    ck_assert_double_eq_tol(r.b, bm_bootstrap_quantile(sample.values, sample.n, spreads[_i].q), 1e-12);
    ck_assert_double_eq_tol(r.difference, r.b - 1, 1e-12);
}
END_TEST

/* Lognormal of scale 100 and 120: differences and ratios of their true quantiles and means are known. */
BM_LOOP_TEST(intervals_hold_the_truth, 2)
{
    enum { ROUNDS = 400 };
    const int n = _i == 0 ? 60 : 3000, m = _i == 0 ? 80 : 2500;
    const double at[OF_END] = { exp(0.125), 1, exp(0.5 * 1.6448536269514722) };
    int held[OF_END] = { 0 }, held_ratio[OF_END] = { 0 };
    bm_rand_t rand;

    bm_rand_seed(&rand, 33);
    for (int round = 0; round < ROUNDS; round++) {
        bm_bootstrap_sample_t a = lognormal(n, 100, &rand), b = lognormal(m, 120, &rand);
        bm_bootstrap_t r[OF_END];

        ck_assert(bm_bootstrap_compare(r, of, OF_END, &a, &b, 0.95, (apr_uint64_t)round, g_pool));
        for (int k = 0; k < OF_END; k++) {
            held[k] += r[k].difference_low <= 20 * at[k] && 20 * at[k] <= r[k].difference_high;
            held_ratio[k] += r[k].ratio_low <= 1.2 && 1.2 <= r[k].ratio_high;
        }
        apr_pool_clear(g_pool);
    }
    for (int k = 0; k < OF_END; k++) {
        ck_assert_msg(held[k] >= 0.90 * ROUNDS, "%d: %d of %d held", k, held[k], ROUNDS);
        ck_assert_msg(held_ratio[k] >= 0.90 * ROUNDS, "%d: %d of %d ratios held", k, held_ratio[k], ROUNDS);
    }
}
END_TEST

/* 30 answers of 50 gaps that are all alike within an answer: what looks like 1,500 values is worth 30. */
BM_TEST(clusters_are_drawn_together)
{
    enum { ANSWERS = 30, GAPS = 50, N = ANSWERS * GAPS };
    double *values = apr_palloc(g_pool, N * sizeof(*values)), of_answer[ANSWERS];
    int *cluster = apr_palloc(g_pool, N * sizeof(*cluster));
    bm_bootstrap_sample_t a, alone, few;
    bm_bootstrap_t clustered[OF_END], naive[OF_END], true_size[OF_END];
    bm_rand_t rand;

    bm_rand_seed(&rand, 34);
    for (int i = 0; i < ANSWERS; i++)
        of_answer[i] = 10 * exp(0.5 * bm_rand_normal(&rand));
    qsort(of_answer, ANSWERS, sizeof(*of_answer), ascending);
    for (int i = 0; i < N; i++) {
        values[i] = of_answer[i / GAPS];
        cluster[i] = i / GAPS;
    }
    a = (bm_bootstrap_sample_t){ .values = values, .n = N, .cluster = cluster, .clusters = ANSWERS };
    alone = (bm_bootstrap_sample_t){ .values = values, .n = N };
    few = (bm_bootstrap_sample_t){ .values = of_answer, .n = ANSWERS };
    ck_assert(bm_bootstrap_compare(clustered, of, OF_END, &a, &a, 0.95, 1, g_pool));
    ck_assert(bm_bootstrap_compare(naive, of, OF_END, &alone, &alone, 0.95, 1, g_pool));
    ck_assert(bm_bootstrap_compare(true_size, of, OF_END, &few, &few, 0.95, 1, g_pool));
    for (int k = MEAN; k <= MEDIAN; k++) {
        double width = clustered[k].difference_high - clustered[k].difference_low;
        double want = true_size[k].difference_high - true_size[k].difference_low;

        ck_assert_msg(width > 0.8 * want && width < 1.25 * want, "%g, not %g", width, want);
        ck_assert(width > 4 * (naive[k].difference_high - naive[k].difference_low));
        ck_assert(clustered[k].difference == 0 && clustered[k].difference_low < 0 && clustered[k].difference_high > 0);
    }
}
END_TEST

BM_TEST(the_same_seed_gives_the_same_and_order_does_not_matter)
{
    bm_bootstrap_sample_t a, b;
    bm_bootstrap_t one[OF_END], again[OF_END], other[OF_END];
    bm_rand_t rand;

    bm_rand_seed(&rand, 35);
    a = lognormal(50, 100, &rand);
    b = lognormal(70, 100, &rand);
    ck_assert(bm_bootstrap_compare(one, of, OF_END, &a, &b, 0.95, 7, g_pool));
    ck_assert(bm_bootstrap_compare(again, of, OF_END, &a, &b, 0.95, 7, g_pool));
    ck_assert(bm_bootstrap_compare(other, of, OF_END, &a, &b, 0.95, 8, g_pool));
    for (int k = 0; k < OF_END; k++) {
        ck_assert(one[k].difference_low == again[k].difference_low && one[k].ratio_high == again[k].ratio_high);
        ck_assert(one[k].difference == other[k].difference && one[k].difference_low != other[k].difference_low);
    }
}
END_TEST

BM_TEST(nothing_and_zeros)
{
    const double zeros[] = { 0, 0, 0, 0 }, some[] = { 1, 2, 3, 4 };
    const bm_bootstrap_sample_t none = { .values = zeros, .n = 0 }, zero = { .values = zeros, .n = 4 };
    const bm_bootstrap_sample_t values = { .values = some, .n = 4 };
    bm_bootstrap_t r[OF_END];

    ck_assert_int_eq(bm_bootstrap_compare(r, of, OF_END, &none, &values, 0.95, 1, g_pool), 0);
    ck_assert_int_eq(bm_bootstrap_compare(r, of, OF_END, &values, &none, 0.95, 1, g_pool), 0);
    ck_assert(bm_bootstrap_compare(r, of, OF_END, &zero, &values, 0.95, 1, g_pool));
    ck_assert(isnan(r[MEAN].ratio) && isnan(r[MEAN].ratio_low) && r[MEAN].difference == 2.5);
    ck_assert(bm_bootstrap_compare(r, of, OF_END, &values, &zero, 0.95, 1, g_pool));
    ck_assert(r[MEAN].ratio == 0 && r[MEAN].ratio_low == 0 && r[MEAN].ratio_high == 0);
}
END_TEST

#include "test_bootstrap.reg"
