/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs that several requests ask for, or queue, by one statement: each gets what it would have got alone. */
#include "store_test.h"

#include "model/run_model.h"
#include "store/run_order_store.h"

enum { MOST = 12 };

typedef struct crowd_t {
    bm_run_asked_t asked[MOST], *pointers[MOST];
    int n;
} crowd_t;

static bm_run_asked_t *add(crowd_t *crowd, apr_int64_t id, const bm_run_order_t *order)
{
    bm_run_asked_t *asked = &crowd->asked[crowd->n];

    *asked = (bm_run_asked_t){ .id = id, .order = order, .p = g_pool, .err = bm_err_make(g_pool), .rv = -1 };
    crowd->pointers[crowd->n++] = asked;
    return asked;
}

static void fill(bm_db_t *db)
{
    store_sql(db, "insert into runs (id, scenario_id, automation_id, fence, status, attempt, created_at, finished_at, provider,"
                  " response) select i, 1, 1, i, 'completed', 1, now(), now(), 'mock', ('{\"text\":\"' || i || '\"}')::json"
                  " from generate_series(1, 100) i");
    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, spec) select i, 1, 1, 1, '{\"provider\":\"mock\"}'"
                  " from generate_series(101, 110) i");
}

static void is_as_alone(bm_db_t *db, const bm_run_asked_t *asked, int summary)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_rows_t *alone = NULL;
    apr_status_t rv = bm_run_store_get(&alone, db, asked->id, bm_run_fields, summary, err, g_pool);
    int column;

    ck_assert_int_eq(asked->rv, rv);
    if (rv != APR_SUCCESS) {
        ck_assert_str_eq(asked->err->detail, err->detail);
        return;
    }
    ck_assert_int_eq(bm_rows_count(asked->rows), 1);
    for (column = 0; column < BM_RUN_FIRST + 25; column++) {
        const char *a = bm_rows_text(asked->rows, 0, column), *b = bm_rows_text(alone, 0, column);

        ck_assert_msg((a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0), "column %d: %s, alone %s", column, a, b);
    }
}

BM_LOOP_TEST(each_reads_what_it_would_read_alone, 2)
{
    bm_db_t *db = store_schema("each_get");
    static const apr_int64_t ids[] = { 7, 105, 99999, 7, 100, 101, -1, 0, 1, 99999, 110 };
    crowd_t crowd = { .n = 0 };
    size_t i;

    fill(db);
    for (i = 0; i < BM_COUNT(ids); i++)
        add(&crowd, ids[i], NULL);
    ck_assert_int_eq(bm_run_store_get_each(crowd.pointers, crowd.n, db, _i, NULL, g_pool), APR_SUCCESS);
    for (i = 0; i < BM_COUNT(ids); i++)
        is_as_alone(db, &crowd.asked[i], _i);
    ck_assert_int_eq(crowd.asked[2].rv, APR_NOTFOUND);
}
END_TEST

BM_TEST(rows_outlive_whoever_asked_for_them)
{
    bm_db_t *db = store_schema("each_share");
    crowd_t crowd = { .n = 0 };
    apr_pool_t *leader, *followers[3];
    int i;

    fill(db);
    apr_pool_create(&leader, NULL);
    for (i = 0; i < 3; i++) {
        apr_pool_create(&followers[i], NULL);
        add(&crowd, 5 + i % 2, NULL)->p = followers[i];
    }
    ck_assert_int_eq(bm_run_store_get_each(crowd.pointers, 3, db, 0, NULL, leader), APR_SUCCESS);
    apr_pool_destroy(leader);
    apr_pool_destroy(followers[1]);
    ck_assert_str_eq(bm_rows_text(crowd.asked[0].rows, 0, BM_RUN_FIRST), "5");
    apr_pool_destroy(followers[0]);
    ck_assert_str_eq(bm_rows_text(crowd.asked[2].rows, 0, BM_RUN_FIRST), "5");
    apr_pool_destroy(followers[2]);
}
END_TEST

/* --- into the queue --- */

static const char *const labels[] = { "plain", "with \"quotes\" and \\backslashes\\", "{braces, commas}", "", "null",
                                      "ümläut" };

static const char *const places[] = { "berlin", "nowhere" };

static bm_run_order_t order_of(int i)
{
    return (bm_run_order_t){ .automation_id = 30 + i, .scenario_id = 50 + i, .project_id = 1, .kind = BM_RUN_KIND_RUN,
                             .scenario_version = 1 + i, .priority = i - 3, .max_attempts = 1 + i,
                             .run_at = i % 2 ? apr_time_from_sec(1900000000) + i : 0,
                             .spec = apr_psprintf(g_pool, "{\"provider\":\"mock\",\"inputs\":{\"n\":%d}}", i),
                             .labels = labels, .label_count = i % 7, .created_by = i % 3 ? "a 'user'" : NULL,
                             .locations = i % 4 ? places : NULL, .location_count = i % 4 ? 1 : 0 };
}

static const char *queued(bm_db_t *db, const char *id)
{
    return store_text(db, apr_psprintf(g_pool,
        "select row(target_id, scenario_id, project_id, slot, kind, scenario_version, priority, max_attempts,"
        " case when run_at = created_at then 'now' else run_at::text end, spec, labels, created_by, state,"
        " location)::text"
        " from run_queue where id = %s", id));
}

