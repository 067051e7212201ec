/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections that are held to projects: what they see, that nothing lets them see more, and their plans. */
#include "store_test.h"

#include <unistd.h>
#include "store/run_store.h"

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

/* --- pages of runs */

/* 60,000 runs of project 1 with five of project 2 in their midst and one of project 3 before them, a few of each in the
 * queue; of the rare ones the statistics know nothing. Ids go up by one a second. */
static bm_db_t *crowd(void)
{
    bm_db_t *db = scene();

    store_sql(db, "insert into runs (id, project_id, scenario_id, automation_id, fence, status, attempt, created_at, finished_at,"
                  " provider) select i, case when i = 1 then 3 when i between 30001 and 30005 then 2 else 1 end, i % 50,"
                  " i % 20, i, case when i % 1000 = 3 then 'failed' else 'completed' end, 1,"
                  " '2026-01-01'::timestamptz + i * interval '1 second', '2026-01-02', 'mock' from generate_series(1, 60000) i");
    store_sql(db, "insert into scenarios (id, project_id, automation_id, name) select i, i, i, 'a' from generate_series(1, 3) i");
    store_sql(db, "insert into run_queue (id, project_id, target_id, scenario_id, slot, spec, created_at)"
                  " select i, 1 + i % 3, 1, 1 + i % 3, 1, '{}', '2026-01-01'::timestamptz + i * interval '1 second'"
                  " from generate_series(60001, 60009) i");
    store_sql(db, "analyze");
    return db;
}

/* The ids of a page. */
static const char *page(bm_db_t *db, const bm_run_filter_t *filter)
{
    const char *ids = "";
    bm_rows_t *rows;
    int i, n;

    ck_assert_int_eq(bm_run_store_list(&rows, db, filter, NULL, g_pool), APR_SUCCESS);
    n = bm_rows_count(rows) < filter->limit ? bm_rows_count(rows) : filter->limit;
    for (i = 0; i < n; i++)
        ids = apr_pstrcat(g_pool, ids, i > 0 ? "," : "", bm_rows_text(rows, i, BM_RUN_FIRST), NULL);
    return ids;
}

static apr_int64_t counted(bm_db_t *db, const bm_run_filter_t *filter)
{
    apr_int64_t count = -1;

    ck_assert_int_eq(bm_run_store_count(&count, db, filter, 10000, NULL, g_pool), APR_SUCCESS);
    return count;
}

static const struct {
    const char *held;
    apr_int64_t after;
    int ascending, limit, skip, from, to;         /* from, to: seconds behind the first of January */
    const char *ids;
    apr_int64_t count;
} crowd_pages[] = {
    { "{2}", 0, 0, 10, 0, 0, 0, "60007,60004,60001,30005,30004,30003,30002,30001", 8 },
    { "{3}", 0, 0, 10, 0, 0, 0, "60008,60005,60002,1", 4 },
    { "{2,3}", 0, 0, 5, 0, 0, 0, "60008,60007,60005,60004,60002", 12 },
    { "{2,3}", 60002, 0, 3, 0, 0, 0, "60001,30005,30004", 12 },
    { "{3,2}", 0, 1, 4, 0, 0, 0, "1,30001,30002,30003", 12 },
    { "{3,2}", 30003, 1, 3, 0, 0, 0, "30004,30005,60001", 12 },
    { "{2}", 0, 0, 2, 3, 0, 0, "30005,30004", 8 },
    { "{2}", 30004, 0, 10, 0, 0, 0, "30003,30002,30001", 8 },
    { "{2}", 0, 0, 10, 0, 30003, 0, "60007,60004,60001,30005,30004,30003", 6 },
    { "{2}", 0, 0, 10, 0, 30002, 30004, "30003,30002", 2 },
    { "{2,3}", 0, 0, 10, 0, 0, 30002, "30001,1", 2 },
    { "{3}", 0, 0, 10, 0, 60005, 0, "60008,60005", 2 },
    { "{4}", 0, 0, 10, 0, 0, 0, "", 0 },
    { "{}", 0, 0, 10, 0, 0, 0, "", 0 },
    { "{1,2,3}", 0, 0, 3, 0, 0, 0, "60009,60008,60007", 10001 }
};

static bm_run_filter_t crowd_filter(int i)
{
    const apr_time_t january = apr_time_from_sec(1767225600);

    return (bm_run_filter_t){
        .scenario_id = -1, .automation_id = -1, .summary = 1, .after = crowd_pages[i].after,
        .ascending = crowd_pages[i].ascending,
        .limit = crowd_pages[i].limit, .skip = crowd_pages[i].skip,
        .from = crowd_pages[i].from ? january + apr_time_from_sec(crowd_pages[i].from) : 0,
        .to = crowd_pages[i].to ? january + apr_time_from_sec(crowd_pages[i].to) : 0
    };
}

