/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "stat/arrivals.h"

enum { MANY = 200000 };

#define SECOND_NS 1e9

static bm_arrivals_t *one_stage(bm_arrivals_kind_e kind, double shape, double seconds, double begin, double end,
                                apr_uint64_t seed)
{
    const bm_arrivals_stage_t stage = { seconds, begin, end };

    return bm_arrivals_make(kind, shape, &stage, 1, seed, g_pool);
}

/* --- constant --- */

typedef struct constant_case_t {
    double rate, seconds;
    apr_int64_t n;              /* arrivals */
} constant_case_t;

/* 1.1 * 10 and 0.1 * 30 are more than 11 and 3 in doubles. */
static const constant_case_t constants[] = {
    { 1, 10, 10 }, { 50, 60, 3000 }, { 3, 86400, 259200 }, { 0.1, 30, 3 }, { 1.1, 10, 11 }, { 0.3, 86400, 25920 }, { 2.5, 1, 3 },
    { 0.5, 1, 1 }, { 1000.0 / 3, 3, 1000 }, { 115.0, 86400, 9936000 }, { 20000, 10, 200000 },
};

BM_LOOP_TEST(constant_arrivals_are_exactly_one_period_apart, BM_COUNT(constants))
{
    const constant_case_t *c = &constants[_i];
    bm_arrivals_t *a = one_stage(BM_ARRIVALS_CONSTANT, 0, c->seconds, c->rate, c->rate, 1);
    long double worst = 0;
    apr_int64_t ns, n = 0;

    ck_assert_double_eq_tol(bm_arrivals_expected(a), c->rate * c->seconds, 1e-6);
    for (; bm_arrivals_next(a, &ns); n++) {
        long double error = (long double)ns - (long double)n / (long double)c->rate * 1e9L;

        worst = fmaxl(worst, fabsl(error));
    }
    /* Half a nanosecond is the rounding to whole ones. */
    ck_assert_msg(worst < 0.55L, "rate %g: off by %Lg ns", c->rate, worst);
    ck_assert_int_eq(n, c->n);
    ck_assert_int_eq(bm_arrivals_next(a, &ns), 0);
}
END_TEST

BM_TEST(whole_stages_of_constant_arrivals_join_without_a_gap_or_a_double)
{
    static const bm_arrivals_stage_t stages[] = { { 10, 1.1, 1.1 }, { 5, 0, 0 }, { 10, 2, 2 } };
    bm_arrivals_t *a = bm_arrivals_make(BM_ARRIVALS_CONSTANT, 0, stages, 3, 1, g_pool);
    apr_int64_t ns, n = 0;

    for (; bm_arrivals_next(a, &ns); n++) {
        double expected = n < 11 ? (double)n / 1.1 : 15 + (double)(n - 11) / 2;

        ck_assert_double_eq_tol((double)ns, expected * SECOND_NS, 0.6);
    }
    ck_assert_int_eq(n, 31);
}
END_TEST

/* --- one rate, random gaps --- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Gaps in units of their expected length; the first is left out, since it is of another distribution for gamma. */
static double *gaps_of(bm_arrivals_t *a, double rate, int count)
{
    double *gaps = apr_palloc(g_pool, sizeof(*gaps) * (apr_size_t)count);
    apr_int64_t before, ns;

    ck_assert_int_eq(bm_arrivals_next(a, &before), 1);
    for (int i = 0; i < count; i++, before = ns) {
        ck_assert_int_eq(bm_arrivals_next(a, &ns), 1);
        ck_assert_int_ge(ns, before);
        gaps[i] = (double)(ns - before) / SECOND_NS * rate;
    }
    return gaps;
}

typedef struct random_case_t {
    bm_arrivals_kind_e kind;
    double shape, rate;
} random_case_t;

static const random_case_t randoms[] = {
    { BM_ARRIVALS_POISSON, 1, 50 }, { BM_ARRIVALS_POISSON, 1, 0.5 }, { BM_ARRIVALS_GAMMA, 1, 50 },
    { BM_ARRIVALS_GAMMA, 0.25, 50 }, { BM_ARRIVALS_GAMMA, 4, 50 }, { BM_ARRIVALS_GAMMA, 100, 2000 },
};

