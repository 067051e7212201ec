/* SPDX-License-Identifier: Apache-2.0
 *
 * Workers that crash before, between and behind the halves of a finish, zombies that wake after their lease and finish all the
 * same, rescue, requeue, cancellations under way, and backends killed by the administrator: at the end every run is
 * recorded once, and rows, deltas and events agree. A reader of the view never sees one missing or doubled. */
#include "store_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include "store/finish_store.h"
#include "store/queue_store.h"

enum { RUNS = 3000, WORKERS = 6, TARGETS = 8, CAP = 12, LEASE_US = 250000, HELD_MAX = 64 };

typedef struct tally_t {
    atomic_int recorded, refused, rescued, requeued, buried, zombies, killed;
} tally_t;

typedef struct worker_t {
    bm_db_options_t options;
    pthread_t thread;
    int number;
    unsigned seed;
    atomic_int *done;
    tally_t *tally;
    bm_db_t *db;
    apr_pool_t *p;                       /* of a round */
    bm_queue_key_t held[HELD_MAX];       /* what a zombie sleeps on */
    int held_count;
    apr_time_t wake_at;
    int wrong;
} worker_t;

static int chance(worker_t *w, int percent)
{
    return (int)(rand_r(&w->seed) % 100) < percent;
}

static bm_finished_run_t *ended(worker_t *w, bm_queue_key_t key, const char *status)
{
    bm_finished_run_t *run = apr_pcalloc(w->p, sizeof(*run));
    apr_int64_t *figure;

    for (figure = &run->http_status; figure <= &run->chunks; figure++)
        *figure = BM_FIGURE_NONE;
    run->id = key.id;
    run->fence = key.fence;
    run->status = status;
    run->provider = "mock";
    run->connection_reused = run->kernel_stamped = -1;
    return run;
}

/* Deltas per scenario of exactly what was recorded. */
static bm_delta_row_t *deltas_of(worker_t *w, const apr_array_header_t *recorded, int *n)
{
    bm_delta_row_t *deltas = apr_pcalloc(w->p, (apr_size_t)(recorded->nelts + 1) * sizeof(*deltas));
    int i, k;

    *n = 0;
    for (i = 0; i < recorded->nelts; i++) {
        const bm_recorded_run_t *r = &APR_ARRAY_IDX(recorded, i, bm_recorded_run_t);

        for (k = 0; k < *n && deltas[k].scenario_id != r->scenario_id; k++)
            ;
        if (k == *n)
            deltas[(*n)++] = (bm_delta_row_t){ .scenario_id = r->scenario_id, .hour = 1, .min_id = r->id, .max_id = r->id,
                                               .body = "x", .body_len = 1 };
        deltas[k].n++;
    }
    return deltas;
}

/* Finish, dying at some point now and then. A commit whose answer "was lost" is sent again. */
static void finish(worker_t *w, const bm_finished_run_t **runs, int n)
{
    apr_array_header_t *recorded;
    bm_delta_row_t *deltas;
    int delta_count, again;

    if (n == 0)
        return;
    again = chance(w, 10);
    if (bm_finish_store_rows(&recorded, w->db, runs, n, NULL, w->p) != APR_SUCCESS)
        return;
    atomic_fetch_add(&w->tally->refused, n - recorded->nelts);
    if (chance(w, 8)) {                          /* dies between the halves */
        bm_db_rollback(w->db);
        return;
    }
    deltas = deltas_of(w, recorded, &delta_count);
    if (bm_finish_store_commit(w->db, recorded, runs, n, deltas, delta_count, NULL, w->p) != APR_SUCCESS)
        return;
    atomic_fetch_add(&w->tally->recorded, recorded->nelts);
    if (again && bm_finish_store_rows(&recorded, w->db, runs, n, NULL, w->p) == APR_SUCCESS) {
        w->wrong += recorded->nelts != 0;
        deltas = deltas_of(w, recorded, &delta_count);
        bm_finish_store_commit(w->db, recorded, runs, n, deltas, delta_count, NULL, w->p);
    }
}

static void requeue(worker_t *w, bm_queue_key_t key)
{
    static const apr_int64_t delay = 5000;
    static const char *const reason = "again";
    apr_array_header_t *ids;

    if (bm_queue_store_requeue(&ids, w->db, &key, &delay, &reason, 1, NULL, w->p) == APR_SUCCESS)
        atomic_fetch_add(&w->tally->requeued, ids->nelts);
}

