/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "stat/apdex.h"

/* The worked example of the specification: 60 satisfied, 30 tolerating, 10 frustrated. */
BM_TEST(the_example_of_the_specification_is_three_quarters)
{
    ck_assert_double_eq(bm_apdex(60, 30, 100), 0.75);
}
END_TEST

BM_TEST(all_and_none_satisfied_are_the_ends)
{
    ck_assert_double_eq(bm_apdex(7, 0, 7), 1);
    ck_assert_double_eq(bm_apdex(0, 7, 7), 0.5);
    ck_assert_double_eq(bm_apdex(0, 0, 7), 0);
}
END_TEST

BM_TEST(impossible_counts_have_no_apdex)
{
    ck_assert(isnan(bm_apdex(0, 0, 0)));
    ck_assert(isnan(bm_apdex(8, 0, 7)));
    ck_assert(isnan(bm_apdex(4, 4, 7)));
}
END_TEST

#include "test_apdex.reg"
