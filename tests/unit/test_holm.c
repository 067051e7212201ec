/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "stat/holm.h"

/* By hand: sorted 0.005 x4 = 0.02, 0.01 x3 = 0.03, 0.03 x2 = 0.06, 0.04 x1 = 0.04 but not below the one before. */
BM_TEST(a_small_table_equals_the_one_by_hand)
{
    const double p[] = { 0.01, 0.04, 0.03, 0.005 }, want[] = { 0.03, 0.06, 0.06, 0.02 };
    double got[4];

    bm_holm_correct(got, p, 4, g_pool);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol(got[i], want[i], 1e-15);
}
END_TEST

BM_TEST(what_was_not_tested_does_not_count)
{
    double p[] = { NAN, 0.02, NAN, 0.9, 0.8 };

    bm_holm_correct(p, p, 5, g_pool);
    ck_assert(isnan(p[0]) && isnan(p[2]));
    ck_assert_double_eq_tol(p[1], 0.06, 1e-15);
    ck_assert(p[3] == 1 && p[4] == 1);
    bm_holm_correct(p, p, 0, g_pool);
}
END_TEST

/* The definition itself, without sorting: rejected at alpha are those below alpha / (number not rejected before). */
BM_TEST(corrected_values_reject_what_the_procedure_rejects)
{
    bm_rand_t rand;

    bm_rand_seed(&rand, 3);
    for (int round = 0; round < 2000; round++) {
        double p[7], corrected[7];
        int n = 1 + (int)bm_rand_below(&rand, 7), rejected[7] = { 0 }, left = n, found = 1;

        for (int i = 0; i < n; i++)
            p[i] = bm_rand_uniform(&rand) * bm_rand_uniform(&rand) / 5;
        bm_holm_correct(corrected, p, n, g_pool);
        while (found) {
            int least = -1;

            found = 0;
            for (int i = 0; i < n; i++)
                if (!rejected[i] && (least < 0 || p[i] < p[least]))
                    least = i;
            if (least >= 0 && p[least] * left <= 0.05)
                rejected[least] = found = left--;
        }
        for (int i = 0; i < n; i++)
            ck_assert_int_eq(corrected[i] <= 0.05, rejected[i] != 0);
    }
}
END_TEST

#include "test_holm.reg"
