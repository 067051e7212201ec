/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "stat/slope.h"

typedef struct t_case_t {
    double p, df, t;            /* closed forms for 1 and 2, else printed tables of many digits */
} t_case_t;

static const t_case_t quantiles[] = {
    { 0.975, 1, 12.706204736174698 }, { 0.975, 2, 4.302652729749462 }, { 0.975, 3, 3.182446305284263 },
    { 0.975, 5, 2.570581835636314 }, { 0.975, 10, 2.228138851964939 }, { 0.975, 30, 2.042272456301238 },
    { 0.95, 4, 2.131846786326649 }, { 0.995, 10, 3.169272672616872 }, { 0.975, 1e7, 1.959963984540054 },
    { 0.025, 10, -2.228138851964939 }, { 0.5, 7, 0 },
};

BM_LOOP_TEST(quantiles_of_student_equal_known_ones, BM_COUNT(quantiles))
{
    const t_case_t *c = &quantiles[_i];

    ck_assert_double_eq_tol(bm_slope_student_t(c->p, c->df), c->t, c->df > 1e6 ? 1e-6 : 1e-10);
}
END_TEST

BM_TEST(one_and_two_degrees_of_freedom_have_closed_forms)
{
    for (double p = 0.001; p < 1; p += 0.0173) {
        double one = tan(M_PI * (p - 0.5)), two = (2 * p - 1) / sqrt(2 * p * (1 - p));

        ck_assert_double_eq_tol(bm_slope_student_t(p, 1), one, 1e-10 * (1 + fabs(one)));
        ck_assert_double_eq_tol(bm_slope_student_t(p, 2), two, 1e-10 * (1 + fabs(two)));
    }
    ck_assert(bm_slope_student_t(0, 3) == -INFINITY && bm_slope_student_t(1, 3) == INFINITY);
    ck_assert(isnan(bm_slope_student_t(1.1, 3)) && isnan(bm_slope_student_t(0.5, 0)) && isnan(bm_slope_student_t(NAN, 1)));
}
END_TEST

/* Residuals of y = 2 + 0.5 x are -1 1 1 -1 ..., their autocorrelation is 0 or less: n stays 8. By hand: Sxx = 42, Sxy = 21,
 * SSE = 8, standard error = sqrt(8 / 6 / 42) = 0.178174, t(0.975, 6) = 2.446912. */
BM_TEST(a_small_fit_equals_the_one_by_hand)
{
    static const double x[] = { 0, 1, 2, 3, 4, 5, 6, 7 }, residuals[] = { -1, 1, 1, -1, -1, 1, 1, -1 };
    bm_slope_t fit;
    double y[8];

    for (int i = 0; i < 8; i++)
        y[i] = 2 + 0.5 * x[i] + residuals[i];
    ck_assert(bm_slope_fit(&fit, x, y, 8));
    ck_assert_double_eq_tol(fit.slope, 0.5, 1e-12);
    ck_assert_double_eq_tol(fit.autocorrelation, -1.0 / 8, 1e-12);
    ck_assert_double_eq(fit.n_effective, 8);
    ck_assert_double_eq_tol(fit.low, 0.5 - 2.446911851144969 * sqrt(8.0 / 6 / 42), 1e-9);
    ck_assert_double_eq_tol(fit.high, 0.5 + 2.446911851144969 * sqrt(8.0 / 6 / 42), 1e-9);
    ck_assert_int_eq(fit.rises, 1);
}
END_TEST

BM_TEST(lines_without_noise)
{
    double x[50], up[50], down[50], flat[50];
    bm_slope_t fit;

    for (int i = 0; i < 50; i++) {
        x[i] = 1e6 + i;
        up[i] = 3.0 * i;
        down[i] = -3.0 * i;
        flat[i] = 7;
    }
    ck_assert(bm_slope_fit(&fit, x, up, 50) && fit.rises);
    ck_assert_double_eq_tol(fit.slope, 3, 1e-9);
    ck_assert(bm_slope_fit(&fit, x, down, 50) && !fit.rises);
    ck_assert_double_eq_tol(fit.slope, -3, 1e-9);
    ck_assert(bm_slope_fit(&fit, x, flat, 50) && !fit.rises);
    ck_assert(fit.slope == 0 && fit.low == 0 && fit.high == 0);
}
END_TEST

BM_TEST(what_cannot_be_fitted_is_refused)
{
    double x[] = { 1, 2, 3 }, y[] = { 1, 2, 4 }, same[] = { 5, 5, 5 }, broken[] = { 1, NAN, 3 };
    bm_slope_t fit;

    ck_assert_int_eq(bm_slope_fit(&fit, x, y, 2), 0);
    ck_assert_int_eq(bm_slope_fit(&fit, same, y, 3), 0);
    ck_assert_int_eq(bm_slope_fit(&fit, x, broken, 3), 0);
    ck_assert_int_eq(bm_slope_fit(&fit, broken, y, 3), 0);
    ck_assert(fit.slope == 0 && !fit.rises);
    ck_assert_int_eq(bm_slope_fit(&fit, x, y, 3), 1);
}
END_TEST

/* slope * i plus noise whose neighbours resemble each other by r. */
static void noisy_line(double *x, double *y, int n, double slope, double r, apr_uint64_t seed)
{
    double at = 0;
    bm_rand_t rand;

    bm_rand_seed(&rand, seed);
    for (int i = -100; i < n; i++) {
        at = r * at + bm_rand_normal(&rand);
        if (i < 0)
            continue;
        x[i] = i;
        y[i] = slope * i + at;
    }
}

typedef struct coverage_case_t {
    double slope, r;
    double held;                /* at least this share of intervals holds the slope */
    double alarms;              /* at most this share says that it rises */
} coverage_case_t;

/* One side of a 95 % interval is 2.5 %. An r that is estimated from 120 points is too small by chance and by 1/n. */
static const coverage_case_t coverages[] = { { 0, 0, 0.935, 0.035 }, { 0, 0.5, 0.92, 0.04 }, { 0, 0.8, 0.88, 0.06 } };

BM_LOOP_TEST(noise_seldom_rises, BM_COUNT(coverages))
{
    enum { N = 120, SERIES = 2000 };
    const coverage_case_t *c = &coverages[_i];
    int held = 0, alarms = 0;
    double x[N], y[N];
    bm_slope_t fit;

    for (apr_uint64_t seed = 0; seed < SERIES; seed++) {
        noisy_line(x, y, N, c->slope, c->r, seed);
        ck_assert(bm_slope_fit(&fit, x, y, N));
        held += fit.low <= c->slope && c->slope <= fit.high;
        alarms += fit.rises;
    }
    ck_assert_msg(held >= c->held * SERIES, "r %g: %d of %d held", c->r, held, SERIES);
    ck_assert_msg(alarms <= c->alarms * SERIES, "r %g: %d of %d rose", c->r, alarms, SERIES);
}
END_TEST

/* A queue that grows by 1 in 10 s under noise of 1 is seen within two minutes, also when noise is correlated. */
BM_TEST(a_rise_is_seen)
{
    enum { N = 120, SERIES = 500 };
    double x[N], y[N];
    bm_slope_t fit;
    int seen = 0;

    for (apr_uint64_t seed = 0; seed < SERIES; seed++) {
        noisy_line(x, y, N, 0.1, 0.5, seed);
        ck_assert(bm_slope_fit(&fit, x, y, N));
        seen += fit.rises;
    }
    ck_assert_int_gt(seen, 99 * SERIES / 100);
}
END_TEST

#include "test_slope.reg"
