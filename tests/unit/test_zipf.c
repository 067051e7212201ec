/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "stat/zipf.h"

enum { DRAWS = 200000, RANKS = 20 };

static const double exponents[] = { 0, 0.5, 1, 1.1, 3 };

/* Each rank within five standard deviations of its own probability, computed here from the definition. */
BM_LOOP_TEST(ranks_come_as_often_as_the_law_says, BM_COUNT(exponents))
{
    const bm_zipf_t *zipf = bm_zipf_make(RANKS, exponents[_i], g_pool);
    double sum = 0;
    int counts[RANKS] = { 0 }, i;
    bm_rand_t rand;

    bm_rand_seed(&rand, 5);
    for (i = 0; i < RANKS; i++)
        sum += 1 / pow(i + 1, exponents[_i]);
    for (i = 0; i < DRAWS; i++) {
        int rank = bm_zipf_draw(zipf, &rand);

        ck_assert_int_ge(rank, 0);
        ck_assert_int_lt(rank, RANKS);
        counts[rank]++;
    }
    for (i = 0; i < RANKS; i++) {
        double share = 1 / pow(i + 1, exponents[_i]) / sum, sd = sqrt(DRAWS * share * (1 - share));

        ck_assert_msg(fabs(counts[i] - DRAWS * share) < 5 * sd, "s %g, rank %d: %d instead of %f (sd %f)", exponents[_i], i,
                      counts[i], DRAWS * share, sd);
    }
}
END_TEST

BM_TEST(a_seed_gives_one_sequence)
{
    const bm_zipf_t *a = bm_zipf_make(1000, 1.1, g_pool), *b = bm_zipf_make(1000, 1.1, g_pool);
    bm_rand_t ra, rb;
    int i;

    bm_rand_seed(&ra, 1);
    bm_rand_seed(&rb, 1);
    for (i = 0; i < 1000; i++)
        ck_assert_int_eq(bm_zipf_draw(a, &ra), bm_zipf_draw(b, &rb));
}
END_TEST

BM_TEST(odd_figures_still_draw)
{
    static const double odd[] = { -1, NAN, INFINITY, 1e308, 10 };
    bm_rand_t rand;
    size_t i;
    int k;

    bm_rand_seed(&rand, 1);
    for (i = 0; i < BM_COUNT(odd); i++)
        for (k = 0; k < 1000; k++)
            ck_assert_int_lt(bm_zipf_draw(bm_zipf_make(3, odd[i], g_pool), &rand), 3);
    ck_assert_int_eq(bm_zipf_draw(bm_zipf_make(0, 1, g_pool), &rand), 0);
    ck_assert_int_eq(bm_zipf_draw(bm_zipf_make(-5, 1, g_pool), &rand), 0);
}
END_TEST

#include "test_zipf.reg"