BM_TEST(each_order_is_queued_as_it_would_be_alone_and_gets_its_own_row)
{
    bm_db_t *db = store_schema("each_add");
    bm_run_order_t orders[MOST];
    crowd_t crowd = { .n = 0 };
    int i;

    for (i = 0; i < MOST; i++) {
        orders[i] = order_of(i);
        add(&crowd, 0, &orders[i]);
    }
    ck_assert_int_eq(bm_run_order_store_add_each(crowd.pointers, MOST, db, NULL, g_pool), APR_SUCCESS);
    for (i = 0; i < MOST; i++) {
        bm_rows_t *alone;

        ck_assert_int_eq(crowd.asked[i].rv, APR_SUCCESS);
        ck_assert_int_eq(bm_run_order_store_add(&alone, db, &orders[i], bm_run_fields, NULL, g_pool), APR_SUCCESS);
        ck_assert_str_eq(queued(db, bm_rows_text(crowd.asked[i].rows, 0, BM_RUN_FIRST)),
                         queued(db, bm_rows_text(alone, 0, BM_RUN_FIRST)));
    }
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue"), 2 * MOST);
}
END_TEST

BM_TEST(one_that_the_table_refuses_leaves_none_of_them)
{
    bm_db_t *db = store_schema("each_refused");
    bm_err_t *err = bm_err_make(g_pool);
    bm_run_order_t orders[3];
    crowd_t crowd = { .n = 0 };
    int i;

    for (i = 0; i < 3; i++) {
        orders[i] = order_of(i);
        add(&crowd, 0, &orders[i]);
    }
    orders[1].spec = "{\"nul\":\"\\u0000\"}";
    ck_assert_int_eq(bm_run_order_store_add_each(crowd.pointers, 3, db, err, g_pool), APR_EINVAL);
    ck_assert_str_eq(err->code, "bad_value");
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue"), 0);
}
END_TEST

BM_TEST(each_reads_the_parts_of_its_scenario)
{
    bm_db_t *db = store_schema("each_parts");
    crowd_t crowd = { .n = 0 };

    store_sql(db, "insert into automations (id, name, provider, connection)"
                  " select i, 'a' || i, 'mock', '{}' from generate_series(1, 2) i");
    store_sql(db, "insert into scenarios (id, automation_id, name, hidden) values (11, 1, 'one', false), (12, 2, 'two', false),"
                  " (13, 2, 'hidden', true)");
    add(&crowd, 12, NULL);
    add(&crowd, 13, NULL);
    add(&crowd, 11, NULL);
    add(&crowd, 12, NULL);
    add(&crowd, 999, NULL);
    ck_assert_int_eq(bm_run_order_store_parts_each(crowd.pointers, crowd.n, db, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(bm_rows_text(crowd.asked[0].rows, 0, 10), "two");
    ck_assert_str_eq(bm_rows_text(crowd.asked[2].rows, 0, 10), "one");
    ck_assert_str_eq(bm_rows_text(crowd.asked[3].rows, 0, 10), "two");
    ck_assert_int_eq(crowd.asked[1].rv, APR_NOTFOUND);
    ck_assert_int_eq(crowd.asked[4].rv, APR_NOTFOUND);
    ck_assert_str_eq(crowd.asked[4].err->code, "scenario_not_found");
}
END_TEST

/* --- plans --- */

/* The one statement that is prepared under a name that begins so, with this argument. */
static const char *plan_of(bm_db_t *db, const char *name, const char *argument)
{
    const char *full = store_text(db, apr_psprintf(g_pool, "select min(name) from pg_prepared_statements"
                                                   " where name like '%s%%'", name));
    bm_rows_t *rows = store_sql(db, apr_psprintf(g_pool, "explain (costs off) execute %s(%s)", full, argument));
    const char *plan = "";
    int i;

    for (i = 0; i < bm_rows_count(rows); i++)
        plan = apr_pstrcat(g_pool, plan, bm_rows_text(rows, i, 0), "\n", NULL);
    return plan;
}

BM_TEST(several_runs_are_index_probes_however_long_the_tables)
{
    bm_db_t *db = store_schema("each_plans");
    static const char *const modes[] = { "force_generic_plan", "force_custom_plan" };
    const char *plan;
    size_t m;
    int i;

    for (i = 0; i < 8; i++) {                             /* prepared and settled while the tables are empty */
        crowd_t crowd = { .n = 0 };

        add(&crowd, 1, NULL);
        add(&crowd, 2, NULL);
        ck_assert_int_eq(bm_run_store_get_each(crowd.pointers, 2, db, 0, NULL, g_pool), APR_SUCCESS);
    }
    store_sql(db, "insert into runs (id, scenario_id, automation_id, fence, status, attempt, created_at, finished_at, provider)"
                  " select i, i % 50, i % 20, i, 'completed', 1, now(), now(), 'mock' from generate_series(1, 20000) i");
    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, spec) select i, i % 20, i % 50, 1, '{}'"
                  " from generate_series(20001, 40000) i");
    for (m = 0; m < BM_COUNT(modes); m++) {
        store_sql(db, apr_psprintf(g_pool, "set plan_cache_mode = %s", modes[m]));
        plan = plan_of(db, "recorded_run_get_each", "'{5,19000}'");
        ck_assert_msg(strstr(plan, "Seq Scan") == NULL && strstr(plan, "runs_p0_pkey") != NULL, "%s", plan);
        plan = plan_of(db, "run_get_each", "'{5,30000}'");
        ck_assert_msg(strstr(plan, "Seq Scan") == NULL && strstr(plan, "runs_p0_pkey") != NULL
                      && strstr(plan, "run_queue_pkey") != NULL, "%s", plan);
    }
}
END_TEST

#include "test_run_order_store.reg"
