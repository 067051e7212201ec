/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_check_store.h: what rows say of a day of a scenario, beside its KPI cells, and what a comparison of the two found.
 *
 * exact and cells must see one instant: call them in one transaction of bm_kpi_check_store_begin. Thread: that of db. */
#ifndef BM_STORE_KPI_CHECK_STORE_H
#define BM_STORE_KPI_CHECK_STORE_H

#include <apr_tables.h>
#include "db/query.h"

/** Whose day: days since 1970, of UTC. */
typedef struct bm_kpi_check_day_t {
    apr_int64_t scenario_id;
    int source;
    apr_int32_t day;
} bm_kpi_check_day_t;

/** Metrics with one value a run, in the order of bm_kpi_truth_t.metrics. */
#define BM_KPI_EXACT_METRICS(M) \
    M(BM_KPI_TOTAL, total_us, COMPLETED) M(BM_KPI_E2E, e2e_us, COMPLETED) M(BM_KPI_E2E_SCHEDULED, e2e_scheduled_us, COMPLETED) \
    M(BM_KPI_TTFT, ttft_us, COMPLETED) M(BM_KPI_TTFT_SCHEDULED, ttft_scheduled_us, COMPLETED) M(BM_KPI_TTFO, ttfo_us, COMPLETED) \
    M(BM_KPI_TTST, ttst_us, COMPLETED) M(BM_KPI_TPOT, tpot_us, COMPLETED) M(BM_KPI_SEND_LAG, send_lag_us, EVERY) \
    M(BM_KPI_QUEUE, queue_us, EVERY) M(BM_KPI_CONNECT, connect_us, EVERY) \
    M(BM_KPI_TTFB, ttfb_us, COMPLETED) M(BM_KPI_NTPOT, ntpot_us, COMPLETED)
#define BM_KPI_EXACT_ONE(id, column, of) + 1
enum { BM_KPI_EXACT_COUNT = BM_KPI_EXACT_METRICS(BM_KPI_EXACT_ONE) };

/** Milliseconds; all 0 if n is. */
typedef struct bm_kpi_truth_metric_t {
    apr_int64_t n;
    double sum, min, max, p50, p95, p99;          /* percentile_cont */
} bm_kpi_truth_metric_t;

/** What rows say of an hour, or of the whole day. */
typedef struct bm_kpi_truth_t {
    apr_int32_t hour;                             /* hours since 1970; -1: the whole day */
    apr_int64_t min_id, max_id;                   /* of load tests place in the plan */
    apr_int64_t status[4];                        /* completed, failed, cancelled, timed out */
    apr_int64_t good, prompt, completion, reasoning, cached;
    double cost;
    bm_kpi_truth_metric_t metrics[BM_KPI_EXACT_COUNT];
} bm_kpi_truth_t;

/** Choose a day of the last 30 that has cells or runs, at random. @return APR_NOTFOUND (err untouched): there is none, or what
 *  was drawn is a load test or older; the next draw may differ. */
apr_status_t bm_kpi_check_store_pick(bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Begin a transaction that sees one instant and writes nothing. */
apr_status_t bm_kpi_check_store_begin(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** *pexact: of bm_kpi_truth_t, one per hour that has rows, in no order, and the whole day. */
apr_status_t bm_kpi_check_store_exact(apr_array_header_t **pexact, const bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err,
                                      apr_pool_t *p);

/** Its cells over all labels: level (null: a delta, which belongs to both), hour or day, body (binary). */
enum { BM_KPI_CHECK_LEVEL, BM_KPI_CHECK_BUCKET, BM_KPI_CHECK_BODY };
apr_status_t bm_kpi_check_store_cells(bm_rows_t **prows, const bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err,
                                      apr_pool_t *p);

/** Why an hour is not compared. */
typedef enum bm_kpi_check_skip_e {
    BM_KPI_CHECK_IT = 0,
    BM_KPI_CHECK_WAITS,            /* it is on kpi_dirty; its day is as wrong */
    BM_KPI_CHECK_NOT_KEPT          /* its cells may be gone; its day's are not */
} bm_kpi_check_skip_e;

/** Which hours are compared, and whether none may be, nor the day (*all), because rows of it were dropped. */
apr_status_t bm_kpi_check_store_skip(bm_kpi_check_skip_e skip[24], int *all, const bm_kpi_check_day_t *day, bm_db_t *db,
                                     bm_err_t *err, apr_pool_t *p);

/** Put an hour on kpi_dirty. exact: what rows say of it; NULL: there are none. */
apr_status_t bm_kpi_check_store_mark(bm_db_t *db, const bm_kpi_check_day_t *day, apr_int32_t hour, const bm_kpi_truth_t *exact,
                                     bm_err_t *err, apr_pool_t *p);

/** What a comparison found. */
typedef struct bm_kpi_check_found_t {
    int hours, drifted;            /* compared, and different (a day that differs while its hours do not counts as one) */
    int figures;                   /* numbers compared */
    const char *worst;             /* a sentence about the first difference; NULL: there was none */
} bm_kpi_check_found_t;

/** Keep it in the table kpi_check. day: the last one that was compared. */
apr_status_t bm_kpi_check_store_note(bm_db_t *db, const bm_kpi_check_day_t *day, const bm_kpi_check_found_t *found, bm_err_t *err,
                                     apr_pool_t *p);

#endif
