/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "base/rand.h"
#include "kpi/compare.h"

enum { GAPS = 20 };

/* n runs whose times are lognormal around scale, all quantities drawn apart, one of fifty failed. */
static bm_kpi_sample_t *runs(int n, double scale, bm_rand_t *rand)
{
    static const bm_kpi_metric_e drawn[] = { BM_KPI_E2E, BM_KPI_TTFT, BM_KPI_TTFO, BM_KPI_TTST, BM_KPI_TPOT, BM_KPI_CONNECT };
    bm_kpi_sample_t *samples = apr_pcalloc(g_pool, (apr_size_t)n * sizeof(*samples));

    for (int i = 0; i < n; i++) {
        double *gaps = apr_palloc(g_pool, GAPS * sizeof(*gaps)), pace = exp(0.3 * bm_rand_normal(rand));

        for (size_t k = 0; k < BM_COUNT(drawn); k++)
            bm_kpi_sample_set(&samples[i], drawn[k], scale * exp(0.4 * bm_rand_normal(rand)));
        for (int k = 0; k < GAPS; k++)
            gaps[k] = scale / 10 * pace * exp(0.1 * bm_rand_normal(rand));
        samples[i].run_id = i + 1;
        samples[i].itl = (bm_kpi_gaps_t){ .ms = gaps, .count = GAPS };
        samples[i].status = bm_rand_below(rand, 50) == 0 ? BM_KPI_FAILED : BM_KPI_COMPLETED;
    }
    return samples;
}

static const bm_compare_result_t *find(const bm_compare_t *c, const char *name)
{
    for (int i = 0; i < c->count; i++)
        if (strcmp(c->results[i].quantity->name, name) == 0)
            return &c->results[i];
    return NULL;
}

static bm_compare_t *compare(int n, double a, int m, double b, apr_uint64_t seed)
{
    const bm_compare_options_t options = { .significance = 0.05, .seed = seed };
    bm_rand_t rand;

    bm_rand_seed(&rand, seed);
    bm_kpi_sample_t *of_a = runs(n, a, &rand), *of_b = runs(m, b, &rand);

    return bm_compare_rows(of_a, n, of_b, m, &options, g_pool);
}

/* The promise of the correction: of groups that are alike at most one in twenty is said to differ, however many the metrics. */
BM_TEST(groups_that_are_alike_are_seldom_said_to_differ)
{
    enum { ROUNDS = 200 };
    int alarms = 0;

    for (apr_uint64_t seed = 1; seed <= ROUNDS; seed++) {
        bm_compare_t *c = compare(40, 100, 50, 100, seed);

        ck_assert_int_ge(c->tests, 7);
        for (int i = 0; i < c->count; i++)
            if (c->results[i].verdict == BM_COMPARE_BETTER || c->results[i].verdict == BM_COMPARE_WORSE) {
                alarms++;
                break;
            }
        apr_pool_clear(g_pool);
    }
    ck_assert_msg(alarms <= 20, "%d of %d", alarms, ROUNDS);
}
END_TEST

BM_TEST(what_is_slower_is_worse_in_all_and_says_so)
{
    bm_compare_t *c = compare(200, 100, 200, 130, 3);
    const bm_compare_result_t *ttft = find(c, "ttft_ms"), *itl = find(c, "itl_ms"), *success = find(c, "success_rate");

    ck_assert_int_eq(c->verdict, BM_COMPARE_WORSE);
    ck_assert_ptr_nonnull(strstr(c->sentence, "B is worse than A at significance 0.05, corrected for"));
    ck_assert(ttft->verdict == BM_COMPARE_WORSE && ttft->effect > 0.3 && ttft->of[BM_COMPARE_P50].ratio_low > 1);
    ck_assert(itl->verdict == BM_COMPARE_WORSE && itl->a.n == itl->a.runs * GAPS && isnan(itl->a.low[BM_COMPARE_P50]));
    ck_assert(itl->of[BM_COMPARE_P50].ratio_low < 1.3 && itl->of[BM_COMPARE_P50].ratio_high > 1.3);
    ck_assert_int_eq(success->verdict, BM_COMPARE_NO_DIFFERENCE);
    ck_assert_ptr_null(find(c, "cost"));
    ck_assert(c->count + c->missing_count == BM_COMPARE_QUANTITIES);
}
END_TEST

