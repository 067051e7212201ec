/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/value_counts.h: values and how often each occurred: exact quantiles of many values of which few differ, such as times in
 * whole microseconds.
 *
 * Memory: 16 bytes for each different value, at most four times that while it grows; off the pool's allocator, freed with the
 * pool. Thread: one owner at a time. */
#ifndef BM_STAT_VALUE_COUNTS_H
#define BM_STAT_VALUE_COUNTS_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_value_counts_t bm_value_counts_t;

/** None yet. Never NULL. */
bm_value_counts_t *bm_value_counts_make(apr_pool_t *p);

/** Add value `times` times (0: nothing). @return APR_EINVAL: not finite; APR_ENOMEM. Nothing is added then. */
apr_status_t bm_value_counts_add(bm_value_counts_t *c, double value, apr_uint64_t times);

/** Places that it takes at the moment, at least as many as there are different values; it may shrink. */
apr_size_t bm_value_counts_size(const bm_value_counts_t *c);

/** Values, repetitions counted; their mean (NaN: none). */
apr_uint64_t bm_value_counts_n(const bm_value_counts_t *c);
double bm_value_counts_mean(const bm_value_counts_t *c);

/** The value of a rank, 1 the least. NaN: there is no such rank. Sorts what was added since. */
double bm_value_counts_at(bm_value_counts_t *c, apr_uint64_t rank);

/** Value at quantile q (0 to 1) as by percentile_cont: linear between ranks floor and ceil of q(n-1). NaN: no values. */
double bm_value_counts_quantile(bm_value_counts_t *c, double q);

#endif
