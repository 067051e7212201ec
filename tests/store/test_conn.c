/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include <signal.h>
#include <unistd.h>

static const bm_stmt_t one = { "conn_one", "select 1" };

static apr_status_t ask(bm_db_t *db)
{
    return bm_db_query(NULL, db, &one, BM_NO_PARAMS, NULL, g_pool);
}

static bm_db_t *plain(void)
{
    bm_db_options_t options = store_options("public");

    return store_connect(&options, g_pool);
}

/* Every session has our settings, by connection options, so also after a reset. */
static void check_settings_with(bm_db_t *db, const char *schema, const char *statement_timeout, const char *lock_timeout)
{
    const char *path = apr_psprintf(g_pool, "\"%s\"", schema);

    ck_assert_str_eq(store_text(db, "show search_path"), path);
    ck_assert_str_eq(store_text(db, "show jit"), "off");
    ck_assert_str_eq(store_text(db, "show TimeZone"), "UTC");
    ck_assert_str_eq(store_text(db, "show DateStyle"), "ISO, MDY");
    ck_assert_str_eq(store_text(db, "show client_encoding"), "UTF8");
    ck_assert_str_eq(store_text(db, "show statement_timeout"), statement_timeout);
    ck_assert_str_eq(store_text(db, "show lock_timeout"), lock_timeout);
    ck_assert_str_eq(store_text(db, "show idle_in_transaction_session_timeout"), "30s");
    ck_assert_str_eq(store_text(db, "show application_name"), "store test");
}

static void check_settings(bm_db_t *db, const char *schema)
{
    check_settings_with(db, schema, "20s", "5s");
}

static const char *conninfo_of(bm_db_t *db, const char *keyword)
{
    PQconninfoOption *options = PQconninfo(bm_db_conn(db)), *o;
    const char *value = "";

    for (o = options; o->keyword != NULL; o++)
        if (strcmp(o->keyword, keyword) == 0 && o->val != NULL)
            value = apr_pstrdup(g_pool, o->val);
    PQconninfoFree(options);
    return value;
}

BM_TEST(sessions_are_set_up_and_stay_so)
{
    bm_db_options_t options = store_options("public");
    bm_db_t *db;

    options.engine_plans = 1;
    db = store_connect(&options, g_pool);
    check_settings(db, "public");
    ck_assert_str_eq(store_text(db, "show enable_seqscan"), "off");
    ck_assert_str_eq(conninfo_of(db, "connect_timeout"), "2");
    ck_assert_str_eq(conninfo_of(db, "tcp_user_timeout"), "10000");
    ck_assert_str_eq(conninfo_of(db, "target_session_attrs"), "read-write");
    PQreset(bm_db_conn(db));
    ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
    check_settings(db, "public");
    ck_assert_str_eq(store_text(db, "show enable_seqscan"), "off");
}
END_TEST

BM_TEST(the_administrators_values_win)
{
    bm_db_options_t options = store_options("public");
    bm_db_t *db;

    options.conninfo = apr_pstrcat(g_pool, options.conninfo, " connect_timeout=7 target_session_attrs=any"
                                   " options='-c work_mem=5MB' application_name=other", NULL);
    db = store_connect(&options, g_pool);
    ck_assert_str_eq(conninfo_of(db, "connect_timeout"), "7");
    ck_assert_str_eq(conninfo_of(db, "target_session_attrs"), "any");
    ck_assert_str_eq(store_text(db, "show work_mem"), "5MB");
    check_settings(db, "public");
}
END_TEST

static const char *const bad_conninfos[] = {
    "host=/nonexistent user=u password=hush-hush",
    "password=hush-hush user",                         /* cannot be read; libpq's own message quotes it */
    "postgresql://u:hush-hush@[::1/db",
    "nonsense=hush-hush",
    "host=127.0.0.1 port=1 user=u password=hush-hush dbname=x",
};

BM_LOOP_TEST(passwords_are_never_said, BM_COUNT(bad_conninfos))
{
    bm_db_options_t options = store_options("public");
    bm_err_t *err = bm_err_make(g_pool);
    bm_db_t *db;

    store_log_capture();
    options.conninfo = bad_conninfos[_i];
    ck_assert_int_eq(bm_db_connect(&db, &options, err, g_pool), APR_EAGAIN);
    ck_assert_ptr_null(db);
    ck_assert_str_eq(err->code, "database_unavailable");
    ck_assert_int_gt(err->retry_after_s, 0);
    ck_assert_ptr_null(strstr(err->detail, "hush-hush"));
    ck_assert_ptr_nonnull(strstr(store_logged, "BM020"));
    ck_assert_msg(strstr(store_logged, "hush-hush") == NULL, "%s", store_logged);
}
END_TEST

