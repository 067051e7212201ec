/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "stat/two_proportions.h"
#include "stat/wilson.h"

/* Newcombe 1998, table II, method 10: the published intervals of rate 1 minus rate 2. */
static const struct {
    apr_uint64_t k1, n1, k2, n2;
    double low, high;
} published[] = {
    { 56, 70, 48, 80, 0.0524, 0.3339 }, { 9, 10, 3, 10, 0.1705, 0.8090 }, { 6, 7, 2, 7, 0.0582, 0.8062 },
    { 5, 56, 0, 29, -0.0381, 0.1926 }, { 0, 10, 0, 20, -0.1611, 0.2775 }, { 0, 10, 0, 10, -0.2775, 0.2775 },
    { 10, 10, 0, 20, 0.6791, 1.0000 }, { 10, 10, 0, 10, 0.6075, 1.0000 },
};

BM_LOOP_TEST(intervals_are_those_that_newcombe_printed, BM_COUNT(published))
{
    bm_two_proportions_t r;

    ck_assert_int_eq(bm_two_proportions_compare(&r, published[_i].k2, published[_i].n2, published[_i].k1, published[_i].n1,
                                                BM_WILSON_Z95), APR_SUCCESS);
    ck_assert_double_eq_tol(r.low, published[_i].low, 5.1e-5);
    ck_assert_double_eq_tol(r.high, published[_i].high, 5.1e-5);
}
END_TEST

/* scipy 1.10.1: fisher_exact, and chi2_contingency without correction. */
static const struct {
    apr_uint64_t k1, n1, k2, n2;
    int exact;
    double p;
} tests[] = {
    { 8, 10, 1, 6, 1, 0.034965034965034975 }, { 3, 4, 1, 4, 1, 0.48571428571428565 }, { 0, 20, 5, 20, 1, 0.04712404712404713 },
    { 56, 70, 48, 80, 0, 0.008045081368196585 }, { 950, 1000, 900, 1000, 0, 2.1882399336137240e-05 },
    { 15, 50, 30, 60, 0, 0.03364172171182352 },
};

BM_LOOP_TEST(p_values_equal_those_of_scipy, BM_COUNT(tests))
{
    bm_two_proportions_t r;

    ck_assert_int_eq(bm_two_proportions_compare(&r, tests[_i].k1, tests[_i].n1, tests[_i].k2, tests[_i].n2, BM_WILSON_Z95),
                     APR_SUCCESS);
    ck_assert_int_eq(r.is_exact, tests[_i].exact);
    ck_assert_double_eq_tol(r.p / tests[_i].p, 1, 1e-9);
}
END_TEST

static double choose(int n, int k)
{
    double all = 1;

    for (int i = 1; i <= k; i++)
        all = all * (n - k + i) / i;
    return all;
}

/* Every table of the same margins, one by one. */
static double fisher_by_hand(int k1, int n1, int k2, int n2)
{
    double found = choose(n1, k1) * choose(n2, k2), sum = 0;

    for (int x = 0; x <= n1; x++) {
        int y = k1 + k2 - x;
        double ways = y >= 0 && y <= n2 ? choose(n1, x) * choose(n2, y) : 0;

        if (ways <= found * (1 + 1e-7))
            sum += ways;
    }
    return sum / choose(n1 + n2, k1 + k2);
}

BM_TEST(small_tables_equal_the_enumeration)
{
    for (int n1 = 1; n1 <= 9; n1++)
        for (int n2 = 1; n2 <= 9; n2++)
            for (int k1 = 0; k1 <= n1; k1++)
                for (int k2 = 0; k2 <= n2; k2++) {
                    bm_two_proportions_t r;

                    ck_assert_int_eq(bm_two_proportions_compare(&r, (apr_uint64_t)k1, (apr_uint64_t)n1, (apr_uint64_t)k2,
                                                                (apr_uint64_t)n2, BM_WILSON_Z95), APR_SUCCESS);
                    ck_assert(-1 <= r.low && r.low <= r.difference && r.difference <= r.high && r.high <= 1);
                    if (r.is_exact)
                        ck_assert_double_eq_tol(r.p, fisher_by_hand(k1, n1, k2, n2), 1e-12);
                }
}
END_TEST

BM_TEST(swapping_sides_turns_the_sign)
{
    bm_rand_t rand;

    bm_rand_seed(&rand, 5);
    for (int i = 0; i < 1000; i++) {
        apr_uint64_t n = 1 + bm_rand_below(&rand, 1000000), m = 1 + bm_rand_below(&rand, 300);
        apr_uint64_t k = bm_rand_below(&rand, 2) ? n - bm_rand_below(&rand, n < 4 ? n : 4) : bm_rand_below(&rand, n + 1);
        apr_uint64_t j = bm_rand_below(&rand, m + 1);
        bm_two_proportions_t one, other;

        ck_assert_int_eq(bm_two_proportions_compare(&one, k, n, j, m, BM_WILSON_Z95), APR_SUCCESS);
        ck_assert_int_eq(bm_two_proportions_compare(&other, j, m, k, n, BM_WILSON_Z95), APR_SUCCESS);
        ck_assert_double_eq_tol(one.difference, -other.difference, 1e-12);
        ck_assert_double_eq_tol(one.low, -other.high, 1e-12);
        ck_assert_double_eq_tol(one.p, other.p, 1e-9);
        ck_assert(one.p >= 0 && one.p <= 1);
    }
}
END_TEST

BM_TEST(impossible_figures_are_refused)
{
    bm_two_proportions_t r;

    ck_assert_int_eq(bm_two_proportions_compare(&r, 0, 0, 1, 2, BM_WILSON_Z95), APR_EINVAL);
    ck_assert_int_eq(bm_two_proportions_compare(&r, 1, 2, 0, 0, BM_WILSON_Z95), APR_EINVAL);
    ck_assert_int_eq(bm_two_proportions_compare(&r, 3, 2, 0, 1, BM_WILSON_Z95), APR_EINVAL);
    ck_assert_int_eq(bm_two_proportions_compare(&r, 1, 2, 1, 2, NAN), APR_EINVAL);
}
END_TEST

#include "test_two_proportions.reg"
