/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_cell.h: everything that is known about the finished runs of one key (scenario, model, source, location, hour).
 *
 * Merging cells is associative and commutative (sums of doubles up to rounding), so deltas, hours, days, scenarios
 * and nodes can be put together in any order. That holds for the error classes too, although their number is
 * bounded: a cell keeps the BM_KPI_ERRORS_MAX classes that sort first and counts all others together. Whatever
 * is among the first of a whole is also among the first of each of its parts, so no kept count is ever incomplete.
 *
 * Thread: one owner at a time. Memory: all in the cell's pool. */
#ifndef BM_KPI_CELL_H
#define BM_KPI_CELL_H

#include <apr_errno.h>
#include <apr_pools.h>
#include "kpi/kpi_sample.h"
#include "stat/sketch.h"

/** Classes of errors told apart, and longest name of one. */
#define BM_KPI_ERRORS_MAX      32
#define BM_KPI_ERROR_NAME_MAX  48
/** Counters stop here rather than wrap; JSON numbers are exact up to it. */
#define BM_KPI_COUNT_MAX       ((apr_uint64_t)1 << 53)

typedef struct bm_kpi_cell_t bm_kpi_cell_t;

typedef struct bm_kpi_counts_t {
    apr_uint64_t status[BM_KPI_STATUS_END];   /* runs by how they ended */
    apr_uint64_t good;                        /* completed and met all SLOs */
    apr_uint64_t prompt_tokens;
    apr_uint64_t completion_tokens;
    apr_uint64_t reasoning_tokens;
    apr_uint64_t cached_tokens;
    apr_uint64_t error_other;                 /* errors whose class is not told apart */
    double cost;                              /* >= 0 */
} bm_kpi_counts_t;

typedef struct bm_kpi_error_t {
    const char *name;          /* not terminated */
    apr_size_t len;
    apr_uint64_t count;
} bm_kpi_error_t;

/** An empty cell in p. Never NULL. */
bm_kpi_cell_t *bm_kpi_cell_make(apr_pool_t *p);

/** Add one run. Latencies count only if it completed, our own times (bm_kpi_metric_t.of) always; values and cost that
 *  are not finite, and a negative cost, are left out as if unknown: a run is never lost for a broken figure.
 *  An error class that is no class name (bm_kpi_cell_is_class) is counted as other.
 *  @return APR_EINVAL: no such status; nothing is added. */
apr_status_t bm_kpi_cell_add_run(bm_kpi_cell_t *cell, const bm_kpi_sample_t *sample);

/** Add many values to one metric; those that are not finite are left out.
 *  @return APR_EINVAL: no such metric. APR_ENOSPC: more than BM_SKETCH_COUNT_MAX values, the rest is not added. */
apr_status_t bm_kpi_cell_add_values(bm_kpi_cell_t *cell, bm_kpi_metric_e metric, const bm_kpi_gaps_t *values);

/** Add all of src to dst; src stays. @return APR_ENOSPC: more than BM_SKETCH_COUNT_MAX values of a metric, nothing is added. */
apr_status_t bm_kpi_cell_merge(bm_kpi_cell_t *dst, const bm_kpi_cell_t *src);

/** Counters; valid until the cell changes. */
const bm_kpi_counts_t *bm_kpi_cell_counts(const bm_kpi_cell_t *cell);

/** Add `more` to `counts`, stopping at BM_KPI_COUNT_MAX. */
void bm_kpi_cell_counts_add(bm_kpi_counts_t *counts, const bm_kpi_counts_t *more);

/** Error classes, ascending by name; valid until the cell changes. */
const bm_kpi_error_t *bm_kpi_cell_errors(const bm_kpi_cell_t *cell, int *count);

/** Order of two classes by name, bytewise: <0, 0, >0. */
int bm_kpi_cell_error_order(const bm_kpi_error_t *a, const bm_kpi_error_t *b);

/** Values of a metric; NULL if there are none (or no such metric). */
const bm_sketch_t *bm_kpi_cell_sketch(const bm_kpi_cell_t *cell, bm_kpi_metric_e metric);

/** Whether name may be told apart: 1 to BM_KPI_ERROR_NAME_MAX of a-z 0-9 _ - . */
int bm_kpi_cell_is_class(const char *name, apr_size_t len);

/** --- wire form ---
 * version u8 (1) | varints: completed failed cancelled timed_out good prompt completion reasoning cached error_other |
 * cost f64 | varint number of error classes, each: varint length, name, varint count (ascending, count >= 1) |
 * per metric with values, ascending: varint id, varint length, sketch (stat/sketch.h). Equal cells have equal bytes. */
#define BM_KPI_CELL_VERSION 1

/** The cell as bytes, in p. Never NULL. */
const unsigned char *bm_kpi_cell_write(apr_size_t *len, const bm_kpi_cell_t *cell, apr_pool_t *p);

/** A part of the cell as bytes: the metrics whose bits are set, and the counts if bit 0 is (else they are 0). Parts of a cell
 *  merge into the cell. */
const unsigned char *bm_kpi_cell_write_part(apr_size_t *len, const bm_kpi_cell_t *cell, apr_uint32_t metrics, apr_pool_t *p);

/** The cell that bm_kpi_cell_write wrote, in p (the bytes are not needed afterwards). @return APR_EINVAL: unknown version,
 *  unknown metric, or bytes that it cannot have written. */
apr_status_t bm_kpi_cell_read(bm_kpi_cell_t **pcell, const void *data, apr_size_t len, apr_pool_t *p);

#endif
