/* SPDX-License-Identifier: Apache-2.0
 *
 * What is left of load tests: their rows go with them, and with runs that are past their time; there is always a partition for
 * the next requests. Batches whose COMMIT had no answer. The rest of the store is tested through the API
 * (tests/integration/test_43_loadtests_api.py). */
#include "store_test.h"

#include <pthread.h>
#include "base/thread.h"
#include "store/loadtest_store.h"
#include "store/partition_store.h"
#include "store/request_store.h"

/* n load tests of `requests` requests each under two fences, whose runs are recorded. */
static bm_db_t *with_loadtests(const char *schema, int n, int requests)
{
    bm_db_t *db = store_schema(schema);

    store_sql(db, apr_psprintf(g_pool, "insert into runs (id, scenario_id, automation_id, kind, fence, status, attempt,"
                               " created_at, finished_at, provider) select i, 1, 1, 1, i, 'completed', 1, now(), now(), 'mock'"
                               " from generate_series(1, %d) i", n));
    store_sql(db, "insert into loadtests (id, scenario_id, automation_id, name, plan, fence)"
                  " select id, 1, 1, 'name', '{}', 2 * id from runs");
    store_sql(db, "insert into loadtest_series select id, fence, 0, '{}' from loadtests");
    store_sql(db, apr_psprintf(g_pool, "insert into requests (loadtest_id, scenario_id, fence, seq, phase, status, planned_us)"
                               " select id, 1, fence - f, 7 * i, 1, 'completed', i from loadtests, generate_series(0, 1) f,"
                               " generate_series(1, %d) i", requests));
    return db;
}

static const char *left(bm_db_t *db)
{
    return store_text(db, "select concat_ws(' ', (select string_agg(id::text, ',' order by id) from loadtests), (select"
                          " count(*) from loadtest_series), (select count(*) from requests), (select count(*) from runs))");
}

