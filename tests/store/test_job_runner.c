/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include "job/job_runner.h"
#include "store/job_store.h"

typedef struct record_t {
    atomic_int runs, inside, overlaps;
    int fail, again, extend;
    apr_status_t extended;
    bm_job_runner_t *runner;
    int saw_stop;
} record_t;

static apr_status_t work(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    record_t *r = ctx->baton;

    (void)p;
    if (atomic_fetch_add(&r->inside, 1) != 0)
        atomic_fetch_add(&r->overlaps, 1);
    atomic_fetch_add(&r->runs, 1);
    ctx->again = r->again;
    if (r->extend)
        r->extended = bm_job_extend(ctx);
    if (r->runner != NULL) {
        bm_job_runner_stop(r->runner);
        r->saw_stop = bm_job_stopping(ctx);
    }
    if (r->fail == 2)
        bm_db_begin(ctx->db, NULL);              /* leaves a mess */
    apr_sleep(2000);
    atomic_fetch_sub(&r->inside, 1);
    return r->fail ? bm_err_set(ctx->err, APR_EGENERAL, "x", "it broke") : APR_SUCCESS;
}

static const bm_job_t job_a = { .name = "a", .every = apr_time_from_sec(60), .lease = apr_time_from_sec(30), .run = work };
static const bm_job_t job_b = { .name = "b", .every = apr_time_from_sec(600), .lease = apr_time_from_sec(10), .run = work };
static const bm_job_t *const one_job[] = { &job_a, NULL };
static const bm_job_t *const two_jobs[] = { &job_a, &job_b, NULL };

static int tick(bm_job_runner_t *runner, bm_db_t *db)
{
    int ran;

    ck_assert_int_eq(bm_job_runner_tick(&ran, runner, db, NULL), APR_SUCCESS);
    return ran;
}

static int next_in(bm_db_t *db, const char *name)
{
    return (int)store_int(db, apr_psprintf(g_pool, "select round(extract(epoch from next_run_at - now())) from jobs"
                                                   " where name = '%s'", name));
}