static void rescue(worker_t *w)
{
    const bm_finished_run_t *runs[100];
    apr_array_header_t *rows;
    int i, n = 0;

    if (bm_queue_store_rescue(&rows, w->db, 50, "rescuer", LEASE_US, NULL, w->p) != APR_SUCCESS)
        return;
    atomic_fetch_add(&w->tally->rescued, rows->nelts);
    for (i = 0; i < rows->nelts; i++) {
        const bm_queue_row_t *row = &APR_ARRAY_IDX(rows, i, bm_queue_row_t);
        bm_queue_key_t key = { row->id, row->fence };

        if (row->cancel_requested || row->exhausted)
            runs[n++] = ended(w, key, row->cancel_requested ? "cancelled" : "failed");
        else
            requeue(w, key);
    }
    if (bm_queue_store_take_cancelled(&rows, w->db, 50, "burier", LEASE_US, NULL, w->p) == APR_SUCCESS)
        for (i = 0; i < rows->nelts && n < 100; i++, n++) {
            const bm_queue_row_t *row = &APR_ARRAY_IDX(rows, i, bm_queue_row_t);

            runs[n] = ended(w, (bm_queue_key_t){ row->id, row->fence }, "cancelled");
            atomic_fetch_add(&w->tally->buried, 1);
        }
    finish(w, runs, n);
}

static void claim_and_work(worker_t *w)
{
    const bm_finished_run_t *runs[32];
    bm_queue_key_t keys[32];
    apr_array_header_t *rows, *alive, *cancelled;
    int i, n = 0, kept = 0;

    if (bm_queue_store_claim(&rows, w->db, (int)(rand_r(&w->seed) % BM_QUEUE_SLOTS), 20, "worker", "", LEASE_US, NULL,
                             w->p) != APR_SUCCESS)
        return;
    for (i = 0; i < rows->nelts; i++) {
        const bm_queue_row_t *row = &APR_ARRAY_IDX(rows, i, bm_queue_row_t);
        bm_queue_key_t key = { row->id, row->fence };

        if (chance(w, 5))
            continue;                            /* died with it */
        if (chance(w, 5) && w->held_count < HELD_MAX) {
            w->held[w->held_count++] = key;      /* sleeps on it */
            w->wake_at = apr_time_now() + 2 * LEASE_US;
        } else if (chance(w, 10)) {
            requeue(w, key);
        } else {
            keys[kept++] = key;
        }
    }
    bm_queue_store_heartbeat(&alive, &cancelled, w->db, keys, kept, LEASE_US, NULL, w->p);
    for (i = 0; i < kept; i++)
        runs[n++] = ended(w, keys[i], "completed");
    finish(w, runs, n);
}

static void wake_up(worker_t *w)
{
    const bm_finished_run_t *runs[HELD_MAX];
    int i;

    if (w->held_count == 0 || apr_time_now() < w->wake_at)
        return;
    for (i = 0; i < w->held_count; i++)
        runs[i] = ended(w, w->held[i], "completed");
    atomic_fetch_add(&w->tally->zombies, w->held_count);
    finish(w, runs, w->held_count);
    w->held_count = 0;
}

static void *work(void *data)
{
    worker_t *w = data;
    apr_pool_t *root;

    apr_pool_create_unmanaged_ex(&root, NULL, NULL);
    apr_pool_create(&w->p, root);
    if (bm_db_connect(&w->db, &w->options, NULL, root) != APR_SUCCESS)
        w->wrong++;
    while (!atomic_load(w->done) && !w->wrong) {
        apr_pool_clear(w->p);
        if (bm_db_check(w->db, NULL) != APR_SUCCESS)
            continue;
        claim_and_work(w);
        wake_up(w);
        if (chance(w, 20))
            rescue(w);
    }
    apr_pool_destroy(root);
    return NULL;
}

/* Cancels here and there, kills a backend of a worker now and then, and looks whether the view shows every run once. */
static void *disturb(void *data)
{
    static const bm_stmt_t cancel = { "t_cancel", "update run_queue set cancel_requested = true where id = any(array("
        " select id from run_queue tablesample bernoulli (1) limit 3))" };
    static const bm_stmt_t look = { "t_look", "select count(*), count(distinct id) from run" };
    static const bm_stmt_t shoot = { "t_shoot", "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'chaos worker' order by random() limit 1" };
    worker_t *d = data;
    apr_pool_t *root;
    int round = 0;

    apr_pool_create_unmanaged_ex(&root, NULL, NULL);
    apr_pool_create(&d->p, root);
    if (bm_db_connect(&d->db, &d->options, NULL, root) != APR_SUCCESS)
        d->wrong++;
    while (!atomic_load(d->done) && !d->wrong) {
        bm_rows_t *rows;

        apr_pool_clear(d->p);
        bm_db_query(NULL, d->db, &cancel, BM_NO_PARAMS, NULL, d->p);
        if (bm_db_query(&rows, d->db, &look, BM_NO_PARAMS, NULL, d->p) != APR_SUCCESS || bm_rows_int64(rows, 0, 0, 0) != RUNS
            || bm_rows_int64(rows, 0, 1, 0) != RUNS)
            d->wrong++;
        if (++round % 10 == 0 && bm_db_query(&rows, d->db, &shoot, BM_NO_PARAMS, NULL, d->p) == APR_SUCCESS)
            atomic_fetch_add(&d->tally->killed, bm_rows_count(rows));
        apr_sleep(20000);
    }
    apr_pool_destroy(root);
    return NULL;
}

