/* SPDX-License-Identifier: Apache-2.0
 *
 * store/queue_store.h: the queue's transitions (architecture, sections 1.3 and 1.4).
 *
 * Every transition out of an owner's hands draws a new fence; (id, fence) alone proves ownership. All times are the
 * database's. Statements are single-shard where a slot is named. Each function is one round trip. */
#ifndef BM_STORE_QUEUE_STORE_H
#define BM_STORE_QUEUE_STORE_H

#include <apr_tables.h>
#include <apr_time.h>
#include "db/query.h"

#define BM_QUEUE_SLOTS 16

/** A row that was claimed, rescued or taken over. */
typedef struct bm_queue_row_t {
    apr_int64_t id, fence, scenario_id, automation_id, project_id;
    int kind, attempt, max_attempts, priority;
    apr_time_t created_at, run_at, started_at;   /* started_at: of this claim */
    int exhausted;                    /* rescue: no attempt is left */
    int cancel_requested;
    const char *last_error;           /* NULL: none */
    const char *location;             /* it is for engines of this place; "": any */
    const char *spec;                 /* JSON text */
    const char *labels;               /* likewise, an array; NULL: none */
} bm_queue_row_t;

/** Ownership of one row. */
typedef struct bm_queue_key_t {
    apr_int64_t id, fence;
} bm_queue_key_t;

/** Slots (0 to BM_QUEUE_SLOTS - 1) that have something to claim now, ignoring caps: slots[] and *n. location: the
 *  engine's, "" if it has none; here and below never NULL. */
apr_status_t bm_queue_store_due_slots(int slots[BM_QUEUE_SLOTS], int *n, bm_db_t *db, const char *location, bm_err_t *err,
                                      apr_pool_t *p);

/** Claim up to `limit` due rows of one slot that are for any location or for this one, never more of a target than its
 *  max_in_flight. *prows: of bm_queue_row_t. */
apr_status_t bm_queue_store_claim(apr_array_header_t **prows, bm_db_t *db, int slot, int limit, const char *owner,
                                  const char *location, apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p);

/** Extend the leases of n rows, skipping locked ones. *palive: of apr_int64_t, ids that are still ours; *pcancelled: those of
 *  them whose cancellation was requested. */
apr_status_t bm_queue_store_heartbeat(apr_array_header_t **palive, apr_array_header_t **pcancelled, bm_db_t *db,
                                      const bm_queue_key_t *keys, int n, apr_interval_time_t lease, bm_err_t *err,
                                      apr_pool_t *p);

/** What an engine must know every half second, in one statement: whether the emergency stop is on, and which running rows
 *  of this owner are to be cancelled (*pcancelled: of apr_int64_t). */
apr_status_t bm_queue_store_control(int *stopped, apr_array_header_t **pcancelled, bm_db_t *db, const char *owner,
                                    bm_err_t *err, apr_pool_t *p);

/** Take over up to `limit` rows whose lease has run out (new fence, ours). *prows: of bm_queue_row_t. */
apr_status_t bm_queue_store_rescue(apr_array_header_t **prows, bm_db_t *db, int limit, const char *owner,
                                   apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p);

/** Take up to `limit` pending rows whose cancellation was requested (new fence, ours), to be recorded as cancelled. */
apr_status_t bm_queue_store_take_cancelled(apr_array_header_t **prows, bm_db_t *db, int limit, const char *owner,
                                           apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p);

/** Back to pending, due after delay_us each. *pdone: of apr_int64_t, the ids that were still ours. Arrays of n. */
apr_status_t bm_queue_store_requeue(apr_array_header_t **pdone, bm_db_t *db, const bm_queue_key_t *keys,
                                    const apr_int64_t *delays_us, const char *const *reasons, int n, bm_err_t *err,
                                    apr_pool_t *p);

#endif
