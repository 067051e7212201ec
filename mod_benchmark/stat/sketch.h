/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/sketch.h: mergeable quantiles of durations in milliseconds (DDSketch, logarithmic buckets).
 *
 * Any quantile is within BM_SKETCH_ERROR of percentile_cont over the same values, for any number of values and
 * any order of merges, as long as they lie in [BM_SKETCH_LEAST, BM_SKETCH_MOST]. Smaller values (also 0 and
 * negative ones) are counted apart and estimated as 0, larger ones are counted in the last bucket; n, minimum,
 * maximum and sum are exact for all of them. The range of buckets is fixed: nothing ever collapses, so the bound
 * holds for every quantile.
 *
 * Source: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error
 * Guarantees", PVLDB 12(12):2195-2205, 2019; interpolation between ranks is ours.
 *
 * Memory: a few values cost 16 bytes a bucket used; many become a window of counters over the range used
 * (at most 18 kB). All of it in the sketch's pool, which keeps outgrown memory until it is cleared (at most as
 * much again). Thread: one owner at a time; share by merging. */
#ifndef BM_STAT_SKETCH_H
#define BM_STAT_SKETCH_H

#include <apr_errno.h>
#include <apr_pools.h>

/** Relative error of a quantile. */
#define BM_SKETCH_ERROR 0.005
/** Range in milliseconds where the bound holds: 10 microseconds to 24 hours. */
#define BM_SKETCH_LEAST 0.01
#define BM_SKETCH_MOST  86400000.0
/** Largest magnitude of a value that is accepted at all, and most values of one sketch. */
#define BM_SKETCH_VALUE_MAX 1e18
#define BM_SKETCH_COUNT_MAX ((apr_uint64_t)1 << 53)

typedef struct bm_sketch_t bm_sketch_t;

/** What is known exactly. min, max and sum are 0 while n is 0. */
typedef struct bm_sketch_head_t {
    apr_uint64_t n;      /* values */
    apr_uint64_t zero;   /* of these, below BM_SKETCH_LEAST */
    double sum;          /* ms */
    double min;          /* ms */
    double max;          /* ms */
} bm_sketch_head_t;

/** An empty sketch in p. Never NULL. */
bm_sketch_t *bm_sketch_make(apr_pool_t *p);

/** Make it empty again, keeping its memory. */
void bm_sketch_clear(bm_sketch_t *s);

/** Add value (ms) `times` times. @return APR_EINVAL: not finite or beyond BM_SKETCH_VALUE_MAX; APR_ENOSPC: more than
 *  BM_SKETCH_COUNT_MAX values. Nothing is added then. */
apr_status_t bm_sketch_add(bm_sketch_t *s, double value, apr_uint64_t times);

/** Add all of src to dst: as if dst had seen its values. src stays. @return APR_ENOSPC: too many values, nothing is added. */
apr_status_t bm_sketch_merge(bm_sketch_t *dst, const bm_sketch_t *src);

/** Count, sum and ends; valid until s changes. */
const bm_sketch_head_t *bm_sketch_head(const bm_sketch_t *s);

/** Value (ms) at quantile q (0 to 1), linear between ranks floor and ceil of q(n-1). NaN: no values, or q not in [0, 1]. */
double bm_sketch_quantile(const bm_sketch_t *s, double q);

/** count quantiles at once; one pass over the buckets if q is ascending. values as by bm_sketch_quantile. */
void bm_sketch_quantiles(const bm_sketch_t *s, const double *q, double *values, int count);

/** Between what the value of a rank lies, 1 the smallest and n the largest: what the sketch takes it for, off by its error either
 *  way, but not beyond minimum and maximum. NaN: there is no such rank. */
double bm_sketch_rank_low(const bm_sketch_t *s, apr_uint64_t rank);
double bm_sketch_rank_high(const bm_sketch_t *s, apr_uint64_t rank);

/** Estimates of the values at `count` ranks, 0 the smallest and n - 1 the largest, which ascend: in one pass, however many. */
void bm_sketch_ranks(const bm_sketch_t *s, const apr_uint64_t *ranks, double *values, int count);

/** Between what a value lies that was estimated so. */
double bm_sketch_low_of(const bm_sketch_t *s, double estimate);
double bm_sketch_high_of(const bm_sketch_t *s, double estimate);

/** Some values that lie next to each other: more than `low`, at most `high` (ms). The first of a sketch may be those below
 *  BM_SKETCH_LEAST, from 0. */
typedef struct bm_sketch_bucket_t {
    int index;           /* of neighbouring buckets it differs by 1; BM_SKETCH_ZERO_INDEX: those below BM_SKETCH_LEAST */
    double low, high;
    apr_uint64_t count;
} bm_sketch_bucket_t;

/** The least index of buckets, and that of the values below them; the edge above bucket `index`, in ms. */
#define BM_SKETCH_ZERO_INDEX (-461)
double bm_sketch_edge(int index);

/** The used buckets in ascending order, one a call: *at is 0 before the first. @return 0: that were all. */
int bm_sketch_next(const bm_sketch_t *s, int *at, bm_sketch_bucket_t *bucket);

/** How many values are at most `value` (ms). Exact at both ends (below the minimum 0, from the maximum on n); between them it is
 *  the exact number for a value within BM_SKETCH_ERROR of the given one, as buckets are not cut. */
apr_uint64_t bm_sketch_at_most(const bm_sketch_t *s, double value);

/** Arithmetic mean (ms), exact; NaN if there are no values. */
double bm_sketch_mean(const bm_sketch_t *s);

/** --- wire form ---
 * version u8 (1: alpha 0.005) | n varint | zero varint | sum, min, max f64 little-endian | per used bucket, ascending:
 * varint(distance from the bucket before << 1 | count != 1) [varint count]. The first distance is from the place before
 * the lowest possible bucket, so a distance is never 0. Equal sketches have equal bytes. */

/** Bytes of the wire form. */
apr_size_t bm_sketch_size(const bm_sketch_t *s);

/** Write bm_sketch_size() bytes at `at`. @return the byte behind them. */
unsigned char *bm_sketch_write(const bm_sketch_t *s, unsigned char *at);

/** Replace the content of s by a wire form of len bytes. @return APR_EINVAL: unknown version, or bytes that
 *  bm_sketch_write cannot have written; s is empty then. */
apr_status_t bm_sketch_read(bm_sketch_t *s, const void *data, apr_size_t len);

/** Add a wire form of len bytes to s, as bm_sketch_read into another and bm_sketch_merge would: for many of them, as s then
 *  counts in a window over all buckets. @return APR_EINVAL: as bm_sketch_read; APR_ENOSPC: more than BM_SKETCH_COUNT_MAX values.
 *  s may then hold a part of it: clear it. */
apr_status_t bm_sketch_add_wire(bm_sketch_t *s, const void *data, apr_size_t len);

/** Read the exact part only: for means and counts, whatever the number of buckets. The buckets behind it are not looked at.
 *  @return APR_EINVAL: unknown version, cut short, or figures that contradict each other. */
apr_status_t bm_sketch_read_head(bm_sketch_head_t *head, const void *data, apr_size_t len);

#endif
