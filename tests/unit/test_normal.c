/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "stat/normal.h"

/* scipy 1.10.1: stats.norm.sf and stats.norm.ppf. */
static const struct { double z, above; } tails[] = {
    { 0, 0.5 }, { 1, 0.15865525393145707 }, { 1.96, 0.024997895148220435 }, { 3, 0.0013498980316300933 },
    { 5, 2.866515718791933e-07 }, { 8, 6.22096057427174e-16 }, { -1, 1 - 0.15865525393145707 },
};
static const struct { double p, z; } quantiles[] = {
    { 0.5, 0 }, { 0.9, 1.2815515655446004 }, { 0.95, 1.6448536269514722 }, { 0.975, 1.959963984540054 },
    { 0.99, 2.3263478740408408 }, { 0.995, 2.5758293035489004 }, { 0.9995, 3.2905267314919255 }, { 0.025, -1.959963984540054 },
};

BM_LOOP_TEST(tails_equal_known_ones, BM_COUNT(tails))
{
    ck_assert_double_eq_tol(bm_normal_above(tails[_i].z) / tails[_i].above, 1, 1e-13);
    ck_assert_double_eq_tol(bm_normal_two_sided(tails[_i].z), 2 * fmin(tails[_i].above, 1 - tails[_i].above), 1e-15);
}
END_TEST

BM_LOOP_TEST(quantiles_equal_known_ones, BM_COUNT(quantiles))
{
    ck_assert_double_eq_tol(bm_normal_quantile(quantiles[_i].p), quantiles[_i].z, 1e-12);
}
END_TEST

BM_TEST(the_ends_and_what_is_no_probability)
{
    ck_assert(bm_normal_quantile(0) == -INFINITY && bm_normal_quantile(1) == INFINITY);
    ck_assert(isnan(bm_normal_quantile(-0.1)) && isnan(bm_normal_quantile(1.1)) && isnan(bm_normal_quantile(NAN)));
}
END_TEST

#include "test_normal.reg"
