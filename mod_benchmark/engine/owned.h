/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/owned.h: the rows of the queue that this engine owns, as the director sees them.
 *
 * Each row that is added is reported as ended once, some time later, by its id. The recorder commits before it reports, so a row
 * that was given back can be claimed and added anew before the report of its last stay: that one must not take it out.
 * Thread: the director's. */
#ifndef BM_ENGINE_OWNED_H
#define BM_ENGINE_OWNED_H

#include <apr_pools.h>
#include <apr_tables.h>
#include "store/queue_store.h"

typedef struct bm_owned_t bm_owned_t;

/** An empty one, in p. Never NULL. */
bm_owned_t *bm_owned_make(apr_pool_t *p);

/** A row is ours from now on. */
void bm_owned_add(bm_owned_t *owned, apr_int64_t id, apr_int64_t fence);

/** A row that was added has ended. */
void bm_owned_ended(bm_owned_t *owned, apr_int64_t id);

int bm_owned_count(const bm_owned_t *owned);

/** Id and fence of all, for a heartbeat; bm_owned_count() of them, in p. */
bm_queue_key_t *bm_owned_keys(const bm_owned_t *owned, apr_pool_t *p);

/** A heartbeat found these ids. @return those (apr_int64_t, in p) that are now missing for the second time in a row: a row
 *  that is being finished is locked, and so skipped once. */
apr_array_header_t *bm_owned_missing(bm_owned_t *owned, const apr_array_header_t *found, apr_pool_t *p);

#endif
