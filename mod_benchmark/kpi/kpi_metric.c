/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_metric.h"

#include <stddef.h>
#include <string.h>

#define ROW(id_, name_, of_, pooled_, definition_) \
    [id_] = { .id = id_, .name = name_, .unit = "ms", .of = of_, .pooled = pooled_, .definition = definition_ }

static const bm_kpi_metric_t metrics[BM_KPI_METRIC_END] = {
    ROW(BM_KPI_E2E, "e2e_ms", BM_KPI_OF_COMPLETED, 0, "Cn - S: first byte sent to last content"),
    ROW(BM_KPI_E2E_SCHEDULED, "e2e_scheduled_ms", BM_KPI_OF_COMPLETED, 0, "Cn - P: planned send to last content"),
    ROW(BM_KPI_TOTAL, "total_ms", BM_KPI_OF_COMPLETED, 0, "wall time of the run, started to finished (total_duration_ms)"),
    ROW(BM_KPI_TTFT, "ttft_ms", BM_KPI_OF_COMPLETED, 0, "C1 - S: first byte sent to first content, reasoning included"),
    ROW(BM_KPI_TTFT_SCHEDULED, "ttft_scheduled_ms", BM_KPI_OF_COMPLETED, 0, "C1 - P: planned send to first content"),
    ROW(BM_KPI_TTFO, "ttfo_ms", BM_KPI_OF_COMPLETED, 0, "first byte sent to first content that is not reasoning"),
    ROW(BM_KPI_TTST, "ttst_ms", BM_KPI_OF_COMPLETED, 0, "C2 - C1: gap between first and second content chunk"),
    ROW(BM_KPI_ITL, "itl_ms", BM_KPI_OF_COMPLETED, 1, "gap per token: chunk gap divided by its tokens, that many values"),
    ROW(BM_KPI_ICL, "icl_ms", BM_KPI_OF_COMPLETED, 1, "every gap between content chunks"),
    ROW(BM_KPI_TPOT, "tpot_ms", BM_KPI_OF_COMPLETED, 0, "(Cn - C1) / (N - tokens of the first chunk)"),
    ROW(BM_KPI_SEND_LAG, "send_lag_ms", BM_KPI_OF_EVERY_RUN, 0, "S - P: how late we sent"),
    ROW(BM_KPI_QUEUE, "queue_ms", BM_KPI_OF_EVERY_RUN, 0, "time between becoming due and being started"),
    ROW(BM_KPI_TTFB, "ttfb_ms", BM_KPI_OF_COMPLETED, 0, "B - S: first byte sent to first byte of the answer"),
    ROW(BM_KPI_NTPOT, "ntpot_ms", BM_KPI_OF_COMPLETED, 0, "(Cn - S) / N: all of the time, per output token"),
    ROW(BM_KPI_CONNECT, "connect_ms", BM_KPI_OF_EVERY_RUN, 0, "time to a usable connection, where a new one was made"),
};

const bm_kpi_metric_t *bm_kpi_metric_find(int id)
{
    return id > 0 && id < BM_KPI_METRIC_END ? &metrics[id] : NULL;
}

const bm_kpi_metric_t *bm_kpi_metric_by_name(const char *name)
{
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (strcmp(metrics[id].name, name) == 0)
            return &metrics[id];
    }
    return NULL;
}
