/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_merge.h: merging cells in their wire form, for stores that fold rows whose bodies are none of their business. */
#ifndef BM_KPI_MERGE_H
#define BM_KPI_MERGE_H

#include "store/kpi_store.h"

/** A bm_kpi_merge_fn: n (at least 1) cells into one, in p, in two parts: counts and the metrics of the dashboard, and the rest.
 *  baton is not used. Thread: any; no state.
 *  @return APR_EINVAL: one of them is damaged; APR_ENOSPC: more than BM_SKETCH_COUNT_MAX values of a metric. */
apr_status_t bm_kpi_merge(void *baton, bm_kpi_stored_t *merged, const bm_kpi_body_t *parts, int n, apr_pool_t *p);

/** The same in one part. */
apr_status_t bm_kpi_merge_whole(bm_kpi_body_t *merged, const bm_kpi_body_t *parts, int n, apr_pool_t *p);

/** Whether these metrics (a bit each) are all in the first part. */
int bm_kpi_merge_has_in_body(apr_uint32_t metrics);

#endif
