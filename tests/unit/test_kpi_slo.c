/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "kpi/kpi_slo.h"

static bm_kpi_slo_t slo_of(const char *text)
{
    bm_kpi_slo_t slos[BM_SLOS_MAX];
    json_t *json;

    ck_assert_int_eq(bm_json_parse(&json, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_slos_read(slos, json, g_pool), 1);
    return slos[0];
}

/* n completed runs of 1, 2 ... n ms, the first `good` of them good; and some that failed. */
static bm_kpi_cell_t *runs(int n, int good, int failed)
{
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    for (int i = 1; i <= n + failed; i++) {
        bm_kpi_sample_t s = { .status = i <= n ? BM_KPI_COMPLETED : BM_KPI_FAILED, .good = i <= good };

        if (i <= n)
            bm_kpi_sample_set(&s, BM_KPI_TTFT, i);
        ck_assert_int_eq(bm_kpi_cell_add_run(cell, &s), APR_SUCCESS);
    }
    return cell;
}

static bm_kpi_slo_figures_t judged(const char *text, const bm_kpi_cell_t *cell)
{
    bm_kpi_slo_t slo = slo_of(text);
    bm_kpi_slo_figures_t f;

    bm_kpi_slo_judge(&f, &slo, cell);
    return f;
}

/* 1000 runs, 40 above the limit, 50 allowed: four fifths of the budget are used up. */
BM_TEST(budget_and_burn_rate_of_a_worked_example)
{
    const char *text = "[{\"metric\": \"success_rate\", \"min\": 95}]";
    bm_kpi_slo_figures_t f = judged(text, runs(960, 0, 40));
    bm_kpi_slo_t slo = slo_of(text);

    ck_assert_uint_eq(f.attempted, 1000);
    ck_assert_uint_eq(f.within, 960);
    ck_assert_double_eq_tol(f.attainment, 0.96, 1e-12);
    ck_assert_double_eq_tol(f.budget, 50, 1e-9);
    ck_assert_double_eq_tol(f.budget_left, 0.2, 1e-9);
    ck_assert_double_eq_tol(bm_kpi_slo_burn_rate(&f, &slo), 0.8, 1e-9);
    ck_assert_double_eq_tol(f.low, 0.945990356, 1e-8);      /* Wilson */
    ck_assert_double_eq_tol(f.high, 0.970489026, 1e-8);
    ck_assert_int_eq(f.status, BM_KPI_SLO_MET);
}
END_TEST

BM_TEST(a_quantile_and_the_same_attainment_are_judged_alike)
{
    bm_kpi_slo_figures_t q = judged("[{\"metric\": \"ttft_ms\", \"quantile\": 0.9, \"max\": 950}]", runs(1000, 0, 0));
    bm_kpi_slo_figures_t a = judged("[{\"metric\": \"ttft_ms\", \"attainment\": 90, \"max\": 950}]", runs(1000, 0, 0));

    ck_assert_uint_eq(q.within, a.within);
    ck_assert_int_eq(q.status, a.status);
    ck_assert_double_eq_tol(q.value, 900.1, 900.1 * 0.005);      /* percentile_cont(0.9) of 1..1000 */
    ck_assert_double_le(q.value_low, q.value);
    ck_assert_double_le(q.value, q.value_high);
    ck_assert_double_eq_tol((double)q.within, 950, 950 * 0.005);
}
END_TEST

/* Half of 1 to 100 ms is within 50 ms, but the median is 50.5 ms. */
BM_TEST(of_a_quantile_its_value_decides)
{
    ck_assert_int_eq(judged("[{\"metric\": \"ttft_ms\", \"quantile\": 0.5, \"max\": 49}]", runs(100, 0, 0)).status,
                     BM_KPI_SLO_NOT_MET);
    ck_assert_int_eq(judged("[{\"metric\": \"ttft_ms\", \"quantile\": 0.5, \"max\": 52}]", runs(100, 0, 0)).status,
                     BM_KPI_SLO_MET);
    ck_assert_int_eq(judged("[{\"metric\": \"ttft_ms\", \"attainment\": 50, \"max\": 52}]", runs(100, 0, 0)).status,
                     BM_KPI_SLO_MET);
}
END_TEST

/* Failed attempts lie beyond every limit: of 100 with 10 failures p90 is the largest of the rest, p95 is none. */
BM_TEST(failures_count_as_beyond_every_limit)
{
    bm_kpi_slo_figures_t f = judged("[{\"metric\": \"ttft_ms\", \"quantile\": 0.5, \"max\": 60}]", runs(90, 0, 10));

    ck_assert_uint_eq(f.attempted, 100);
    ck_assert_double_eq_tol(f.value, 50.5, 50.5 * 0.005);        /* not 45.5, the median of those that completed */
    f = judged("[{\"metric\": \"ttft_ms\", \"quantile\": 0.95, \"max\": 1000}]", runs(90, 0, 10));
    ck_assert(isnan(f.value));
    ck_assert_double_eq(f.attainment, 0.9);
}
END_TEST

/* p99 needs 662 attempts; 661 perfect ones are too few to say that it is met. */
BM_TEST(few_samples_do_not_show_that_an_slo_is_met)
{
    const char *text = "[{\"metric\": \"ttft_ms\", \"quantile\": 0.99, \"max\": 10000}]";

    ck_assert_int_eq(judged(text, runs(661, 0, 0)).status, BM_KPI_SLO_TOO_FEW);
    ck_assert_int_eq(judged(text, runs(662, 0, 0)).status, BM_KPI_SLO_MET);
    ck_assert_int_eq(judged(text, runs(0, 0, 0)).status, BM_KPI_SLO_TOO_FEW);
    ck_assert(isnan(judged(text, runs(0, 0, 0)).budget_left));
}
END_TEST

/* One failure of one is 5 % likely where 95 % is kept, two of two 0.25 %. */
BM_TEST(few_samples_can_show_that_one_is_not_met)
{
    const char *text = "[{\"metric\": \"success_rate\", \"min\": 95}]";

    ck_assert_int_eq(judged(text, runs(0, 0, 1)).status, BM_KPI_SLO_TOO_FEW);
    ck_assert_int_eq(judged(text, runs(0, 0, 2)).status, BM_KPI_SLO_NOT_MET);
    ck_assert_int_eq(judged(text, runs(9, 0, 1)).status, BM_KPI_SLO_TOO_FEW);
    ck_assert_int_eq(judged(text, runs(900, 0, 100)).status, BM_KPI_SLO_NOT_MET);
}
END_TEST

BM_TEST(good_runs_have_a_rate_of_their_own)
{
    bm_kpi_slo_figures_t f = judged("[{\"metric\": \"good_rate\", \"min\": 50}]", runs(90, 80, 10));

    ck_assert_double_eq(f.attainment, 0.8);
    ck_assert_int_eq(f.status, BM_KPI_SLO_MET);
    ck_assert_double_lt(judged("[{\"metric\": \"good_rate\", \"min\": 90}]", runs(90, 80, 10)).budget_left, 0);
}
END_TEST

BM_TEST(the_edge_is_met_for_targets_that_are_no_binary_fraction)
{
    ck_assert_int_eq(judged("[{\"metric\": \"success_rate\", \"min\": 99.9}]", runs(9990, 0, 10)).status, BM_KPI_SLO_MET);
}
END_TEST

BM_TEST(a_run_is_good_if_it_keeps_every_limit_and_rates_set_none)
{
    const char *text = "[{\"metric\": \"ttft_ms\", \"max\": 500}, {\"metric\": \"e2e_ms\", \"max\": 2000},"
        " {\"metric\": \"success_rate\", \"min\": 99}]";
    bm_kpi_slo_t slos[BM_SLOS_MAX];
    bm_kpi_sample_t s = { 0 };
    json_t *json;

    ck_assert_int_eq(bm_json_parse(&json, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_slos_read(slos, json, g_pool), 3);
    bm_kpi_sample_set(&s, BM_KPI_TTFT, 500);
    ck_assert(!bm_kpi_slos_within(slos, 3, &s));
    bm_kpi_sample_set(&s, BM_KPI_E2E, 1999);
    ck_assert(bm_kpi_slos_within(slos, 3, &s));
    ck_assert(bm_kpi_slos_within(slos, 0, &s));
}
END_TEST

#include "test_kpi_slo.reg"
