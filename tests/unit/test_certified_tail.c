/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "stat/certified_tail.h"

typedef struct minimum_case_t {
    double q;
    apr_uint64_t n;
} minimum_case_t;

/* As MLPerf's early stopping has them, and as docs/load-tests.md promises. */
static const minimum_case_t minima[] = { { 0.9, 64 }, { 0.95, 130 }, { 0.99, 662 }, { 0.999, 6636 } };

BM_LOOP_TEST(the_fewest_samples_are_those_of_mlperf, BM_COUNT(minima))
{
    const minimum_case_t *c = &minima[_i];

    for (apr_uint64_t n = 0; n < c->n; n++) {
        ck_assert_uint_eq(bm_certified_tail_rank(n, c->q), 0);
        ck_assert_int_eq(bm_certified_tail_exists(n, c->q), 0);
    }
    ck_assert_int_eq(bm_certified_tail_exists(c->n, c->q), 1);
    ck_assert_uint_eq(bm_certified_tail_rank(c->n, c->q), c->n - 1);
}
END_TEST

typedef struct rank_case_t {
    apr_uint64_t n;
    double q;
    apr_uint64_t rank;          /* from binomial sums with 40 digits */
} rank_case_t;

static const rank_case_t ranks[] = {
    { 662, 0.99, 661 }, { 1000, 0.99, 998 }, { 1000, 0.9, 922 }, { 1000, 0.95, 966 }, { 10000, 0.999, 9998 },
    { 3007, 0.99, 2990 }, { 20000, 0.9, 18099 }, { 20000, 0.5, 10165 },
};

BM_LOOP_TEST(ranks_are_those_of_exact_sums, BM_COUNT(ranks))
{
    ck_assert_uint_eq(bm_certified_tail_rank(ranks[_i].n, ranks[_i].q), ranks[_i].rank);
}
END_TEST

static const double quantiles[] = { 0.25, 0.5, 0.9, 0.95, 0.99, 0.995 };

static long double at_most(apr_uint64_t t, apr_uint64_t n, double q)
{
    long double share = 1.0L - q, term = powl(q, n), sum = term;

    for (apr_uint64_t k = 1; k <= t; k++) {
        term *= (long double)(n - k + 1) / k * share / q;
        sum += term;
    }
    return sum;
}

BM_LOOP_TEST(one_rank_less_would_not_do, BM_COUNT(quantiles))
{
    double q = quantiles[_i];

    for (apr_uint64_t n = 2; n < 2300; n += n < 200 ? 1 : 97) {
        apr_uint64_t rank = bm_certified_tail_rank(n, q);

        if (rank == 0) {
            ck_assert_ldouble_gt(at_most(1, n, q), 0.01);
            continue;
        }
        ck_assert_ldouble_le(at_most(n - rank, n, q), 0.01);
        ck_assert_ldouble_gt(at_most(n - rank + 1, n, q), 0.01);
    }
}
END_TEST

/* 20,000 samples of 700: the bound of p99 fails in at most 1 of 100. */
BM_TEST(the_bound_holds_as_often_as_it_says)
{
    enum { N = 700, TRIALS = 20000 };
    apr_uint64_t rank = bm_certified_tail_rank(N, 0.99);
    int failed = 0;
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    for (int i = 0; i < TRIALS; i++) {
        apr_uint64_t below = 0;

        for (int k = 0; k < N; k++)
            below += bm_rand_uniform(&r) < 0.99;
        failed += below >= rank;        /* the sample of that rank is below the quantile too */
    }
    ck_assert_int_lt(failed, TRIALS / 100 + 4 * (int)sqrt(TRIALS * 0.01));
    ck_assert_int_gt(failed, TRIALS / 1000);
}
END_TEST

BM_TEST(many_samples_come_close_to_the_quantile)
{
    apr_uint64_t n = 10000000;
    double rank = (double)bm_certified_tail_rank(n, 0.99);

    ck_assert_double_eq_tol(rank, (double)n * 0.99 + 2.326 * sqrt((double)n * 0.99 * 0.01), 3);
}
END_TEST

BM_TEST(impossible_quantiles_have_no_rank)
{
    ck_assert_uint_eq(bm_certified_tail_rank(1000, 0), 0);
    ck_assert_uint_eq(bm_certified_tail_rank(1000, 1), 0);
    ck_assert_uint_eq(bm_certified_tail_rank(1000, -1), 0);
    ck_assert_uint_eq(bm_certified_tail_rank(1000, NAN), 0);
}
END_TEST

#include "test_certified_tail.reg"
