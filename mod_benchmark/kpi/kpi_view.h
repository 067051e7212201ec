/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_view.h: looking into the bytes of a KPI cell without building one.
 *
 * Who folds tens of thousands of cells wants three of their thirteen metrics; a view knows where each one lies.
 * Points into the bytes, which must outlive it. Thread: any; no state. */
#ifndef BM_KPI_VIEW_H
#define BM_KPI_VIEW_H

#include "kpi/kpi_cell.h"

typedef struct bm_kpi_view_t {
    bm_kpi_counts_t counts;
    int error_count;
    bm_kpi_error_t errors[BM_KPI_ERRORS_MAX];           /* ascending; those from error_count on are not set */
    struct {
        const unsigned char *data;                      /* wire form of a sketch; NULL: no values */
        apr_size_t len;
    } metrics[BM_KPI_METRIC_END];
} bm_kpi_view_t;

/** Look into the wire form of a cell. Counters, names, ids and lengths are checked, the sketches are not: read them
 *  with bm_sketch_read or bm_sketch_read_head. @return APR_EINVAL: unknown version, unknown metric, or bytes that
 *  bm_kpi_cell_write cannot have written. */
apr_status_t bm_kpi_view_read(bm_kpi_view_t *view, const void *data, apr_size_t len);

/** A cell of two parts, the second without counts, as one, in p: metrics are not looked into. @return APR_EINVAL: as
 *  bm_kpi_view_read, or both have the same metric. */
apr_status_t bm_kpi_view_join(const unsigned char **pdata, apr_size_t *plen, const void *first, apr_size_t first_len,
                              const void *second, apr_size_t second_len, apr_pool_t *p);

#endif
