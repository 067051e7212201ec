/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "stat/pass_k.h"

/* C(3,2)/C(4,2) = 3/6; C(8,4)/C(10,4) = 70/210; C(9,3)/C(10,3) = 84/120. */
BM_TEST(worked_examples)
{
    ck_assert_double_eq_tol(bm_pass_k(4, 3, 2), 0.5, 1e-15);
    ck_assert_double_eq_tol(bm_pass_k(10, 8, 4), 1.0 / 3, 1e-15);
    ck_assert_double_eq_tol(bm_pass_k(10, 9, 3), 0.7, 1e-15);
    ck_assert_double_eq_tol(bm_pass_k(10, 9, 1), 0.9, 1e-15);
}
END_TEST

BM_TEST(ends)
{
    ck_assert_double_eq(bm_pass_k(5, 5, 5), 1);
    ck_assert_double_eq(bm_pass_k(5, 4, 5), 0);
    ck_assert(isnan(bm_pass_k(4, 4, 5)));
    ck_assert(isnan(bm_pass_k(4, 4, 0)));
    ck_assert(isnan(bm_pass_k(4, 5, 2)));
    ck_assert_double_eq_tol(bm_pass_k(10000000, 9990000, 1000), pow(0.999, 1000), 1e-3);
}
END_TEST

/* Unbiased: its mean over all outcomes of n trials is p^k. The naive (c/n)^k is above it. */
BM_TEST(the_mean_over_all_outcomes_is_p_to_the_k)
{
    const double p = 0.8;
    const int n = 6, k = 3;
    double mean = 0, naive = 0;

    for (int c = 0; c <= n; c++) {
        double chance = exp(lgamma(n + 1) - lgamma(c + 1) - lgamma(n - c + 1)) * pow(p, c) * pow(1 - p, n - c);

        mean += chance * bm_pass_k((apr_uint64_t)n, (apr_uint64_t)c, k);
        naive += chance * pow((double)c / n, k);
    }
    ck_assert_double_eq_tol(mean, pow(p, k), 1e-12);
    ck_assert_double_gt(naive, pow(p, k) + 0.01);
}
END_TEST

BM_TEST(tasks_weigh_alike_and_those_with_few_trials_are_left_out)
{
    bm_pass_k_sum_t sum = { 0 };

    ck_assert(isnan(bm_pass_k_mean(&sum)));
    bm_pass_k_add(&sum, 1000, 1000, 2);      /* 1 */
    bm_pass_k_add(&sum, 4, 3, 2);            /* 0.5 */
    bm_pass_k_add(&sum, 1, 1, 2);            /* says nothing */
    ck_assert_uint_eq(sum.tasks, 2);
    ck_assert_double_eq_tol(bm_pass_k_mean(&sum), 0.75, 1e-15);
}
END_TEST

#include "test_pass_k.reg"
