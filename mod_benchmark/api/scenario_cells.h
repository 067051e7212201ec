/* SPDX-License-Identifier: Apache-2.0
 *
 * api/scenario_cells.h: a scenario with its SLOs, and its runs of a window as one cell.
 *
 * Cells are hours: a window of N hours is the current hour and the N before it, so at least N and less than N + 1 hours. Where it
 * begins before hours are kept (BenchmarkKeepHourCells) it begins with a whole day. Thread: that of the request. */
#ifndef BM_API_SCENARIO_CELLS_H
#define BM_API_SCENARIO_CELLS_H

#include "api/api.h"
#include "kpi/kpi_slo.h"
#include "store/kpi_keep_store.h"

typedef struct bm_scenario_cells_t {
    bm_req_t *q;
    apr_int64_t id;
    int version;
    const char *name;
    json_t *json;                         /* as GET /scenarios/{id} shows it */
    bm_kpi_slo_t slos[BM_SLOS_MAX];
    int slo_count;
    const json_t *slos_json;              /* the same, with defaults */
    bm_kpi_kept_t kept;
    apr_array_header_t *read;             /* cells that were read before, by window */
} bm_scenario_cells_t;

/** Read scenario id. @return APR_NOTFOUND. */
apr_status_t bm_scenario_cells_open(bm_scenario_cells_t *s, bm_req_t *q, apr_int64_t id);

/** First hour since 1970 of a window of so many hours that ends now. */
apr_int32_t bm_scenario_cells_from(const bm_scenario_cells_t *s, int hours);

/** Its runs (source run) of the hours from `from` to below `to`; to 0: no end. Read once for the same hours. In q->p. */
apr_status_t bm_scenario_cells_get(const bm_kpi_cell_t **pcell, bm_scenario_cells_t *s, apr_int32_t from, apr_int32_t to);

#endif
