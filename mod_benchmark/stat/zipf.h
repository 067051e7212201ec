/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/zipf.h: draws of a rank whose probability falls with its power: P(k) proportional to 1/k^s for k = 1 to n.
 *
 * s = 0: all alike; 1: the second half as often as the first, the third a third as often. By a table of the cumulative sums and a
 * binary search, so exact up to rounding for every s. Thread: a table is only read. */
#ifndef BM_STAT_ZIPF_H
#define BM_STAT_ZIPF_H

#include <apr_pools.h>
#include "base/rand.h"

typedef struct bm_zipf_t bm_zipf_t;

/** Ranks 1 to n (>= 1; less is taken as 1) with exponent s (>= 0, finite; anything else is taken as 0). n doubles in p. */
bm_zipf_t *bm_zipf_make(int n, double s, apr_pool_t *p);

/** A rank, counted from 0; takes one uniform draw. */
int bm_zipf_draw(const bm_zipf_t *zipf, bm_rand_t *rand);

#endif
