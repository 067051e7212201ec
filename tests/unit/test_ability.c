/* SPDX-License-Identifier: Apache-2.0
 *
 * test_ability.c: the posterior of a capacity by waits, by what was served, and by pass or fail alone. */
#include "unit.h"

#include <math.h>
#include "stat/ability.h"

/* Mean wait of an overloaded server without chance: half of the last. */
static double wait_of(double capacity, double rate, double n)
{
    return n * (1 / capacity - 1 / rate) / 2;
}

BM_TEST(nothing_known_is_flat_in_the_logarithm)
{
    bm_ability_t *a = bm_ability_make(1, 100, g_pool);

    ck_assert_double_eq_tol(bm_ability_above(a, 10), 0.5, 1e-9);
    ck_assert_double_eq_tol(bm_ability_quantile(a, 0.5), 10, 1e-6);
    ck_assert_double_eq_tol(bm_ability_error(a), log(100) / sqrt(12), 0.02);
}
END_TEST

BM_TEST(waits_above_capacity_tell_it)
{
    bm_ability_t *a = bm_ability_make(1, 400, g_pool);
    int i;

    for (i = 0; i < 4; i++)
        bm_ability_add_wait(a, 60, 300, wait_of(40, 60, 300), 0.001, 0, 0);
    ck_assert_double_eq_tol(bm_ability_quantile(a, 0.5), 40, 0.8);
    ck_assert_double_le(bm_ability_error(a), 0.04);
    ck_assert_double_le(bm_ability_above(a, 44), 0.01);
}
END_TEST

BM_TEST(no_waits_tell_that_it_is_above)
{
    bm_ability_t *a = bm_ability_make(1, 400, g_pool);

    bm_ability_add_wait(a, 60, 300, 0, 0.001, 0, 0);
    ck_assert_double_ge(bm_ability_above(a, 57), 0.95);
    ck_assert_double_ge(bm_ability_quantile(a, 0.975), 200);
}
END_TEST

BM_TEST(what_was_served_by_a_busy_server_is_its_capacity)
{
    bm_ability_t *a = bm_ability_make(1, 400, g_pool);
    int i;

    for (i = 0; i < 4; i++)
        bm_ability_add_served(a, 400, 10, 0.01);
    ck_assert_double_eq_tol(bm_ability_quantile(a, 0.5), 40, 0.5);
}
END_TEST

BM_TEST(pass_and_fail_alone_bracket_it)
{
    bm_ability_t *a = bm_ability_make(1, 400, g_pool);
    int i;

    for (i = 0; i < 5; i++) {
        bm_ability_add_outcome(a, 20, 1);
        bm_ability_add_outcome(a, 80, 0);
    }
    ck_assert_double_eq_tol(bm_ability_quantile(a, 0.5), 40, 3);
    ck_assert_double_ge(bm_ability_quantile(a, 0.025), 15);
    ck_assert_double_le(bm_ability_quantile(a, 0.975), 110);
}
END_TEST

/* A rate below the capacity tells little, one far above costs the target more than it tells. */
BM_TEST(the_next_rate_is_somewhat_above_the_capacity)
{
    bm_ability_t *a = bm_ability_make(1, 400, g_pool);
    double information = 0, rate;
    int i;

    for (i = 0; i < 3; i++)
        bm_ability_add_wait(a, 60, 200, wait_of(40, 60, 200), 0.005, 0, 0);
    rate = bm_ability_next_rate(a, 5, 400, 100, 0.005, 0, &information);
    ck_assert_msg(rate > 40 && rate < 120, "%g", rate);
    ck_assert_double_gt(information, 0);
}
END_TEST

BM_TEST(odd_values_teach_nothing)
{
    bm_ability_t *a = bm_ability_make(1, 100, g_pool);

    bm_ability_add_wait(a, NAN, 10, 0, 0, 0, 0);
    bm_ability_add_wait(a, 10, 0, 0, 0, 0, 0);
    bm_ability_add_wait(a, 10, 10, INFINITY, 0, 0, 0);
    bm_ability_add_wait(a, 10, 10, 1, -1, 0, 0);
    bm_ability_add_served(a, 0, 1, 0);
    bm_ability_add_served(a, 10, 0, 0);
    bm_ability_add_outcome(a, -1, 1);
    ck_assert_double_eq_tol(bm_ability_above(a, 10), 0.5, 1e-9);
    bm_ability_add_wait(a, 10, 10, 1e9, 0, 0, 0);        /* beyond every capacity: still a posterior */
    ck_assert(isfinite(bm_ability_quantile(a, 0.5)) && isfinite(bm_ability_error(a)));
}
END_TEST

#include "test_ability.reg"
