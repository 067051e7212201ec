/* SPDX-License-Identifier: Apache-2.0
 *
 * api/compare_read.h: the runs of one side of a comparison, as many as may be read. Thread: one request. */
#ifndef BM_API_COMPARE_READ_H
#define BM_API_COMPARE_READ_H

#include "api/api.h"
#include "api/compare_side.h"
#include "kpi/kpi_cell.h"

/** Rows that are looked at of a side: all, or a sample of that many. */
#define BM_COMPARE_ROWS_MAX 20000
/** Rows among which that sample is picked; a side of more is taken from KPI cells. */
#define BM_COMPARE_SCAN_MAX 200000
/** Answers of a side whose gaps between tokens are looked at. */
#define BM_COMPARE_TIMELINES_MAX 2000

/** What was read of one side, in the request's pool. */
typedef struct bm_compare_group_t {
    bm_compare_side_t side;
    bm_rows_t *rows;             /* store/compare_store.h; NULL: from cells */
    bm_kpi_sample_t *samples;    /* one for each row */
    int n;
    int is_sample;               /* there are more rows than these */
    bm_kpi_cell_t *cell;         /* NULL: from rows */
    apr_uint64_t of;             /* runs that there are, as far as is known */
    const char *plan;            /* of a load test: JSON text; else NULL */
} bm_compare_group_t;

/** Read group->side; q->db must be open. @return APR_EINVAL with a violation of side.member: not there, nothing found, too many;
 *  APR_TIMEUP: it took too long. */
apr_status_t bm_compare_read(bm_compare_group_t *group, apr_uint64_t seed, bm_req_t *q);

/** The samples as a cell, if they are not one. */
void bm_compare_read_as_cell(bm_compare_group_t *group, bm_req_t *q);

/** Runs that are in both groups. Requests of load tests are in none. */
int bm_compare_read_shared(const bm_compare_group_t *a, const bm_compare_group_t *b, bm_req_t *q);

#endif
