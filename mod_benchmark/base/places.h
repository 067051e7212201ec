/* SPDX-License-Identifier: Apache-2.0
 *
 * base/places.h: so many at a time. Who finds no place waits for one, for a limited time.
 *
 * Thread: any. */
#ifndef BM_BASE_PLACES_H
#define BM_BASE_PLACES_H

#include <apr_pools.h>
#include <apr_time.h>

typedef struct bm_places_t bm_places_t;

/** n places (at least 1), in p. Never NULL. */
bm_places_t *bm_places_make(int n, apr_pool_t *p);

/** Take a place, waiting at most `patience` for one. @return 0: none became free. */
int bm_places_take(bm_places_t *places, apr_interval_time_t patience);

/** Give it back. */
void bm_places_give(bm_places_t *places);

#endif