BM_LOOP_TEST(gaps_have_the_mean_and_the_variance_of_their_kind, BM_COUNT(randoms))
{
    const random_case_t *c = &randoms[_i];
    double *gaps = gaps_of(one_stage(c->kind, c->shape, 1e6, c->rate, c->rate, 5), c->rate, MANY);
    double sum = 0, squares = 0, fourths = 0, mean, variance;

    for (int i = 0; i < MANY; i++)
        sum += gaps[i];
    mean = sum / MANY;
    for (int i = 0; i < MANY; i++) {
        squares += (gaps[i] - mean) * (gaps[i] - mean);
        fourths += pow(gaps[i] - mean, 4);
    }
    variance = squares / MANY;
    ck_assert_double_eq_tol(mean, 1, 4 * sqrt(1 / c->shape / MANY));
    ck_assert_double_eq_tol(variance, 1 / c->shape, 4 * sqrt((fourths / MANY - variance * variance) / MANY));
}
END_TEST

/* Largest distance between the empirical distribution and 1 - exp(-x). */
static double distance_to_exponential(double *gaps, int n)
{
    double worst = 0;

    qsort(gaps, (size_t)n, sizeof(*gaps), ascending);
    for (int i = 0; i < n; i++) {
        double expected = -expm1(-gaps[i]);

        worst = fmax(worst, fmax(expected - (double)i / n, (i + 1.0) / n - expected));
    }
    return worst;
}

/* The Kolmogorov-Smirnov statistic exceeds 1.95/sqrt(n) in 1 of 1,000 samples that are what they should be. */
BM_TEST(poisson_gaps_are_exponential)
{
    for (apr_uint64_t seed = 1; seed <= 20; seed++) {
        double *gaps = gaps_of(one_stage(BM_ARRIVALS_POISSON, 0, 1e6, 50, 50, seed), 50, 10000);

        ck_assert_double_lt(distance_to_exponential(gaps, 10000), 1.95 / sqrt(10000));
    }
}
END_TEST

BM_TEST(gamma_gaps_of_shape_1_are_exponential_and_of_shape_2_are_not)
{
    double *one = gaps_of(one_stage(BM_ARRIVALS_GAMMA, 1, 1e6, 50, 50, 3), 50, 10000);
    double *two = gaps_of(one_stage(BM_ARRIVALS_GAMMA, 2, 1e6, 50, 50, 3), 50, 10000);

    ck_assert_double_lt(distance_to_exponential(one, 10000), 1.95 / sqrt(10000));
    ck_assert_double_gt(distance_to_exponential(two, 10000), 10 / sqrt(10000));
}
END_TEST

/* Over many short schedules: without the right first gap, bursty ones (shape 0.25) would bring 1.5 more than the rate says. */
BM_LOOP_TEST(short_schedules_bring_as_many_as_the_rate_says, BM_COUNT(randoms))
{
    const random_case_t *c = &randoms[_i];
    const double expected = 5;
    double sum = 0, squares = 0, mean;
    enum { SCHEDULES = 20000 };
    apr_int64_t ns;

    for (apr_uint64_t seed = 0; seed < SCHEDULES; seed++) {
        bm_arrivals_t *a = one_stage(c->kind, c->shape, expected / c->rate, c->rate, c->rate, seed);
        double n = 0;

        while (bm_arrivals_next(a, &ns))
            n++;
        sum += n;
        squares += n * n;
        apr_pool_clear(g_pool);
    }
    mean = sum / SCHEDULES;
    ck_assert_double_eq_tol(mean, expected, 4 * sqrt((squares / SCHEDULES - mean * mean) / SCHEDULES) + 1e-9);
}
END_TEST

/* --- ramps --- */

static const bm_arrivals_stage_t ramps[][3] = {
    { { 30, 0, 100 }, { 20, 100, 100 }, { 30, 100, 0 } },
    { { 10, 5, 500 }, { 10, 0, 0 }, { 10, 500, 20 } },
    { { 0.5, 10, 20 }, { 60, 200, 1 }, { 1, 40, 40 } },
};

static double cumulative(const bm_arrivals_stage_t *stages, int n, double at)
{
    double sum = 0;

    for (int i = 0; i < n && at > 0; i++) {
        double t = fmin(at, stages[i].seconds);

        sum += t * (stages[i].rate_begin + (stages[i].rate_end - stages[i].rate_begin) * t / stages[i].seconds / 2);
        at -= stages[i].seconds;
    }
    return sum;
}

