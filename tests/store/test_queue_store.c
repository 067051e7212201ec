/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include "store/queue_store.h"

#define LEASE apr_time_from_sec(30)

/* Targets 1..n with this cap and `runs` pending runs each, scenario = target. */
static void fill(bm_db_t *db, int targets, int cap, int runs)
{
    store_sql(db, apr_psprintf(g_pool, "insert into queue_target select t, t %% 16, %d from generate_series(1, %d) t", cap,
                               targets));
    store_sql(db, apr_psprintf(g_pool, "insert into run_queue (target_id, scenario_id, slot, spec)"
                               " select t, t, t %% 16, '{\"provider\":\"mock\"}' from generate_series(1, %d) t,"
                               " generate_series(1, %d) r", targets, runs));
}

static apr_array_header_t *claim(bm_db_t *db, int slot, int limit)
{
    apr_array_header_t *rows;

    ck_assert_int_eq(bm_queue_store_claim(&rows, db, slot, limit, "me", "", LEASE, NULL, g_pool), APR_SUCCESS);
    return rows;
}

/* The scenarios of what an engine at a location claims, ascending: "7 9". */
static const char *claimed_at(bm_db_t *db, const char *location, int limit)
{
    const char *ids = "";
    apr_array_header_t *rows;
    int slots[BM_QUEUE_SLOTS], n, is_due;

    ck_assert_int_eq(bm_queue_store_due_slots(slots, &n, db, location, NULL, g_pool), APR_SUCCESS);
    is_due = n == 1 && slots[0] == 1;
    ck_assert_int_eq(bm_queue_store_claim(&rows, db, 1, limit, location, location, LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert(is_due == (rows->nelts > 0));
    if (rows->nelts > 0)
        ids = store_text(db, apr_psprintf(g_pool, "select string_agg(scenario_id::text, ' ' order by scenario_id) from run_queue"
                                          " where fence >= %" APR_INT64_T_FMT " and state = 'running'",
                                          APR_ARRAY_IDX(rows, 0, bm_queue_row_t).fence));
    return ids;
}

static const bm_queue_row_t *row_at(const apr_array_header_t *rows, int i)
{
    return &APR_ARRAY_IDX(rows, i, bm_queue_row_t);
}

BM_TEST(claim_gives_everything_an_engine_needs)
{
    bm_db_t *db = store_schema("queue_claim");
    const bm_queue_row_t *row;
    apr_array_header_t *rows;
    int slots[BM_QUEUE_SLOTS], n;

    store_sql(db, "insert into queue_target values (5, 5, 2)");
    store_sql(db, "insert into run_queue (target_id, scenario_id, project_id, slot, kind, priority, max_attempts,"
                  " last_error, spec)"
                  " values (5, 7, 3, 5, 4, 0, 1, 'before', '{\"a\": 1}'), (5, 8, 3, 5, 0, 9, 3, null, '{}'),"
                  " (5, 9, 3, 5, 0, 0, 3, null, '{}')");
    store_sql(db, "insert into run_queue (target_id, scenario_id, slot, run_at, spec) values (6, 1, 6, now() + interval"
                  " '1 hour', '{}')");
    store_sql(db, "insert into queue_target values (6, 6, 2)");
    ck_assert_int_eq(bm_queue_store_due_slots(slots, &n, db, "", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(slots[0], 5);
    ck_assert_int_eq(claim(db, 6, 10)->nelts, 0);          /* not due yet */
    rows = claim(db, 5, 10);
    ck_assert_int_eq(rows->nelts, 2);                      /* the cap; by priority, then by age */
    row = row_at(rows, row_at(rows, 0)->scenario_id == 7 ? 0 : 1);
    ck_assert_int_eq(row->scenario_id, 7);
    ck_assert_int_eq(row->automation_id, 5);
    ck_assert_int_eq(row->project_id, 3);
    ck_assert_int_eq(row->kind, 4);
    ck_assert_int_eq(row->attempt, 1);
    ck_assert_int_eq(row->max_attempts, 1);
    ck_assert_int_eq(row->exhausted, 1);
    ck_assert_int_eq(row->cancel_requested, 0);
    ck_assert_int_gt(row->fence, 0);
    ck_assert_str_eq(row->last_error, "before");
    ck_assert_str_eq(row->spec, "{\"a\": 1}");
    ck_assert(row->started_at >= row->created_at && row->created_at > 0 && row->run_at > 0);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue where state = 'running' and owner = 'me'"
                               " and lease_until between now() + interval '25 s' and now() + interval '35 s'"), 2);
    ck_assert_int_eq(store_int(db, "select scenario_id from run_queue where state = 'pending' and target_id = 5"), 9);
    ck_assert_int_eq(claim(db, 5, 10)->nelts, 0);          /* full */
}
END_TEST

BM_TEST(due_slots_walk_over_targets)
{
    bm_db_t *db = store_schema("queue_slots");
    int slots[BM_QUEUE_SLOTS], n, i;

    ck_assert_int_eq(bm_queue_store_due_slots(slots, &n, db, "", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, 0);
    fill(db, 100, 1, 3);
    ck_assert_int_eq(bm_queue_store_due_slots(slots, &n, db, "", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, BM_QUEUE_SLOTS);
    for (i = 0; i < n; i++)
        ck_assert_int_eq(slots[i], i);
    store_sql(db, "delete from run_queue where target_id <> 18");
    ck_assert_int_eq(bm_queue_store_due_slots(slots, &n, db, "", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(slots[0], 2);
    store_sql(db, "update run_queue set cancel_requested = true");
    ck_assert_int_eq(bm_queue_store_due_slots(slots, &n, db, "", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, 0);
}
END_TEST

static bm_queue_key_t key_of(const bm_queue_row_t *row)
{
    return (bm_queue_key_t){ row->id, row->fence };
}

/* --- locations --- */

BM_TEST(a_location_s_rows_are_its_own_and_those_without_are_everybody_s)
{
    bm_db_t *db = store_schema("queue_location");
    const char *owners;

    store_sql(db, "insert into queue_target values (1, 1, 100)");
    store_sql(db, "insert into run_queue (target_id, slot, scenario_id, location, priority, spec) values"
                  " (1, 1, 1, 'us1', 9, '{}'), (1, 1, 2, '', 0, '{}'), (1, 1, 3, 'eu1', 0, '{}'), (1, 1, 4, 'us1', 5, '{}'),"
                  " (1, 1, 5, '', 7, '{}'), (1, 1, 6, 'eu1', 8, '{}'), (1, 1, 7, 'eu12', 9, '{}')");
    ck_assert_str_eq(claimed_at(db, "eu1", 1), "6");       /* by priority, whatever the location; never the 9 of us1 */
    ck_assert_str_eq(claimed_at(db, "eu1", 1), "5");
    ck_assert_str_eq(claimed_at(db, "eu1", 1), "2");       /* then by age */
    store_sql(db, "insert into run_queue (target_id, slot, scenario_id, spec) values (1, 1, 8, '{}')");
    ck_assert_str_eq(claimed_at(db, "", 10), "8");         /* without a location: nothing that is meant for one */
    ck_assert_str_eq(claimed_at(db, "", 10), "");
    ck_assert_str_eq(claimed_at(db, "asia", 10), "");
    ck_assert_str_eq(claimed_at(db, "us1", 10), "1 4");
    ck_assert_str_eq(claimed_at(db, "eu1", 10), "3");
    owners = store_text(db, "select string_agg(concat(location, '=', owner), ' ' order by id) from run_queue"
                            " where state = 'running' and location <> ''");
    ck_assert_str_eq(owners, "us1=us1 eu1=eu1 us1=us1 eu1=eu1");
    ck_assert_str_eq(store_text(db, "select string_agg(scenario_id::text, ' ') from run_queue where state = 'pending'"), "7");
}
END_TEST

/* Whoever rescues a row gives it back to the place that it was meant for. */
BM_TEST(a_rescued_row_goes_back_where_it_was_pinned)
{
    bm_db_t *db = store_schema("queue_location_rescue");
    const apr_int64_t delay = 0;
    const char *why = "its engine ended";
    apr_array_header_t *rows, *done;
    bm_queue_key_t key;

    store_sql(db, "insert into queue_target values (1, 1, 100)");
    store_sql(db, "insert into run_queue (target_id, slot, scenario_id, location, spec) values (1, 1, 3, 'eu1', '{}')");
    ck_assert_str_eq(claimed_at(db, "eu1", 1), "3");
    store_sql(db, "update run_queue set lease_until = now() - interval '1 second'");
    ck_assert_int_eq(bm_queue_store_rescue(&rows, db, 10, "an engine in us1", LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(rows->nelts, 1);
    ck_assert_str_eq(row_at(rows, 0)->location, "eu1");
    key = key_of(row_at(rows, 0));
    ck_assert_int_eq(bm_queue_store_requeue(&done, db, &key, &delay, &why, 1, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(done->nelts, 1);
    ck_assert_str_eq(claimed_at(db, "us1", 10), "");
    ck_assert_str_eq(claimed_at(db, "", 10), "");
    ck_assert_str_eq(claimed_at(db, "eu1", 10), "3");
}
END_TEST

/* --- several claimers --- */

enum { CLAIMERS = 6, TARGETS = 8, CAP = 10, RUNS = 60 };

typedef struct claimer_t {
    bm_db_options_t options;
    pthread_t thread;
    const char *owner;
    atomic_int *left;
    int claimed, over, failed;
} claimer_t;

/* Claim, look whether any target is over its cap, finish by deleting. */
static void *claim_all(void *data)
{
    static const bm_stmt_t over = { "t_over", "select count(*) from (select 1 from run_queue where state = 'running'"
                                    " group by target_id having count(*) > 10) o" };
    static const bm_stmt_t done = { "t_done", "delete from run_queue q using unnest($1::bigint[], $2::bigint[]) i (id, fence)"
                                    " where q.id = any($1) and q.id = i.id and q.fence = i.fence" };
    claimer_t *c = data;
    apr_pool_t *p, *pround;
    bm_db_t *db;
    int slot = 0;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    apr_pool_create(&pround, p);
    if (bm_db_connect(&db, &c->options, NULL, p) != APR_SUCCESS)
        c->failed++, atomic_store(c->left, 0);
    while (atomic_load(c->left) > 0) {
        apr_int64_t ids[16], fences[16];
        apr_array_header_t *rows;
        bm_rows_t *res;
        int i;

        apr_pool_clear(pround);
        slot = (slot + 1) % BM_QUEUE_SLOTS;
        if (bm_queue_store_claim(&rows, db, slot, 7, c->owner, "", LEASE, NULL, pround) != APR_SUCCESS
            || bm_db_query(&res, db, &over, BM_NO_PARAMS, NULL, pround) != APR_SUCCESS) {
            c->failed++;
            continue;
        }
        c->over += bm_rows_int64(res, 0, 0, 0) > 0;
        for (i = 0; i < rows->nelts; i++) {
            ids[i] = row_at(rows, i)->id;
            fences[i] = row_at(rows, i)->fence;
        }
        if (rows->nelts == 0)
            continue;
        if (bm_db_query(&res, db, &done, BM_PARAMS(bm_param_int64s(ids, rows->nelts, pround),
                        bm_param_int64s(fences, rows->nelts, pround)), NULL, pround) != APR_SUCCESS
            || bm_rows_affected(res) != rows->nelts)
            c->failed++;
        c->claimed += rows->nelts;
        atomic_fetch_sub(c->left, rows->nelts);
    }
    apr_pool_destroy(p);
    return NULL;
}

BM_TEST(caps_hold_with_several_claimers)
{
    bm_db_t *db = store_schema("queue_caps");
    atomic_int left = TARGETS * RUNS;
    claimer_t claimers[CLAIMERS];
    int i, claimed = 0;

    fill(db, TARGETS, CAP, RUNS);
    for (i = 0; i < CLAIMERS; i++) {
        claimers[i] = (claimer_t){ .options = store_options("queue_caps"), .left = &left,
                                   .owner = apr_psprintf(g_pool, "claimer %d", i) };
        claimers[i].options.engine_plans = 1;
        ck_assert_int_eq(pthread_create(&claimers[i].thread, NULL, claim_all, &claimers[i]), 0);
    }
    for (i = 0; i < CLAIMERS; i++) {
        pthread_join(claimers[i].thread, NULL);
        claimed += claimers[i].claimed;
        ck_assert_int_eq(claimers[i].over, 0);
        ck_assert_int_eq(claimers[i].failed, 0);
    }
    ck_assert_int_eq(claimed, TARGETS * RUNS);             /* each once */
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue"), 0);
}
END_TEST

/* --- heartbeat, cancel, rescue, requeue --- */

BM_TEST(heartbeat_extends_what_is_ours_and_skips_what_is_locked)
{
    bm_db_t *db = store_schema("queue_beat"), *other;
    bm_db_options_t options = store_options("queue_beat");
    apr_array_header_t *rows, *alive, *cancelled;
    bm_queue_key_t keys[4];
    int i;

    fill(db, 1, 10, 4);
    rows = claim(db, 1, 10);
    for (i = 0; i < 4; i++)
        keys[i] = key_of(row_at(rows, i));
    keys[1].fence++;                                        /* somebody else's by now */
    store_sql(db, apr_psprintf(g_pool, "update run_queue set cancel_requested = true where id = %" APR_INT64_T_FMT, keys[2].id));
    other = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_db_begin(other, NULL), APR_SUCCESS);
    store_sql(other, apr_psprintf(g_pool, "select 1 from run_queue where id = %" APR_INT64_T_FMT " for update", keys[3].id));
    ck_assert_int_eq(bm_queue_store_heartbeat(&alive, &cancelled, db, keys, 4, apr_time_from_sec(3600), NULL, g_pool),
                     APR_SUCCESS);
    bm_db_rollback(other);
    ck_assert_int_eq(alive->nelts, 2);
    ck_assert_int_eq(cancelled->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(cancelled, 0, apr_int64_t), keys[2].id);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue where lease_until > now() + interval '50 min'"), 2);
    ck_assert_int_eq(bm_queue_store_heartbeat(&alive, &cancelled, db, keys, 0, LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(alive->nelts, 0);
}
END_TEST

BM_TEST(control_tells_stop_and_cancellations)
{
    bm_db_t *db = store_schema("queue_control");
    apr_array_header_t *cancelled;
    int stopped = -1;

    fill(db, 1, 10, 4);
    claim(db, 1, 2);
    ck_assert_int_eq(bm_queue_store_control(&stopped, &cancelled, db, "me", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(stopped, 0);
    ck_assert_int_eq(cancelled->nelts, 0);
    store_sql(db, "update run_queue set cancel_requested = true");
    store_sql(db, "update meta set stopped = true");
    ck_assert_int_eq(bm_queue_store_control(&stopped, &cancelled, db, "me", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(stopped, 1);
    ck_assert_int_eq(cancelled->nelts, 2);
    ck_assert_int_eq(bm_queue_store_control(&stopped, &cancelled, db, "another", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(cancelled->nelts, 0);
}
END_TEST

BM_TEST(rescue_takes_what_has_expired_with_a_new_fence)
{
    bm_db_t *db = store_schema("queue_rescue");
    apr_array_header_t *rows, *taken, *alive, *cancelled;
    bm_queue_key_t old;

    fill(db, 1, 10, 3);
    rows = claim(db, 1, 3);
    old = key_of(row_at(rows, 0));
    ck_assert_int_eq(bm_queue_store_rescue(&taken, db, 50, "rescuer", LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(taken->nelts, 0);
    store_sql(db, apr_psprintf(g_pool, "update run_queue set lease_until = now() - interval '1 s', max_attempts = 1"
                               " where id = %" APR_INT64_T_FMT, old.id));
    ck_assert_int_eq(bm_queue_store_rescue(&taken, db, 50, "rescuer", LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(taken->nelts, 1);
    ck_assert_int_eq(row_at(taken, 0)->id, old.id);
    ck_assert_int_ne(row_at(taken, 0)->fence, old.fence);
    ck_assert_int_eq(row_at(taken, 0)->attempt, 1);
    ck_assert_int_eq(row_at(taken, 0)->exhausted, 1);
    /* the former owner notices */
    ck_assert_int_eq(bm_queue_store_heartbeat(&alive, &cancelled, db, &old, 1, LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(alive->nelts, 0);
    ck_assert_int_eq(bm_queue_store_rescue(&taken, db, 50, "second", LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(taken->nelts, 0);
}
END_TEST

BM_TEST(requeue_needs_the_fence_and_keeps_the_reason)
{
    static const char *const reasons[] = { "it broke", "it broke", NULL };
    static const apr_int64_t delays[] = { 3600000000LL, 0, 0 };
    bm_db_t *db = store_schema("queue_requeue");
    apr_array_header_t *rows, *done;
    bm_queue_key_t keys[3];
    int i;

    fill(db, 1, 10, 3);
    rows = claim(db, 1, 3);
    for (i = 0; i < 3; i++)
        keys[i] = key_of(row_at(rows, i));
    keys[1].fence++;
    ck_assert_int_eq(bm_queue_store_requeue(&done, db, keys, delays, reasons, 3, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(done->nelts, 2);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue where state = 'pending' and owner is null and"
                                   " lease_until is null"
                               " and started_at is null and attempt = 1"), 2);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue where last_error = 'it broke' and run_at > now() +"
                                   " interval '59 min'"), 1);
    rows = claim(db, 1, 3);
    ck_assert_int_eq(rows->nelts, 1);
    ck_assert_int_eq(row_at(rows, 0)->attempt, 2);
    ck_assert_int_ne(row_at(rows, 0)->fence, keys[2].fence);
}
END_TEST

BM_TEST(cancelled_pending_rows_are_taken_to_be_buried)
{
    bm_db_t *db = store_schema("queue_bury");
    apr_array_header_t *taken;

    fill(db, 1, 10, 5);
    store_sql(db, "update run_queue set cancel_requested = true where id <= (select min(id) + 1 from run_queue)");
    ck_assert_int_eq(claim(db, 1, 10)->nelts, 3);            /* can never start */
    ck_assert_int_eq(bm_queue_store_take_cancelled(&taken, db, 1, "me", LEASE, NULL, g_pool), APR_SUCCESS);
    /* who looks at it sees it cancelled, not running, until it is recorded */
    ck_assert_int_eq(store_int(db, "select count(*) from run where status = 'cancelled'"),
                     store_int(db, "select count(*) from run_queue where cancel_requested"));
    ck_assert_int_eq(taken->nelts, 1);
    ck_assert_int_eq(row_at(taken, 0)->cancel_requested, 1);
    ck_assert_int_eq(row_at(taken, 0)->started_at, 0);
    ck_assert_int_eq(bm_queue_store_take_cancelled(&taken, db, 50, "me", LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(taken->nelts, 1);
    ck_assert_int_eq(bm_queue_store_take_cancelled(&taken, db, 50, "me", LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(taken->nelts, 0);
}
END_TEST

/* --- the race of a cancellation with a claim, in both orders --- */

typedef struct race_t {
    bm_db_options_t options;
    pthread_t thread;
    int affected, claimed;
} race_t;

static void *cancel_one(void *data)
{
    static const bm_stmt_t mark = { "t_mark", "update run_queue set cancel_requested = true where id = 1 returning state" };
    race_t *race = data;
    bm_rows_t *rows;
    apr_pool_t *p;
    bm_db_t *db;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    if (bm_db_connect(&db, &race->options, NULL, p) == APR_SUCCESS
        && bm_db_query(&rows, db, &mark, BM_NO_PARAMS, NULL, p) == APR_SUCCESS)
        race->affected = bm_rows_count(rows);
    apr_pool_destroy(p);
    return NULL;
}

static void *claim_one(void *data)
{
    race_t *race = data;
    apr_array_header_t *rows;
    apr_pool_t *p;
    bm_db_t *db;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    if (bm_db_connect(&db, &race->options, NULL, p) == APR_SUCCESS
        && bm_queue_store_claim(&rows, db, 1, 5, "me", "", LEASE, NULL, p) == APR_SUCCESS)
        race->claimed = rows->nelts;
    apr_pool_destroy(p);
    return NULL;
}

/* The claim is open when the mark comes: the mark waits and finds the running row. */
BM_TEST(cancel_during_a_claim_is_not_lost)
{
    bm_db_t *db = store_schema("queue_race");
    race_t race = { .options = store_options("queue_race") };

    fill(db, 1, 10, 1);
    ck_assert_int_eq(bm_db_begin(db, NULL), APR_SUCCESS);
    store_sql(db, "update run_queue set state = 'running', fence = nextval('fence_seq'), owner = 'me' where id = 1");
    ck_assert_int_eq(pthread_create(&race.thread, NULL, cancel_one, &race), 0);
    apr_sleep(200000);
    ck_assert_int_eq(bm_db_commit(db, NULL), APR_SUCCESS);
    pthread_join(race.thread, NULL);
    ck_assert_int_eq(race.affected, 1);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue where state = 'running' and cancel_requested"), 1);
}
END_TEST

/* The mark is open when the claim comes: the claim waits and gets nothing. */
BM_TEST(claim_during_a_cancel_gets_nothing)
{
    bm_db_t *db = store_schema("queue_race2");
    race_t race = { .options = store_options("queue_race2"), .claimed = -1 };

    fill(db, 1, 10, 1);
    ck_assert_int_eq(bm_db_begin(db, NULL), APR_SUCCESS);
    store_sql(db, "update run_queue set cancel_requested = true where id = 1");
    ck_assert_int_eq(pthread_create(&race.thread, NULL, claim_one, &race), 0);
    apr_sleep(200000);
    ck_assert_int_eq(bm_db_commit(db, NULL), APR_SUCCESS);
    pthread_join(race.thread, NULL);
    ck_assert_int_eq(race.claimed, 0);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue where state = 'pending' and cancel_requested"), 1);
}
END_TEST

#include "test_queue_store.reg"
