/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/director.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "db/migrate.h"
#include "engine/event_notifier.h"
#include "engine/outcome.h"
#include "engine/host.h"
#include "engine/owned.h"
#include "engine/store_connect.h"
#include "model/run_model.h"
#include "store/engine_store.h"
#include "store/location_store.h"
#include "store/price_store.h"
#include "store/queue_store.h"
#include "store/secret_store.h"

#define CONTROL_EVERY apr_time_from_msec(500)
#define BEAT_EVERY apr_time_from_sec(2)
#define POKE_GAP apr_time_from_msec(5)         /* a storm of triggers is looked at together */
#define BURY_EVERY apr_time_from_sec(1)
#define PRICES_EVERY apr_time_from_sec(5)
#define RECONNECT_FIRST apr_time_from_msec(200)
#define RECONNECT_MAX apr_time_from_sec(3)
#define TAKE_AT_ONCE 50                        /* rows of one rescue or burial */
#define ENDED_AT_ONCE 4096

/* Owner of all members but `stage`, `in_flight` and `wake`: the director thread. */
struct bm_director_t {
    bm_director_options_t options;
    apr_pool_t *p;                 /* the thread's own */
    bm_thread_t *thread;
    int wake;                      /* eventfd */
    atomic_int stage;
    atomic_int in_flight;
    apr_pool_t *pconn;             /* of the connection */
    apr_pool_t *pround;            /* cleared each turn */
    bm_db_t *db;
    bm_err_t *err;                 /* of this turn */
    bm_owned_t *mine;
    int ready;                     /* connected, schema right, registered */
    int claiming;                  /* rows may be ours that are not counted yet */
    int stopped;                   /* emergency stop */
    int told_stop;                 /* BM_DIRECTOR_STOP was passed on */
    const char *complaint;         /* what was logged last about the database; repeated only when it changes */
    apr_interval_time_t reconnect_pause;
    apr_time_t reconnect_at, control_at, beat_at, heartbeat_at, rescue_at, bury_at, prices_at, claim_at, poked_at;
    apr_time_t beating_since;      /* first heartbeat of an unbroken series; 0: none */
};

/* --- connection */

static void lose_connection(bm_director_t *d)
{
    if (d->pconn != NULL)
        apr_pool_destroy(d->pconn);
    d->pconn = NULL;
    d->db = NULL;
    d->ready = 0;
    d->beating_since = 0;
    atomic_store(&d->options.board->engine_ready, 0);
    d->reconnect_at = bm_timefmt_steady() + d->reconnect_pause;
    d->reconnect_pause *= 2;
    if (d->reconnect_pause > RECONNECT_MAX)
        d->reconnect_pause = RECONNECT_MAX;
}

/* Say it once, not at every try. */
static void complain(bm_director_t *d, const char *what)
{
    if (d->complaint != NULL && strcmp(d->complaint, what) == 0)
        return;
    d->complaint = apr_pstrdup(d->p, what);        /* a handful of sentences in a process's life */
    bm_log(BM_LOG_ERR, 0, BMLOG(0030) "engine: %s", what);
}

static apr_status_t schema_ready(bm_director_t *d, const bm_db_options_t *options)
{
    static const char *const why[] = { "", "missing", "older than this module", "newer than this module" };
    const bm_settings_t *settings = d->options.settings;
    bm_db_options_t owner = *options;
    bm_migrate_state_e state;
    apr_status_t rv = APR_SUCCESS;
    int version;

    if (settings->migrate_dsn != NULL)
        owner.conninfo = settings->migrate_dsn;
    if (settings->migrate)
        rv = bm_migrate_run(NULL, &owner, settings->sql_dir, d->err, d->pround);
    if (rv == APR_SUCCESS)
        rv = bm_migrate_check(&state, &version, d->db, d->err, d->pround);
    if (rv == APR_SUCCESS && state != BM_MIGRATE_OK)
        rv = bm_err_set(d->err, APR_EGENERAL, "schema",
                        "The schema %s is %s (version %d, wanted %d): apply sql/ or set BenchmarkMigrate On.",
                        settings->schema, why[state], version, BM_SCHEMA_VERSION);
    return rv;
}

