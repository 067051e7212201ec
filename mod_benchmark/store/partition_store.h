/* SPDX-License-Identifier: Apache-2.0
 *
 * store/partition_store.h: partitions of the tables that grow by id: made ahead, dropped for retention.
 *
 * Tables: runs (ids of run_id_seq, drawn when a run is queued), events (event_id_seq) and requests (request_id_seq),
 * which are not dropped, but deleted with their load test. Needs the rights of the tables' owner. Each function is one
 * transaction and waits for locks at most two seconds (APR_EAGAIN: try later). Thread: that of db. */
#ifndef BM_STORE_PARTITION_STORE_H
#define BM_STORE_PARTITION_STORE_H

#include "db/query.h"

/** Ids of one partition. */
#define BM_PARTITION_SIZE APR_INT64_C(10000000)

typedef enum bm_partitioned_e {
    BM_PARTITIONED_RUNS,
    BM_PARTITIONED_EVENTS,
    BM_PARTITIONED_REQUESTS
} bm_partitioned_e;

/** Make the next partition of `size` ids when the sequence is within 20 % of the last bound (or beyond). *created: 0 or
 *  more. The parent stays readable and writable: the new table is attached, which locks out nobody. */
apr_status_t bm_partition_store_ahead(int *created, bm_db_t *db, bm_partitioned_e table, apr_int64_t size, bm_err_t *err,
                                      apr_pool_t *p);

/** Drop the partitions whose newest row ended (events: happened) more than `days` ago, if all their ids are drawn and none
 *  of them is still queued. At most one per call; *dropped: 0 or 1. days 0: nothing. KPI cells stay. Resume tokens of
 *  events that were dropped become resets. */
apr_status_t bm_partition_store_drop(int *dropped, bm_db_t *db, bm_partitioned_e table, int days, bm_err_t *err, apr_pool_t *p);

/** Delete events older than `days` (0: nothing) from the old end, at most `limit`: for the partition that is too young to be
 *  dropped. *deleted == limit: call again. */
apr_status_t bm_partition_store_prune_events(int *deleted, bm_db_t *db, int days, int limit, bm_err_t *err, apr_pool_t *p);

#endif
