/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "stat/quantile_interval.h"

typedef struct rank_case_t {
    apr_uint64_t n;
    double n_effective, q;
    apr_uint64_t low, high;     /* computed by hand; 0: none */
} rank_case_t;

/* 1000 at 0.5: 500 -+ 30.99; at 0.95: 950 -+ 13.51; at 0.99: 990 -+ 6.17. 500 of 2000 at 0.9: 450 -+ 13.15, times 4. */
static const rank_case_t ranks[] = {
    { 1000, 1000, 0.5, 469, 532 }, { 1000, 1000, 0.95, 936, 965 }, { 1000, 1000, 0.99, 983, 998 },
    { 1000, 1000, 0.999, 0, 0 }, { 1000, 5000, 0.5, 469, 532 }, { 2000, 500, 0.9, 1744, 1860 },
    { 3000, 1000, 0.99, 2949, 2994 }, { 100, 100, 0.5, 40, 61 }, { 5, 5, 0.5, 0, 0 }, { 0, 0, 0.5, 0, 0 },
    { 1000, NAN, 0.5, 469, 532 }, { 1000, 0, 0.5, 0, 0 }, { 1000, 1000, 0, 0, 0 }, { 1000, 1000, 1, 0, 0 },
    { 1000, 1000, NAN, 0, 0 },
};

BM_LOOP_TEST(ranks_are_those_of_the_formula_or_none, BM_COUNT(ranks))
{
    const rank_case_t *c = &ranks[_i];
    apr_uint64_t low = 77, high = 77;

    if (!bm_quantile_interval(&low, &high, c->n, c->n_effective, c->q)) {
        ck_assert_uint_eq(c->low, 0);
        ck_assert(low == 77 && high == 77);
        return;
    }
    ck_assert_uint_eq(low, c->low);
    ck_assert_uint_eq(high, c->high);
}
END_TEST

static double binomial_probability(int k, int n, double q)
{
    return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(q) + (n - k) * log1p(-q));
}

typedef struct cover_case_t {
    int n;
    double q;
} cover_case_t;

static const cover_case_t covers[] = {
    { 30, 0.5 }, { 100, 0.5 }, { 1000, 0.5 }, { 100, 0.9 }, { 1000, 0.9 }, { 200, 0.95 }, { 1000, 0.95 }, { 1000, 0.99 },
    { 5000, 0.99 }, { 10000, 0.999 }, { 300, 0.05 },
};

/* The quantile lies between the two samples when at least `low` and less than `high` samples are below it. */
BM_LOOP_TEST(the_exact_binomial_coverage_is_95_percent_or_hardly_less, BM_COUNT(covers))
{
    const cover_case_t *c = &covers[_i];
    apr_uint64_t low, high;
    double covered = 0;

    ck_assert(bm_quantile_interval(&low, &high, (apr_uint64_t)c->n, c->n, c->q));
    for (apr_uint64_t k = low; k < high; k++)
        covered += binomial_probability((int)k, c->n, c->q);
    ck_assert_msg(covered > 0.95 && covered < 0.99, "n %d, q %g: %g", c->n, c->q, covered);
}
END_TEST

BM_TEST(effective_sizes)
{
    ck_assert_double_eq(bm_quantile_interval_n_effective(1000, 0), 1000);
    ck_assert_double_eq(bm_quantile_interval_n_effective(1000, -0.7), 1000);
    ck_assert_double_eq(bm_quantile_interval_n_effective(1000, NAN), 1000);
    ck_assert_double_eq_tol(bm_quantile_interval_n_effective(1000, 0.5), 1000.0 / 3, 1e-9);
    ck_assert_double_eq_tol(bm_quantile_interval_n_effective(1000, 0.9), 1000.0 / 19, 1e-9);
    ck_assert_double_eq(bm_quantile_interval_n_effective(1000, 1), 1);
    ck_assert_double_eq(bm_quantile_interval_n_effective(10, 0.99), 1);
    ck_assert_double_eq(bm_quantile_interval_n_effective(0, 0.5), 0);
}
END_TEST

/* --- autocorrelation --- */

/* A first-order autoregressive series: x' = r x + noise, around `level`. */
static void series(double *x, int n, double r, double level, apr_uint64_t seed)
{
    bm_rand_t rand;
    double at;

    bm_rand_seed(&rand, seed);
    at = bm_rand_normal(&rand) / sqrt(1 - r * r);
    for (int i = 0; i < n; i++) {
        x[i] = level + at;
        at = r * at + bm_rand_normal(&rand);
    }
}

