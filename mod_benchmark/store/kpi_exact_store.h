/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_exact_store.h: the figures of KPI cells once more, from the rows themselves.
 *
 * Slow (it reads and sorts every row of the window) and exact: quantiles are percentile_cont's, linear between ranks floor and
 * ceil of q(n-1). Runs, or requests of load tests in their measured phase; both that retention has kept. What a cell leaves out
 * is left out here: latencies of what did not complete, requests that were tried again. Gaps between tokens are many to a run and
 * stand packed in its row, so those rows are handed out (engine/row_gaps.h). Thread: that of db. */
#ifndef BM_STORE_KPI_EXACT_STORE_H
#define BM_STORE_KPI_EXACT_STORE_H

#include "store/kpi_read_store.h"

/** What rows can be told apart by. */
typedef enum bm_kpi_by_e {
    BM_KPI_BY_NOTHING = 0,
    BM_KPI_BY_SCENARIO,
    BM_KPI_BY_AUTOMATION,
    BM_KPI_BY_MODEL,
    BM_KPI_BY_PROVIDER,
    BM_KPI_BY_STATUS,
    BM_KPI_BY_LOCATION,
    BM_KPI_BY_LABEL,                    /* a run is in each of its labels */
    BM_KPI_BY_HOUR,
    BM_KPI_BY_DAY,
    BM_KPI_BY_END
} bm_kpi_by_e;

/** What to read. by: BM_KPI_BY_NOTHING for a part that is not used. */
typedef struct bm_kpi_exact_t {
    bm_kpi_window_t window;
    const char *model, *provider;       /* NULL: all */
    const char *label;                  /* NULL: all; else what has it, at whatever place among its labels */
    bm_kpi_by_e by[2];
    int labels_max;                     /* by label: how many of a run are told apart; what is left is number 1 (label_store.h) */
    double apdex_t_ms;
} bm_kpi_exact_t;

/** Whether a row has the metric of this name as one value. */
int bm_kpi_exact_store_has(const char *metric);

/** Whether of load tests of the window (of its scenarios and source, whatever else is asked) some requests have no row: not all
 *  were kept (keep_rows), or they were deleted. Of runs: no. */
apr_status_t bm_kpi_exact_store_lacks(int *lacks_rows, bm_db_t *db, const bm_kpi_exact_t *what, bm_err_t *err, apr_pool_t *p);

/** First columns of all rows: the parts of the key as text (of an hour or day: the first hour since 1970; of a model or label its
 *  number; "" where there is none), then these. */
enum { BM_KPI_EXACT_STATUS = 2, BM_KPI_EXACT_ERROR, BM_KPI_EXACT_COUNT, BM_KPI_EXACT_PROMPT, BM_KPI_EXACT_COMPLETION,
       BM_KPI_EXACT_COST, BM_KPI_EXACT_GOOD };
/** Runs, tokens, cost (10^-9) and good runs by key, status and class of error (null: completed, or none is known). */
apr_status_t bm_kpi_exact_store_counts(bm_rows_t **prows, bm_db_t *db, const bm_kpi_exact_t *what, bm_err_t *err, apr_pool_t *p);

/** Columns behind the key: n, mean, least, greatest, how many are at most apdex_t_ms and four times that; then for each quantile
 *  the values of ranks floor and ceil of q(n-1) and of the two ends of its 95 % interval (stat/quantile_interval.h; null: too few
 *  values). Times are in microseconds. */
enum { BM_KPI_EXACT_N = 2, BM_KPI_EXACT_MEAN, BM_KPI_EXACT_MIN, BM_KPI_EXACT_MAX, BM_KPI_EXACT_SATISFIED,
       BM_KPI_EXACT_TOLERATED, BM_KPI_EXACT_QUANTILES };
enum { BM_KPI_EXACT_FLOOR, BM_KPI_EXACT_CEIL, BM_KPI_EXACT_LOW, BM_KPI_EXACT_HIGH, BM_KPI_EXACT_PER_QUANTILE };
/** One metric by key, of completed runs only or of all. */
apr_status_t bm_kpi_exact_store_metric(bm_rows_t **prows, bm_db_t *db, const bm_kpi_exact_t *what, const char *metric,
                                       int completed_only, const double *quantiles, int count, bm_err_t *err, apr_pool_t *p);

/** The completed runs with their timelines, by key, a page at a time until one is empty; one at a time in a transaction. */
enum { BM_KPI_EXACT_ID = 2, BM_KPI_EXACT_TTFT, BM_KPI_EXACT_GAPS };
apr_status_t bm_kpi_exact_store_open_gaps(bm_db_t *db, const bm_kpi_exact_t *what, bm_err_t *err, apr_pool_t *p);
apr_status_t bm_kpi_exact_store_next_gaps(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);
apr_status_t bm_kpi_exact_store_close_gaps(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
