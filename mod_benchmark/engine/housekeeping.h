/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/housekeeping.h: the jobs thread: compaction of KPIs, partitions, retention.
 *
 * Jobs are leased rows (job/job_runner.h), so it does not matter which engine's thread does them. Its connection is its own;
 * while the database is away it waits. */
#ifndef BM_ENGINE_HOUSEKEEPING_H
#define BM_ENGINE_HOUSEKEEPING_H

#include <apr_pools.h>
#include "engine/store_connect.h"

typedef struct bm_housekeeping_t bm_housekeeping_t;

/** Start the thread. *store is copied. */
apr_status_t bm_housekeeping_start(bm_housekeeping_t **phousekeeping, const bm_store_access_t *store, const char *engine_id,
                                   apr_pool_t *p);

/** Ask the job at work to return, and join. Waits at most for one step of a job. */
void bm_housekeeping_stop(bm_housekeeping_t *housekeeping);

#endif
