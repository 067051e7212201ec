/* SPDX-License-Identifier: Apache-2.0
 *
 * recorder.c: the turn of the recorder thread and its bookkeeping. What is written, and how, is in finish.c. */
#include "engine/recorder.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/finish.h"
#include "engine/outcome.h"
#include "engine/work.h"

#define RING_SIZE 65536
#define BATCH_MAX 100                           /* runs of one transaction */
#define BATCH_WAIT apr_time_from_msec(20)       /* how long the first of a batch waits for company */
#define RETRY_FIRST apr_time_from_msec(200)     /* pause after a failed flush, doubled up to RETRY_MAX */
#define RETRY_MAX apr_time_from_sec(5)

/* A transfer that a loop has, and how to find it when its task is stopped. */
struct bm_sent_t {
    bm_transfer_t transfer;
    bm_task_t *task;
    bm_loop_t *loop;
    bm_sent_t *next, **link;
};

/* Owner of all members but the rings, `stopping` and `full`: the recorder thread. */
struct bm_recorder_t {
    bm_recorder_options_t options;
    apr_pool_t *p;                     /* the owner's: of what is made before the thread starts */
    apr_pool_t *pown;                  /* the thread's own */
    bm_thread_t *thread;
    bm_ring_t *orders;                 /* of bm_order_t *, from the director */
    bm_ring_t *returns;                /* of bm_transfer_t *, from the loops */
    bm_loop_t **loops;
    int loop_count, next_loop;
    apr_uint64_t last_ticket;
    apr_hash_t *open;                  /* id -> bm_task_t * */
    bm_task_t *ended_first, **ended_last;  /* waiting to be written, in order of their end */
    int ended_count;
    apr_size_t ended_weight;
    int batch_max;                     /* runs of one transaction; 1 while a row is looked for that the store refuses */
    int single_until;                  /* so many more alone */
    apr_time_t oldest_ended;
    apr_time_t retry_at;
    apr_interval_time_t retry_pause;
    bm_finish_t *finish;
    bm_target_gates_t *gates;
    bm_price_book_t *prices;           /* NULL: none yet */
    atomic_int full;
    _Atomic apr_int64_t give_up_at;    /* apr_time_t; 0: not stopping */
};

static void recorder_main(bm_thread_t *thread, void *baton, apr_pool_t *p);

apr_status_t bm_recorder_create(bm_recorder_t **precorder, const bm_recorder_options_t *options, apr_pool_t *p)
{
    bm_recorder_t *r = apr_pcalloc(p, sizeof(*r));
    apr_status_t rv;

    *precorder = NULL;
    r->options = *options;
    r->p = p;
    r->ended_last = &r->ended_first;
    rv = bm_ring_create(&r->orders, RING_SIZE, p);
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&r->returns, RING_SIZE, p);
    if (rv == APR_SUCCESS)
        *precorder = r;
    return rv;
}

bm_ring_t *bm_recorder_returns(bm_recorder_t *recorder)
{
    return recorder->returns;
}

const bm_recorder_options_t *bm_recorder_options(const bm_recorder_t *recorder)
{
    return &recorder->options;
}

bm_target_gates_t *bm_recorder_gates(bm_recorder_t *recorder)
{
    return recorder->gates;
}

const bm_price_book_t *bm_recorder_prices(const bm_recorder_t *recorder)
{
    return recorder->prices;
}

apr_status_t bm_recorder_start(bm_recorder_t *recorder, bm_loop_t **loops, int n)
{
    recorder->loops = loops;
    recorder->loop_count = n;
    return bm_thread_start(&recorder->thread, "bm-recorder", recorder_main, recorder, recorder->p);
}

apr_status_t bm_recorder_order(bm_recorder_t *recorder, const bm_order_t *order)
{
    bm_order_t *copy = malloc(sizeof(*copy));
    apr_status_t rv;

    if (copy == NULL)
        return APR_ENOMEM;
    *copy = *order;
    rv = bm_ring_push(recorder->orders, copy);
    if (rv != APR_SUCCESS) {
        free(copy);
        return rv;
    }
    bm_ring_wake(recorder->orders);
    return APR_SUCCESS;
}

void bm_recorder_stop(bm_recorder_t *recorder, apr_interval_time_t limit)
{
    atomic_store(&recorder->give_up_at, bm_timefmt_steady() + limit);
    bm_thread_stop(recorder->thread);
    bm_ring_wake(recorder->orders);
    bm_thread_join(recorder->thread);
}

int bm_recorder_is_full(bm_recorder_t *recorder)
{
    return atomic_load(&recorder->full);
}

