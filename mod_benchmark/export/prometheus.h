/* SPDX-License-Identifier: Apache-2.0
 *
 * export/prometheus.h: metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0.
 *
 * Begin, then family by family: its head, all its samples, the next head; end. Names and labels are ours and right as they are
 * given; values of labels may be any UTF-8. Thread: one owner. */
#ifndef BM_EXPORT_PROMETHEUS_H
#define BM_EXPORT_PROMETHEUS_H

#include <apr_time.h>
#include "base/buffer.h"
#include "shm/histogram.h"

typedef enum bm_prometheus_type_e {
    BM_PROMETHEUS_GAUGE = 0,
    BM_PROMETHEUS_COUNTER,             /* samples are named <family>_total */
    BM_PROMETHEUS_HISTOGRAM,           /* of seconds */
    BM_PROMETHEUS_INFO                 /* samples are named <family>_info and are 1 */
} bm_prometheus_type_e;

typedef struct bm_prometheus_family_t {
    bm_prometheus_type_e type;
    const char *name;                  /* without _total and _info */
    const char *unit;                  /* the name ends with it; NULL: it has none */
    const char *help;                  /* one sentence */
    int elsewhere;                     /* a counter that is kept elsewhere and was not 0 when the others were */
} bm_prometheus_family_t;

/** Ended by a name that is NULL. */
typedef struct bm_prometheus_label_t {
    const char *name, *value;
} bm_prometheus_label_t;

#define BM_PROMETHEUS_LABELS(...) ((const bm_prometheus_label_t[]){ __VA_ARGS__ __VA_OPT__(,) { NULL, NULL } })

typedef struct bm_prometheus_t {
    bm_buffer_t *out;
    int open_metrics;
    apr_time_t created;                /* when all counters were 0 */
    const bm_prometheus_family_t *family;
    apr_status_t rv;                   /* first failure of the buffer; nothing is written afterwards */
} bm_prometheus_t;

/** Whether a client that sends this Accept (NULL: none) prefers OpenMetrics, in a version that we write. */
int bm_prometheus_wants_open_metrics(const char *accept);

/** Content-Type of either form. */
const char *bm_prometheus_type(int open_metrics);

void bm_prometheus_begin(bm_prometheus_t *w, bm_buffer_t *out, int open_metrics, apr_time_t created);

/** Begin a family; it must live until the next one begins. */
void bm_prometheus_family(bm_prometheus_t *w, const bm_prometheus_family_t *family);

/** One sample of the family: a count, or a time in nanoseconds, which is written in seconds. */
void bm_prometheus_count(bm_prometheus_t *w, const bm_prometheus_label_t *labels, apr_int64_t value);
void bm_prometheus_time(bm_prometheus_t *w, const bm_prometheus_label_t *labels, apr_int64_t ns);

/** All samples of one histogram. */
void bm_prometheus_histogram(bm_prometheus_t *w, const bm_prometheus_label_t *labels, const bm_histogram_copy_t *copy);

/** @return APR_ENOMEM or APR_ENOSPC of the buffer. */
apr_status_t bm_prometheus_end(bm_prometheus_t *w);

#endif
