/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "base/rand.h"
#include "stat/mann_whitney.h"

#define Z95 1.959963984540054

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return one < other ? -1 : one > other;
}

static bm_mann_whitney_t compare(double *a, apr_size_t n, double *b, apr_size_t m)
{
    bm_mann_whitney_t r;

    qsort(a, n, sizeof(*a), ascending);
    qsort(b, m, sizeof(*b), ascending);
    ck_assert(bm_mann_whitney_compare(&r, a, n, b, m, Z95, g_pool));
    return r;
}

/* The example of scipy's documentation (males, females: U 17, p 0.1111), and that of R's wilcox.test, permeability of membranes
 * (Hollander and Wolfe 1973, 69f: W 35, p 0.2544). */
BM_TEST(small_samples_equal_printed_examples)
{
    double males[] = { 19, 22, 16, 29, 24 }, females[] = { 20, 11, 17, 12 };
    double x[] = { 0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 }, y[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };
    bm_mann_whitney_t r = compare(females, 4, males, 5);

    ck_assert(r.is_exact && r.u == 17);
    ck_assert_double_eq_tol(r.p, 0.1111111111111111, 1e-14);
    ck_assert_double_eq_tol(r.delta, 2 * 17.0 / 20 - 1, 1e-14);
    r = compare(y, 5, x, 10);
    ck_assert(r.is_exact && r.u == 35);
    ck_assert_double_eq_tol(r.p, 0.2544122544122544, 1e-14);
}
END_TEST

/* Cliff's delta of the example in the documentation of R's effsize. p: scipy 1.10.1, asymptotic with continuity. */
BM_TEST(ties_are_halves_and_narrow_the_variance)
{
    double treated[] = { 10, 10, 20, 20, 20, 30, 30, 30, 40, 50 }, control[] = { 10, 20, 30, 40, 40, 50 };
    double a[40], b[33];
    bm_mann_whitney_t r = compare(control, 6, treated, 10);

    ck_assert(!r.is_exact && r.u == 22.5);
    ck_assert_double_eq_tol(r.p, 0.4377586729619217, 1e-13);
    ck_assert_double_eq_tol(r.delta, -0.25, 1e-15);
    for (int i = 0; i < 40; i++)
        a[i] = i % 7;
    for (int i = 0; i < 33; i++)
        b[i] = i % 5 + 1;
    r = compare(b, 33, a, 40);
    ck_assert(r.u == 648);
    ck_assert_double_eq_tol(r.p, 0.8972624244528605, 1e-13);
}
END_TEST

BM_TEST(up_to_49_values_are_exact)
{
    double a[50], b[30];
    bm_mann_whitney_t r;

    for (int i = 0; i < 50; i++)
        a[i] = i * i % 101 + i / 1000.0;
    for (int i = 0; i < 30; i++)
        b[i] = (i * i * 3 + 17) % 103 + 0.5 + i / 1000.0;
    r = compare(b, 30, a, 45);
    ck_assert(r.is_exact && r.u == 642);
    ck_assert_double_eq_tol(r.p, 0.7268421947160129, 1e-12);      /* scipy 1.10.1, exact */
    r = compare(b, 30, a, 50);
    ck_assert(!r.is_exact);
}
END_TEST

/* Every way to say which of n + m ranks are b's. */
static double p_by_hand(int n, int m, double u)
{
    int all = 0, extreme = 0;

    for (int set = 0; set < 1 << (n + m); set++) {
        int count = 0, smaller = 0, pairs = 0;

        for (int i = 0; i < n + m; i++) {
            if (set >> i & 1) {
                count++;
                pairs += smaller;
            }
            else
                smaller++;
        }
        if (count != m)
            continue;
        all++;
        extreme += fabs(pairs - n * m / 2.0) >= fabs(u - n * m / 2.0);
    }
    return (double)extreme / all;
}

BM_TEST(exact_p_values_equal_the_enumeration)
{
    bm_rand_t rand;

    bm_rand_seed(&rand, 11);
    for (int round = 0; round < 60; round++) {
        int n = 1 + (int)bm_rand_below(&rand, 6), m = 1 + (int)bm_rand_below(&rand, 6);
        double a[6], b[6];
        bm_mann_whitney_t r;

        for (int i = 0; i < n; i++)
            a[i] = bm_rand_normal(&rand);
        for (int i = 0; i < m; i++)
            b[i] = bm_rand_normal(&rand) + 0.5;
        r = compare(a, (apr_size_t)n, b, (apr_size_t)m);
        ck_assert(r.is_exact);
        ck_assert_double_eq_tol(r.p, fmin(1, p_by_hand(n, m, r.u)), 1e-12);
    }
}
END_TEST