/* --- for works */

static bm_loop_t *pick_loop(bm_recorder_t *r)
{
    r->next_loop = (r->next_loop + 1) % r->loop_count;
    return r->loops[r->next_loop];
}

static bm_sent_t *sent_make(bm_recorder_t *r, bm_task_t *task)
{
    bm_sent_t *sent = calloc(1, sizeof(*sent));

    if (sent == NULL)
        return NULL;
    sent->task = task;
    sent->loop = pick_loop(r);
    sent->transfer.owner = sent;
    sent->transfer.ticket = ++r->last_ticket;
    return sent;
}

/* The loop took it (rv): remember it for a cancellation; else forget it. */
static apr_status_t sent_settle(bm_sent_t *sent, apr_status_t rv)
{
    bm_task_t *task = sent->task;

    if (rv != APR_SUCCESS) {
        free(sent);
        return rv;
    }
    sent->next = task->sent;
    sent->link = &task->sent;
    if (sent->next != NULL)
        sent->next->link = &sent->next;
    task->sent = sent;
    return APR_SUCCESS;
}

apr_status_t bm_recorder_send(bm_recorder_t *recorder, bm_task_t *task, bm_exchange_t *x, apr_int64_t planned_ns, void *tag)
{
    bm_sent_t *sent = sent_make(recorder, task);

    if (sent == NULL)
        return APR_ENOMEM;
    sent->transfer.x = x;
    sent->transfer.planned_ns = planned_ns;
    sent->transfer.tag = tag;
    return sent_settle(sent, bm_loop_start_exchange(sent->loop, &sent->transfer));
}

apr_status_t bm_recorder_wait(bm_recorder_t *recorder, bm_task_t *task, apr_int64_t us, void *tag)
{
    bm_sent_t *sent = sent_make(recorder, task);

    if (sent == NULL)
        return APR_ENOMEM;
    sent->transfer.planned_ns = bm_timefmt_monotonic_ns() + us * 1000;
    sent->transfer.tag = tag;
    return sent_settle(sent, bm_loop_start_wait(sent->loop, &sent->transfer));
}

void bm_recorder_cancel(bm_recorder_t *recorder, bm_task_t *task)
{
    bm_sent_t *sent;

    (void)recorder;
    for (sent = task->sent; sent != NULL; sent = sent->next)
        bm_loop_cancel(sent->loop, sent->transfer.ticket);
}

void bm_recorder_cancel_tag(bm_recorder_t *recorder, bm_task_t *task, const void *tag)
{
    bm_sent_t *sent;

    (void)recorder;
    for (sent = task->sent; sent != NULL; sent = sent->next)
        if (sent->transfer.tag == tag)
            bm_loop_cancel(sent->loop, sent->transfer.ticket);
}

static void tell_director(bm_recorder_t *r, apr_int64_t id)
{
    while (bm_ring_push(r->options.ended, (void *)(apr_uintptr_t)id) != APR_SUCCESS)
        apr_sleep(1000);               /* holds every id the engine can have; full only if the director is stuck in a query */
    bm_ring_wake(r->options.ended);
}

static void forget(bm_recorder_t *r, bm_task_t *task)
{
    apr_int64_t id = task->id;

    bm_task_destroy(task);
    tell_director(r, id);
}

void bm_recorder_finish(bm_recorder_t *recorder, bm_task_t *task, bm_task_end_e end)
{
    task->end = task->stop == BM_STOP_LOST ? BM_TASK_FORGET : end;
    task->ended_at = bm_timefmt_steady();
    if (apr_hash_get(recorder->open, &task->id, sizeof(task->id)) == task)
        apr_hash_set(recorder->open, &task->id, sizeof(task->id), NULL);
    if (task->end == BM_TASK_FORGET) {
        forget(recorder, task);
        return;
    }
    if (recorder->ended_count == 0)
        recorder->oldest_ended = bm_timefmt_steady();
    task->next = NULL;
    *recorder->ended_last = task;
    recorder->ended_last = &task->next;
    recorder->ended_count++;
    recorder->ended_weight += task->weight;
    atomic_store(&recorder->full, recorder->ended_weight > (apr_size_t)recorder->options.settings->recorder_backlog);
    atomic_store(&recorder->options.board->backlog_bytes, (apr_int64_t)recorder->ended_weight);
}

/* --- orders and returns */

static const bm_work_t *work_of(const bm_recorder_t *r, int kind)
{
    const bm_work_t *const *work;

    for (work = r->options.works; *work != NULL; work++)
        if ((*work)->kind == kind)
            return *work;
    return NULL;
}

