/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run_metering.h"

#include "kpi/kpi_metric.h"
#include "model/run_model.h"

#define MOST_MS 1e12                /* thirty years; their nanoseconds still fit */

_Static_assert(BM_KPI_STATUS_END == (int)BM_RUN_METER_ENDS, "every way to end has its counter");

/* Which metric of the KPIs a meter shows. */
static const bm_kpi_metric_e metrics[BM_RUN_METERS] = {
    [BM_RUN_METER_TOTAL] = BM_KPI_TOTAL,
    [BM_RUN_METER_E2E] = BM_KPI_E2E,
    [BM_RUN_METER_TTFT] = BM_KPI_TTFT,
    [BM_RUN_METER_ITL] = BM_KPI_ITL,
    [BM_RUN_METER_TPOT] = BM_KPI_TPOT,
    [BM_RUN_METER_QUEUE] = BM_KPI_QUEUE,
    [BM_RUN_METER_SEND_LAG] = BM_KPI_SEND_LAG,
};

static int64_t ns_of(double ms)
{
    return ms > 0 && ms < MOST_MS ? (int64_t)(ms * 1e6) : 0;
}

static void add_gaps(bm_histogram_t *histogram, const bm_kpi_gaps_t *gaps)
{
    apr_size_t i;

    for (i = 0; i < gaps->count; i++)
        bm_histogram_add(histogram, ns_of(gaps->ms[i]), gaps->times != NULL ? gaps->times[i] : 1);
}

/* As in a KPI cell: latencies of completed runs, our own times of all (kpi/kpi_cell.h). */
static void add_figures(bm_scenario_meters_t *scenario, const bm_kpi_sample_t *sample)
{
    int i;

    for (i = 0; i < BM_RUN_METERS; i++) {
        const bm_kpi_metric_t *metric = bm_kpi_metric_find(metrics[i]);

        if (metric->of == BM_KPI_OF_COMPLETED && sample->status != BM_KPI_COMPLETED)
            continue;
        if (metric->pooled)
            add_gaps(&scenario->figures[i], &sample->itl);
        else if (sample->present & (1u << metric->id))
            bm_histogram_add(&scenario->figures[i], ns_of(sample->values[metric->id]), 1);
    }
}

static void add_word(_Atomic uint64_t *word, uint64_t more)
{
    atomic_fetch_add_explicit(word, more, memory_order_relaxed);
}

void bm_run_metering_add(bm_meters_t *meters, const bm_kpi_sample_t *sample, const bm_finished_run_t *run)
{
    bm_scenario_meters_t *scenario;

    if (sample->source != BM_RUN_KIND_RUN)
        return;
    scenario = bm_meters_scenario(meters, sample->scenario_id);
    add_word(&scenario->ends[sample->status], 1);
    add_word(&scenario->prompt_tokens, sample->prompt_tokens);
    add_word(&scenario->completion_tokens, sample->completion_tokens);
    add_figures(scenario, sample);
    if (run->kernel_stamped == 1 && run->lag_max_us != BM_FIGURE_NONE)
        bm_histogram_add(&meters->engine_lag, run->lag_max_us * 1000, 1);
}