static void connect_store(bm_director_t *d)
{
    const bm_director_options_t *own = &d->options;
    const bm_store_access_t store = { own->settings, own->meters, own->conninfo, own->conninfo_baton };
    bm_db_options_t options = {
        .application_name = "mod_benchmark director", .engine_plans = 1, .statement_timeout_ms = 10000
    };
    apr_status_t rv;
    int location_id;                /* who pins a run to this place must find it known */

    apr_pool_create(&d->pconn, d->p);
    rv = bm_store_connect(&d->db, &options, &store, d->err, d->pconn);
    if (rv == APR_SUCCESS)
        rv = schema_ready(d, &options);
    if (rv == APR_SUCCESS)
        rv = bm_engine_store_register(d->db, d->options.engine_id, d->options.host, (int)getpid(), BM_VERSION,
                                      d->options.info, d->err, d->pround);
    if (rv == APR_SUCCESS)
        rv = bm_location_store_id(&location_id, d->db, d->options.settings->location, d->err, d->pround);
    if (rv != APR_SUCCESS) {
        complain(d, d->err->detail ? d->err->detail : "The database is not ready.");
        lose_connection(d);
        return;
    }
    d->ready = 1;
    d->control_at = d->beat_at = d->heartbeat_at = d->bury_at = d->prices_at = d->claim_at = 0;
    d->rescue_at = bm_timefmt_steady() + d->options.settings->lease;
    atomic_store(&d->options.board->engine_ready, 1);
}

/* A whole turn of statements went through. To be let in is not enough: a PostgreSQL with its disk full does that, and
 * refuses what follows. */
static void settle(bm_director_t *d)
{
    if (d->complaint != NULL)
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0031) "engine: the database is back");
    d->complaint = NULL;
    d->reconnect_pause = RECONNECT_FIRST;
}

/* A statement failed: a lost connection is made again, anything else has been logged where it happened. */
static int failed(bm_director_t *d, apr_status_t rv)
{
    if (rv == APR_SUCCESS)
        return 0;
    if (rv == APR_EAGAIN || PQstatus(bm_db_conn(d->db)) != CONNECTION_OK) {
        complain(d, d->err->detail ? d->err->detail : "The database cannot be reached.");
        lose_connection(d);
    }
    return 1;
}

/* --- what is ours */

/* Also what a claim may bring: an engine that drains and has nothing in flight ends. */
static void show_in_flight(bm_director_t *d)
{
    atomic_store(&d->in_flight, bm_owned_count(d->mine) + d->claiming);
}

static void mine_add(bm_director_t *d, apr_int64_t id, apr_int64_t fence)
{
    bm_owned_add(d->mine, id, fence);
    show_in_flight(d);
}

static int collect_ended(bm_director_t *d)
{
    int n = 0;
    void *id;

    while (n < ENDED_AT_ONCE && (id = bm_ring_pop(d->options.ended)) != NULL) {
        bm_owned_ended(d->mine, (apr_int64_t)(apr_uintptr_t)id);
        n++;
    }
    show_in_flight(d);
    atomic_store(&d->options.board->in_flight, bm_owned_count(d->mine));
    return n;
}

/* --- orders to the recorder */

static void give_order(bm_director_t *d, bm_order_e what, bm_task_t *task, apr_int64_t id, bm_stop_reason_e reason)
{
    bm_order_t order = { .what = what, .task = task, .id = id, .reason = reason };

    while (bm_recorder_order(d->options.recorder, &order) == APR_EAGAIN) {
        collect_ended(d);
        apr_sleep(1000);
    }
}

