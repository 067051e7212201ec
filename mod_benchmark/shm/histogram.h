/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/histogram.h: how often something took how long, counted by all processes of a node at once.
 *
 * A table has a fixed number of histograms, each with a key of up to three texts. Whoever meets a key first takes a free
 * place for it with one compare-and-swap; nothing is ever removed, so places are found without a lock. One observation is
 * two relaxed additions. When all places are taken (or a key is too long) it counts in the table's `other`.
 *
 * Lies in shared memory that was zero (shm/region.h). Every word is a C11 atomic; a reader may see a sum that is one observation
 * ahead of its buckets, and the number of values is that of the buckets, so they agree with each other.
 * Thread: any, in any process that has the mapping. */
#ifndef BM_SHM_HISTOGRAM_H
#define BM_SHM_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>
#include <apr_errno.h>
#include <apr_pools.h>
#include "shm/region.h"

/** Upper bounds of the buckets, 100 microseconds to 10 minutes; one more bucket has what is longer. */
#define BM_HISTOGRAM_BOUNDS 21
extern const int64_t bm_histogram_bounds_ns[BM_HISTOGRAM_BOUNDS];

/** All zero: nothing was counted. */
typedef struct bm_histogram_t {
    _Atomic uint64_t sum_ns;
    _Atomic uint64_t buckets[BM_HISTOGRAM_BOUNDS + 1];      /* each by itself, not cumulated */
} bm_histogram_t;

/** The same at one moment. */
typedef struct bm_histogram_copy_t {
    uint64_t sum_ns, n;
    uint64_t buckets[BM_HISTOGRAM_BOUNDS + 1];
} bm_histogram_copy_t;

/** Count a value `times` times. What is negative (a clock was set) counts as 0. */
void bm_histogram_add(bm_histogram_t *histogram, int64_t ns, uint64_t times);

void bm_histogram_read(bm_histogram_copy_t *copy, const bm_histogram_t *histogram);

#define BM_HISTOGRAM_KEY_PARTS 3
/** Bytes of a key's texts, the end of each included. */
#define BM_HISTOGRAM_KEY_MAX 112

typedef struct bm_histogram_table_t bm_histogram_table_t;

/** A text for each part; those that the table has no use for are NULL. */
typedef struct bm_histogram_key_t {
    const char *part[BM_HISTOGRAM_KEY_PARTS];
} bm_histogram_key_t;

/** Bytes that a table of `places` (a power of two) takes of a region. */
apr_size_t bm_histogram_table_size(uint32_t places);

/** Lay a table out. Before fork. @return APR_ENOSPC: the region has no room; APR_EINVAL: no power of two. */
apr_status_t bm_histogram_table_create(bm_histogram_table_t **ptable, uint32_t places, bm_region_t *region);

/** Count one value under a key. */
void bm_histogram_table_add(bm_histogram_table_t *table, const bm_histogram_key_t *key, int64_t ns);

/** The next histogram that has values, from *cursor (0 at first) on; its key points into the table, and every part is "other"
 *  where places ran out. @return 0: there are no more. */
int bm_histogram_table_next(bm_histogram_copy_t *copy, bm_histogram_key_t *key, const bm_histogram_table_t *table,
                            uint32_t *cursor);

#endif
