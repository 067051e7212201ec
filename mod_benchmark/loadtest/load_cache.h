/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_cache.h: how much of what a load test asked came from the target's cache (docs/load-tests.md, `results.cache`).
 *
 * By the target's own count of cached prompt tokens where it gives one; else from the answers' times, if those fall into a quick
 * and a slow group (stat/two_modes.h). Recorder thread only. Memory: a bit for each entry of the dataset, and a histogram. */
#ifndef BM_LOADTEST_LOAD_CACHE_H
#define BM_LOADTEST_LOAD_CACHE_H

#include <apr_pools.h>
#include "base/json.h"
#include "loadtest/load_request.h"

typedef struct bm_load_cache_t bm_load_cache_t;

/** For a dataset of so many entries. NULL: the plan has none. In p. */
bm_load_cache_t *bm_load_cache_make(const bm_load_plan_t *plan, int entries, apr_pool_t *p);

/** A request is about to ask an entry. @return whether it was asked before in this load test. cache NULL: 0. */
int bm_load_cache_ask(bm_load_cache_t *cache, int entry);

/** A request has ended for good. cache may be NULL. */
void bm_load_cache_ended(bm_load_cache_t *cache, const bm_load_outcome_t *outcome);

/** Write the member cache; nothing if cache is NULL. */
void bm_load_cache_write(bm_jw_t *w, const bm_load_cache_t *cache);

#endif