/* A constant load knows where each arrival is: in each second, as many as the integral grows, give or take one. */
BM_LOOP_TEST(a_ramp_of_constant_arrivals_follows_the_integral, BM_COUNT(ramps))
{
    bm_arrivals_t *a = bm_arrivals_make(BM_ARRIVALS_CONSTANT, 0, ramps[_i], 3, 1, g_pool);
    double n = 0;
    apr_int64_t ns;

    for (; bm_arrivals_next(a, &ns); n++)
        ck_assert_double_eq_tol(cumulative(ramps[_i], 3, (double)ns / SECOND_NS), n, 1e-6);
    ck_assert_double_eq(n, ceil(bm_arrivals_expected(a) - 1e-9));
    ck_assert_double_eq_tol(bm_arrivals_expected(a), cumulative(ramps[_i], 3, 1e3), 1e-9);
}
END_TEST

/* Poisson counts of each second, over many schedules, against the integral over that second; and their variance, which is as
 * large as their mean. */
BM_LOOP_TEST(a_ramp_of_poisson_arrivals_has_the_rate_of_each_second, BM_COUNT(ramps))
{
    enum { SCHEDULES = 2000, SECONDS = 80 };
    double sums[SECONDS] = { 0 }, squares[SECONDS] = { 0 };
    apr_int64_t ns;

    for (apr_uint64_t seed = 0; seed < SCHEDULES; seed++) {
        bm_arrivals_t *a = bm_arrivals_make(BM_ARRIVALS_POISSON, 0, ramps[_i], 3, seed, g_pool);
        int counts[SECONDS] = { 0 };

        while (bm_arrivals_next(a, &ns))
            counts[(int)((double)ns / SECOND_NS)]++;
        for (int i = 0; i < SECONDS; i++) {
            sums[i] += counts[i];
            squares[i] += (double)counts[i] * counts[i];
        }
        apr_pool_clear(g_pool);
    }
    for (int i = 0; i < SECONDS; i++) {
        double expected = cumulative(ramps[_i], 3, i + 1) - cumulative(ramps[_i], 3, i);
        double mean = sums[i] / SCHEDULES, variance = squares[i] / SCHEDULES - mean * mean;

        ck_assert_double_eq_tol(mean, expected, 4.5 * sqrt(expected / SCHEDULES) + 1e-9);
        ck_assert_double_eq_tol(variance, expected, 4.5 * sqrt((expected + 2 * expected * expected) / SCHEDULES) + 1e-9);
    }
}
END_TEST

typedef struct error_case_t {
    double seconds, begin, end;
} error_case_t;

/* About 10^7 arrivals in a day, and less. */
static const error_case_t errors[] = {
    { 86400, 0, 230 }, { 86400, 230, 0 }, { 86400, 100, 131 }, { 3600, 1, 5000 }, { 3600, 5000, 1 }, { 60, 0, 50 }, { 60, 50, 0 },
};

/* Against the same root with 64 bits of mantissa: off by less than 1 ns and 10^-8 of the gap there. */
BM_LOOP_TEST(ramps_are_exact_to_a_nanosecond_and_a_hair_of_the_gap, BM_COUNT(errors))
{
    const error_case_t *c = &errors[_i];
    bm_arrivals_t *a = one_stage(BM_ARRIVALS_CONSTANT, 0, c->seconds, c->begin, c->end, 1);
    long double change = (long double)c->end - c->begin, exact, before = 0, worst = 0, worst_ns = 0;
    apr_int64_t ns, n = 0;

    for (; bm_arrivals_next(a, &ns); n++, before = exact) {
        long double square = (long double)c->begin * c->begin + 2 * change * n / c->seconds, error;

        exact = n == 0 ? 0 : 2.0L * n / (c->begin + sqrtl(fmaxl(square, 0))) * 1e9L;
        error = fabsl((long double)ns - exact);
        worst_ns = fmaxl(worst_ns, error);
        worst = fmaxl(worst, error / (1 + 1e-8L * (exact - before)));
    }
    ck_assert_msg(worst < 1, "%g to %g: off by %Lg ns", c->begin, c->end, worst_ns);
    ck_assert_double_eq_tol((double)n, ceil(bm_arrivals_expected(a)), 1);
}
END_TEST