static void stop_task(bm_recorder_t *r, bm_task_t *task, bm_stop_reason_e reason)
{
    if (task->stop != BM_STOP_NOT && reason != BM_STOP_LOST)
        return;
    task->stop = reason;
    bm_recorder_cancel(r, task);
    task->work->stopping(r, task);
}

/* A lease that ran out may come back to us while its task goes on: that one has lost it. It leaves the hash first, which keeps
 * the key of the first value. */
static void open_task(bm_recorder_t *r, bm_task_t *task)
{
    bm_task_t *older = apr_hash_get(r->open, &task->id, sizeof(task->id));

    apr_hash_set(r->open, &task->id, sizeof(task->id), NULL);
    apr_hash_set(r->open, &task->id, sizeof(task->id), task);
    if (older != NULL)
        stop_task(r, older, BM_STOP_LOST);
}

static void start_task(bm_recorder_t *r, bm_task_t *task)
{
    open_task(r, task);
    task->work = work_of(r, task->kind);
    if (task->work == NULL) {
        bm_outcome_end(task, "failed", "unknown_kind",
                       apr_psprintf(task->p, "This engine does not know runs of kind %d.", task->kind));
        bm_recorder_finish(r, task, BM_TASK_RECORD);
        return;
    }
    task->work->start(r, task);
}

static void stop_all(bm_recorder_t *r, bm_stop_reason_e reason)
{
    apr_pool_t *scratch;
    apr_hash_index_t *hi;

    apr_pool_create(&scratch, r->pown);
    for (hi = apr_hash_first(scratch, r->open); hi != NULL; hi = apr_hash_next(hi))
        stop_task(r, apr_hash_this_val(hi), reason);
    apr_pool_destroy(scratch);
}

static void obey(bm_recorder_t *r, bm_order_t *order)
{
    bm_task_t *task;

    switch (order->what) {
    case BM_ORDER_START:
        start_task(r, order->task);
        break;
    case BM_ORDER_RECORD:
        open_task(r, order->task);
        bm_recorder_finish(r, order->task, order->task->end);
        break;
    case BM_ORDER_STOP:
        task = apr_hash_get(r->open, &order->id, sizeof(order->id));
        if (task != NULL)
            stop_task(r, task, order->reason);
        break;
    case BM_ORDER_STOP_ALL:
        stop_all(r, order->reason);
        break;
    case BM_ORDER_PRICES:
        if (r->prices != NULL)
            apr_pool_destroy(r->prices->p);
        r->prices = order->prices;
        break;
    }
    free(order);
}

static void take_back(bm_recorder_t *r, bm_transfer_t *transfer)
{
    bm_sent_t *sent = transfer->owner;
    bm_task_t *task = sent->task;

    *sent->link = sent->next;
    if (sent->next != NULL)
        sent->next->link = sent->link;
    task->work->returned(r, task, transfer);
    free(sent);
}

/* --- writing */

/* The first of the ended, as many as one transaction takes; the rest stays. */
static bm_task_t *cut_batch(bm_recorder_t *r, int *n)
{
    bm_task_t *first = r->ended_first, *last = first;

    for (*n = 1; *n < r->batch_max && last->next != NULL; (*n)++)
        last = last->next;
    r->ended_first = last->next;
    if (r->ended_first == NULL)
        r->ended_last = &r->ended_first;
    last->next = NULL;
    return first;
}

static void put_back(bm_recorder_t *r, bm_task_t *batch)
{
    bm_task_t *last;

    for (last = batch; last->next != NULL; last = last->next)
        ;
    last->next = r->ended_first;
    if (r->ended_first == NULL)
        r->ended_last = &last->next;
    r->ended_first = batch;
}

static void drop_batch(bm_recorder_t *r, bm_task_t *batch)
{
    bm_task_t *task, *next;

    for (task = batch; task != NULL; task = next) {
        next = task->next;
        r->ended_count--;
        r->ended_weight -= task->weight;
        forget(r, task);
    }
    r->oldest_ended = bm_timefmt_steady();
    atomic_store(&r->full, r->ended_weight > (apr_size_t)r->options.settings->recorder_backlog);
    atomic_store(&r->options.board->backlog_bytes, (apr_int64_t)r->ended_weight);
}

/* The store is there and refuses the batch: one of its rows must be what it cannot take. Look for it alone; it is then
 * recorded without what was measured, and if that is refused too, left to its lease. */
