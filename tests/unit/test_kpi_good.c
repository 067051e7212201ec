/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "kpi/kpi_good.h"

static void add(bm_kpi_cell_t *cell, bm_kpi_status_e status, double ttft, int good, double cost)
{
    bm_kpi_sample_t s = { .status = status, .good = good, .cost = cost };

    if (ttft >= 0)
        bm_kpi_sample_set(&s, BM_KPI_TTFT, ttft);
    ck_assert_int_eq(bm_kpi_cell_add_run(cell, &s), APR_SUCCESS);
}

/* Ten attempts: 4 within T = 500, 3 within 2000, 1 above, 2 failed; and one that a user cancelled. */
static bm_kpi_cell_t *scene(void)
{
    static const double ttfts[] = { 100, 200, 300, 400, 600, 1000, 1900, 2500 };
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    for (size_t i = 0; i < BM_COUNT(ttfts); i++)
        add(cell, BM_KPI_COMPLETED, ttfts[i], ttfts[i] <= 1000, 0.01);
    add(cell, BM_KPI_FAILED, -1, 0, 0.02);
    add(cell, BM_KPI_TIMED_OUT, -1, 0, 0.02);
    add(cell, BM_KPI_CANCELLED, -1, 0, 0);
    return cell;
}

BM_TEST(what_was_cancelled_is_no_attempt_and_failures_stay_in_the_denominator)
{
    const bm_kpi_counts_t *counts = bm_kpi_cell_counts(scene());

    ck_assert_uint_eq(bm_kpi_good_attempts(counts), 10);
    ck_assert_double_eq(bm_kpi_good_attainment(counts), 0.6);
    ck_assert_double_eq(bm_kpi_good_put(counts, 3), 2);
    ck_assert_double_eq_tol(bm_kpi_good_cost(counts), (8 * 0.01 + 2 * 0.02) / 6, 1e-12);
}
END_TEST

BM_TEST(apdex_counts_failures_as_frustrated)
{
    ck_assert_double_eq(bm_kpi_good_apdex(scene(), BM_KPI_TTFT, 500), (4 + 3 / 2.0) / 10);
    ck_assert_double_eq(bm_kpi_good_apdex(scene(), BM_KPI_E2E, 500), 0);      /* no run has that figure */
}
END_TEST

BM_TEST(nothing_is_known_of_no_runs)
{
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    ck_assert(isnan(bm_kpi_good_attainment(bm_kpi_cell_counts(cell))));
    ck_assert(isnan(bm_kpi_good_cost(bm_kpi_cell_counts(cell))));
    ck_assert(isnan(bm_kpi_good_put(bm_kpi_cell_counts(cell), 0)));
    ck_assert(isnan(bm_kpi_good_apdex(cell, BM_KPI_TTFT, 500)));
}
END_TEST

BM_TEST(a_run_is_within_by_its_value_and_by_the_mean_of_its_gaps)
{
    static const double gaps[] = { 10, 40 };
    static const apr_uint32_t times[] = { 2, 1 };
    bm_kpi_sample_t s = { .itl = { gaps, times, 2 } };

    bm_kpi_sample_set(&s, BM_KPI_TTFT, 500);
    ck_assert(bm_kpi_good_within(&s, BM_KPI_TTFT, 500));
    ck_assert(!bm_kpi_good_within(&s, BM_KPI_TTFT, 499.9));
    ck_assert(!bm_kpi_good_within(&s, BM_KPI_E2E, 1e6));         /* has none */
    ck_assert(bm_kpi_good_within(&s, BM_KPI_ITL, 20));
    ck_assert(!bm_kpi_good_within(&s, BM_KPI_ITL, 19.9));
    ck_assert(bm_kpi_good_within(&s, BM_KPI_ICL, 1));            /* no gaps */
}
END_TEST

#include "test_kpi_good.reg"
