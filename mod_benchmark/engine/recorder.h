/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/recorder.h: the thread that takes answers apart, measures and writes.
 *
 * Takes tasks from the director and finished transfers from the loops, lets the task's work decide what comes next,
 * and records what has ended in batches: one transaction holds the rows, the KPI deltas and the event
 * (store/finish_store.h). While the database is away, ended tasks wait in memory up to BenchmarkRecorderBacklog.
 *
 * Thread: everything below "works" is for the recorder thread itself; bm_recorder_order and bm_recorder_stop are for
 * the director. The only connection it uses is its own. */
#ifndef BM_ENGINE_RECORDER_H
#define BM_ENGINE_RECORDER_H

#include <apr_pools.h>
#include "base/ring.h"
#include "base/settings.h"
#include "engine/loop.h"
#include "engine/task.h"
#include "model/price_book.h"
#include "model/run_trace.h"
#include "policy/target_gate.h"
#include "secret/vault.h"
#include "shm/meters.h"
#include "shm/node_board.h"
#include "shm/target_ring.h"

typedef struct bm_recorder_t bm_recorder_t;

typedef struct bm_recorder_options_t {
    const bm_settings_t *settings;
    const char *engine_id;
    bm_vault_t *vault;
    bm_node_board_t *board;
    bm_meters_t *meters;               /* what /metrics tells of this node */
    bm_target_ring_t *target_ring;
    struct bm_event_notifier_t *notifier;      /* poked behind each commit; NULL: nobody listens */
    const bm_trace_sink_t *traces;     /* who is told of recorded runs; NULL: nobody */
    const bm_work_t *const *works;     /* NULL-terminated */
    bm_ring_t *ended;                  /* to the director: the id of every task that is gone, as (void *)(apr_uintptr_t)id */
    /** Connection string, or NULL while it is not known. Called from the recorder thread. */
    const char *(*conninfo)(void *baton, apr_pool_t *p);
    void *conninfo_baton;
} bm_recorder_options_t;

/** An order of the director. Allocated by the director with malloc, freed by the recorder. */
typedef enum bm_order_e {
    BM_ORDER_START,                    /* task: perform it */
    BM_ORDER_RECORD,                   /* task: record the outcome it already has (buried, exhausted) */
    BM_ORDER_STOP,                     /* id, reason: end this task */
    BM_ORDER_STOP_ALL,                 /* reason */
    BM_ORDER_PRICES                    /* prices: what calls cost from now on; the book is the recorder's then */
} bm_order_e;

typedef struct bm_order_t {
    bm_order_e what;
    bm_task_t *task;
    apr_int64_t id;
    bm_stop_reason_e reason;
    bm_price_book_t *prices;
} bm_order_t;

/** Make the recorder, without its thread: the loops need its ring first. @return errno status. */
apr_status_t bm_recorder_create(bm_recorder_t **precorder, const bm_recorder_options_t *options, apr_pool_t *p);

/** The ring that loops return transfers to. */
bm_ring_t *bm_recorder_returns(bm_recorder_t *recorder);

/** Start the thread. loops: n of them, used round robin. */
apr_status_t bm_recorder_start(bm_recorder_t *recorder, bm_loop_t **loops, int n);

/** Give an order. Any thread. @return APR_EAGAIN: its ring is full; try again after a while. */
apr_status_t bm_recorder_order(bm_recorder_t *recorder, const bm_order_t *order);

/** Record what has ended, give up after `limit`, and join. Tasks still open are left to their leases. */
void bm_recorder_stop(bm_recorder_t *recorder, apr_interval_time_t limit);

/** Whether ended tasks fill the backlog: start nothing new. Any thread. */
int bm_recorder_is_full(bm_recorder_t *recorder);

/** --- for works, recorder thread only */

/** Perform x for the task as soon as possible, or at planned_ns if that is not 0. Comes back through work->returned, with
 *  tag in the transfer. @return APR_EAGAIN: the loop cannot take it (nothing will come back). */
apr_status_t bm_recorder_send(bm_recorder_t *recorder, bm_task_t *task, bm_exchange_t *x, apr_int64_t planned_ns, void *tag);

/** Come back after `us` microseconds. @return as bm_recorder_send. */
apr_status_t bm_recorder_wait(bm_recorder_t *recorder, bm_task_t *task, apr_int64_t us, void *tag);

/** Cancel everything of the task that loops still hold; it comes back through work->returned. */
void bm_recorder_cancel(bm_recorder_t *recorder, bm_task_t *task);

/** Cancel what of it was sent with this tag; likewise. */
void bm_recorder_cancel_tag(bm_recorder_t *recorder, bm_task_t *task, const void *tag);

/** The task has ended; nothing is under way. RECORD: task->outcome (and sample) are set. */
void bm_recorder_finish(bm_recorder_t *recorder, bm_task_t *task, bm_task_end_e end);

const bm_recorder_options_t *bm_recorder_options(const bm_recorder_t *recorder);

/** What stands between this engine and its targets. */
bm_target_gates_t *bm_recorder_gates(bm_recorder_t *recorder);

/** The prices known now, until the next transfer or order; NULL: none yet. */
const bm_price_book_t *bm_recorder_prices(const bm_recorder_t *recorder);

#endif
