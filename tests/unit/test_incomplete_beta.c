/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "stat/incomplete_beta.h"

typedef struct case_t {
    double x, a, b, value;      /* of the binomial sum, in fractions of whole numbers */
} case_t;

static const case_t cases[] = {
    { 0.5, 1, 1, 0.5 }, { 0.3, 2, 5, 0.579825 }, { 0.9, 20, 3, 0.62004093841190337 }, { 0.01, 1, 100, 0.63396765872677050 },
    { 0.99, 661, 2, 0.0099139856454593704 }, { 0.5, 1000, 1000, 0.5 }, { 0.05, 100, 1500, 0.014589890248697106 },
    { 0.9, 50, 50, 1 }, { 0.001, 2, 3, 0.000005992003 }, { 0, 3, 4, 0 }, { 1, 3, 4, 1 },
};

BM_LOOP_TEST(whole_arguments_give_the_binomial_sum, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];

    ck_assert_double_eq_tol(bm_incomplete_beta(c->x, c->a, c->b), c->value, 1e-11 * c->value + 1e-300);
    ck_assert_double_eq_tol(bm_incomplete_beta(c->x, c->a, c->b) + bm_incomplete_beta(1 - c->x, c->b, c->a), 1, 1e-11);
}
END_TEST

/* I_x(1/2, 1/2) = 2/pi asin(sqrt x); I_x(a, 1) = x^a. */
BM_TEST(closed_forms)
{
    for (double x = 0.001; x < 1; x += 0.037) {
        ck_assert_double_eq_tol(bm_incomplete_beta(x, 0.5, 0.5), 2 / M_PI * asin(sqrt(x)), 1e-13);
        ck_assert_double_eq_tol(bm_incomplete_beta(x, 7.3, 1), pow(x, 7.3), 1e-13);
        ck_assert_double_eq_tol(bm_incomplete_beta(x, 1, 0.4), 1 - pow(1 - x, 0.4), 1e-13);
    }
}
END_TEST

/* At the middle of a distribution as wide as that of 2 * 10^7 samples. */
BM_TEST(large_arguments_end)
{
    ck_assert_double_eq_tol(bm_incomplete_beta(0.5, 1e7, 1e7), 0.5, 1e-6);
    ck_assert_double_eq_tol(bm_incomplete_beta(0.9, 9e8, 1e8), 0.5, 1e-4);
}
END_TEST

BM_TEST(other_arguments_are_not_numbers)
{
    ck_assert(isnan(bm_incomplete_beta(-0.1, 1, 1)));
    ck_assert(isnan(bm_incomplete_beta(1.1, 1, 1)));
    ck_assert(isnan(bm_incomplete_beta(NAN, 1, 1)));
    ck_assert(isnan(bm_incomplete_beta(0.5, 0, 1)));
    ck_assert(isnan(bm_incomplete_beta(0.5, 1, -1)));
    ck_assert(isnan(bm_incomplete_beta(0.5, INFINITY, 1)));
}
END_TEST

#include "test_incomplete_beta.reg"
