/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_figure.h: one metric of one group of runs as it is shown: its quantiles, how sure they are, and what else is known.
 *
 * Intervals are those of order statistics (stat/quantile_interval.h) at 95 %, of samples taken as independent: cells do not know
 * in which order their runs came. The ends of an interval are widened by the error of the sketch. Thread: no state. */
#ifndef BM_KPI_KPI_FIGURE_H
#define BM_KPI_KPI_FIGURE_H

#include "stat/sketch.h"

#define BM_KPI_QUANTILES_MAX 20

typedef struct bm_kpi_quantile_t {
    double value;               /* ms; NaN: no values */
    double low, high;           /* 95 % interval; NaN: too few values for one */
    int few;                    /* fewer values than certify this quantile (stat/certified_tail.h); of those up to the median:
                                 * than an interval takes */
} bm_kpi_quantile_t;

typedef struct bm_kpi_figure_t {
    apr_uint64_t n;
    double mean, min, max;      /* ms, exact; NaN: no values */
    bm_kpi_quantile_t at[BM_KPI_QUANTILES_MAX];
} bm_kpi_figure_t;

/** Figures of a sketch for `count` quantiles q (0 to 1). */
void bm_kpi_figure_of(bm_kpi_figure_t *figure, const bm_sketch_t *sketch, const double *q, int count);

/** Whether n values are few for quantile q. */
int bm_kpi_figure_is_few(apr_uint64_t n, double q);

/** The smallest n that is not few for quantile q; 0: there is none (q so near to 1 that no sample certifies it). */
apr_uint64_t bm_kpi_figure_certified_from(double q);

#endif