/* The same runs as cells: quantiles within the bound of the sketch, and intervals that are not narrower. */
BM_TEST(cells_say_the_same_as_rows_and_no_more)
{
    const bm_compare_options_t options = { .significance = 0.05, .seed = 1 };
    bm_kpi_cell_t *cell_a = bm_kpi_cell_make(g_pool), *cell_b = bm_kpi_cell_make(g_pool);
    bm_rand_t rand;

    bm_rand_seed(&rand, 5);
    bm_kpi_sample_t *a = runs(3000, 100, &rand), *b = runs(3000, 106, &rand);

    for (int i = 0; i < 3000; i++)
        ck_assert(bm_kpi_cell_add_run(cell_a, &a[i]) == APR_SUCCESS && bm_kpi_cell_add_run(cell_b, &b[i]) == APR_SUCCESS);
    bm_compare_t *rows = bm_compare_rows(a, 3000, b, 3000, &options, g_pool);
    bm_compare_t *cells = bm_compare_cells(cell_a, cell_b, &options, g_pool);
    const bm_compare_result_t *one = find(rows, "ttft_ms"), *other = find(cells, "ttft_ms");

    ck_assert(one->verdict == BM_COMPARE_WORSE && other->verdict == BM_COMPARE_WORSE);
    for (int k = BM_COMPARE_P50; k < BM_COMPARE_OF_END; k++) {
        ck_assert_double_eq_tol(other->a.of[k] / one->a.of[k], 1, 0.0051);
        ck_assert(other->of[k].difference_low <= one->of[k].difference && one->of[k].difference <= other->of[k].difference_high);
        ck_assert(other->of[k].difference_high - other->of[k].difference_low
                  > 0.8 * (one->of[k].difference_high - one->of[k].difference_low));
    }
    ck_assert(isnan(other->effect) && !isnan(one->effect));
    one = find(rows, "success_rate");
    other = find(cells, "success_rate");
    ck_assert(one->p == other->p && one->of[BM_COMPARE_MEAN].difference_low == other->of[BM_COMPARE_MEAN].difference_low);
}
END_TEST

static bm_kpi_cell_t *constant_cell(double ms, int n)
{
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    for (int i = 0; i < n; i++) {
        bm_kpi_sample_t sample = { .run_id = i + 1, .status = BM_KPI_COMPLETED, .icl = { .ms = &ms, .count = 1 } };

        bm_kpi_sample_set(&sample, BM_KPI_TTFT, ms);
        ck_assert_int_eq(bm_kpi_cell_add_run(cell, &sample), APR_SUCCESS);
    }
    return cell;
}

/* Intervals of no width: neither a division by nothing nor too few samples. */
BM_TEST(cells_of_equal_values_can_be_told_apart)
{
    const bm_compare_options_t options = { .significance = 0.05 };
    const bm_compare_result_t *same, *other;
    bm_compare_t *c = bm_compare_cells(constant_cell(5, 100), constant_cell(5, 100), &options, g_pool);

    same = find(c, "ttft_ms");
    ck_assert_double_eq(same->p, 1);
    ck_assert_int_eq(same->verdict, BM_COMPARE_NO_DIFFERENCE);
    c = bm_compare_cells(constant_cell(5, 100), constant_cell(6, 100), &options, g_pool);
    other = find(c, "ttft_ms");
    ck_assert_double_le(other->p, 1e-9);
    ck_assert_int_eq(other->verdict, BM_COMPARE_WORSE);
    other = find(c, "icl_ms");
    ck_assert(isnan(other->p));
    ck_assert_ptr_nonnull(strstr(other->sentence, "cells cannot tell"));
    ck_assert_ptr_nonnull(strstr(other->sentence, "n = 100 and 100"));
}
END_TEST

BM_TEST(few_runs_and_none)
{
    bm_compare_t *c = compare(4, 100, 4, 1000, 7);

    ck_assert_int_eq(c->verdict, BM_COMPARE_TOO_FEW);
    for (int i = 0; i < c->count; i++)
        ck_assert(c->results[i].verdict == BM_COMPARE_TOO_FEW);
    c = compare(1, 100, 1, 100, 7);
    ck_assert(c->tests == 0 && c->verdict == BM_COMPARE_TOO_FEW);
    c = bm_compare_rows(NULL, 0, NULL, 0, &(bm_compare_options_t){ .significance = 0.05 }, g_pool);
    ck_assert(c->count == 0 && c->missing_count == BM_COMPARE_QUANTITIES && c->verdict == BM_COMPARE_TOO_FEW);
}
END_TEST

BM_TEST(only_what_is_wanted)
{
    const bm_compare_options_t options = { .significance = 0.05, .wanted = 1, .seed = 1 };
    bm_rand_t rand;

    bm_rand_seed(&rand, 8);
    bm_kpi_sample_t *a = runs(30, 100, &rand), *b = runs(30, 100, &rand);
    bm_compare_t *c = bm_compare_rows(a, 30, b, 30, &options, g_pool);

    ck_assert(c->count == 1 && c->missing_count == 0 && strcmp(c->results[0].quantity->name, "success_rate") == 0);
}
END_TEST

#include "test_compare.reg"
