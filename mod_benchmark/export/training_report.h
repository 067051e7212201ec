/* SPDX-License-Identifier: Apache-2.0
 *
 * export/training_report.h: the report of one session of training: what it found out and how sure that is, where it went and why,
 * every problem with its verdict, the seconds. Thread: no state. */
#ifndef BM_EXPORT_TRAINING_REPORT_H
#define BM_EXPORT_TRAINING_REPORT_H

#include "export/html.h"

/** The seconds of all problems in a row, each array `count` long; NaN: nothing ended in it. */
typedef struct bm_training_report_seconds_t {
    double *number;                        /* 1, 2, 3 ...: of the load, pauses left out */
    double *response_time, *throughput;    /* ms, completed requests */
    double *error_rate;                    /* percent */
    int count;
} bm_training_report_seconds_t;

typedef struct bm_training_report_t {
    const json_t *session;                 /* as GET /training/sessions/{id} answers it */
    const json_t *problems;                /* array, as GET /training/sessions/{id}/problems lists them */
    int more_problems;                     /* there are more than these */
    bm_training_report_seconds_t seconds;
    const char *made_at, *made_of;         /* bm_report_end */
    const char *nonce;
} bm_training_report_t;

/** Write it. @return why it is not complete. p: scratch. */
apr_status_t bm_training_report_write(bm_buffer_t *out, const bm_training_report_t *report, apr_pool_t *p);

#endif
