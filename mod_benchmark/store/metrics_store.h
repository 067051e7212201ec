/* SPDX-License-Identifier: Apache-2.0
 *
 * store/metrics_store.h: what /metrics asks the store: few rows, whatever the number of runs. Thread: that of db. */
#ifndef BM_STORE_METRICS_STORE_H
#define BM_STORE_METRICS_STORE_H

#include "db/query.h"

/** Rows of the queue that are counted at most. */
#define BM_METRICS_QUEUE_MAX 100000

typedef struct bm_metrics_rows_t {
    bm_rows_t *queue;       /* one row: pending, running, nanoseconds that the oldest due run has waited (null: none), stopped */
    bm_rows_t *engines;     /* state (running, draining, stale), number; of those seen within a day */
    bm_rows_t *check;       /* one row: comparisons of KPIs with rows, hours compared, hours that differed, so far */
    bm_rows_t *syncs;       /* id, name, nanoseconds since its newest was read (null: never), whether that is stale, failures in a
                             * row; of trace sources that are not paused */
    bm_rows_t *names;       /* id, name of the scenarios asked for; those deleted are missing */
} bm_metrics_rows_t;

/** One round trip. */
apr_status_t bm_metrics_store_read(bm_metrics_rows_t *found, bm_db_t *db, const apr_int64_t *scenarios, int n, bm_err_t *err,
                                   apr_pool_t *p);

/** What waits and what runs, each counted up to BM_METRICS_QUEUE_MAX. */
apr_status_t bm_metrics_store_queue(apr_int64_t *pending, apr_int64_t *running, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
