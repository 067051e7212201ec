/* SPDX-License-Identifier: Apache-2.0
 *
 * export/loadtest_report.h: the report of one load test: figures with their sample sizes and intervals, whether they may be
 * believed and why, what was asked, charts. Thread: no state. */
#ifndef BM_EXPORT_LOADTEST_REPORT_H
#define BM_EXPORT_LOADTEST_REPORT_H

#include <apr_tables.h>
#include "export/html.h"
#include "stat/sketch.h"

/** Figures of one second; NaN: none. */
typedef struct bm_report_second_t {
    double second, planned, completed, failed, in_flight, tokens;
    double ttft[3], e2e[3];                /* p50, p95, p99 in ms */
} bm_report_second_t;

/** The element of /loadtests/{id}/series as a second. */
void bm_report_second(bm_report_second_t *second, const json_t *element);

typedef struct bm_loadtest_report_t {
    const json_t *test;                    /* as GET /loadtests/{id} answers it */
    const apr_array_header_t *seconds;     /* of bm_report_second_t, ascending */
    const bm_sketch_t *sketch;             /* of every request of the window; NULL: not at hand */
    const char *sketch_of;                 /* metric of the sketch, a constant */
    const char *made_at, *made_of;         /* bm_report_end */
    const char *nonce;
} bm_loadtest_report_t;

/** Write it. @return why it is not complete. p: scratch. */
apr_status_t bm_loadtest_report_write(bm_buffer_t *out, const bm_loadtest_report_t *report, apr_pool_t *p);

#endif
