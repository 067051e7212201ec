/* SPDX-License-Identifier: Apache-2.0
 *
 * api/dashboard.h: the figures of a range, as /runs/kpis/dashboard answers them: read by kpis_api.c, written by
 * dashboard_write.c. Thread: one request. */
#ifndef BM_API_DASHBOARD_H
#define BM_API_DASHBOARD_H

#include "api/api.h"
#include "kpi/kpi_fold.h"
#include "store/kpi_keep_store.h"

/** Newest runs that it shows. */
#define BM_DASHBOARD_RECENT 10

typedef struct bm_dashboard_t {
    bm_kpi_window_t read;
    bm_kpi_range_t range;
    apr_time_t from, to;              /* as asked; not given: has_from, has_to 0 */
    int has_from, has_to;
    const char *label;                /* NULL: all runs */
    bm_kpi_kept_t kept;
    int by_day;                       /* its hours are not kept any more */
    bm_kpi_fold_t *fold;
    bm_kpi_figures_t totals;
    bm_rows_t *queued, *recent;
    int summary;
} bm_dashboard_t;

/** Hours since 1970 where the range ends: now, if it has no end. */
apr_int32_t bm_dashboard_end(const bm_dashboard_t *d, const bm_req_t *q);

/** Write it; reads names and the range before. */
apr_status_t bm_dashboard_write(bm_req_t *q, const bm_dashboard_t *d);

#endif
