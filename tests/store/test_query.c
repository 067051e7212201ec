/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include <unistd.h>

static bm_db_t *plain(void)
{
    bm_db_options_t options = store_options("public");

    return store_connect(&options, g_pool);
}

static const bm_stmt_t echo_all = { "echo_all",
    "select $1::text, $2::bigint, $3::integer, $4::float8, $5::boolean, $6::bytea, $7::timestamptz, $8::jsonb ->> 'a'" };
static const bm_stmt_t echo_all_binary = { "echo_all_binary",
    "select $1::text, $2::bigint, $3::integer, $4::float8, $5::boolean, $6::bytea, $7::timestamptz, $8::jsonb ->> 'a'",
    .binary = 1 };

static void check_echo(const bm_stmt_t *stmt)
{
    static const unsigned char bytes[] = { 0, 1, 0xff, '\\', 'x' };
    apr_time_t at = INT64_C(1769860800123456);
    char text[BM_TIMEFMT_SIZE];
    const void *data;
    bm_rows_t *rows;
    int i;

    bm_db_t *db = plain();

    for (i = 0; i < 2; i++) {           /* the second time over the prepared statement */
        ck_assert_int_eq(bm_db_query(&rows, db, stmt,
            BM_PARAMS(bm_param_text("it's \xc3\xa4"), bm_param_int64(APR_INT64_MIN), bm_param_int(-7), bm_param_double(0.1),
                      bm_param_bool(1), bm_param_bytes(bytes, sizeof(bytes)), bm_param_time(at),
                      bm_param_json("{\"a\":\"b\"}")), NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_rows_count(rows), 1);
        ck_assert_str_eq(bm_rows_text(rows, 0, 0), "it's \xc3\xa4");
        ck_assert(bm_rows_int64(rows, 0, 1, 0) == APR_INT64_MIN);
        ck_assert_int_eq(bm_rows_int64(rows, 0, 2, 0), -7);
        ck_assert(bm_rows_double(rows, 0, 3, 0) == 0.1);
        ck_assert_int_eq(bm_rows_bool(rows, 0, 4), 1);
        ck_assert_int_eq(bm_rows_bytes(&data, rows, 0, 5, g_pool), sizeof(bytes));
        ck_assert_mem_eq(data, bytes, sizeof(bytes));
        ck_assert(bm_rows_time(rows, 0, 6) == at);
        ck_assert_str_eq(bm_rows_rfc3339(text, rows, 0, 6), "2026-01-31T12:00:00.123456Z");
        ck_assert_str_eq(bm_rows_text(rows, 0, 7), "b");
    }
}

BM_TEST(values_come_back_as_they_went)
{
    check_echo(&echo_all);
}
END_TEST

BM_TEST(binary_values_come_back_as_they_went)
{
    check_echo(&echo_all_binary);
}
END_TEST

BM_TEST(nulls_stay_nulls)
{
    bm_rows_t *rows;
    const void *data;
    char text[BM_TIMEFMT_SIZE];
    bm_db_t *db = plain();
    int i;

    ck_assert_int_eq(bm_db_query(&rows, db, &echo_all,
        BM_PARAMS(bm_param_text(NULL), bm_param_null_if(1, bm_param_int64(5)), bm_param_null(),
                  bm_param_null_if(1, bm_param_double(1)), bm_param_null(), bm_param_bytes(NULL, 0),
                  bm_param_null_if(1, bm_param_time(1)), bm_param_json(NULL)), NULL, g_pool), APR_SUCCESS);
    for (i = 0; i < 8; i++)
        ck_assert(bm_rows_is_null(rows, 0, i));
    ck_assert_ptr_null(bm_rows_text(rows, 0, 0));
    ck_assert_int_eq(bm_rows_int64(rows, 0, 1, 42), 42);
    ck_assert(bm_rows_double(rows, 0, 3, 1.5) == 1.5);
    ck_assert_int_eq(bm_rows_bytes(&data, rows, 0, 5, g_pool), 0);
    ck_assert_ptr_null(data);
    ck_assert_int_eq(bm_rows_time(rows, 0, 6), 0);
    ck_assert_ptr_null(bm_rows_rfc3339(text, rows, 0, 6));
}
END_TEST

BM_TEST(arrays_come_back_as_they_went)
{
    static const bm_stmt_t stmt = { "echo_arrays",
        "select $1::text[] is not distinct from array['a', null, '{\"x\\,}', ''],"
        "       $2::bigint[] is not distinct from array[1, -9223372036854775808, 3]::bigint[],"
        "       $3::bytea[] is not distinct from array['\\x00ff'::bytea, null, ''::bytea],"
        "       $4::bigint[] is not distinct from array[null, 2]::bigint[],"
        "       $5::text[] is not distinct from array[]::text[] and cardinality($5) = 0" };
    static const char *const texts[] = { "a", NULL, "{\"x\\,}", "" };
    static const apr_int64_t numbers[] = { 1, APR_INT64_MIN, 3 }, holes[] = { -1, 2 };
    static const void *const bytes[] = { "\x00\xff", NULL, "" };
    static const int lens[] = { 2, 0, 0 };
    bm_db_t *db = plain();
    bm_rows_t *rows;
    int i;

    ck_assert_int_eq(bm_db_query(&rows, db, &stmt,
        BM_PARAMS(bm_param_texts(texts, 4, g_pool), bm_param_int64s(numbers, 3, g_pool),
                  bm_param_bytess(bytes, lens, 3, g_pool),
                  bm_param_int64s_or(holes, -1, 2, g_pool), bm_param_texts(NULL, 0, g_pool)), NULL, g_pool), APR_SUCCESS);
    for (i = 0; i < 5; i++)
        ck_assert_msg(bm_rows_bool(rows, 0, i), "column %d", i);
}
END_TEST

typedef struct time_case_t {
    const char *sql;
    const char *rfc3339;      /* NULL: none */
} time_case_t;

static const time_case_t times[] = {
    { "select '2026-10-22 00:00:12.96+00'::timestamptz", "2026-10-22T00:00:12.960000Z" },
    { "select '2026-10-22 02:00:12+02'::timestamptz", "2026-10-22T00:00:12.000000Z" },
    { "select '1970-01-01 00:00:00.000001+00'::timestamptz", "1970-01-01T00:00:00.000001Z" },
    { "select '9999-12-31 23:59:59.999999+00'::timestamptz", "9999-12-31T23:59:59.999999Z" },
    { "select '12026-10-22 00:00:12+00'::timestamptz", NULL },
    { "select '1969-12-31 23:59:59+00'::timestamptz", NULL },
    { "select '0044-03-15 12:00:00+00 BC'::timestamptz", NULL },
    { "select 'infinity'::timestamptz", NULL },
    { "select '-infinity'::timestamptz", NULL },
    { "select null::timestamptz", NULL },
};

BM_LOOP_TEST(times_are_rfc3339, BM_COUNT(times))
{
    bm_stmt_t binary = { "test_time", times[_i].sql, .unprepared = 1, .binary = 1 };
    char text[BM_TIMEFMT_SIZE];
    bm_db_t *db = plain();
    bm_rows_t *rows[2];
    apr_time_t expected = 0;
    int i;

    rows[0] = store_sql(db, times[_i].sql);
    ck_assert_int_eq(bm_db_query(&rows[1], db, &binary, BM_NO_PARAMS, NULL, g_pool), APR_SUCCESS);
    if (times[_i].rfc3339 != NULL)
        ck_assert_int_eq(bm_timefmt_parse(&expected, times[_i].rfc3339), APR_SUCCESS);
    for (i = 0; i < 2; i++) {
        ck_assert_pstr_eq(bm_rows_rfc3339(text, rows[i], 0, 0), times[_i].rfc3339);
        ck_assert(bm_rows_time(rows[i], 0, 0) == expected);
    }
}
END_TEST

typedef struct failure_case_t {
    const char *sql;
    apr_status_t status;
    const char *code;
} failure_case_t;

static const failure_case_t failures[] = {
    { "insert into f values (1, 'top secret', null)", APR_EEXIST, "duplicate" },
    { "insert into f values (2, 'top secret', 77)", APR_EEXIST, "still_referenced" },
    { "delete from f where id = 1", APR_EEXIST, "still_referenced" },
    { "select 'top secret'::integer", APR_EINVAL, "bad_value" },
    { "select '{\"a\":\"top secret\\u0000\"}'::jsonb", APR_EINVAL, "bad_value" },
    { "select 1; select 2", APR_EGENERAL, "database_error" },
    { "select * from there_is_none", APR_EGENERAL, "database_error" },
    { "do $$ begin raise exception 'top secret' using errcode = '40001'; end $$", APR_EAGAIN, "database_busy" },
    { "do $$ begin raise exception 'top secret' using errcode = '40P01'; end $$", APR_EAGAIN, "database_busy" },
    { "do $$ begin raise exception 'x' using errcode = '25006'; end $$", APR_EAGAIN, "database_unavailable" },
    { "do $$ begin raise exception 'x' using errcode = '25P03'; end $$", APR_EAGAIN, "database_unavailable" },
    { "do $$ begin raise exception 'x' using errcode = '53300'; end $$", APR_EAGAIN, "database_unavailable" },
    { "do $$ begin raise exception 'x' using errcode = '57014'; end $$", APR_TIMEUP, "query_timeout" },
    { "do $$ begin raise exception 'x' using errcode = '57P01'; end $$", APR_EAGAIN, "database_unavailable" },
    { "do $$ begin raise exception 'top secret' using errcode = '23514'; end $$", APR_EINVAL, "bad_value" },
    { "do $$ begin raise exception 'top secret' using errcode = '38000'; end $$", APR_EGENERAL, "database_error" },
};

/* Every failure has its status, is logged once with its SQLSTATE, and leaves the connection usable. */
BM_LOOP_TEST(failures_are_mapped, BM_COUNT(failures))
{
    bm_stmt_t stmt = { "failing", failures[_i].sql, .unprepared = 1 };
    bm_err_t *err = bm_err_make(g_pool);
    bm_db_t *db = plain();
    const char *first;

    store_sql(db, "create temporary table f (id integer primary key, t text, parent integer references f (id))");
    store_sql(db, "insert into f values (1, 'x', null), (3, 'x', 1)");
    store_log_capture();
    bm_db_tag(db, "request 3f2a");
    ck_assert_int_eq(bm_db_query(NULL, db, &stmt, BM_NO_PARAMS, err, g_pool), failures[_i].status);
    ck_assert_pstr_eq(err->code, failures[_i].code);
    first = strstr(store_logged, "BM0200: statement failing (request 3f2a) failed: SQLSTATE ");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "BM0200"));
    if (strstr(store_logged, "SQLSTATE 4") == NULL)     /* raised by hand above; the server's own 40xxx carry no values */
        ck_assert_msg(strstr(store_logged, "top secret") == NULL, "%s", store_logged);
    ck_assert_int_eq(store_int(db, "select 1"), 1);
}
END_TEST