/* Delta and Cliff's variance pair by pair, as they are defined. */
static void cliff_by_hand(double *delta, double *variance, const double *a, int n, const double *b, int m)
{
    double sum = 0, rows = 0, columns = 0, squares = 0;

    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            sum += (b[j] > a[i]) - (b[j] < a[i]);
    *delta = sum / (n * m);
    for (int i = 0; i < n; i++) {
        double d = 0;

        for (int j = 0; j < m; j++) {
            d += (b[j] > a[i]) - (b[j] < a[i]);
            squares += pow((b[j] > a[i]) - (b[j] < a[i]) - *delta, 2);
        }
        rows += pow(d / m - *delta, 2);
    }
    for (int j = 0; j < m; j++) {
        double d = 0;

        for (int i = 0; i < n; i++)
            d += (b[j] > a[i]) - (b[j] < a[i]);
        columns += pow(d / n - *delta, 2);
    }
    *variance = ((double)m * m * rows + (double)n * n * columns - squares) / ((double)n * m * (n - 1) * (m - 1));
    *variance = fmax(*variance, (1 - *delta * *delta) / (n * m - 1));
}

BM_TEST(effect_and_interval_equal_the_sums_over_pairs)
{
    bm_rand_t rand;

    bm_rand_seed(&rand, 12);
    for (int round = 0; round < 500; round++) {
        int n = 2 + (int)bm_rand_below(&rand, 30), m = 2 + (int)bm_rand_below(&rand, 30);
        double a[32], b[32], d, v, middle, half, under;
        bm_mann_whitney_t r;

        for (int i = 0; i < n; i++)
            a[i] = (double)bm_rand_below(&rand, 12);
        for (int i = 0; i < m; i++)
            b[i] = (double)bm_rand_below(&rand, 12) + 1;
        r = compare(a, (apr_size_t)n, b, (apr_size_t)m);
        cliff_by_hand(&d, &v, a, n, b, m);
        ck_assert_double_eq_tol(r.delta, d, 1e-12);
        ck_assert(-1 <= r.low && r.low <= r.delta && r.delta <= r.high && r.high <= 1);
        if (fabs(d) == 1)
            continue;
        middle = d - d * d * d;
        half = Z95 * sqrt(v) * sqrt(pow(1 - d * d, 2) + Z95 * Z95 * v);
        under = 1 - d * d + Z95 * Z95 * v;
        ck_assert_double_eq_tol(r.low, fmax(-1, (middle - half) / under), 1e-9);
        ck_assert_double_eq_tol(r.high, fmin(1, (middle + half) / under), 1e-9);
    }
}
END_TEST

/* Normal values shifted by 0.5 standard deviations: delta = 2 Phi(0.5 / sqrt 2) - 1. */
BM_TEST(intervals_hold_the_truth_as_often_as_they_say)
{
    enum { ROUNDS = 2000, N = 40, M = 60 };
    const double truth = erf(0.5 / 2);
    int held = 0, alarms = 0;
    bm_rand_t rand;

    bm_rand_seed(&rand, 13);
    for (int round = 0; round < ROUNDS; round++) {
        double a[N], b[M], same[M];
        bm_mann_whitney_t r;

        for (int i = 0; i < N; i++)
            a[i] = bm_rand_normal(&rand);
        for (int i = 0; i < M; i++) {
            same[i] = bm_rand_normal(&rand);
            b[i] = bm_rand_normal(&rand) + 0.5;
        }
        r = compare(a, N, b, M);
        held += r.low <= truth && truth <= r.high;
        alarms += compare(a, N, same, M).p <= 0.05;
    }
    ck_assert_msg(held >= 0.93 * ROUNDS && held <= 0.97 * ROUNDS, "%d of %d held", held, ROUNDS);
    ck_assert_msg(alarms >= 0.03 * ROUNDS && alarms <= 0.065 * ROUNDS, "%d of %d alarms", alarms, ROUNDS);
}
END_TEST

BM_TEST(the_ends)
{
    double a[] = { 1, 2, 3, 4, 5, 6 }, b[] = { 11, 12, 13, 14, 15, 16, 17 }, same[] = { 3, 3, 3 };
    bm_mann_whitney_t r = compare(a, 6, b, 7);

    ck_assert(r.delta == 1 && r.high == 1 && r.u == 42);
    ck_assert_double_eq_tol(r.low, (6 - Z95 * Z95) / (6 + Z95 * Z95), 1e-12);
    ck_assert_double_eq_tol(r.p, 2.0 / 1716, 1e-15);
    ck_assert_double_eq_tol(bm_mann_whitney_least_p(6, 7), 2.0 / 1716, 1e-15);
    ck_assert(bm_mann_whitney_least_p(1, 1) == 1);
    r = compare(same, 3, same, 3);
    ck_assert(r.p == 1 && r.delta == 0 && !r.is_exact);
    r = compare(same, 1, a, 1);
    ck_assert(r.p == 1 && r.low == -1);
    ck_assert_int_eq(bm_mann_whitney_compare(&r, a, 0, b, 7, Z95, g_pool), 0);
    ck_assert_int_eq(bm_mann_whitney_compare(&r, a, 6, b, 0, Z95, g_pool), 0);
}
END_TEST

#include "test_mann_whitney.reg"