static double in_two_passes(const double *x, int n)
{
    long double sum = 0, products = 0, squares = 0;

    for (int i = 0; i < n; i++)
        sum += x[i];
    for (int i = 0; i < n; i++) {
        squares += (x[i] - sum / n) * (x[i] - sum / n);
        products += i > 0 ? (x[i] - sum / n) * (x[i - 1] - sum / n) : 0;
    }
    return (double)(products / squares);
}

static double in_one_pass(const double *x, int n)
{
    bm_autocorrelation_t a = { 0 };

    for (int i = 0; i < n; i++)
        bm_autocorrelation_add(&a, x[i]);
    return bm_autocorrelation_value(&a);
}

typedef struct series_case_t {
    int n;
    double r, level, tolerance;
} series_case_t;

/* A level far from 0 takes the digits of the values away, whatever the algorithm. */
static const series_case_t kinds[] = {
    { 2, 0, 0, 1e-12 }, { 3, 0.5, 0, 1e-12 }, { 10, -0.5, 5, 1e-12 }, { 1000, 0, 0, 1e-12 }, { 50000, 0.8, 0, 1e-12 },
    { 50000, 0.8, 1e6, 1e-9 }, { 50000, -0.9, 1e9, 1e-6 },
};

BM_LOOP_TEST(one_pass_finds_what_two_find, BM_COUNT(kinds))
{
    const series_case_t *c = &kinds[_i];
    double *x = apr_palloc(g_pool, sizeof(*x) * (apr_size_t)c->n);

    for (apr_uint64_t seed = 0; seed < 5; seed++) {
        series(x, c->n, c->r, c->level, seed);
        ck_assert_double_eq_tol(in_one_pass(x, c->n), in_two_passes(x, c->n), c->tolerance);
    }
    if (c->n >= 1000)
        ck_assert_double_eq_tol(in_one_pass(x, c->n), c->r, 5 / sqrt(c->n));
}
END_TEST

BM_TEST(a_cold_first_value_does_not_spoil_the_digits)
{
    double *x = apr_palloc(g_pool, sizeof(*x) * 10000);

    series(x, 10000, 0.6, 100, 1);
    x[0] = 1e7;
    ck_assert_double_eq_tol(in_one_pass(x, 10000), in_two_passes(x, 10000), 1e-12);
}
END_TEST

BM_TEST(short_constant_and_broken_series_have_none)
{
    bm_autocorrelation_t a = { 0 };

    ck_assert_double_eq(bm_autocorrelation_value(&a), 0);
    bm_autocorrelation_add(&a, 3);
    ck_assert_double_eq(bm_autocorrelation_value(&a), 0);
    bm_autocorrelation_add(&a, 3);
    bm_autocorrelation_add(&a, NAN);
    bm_autocorrelation_add(&a, INFINITY);
    bm_autocorrelation_add(&a, 3);
    ck_assert_double_eq(bm_autocorrelation_value(&a), 0);
    ck_assert_uint_eq(a.n, 3);
}
END_TEST

/* How often the interval of the median holds the true one (0) when neighbours resemble each other: by n samples far too
 * rarely, by effective ones as it should, roughly. */
BM_TEST(effective_sizes_keep_the_coverage_of_correlated_series)
{
    enum { N = 1000, SERIES = 1000 };
    int naive = 0, effective = 0;
    double x[N];

    for (apr_uint64_t seed = 0; seed < SERIES; seed++) {
        apr_uint64_t low, high;
        int below = 0;

        series(x, N, 0.8, 0, seed);
        for (int i = 0; i < N; i++)
            below += x[i] < 0;
        ck_assert(bm_quantile_interval(&low, &high, N, N, 0.5));
        naive += (apr_uint64_t)below >= low && (apr_uint64_t)below < high;
        ck_assert(bm_quantile_interval(&low, &high, N, bm_quantile_interval_n_effective(N, in_one_pass(x, N)), 0.5));
        effective += (apr_uint64_t)below >= low && (apr_uint64_t)below < high;
    }
    ck_assert_int_lt(naive, 75 * SERIES / 100);
    ck_assert_int_gt(effective, 94 * SERIES / 100);
}
END_TEST

#include "test_quantile_interval.reg"
