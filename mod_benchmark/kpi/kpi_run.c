/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_run.h"

#include <string.h>

static bm_kpi_status_e status_of(const char *status)
{
    if (strcmp(status, "completed") == 0)
        return BM_KPI_COMPLETED;
    if (strcmp(status, "cancelled") == 0)
        return BM_KPI_CANCELLED;
    return strcmp(status, "timed_out") == 0 ? BM_KPI_TIMED_OUT : BM_KPI_FAILED;
}

static apr_uint64_t tokens_of(apr_int64_t tokens)
{
    return tokens > 0 ? (apr_uint64_t)tokens : 0;      /* BM_FIGURE_NONE is negative */
}

/* Cn - P = (Cn - S) + (S - P); send_lag is counted from when it was due, held_us after P. */
static apr_int64_t scheduled(apr_int64_t since_sent, const bm_finished_run_t *row)
{
    if (since_sent == BM_FIGURE_NONE || row->send_lag_us == BM_FIGURE_NONE)
        return BM_FIGURE_NONE;
    return since_sent + row->send_lag_us + (row->held_us > 0 ? row->held_us : 0);
}

void bm_kpi_run_sample(bm_kpi_sample_t *sample, const bm_finished_run_t *row)
{
    const struct {
        bm_kpi_metric_e metric;
        apr_int64_t us;
    } values[] = {
        { BM_KPI_E2E, row->e2e_us }, { BM_KPI_E2E_SCHEDULED, scheduled(row->e2e_us, row) },
        { BM_KPI_TOTAL, row->total_us }, { BM_KPI_TTFT, row->ttft_us },
        { BM_KPI_TTFT_SCHEDULED, scheduled(row->ttft_us, row) }, { BM_KPI_TTFO, row->ttfo_us },
        { BM_KPI_TTST, row->ttst_us }, { BM_KPI_TPOT, row->tpot_us }, { BM_KPI_SEND_LAG, row->send_lag_us },
        { BM_KPI_QUEUE, row->queue_us }, { BM_KPI_CONNECT, row->connect_us },
        { BM_KPI_TTFB, row->ttfb_us }
    };
    size_t i;

    *sample = (bm_kpi_sample_t){
        .run_id = row->id, .status = status_of(row->status), .error_class = row->error_code,
        .prompt_tokens = tokens_of(row->tokens_prompt), .completion_tokens = tokens_of(row->tokens_completion),
        .reasoning_tokens = tokens_of(row->tokens_reasoning), .cached_tokens = tokens_of(row->tokens_cached),
        .cost = row->cost_nano > 0 ? (double)row->cost_nano / 1e9 : 0
    };
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        if (values[i].us != BM_FIGURE_NONE)
            bm_kpi_sample_set(sample, values[i].metric, (double)values[i].us / 1000.0);
    bm_kpi_sample_set_ntpot(sample);
}