static bm_task_t *task_of_row(const bm_queue_row_t *row)
{
    bm_task_t *task = bm_task_make();

    task->id = row->id;
    task->fence = row->fence;
    task->scenario_id = row->scenario_id;
    task->automation_id = row->automation_id;
    task->project_id = row->project_id;
    task->kind = row->kind;
    task->attempt = row->attempt;
    task->max_attempts = row->max_attempts;
    task->run_at = row->run_at;
    task->started_at = row->started_at;
    task->spec = apr_pstrdup(task->p, row->spec);
    task->labels = apr_pstrdup(task->p, row->labels);
    task->location = apr_pstrdup(task->p, row->location);
    return task;
}

static void record_row(bm_director_t *d, const bm_queue_row_t *row, const char *status, const char *code, const char *error)
{
    bm_task_t *task = task_of_row(row);

    bm_outcome_end(task, status, code, error);
    mine_add(d, task->id, task->fence);
    give_order(d, BM_ORDER_RECORD, task, 0, BM_STOP_NOT);
}

/* --- what is done at its time */

static void stop_listed(bm_director_t *d, const apr_array_header_t *ids, bm_stop_reason_e reason)
{
    int i;

    for (i = 0; i < ids->nelts; i++)
        give_order(d, BM_ORDER_STOP, NULL, APR_ARRAY_IDX(ids, i, apr_int64_t), reason);
}

static void look_at_control(bm_director_t *d)
{
    apr_array_header_t *cancelled;
    int stopped;

    if (failed(d, bm_queue_store_control(&stopped, &cancelled, d->db, d->options.engine_id, d->err, d->pround)))
        return;
    stop_listed(d, cancelled, BM_STOP_CANCELLED);
    if (stopped && !d->stopped) {
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0032) "engine: emergency stop, %d runs are ended", bm_owned_count(d->mine));
        give_order(d, BM_ORDER_STOP_ALL, NULL, 0, BM_STOP_EMERGENCY);
    }
    else if (!stopped && d->stopped)
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0033) "engine: the emergency stop was lifted");
    d->stopped = stopped;
}

/* @return 0: secrets of the store cannot be read; the connection may be lost. */
static int refresh_secrets(bm_director_t *d)
{
    bm_secret_book_t *book;
    apr_int64_t changed;

    if (d->options.vault == NULL)
        return 1;
    if (failed(d, bm_secret_store_changed(&changed, d->db, d->err, d->pround)))
        return 0;
    if (changed == bm_vault_changed(d->options.vault))
        return 1;
    if (failed(d, bm_secret_store_book(&book, d->db, d->err, d->pround)))
        return 0;
    bm_vault_set_book(d->options.vault, book);
    return 1;
}

static void note_used_secrets(bm_director_t *d)
{
    apr_array_header_t *ids = d->options.vault != NULL ? bm_vault_take_used(d->options.vault, d->pround) : NULL;

    if (ids != NULL && ids->nelts > 0)
        failed(d, bm_secret_store_used(d->db, (const apr_int64_t *)(void *)ids->elts, ids->nelts, d->err, d->pround));
}

static void show_life(bm_director_t *d)
{
    int stage = atomic_load(&d->stage);

    failed(d, bm_engine_store_beat(d->db, d->options.engine_id, stage == BM_DIRECTOR_RUN ? "running" : "draining",
                                   bm_owned_count(d->mine), d->err, d->pround));
    if (d->ready)
        note_used_secrets(d);
    if (d->ready && !apr_is_empty_table(d->options.settings->otlp_headers))
        refresh_secrets(d);         /* a collector's header may be one of them */
}

static void give_up_missing(bm_director_t *d, const apr_array_header_t *alive)
{
    const apr_array_header_t *lost = bm_owned_missing(d->mine, alive, d->pround);
    int i;

    for (i = 0; i < lost->nelts; i++)
        bm_log(BM_LOG_INFO, 0, BMLOG(0034) "run %" APR_INT64_T_FMT ": its lease is not ours any more",
               APR_ARRAY_IDX(lost, i, apr_int64_t));
    stop_listed(d, lost, BM_STOP_LOST);
}

