/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "stat/theil_sen.h"

#define Z95 1.959963984540054

static const double sen_x[] = { 1, 2, 3, 4, 10, 12, 18 }, sen_y[] = { 9, 15, 19, 20, 45, 55, 78 };

/* Sen's own example (1968, section 6; Hollander and Wolfe 9.3): slope 4. With C = 13, 93 % by the exact table, the interval is
 * the 4th and the 18th of 21 slopes. */
BM_TEST(the_example_of_sen)
{
    bm_theil_sen_t fit;

    ck_assert(bm_theil_sen_fit(&fit, sen_x, sen_y, 7, 13 / sqrt(7 * 6 * 19 / 18.0), 0, g_pool));
    ck_assert_double_eq_tol(fit.slope, 4, 1e-12);
    ck_assert_double_eq_tol(fit.intercept, 6, 1e-12);
    ck_assert_double_eq_tol(fit.low, 26.0 / 7, 1e-12);
    ck_assert_double_eq_tol(fit.high, 35.0 / 8, 1e-12);
    ck_assert_double_eq(fit.n_effective, 7);
}
END_TEST

/* scipy 1.10.1, theilslopes(method='joint'). It interpolates nothing: its ends are slopes nearer to the middle. */
BM_TEST(a_dozen_points_equal_scipy)
{
    const double x[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, y[] = { 3, 5, 4, 6, 8, 7, 9, 9, 11, 10, 14, 12 };
    bm_theil_sen_t fit;

    ck_assert(bm_theil_sen_fit(&fit, x, y, 12, Z95, 0, g_pool));
    ck_assert_double_eq_tol(fit.slope, 0.8571428571428571, 1e-12);
    ck_assert_double_eq_tol(fit.intercept, 3.2142857142857144, 1e-12);
    ck_assert(fit.low > 0.6 && fit.low <= 0.6666666666666667 + 1e-12);
    ck_assert(fit.high < 1.1 && fit.high >= 1 - 1e-12);
}
END_TEST

/* y = slope x + noise whose neighbours resemble each other by r, and now and then a day far off. */
static void series(double *x, double *y, int n, double slope, double r, bm_rand_t *rand)
{
    double at = 0;

    for (int i = -50; i < n; i++) {
        at = r * at + bm_rand_normal(rand);
        if (i < 0)
            continue;
        x[i] = i;
        y[i] = 100 + slope * i + at + (bm_rand_below(rand, 20) == 0 ? 50 : 0);
    }
}

static const struct { double r, held; } coverages[] = { { 0, 0.93 }, { 0.5, 0.90 } };

BM_LOOP_TEST(intervals_hold_the_slope, BM_COUNT(coverages))
{
    enum { N = 40, ROUNDS = 1000 };
    bm_rand_t rand;
    int held = 0;

    bm_rand_seed(&rand, 21);
    for (int round = 0; round < ROUNDS; round++) {
        double x[N], y[N];
        bm_theil_sen_t fit;

        series(x, y, N, 0.3, coverages[_i].r, &rand);
        ck_assert(bm_theil_sen_fit(&fit, x, y, N, Z95, 1, g_pool));
        ck_assert(fit.low <= fit.slope && fit.slope <= fit.high);
        held += fit.low <= 0.3 && 0.3 <= fit.high;
    }
    ck_assert_msg(held >= coverages[_i].held * ROUNDS, "r %g: %d of %d held", coverages[_i].r, held, ROUNDS);
}
END_TEST

/* Adding a line adds its slope, scaling scales. */
BM_TEST(fits_move_with_the_series)
{
    double x[30], y[30], moved[30];
    bm_theil_sen_t fit, other;
    bm_rand_t rand;

    bm_rand_seed(&rand, 22);
    series(x, y, 30, 0, 0, &rand);
    for (int i = 0; i < 30; i++)
        moved[i] = 3 * y[i] - 2 * x[i] + 7;
    ck_assert(bm_theil_sen_fit(&fit, x, y, 30, Z95, 0, g_pool) && bm_theil_sen_fit(&other, x, moved, 30, Z95, 0, g_pool));
    ck_assert_double_eq_tol(other.slope, 3 * fit.slope - 2, 1e-9);
    ck_assert_double_eq_tol(other.low, 3 * fit.low - 2, 1e-9);
    ck_assert_double_eq_tol(other.high, 3 * fit.high - 2, 1e-9);
    ck_assert_double_eq_tol(other.intercept, 3 * fit.intercept + 7, 1e-9);
}
END_TEST

BM_TEST(few_points_and_none)
{
    const double x[] = { 1, 2, 2 }, y[] = { 5, 9, 9 }, same[] = { 4, 4 }, flat[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    const double days[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    bm_theil_sen_t fit;

    ck_assert_int_eq(bm_theil_sen_fit(&fit, x, y, 1, Z95, 1, g_pool), 0);
    ck_assert_int_eq(bm_theil_sen_fit(&fit, same, y, 2, Z95, 1, g_pool), 0);
    ck_assert(bm_theil_sen_fit(&fit, x, y, 2, Z95, 1, g_pool));
    ck_assert(fit.slope == 4 && fit.low == -INFINITY && fit.high == INFINITY);
    ck_assert(bm_theil_sen_fit(&fit, days, flat, 8, Z95, 1, g_pool));
    ck_assert(fit.slope == 0 && fit.low == 0 && fit.high == 0);
}
END_TEST

#include "test_theil_sen.reg"