/* A connection that was fine before a restart of the server works at its next use, without one failed statement, and
 * prepares its statements again. */
BM_TEST(restart_of_the_server_is_not_noticed)
{
    bm_db_t *db = plain();
    int i;

    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
        ck_assert_int_eq(ask(db), APR_SUCCESS);
        ck_assert_int_eq(store_int(db, "select count(*) from pg_prepared_statements where name = 'conn_one'"), 1);
        store_cluster("restart", "fast");
    }
    ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    check_settings(db, "public");
}
END_TEST

BM_TEST(without_check_a_restart_costs_one_answer)
{
    bm_db_t *db = plain();

    ck_assert_int_eq(ask(db), APR_SUCCESS);
    store_cluster("restart", "immediate");
    ck_assert_int_eq(ask(db), APR_EAGAIN);
    ck_assert_int_eq(ask(db), APR_EAGAIN);               /* never repaired in the middle of a caller's work */
    ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
}
END_TEST

BM_TEST(stopped_server_is_said_at_once_and_its_return_too)
{
    bm_db_t *db = plain();
    bm_err_t *err = bm_err_make(g_pool);
    apr_int64_t started;

    store_cluster("stop", "fast");
    started = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(bm_db_check(db, err), APR_EAGAIN);
    ck_assert_str_eq(err->code, "database_unavailable");
    ck_assert(bm_timefmt_monotonic_ns() - started < INT64_C(1000000000));
    store_cluster("start", "");
    ck_assert_int_eq(bm_db_check(db, err), APR_SUCCESS);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
}
END_TEST

/* The server's processes are stopped in their tracks: TCP and sockets stay alive, nobody answers. */
BM_TEST(frozen_server_is_given_up_in_time)
{
    bm_db_options_t options = store_options("public");
    apr_int64_t started, took;
    bm_db_t *db, *other;

    options.statement_timeout_ms = 1000;
    db = store_connect(&options, g_pool);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    store_cluster("freeze", "");
    started = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(ask(db), APR_EAGAIN);
    took = (bm_timefmt_monotonic_ns() - started) / 1000000;
    ck_assert_msg(took >= 1000 && took < 3000, "statement: %d ms", (int)took);
    started = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(bm_db_check(db, NULL), APR_EAGAIN);
    ck_assert_int_eq(bm_db_connect(&other, &options, NULL, g_pool), APR_EAGAIN);
    took = (bm_timefmt_monotonic_ns() - started) / 1000000;
    store_cluster("thaw", "");
    ck_assert_msg(took < 6000, "reset and connect: %d ms", (int)took);
    ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
}
END_TEST

/* A borrowed connection with a conninfo that sets no time-out: the reset is bounded all the same. */
BM_TEST(reset_of_a_borrowed_connection_is_bounded)
{
    bm_db_options_t options = store_options("public");
    PGconn *conn = PQconnectdb(options.conninfo);
    apr_int64_t started, took;
    apr_pool_t *keep;
    bm_db_t *db;

    options.statement_timeout_ms = 1000;
    apr_pool_create(&keep, g_pool);
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, keep, NULL), APR_SUCCESS);
    store_cluster("freeze", "");
    started = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(ask(db), APR_EAGAIN);
    ck_assert_int_eq(PQstatus(conn), CONNECTION_BAD);     /* so that its owner sees it too */
    ck_assert_int_eq(bm_db_check(db, NULL), APR_EAGAIN);
    took = (bm_timefmt_monotonic_ns() - started) / 1000000;
    store_cluster("thaw", "");
    ck_assert_msg(took < 6000, "%d ms", (int)took);
    ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
    check_settings_with(db, "public", "1s", "1s");
    apr_pool_destroy(keep);
    PQfinish(conn);
}
END_TEST

