/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>
#include "base/rand.h"
#include "stat/value_counts.h"

#define MOST 20000

static int by_value(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return (one > other) - (one < other);
}

typedef struct set_case_t {
    int n;                      /* values that are added */
    apr_uint64_t different;     /* of which at most so many differ */
    apr_uint64_t times;         /* each up to so many times */
} set_case_t;

static const set_case_t sets[] = {
    { 1, 1, 1 }, { 2, 1000, 1 }, { 3, 1000, 3 }, { 63, 1000000, 1 }, { 64, 1000000, 1 }, { 65, 1000000, 1 }, { 1000, 5, 4 },
    { 5000, 1000000, 4 }, { 5000, 60, 4 }, { 9000, 1, 2 }
};
static const double quantiles[] = { 0, 0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1 };

/* Every rank, mean and quantile are those of the values laid out and sorted; reading in between changes nothing. */
BM_LOOP_TEST(ranks_are_those_of_all_values_sorted, BM_COUNT(sets))
{
    const set_case_t *s = &sets[_i];
    static double all[MOST];
    bm_value_counts_t *c = bm_value_counts_make(g_pool);
    apr_uint64_t n = 0, k;
    double sum = 0;
    bm_rand_t rand;
    size_t i;
    int v;

    bm_rand_seed(&rand, (apr_uint64_t)_i + 1);
    for (v = 0; v < s->n; v++) {
        double value = (double)bm_rand_below(&rand, s->different) / 1e3;
        apr_uint64_t times = 1 + bm_rand_below(&rand, s->times);

        ck_assert_int_eq(bm_value_counts_add(c, value, times), APR_SUCCESS);
        for (k = 0; k < times; k++, sum += value)
            all[n++] = value;
        if (v % 700 == 5)
            (void)bm_value_counts_at(c, 1);
    }
    ck_assert_uint_le(n, MOST);
    qsort(all, n, sizeof(*all), by_value);
    ck_assert_uint_eq(bm_value_counts_n(c), n);
    ck_assert_double_eq_tol(bm_value_counts_mean(c), sum / (double)n, 1e-9 * sum + 1e-12);
    for (k = 1; k <= n; k++)
        ck_assert_double_eq(bm_value_counts_at(c, k), all[k - 1]);
    for (i = 0; i < BM_COUNT(quantiles); i++) {
        double place = quantiles[i] * (double)(n - 1), low = all[(size_t)floor(place)], high = all[(size_t)ceil(place)];

        ck_assert_double_eq_tol(bm_value_counts_quantile(c, quantiles[i]), low + (high - low) * (place - floor(place)), 1e-12);
    }
    ck_assert(isnan(bm_value_counts_at(c, 0)) && isnan(bm_value_counts_at(c, n + 1)));
}
END_TEST

BM_TEST(equal_values_take_no_room)
{
    bm_value_counts_t *c = bm_value_counts_make(g_pool);
    int i;

    for (i = 0; i < 1000000; i++)
        ck_assert_int_eq(bm_value_counts_add(c, i % 100, 1), APR_SUCCESS);
    ck_assert_uint_eq(bm_value_counts_n(c), 1000000);
    ck_assert_uint_le(bm_value_counts_size(c), 400);
}
END_TEST

BM_TEST(nothing_has_no_figures_and_what_is_not_finite_is_refused)
{
    bm_value_counts_t *c = bm_value_counts_make(g_pool);

    ck_assert(isnan(bm_value_counts_mean(c)) && isnan(bm_value_counts_quantile(c, 0.5)) && isnan(bm_value_counts_at(c, 1)));
    ck_assert_int_eq(bm_value_counts_add(c, NAN, 1), APR_EINVAL);
    ck_assert_int_eq(bm_value_counts_add(c, INFINITY, 1), APR_EINVAL);
    ck_assert_int_eq(bm_value_counts_add(c, 7, 0), APR_SUCCESS);
    ck_assert_uint_eq(bm_value_counts_n(c), 0);
    ck_assert(isnan(bm_value_counts_quantile(c, 0.5)));
    ck_assert_int_eq(bm_value_counts_add(c, 7, 1), APR_SUCCESS);
    ck_assert(isnan(bm_value_counts_quantile(c, 1.5)) && bm_value_counts_quantile(c, 1) == 7);
}
END_TEST

#include "test_value_counts.reg"
