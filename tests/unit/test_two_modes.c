/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>
#include "base/rand.h"
#include "stat/two_modes.h"

enum { BINS = 400, VALUES = 2000 };
#define FIRST 0.0
#define WIDTH 0.03

static apr_uint64_t counts[BINS];

static void put(double x)
{
    int i = (int)floor((x - FIRST) / WIDTH + 0.5);

    counts[i < 0 ? 0 : i >= BINS ? BINS - 1 : i]++;
}

static const double shares[] = { 0.03, 0.2, 0.5, 0.8, 0.97 };

/* Hits of about 5 ms, misses of about 40 ms, both scattered. */
BM_LOOP_TEST(the_share_of_the_lower_group_is_found, BM_COUNT(shares))
{
    int i, low = 0;
    bm_two_modes_t fit;
    bm_rand_t rand;

    bm_rand_seed(&rand, 1);
    for (i = 0; i < VALUES; i++) {
        int hit = bm_rand_uniform(&rand) < shares[_i];

        low += hit;
        put((hit ? log(5) : log(40)) + 0.3 * bm_rand_normal(&rand));
    }
    ck_assert_int_eq(bm_two_modes_fit(&fit, counts, BINS, FIRST, WIDTH), 1);
    ck_assert_double_eq_tol(fit.share_low, (double)low / VALUES, 0.01);
    ck_assert_double_eq_tol(fit.mean[0], log(5), 0.15);
    ck_assert_double_eq_tol(fit.mean[1], log(40), 0.15);
    ck_assert_double_ge(fit.separation, 4);
}
END_TEST

/* What must not pass for two: one group, however it is shaped. */
BM_LOOP_TEST(one_group_is_one, 6)
{
    bm_two_modes_t fit;
    bm_rand_t rand;
    int i;

    bm_rand_seed(&rand, 3);
    for (i = 0; i < VALUES; i++) {
        double u = bm_rand_uniform(&rand), n = bm_rand_normal(&rand), e = bm_rand_exponential(&rand);

        put(_i == 0 ? 5 + n : _i == 1 ? 2 + 4 * u : _i == 2 ? 2 + e : _i == 3 ? log(20 + 10 * e) : _i == 4 ? 3
            : log(5 * (1 + fabs(n))));
    }
    ck_assert_msg(!bm_two_modes_fit(&fit, counts, BINS, FIRST, WIDTH), "%d: share %f, D %f", _i, fit.share_low, fit.separation);
}
END_TEST

BM_TEST(too_few_values_say_nothing)
{
    bm_two_modes_t fit;
    int i;

    ck_assert_int_eq(bm_two_modes_fit(&fit, counts, BINS, FIRST, WIDTH), 0);
    for (i = 0; i < 19; i++)
        put(i % 2 ? 2 : 6);
    ck_assert_int_eq(bm_two_modes_fit(&fit, counts, BINS, FIRST, WIDTH), 0);
    put(2);
    ck_assert_int_eq(bm_two_modes_fit(&fit, counts, BINS, FIRST, WIDTH), 1);
    ck_assert_double_eq_tol(fit.share_low, 0.5, 0.01);
}
END_TEST

#include "test_two_modes.reg"
