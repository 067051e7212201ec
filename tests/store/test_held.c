/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections that are held to projects: what they see, that nothing lets them see more, and their plans. */
#include "store_test.h"

#include <unistd.h>

static const bm_stmt_t names = { "held_names",
    "select coalesce(string_agg(name, ',' order by id), '') from automations where id > 0" };

/* Four automations of projects 1, 2, 2 and 3. */
static bm_db_t *scene(void)
{
    bm_db_t *db = store_schema("held");

    store_sql(db, "insert into projects (id, name) values (2, 'b'), (3, 'c')");
    store_sql(db, "insert into automations (name, project_id) values ('a', 1), ('b', 2), ('bb', 2), ('c', 3)");
    return db;
}

static const char *seen(bm_db_t *db)
{
    bm_rows_t *rows;

    if (bm_db_query(&rows, db, &names, BM_NO_PARAMS, NULL, g_pool) != APR_SUCCESS)
        return "failed";
    return bm_rows_text(rows, 0, 0);
}

BM_TEST(what_is_seen_follows_what_it_is_held_to)
{
    bm_db_t *db = scene();
    int i;

    for (i = 0; i < 3; i++) {                   /* the statement is prepared twice, and both ways are used again */
        ck_assert_str_eq(seen(db), "a,b,bb,c");
        ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
        ck_assert_str_eq(seen(db), "b,bb");
        ck_assert_int_eq(bm_db_hold(db, "{1,3}"), APR_SUCCESS);
        ck_assert_str_eq(seen(db), "a,c");
        ck_assert_int_eq(bm_db_hold(db, "{}"), APR_SUCCESS);
        ck_assert_str_eq(seen(db), "");
        ck_assert_int_eq(bm_db_hold(db, NULL), APR_SUCCESS);
    }
    ck_assert_int_eq(store_int(db, "select count(*) from pg_prepared_statements where name like 'held_names%'"), 2);
}
END_TEST

BM_TEST(nothing_is_changed_or_made_elsewhere)
{
    static const bm_stmt_t insert = { "held_insert", "insert into automations (name, project_id) values ('x', $1)" };
    bm_db_t *db = scene();

    ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
    ck_assert_int_eq(bm_rows_affected(store_sql(db, "update automations set description = 'd'")), 2);
    ck_assert_int_eq(bm_rows_affected(store_sql(db, "delete from automations where name in ('a', 'b')")), 1);
    ck_assert_int_eq(bm_db_query(NULL, db, &insert, BM_PARAMS(bm_param_int64(2)), NULL, g_pool), APR_SUCCESS);
    ck_assert_int_ne(bm_db_query(NULL, db, &insert, BM_PARAMS(bm_param_int64(3)), NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "bb,x");
    ck_assert_int_eq(bm_db_hold(db, NULL), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "a,bb,c,x");
}
END_TEST

/* Failures, rollbacks and lost connections take nothing away from it. */
BM_TEST(it_stays_held)
{
    static const bm_stmt_t broken = { "held_broken", "select 1 / (select count(*) - 2 from automations)" };
    bm_db_t *db = scene(), *other = store_connect(&(bm_db_options_t){ .conninfo = store_env("BM_STORE_DSN"), .schema = "held" },
                                                 g_pool);
    int i;

    ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
    ck_assert_int_eq(bm_db_begin(db, NULL), APR_SUCCESS);        /* told before the transaction, so not taken back with it */
    ck_assert_int_eq(bm_db_hold(db, NULL), APR_EGENERAL);
    ck_assert_int_ne(bm_db_query(NULL, db, &broken, BM_NO_PARAMS, NULL, g_pool), APR_SUCCESS);
    bm_db_rollback(db);
    ck_assert_str_eq(seen(db), "b,bb");
    store_sql(db, "deallocate all");
    ck_assert_str_eq(seen(db), "b,bb");
    for (i = 0; i < 2; i++) {
        store_sql(other, apr_psprintf(g_pool, "select pg_terminate_backend(%d)", PQbackendPID(bm_db_conn(db))));
        usleep(100000);
        ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
        ck_assert_str_eq(seen(db), "b,bb");
    }
    ck_assert_int_eq(bm_db_hold(db, "{2"), APR_EINVAL);
    ck_assert_int_eq(bm_db_hold(db, "{2}','x"), APR_EINVAL);
    ck_assert_str_eq(seen(db), "b,bb");
}
END_TEST

/* Whoever gets a borrowed connection next sees all, though its session was told something else. */
BM_TEST(a_connection_that_is_handed_on_is_held_to_nothing)
{
    bm_db_options_t options = store_options("held");
    PGconn *conn = PQconnectdb(options.conninfo);
    bm_db_t *db;

    scene();
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, g_pool, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_db_hold(db, "{3}"), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "c");
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, g_pool, NULL), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "a,b,bb,c");
    ck_assert_int_eq(bm_db_hold(db, "{3}"), APR_SUCCESS);
    PQreset(conn);                                      /* mod_dbd does that */
    ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "c");
    apr_pool_clear(g_pool);
    PQfinish(conn);
}
END_TEST