BM_TEST(parameters_are_never_logged)
{
    static const bm_stmt_t stmt = { "casting", "select ($1::text)::integer" };
    static const bm_stmt_t sleepy = { "sleepy", "select pg_sleep(0.05), $1::text" };
    bm_err_t *err = bm_err_make(g_pool);
    bm_db_t *db = plain();

    store_log_capture();
    ck_assert_int_eq(bm_db_query(NULL, db, &stmt, BM_PARAMS(bm_param_text("hush-hush")), err, g_pool), APR_EINVAL);
    bm_db_slow_ms(db, 10);
    ck_assert_int_eq(bm_db_query(NULL, db, &sleepy, BM_PARAMS(bm_param_text("hush-hush")), err, g_pool), APR_SUCCESS);
    ck_assert_ptr_nonnull(strstr(store_logged, "BM0205: slow statement sleepy: "));
    ck_assert_ptr_null(strstr(store_logged, "hush-hush"));
    ck_assert_ptr_null(strstr(err->detail, "hush-hush"));
}
END_TEST

BM_TEST(transactions_end_as_told)
{
    bm_db_t *db = plain(), *other = plain();
    bm_err_t *err = bm_err_make(g_pool);
    bm_stmt_t bad = { "bad", "select 1/0", .unprepared = 1 };

    store_sql(db, "drop table if exists tx");
    store_sql(db, "create table tx (id integer)");
    ck_assert_int_eq(bm_db_begin(db, err), APR_SUCCESS);
    store_sql(db, "insert into tx values (1)");
    ck_assert_int_eq(store_int(other, "select count(*) from tx"), 0);
    ck_assert_int_eq(bm_db_commit(db, err), APR_SUCCESS);
    ck_assert_int_eq(store_int(other, "select count(*) from tx"), 1);

    ck_assert_int_eq(bm_db_begin(db, err), APR_SUCCESS);
    store_sql(db, "insert into tx values (2)");
    bm_db_rollback(db);
    bm_db_rollback(db);                                       /* harmless */
    ck_assert_int_eq(store_int(other, "select count(*) from tx"), 1);

    /* COMMIT of a failed transaction is not a success, though the server says so */
    ck_assert_int_eq(bm_db_begin(db, err), APR_SUCCESS);
    store_sql(db, "insert into tx values (3)");
    ck_assert_int_ne(bm_db_query(NULL, db, &bad, BM_NO_PARAMS, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_db_commit(db, err), APR_EGENERAL);
    ck_assert_int_eq(store_int(other, "select count(*) from tx"), 1);
    store_sql(db, "drop table tx");
}
END_TEST

BM_TEST(pipe_is_one_transaction)
{
    static const bm_stmt_t insert = { "pipe_insert", "insert into px values ($1)" };
    static const bm_stmt_t count = { "pipe_count", "select count(*) from px" };
    bm_db_t *db = plain(), *other = plain();
    bm_err_t *err = bm_err_make(g_pool);
    bm_pipe_t *pipe = bm_pipe_make(db, g_pool);
    bm_rows_t **rows;
    int i;

    store_sql(db, "drop table if exists px");
    store_sql(db, "create table px (id integer primary key)");
    for (i = 1; i <= 3; i++)
        bm_pipe_add(pipe, &insert, BM_PARAMS(bm_param_int(i)));
    bm_pipe_add(pipe, &count, BM_NO_PARAMS);
    ck_assert_int_eq(bm_pipe_run(&rows, pipe, err), APR_SUCCESS);
    ck_assert_int_eq(bm_rows_affected(rows[2]), 1);
    ck_assert_int_eq(bm_rows_int64(rows[3], 0, 0, 0), 3);

    /* a failure takes back what came before it, with and without BEGIN, and the pipe is empty again */
    bm_pipe_add(pipe, &insert, BM_PARAMS(bm_param_int(4)));
    bm_pipe_add(pipe, &insert, BM_PARAMS(bm_param_int(1)));
    bm_pipe_add(pipe, &insert, BM_PARAMS(bm_param_int(5)));
    ck_assert_int_eq(bm_pipe_run(&rows, pipe, err), APR_EEXIST);
    bm_pipe_add(pipe, &bm_stmt_begin, BM_NO_PARAMS);
    bm_pipe_add(pipe, &insert, BM_PARAMS(bm_param_int(4)));
    bm_pipe_add(pipe, &insert, BM_PARAMS(bm_param_int(1)));
    bm_pipe_add(pipe, &bm_stmt_commit, BM_NO_PARAMS);
    ck_assert_int_eq(bm_pipe_run(&rows, pipe, err), APR_EEXIST);
    ck_assert_int_eq(PQtransactionStatus(bm_db_conn(db)), PQTRANS_IDLE);
    ck_assert_int_eq(store_int(other, "select count(*) from px"), 3);
    ck_assert_int_eq(bm_pipe_run(&rows, pipe, err), APR_SUCCESS);     /* nothing to do */
    store_sql(db, "drop table px");
}
END_TEST

/* More than any socket buffer in both directions: nobody waits for the other. */
BM_TEST(large_pipes_do_not_lock_up)
{
    static const bm_stmt_t echo = { "pipe_echo", "select $1::text" };
    bm_db_t *db = plain();
    bm_pipe_t *pipe = bm_pipe_make(db, g_pool);
    apr_size_t len = 4 * 1024 * 1024;
    char *text = apr_palloc(g_pool, len + 1);
    bm_rows_t **rows;
    int i;

    memset(text, 'x', len);
    text[len] = '\0';
    for (i = 0; i < 8; i++)
        bm_pipe_add(pipe, &echo, BM_PARAMS(bm_param_text(text)));
    ck_assert_int_eq(bm_pipe_run(&rows, pipe, NULL), APR_SUCCESS);
    for (i = 0; i < 8; i++)
        ck_assert_int_eq(bm_rows_length(rows[i], 0, 0), (int)len);
}
END_TEST

/* unnamed_statements: no prepared statement, and the settings hold inside each transaction but not in the session. */
BM_TEST(unnamed_statements_leave_nothing_behind)
{
    static const bm_stmt_t path = { "unnamed_path", "select current_setting('search_path') || ' ' || current_setting('jit')" };
    bm_db_options_t options = store_options("unnamed_schema");
    bm_rows_t *rows;
    PGresult *res;
    bm_db_t *db;
    int i;

    options.unnamed_statements = 1;
    db = store_connect(&options, g_pool);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(bm_db_query(&rows, db, &path, BM_NO_PARAMS, NULL, g_pool), APR_SUCCESS);
        ck_assert_str_eq(bm_rows_text(rows, 0, 0), "\"unnamed_schema\" off");
    }
    ck_assert_int_eq(bm_db_begin(db, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_db_query(&rows, db, &path, BM_NO_PARAMS, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(bm_rows_text(rows, 0, 0), "\"unnamed_schema\" off");
    ck_assert_int_eq(bm_db_commit(db, NULL), APR_SUCCESS);
    ck_assert_int_eq(store_int(db, "select count(*) from pg_prepared_statements"), 0);
    res = PQexec(bm_db_conn(db), "show search_path");
    ck_assert_ptr_null(strstr(PQgetvalue(res, 0, 0), "unnamed_schema"));
    PQclear(res);
}
END_TEST

#include "test_query.reg"