BM_TEST(due_jobs_run_once_and_are_due_again_later)
{
    bm_db_t *db = store_schema("job_due");
    record_t r = { 0 };
    bm_job_runner_t *runner = bm_job_runner_make(two_jobs, "me", &r, g_pool);

    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(tick(runner, db), 0);
    ck_assert_int_eq(atomic_load(&r.runs), 2);
    ck_assert_int_ge(next_in(db, "a"), 53);
    ck_assert_int_le(next_in(db, "a"), 66);
    ck_assert_int_ge(next_in(db, "b"), 539);
    ck_assert_int_le(next_in(db, "b"), 660);
    ck_assert_int_eq(store_int(db, "select count(*) from jobs where owner is null and lease_until is null and"
                                   " last_run_at is not null"
                               " and last_ms >= 1 and failures = 0 and last_error is null"), 2);
    ck_assert_int_eq(bm_job_store_wake(db, "b", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(atomic_load(&r.runs), 3);
    r.again = 1;
    ck_assert_int_eq(bm_job_store_wake(db, "a", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(tick(runner, db), 1);
    r.again = 0;
    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(tick(runner, db), 0);
}
END_TEST

/* Pauses after failures double up to `every`; a success forgets them. What a job left behind harms nobody. */
BM_TEST(failures_back_off)
{
    static const int least[] = { 4, 9, 18, 36, 53 }, most[] = { 6, 11, 22, 44, 66 };
    bm_db_t *db = store_schema("job_fail");
    record_t r = { .fail = 1 };
    bm_job_runner_t *runner = bm_job_runner_make(one_job, "me", &r, g_pool);
    int i;

    for (i = 0; i < 5; i++) {
        r.fail = 1 + i % 2;
        ck_assert_int_eq(tick(runner, db), 1);
        ck_assert_int_ge(next_in(db, "a"), least[i]);
        ck_assert_int_le(next_in(db, "a"), most[i]);
        ck_assert_int_eq(store_int(db, "select failures from jobs"), i + 1);
        ck_assert_str_eq(store_text(db, "select last_error from jobs"), "it broke");
        bm_job_store_wake(db, "a", NULL, g_pool);
    }
    r.fail = 0;
    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(store_int(db, "select count(*) from jobs where failures = 0 and last_error is null"), 1);
}
END_TEST

BM_TEST(leases_and_fences)
{
    static const char *const names[] = { "a" };
    bm_db_t *db = store_schema("job_lease");
    bm_job_claim_t first, second;

    ck_assert_int_eq(bm_job_store_ensure(db, names, 1, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_job_store_ensure(db, names, 1, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_job_store_claim(&first, db, names, 1, "one", apr_time_from_sec(60), NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_job_store_claim(&second, db, names, 1, "two", apr_time_from_sec(60), NULL, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_job_store_extend(db, &first, 0, NULL, g_pool), APR_SUCCESS);          /* has run out */
    ck_assert_int_eq(bm_job_store_claim(&second, db, names, 1, "two", apr_time_from_sec(60), NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_job_store_extend(db, &first, 1000, NULL, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_job_store_finish(db, &first, 0, 0, NULL, NULL, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_job_store_finish(db, &second, apr_time_from_sec(60), 0, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_job_store_claim(&first, db, names, 1, "one", apr_time_from_sec(60), NULL, g_pool), APR_NOTFOUND);
}
END_TEST

/* The lease of a job whose engine is gone is not waited for; that of one that lives or is not known is. */
BM_TEST(a_dead_engine_has_no_job_at_work)
{
    bm_db_t *db = store_schema("job_dead");
    record_t r = { 0 };
    bm_job_runner_t *runner = bm_job_runner_make(one_job, "second", &r, g_pool);

    store_sql(db, "insert into jobs (name, owner, lease_until) values ('a', 'first', now() + interval '1 hour')");
    ck_assert_int_eq(tick(runner, db), 0);
    store_sql(db, "insert into engines (id, host, pid, version, beat_at) values ('first', 'h', 1, 'v', now() - interval '20 s')");
    ck_assert_int_eq(tick(runner, db), 0);
    store_sql(db, "update engines set beat_at = now() - interval '31 s'");
    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(atomic_load(&r.runs), 1);
    ck_assert_int_eq(store_int(db, "select count(*) from jobs where owner is null and lease_until is null"), 1);
    store_sql(db, "update jobs set owner = 'first', lease_until = now() + interval '1 hour', next_run_at = now()");
    store_sql(db, "update engines set beat_at = now(), state = 'stopped'");
    ck_assert_int_eq(tick(runner, db), 1);
}
END_TEST

BM_TEST(a_stop_is_noticed)
{
    bm_db_t *db = store_schema("job_stop");
    record_t r = { .extend = 1 };
    bm_job_runner_t *runner = bm_job_runner_make(two_jobs, "me", &r, g_pool);

    r.runner = runner;
    ck_assert_int_eq(tick(runner, db), 1);
    ck_assert_int_eq(r.extended, APR_SUCCESS);
    ck_assert_int_eq(r.saw_stop, 1);
    ck_assert_int_eq(tick(runner, db), 0);
    ck_assert_int_eq(atomic_load(&r.runs), 1);
}
END_TEST

typedef struct engine_t {
    bm_db_options_t options;
    pthread_t thread;
    record_t *record;
    int ran, failed;
} engine_t;

static void *run_engine(void *data)
{
    engine_t *e = data;
    bm_job_runner_t *runner;
    apr_int64_t until = bm_timefmt_monotonic_ns() + INT64_C(1500000000);
    int ran;
    apr_pool_t *p;
    bm_db_t *db;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    runner = bm_job_runner_make(one_job, "engine", e->record, p);
    if (bm_db_connect(&db, &e->options, NULL, p) != APR_SUCCESS)
        e->failed++;
    while (bm_timefmt_monotonic_ns() < until && !e->failed) {
        e->failed += bm_job_runner_tick(&ran, runner, db, NULL) != APR_SUCCESS;
        e->ran += ran;
    }
    apr_pool_destroy(p);
    return NULL;
}

/* Several engines, a job that is always due: never two at once. */
BM_TEST(one_at_a_time_in_the_cluster)
{
    enum { ENGINES = 4 };
    record_t r = { .again = 1 };
    engine_t engines[ENGINES];
    int i, ran = 0;

    store_schema("job_cluster");
    for (i = 0; i < ENGINES; i++) {
        engines[i] = (engine_t){ .options = store_options("job_cluster"), .record = &r };
        pthread_create(&engines[i].thread, NULL, run_engine, &engines[i]);
    }
    for (i = 0; i < ENGINES; i++) {
        pthread_join(engines[i].thread, NULL);
        ck_assert_int_eq(engines[i].failed, 0);
        ran += engines[i].ran;
    }
    ck_assert_int_gt(ran, 20);
    ck_assert_int_eq(ran, atomic_load(&r.runs));
    ck_assert_int_eq(atomic_load(&r.overlaps), 0);
}
END_TEST

#include "test_job_runner.reg"
