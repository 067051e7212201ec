/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/rate_table.h: how often, of all processes of a node together: the generic cell rate algorithm over shared memory.
 *
 * A key's whole state is one time: when its budget will be full again. It stands with a tag of the key in one 64-bit word,
 * which is replaced by compare-and-swap, so a decision takes no lock, and a process that is killed in the midst leaves nothing
 * behind. A time that has passed is as good as none: such a place is free. A key has eight places; when all are taken by others,
 * that of the one that is full again soonest is given up (who it was begins anew) or the newcomer is refused, as the caller
 * says. Two keys of 36 equal bits of hash share a budget (65,536 keys: 14 bits choose the set, 22 are the tag).
 *
 * Memory: 64 bytes for 8 keys. Threads: any, of any process. */
#ifndef BM_SHM_RATE_TABLE_H
#define BM_SHM_RATE_TABLE_H

#include <apr_time.h>
#include "shm/region.h"

typedef struct bm_rate_table_t bm_rate_table_t;

/** So many at most within the period, and all of them at once if need be. */
typedef struct bm_rate_t {
    int requests;                /* 0: no limit */
    apr_interval_time_t period;
} bm_rate_t;

typedef struct bm_rate_verdict_t {
    int allowed;
    int remaining;               /* that could follow at once */
    apr_interval_time_t retry;   /* until one more is allowed; 0: now */
    apr_interval_time_t full;    /* until all are */
} bm_rate_verdict_t;

enum { BM_RATE_STRICT = 1 };     /* refuse a newcomer for whom there is no place */

/** Bytes of a table for about `keys` keys at a time. */
apr_size_t bm_rate_table_size(apr_size_t keys);

/** Carve it from a region. @return APR_ENOMEM. */
apr_status_t bm_rate_table_create(bm_rate_table_t **ptable, apr_size_t keys, bm_region_t *region);

/** Decide on one of `key`, which is a keyed hash of whom it counts for. now: microseconds of a clock that all processes share and
 *  nobody sets, not 0. One that is refused costs nothing. cost: how many it counts for; 0 only looks. */
void bm_rate_table_take(bm_rate_verdict_t *verdict, bm_rate_table_t *table, apr_uint64_t key, const bm_rate_t *rate, int cost,
                        unsigned flags, apr_time_t now);

#endif