BM_TEST(requests_past_their_time_go_and_results_stay)
{
    bm_db_t *db = with_loadtests("loadtest_raw", 3, 10);
    int pruned;

    store_sql(db, "update runs set finished_at = now() - interval '8 days' where id <= 2");
    ck_assert_int_eq(bm_loadtest_store_prune_requests(&pruned, db, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(pruned, 0);
    ck_assert_int_eq(bm_loadtest_store_prune_requests(&pruned, db, 7, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(pruned, 1);
    ck_assert_str_eq(left(db), "1,2,3 3 40 3");
    ck_assert_int_eq(store_int(db, "select count(*) from requests where loadtest_id = 1"), 0);
    /* one that was left half done is found again */
    store_sql(db, "update loadtests set requests_dropped_at = now() where id = 2");
    ck_assert_int_eq(bm_loadtest_store_prune_requests(&pruned, db, 7, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(pruned, 1);
    ck_assert_str_eq(left(db), "1,2,3 3 20 3");
    ck_assert_int_eq(bm_loadtest_store_prune_requests(&pruned, db, 7, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(pruned, 0);
}
END_TEST

/* Places with holes, in more than one portion. */
BM_TEST(deleting_one_leaves_the_others)
{
    bm_db_t *db = with_loadtests("loadtest_delete", 3, 9000);

    ck_assert_str_eq(left(db), "1,2,3 3 54000 3");
    ck_assert_int_eq(bm_loadtest_store_delete(db, 2, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(left(db), "1,3 2 36000 2");
    ck_assert_int_eq(store_int(db, "select count(*) from requests where loadtest_id = 2"), 0);
    ck_assert_int_gt(store_int(db, "select count(*) from kpi_dirty where source = 1 and scenario_id = 1"), 0);
    ck_assert_int_eq(bm_loadtest_store_delete(db, 2, NULL, g_pool), APR_NOTFOUND);
}
END_TEST

BM_TEST(a_run_of_another_kind_or_in_the_queue_is_left_alone)
{
    bm_db_t *db = with_loadtests("loadtest_keep", 2, 10);

    store_sql(db, "update runs set kind = 0 where id = 1");
    store_sql(db, "delete from runs where id = 2");
    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, kind, spec) values (2, 1, 1, 1, 1, '{}')");
    ck_assert_int_eq(bm_loadtest_store_delete(db, 1, NULL, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_loadtest_store_delete(db, 2, NULL, g_pool), APR_NOTFOUND);
    ck_assert_str_eq(left(db), "1,2 2 40 1");
}
END_TEST

BM_TEST(what_has_lost_its_run_is_pruned)
{
    bm_db_t *db = with_loadtests("loadtest_prune", 4, 10);
    int pruned;

    store_sql(db, "delete from runs where id in (1, 2, 3)");
    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, kind, spec) values (2, 1, 1, 1, 1, '{}')");
    ck_assert_int_eq(bm_loadtest_store_prune(&pruned, db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(pruned, 1);
    ck_assert_str_eq(left(db), "2,3,4 3 60 1");
    ck_assert_int_eq(bm_loadtest_store_prune(&pruned, db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(pruned, 1);
    ck_assert_int_eq(bm_loadtest_store_prune(&pruned, db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(pruned, 0);
    ck_assert_str_eq(left(db), "2,4 2 40 1");
}
END_TEST

BM_TEST(there_is_a_partition_for_the_next_requests)
{
    bm_db_t *db = with_loadtests("loadtest_ahead", 1, 1);
    bm_partitioned_e table = BM_PARTITIONED_REQUESTS;
    int created;

    store_sql(db, "select setval('request_id_seq', 9999999)");
    ck_assert_int_eq(bm_partition_store_ahead(&created, db, table, BM_PARTITION_SIZE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(created, 1);
    store_sql(db, "insert into requests (loadtest_id, scenario_id, fence, seq, phase, status, planned_us)"
                  " values (1, 1, 2, 1000, 1, 'completed', 1), (1, 1, 2, 1001, 1, 'completed', 1)");
    ck_assert_int_eq(store_int(db, "select count(*) from requests_p10000000"), 2);
    ck_assert_int_eq(bm_loadtest_store_delete(db, 1, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(db, "select count(*) from requests"), 0);
}
END_TEST

/* --- a batch whose COMMIT had no answer --- */

static const bm_request_owner_t owner = { 1, 5, 1 };

static bm_request_row_t request(apr_int64_t seq, apr_int64_t attempt)
{
    bm_request_row_t row = { .seq = seq, .attempt = attempt, .phase = 1, .status = "completed" };

    return row;
}

static bm_db_t *with_running_loadtest(const char *schema)
{
    bm_db_t *db = store_schema(schema);

    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, kind, state, fence, spec)"
                  " values (1, 1, 1, 1, 1, 'running', 5, '{}')");
    return db;
}

static void *write_slowly(void *baton)
{
    apr_pool_t *p = bm_thread_pool_make("writer");
    bm_db_options_t options = store_options(baton);
    bm_request_row_t row = request(7, 1);
    apr_int64_t transaction = 0;
    bm_db_t *db;
    int owned = 0;

    if (bm_db_connect(&db, &options, NULL, p) == APR_SUCCESS)
        (void)bm_request_store_add(&owned, &transaction, db, &owner, &row, 1, NULL, 0, NULL, p);
    apr_pool_destroy(p);
    return owned ? baton : NULL;
}

/* As on a disk that stalls: whoever asks meanwhile must not be told that it is not there. */
BM_TEST(a_commit_that_is_under_way_is_waited_for)
{
    static char schema[] = "loadtest_commit";
    bm_db_t *db = with_running_loadtest(schema);
    bm_request_row_t row = request(7, 1);
    pthread_t thread;
    void *wrote;
    int has;

    store_sql(db, "create function dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(1.5); return null; end'");
    store_sql(db, "create constraint trigger dawdle after insert on requests_p0 deferrable initially deferred"
                  " for each row execute function dawdle()");
    ck_assert_int_eq(pthread_create(&thread, NULL, write_slowly, schema), 0);
    while (store_int(db, "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and lower(query) = 'commit'") == 0)
        apr_sleep(10000);
    ck_assert_int_eq(store_int(db, "select count(*) from requests"), 0);
    ck_assert_int_eq(bm_request_store_has(&has, db, &owner, &row, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(has, 1);
    pthread_join(thread, &wrote);
    ck_assert_ptr_nonnull(wrote);
    ck_assert_int_eq(store_int(db, "select count(*) from requests"), 1);
}
END_TEST

/* A retry has the place of its first attempt in the plan; a batch that begins with it is another one. */
BM_TEST(an_attempt_is_not_taken_for_another)
{
    bm_db_t *db = with_running_loadtest("loadtest_attempts");
    bm_request_row_t first = request(7, 1), second = request(7, 2);
    apr_int64_t transaction = 0;
    int owned, has;

    ck_assert_int_eq(bm_request_store_add(&owned, &transaction, db, &owner, &first, 1, NULL, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(owned, 1);
    ck_assert_int_eq(bm_request_store_has(&has, db, &owner, &first, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(has, 1);
    ck_assert_int_eq(bm_request_store_has(&has, db, &owner, &second, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(has, 0);
}
END_TEST

/* One of which no row is kept is known by its transaction: it must not be counted twice, nor be lost. */
BM_TEST(a_batch_without_rows_is_known_by_its_transaction)
{
    bm_db_t *db = with_running_loadtest("loadtest_no_rows");
    apr_int64_t written = 0, undone;
    int owned, has;

    ck_assert_int_eq(bm_request_store_has(&has, db, &owner, NULL, written, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(has, 0);
    ck_assert_int_eq(bm_request_store_add(&owned, &written, db, &owner, NULL, 0, NULL, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert(owned && written > 0);
    ck_assert_int_eq(bm_request_store_has(&has, db, &owner, NULL, written, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(has, 1);
    store_sql(db, "begin");
    undone = store_int(db, "select txid_current()");
    store_sql(db, "rollback");
    ck_assert_int_eq(bm_request_store_has(&has, db, &owner, NULL, undone, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(has, 0);
}
END_TEST

#include "test_loadtest_store.reg"