BM_TEST(behind_a_transaction_pooler_each_transaction_is_told)
{
    bm_db_options_t options = store_options("held");
    bm_db_t *db;

    scene();
    options.unnamed_statements = 1;
    db = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "b,bb");
    ck_assert_int_eq(bm_db_begin(db, NULL), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "b,bb");
    bm_db_rollback(db);
    ck_assert_int_eq(bm_db_hold(db, "{1}"), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "a");
    ck_assert_int_eq(bm_db_hold(db, NULL), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "a,b,bb,c");
    PQclear(PQexec(bm_db_conn(db), "drop schema held_projects cascade"));
    ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "failed");
}
END_TEST

/* A search_path may name what is not there; then nothing is shown instead of everything. */
BM_TEST(without_the_views_there_is_nothing)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_rows_t *rows;
    bm_db_t *db = scene();

    store_sql(db, "drop schema held_projects cascade");
    ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
    ck_assert_int_eq(bm_db_query(&rows, db, &names, BM_NO_PARAMS, err, g_pool), APR_EAGAIN);
    ck_assert_str_eq(err->code, "projects_unavailable");
    ck_assert_int_eq(bm_db_begin(db, NULL), APR_EAGAIN);
    ck_assert_int_eq(bm_db_hold(db, NULL), APR_SUCCESS);
    ck_assert_str_eq(seen(db), "a,b,bb,c");
}
END_TEST

static const struct {
    const char *sql, *uses;
} plans[] = {
    { "select * from run where id = 7", "runs_p0_pkey" },
    { "select * from run order by id desc limit 51", "runs_p0_pkey" },
    { "select * from runs where scenario_id = 3 order by id desc limit 51", "runs_p0_scenario_id_id_idx" },
    { "select * from scenarios where id = 3 for update", "scenarios_pkey" },
    { "select * from requests where loadtest_id = 5 and fence = 1 order by seq", "requests_p0_loadtest_id_fence_seq_idx" },
    { "select * from kpi_cell where scenario_id = 3 and level = 0 and bucket > 5", "scenarios_pkey" },
    { "select * from dataset_entries where dataset_id = 3 and number > 4 order by number", "dataset_entries_pkey" }
};

/* What is asked goes by the same indexes, and the list of projects is read once for the statement. */
BM_TEST(plans_of_who_is_held_use_the_indexes)
{
    bm_db_t *db = scene();
    size_t i;
    int row;

    ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
    for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        bm_rows_t *rows = store_sql(db, apr_pstrcat(g_pool, "explain (costs off) ", plans[i].sql, NULL));
        const char *plan = "";

        for (row = 0; row < bm_rows_count(rows); row++)
            plan = apr_pstrcat(g_pool, plan, bm_rows_text(rows, row, 0), "\n", NULL);
        ck_assert_msg(strstr(plan, plans[i].uses) != NULL && strstr(plan, "InitPlan") != NULL && strstr(plan, "SubPlan") == NULL,
                      "%s\n%s", plans[i].sql, plan);
    }
}
END_TEST

#include "test_held.reg"