static void heartbeat(bm_director_t *d)
{
    int n = bm_owned_count(d->mine);
    apr_array_header_t *alive, *cancelled;

    if (n > 0) {
        if (failed(d, bm_queue_store_heartbeat(&alive, &cancelled, d->db, bm_owned_keys(d->mine, d->pround), n,
                                               d->options.settings->lease, d->err, d->pround)))
            return;
        stop_listed(d, cancelled, BM_STOP_CANCELLED);
        give_up_missing(d, alive);
    }
    if (d->beating_since == 0)
        d->beating_since = bm_timefmt_steady();
}

/* Calls whose outcome at the target is unknown are looked up or failed, never made twice: the work decides, it sees the
 * attempt. A load test is never rerun. */
static void rescue(bm_director_t *d)
{
    apr_array_header_t *rows;
    int i;

    if (d->beating_since == 0 || bm_timefmt_steady() - d->beating_since < d->options.settings->lease)
        return;        /* after an outage every lease has run out; their owners are about to record */
    if (failed(d, bm_queue_store_rescue(&rows, d->db, TAKE_AT_ONCE, d->options.engine_id, d->options.settings->lease, d->err,
                                        d->pround)))
        return;
    for (i = 0; i < rows->nelts; i++) {
        const bm_queue_row_t *row = &APR_ARRAY_IDX(rows, i, bm_queue_row_t);

        bm_log(BM_LOG_WARNING, 0, BMLOG(0035) "run %" APR_INT64_T_FMT ": its engine is gone, attempt %d of %d%s", row->id,
               row->attempt, row->max_attempts, row->exhausted ? ", the last" : "");
        if (row->cancel_requested)
            record_row(d, row, "cancelled", "cancelled", "Cancelled by a user.");
        else if (bm_outcome_may_repeat(row->kind, row->spec, d->pround) == 0)
            record_row(d, row, "failed", "interrupted",
                       "The engine ended while the call was under way; it is not repeated, because the target may have done it.");
        else if (row->exhausted)
            record_row(d, row, "failed", "attempts_exhausted",
                       apr_psprintf(d->pround, "Given up after %d attempts%s%s.", row->attempt, row->last_error ? "; last: " : "",
                                    row->last_error ? row->last_error : ""));
        else {
            bm_task_t *task = task_of_row(row);

            task->end = BM_TASK_REQUEUE;
            task->requeue_why = "its engine ended";
            mine_add(d, task->id, task->fence);
            give_order(d, BM_ORDER_RECORD, task, 0, BM_STOP_NOT);
        }
    }
}

static void bury_cancelled(bm_director_t *d)
{
    apr_array_header_t *rows;
    int i;

    if (failed(d, bm_queue_store_take_cancelled(&rows, d->db, TAKE_AT_ONCE, d->options.engine_id, d->options.settings->lease,
                                                d->err, d->pround)))
        return;
    for (i = 0; i < rows->nelts; i++)
        record_row(d, &APR_ARRAY_IDX(rows, i, bm_queue_row_t), "cancelled", "cancelled", "Cancelled before it started.");
    if (rows->nelts == TAKE_AT_ONCE)
        d->bury_at = 0;
}

static void tell_prices(bm_director_t *d)
{
    bm_order_t order = { .what = BM_ORDER_PRICES };

    if (failed(d, bm_price_store_book(&order.prices, d->db, d->err, d->pround)))
        return;
    if (bm_recorder_order(d->options.recorder, &order) != APR_SUCCESS)
        apr_pool_destroy(order.prices->p);         /* it has much to do; the next one is in time */
}

/* The place of this engine; "": none. */
static const char *here(const bm_director_t *d)
{
    return d->options.settings->location != NULL ? d->options.settings->location : "";
}

static int free_places(const bm_director_t *d)
{
    return d->options.settings->max_in_flight - bm_owned_count(d->mine);
}

