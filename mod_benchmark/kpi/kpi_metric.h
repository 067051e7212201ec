/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_metric.h: the figures that a run can carry, one row each.
 *
 * Definitions are those of docs (metrics): P planned send, S first byte written, B first response byte, C1..Cn
 * content-bearing chunks, N output tokens. Thread-safe (const). */
#ifndef BM_KPI_METRIC_H
#define BM_KPI_METRIC_H

/** Ids are stored inside KPI cells: never renumber, never reuse; a new metric takes the next number. */
typedef enum bm_kpi_metric_e {
    BM_KPI_E2E = 1,
    BM_KPI_E2E_SCHEDULED = 2,
    BM_KPI_TOTAL = 3,
    BM_KPI_TTFT = 4,
    BM_KPI_TTFT_SCHEDULED = 5,
    BM_KPI_TTFO = 6,
    BM_KPI_TTST = 7,
    BM_KPI_ITL = 8,
    BM_KPI_ICL = 9,
    BM_KPI_TPOT = 10,
    BM_KPI_SEND_LAG = 11,
    BM_KPI_QUEUE = 12,
    BM_KPI_CONNECT = 13,
    BM_KPI_TTFB = 14,
    BM_KPI_NTPOT = 15,
    BM_KPI_METRIC_END          /* one behind the last id: size of arrays indexed by id (place 0 stays empty) */
} bm_kpi_metric_e;

typedef enum bm_kpi_of_e {
    BM_KPI_OF_COMPLETED = 0,   /* a latency of the answer: a run that did not complete has no sample */
    BM_KPI_OF_EVERY_RUN        /* our own side, true whatever the outcome: leaving failed runs out would hide an overload */
} bm_kpi_of_e;

typedef struct bm_kpi_metric_t {
    bm_kpi_metric_e id;
    const char *name;          /* unique, snake_case, ends with its unit */
    const char *unit;          /* "ms" */
    bm_kpi_of_e of;            /* which runs contribute */
    int pooled;                /* many values a run (gaps between tokens), pooled over runs; else one a run */
    const char *definition;    /* one line for people */
} bm_kpi_metric_t;

/** The metric with this id; NULL if there is none. */
const bm_kpi_metric_t *bm_kpi_metric_find(int id);

/** The metric with this name; NULL if there is none. */
const bm_kpi_metric_t *bm_kpi_metric_by_name(const char *name);

#endif
