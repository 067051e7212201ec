/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "base/rand.h"

enum { DRAWS = 200000 };

/* Published outputs of xoshiro256** for the state {1, 2, 3, 4}. */
BM_TEST(the_generator_is_xoshiro256starstar)
{
    static const apr_uint64_t expected[] = { 11520, 0, 1509978240, 1215971899390074240ULL };
    bm_rand_t r = { { 1, 2, 3, 4 } };

    for (apr_size_t i = 0; i < BM_COUNT(expected); i++)
        ck_assert_uint_eq(bm_rand_next(&r), expected[i]);
}
END_TEST

BM_TEST(a_seed_gives_one_sequence)
{
    bm_rand_t a, b, c;

    bm_rand_seed(&a, 42);
    bm_rand_seed(&b, 42);
    bm_rand_seed(&c, 43);
    for (int i = 0; i < 100; i++) {
        apr_uint64_t x = bm_rand_next(&a);

        ck_assert_uint_eq(x, bm_rand_next(&b));
        ck_assert_uint_ne(x, bm_rand_next(&c));
    }
}
END_TEST

typedef struct moments_case_t {
    const char *name;
    double shape;               /* 0: exponential, -1: uniform, -2: normal */
    double mean, variance;
} moments_case_t;

static const moments_case_t moments[] = {
    { "uniform", -1, 0.5, 1.0 / 12 },
    { "normal", -2, 0, 1 },
    { "exponential", 0, 1, 1 },
    { "gamma 0.3", 0.3, 0.3, 0.3 },
    { "gamma 1", 1, 1, 1 },
    { "gamma 7.5", 7.5, 7.5, 7.5 },
};

BM_LOOP_TEST(variates_have_their_mean_and_variance, BM_COUNT(moments))
{
    const moments_case_t *c = &moments[_i];
    double sum = 0, squares = 0, mean, variance;
    bm_rand_t r;

    bm_rand_seed(&r, 7);
    for (int i = 0; i < DRAWS; i++) {
        double x = c->shape == -1 ? bm_rand_uniform(&r) : c->shape == -2 ? bm_rand_normal(&r)
                   : c->shape == 0 ? bm_rand_exponential(&r) : bm_rand_gamma(&r, c->shape);

        ck_assert(isfinite(x));
        sum += x;
        squares += x * x;
    }
    mean = sum / DRAWS;
    variance = squares / DRAWS - mean * mean;
    /* Five standard errors of the mean; the variance within 5 %. */
    ck_assert_double_eq_tol(mean, c->mean, 5 * sqrt(c->variance / DRAWS));
    ck_assert_double_eq_tol(variance, c->variance, 0.05 * c->variance);
}
END_TEST

BM_TEST(below_stays_below_and_reaches_all)
{
    int seen[5] = { 0 };
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    for (int i = 0; i < 10000; i++) {
        apr_uint64_t x = bm_rand_below(&r, 5);

        ck_assert_uint_lt(x, 5);
        seen[x]++;
    }
    for (int i = 0; i < 5; i++)
        ck_assert_int_gt(seen[i], 1800);
    ck_assert_uint_eq(bm_rand_below(&r, 0), 0);
    ck_assert_uint_eq(bm_rand_below(&r, 1), 0);
}
END_TEST

BM_TEST(secure_bytes_differ)
{
    unsigned char a[300] = { 0 }, b[300] = { 0 };

    ck_assert_int_eq(bm_rand_secure(a, sizeof(a)), APR_SUCCESS);
    ck_assert_int_eq(bm_rand_secure(b, sizeof(b)), APR_SUCCESS);
    ck_assert(memcmp(a, b, sizeof(a)) != 0);
}
END_TEST

#include "test_rand.reg"
