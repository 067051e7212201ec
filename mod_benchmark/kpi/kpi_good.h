/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_good.h: how much of what was asked came back good enough: attempts, attainment, goodput, Apdex, cost.
 *
 * An attempt is a run that ended by itself: completed, failed or timed out. What failed stays in every denominator; what a user
 * cancelled is in none. Good: completed, and within every limit that its SLOs set for a single run (docs/slos.md). Thread: no
 * state; a cell belongs to one thread at a time. */
#ifndef BM_KPI_GOOD_H
#define BM_KPI_GOOD_H

#include "kpi/kpi_cell.h"

/** Whether one completed run keeps within max (ms). Of a pooled metric it is the mean of the run's own gaps (no gaps: yes);
 *  a run without the value does not. */
int bm_kpi_good_within(const bm_kpi_sample_t *sample, bm_kpi_metric_e metric, double max);

/** Runs that ended by themselves. */
apr_uint64_t bm_kpi_good_attempts(const bm_kpi_counts_t *counts);

/** Good of the attempts, 0 to 1. NaN: no attempts. */
double bm_kpi_good_attainment(const bm_kpi_counts_t *counts);

/** Good runs per second of a window. NaN: the window has no length. */
double bm_kpi_good_put(const bm_kpi_counts_t *counts, double seconds);

/** What one good run cost, with all that was spent on others, in the currency of the prices. NaN: none was good, or no cost
 *  is known. */
double bm_kpi_good_cost(const bm_kpi_counts_t *counts);

/** Apdex of a metric with one value a run, T in ms: over the attempts; those that failed or have no value are frustrated. The
 *  counts are those of a threshold within BM_SKETCH_ERROR of T, and of 4 T likewise. NaN: no attempts. */
double bm_kpi_good_apdex(const bm_kpi_cell_t *cell, bm_kpi_metric_e metric, double t_ms);

#endif