static void quiet_sink(void *baton, bm_log_level_e level, apr_status_t rv, const char *message)
{
    (void)baton, (void)level, (void)rv, (void)message;
}

static int quiet(void *baton, bm_log_level_e level)
{
    (void)baton, (void)level;
    return 0;
}

BM_TEST(every_run_ends_once_whatever_happens)
{
    bm_db_t *db = store_schema("chaos");
    worker_t workers[WORKERS], other;
    atomic_int done = 0;
    tally_t tally = { 0 };
    int i, deadlocks;

    bm_log_set_sink(quiet_sink, quiet, NULL);    /* killed backends are meant to be */
    store_sql(db, apr_psprintf(g_pool, "insert into queue_target select t, t %% 16, %d from generate_series(1, %d) t", CAP,
                               TARGETS));
    store_sql(db, apr_psprintf(g_pool, "insert into run_queue (target_id, scenario_id, slot, max_attempts, spec)"
                               " select 1 + i %% %d, i %% 13, (1 + i %% %d) %% 16, 4, '{}' from generate_series(1, %d) i",
                               TARGETS, TARGETS, RUNS));
    deadlocks = (int)store_int(db, "select deadlocks from pg_stat_database where datname = current_database()");
    other = (worker_t){ .options = store_options("chaos"), .done = &done, .tally = &tally };
    pthread_create(&other.thread, NULL, disturb, &other);
    for (i = 0; i < WORKERS; i++) {
        workers[i] = (worker_t){ .options = store_options("chaos"), .number = i, .seed = 77u + (unsigned)i, .done = &done,
                                 .tally = &tally };
        workers[i].options.application_name = "chaos worker";
        workers[i].options.engine_plans = 1;
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (i = 0; i < 600 && store_int(db, "select count(*) from run_queue") > 0; i++)
        apr_sleep(100000);
    apr_sleep(2 * LEASE_US + 100000);            /* the last zombies */
    atomic_store(&done, 1);
    for (i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
        ck_assert_int_eq(workers[i].wrong, 0);
    }
    pthread_join(other.thread, NULL);
    ck_assert_int_eq(other.wrong, 0);
    printf("chaos: %d recorded, %d refused, %d rescued, %d requeued, %d buried, %d by zombies, %d backends killed\n",
           atomic_load(&tally.recorded), atomic_load(&tally.refused), atomic_load(&tally.rescued), atomic_load(&tally.requeued),
           atomic_load(&tally.buried), atomic_load(&tally.zombies), atomic_load(&tally.killed));
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue"), 0);
    ck_assert_int_eq(store_int(db, "select count(*) from runs"), RUNS);
    ck_assert_int_eq(store_int(db, "select count(distinct id) from runs"), RUNS);
    ck_assert_int_eq(store_int(db, "select sum(n) from kpi_delta"), RUNS);
    ck_assert_int_eq(store_int(db, "select count(*) from (select scenario_id, count(*) as n from runs group by 1) r full join"
                               " (select scenario_id, sum(n) as n from kpi_delta group by 1) d using (scenario_id)"
                               " where r.n is distinct from d.n"), 0);
    ck_assert_int_eq(store_int(db, "select count(*) from events, jsonb_array_elements(payload -> 'runs') r"
                                   " where kind = 'run.finished'"), RUNS);
    ck_assert_int_eq(store_int(db, "select count(distinct r ->> 'id') from events, jsonb_array_elements(payload ->"
                                   " 'runs') r where kind = 'run.finished'"), RUNS);
    ck_assert_int_gt(atomic_load(&tally.refused), 0);
    ck_assert_int_gt(atomic_load(&tally.rescued), 0);
    ck_assert_int_gt(store_int(db, "select count(*) from runs where status = 'cancelled'"), 0);
    ck_assert_int_eq(store_int(db, "select deadlocks from pg_stat_database where datname = current_database()"), deadlocks);
}
END_TEST

#include "test_store_chaos.reg"
