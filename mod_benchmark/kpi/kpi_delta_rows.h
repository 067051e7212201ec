/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_delta_rows.h: KPI deltas as the store takes them. Thread: no state. */
#ifndef BM_KPI_DELTA_ROWS_H
#define BM_KPI_DELTA_ROWS_H

#include "kpi/kpi_delta.h"
#include "store/finish_store.h"

/** One row for each of deltas (of bm_kpi_delta_t), in p; bodies are not copied. Never NULL. */
bm_delta_row_t *bm_kpi_delta_rows(const apr_array_header_t *deltas, apr_pool_t *p);

#endif
