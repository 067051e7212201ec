/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_sample.h: what one finished run contributes to the KPIs. Plain values; filled in by the recorder. */
#ifndef BM_KPI_SAMPLE_H
#define BM_KPI_SAMPLE_H

#include <apr_errno.h>
#include "kpi/kpi_metric.h"

/** How a run ended. The order is that of the counters in a cell's wire form: append only. */
typedef enum bm_kpi_status_e {
    BM_KPI_COMPLETED = 0,
    BM_KPI_FAILED,
    BM_KPI_CANCELLED,
    BM_KPI_TIMED_OUT,
    BM_KPI_STATUS_END
} bm_kpi_status_e;

/** Many values of one metric: ms[i] occurs times[i] times. */
typedef struct bm_kpi_gaps_t {
    const double *ms;
    const apr_uint32_t *times;      /* NULL: once each */
    apr_size_t count;
} bm_kpi_gaps_t;

/** Most labels of a run with cells of their own (BenchmarkMaxLabels is at most that). */
#define BM_KPI_LABELS_MAX 16

typedef struct bm_kpi_sample_t {
    apr_int64_t run_id;
    apr_int64_t scenario_id;
    apr_int32_t model_id;           /* row of models; 0: no model */
    apr_int32_t location_id;        /* row of locations; 0: none */
    int source;                     /* as in column source: 0 run, 1 loadtest, ... */
    int label_count;                /* labels that are counted apart, beside all runs; and their numbers (kpi_labels.h) */
    apr_int32_t label_ids[BM_KPI_LABELS_MAX + 1];    /* one more: other */
    apr_int32_t finished_hour;      /* hours since 1970, of the same instant as finished_at */
    bm_kpi_status_e status;
    const char *error_class;        /* error_code of a run that did not complete, or NULL */
    apr_uint64_t prompt_tokens;     /* 0: unknown, as for the next three */
    apr_uint64_t completion_tokens;
    apr_uint64_t reasoning_tokens;
    apr_uint64_t cached_tokens;
    double cost;                    /* in the currency of the price table; 0: none known */
    int good;                       /* completed and met all SLOs */
    apr_uint32_t present;           /* bit 1 << id: values[id] is set */
    double values[BM_KPI_METRIC_END];   /* ms, of metrics with one value a run; by id */
    bm_kpi_gaps_t itl;              /* gaps per token */
    bm_kpi_gaps_t icl;              /* gaps between content chunks */
} bm_kpi_sample_t;

/** Set one value (ms) and its presence flag. */
static inline void bm_kpi_sample_set(bm_kpi_sample_t *sample, bm_kpi_metric_e metric, double ms)
{
    sample->values[metric] = ms;
    sample->present |= (apr_uint32_t)1 << metric;
}

/** Normalised TPOT follows from E2E and the number of tokens, where both are known. */
static inline void bm_kpi_sample_set_ntpot(bm_kpi_sample_t *sample)
{
    if (sample->completion_tokens > 0 && (sample->present & (apr_uint32_t)1 << BM_KPI_E2E) != 0)
        bm_kpi_sample_set(sample, BM_KPI_NTPOT, sample->values[BM_KPI_E2E] / (double)sample->completion_tokens);
}

#endif
