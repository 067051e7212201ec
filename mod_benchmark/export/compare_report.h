/* SPDX-License-Identifier: Apache-2.0
 *
 * export/compare_report.h: the report of a comparison: verdict, figures of both sides with intervals, effects, what was set up
 * differently, and how all of it was computed. Thread: no state. */
#ifndef BM_EXPORT_COMPARE_REPORT_H
#define BM_EXPORT_COMPARE_REPORT_H

#include "export/html.h"

typedef struct bm_compare_report_t {
    const json_t *found;                   /* as GET /compare answers it; with curves there are charts */
    const char *made_at, *made_of;         /* bm_report_end */
    const char *nonce;
} bm_compare_report_t;

/** Write it. @return why it is not complete. p: scratch. */
apr_status_t bm_compare_report_write(bm_buffer_t *out, const bm_compare_report_t *report, apr_pool_t *p);

#endif
