/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: `slos` as JSON, read as a scenario's and as a load test's. What is accepted stays so with its defaults, is read by who
 * judges by it, and is told in words; what is refused names where. */
#include "fuzz.h"

#include <math.h>
#include <string.h>
#include <apr_general.h>
#include "api/slo_json.h"
#include "loadtest/load_plan.h"
#include "model/loadtest_plan.h"

static const bm_field_t body_fields[] = { { "slos", BM_TYPE_ARRAY, 0, 0, BM_SLOS_MAX, .members = bm_slo_fields }, { NULL } };
static const char plan_text[] = "{\"scenario_id\": 1, \"load_model\": {\"type\": \"constant\", \"rate\": 5}, \"requests\": 10}";

/* 20 runs of 1 to 20 ms and two that failed. */
static const bm_kpi_cell_t *some_runs(apr_pool_t *p)
{
    bm_kpi_cell_t *cell = bm_kpi_cell_make(p);

    for (int i = 1; i <= 22; i++) {
        bm_kpi_sample_t s = { .status = i <= 20 ? BM_KPI_COMPLETED : BM_KPI_FAILED, .good = i <= 10 };

        for (int metric = 1; metric < BM_KPI_METRIC_END; metric++)
            if (metric != BM_KPI_ITL && metric != BM_KPI_ICL)
                bm_kpi_sample_set(&s, (bm_kpi_metric_e)metric, i);
        BM_FUZZ_CHECK(bm_kpi_cell_add_run(cell, &s) == APR_SUCCESS);
    }
    return cell;
}

static void check_told(const bm_kpi_slo_t *slo, const json_t *json, const bm_kpi_cell_t *cell, apr_pool_t *p)
{
    bm_kpi_slo_figures_t f;
    bm_buffer_t out = { 0 };
    json_t *told;
    bm_jw_t w;

    BM_FUZZ_CHECK(slo->target > 0 && slo->target < 1 && slo->window_hours >= 1 && slo->window_hours <= BM_SLO_DAYS_MAX * 24);
    BM_FUZZ_CHECK(slo->of != BM_KPI_SLO_OF_METRIC || (slo->max > 0 && isfinite(slo->max)));
    bm_kpi_slo_judge(&f, slo, cell);
    BM_FUZZ_CHECK(f.within <= f.attempted && (isnan(f.attainment) || (f.attainment >= 0 && f.attainment <= 1)));
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_slo_json_write(&w, slo, json, &f, p);
    bm_jw_end_object(&w);
    BM_FUZZ_CHECK(w.rv == APR_SUCCESS && bm_json_parse(&told, out.data, out.len, NULL, p) == APR_SUCCESS);
    bm_buffer_free(&out);
}

/* As a scenario has them. */
static int check_scenarios(json_t *slos, apr_pool_t *p)
{
    json_t *body = bm_json_adopt(json_pack("{s:O}", "slos", slos), p), *whole;
    bm_kpi_slo_t read[BM_SLOS_MAX];
    bm_err_t *err = bm_err_make(p);
    apr_status_t rv = bm_field_check(body, body_fields, BM_FIELD_CREATE, NULL, "", err, p);
    int n;

    if (rv == APR_SUCCESS)
        rv = bm_slos_check(slos, "/slos", err, p);
    BM_FUZZ_CHECK((rv == APR_SUCCESS) == (err->violations->nelts == 0));
    if (rv != APR_SUCCESS)
        return 0;
    whole = bm_slos_complete(slos, p);
    BM_FUZZ_CHECK(bm_slos_check(whole, "/slos", err, p) == APR_SUCCESS);
    BM_FUZZ_CHECK(json_equal(whole, bm_slos_complete(whole, p)));
    n = bm_kpi_slos_read(read, whole, p);
    BM_FUZZ_CHECK(n == (int)json_array_size(slos));
    for (int i = 0; i < n; i++)
        check_told(&read[i], json_array_get(whole, (size_t)i), some_runs(p), p);
    return 1;
}

/* As a plan has them. */
static void check_plans(json_t *slos, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    const char *complaint = NULL;
    bm_load_plan_t *read;
    json_t *plan;

    BM_FUZZ_CHECK(bm_json_parse(&plan, plan_text, sizeof(plan_text) - 1, NULL, p) == APR_SUCCESS);
    json_object_set(plan, "slos", slos);
    if (bm_loadtest_plan_check(plan, err, p) != APR_SUCCESS) {
        BM_FUZZ_CHECK(err->violations->nelts > 0);
        return;
    }
    BM_FUZZ_CHECK(bm_load_plan_read(&read, plan, &complaint, p) == APR_SUCCESS && complaint == NULL);
    BM_FUZZ_CHECK(read->slo_count == (int)json_array_size(slos));
    for (int i = 0; i < read->slo_count; i++)
        BM_FUZZ_CHECK(read->slos[i].quantile > 0 && read->slos[i].quantile < 1 && read->slos[i].max > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    json_t *slos;
    apr_pool_t *p;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    apr_pool_create(&p, process);
    if (bm_json_parse(&slos, (const char *)data, size, NULL, p) == APR_SUCCESS) {
        (void)check_scenarios(slos, p);
        check_plans(slos, p);
    }
    apr_pool_destroy(p);
    return 0;
}