static void isolate(bm_recorder_t *r, bm_task_t *batch, int n)
{
    put_back(r, batch);
    if (n > 1) {
        r->batch_max = 1;
        r->single_until = r->ended_count;
        return;
    }
    r->batch_max = 1;
    if (!batch->refused) {
        bm_log(BM_LOG_ERR, 0,
               BMLOG(0021) "run %" APR_INT64_T_FMT ": the store refuses its figures; it is recorded as failed",
               batch->id);
        batch->refused = 1;
        bm_outcome_end(batch, "failed", "not_recordable", "The store refused what was measured.");
        return;
    }
    bm_log(BM_LOG_ERR, 0, BMLOG(0022) "run %" APR_INT64_T_FMT ": the store refuses it; given up", batch->id);
    batch = cut_batch(r, &n);
    drop_batch(r, batch);
}

/* Write one batch. @return whether there may be more to write now. */
static int flush(bm_recorder_t *r)
{
    bm_task_t *batch;
    apr_status_t rv;
    int n;

    if (r->ended_count == 0 || bm_timefmt_steady() < r->retry_at)
        return 0;
    batch = cut_batch(r, &n);
    rv = bm_finish_batch(r->finish, batch, n);
    if (rv == APR_SUCCESS) {
        r->retry_pause = RETRY_FIRST;
        atomic_fetch_add(&r->options.board->recorded, n);
        drop_batch(r, batch);
        if (r->batch_max == 1 && (r->single_until -= n) <= 0)
            r->batch_max = BATCH_MAX;
        return r->ended_count > 0;
    }
    if (rv == APR_EINVAL || rv == APR_EEXIST) {
        isolate(r, batch, n);
        return 1;
    }
    put_back(r, batch);
    r->retry_at = bm_timefmt_steady() + r->retry_pause;
    r->retry_pause = r->retry_pause * 2 > RETRY_MAX ? RETRY_MAX : r->retry_pause * 2;
    return 0;
}

/* Milliseconds until there is something to do without being woken. */
static int patience(const bm_recorder_t *r, int stopping)
{
    apr_time_t now = bm_timefmt_steady(), due;

    if (r->ended_count == 0)
        return stopping ? 10 : 1000;
    due = r->ended_count >= r->batch_max ? now : r->oldest_ended + BATCH_WAIT;
    if (due < r->retry_at)
        due = r->retry_at;
    return due <= now ? 0 : (int)apr_time_as_msec(due - now) + 1;
}

static void sleep_until_woken(bm_recorder_t *r, int ms)
{
    struct pollfd fds[2] = {
        { .fd = bm_ring_fd(r->orders), .events = POLLIN },
        { .fd = bm_ring_fd(r->returns), .events = POLLIN }
    };

    if (poll(fds, 2, ms) <= 0)
        return;
    bm_ring_drain_wake(r->orders);
    bm_ring_drain_wake(r->returns);
}

/* Whether a stopping recorder may go: all written, or out of time. */
static int may_end(bm_recorder_t *r)
{
    apr_int64_t give_up_at = atomic_load(&r->give_up_at);

    if (apr_hash_count(r->open) == 0 && r->ended_count == 0)
        return 1;
    if (bm_timefmt_steady() < give_up_at)
        return 0;
    bm_log(BM_LOG_WARNING, 0,
           BMLOG(0020) "recorder: %u runs are still open and %d unrecorded at the end; their leases will run out",
           apr_hash_count(r->open), r->ended_count);
    return 1;
}

static void recorder_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_recorder_t *r = baton;
    bm_order_t *order;
    bm_transfer_t *transfer;
    int budget;

    r->pown = p;
    r->open = apr_hash_make(p);
    r->retry_pause = RETRY_FIRST;
    r->batch_max = BATCH_MAX;
    r->finish = bm_finish_make(&r->options, p);
    r->gates = bm_target_gates_make(p);
    for (;;) {
        sleep_until_woken(r, patience(r, bm_thread_stopping(thread)));
        for (budget = 256; budget > 0 && (order = bm_ring_pop(r->orders)) != NULL; budget--)
            obey(r, order);
        for (budget = 1024; budget > 0 && (transfer = bm_ring_pop(r->returns)) != NULL; budget--)
            take_back(r, transfer);
        while (patience(r, 0) == 0 && flush(r))
            ;
        if (bm_ring_count(r->orders) > 0)
            bm_ring_wake(r->orders);
        if (bm_ring_count(r->returns) > 0)
            bm_ring_wake(r->returns);
        if (bm_thread_stopping(thread) && may_end(r))
            break;
    }
    bm_finish_close(r->finish);
    if (r->prices != NULL)
        apr_pool_destroy(r->prices->p);
}