/* --- seeds --- */

/* From another implementation of the generator, with logarithms of 60 digits: the 1st to 5th and the last arrival. */
static const apr_int64_t poisson_50[] = { 24275200, 38972784, 56044066, 65973600, 89865830, 19929252928 };
static const apr_int64_t poisson_ramp[] = { 107051081, 162041934, 219819541, 251071733, 320738038, 3703160680 };

static void check_schedule(bm_arrivals_t *a, const apr_int64_t *expected, int last)
{
    apr_int64_t ns = 0;

    for (int i = 0; i < last; i++) {
        ck_assert_int_eq(bm_arrivals_next(a, &ns), 1);
        if (i < 5)
            ck_assert_int_le(llabs(ns - expected[i]), 1);
    }
    ck_assert_int_le(llabs(ns - expected[5]), 1);
}

BM_TEST(a_seed_means_one_schedule_everywhere)
{
    check_schedule(one_stage(BM_ARRIVALS_POISSON, 0, 100, 50, 50, 1), poisson_50, 1000);
    check_schedule(one_stage(BM_ARRIVALS_POISSON, 0, 4, 10, 110, 1), poisson_ramp, 200);
}
END_TEST

BM_TEST(another_seed_is_another_schedule)
{
    bm_arrivals_t *a = one_stage(BM_ARRIVALS_GAMMA, 0.5, 100, 50, 50, 1), *b = one_stage(BM_ARRIVALS_GAMMA, 0.5, 100, 50, 50, 1);
    bm_arrivals_t *c = one_stage(BM_ARRIVALS_GAMMA, 0.5, 100, 50, 50, 2);
    int differ = 0;

    for (int i = 0; i < 1000; i++) {
        apr_int64_t x, y, z;

        ck_assert(bm_arrivals_next(a, &x) && bm_arrivals_next(b, &y) && bm_arrivals_next(c, &z));
        ck_assert_int_eq(x, y);
        differ += x != z;
    }
    ck_assert_int_gt(differ, 990);
}
END_TEST

/* --- what cannot be --- */

static const bm_arrivals_stage_t impossible[] = {
    { 0, 1, 1 }, { -1, 1, 1 }, { 1, -1, 1 }, { 1, 1, -1 }, { NAN, 1, 1 }, { 1, NAN, 1 }, { 1, 1, NAN }, { INFINITY, 1, 1 },
    { 1, INFINITY, 1 }, { 1e10, 1, 1 }, { 1, 1, 1e13 }, { 10, 0, 0 },
};

BM_LOOP_TEST(impossible_and_silent_stages_send_nothing, BM_COUNT(impossible))
{
    apr_int64_t ns = 7;

    for (int kind = BM_ARRIVALS_CONSTANT; kind <= BM_ARRIVALS_GAMMA; kind++) {
        bm_arrivals_t *a = bm_arrivals_make(kind, 1, &impossible[_i], 1, 1, g_pool);

        ck_assert_int_eq(bm_arrivals_next(a, &ns), 0);
        ck_assert_double_eq(bm_arrivals_expected(a), 0);
    }
    ck_assert_int_eq(ns, 7);
}
END_TEST

BM_TEST(impossible_shapes_send_nothing_and_tiny_ones_end)
{
    apr_int64_t ns, n = 0;
    bm_arrivals_t *a;

    ck_assert_int_eq(bm_arrivals_next(one_stage(BM_ARRIVALS_GAMMA, 0, 10, 5, 5, 1), &ns), 0);
    ck_assert_int_eq(bm_arrivals_next(one_stage(BM_ARRIVALS_GAMMA, -1, 10, 5, 5, 1), &ns), 0);
    ck_assert_int_eq(bm_arrivals_next(one_stage(BM_ARRIVALS_GAMMA, NAN, 10, 5, 5, 1), &ns), 0);
    ck_assert_int_eq(bm_arrivals_next(bm_arrivals_make(BM_ARRIVALS_POISSON, 0, NULL, 0, 1, g_pool), &ns), 0);
    a = one_stage(BM_ARRIVALS_GAMMA, 1e-300, 10, 5, 5, 1);
    while (n < 1000 && bm_arrivals_next(a, &ns))
        n++;
    ck_assert_int_lt(n, 1000);
}
END_TEST

#include "test_arrivals.reg"
