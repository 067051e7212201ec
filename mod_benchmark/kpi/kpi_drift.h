/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_drift.h: whether a KPI cell says what rows say: counters exactly, sums within rounding, quantiles within the sketch's
 * bound. Gaps between tokens are not compared, for rows hold them packed. Thread: no state. */
#ifndef BM_KPI_DRIFT_H
#define BM_KPI_DRIFT_H

#include "kpi/kpi_cell.h"
#include "store/kpi_check_store.h"

/** The first difference as words ("ttft_ms p95 is 12.5, rows say 13.1"), in p; NULL: there is none. cell and exact NULL: nothing
 *  was counted. slack_ms: what a value may differ in a row from the one that was counted, above 0 for requests of load
 *  tests. *figures grows by the numbers that were compared. */
const char *bm_kpi_drift(int *figures, const bm_kpi_cell_t *cell, const bm_kpi_truth_t *exact, double slack_ms, apr_pool_t *p);

#endif
