/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_exact_gaps.h: exact figures of the gaps between tokens, from the timelines of rows. Thread: one request. */
#ifndef BM_API_KPI_EXACT_GAPS_H
#define BM_API_KPI_EXACT_GAPS_H

#include "api/kpi_exact.h"

/** Most places for different values that one question may take, over all its groups and metrics; 16 bytes each. As room doubles
 *  when it is full, a group has had a million of them at least before it is refused. */
#define BM_KPI_EXACT_GAPS_MAX 2097151

/** Finds the answer of a row's key; NULL: none. */
typedef bm_kpi_answer_t *bm_kpi_exact_find_fn(void *baton, const bm_rows_t *rows, int row);

/** Fill the figures of the pooled metrics of query (itl_ms, icl_ms) in the answers that find finds. In the transaction of
 *  bm_kpi_query_open. @return APR_EINVAL with a violation: a run of which not all gaps are kept, or too many different ones;
 *  APR_TIMEUP: longer than BenchmarkKpiTimeout. */
apr_status_t bm_kpi_exact_gaps(const bm_kpi_exact_t *what, const bm_kpi_query_t *query, bm_kpi_exact_find_fn *find, void *baton,
                               bm_req_t *q);

#endif
