/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_good.h"

#include <math.h>
#include "stat/apdex.h"

/* Mean of a run's own gaps: a limit on a pooled metric is kept by a run whose mean keeps it. */
static double mean_of(const bm_kpi_gaps_t *gaps)
{
    double sum = 0, n = 0;
    apr_size_t i;

    for (i = 0; i < gaps->count; i++) {
        double times = gaps->times ? gaps->times[i] : 1;

        sum += gaps->ms[i] * times;
        n += times;
    }
    return n > 0 ? sum / n : 0;
}

int bm_kpi_good_within(const bm_kpi_sample_t *sample, bm_kpi_metric_e metric, double max)
{
    if (metric == BM_KPI_ITL)
        return mean_of(&sample->itl) <= max;
    if (metric == BM_KPI_ICL)
        return mean_of(&sample->icl) <= max;
    return (sample->present & (apr_uint32_t)1 << metric) != 0 && sample->values[metric] <= max;
}

apr_uint64_t bm_kpi_good_attempts(const bm_kpi_counts_t *counts)
{
    return counts->status[BM_KPI_COMPLETED] + counts->status[BM_KPI_FAILED] + counts->status[BM_KPI_TIMED_OUT];
}

double bm_kpi_good_attainment(const bm_kpi_counts_t *counts)
{
    apr_uint64_t attempts = bm_kpi_good_attempts(counts);

    return attempts > 0 ? (double)counts->good / (double)attempts : NAN;
}

double bm_kpi_good_put(const bm_kpi_counts_t *counts, double seconds)
{
    return seconds > 0 ? (double)counts->good / seconds : NAN;
}

double bm_kpi_good_cost(const bm_kpi_counts_t *counts)
{
    return counts->good > 0 && counts->cost > 0 ? counts->cost / (double)counts->good : NAN;
}

double bm_kpi_good_apdex(const bm_kpi_cell_t *cell, bm_kpi_metric_e metric, double t_ms)
{
    const bm_sketch_t *sketch = bm_kpi_cell_sketch(cell, metric);
    apr_uint64_t satisfied = sketch != NULL ? bm_sketch_at_most(sketch, t_ms) : 0;
    apr_uint64_t tolerating = sketch != NULL ? bm_sketch_at_most(sketch, BM_APDEX_TOLERATED * t_ms) - satisfied : 0;

    return bm_apdex(satisfied, tolerating, bm_kpi_good_attempts(bm_kpi_cell_counts(cell)));
}
