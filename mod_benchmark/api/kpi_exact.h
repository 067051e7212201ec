/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_exact.h: a question about KPIs answered from rows instead of cells. Thread: one request. */
#ifndef BM_API_KPI_EXACT_H
#define BM_API_KPI_EXACT_H

#include "api/kpi_query.h"

/** How many values of a metric are at most T and 4 T of the Apdex. */
typedef struct bm_kpi_within_t {
    apr_uint64_t satisfied, tolerated;
} bm_kpi_within_t;

/** One group, from whatever it was made. */
typedef struct bm_kpi_answer_t {
    const bm_kpi_group_t *group;                /* its key and counts */
    bm_kpi_figure_t *figures;                   /* one for each metric of the query */
    bm_kpi_within_t *within;                    /* likewise; of metrics with one value a run */
    void *gaps;                                 /* kpi_exact_gaps.c's own, while it reads */
} bm_kpi_answer_t;

/** Answer query from rows: *panswers (of bm_kpi_answer_t, ascending by key) and what all of them are together. *kept_rows_only:
 *  requests of the window have no row, so that all of it is of the others. Opens and closes a connection. @return APR_EINVAL: a
 *  figure that rows do not keep, or too many groups; APR_TIMEUP: too many rows. */
apr_status_t bm_kpi_exact(apr_array_header_t **panswers, bm_kpi_answer_t *total, int *kept_rows_only, bm_kpi_query_t *query,
                          bm_req_t *q);

#endif