BM_TEST(pages_of_runs_are_those_of_the_projects)
{
    bm_db_t *db = crowd();
    size_t i;

    for (i = 0; i < sizeof(crowd_pages) / sizeof(crowd_pages[0]); i++) {
        bm_run_filter_t filter = crowd_filter((int)i);

        ck_assert_int_eq(bm_db_hold(db, crowd_pages[i].held), APR_SUCCESS);
        ck_assert_msg(strcmp(page(db, &filter), crowd_pages[i].ids) == 0, "%d: %s", (int)i, page(db, &filter));
        ck_assert_msg(counted(db, &filter) == crowd_pages[i].count, "%d: %d", (int)i, (int)counted(db, &filter));
        filter.scenario_id = 3;
        (void)page(db, &filter);
    }
}
END_TEST

/* Rows of runs and queue that this transaction has read. */
static apr_int64_t rows_read(bm_db_t *db)
{
    return store_int(db, "select coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::bigint from pg_stat_xact_all_tables"
                         " where relname ~ '^(runs|run_queue)'");
}

/* However many runs others have made since, and whatever the plan was made for. */
BM_TEST(pages_of_a_small_project_do_not_walk_over_others)
{
    static const char *const modes[] = { "auto", "force_generic_plan", "force_custom_plan" };
    bm_db_t *db = crowd();
    apr_int64_t before;
    size_t i, m;
    int k;

    for (m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
        store_sql(db, apr_psprintf(g_pool, "set plan_cache_mode = %s", modes[m]));
        for (i = 0; i < sizeof(crowd_pages) / sizeof(crowd_pages[0]) - 1; i++) {
            bm_run_filter_t filter = crowd_filter((int)i);

            ck_assert_int_eq(bm_db_hold(db, crowd_pages[i].held), APR_SUCCESS);
            ck_assert_int_eq(bm_db_begin(db, NULL), APR_SUCCESS);
            before = rows_read(db);
            for (k = 0; k < 8; k++) {
                (void)page(db, &filter);
                (void)counted(db, &filter);
            }
            k = (int)(rows_read(db) - before);
            ck_assert_msg(k < 8 * 500, "%s, page %d: %d rows are read", modes[m], (int)i, k);
            bm_db_rollback(db);
        }
    }
}
END_TEST

/* --- filters */

/* 40,000 runs of project 1 behind those of project 2, three times as many failures of others as runs of 2, as many runs of others
 * waiting before and behind his own, all of one scenario (7); and what statistics of a time when there was nothing said of it. */
static bm_db_t *others(int analyzed)
{
    bm_db_t *db = scene();

    ck_assert_int_eq(store_int(db, "select count(*) from automations where (name, id) in (('a', 1), ('b', 2), ('bb', 3))"), 3);
    store_sql(db, "insert into scenarios (id, project_id, automation_id, name)"
                  " values (7, 1, 1, 'a'), (8, 2, 2, 'b'), (9, 2, 3, 'bb')");
    store_sql(db, "analyze");
    store_sql(db, "insert into runs (id, project_id, scenario_id, automation_id, fence, status, attempt, created_at, finished_at,"
                  " provider, error_code, total_us) select i, case when i <= 10 then 2 else 1 end,"
                  " case when i <= 5 then 8 when i <= 10 then 9 else 7 end,"
                  " case when i <= 5 then 2 when i <= 10 then 3 else 1 end, i,"
                  " (array['completed', 'failed', 'cancelled', 'timed_out', 'failed'])[1 + i % 5], 1,"
                  " '2026-01-01'::timestamptz + i * interval '1 second', '2026-01-02', 'mock',"
                  " case when i % 5 = 4 then 'attempts_exhausted' end, i from generate_series(1, 40000) i");
    store_sql(db, "insert into run_queue (id, project_id, target_id, scenario_id, slot, spec, state, created_at)"
                  " select i, case when i in (50000, 50001, 50002) then 2 else 1 end,"
                  " case when i in (50000, 50001) then 2 when i = 50002 then 3 else 1 end,"
                  " case when i in (50000, 50001) then 8 when i = 50002 then 9 else 7 end, 1, '{}',"
                  " case when i % 2 = 1 then 'running' else 'pending' end, '2026-01-03'::timestamptz"
                  " from generate_series(40001, 60000) i");
    if (analyzed)
        store_sql(db, "analyze");
    return db;
}

