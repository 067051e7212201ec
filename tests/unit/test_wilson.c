/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "stat/wilson.h"

typedef struct case_t {
    apr_uint64_t successes, trials;
    double low, high;      /* the score interval's roots of (p - rate)^2 = z^2 p(1-p)/n, solved apart with 50 digits */
} case_t;

static const case_t cases[] = {
    { 0, 1, 0.0000000000000000, 0.7934506856227626 },
    { 1, 1, 0.2065493143772374, 1.0000000000000000 },
    { 0, 10, 0.0000000000000000, 0.2775327998628892 },
    { 8, 10, 0.4901624715366417, 0.9433178485456247 },
    { 10, 10, 0.7224672001371107, 1.0000000000000000 },
    { 81, 263, 0.2552885198782742, 0.3662095769828000 },
    { 950, 1000, 0.9346861797557492, 0.9618697376072511 },
    { 999999, 1000000, 0.9999943350881957, 0.9999998234754233 },
};

BM_LOOP_TEST(interval_at_95_percent_equals_the_roots_of_its_equation, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    double low = -1, high = -1;

    ck_assert_int_eq(bm_wilson_interval(&low, &high, c->successes, c->trials, BM_WILSON_Z95), APR_SUCCESS);
    ck_assert_double_eq_tol(low, c->low, 1e-12);
    ck_assert_double_eq_tol(high, c->high, 1e-12);
}
END_TEST

BM_TEST(no_trials_tell_nothing)
{
    double low, high;

    ck_assert_int_eq(bm_wilson_interval(&low, &high, 0, 0, BM_WILSON_Z95), APR_SUCCESS);
    ck_assert(low == 0 && high == 1);
}
END_TEST

BM_TEST(the_interval_holds_the_rate_and_narrows)
{
    for (apr_uint64_t n = 1; n <= 100; n++) {
        double low, high, low99, high99, low4, high4;

        for (apr_uint64_t k = 0; k <= n; k++) {
            bm_wilson_interval(&low, &high, k, n, BM_WILSON_Z95);
            bm_wilson_interval(&low99, &high99, k, n, BM_WILSON_Z99);
            bm_wilson_interval(&low4, &high4, 4 * k, 4 * n, BM_WILSON_Z95);
            ck_assert(0 <= low99 && low99 <= low && low <= (double)k / (double)n);
            ck_assert((double)k / (double)n <= high && high <= high99 && high99 <= 1);
            ck_assert(high4 - low4 < high - low);
        }
    }
}
END_TEST

BM_TEST(impossible_figures_are_refused)
{
    double low = 7, high = 7;

    ck_assert_int_eq(bm_wilson_interval(&low, &high, 2, 1, BM_WILSON_Z95), APR_EINVAL);
    ck_assert_int_eq(bm_wilson_interval(&low, &high, 1, 2, -1), APR_EINVAL);
    ck_assert_int_eq(bm_wilson_interval(&low, &high, 1, 2, NAN), APR_EINVAL);
    ck_assert(low == 7 && high == 7);
}
END_TEST

#include "test_wilson.reg"
