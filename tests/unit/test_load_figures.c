/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <apr_strings.h>
#include "loadtest/load_figures.h"

enum { N = 400 };

/* Sample i of N: a geometric series from `least`, spread over two decades and never at the middle of a bucket. */
static double sample(double least, int i)
{
    return least * pow(100, (double)i / N);
}

/* What is written of samples in an order that has no serial correlation. */
static json_t *figures_of(double least)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);
    bm_autocorrelation_t serial = { 0 };
    bm_buffer_t out = { 0 };
    json_t *json;
    bm_jw_t w;
    int i;

    for (i = 0; i < N; i++) {
        double value = sample(least, i * 171 % N);

        ck_assert_int_eq(bm_sketch_add(sketch, value, 1), APR_SUCCESS);
        bm_autocorrelation_add(&serial, i % 2 ? 1 : -1);          /* below 0: each sample is worth one */
    }
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_load_figures_write(&w, "figures", sketch, &serial, "service", "stamps");
    bm_load_figures_short(&w, "short", sketch);
    bm_jw_end_object(&w);
    json = bm_json_adopt(json_loadb(out.data, out.len, 0, NULL), g_pool);
    bm_buffer_free(&out);
    ck_assert_ptr_nonnull(json);
    return json;
}

static double number(const json_t *json, const char *group, const char *member)
{
    return json_number_value(json_object_get(json_object_get(json, group), member));
}

static const double leasts[] = { 0.0123456789, 1.23456789, 12345.6789 };

/* Rounding adds next to nothing to the error of the sketch, of times of some microseconds, too. */
BM_LOOP_TEST(times_have_six_digits, BM_COUNT(leasts))
{
    double least = leasts[_i];
    const json_t *json = figures_of(least);

    ck_assert_double_eq_tol(number(json, "figures", "min"), least, least * 5e-6);
    ck_assert_double_eq_tol(number(json, "figures", "max"), sample(least, N - 1), sample(least, N - 1) * 5e-6);
    ck_assert_double_ge(number(json, "figures", "p50"), sample(least, N / 2 - 1) * 0.99499);
    ck_assert_double_le(number(json, "figures", "p50"), sample(least, N / 2) * 1.00501);
    ck_assert_double_eq(number(json, "short", "p50"), number(json, "figures", "p50"));
}
END_TEST

/* Of the ranks that the interval is made of, the sketch knows the samples but for its error: it is wider by that. */
BM_LOOP_TEST(an_interval_holds_the_samples_of_its_ranks, BM_COUNT(leasts))
{
    static const struct { const char *name; double q; } cases[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p95", 0.95 } };
    double least = leasts[_i];
    const json_t *figures = json_object_get(figures_of(least), "figures");
    size_t i;

    ck_assert_int_eq(json_integer_value(json_object_get(figures, "n_effective")), N);
    for (i = 0; i < BM_COUNT(cases); i++) {
        const json_t *interval = json_object_get(json_object_get(figures, "intervals"), cases[i].name);
        double low = json_number_value(json_array_get(interval, 0)), high = json_number_value(json_array_get(interval, 1));
        apr_uint64_t from, to;

        ck_assert(bm_quantile_interval(&from, &to, N, N, cases[i].q));
        ck_assert_double_le(low, sample(least, (int)from - 1) * (1 + 5e-6));
        ck_assert_double_ge(high, sample(least, (int)to - 1) * (1 - 5e-6));
        ck_assert_double_ge(low, sample(least, (int)from - 1) * 0.989);
        ck_assert_double_le(high, sample(least, (int)to - 1) * 1.011);
    }
    ck_assert(json_is_null(json_object_get(json_object_get(figures, "intervals"), "p999")));
}
END_TEST

BM_TEST(without_samples_there_are_no_figures)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_load_figures_write(&w, "f", NULL, NULL, NULL, NULL);
    bm_jw_end_object(&w);
    ck_assert_str_eq(apr_pstrmemdup(g_pool, out.data, out.len), "{\"f\":{\"n\":0,\"mean\":null,\"min\":null,\"max\":null,"
                     "\"p50\":null,\"p90\":null,\"p95\":null,\"p99\":null,\"p999\":null}}");
    bm_buffer_free(&out);
}
END_TEST

#include "test_load_figures.reg"