static const struct {
    const char *statuses[4], *error_code, *sort;
    apr_int64_t scenario_id, automation_id;
    const char *ids;
} filtered[] = {
    { { NULL }, NULL, NULL, -1, -1, "50002,50001,50000,10,9,8,7,6,5,4" },
    { { "pending" }, NULL, NULL, -1, -1, "50002,50000" },
    { { "running" }, NULL, NULL, -1, -1, "50001" },
    { { "pending", "running" }, NULL, NULL, -1, -1, "50002,50001,50000" },
    { { "completed" }, NULL, NULL, -1, -1, "10,5" },
    { { "failed" }, NULL, NULL, -1, -1, "9,6,4,1" },
    { { "cancelled" }, NULL, NULL, -1, -1, "7,2" },
    { { "timed_out" }, NULL, NULL, -1, -1, "8,3" },
    { { "running", "timed_out", "completed" }, NULL, NULL, -1, -1, "50001,10,8,5,3" },
    { { NULL }, "attempts_exhausted", NULL, -1, -1, "9,4" },
    { { NULL }, NULL, NULL, 8, -1, "50001,50000,5,4,3,2,1" },
    { { "failed", "pending" }, NULL, NULL, 8, -1, "50000,4,1" },
    { { NULL }, NULL, NULL, 9, 3, "50002,10,9,8,7,6" },
    { { NULL }, NULL, NULL, -1, 3, "50002,10,9,8,7,6" },
    { { "failed" }, NULL, NULL, -1, 2, "4,1" },
    { { NULL }, NULL, NULL, 7, -1, "" },                /* what is another's */
    { { "pending" }, NULL, NULL, 7, -1, "" },
    { { NULL }, NULL, NULL, -1, 1, "" },
    { { "completed" }, NULL, "total_duration_ms", 7, -1, "" },
    { { NULL }, NULL, "total_duration_ms", -1, -1, "10,9,8,7,6,5,4,3,2,1" },
    { { "failed" }, NULL, "ttft_ms", -1, -1, "9,6,4,1" },
    { { NULL }, NULL, "finished_at", 8, -1, "5,4,3,2,1" },
    { { "pending" }, NULL, "finished_at", -1, -1, "" }
};

static bm_run_filter_t filter_of(int i, apr_array_header_t *statuses)
{
    int k;

    apr_array_clear(statuses);
    for (k = 0; filtered[i].statuses[k] != NULL; k++)
        APR_ARRAY_PUSH(statuses, const char *) = filtered[i].statuses[k];
    return (bm_run_filter_t){ .scenario_id = filtered[i].scenario_id, .automation_id = filtered[i].automation_id,
                              .statuses = k > 0 ? statuses : NULL, .error_code = filtered[i].error_code, .sort = filtered[i].sort,
                              .summary = 1, .limit = 10 };
}

static int times_of(const char *ids, char c)
{
    int n = 0;

    for (; *ids != '\0'; ids++)
        n += *ids == c;
    return n;
}

/* The same the other way round. */
static const char *reversed(const char *ids)
{
    const char *back = "";
    char *rest, *copy = apr_pstrdup(g_pool, ids), *id;

    for (id = apr_strtok(copy, ",", &rest); id != NULL; id = apr_strtok(NULL, ",", &rest))
        back = apr_pstrcat(g_pool, id, back[0] ? "," : "", back, NULL);
    return back;
}

BM_LOOP_TEST(filters_read_nothing_of_others, 2)
{
    static const char *const modes[] = { "auto", "force_generic_plan", "force_custom_plan" };
    apr_array_header_t *statuses = apr_array_make(g_pool, 4, sizeof(const char *));
    bm_db_t *db = others(_i);
    apr_int64_t before, n;
    size_t i, m;
    int k;

    ck_assert_int_eq(bm_db_hold(db, "{2}"), APR_SUCCESS);
    for (m = 0; m < BM_COUNT(modes); m++) {
        store_sql(db, apr_psprintf(g_pool, "set plan_cache_mode = %s", modes[m]));
        for (i = 0; i < BM_COUNT(filtered); i++) {
            bm_run_filter_t filter = filter_of((int)i, statuses);

            ck_assert_int_eq(bm_db_begin(db, NULL), APR_SUCCESS);
            before = rows_read(db);
            for (k = 0; k < 7; k++) {
                ck_assert_msg(strcmp(page(db, &filter), filtered[i].ids) == 0, "%d: %s", (int)i, page(db, &filter));
                n = counted(db, &filter);
                ck_assert_msg(n == (filtered[i].ids[0] ? times_of(filtered[i].ids, ',') + 1 : 0) || i == 0, "%d: %d", (int)i,
                              (int)n);
            }
            k = (int)(rows_read(db) - before);
            ck_assert_msg(k < 7 * 150, "%s, filter %d: %d rows are read", modes[m], (int)i, k);
            bm_db_rollback(db);
        }
    }
}
END_TEST

BM_TEST(filters_of_who_is_held_in_any_order_and_behind_a_run)
{
    apr_array_header_t *statuses = apr_array_make(g_pool, 4, sizeof(const char *));
    bm_db_t *db = others(1);
    size_t i;

    ck_assert_int_eq(bm_db_hold(db, "{2,3}"), APR_SUCCESS);
    for (i = 1; i < BM_COUNT(filtered); i++) {
        bm_run_filter_t filter = filter_of((int)i, statuses);
        const char *back = reversed(filtered[i].ids), *comma;

        filter.ascending = 1;
        ck_assert_msg(strcmp(page(db, &filter), back) == 0, "%d: %s", (int)i, page(db, &filter));
        if ((comma = strchr(back, ',')) == NULL)
            continue;
        filter.after = strtol(back, NULL, 10);
        ck_assert_msg(strcmp(page(db, &filter), comma + 1) == 0, "%d: %s", (int)i, page(db, &filter));
        filter.after = 0;
        filter.skip = 1;
        ck_assert_msg(strcmp(page(db, &filter), comma + 1) == 0, "%d: %s", (int)i, page(db, &filter));
    }
}
END_TEST

#include "test_held.reg"