BM_TEST(borrowed_sessions_are_set_once_per_backend)
{
    bm_db_options_t options = store_options("some_schema");
    PGconn *conn = PQconnectdb(options.conninfo);
    apr_pool_t *keep;
    bm_db_t *db, *again;

    apr_pool_create(&keep, g_pool);
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, keep, NULL), APR_SUCCESS);
    check_settings(db, "some_schema");
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    /* the second time nothing is sent: a setting changed behind our back stays */
    store_sql(db, "set work_mem = '3MB'");
    store_sql(db, "set search_path = pg_catalog");
    ck_assert_int_eq(bm_db_wrap(&again, conn, &options, keep, NULL), APR_SUCCESS);
    ck_assert_ptr_eq(db, again);
    ck_assert_str_eq(store_text(db, "show search_path"), "pg_catalog");
    ck_assert_int_eq(store_int(db, "select count(*) from pg_prepared_statements where name = 'conn_one'"), 1);
    /* its owner reset it: another backend, which knows nothing */
    PQreset(conn);
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, keep, NULL), APR_SUCCESS);
    check_settings(db, "some_schema");
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    /* somebody left a transaction open, then a failed one */
    PQclear(PQexec(conn, "begin"));
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, keep, NULL), APR_SUCCESS);
    ck_assert_int_eq(PQtransactionStatus(conn), PQTRANS_IDLE);
    PQclear(PQexec(conn, "begin"));
    PQclear(PQexec(conn, "select 1/0"));
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, keep, NULL), APR_SUCCESS);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    /* somebody left a query unanswered */
    ck_assert_int_eq(PQsendQuery(conn, "select pg_sleep(60)"), 1);
    ck_assert_int_eq(bm_db_wrap(&db, conn, &options, keep, NULL), APR_SUCCESS);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    apr_pool_destroy(keep);
    ck_assert_int_eq(PQstatus(conn), CONNECTION_OK);      /* not ours to close */
    PQfinish(conn);
}
END_TEST

/* Our memory of what is prepared is wrong in both ways; columns of a table changed below a prepared statement. */
BM_TEST(stale_prepared_statements_are_repaired)
{
    static const bm_stmt_t star = { "conn_star_vA)2", "select * from star" };         /* as bm_select names them */
    bm_db_t *db = plain();
    bm_rows_t *rows;

    ck_assert_int_eq(ask(db), APR_SUCCESS);
    store_sql(db, "deallocate all");
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    store_sql(db, "deallocate all");
    store_sql(db, "prepare conn_one as select 1");
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    store_sql(db, "drop table if exists star");
    store_sql(db, "create table star (a integer)");
    ck_assert_int_eq(bm_db_query(&rows, db, &star, BM_NO_PARAMS, NULL, g_pool), APR_SUCCESS);
    store_sql(db, "alter table star add b integer");
    store_sql(db, "insert into star values (1, 2)");
    ck_assert_int_eq(bm_db_query(&rows, db, &star, BM_NO_PARAMS, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_rows_int64(rows, 0, 1, 0), 2);
    store_sql(db, "drop table star");
}
END_TEST

BM_TEST(statement_timeout_is_timeup_and_lock_timeout_is_busy)
{
    static const bm_stmt_t sleep_long = { "conn_sleep", "select pg_sleep(10)" };
    static const bm_stmt_t lock = { "conn_lock", "update held set a = 2" };
    bm_db_options_t options = store_options("public");
    bm_db_t *db, *holder = plain();

    options.statement_timeout_ms = 300;
    db = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_db_query(NULL, db, &sleep_long, BM_NO_PARAMS, NULL, g_pool), APR_TIMEUP);
    ck_assert_int_eq(ask(db), APR_SUCCESS);
    store_sql(holder, "drop table if exists held");
    store_sql(holder, "create table held (a integer)");
    store_sql(holder, "insert into held values (1)");
    ck_assert_int_eq(bm_db_begin(holder, NULL), APR_SUCCESS);
    store_sql(holder, "update held set a = 3");
    store_sql(db, "set lock_timeout = 100");
    ck_assert_int_eq(bm_db_query(NULL, db, &lock, BM_NO_PARAMS, NULL, g_pool), APR_EAGAIN);
    bm_db_rollback(holder);
    store_sql(holder, "drop table held");
}
END_TEST

BM_TEST(closed_connections_are_harmless)
{
    bm_db_t *db = plain();

    bm_db_close(NULL);
    bm_db_close(db);
    bm_db_close(db);
    bm_db_rollback(db);
    ck_assert_int_eq(bm_db_check(db, NULL), APR_EAGAIN);
    ck_assert_int_eq(ask(db), APR_EAGAIN);
}
END_TEST

#include "test_conn.reg"
