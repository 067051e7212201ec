/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <string.h>
#include <apr_strings.h>
#include "kpi/kpi_metric.h"
#include "model/slo_model.h"

static json_t *json_of(const char *text)
{
    json_t *json;

    ck_assert_int_eq(bm_json_parse(&json, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    return json;
}

typedef struct case_t {
    const char *slo, *pointer;      /* NULL: sound */
} case_t;

static const case_t cases[] = {
    { "{\"metric\": \"ttft_ms\", \"max\": 500}", NULL },
    { "{\"metric\": \"ttft_ms\", \"max\": 500, \"attainment\": 99, \"window\": \"90d\"}", NULL },
    { "{\"metric\": \"success_rate\", \"min\": 99.5, \"window\": \"1h\"}", NULL },
    { "{\"metric\": \"ttft_ms\"}", "/slos/0/max" },
    { "{\"metric\": \"ttft_ms\", \"max\": 500, \"min\": 3}", "/slos/0/min" },
    { "{\"metric\": \"ttft_ms\", \"max\": 500, \"quantile\": 0.9, \"attainment\": 90}", "/slos/0/attainment" },
    { "{\"metric\": \"good_rate\"}", "/slos/0/min" },
    { "{\"metric\": \"good_rate\", \"min\": 9, \"max\": 1}", "/slos/0/max" },
    { "{\"metric\": \"good_rate\", \"min\": 9, \"quantile\": 0.5}", "/slos/0/quantile" },
    { "{\"metric\": \"good_rate\", \"min\": 9, \"window\": \"91d\"}", "/slos/0/window" },
};

BM_LOOP_TEST(what_the_table_cannot_say, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    bm_err_t *err = bm_err_make(g_pool);
    json_t *slos = json_of(apr_pstrcat(g_pool, "[", c->slo, "]", NULL));
    apr_status_t rv = bm_slos_check(slos, "/slos", err, g_pool);

    ck_assert_int_eq(rv, c->pointer == NULL ? APR_SUCCESS : APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, c->pointer != NULL);
    if (c->pointer != NULL)
        ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, c->pointer);
}
END_TEST

BM_TEST(windows)
{
    static const char *const bad[] = { "", "d", "0h", "-1h", "1", "1w", "2161h", "91d", "1.5h", "99999999h", "1hd" };

    ck_assert_int_eq(bm_slo_window_hours("1h"), 1);
    ck_assert_int_eq(bm_slo_window_hours("28d"), 672);
    ck_assert_int_eq(bm_slo_window_hours("90d"), 2160);
    ck_assert_int_eq(bm_slo_window_hours("2160h"), 2160);
    for (size_t i = 0; i < BM_COUNT(bad); i++)
        ck_assert_msg(bm_slo_window_hours(bad[i]) == 0, "%s", bad[i]);
}
END_TEST

BM_TEST(defaults)
{
    const char *text = bm_json_dump(NULL, bm_slos_complete(json_of("[{\"metric\": \"ttft_ms\", \"max\": 5},"
                                    "{\"metric\": \"good_rate\", \"min\": 9}]"), g_pool), g_pool);

    ck_assert_str_eq(text, "[{\"metric\":\"ttft_ms\",\"max\":5,\"quantile\":0.95,\"window\":\"28d\"},"
                     "{\"metric\":\"good_rate\",\"min\":9,\"window\":\"28d\"}]");
    ck_assert_str_eq(bm_json_dump(NULL, bm_slos_complete(NULL, g_pool), g_pool), "[]");
}
END_TEST

BM_TEST(every_latency_is_a_metric_of_the_kpis)
{
    char *words = apr_pstrdup(g_pool, BM_SLO_LATENCIES), *state, *word;

    for (word = apr_strtok(words, "|", &state); word != NULL; word = apr_strtok(NULL, "|", &state))
        ck_assert_ptr_nonnull(bm_kpi_metric_by_name(word));
}
END_TEST

#include "test_slo_model.reg"