/* What is under way goes on; nothing is added until there is memory again. */
static int is_heavy(const bm_director_t *d)
{
    return d->options.settings->engine_memory > 0 && bm_host_memory_used() > d->options.settings->engine_memory;
}

/* Secrets as they are now: who sets one and then asks for a run is not to have the old one used. Looked at behind the claim, of
 * runs that name one. */
static int secrets_hold(bm_director_t *d, const apr_array_header_t *rows)
{
    int i;

    for (i = 0; i < rows->nelts; i++)
        if (strstr(APR_ARRAY_IDX(rows, i, bm_queue_row_t).spec, "secret") != NULL)
            return refresh_secrets(d);
    return 1;
}

/* Begin it, or back to the queue with it. */
static void start_row(bm_director_t *d, const bm_queue_row_t *row, int can_start)
{
    bm_task_t *task = task_of_row(row);

    task->location = here(d);
    if (can_start && bm_run_kind_is_load(task->kind))
        tell_prices(d);             /* it was checked against those of now */
    if (!can_start) {
        task->end = BM_TASK_REQUEUE;
        task->requeue_why = "its secrets could not be read";
    }
    mine_add(d, task->id, task->fence);
    give_order(d, can_start ? BM_ORDER_START : BM_ORDER_RECORD, task, 0, BM_STOP_NOT);
}

static void claim_due(bm_director_t *d)
{
    int slots[BM_QUEUE_SLOTS], n, i, j, can_start;
    apr_array_header_t *rows;

    if (d->stopped || atomic_load(&d->stage) != BM_DIRECTOR_RUN || bm_recorder_is_full(d->options.recorder) || is_heavy(d))
        return;
    if (free_places(d) <= 0 || failed(d, bm_queue_store_due_slots(slots, &n, d->db, here(d), d->err, d->pround)))
        return;
    for (i = 0; d->ready && i < n && free_places(d) > 0; i++) {      /* tell_prices may have lost the connection */
        int share = (free_places(d) + n - i - 1) / (n - i);

        if (failed(d, bm_queue_store_claim(&rows, d->db, slots[i], share, d->options.engine_id, here(d),
                                           d->options.settings->lease, d->err, d->pround)))
            return;
        can_start = secrets_hold(d, rows);
        for (j = 0; j < rows->nelts; j++)
            start_row(d, &APR_ARRAY_IDX(rows, j, bm_queue_row_t), can_start);
        if (rows->nelts > 0) {
            d->claim_at = 0;        /* there may be more */
            bm_event_notifier_poke(d->options.notifier, 0);
        }
    }
}

static void claim(bm_director_t *d)
{
    d->claiming = 1;               /* before it looks at the stage: whoever changes that looks what is in flight afterwards */
    show_in_flight(d);
    claim_due(d);
    d->claiming = 0;
    show_in_flight(d);
}

/* --- the turn */

static int due(apr_time_t *at, apr_time_t now, apr_interval_time_t every)
{
    if (now < *at)
        return 0;
    *at = now + every;
    return 1;
}

static void work_with_store(bm_director_t *d)
{
    apr_interval_time_t lease = d->options.settings->lease;
    apr_time_t now = bm_timefmt_steady();

    if (d->ready && due(&d->control_at, now, CONTROL_EVERY))
        look_at_control(d);
    if (d->ready && due(&d->heartbeat_at, now, lease / 3))
        heartbeat(d);
    if (d->ready && due(&d->beat_at, now, BEAT_EVERY))
        show_life(d);
    if (d->ready && due(&d->bury_at, now, BURY_EVERY) && atomic_load(&d->stage) != BM_DIRECTOR_STOP)
        bury_cancelled(d);
    if (d->ready && due(&d->rescue_at, now, lease / 3) && atomic_load(&d->stage) == BM_DIRECTOR_RUN)
        rescue(d);
    if (d->ready && due(&d->prices_at, now, PRICES_EVERY))
        tell_prices(d);
    if (d->ready && due(&d->claim_at, now, d->options.settings->poll))
        claim(d);
    if (d->ready)
        settle(d);
}

