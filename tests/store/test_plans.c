/* SPDX-License-Identifier: Apache-2.0
 *
 * Plans are part of the design: the engine's statements are prepared while the queue is small and must still go by
 * their indexes at 100,000 queued rows; pages over the view `run` are a merge of index scans. */
#include "store_test.h"

#include "store/dataset_store.h"
#include "store/finish_store.h"
#include "store/loadtest_store.h"
#include "store/queue_store.h"

static const char *plan_of(bm_db_t *db, const char *sql)
{
    bm_rows_t *rows = store_sql(db, apr_pstrcat(g_pool, "explain (costs off) ", sql, NULL));
    const char *plan = "";
    int i;

    for (i = 0; i < bm_rows_count(rows); i++)
        plan = apr_pstrcat(g_pool, plan, bm_rows_text(rows, i, 0), "\n", NULL);
    return plan;
}

static int uses(const char *plan, const char *what)
{
    return strstr(plan, what) != NULL;
}

/* Run every statement of the engine often enough that the server settles on a generic plan. */
static void prepare_all(bm_db_t *db)
{
    int slots[BM_QUEUE_SLOTS], n, stopped, i;
    bm_finished_run_t run = { .id = 1, .fence = 1, .status = "failed", .provider = "mock" };
    const bm_finished_run_t *runs[] = { &run };
    const bm_queue_key_t key = { 1, 1 };
    const apr_int64_t delay = 0;
    const char *reason = NULL;
    apr_array_header_t *a, *b;

    for (i = 0; i < 8; i++) {
        ck_assert_int_eq(bm_queue_store_due_slots(slots, &n, db, "", NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_queue_store_claim(&a, db, 9, 1, "me", "", 1000000, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_queue_store_heartbeat(&a, &b, db, &key, 1, 1, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_queue_store_control(&stopped, &a, db, "me", NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_queue_store_rescue(&a, db, 1, "me", 1, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_queue_store_take_cancelled(&a, db, 1, "me", 1, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_queue_store_requeue(&a, db, &key, &delay, &reason, 1, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_finish_store_rows(&a, db, runs, 1, NULL, g_pool), APR_SUCCESS);
        bm_db_rollback(db);
    }
}

typedef struct plan_case_t {
    const char *execute;
    const char *uses[3];
} plan_case_t;

static const plan_case_t engine_plans[] = {
    { "execute queue_due_slots('eu1')", { "run_queue_due", "run_queue_due" } },
    { "execute queue_claim(1, 10, 'me', 1000, 'eu1')", { "run_queue_due", "run_queue_running", "run_queue_pkey" } },
    { "execute queue_claim(1, 10, 'me', 1000, '')", { "run_queue_due", "run_queue_running", "run_queue_pkey" } },
    { "execute queue_heartbeat('{1,2}', '{1,2}', 1000)", { "run_queue_pkey" } },
    { "execute queue_control('me')", { "run_queue_" } },
    { "execute queue_rescue(50, 'me', 1000)", { "run_queue_running", "run_queue_pkey" } },
    { "execute queue_take_cancelled(50, 'me', 1000)", { "run_queue_cancelled", "run_queue_pkey" } },
    { "execute queue_requeue('{1,2}', '{1,2}', '{0,0}', '{a,b}')", { "run_queue_pkey" } },
};

/* The call of finish_rows with as many nulls as it has parameters. */
static const char *finish_execute(void)
{
    const char *sql = "execute finish_rows('{1,2}', '{1,2}'";
    int i;

    for (i = 3; i <= 48; i++)
        sql = apr_pstrcat(g_pool, sql, ", '{null,null}'", NULL);
    return apr_pstrcat(g_pool, sql, ")", NULL);
}

static void check_plan(bm_db_t *db, const plan_case_t *c)
{
    const char *plan = plan_of(db, c->execute);
    int i;

    ck_assert_msg(!uses(plan, "Seq Scan on run_queue"), "%s\n%s", c->execute, plan);
    ck_assert_msg(!uses(plan, "JIT"), "%s\n%s", c->execute, plan);
    for (i = 0; i < 3 && c->uses[i] != NULL; i++)
        ck_assert_msg(uses(plan, c->uses[i]), "%s\n%s", c->execute, plan);
    /* of the primary key only single rows may be read, never all of it in its order */
    ck_assert_msg(!uses(plan, "Index Scan using run_queue_pkey on run_queue\n"), "%s\n%s", c->execute, plan);
}

BM_TEST(engine_statements_at_100000_queued_rows)
{
    bm_db_t *db = store_schema_with("plans_engine", 1);
    plan_case_t finish = { finish_execute(), { "run_queue_pkey" } };
    static const char *const modes[] = { "auto", "force_generic_plan", "force_custom_plan" };
    static const char *const moments[] = { "", "analyze run_queue" };
    size_t i, m, k;

    store_sql(db, "insert into queue_target select t, t % 16, 10 from generate_series(1, 64) t");
    prepare_all(db);
    store_sql(db, "insert into run_queue (target_id, scenario_id, slot, spec)"
                  " select 1 + r % 64, r % 64, (1 + r % 64) % 16, '{\"provider\":\"mock\"}' from generate_series(1, 100000) r");
    store_sql(db, "update run_queue set state = 'running', owner = 'me', lease_until = now() where id % 500 = 0");
    for (m = 0; m < BM_COUNT(moments); m++) {
        if (moments[m][0] != '\0')
            store_sql(db, moments[m]);
        for (k = 0; k < BM_COUNT(modes); k++) {
            store_sql(db, apr_psprintf(g_pool, "set plan_cache_mode = %s", modes[k]));
            for (i = 0; i < BM_COUNT(engine_plans); i++)
                check_plan(db, &engine_plans[i]);
            check_plan(db, &finish);
        }
    }
}
END_TEST

/* Blocks that a statement touches. */
static apr_int64_t blocks_of(bm_db_t *db, const char *execute)
{
    bm_rows_t *rows;
    apr_int64_t blocks = -1;
    int i;

    store_sql(db, "begin");
    rows = store_sql(db, apr_pstrcat(g_pool, "explain (analyze, buffers, costs off, timing off, summary off) ", execute, NULL));
    for (i = 0; i < bm_rows_count(rows) && blocks < 0; i++) {
        const char *line = bm_rows_text(rows, i, 0), *hit = strstr(line, "shared hit="), *read = strstr(line, " read=");

        if (strstr(line, "Buffers:") != NULL)
            blocks = (hit ? strtol(hit + 11, NULL, 10) : 0) + (read ? strtol(read + 6, NULL, 10) : 0);
    }
    store_sql(db, "rollback");
    ck_assert_int_ge(blocks, 0);
    return blocks;
}

/* Half of them for any location, half for this one: of each only the first few are read. */
static void fill_own(bm_db_t *db, int n)
{
    store_sql(db, apr_psprintf(g_pool, "insert into run_queue (target_id, scenario_id, slot, location, spec)"
                               " select 1, 2, 1, case when r %% 2 = 0 then 'eu1' else '' end, '{\"provider\":\"mock\"}'"
                               " from generate_series(1, %d) r", n));
}

/* What waits for another location costs a node nothing: its claims read as little as without those rows. */
BM_TEST(rows_of_another_location_do_not_hold_up_a_claim)
{
    static const char *const modes[] = { "auto", "force_generic_plan", "force_custom_plan" };
    static const char *const statements[] = { "execute queue_due_slots('eu1')", "execute queue_claim(1, 10, 'me', 1000, 'eu1')" };
    bm_db_t *db = store_schema_with("plans_location", 1);
    size_t m, i;

    store_sql(db, "insert into queue_target values (1, 1, 100)");
    prepare_all(db);
    store_sql(db, "insert into run_queue (target_id, scenario_id, slot, location, priority, spec)"
                  " select 1, 1, 1, 'us1', 9, '{\"provider\":\"mock\"}' from generate_series(1, 10000)");
    for (m = 0; m < BM_COUNT(modes); m++) {
        store_sql(db, apr_psprintf(g_pool, "set plan_cache_mode = %s", modes[m]));
        for (i = 0; i < BM_COUNT(statements); i++)
            ck_assert_msg(blocks_of(db, statements[i]) < 40, "%s\n%s", statements[i], plan_of(db, statements[i]));
    }
    for (m = 0; m < 2 * BM_COUNT(modes); m++) {
        if (m == BM_COUNT(modes))
            store_sql(db, "analyze run_queue");
        fill_own(db, m == 0 ? 4 : 4000);
        store_sql(db, apr_psprintf(g_pool, "set plan_cache_mode = %s", modes[m % BM_COUNT(modes)]));
        ck_assert_msg(blocks_of(db, statements[0]) < 40, "%s", plan_of(db, statements[0]));
        ck_assert_msg(blocks_of(db, statements[1]) < 400, "%s", plan_of(db, statements[1]));      /* it moves ten rows */
    }
}
END_TEST

/* --- pages over the view --- */

static const plan_case_t pages[] = {
    { "select id from run where id < 150000 order by id desc limit 50", { "Merge Append" } },
    { "select id from run where id < 90000 order by id desc limit 50", { "Merge Append" } },
    { "select id from run where scenario_id = 7 and id < 90000 order by id desc limit 50", { "Merge Append" } },
    { "select id from run where automation_id = 7 and id < 90000 order by id desc limit 50", { "Merge Append" } },
    { "select id from run where kind = 0 and status = 'failed' and id < 90000 order by id desc limit 50", { "Merge Append" } },
};

/* As a web request sees it: without the engine's settings. */
BM_LOOP_TEST(pages_are_merged_index_scans, BM_COUNT(pages))
{
    bm_db_t *db = store_schema_with("plans_pages", 0);
    const char *plan;

    store_sql(db, "alter table runs detach partition runs_p0");
    store_sql(db, "drop table runs_p0");
    store_sql(db, "create table runs_p0 partition of runs for values from (minvalue) to (50000)");
    store_sql(db, "create table runs_p1 partition of runs for values from (50000) to (10000000)");
    store_sql(db, "insert into runs (id, scenario_id, automation_id, fence, status, attempt, created_at, finished_at, provider)"
                  " select i, i % 50, i % 20, i, case when i % 100 = 0 then 'failed' else 'completed' end, 1, now(),"
                  " now(), 'mock'"
                  " from generate_series(1, 100000) i");
    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, spec) select i, i % 20, i % 50, 1, '{}'"
                  " from generate_series(100001, 120000) i");
    store_sql(db, "analyze");
    plan = plan_of(db, pages[_i].execute);
    ck_assert_msg(uses(plan, "Merge Append"), "%s\n%s", pages[_i].execute, plan);
    ck_assert_msg(!uses(plan, "Seq Scan"), "%s\n%s", pages[_i].execute, plan);
    ck_assert_msg(!uses(plan, "Sort\n"), "%s\n%s", pages[_i].execute, plan);
}
END_TEST

BM_TEST(one_run_is_index_probes)
{
    bm_db_t *db = store_schema_with("plans_one", 0);
    const char *plan;

    store_sql(db, "insert into runs (id, scenario_id, automation_id, fence, status, attempt, created_at, finished_at, provider)"
                  " select i, i % 50, i % 20, i, 'completed', 1, now(), now(), 'mock' from generate_series(1, 20000) i");
    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, spec) select i, i % 20, i % 50, 1, '{}'"
                  " from generate_series(20001, 40000) i");
    store_sql(db, "analyze");
    plan = plan_of(db, "select * from run where id = 12345");
    ck_assert_msg(!uses(plan, "Seq Scan"), "%s", plan);
    ck_assert_msg(uses(plan, "run_queue_pkey") && uses(plan, "runs_p0_pkey"), "%s", plan);
}
END_TEST

/* --- load tests --- */

/* Names with letters as store/select.h gives them; 3 is a load test of 50,000 requests among 10^6. */
static const struct {
    const char *sql, *uses;
} loadtest_plans[] = {
    { "execute loadtest_requests_cifalgb8o (3, 3, 10000, 3, 3, 10000)", "_loadtest_id_fence_seq_idx" },
    { "execute loadtest_delete_requests (3, 0, 0, 20000)", "_loadtest_id_fence_seq_idx" },
    { "execute loadtest_series_ifa8 (3, 3, -1)", "loadtest_series_pkey" },
    { "execute loadtest_get_wi (3)", "loadtests_pkey" },
    { "execute loadtest_lock_wi (3)", "loadtests_pkey" },
    { "execute loadtest_list_vlkd5", "loadtests_pkey" },
    { "execute loadtest_list_vlkuzd5 ('{failed}', 100)", "loadtests_pkey" },
};

/* Prepared while everything was empty, and used often enough for the server to settle on a plan. */
static void prepare_loadtests(bm_db_t *db)
{
    bm_loadtest_filter_t all = { .kind = 1, .scenario_id = -1, .automation_id = -1, .limit = 101 }, some = all;
    apr_array_header_t *statuses = apr_array_make(g_pool, 1, sizeof(const char *));
    bm_rows_t *rows;
    int i;

    APR_ARRAY_PUSH(statuses, const char *) = "failed";
    some.statuses = statuses;
    some.after = 100;
    for (i = 0; i < 8; i++) {
        ck_assert_int_eq(bm_loadtest_store_requests(&rows, db, 3, 10000, 1001, NULL, g_pool), APR_NOTFOUND);
        ck_assert_int_eq(bm_loadtest_store_series(&rows, db, 3, -1, 1001, NULL, g_pool), APR_NOTFOUND);
        ck_assert_int_eq(bm_loadtest_store_get(&rows, db, 3, 0, NULL, g_pool), APR_NOTFOUND);
        ck_assert_int_eq(bm_loadtest_store_get(&rows, db, 3, 1, NULL, g_pool), APR_NOTFOUND);
        ck_assert_int_eq(bm_loadtest_store_delete_requests(db, 3, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_loadtest_store_list(&rows, db, &all, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_loadtest_store_list(&rows, db, &some, NULL, g_pool), APR_SUCCESS);
    }
}

static void fill_loadtests(bm_db_t *db)
{
    store_sql(db, "alter table requests detach partition requests_p0");
    store_sql(db, "alter table requests attach partition requests_p0 for values from (minvalue) to (600000)");
    store_sql(db, "create table requests_p600000 partition of requests for values from (600000) to (10000000)");
    store_sql(db, "insert into runs (id, scenario_id, automation_id, kind, fence, status, attempt, created_at, finished_at,"
                  " provider)"
                  " select i, i % 50, i % 20, (i <= 20)::integer, i, 'completed', 1, now(), now(), 'mock'"
                  " from generate_series(1, 50000) i");
    store_sql(db, "insert into loadtests (id, scenario_id, automation_id, name, plan, fence)"
                  " select i, i % 50, i % 20, 'name', '{}', i from generate_series(1, 20) i");
    store_sql(db, "insert into loadtest_series select i % 20 + 1, i % 20 + 1, i / 20, '{}'"
                  " from generate_series(0, 20000) i");
    store_sql(db, "insert into requests (loadtest_id, scenario_id, fence, seq, phase, status, planned_us)"
                  " select i / 50000 + 1, 1, i / 50000 + 1, i % 50000, 1, 'completed', i from generate_series(0, 999999) i");
}

BM_TEST(one_load_test_is_read_by_its_index)
{
    static const char *const modes[] = { "auto", "force_generic_plan", "force_custom_plan" };
    bm_db_t *db = store_schema("plans_loadtest");
    bm_rows_t *rows;
    size_t i, m, k;

    prepare_loadtests(db);
    fill_loadtests(db);
    for (k = 0; k < 2; k++) {
        for (m = 0; m < BM_COUNT(modes); m++) {
            store_sql(db, apr_psprintf(g_pool, "set plan_cache_mode = %s", modes[m]));
            for (i = 0; i < BM_COUNT(loadtest_plans); i++) {
                const char *plan = plan_of(db, loadtest_plans[i].sql);

                ck_assert_msg(uses(plan, loadtest_plans[i].uses), "%s\n%s", loadtest_plans[i].sql, plan);
                /* of requests a page is sorted, whose end is known before */
                ck_assert_msg(!uses(plan, "Sort\n") || uses(plan, "loadtest_series") || uses(plan, "InitPlan 3"),
                              "%s\n%s", loadtest_plans[i].sql, plan);
                ck_assert_msg(!uses(plan, "Seq Scan"), "%s\n%s", loadtest_plans[i].sql, plan);
            }
        }
        store_sql(db, "analyze");
    }
    ck_assert_int_eq(bm_loadtest_store_requests(&rows, db, 3, 40000, 1001, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_rows_count(rows), 1001);
    ck_assert_int_eq(bm_rows_int64(rows, 0, 0, 0), 40001);
    ck_assert_int_eq(bm_loadtest_store_delete_requests(db, 3, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(db, "select count(*) from requests"), 950000);
}
END_TEST

/* --- datasets --- */

/* Who uses a dataset is asked among 20,000 load tests, of which one in ten has a dataset. */
BM_TEST(a_dataset_is_read_by_its_indexes)
{
    static const char *const statements[][2] = {
        { "execute dataset_users (3)", "loadtests_dataset" },
        { "execute dataset_entries_cia5 (3, 500)", "dataset_entries_pkey" },
        { "execute dataset_get_cu (3)", "datasets_pkey" },
        { "execute dataset_delete (3)", "dataset_entries_pkey" },
    };
    bm_db_t *db = store_schema("plans_dataset");
    bm_rows_t *rows;
    size_t i;
    int k;

    for (k = 0; k < 8; k++) {
        ck_assert_int_eq(bm_dataset_store_users(&rows, db, 3, NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_dataset_store_entries(&rows, db, 3, 500, 101, NULL, g_pool), APR_NOTFOUND);
        ck_assert_int_eq(bm_dataset_store_get(&rows, db, 3, BM_DATASET_CHANGE, NULL, g_pool), APR_NOTFOUND);
        ck_assert_int_eq(bm_dataset_store_delete(db, 3, NULL, g_pool), APR_NOTFOUND);
    }
    store_sql(db, "insert into datasets (name, format, entries, bytes)"
                  " select 'name', 'jsonl', 1000, 1 from generate_series(1, 500)");
    store_sql(db, "insert into dataset_entries select d, n, '{}' from generate_series(1, 100) d, generate_series(1, 1000) n");
    store_sql(db, "insert into loadtests (id, scenario_id, automation_id, name, plan)"
                  " select i, 1, 1, 'name', case when i % 10 = 3 then jsonb_build_object('dataset',"
                  " jsonb_build_object('dataset_id', i % 100)) else '{}' end from generate_series(1, 20000) i");
    for (k = 0; k < 2; k++) {
        for (i = 0; i < BM_COUNT(statements); i++) {
            const char *plan = plan_of(db, statements[i][0]);

            ck_assert_msg(uses(plan, statements[i][1]), "%s\n%s", statements[i][0], plan);
            ck_assert_msg(!uses(plan, "Seq Scan"), "%s\n%s", statements[i][0], plan);
        }
        store_sql(db, "analyze");
    }
}
END_TEST

#include "test_plans.reg"
