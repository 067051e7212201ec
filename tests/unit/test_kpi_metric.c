/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <string.h>
#include "kpi/kpi_metric.h"

/* Numbers are in stored cells: this table says them a second time on purpose. */
static const char *const by_id[] = {
    NULL, "e2e_ms", "e2e_scheduled_ms", "total_ms", "ttft_ms", "ttft_scheduled_ms", "ttfo_ms", "ttst_ms", "itl_ms",
    "icl_ms", "tpot_ms", "send_lag_ms", "queue_ms", "connect_ms", "ttfb_ms",
    "ntpot_ms"
};

BM_TEST(ids_stay_what_they_are_and_every_id_has_a_row)
{
    ck_assert_int_eq(BM_KPI_METRIC_END, BM_COUNT(by_id));
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        const bm_kpi_metric_t *m = bm_kpi_metric_find(id);

        ck_assert_ptr_nonnull(m);
        ck_assert_int_eq(m->id, id);
        ck_assert_str_eq(m->name, by_id[id]);
        ck_assert_str_eq(m->unit, "ms");
        ck_assert_str_eq(m->name + strlen(m->name) - 3, "_ms");
        ck_assert_ptr_nonnull(m->definition);
        ck_assert_ptr_eq(bm_kpi_metric_by_name(m->name), m);
    }
}
END_TEST

BM_TEST(what_is_not_in_the_table_is_not_found)
{
    ck_assert_ptr_null(bm_kpi_metric_find(0));
    ck_assert_ptr_null(bm_kpi_metric_find(-1));
    ck_assert_ptr_null(bm_kpi_metric_find(BM_KPI_METRIC_END));
    ck_assert_ptr_null(bm_kpi_metric_by_name("ttft"));
    ck_assert_ptr_null(bm_kpi_metric_by_name(""));
}
END_TEST

/* Presence flags are bits of 32. */
BM_TEST(ids_fit_the_presence_flags)
{
    ck_assert_int_le(BM_KPI_METRIC_END, 32);
}
END_TEST

#include "test_kpi_metric.reg"
