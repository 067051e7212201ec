/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_fold.h: the dashboard's figures from a stream of KPI cells: totals, a row per scenario and per location, a time series.
 *
 * Pure computing: whoever reads the cells (SQL rows, the shared board, a test) feeds them in one by one, in any order,
 * then asks for results, as often as wanted. Give each run once: hour cells or day cells of a range, not both.
 *
 * Thread: one owner at a time. Memory: all in the fold's pool, by number of scenarios and buckets, not of
 * cells: 25 kB each for thousands of runs with a usual spread, 2 kB for a few (720 hourly buckets measured: 19 MB). */
#ifndef BM_KPI_FOLD_H
#define BM_KPI_FOLD_H

#include <apr_tables.h>
#include "kpi/kpi_delta.h"
#include "kpi/kpi_figure.h"

typedef struct bm_kpi_fold_t bm_kpi_fold_t;

/** The metrics that figures are made of, a bit for each: cells need not have others. */
#define BM_KPI_FOLD_METRICS (1u << BM_KPI_TOTAL | 1u << BM_KPI_TTFT | 1u << BM_KPI_ITL)

/** What to look at. All 0 is valid: everything, without a series. */
typedef struct bm_kpi_range_t {
    apr_int32_t from_hour;      /* first hour since 1970 that counts */
    apr_int32_t to_hour;        /* first hour that no longer counts; 0: no end */
    apr_int32_t bucket_hours;   /* width of a bucket of the series, aligned to 1970-01-01T00:00Z; 0: no series */
    apr_int32_t label_id;       /* cells of other labels are passed over */
} bm_kpi_range_t;

/** Quantiles of one metric in ms. Without values n is 0 and the rest NaN. */
typedef struct bm_kpi_quantiles_t {
    apr_uint64_t n;
    double p50, p95, p99;
    double mean, min, max;
} bm_kpi_quantiles_t;

/** Figures of some finished runs. */
typedef struct bm_kpi_figures_t {
    apr_uint64_t runs;              /* all statuses */
    bm_kpi_counts_t counts;         /* by status, tokens, cost; error_other is not kept (0) */
    double success_rate;            /* 0 to 100: completed / (completed + failed + timed_out). A cancelled run is not
                                       an attempt that ended. NaN: no attempts */
    double success_low;             /* Wilson interval of it, 95 %; NaN alike */
    double success_high;
    bm_kpi_quantiles_t total_ms;    /* completed runs */
    bm_kpi_quantiles_t ttft_ms;     /* completed runs that had a first token */
    apr_uint64_t itl_n;             /* gaps between tokens, pooled over completed runs */
    double itl_mean_ms;             /* their mean (avg_inter_token_latency); NaN: none */
} bm_kpi_figures_t;

/** One row of a table or series. */
typedef struct bm_kpi_row_t {
    apr_int64_t id;                 /* scenario id, location id, or first hour of the bucket (hours since 1970) */
    bm_kpi_figures_t figures;
} bm_kpi_row_t;

/** An empty fold in p. Never NULL. */
bm_kpi_fold_t *bm_kpi_fold_make(const bm_kpi_range_t *range, apr_pool_t *p);

/** Width in hours for a series over [from_hour, to_hour) of at most max_buckets (>= 2) buckets, wherever
 *  it begins: 1, 2, 3, 4, 6, 8, 12, 24 or a multiple of 24. */
apr_int32_t bm_kpi_fold_bucket_hours(apr_int32_t from_hour, apr_int32_t to_hour, int max_buckets);

/** Add one cell (wire form, kpi_cell.h). Cells outside the range are passed over. The bytes are not needed afterwards.
 *  @return APR_EINVAL: damaged or unknown bytes; APR_ENOSPC: more than BM_SKETCH_COUNT_MAX values. Nothing is added
 *  then and the fold stays usable. */
apr_status_t bm_kpi_fold_add(bm_kpi_fold_t *fold, const bm_kpi_key_t *key, const void *data, apr_size_t len);

/** --- wire form: a fold as bytes, to be read and added to elsewhere ---
 * version u8 (1) | the total | scenarios, locations, buckets: each varint count, groups. A group: id varint | counters of
 * bm_kpi_counts_t without error_other | n and sum of the gaps | two sketches (total, ttft): varint length, bytes, and with values
 * three quantiles f64, so that who changes nothing computes nothing. The range is not in it. */

/** The fold as bytes, in p. */
const unsigned char *bm_kpi_fold_write(apr_size_t *len, bm_kpi_fold_t *fold, apr_pool_t *p);

/** The fold over `range` that bm_kpi_fold_write wrote, in p; the bytes must outlive it. @return APR_EINVAL: bytes that it cannot
 *  have written. */
apr_status_t bm_kpi_fold_read(bm_kpi_fold_t **pfold, const bm_kpi_range_t *range, const void *data, apr_size_t len,
                              apr_pool_t *p);

/** Figures of everything that was added. */
void bm_kpi_fold_totals(bm_kpi_figures_t *figures, bm_kpi_fold_t *fold);

/** p50, p95 and p99 of everything that was added, in this order, with their intervals: of BM_KPI_TOTAL or BM_KPI_TTFT. */
void bm_kpi_fold_figure(bm_kpi_figure_t *figure, bm_kpi_fold_t *fold, bm_kpi_metric_e metric);

/** Rows (bm_kpi_row_t) of the scenarios that have runs, ascending by id, in p. */
apr_array_header_t *bm_kpi_fold_scenarios(const bm_kpi_fold_t *fold, apr_pool_t *p);

/** Rows (bm_kpi_row_t) of the locations that have runs, ascending by id, in p; what has no location is in none. */
apr_array_header_t *bm_kpi_fold_locations(const bm_kpi_fold_t *fold, apr_pool_t *p);

/** Rows (bm_kpi_row_t) of the buckets that have runs, ascending by time, in p; empty without a series. Buckets
 *  without runs are left out. */
apr_array_header_t *bm_kpi_fold_series(const bm_kpi_fold_t *fold, apr_pool_t *p);

#endif