static int is_set(const struct pollfd *fd)
{
    return fd->fd >= 0 && (fd->revents & POLLIN) != 0;
}

/* Until the next thing is due, a poke, an ended task or a change of stage. */
static void rest(bm_director_t *d)
{
    apr_time_t next = d->ready ? d->claim_at : d->reconnect_at, now = bm_timefmt_steady(), deaf_until = d->poked_at + POKE_GAP;
    struct pollfd fds[3] = {
        { .fd = d->wake, .events = POLLIN },
        { .fd = bm_ring_fd(d->options.ended), .events = POLLIN },
        { .fd = deaf_until <= now ? d->options.poke_fd : -1, .events = POLLIN }
    };
    uint64_t count;
    int ms;

    if (deaf_until > now && deaf_until < next && d->options.poke_fd >= 0)
        next = deaf_until;
    ms = next <= now ? 0 : (int)apr_time_as_msec(next - now) + 1;
    if (poll(fds, 3, ms > 500 ? 500 : ms) <= 0)
        return;
    if (is_set(&fds[0]) && read(d->wake, &count, sizeof(count)) > 0)
        d->control_at = 0;
    if (is_set(&fds[1])) {
        bm_ring_drain_wake(d->options.ended);
        d->claim_at = 0;           /* a place is free */
    }
    if (is_set(&fds[2]) && read(d->options.poke_fd, &count, sizeof(count)) > 0) {
        d->poked_at = now;
        d->claim_at = d->control_at = d->bury_at = 0;
    }
}

static void director_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_director_t *d = baton;

    d->p = p;
    d->mine = bm_owned_make(p);
    apr_pool_create(&d->pround, p);
    while (!bm_thread_stopping(thread)) {
        apr_pool_clear(d->pround);
        d->err = bm_err_make(d->pround);
        atomic_store(&d->options.board->engine_beat_ns, bm_timefmt_monotonic_ns());
        collect_ended(d);
        if (atomic_load(&d->stage) == BM_DIRECTOR_STOP && !d->told_stop) {
            d->told_stop = 1;
            give_order(d, BM_ORDER_STOP_ALL, NULL, 0, BM_STOP_HAND_BACK);
        }
        if (!d->ready && bm_timefmt_steady() >= d->reconnect_at)
            connect_store(d);
        if (d->ready)
            work_with_store(d);
        rest(d);
    }
    if (d->ready)
        bm_engine_store_beat(d->db, d->options.engine_id, "stopped", 0, NULL, d->pround);
    if (d->pconn != NULL)
        apr_pool_destroy(d->pconn);
    atomic_store(&d->options.board->engine_ready, 0);
}

apr_status_t bm_director_start(bm_director_t **pdirector, const bm_director_options_t *options, apr_pool_t *p)
{
    bm_director_t *d = apr_pcalloc(p, sizeof(*d));

    *pdirector = NULL;
    d->options = *options;
    d->reconnect_pause = RECONNECT_FIRST;
    d->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (d->wake < 0)
        return errno;
    *pdirector = d;
    return bm_thread_start(&d->thread, "bm-director", director_main, d, p);
}

static void wake_up(bm_director_t *director)
{
    uint64_t one = 1;
    ssize_t n = write(director->wake, &one, sizeof(one));

    (void)n;
}

void bm_director_set_stage(bm_director_t *director, bm_director_stage_e stage)
{
    atomic_store(&director->stage, (int)stage);
    wake_up(director);
}

int bm_director_in_flight(bm_director_t *director)
{
    return atomic_load(&director->in_flight);
}

void bm_director_stop(bm_director_t *director)
{
    bm_thread_stop(director->thread);
    wake_up(director);
    bm_thread_join(director->thread);
    close(director->wake);
}
