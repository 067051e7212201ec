/* SPDX-License-Identifier: Apache-2.0
 *
 * Hours that lost runs are rebuilt from rows: some runs are deleted, and every counter and quantile must be that of cells made
 * from the samples of the others. */
#include "kpi_scene.h"

BM_TEST(what_is_left_is_what_counts)
{
    scene_t s = scene("rebuild_left");

    scene_record(&s, 400);
    assert_true(s.db, s.samples);
    ck_assert_int_gt(compact(s.db), 0);
    scene_record(&s, 300);                           /* partly in cells, partly in deltas */
    assert_true(s.db, s.samples);
    ck_assert_int_eq(rebuild(s.db), 0);
    delete_runs(s.db, "id % 3 = 0");
    ck_assert_int_ge(store_int(s.db, "select count(*) from kpi_dirty"), 2 * HOURS);
    ck_assert_int_ge(rebuild(s.db), 2 * HOURS);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty"), 0);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_delta"), 0);
    assert_true(s.db, s.samples);
    ck_assert_int_eq(rebuild(s.db), 0);
    scene_record(&s, 50);                            /* goes on as ever */
    compact(s.db);
    assert_true(s.db, s.samples);
    delete_runs(s.db, "true");
    rebuild(s.db);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell"), 0);
}
END_TEST

/* Labels that were changed: their hours are counted anew, and a name that nobody had before gets a number. */
BM_TEST(labels_that_change_are_followed)
{
    scene_t s = scene("rebuild_labels");
    const json_t *labels = json_pack("[s, s]", "new one", "gpu");
    bm_rows_t *rows;
    apr_int64_t id;

    scene_record(&s, 200);
    compact(s.db);
    ck_assert_int_eq(store_int(s.db, "select count(*) from labels where id > 1"), 5);      /* nightly gpu c d é */
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 1 and label_id = 1"),
                     store_int(s.db, "select count(*) from runs where 'fifth' = any(labels)"));
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 0 and label_id ="
                                     " (select id from labels where name = 'gpu')"),
                     store_int(s.db, "select count(*) from runs where 'gpu' = any(labels)"));
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 0 and label_id = 0"), 200);
    rows = store_sql(s.db, "select id from runs where labels = '{}' and status = 'completed' limit 1");
    id = bm_rows_int64(rows, 0, 0, 0);
    ck_assert_int_eq(bm_run_store_annotate(s.db, id, NULL, 1, "only a note", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty"), 0);
    ck_assert_int_eq(bm_run_store_annotate(s.db, id, labels, 0, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty"), 1);
    ck_assert_int_eq(bm_run_store_annotate(s.db, id, labels, 0, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(rebuild(s.db), 1);
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 1 and label_id ="
                                     " (select id from labels where name = 'new one')"), 1);
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 1 and label_id ="
                                     " (select id from labels where name = 'gpu')"),
                     store_int(s.db, "select count(*) from runs where 'gpu' = any(labels)"));
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 1 and label_id = 0"), 200);
}
END_TEST

/* Where the hours of a day are dropped, a mark means its day, which is made of its rows at once; where the day is dropped, too,
 * nothing is. */
BM_TEST(a_day_without_hours_is_made_of_its_rows)
{
    scene_t s = scene("rebuild_days");
    apr_int64_t cells;

    scene_record(&s, 300);
    compact(s.db);
    scene_record(&s, 100);
    store_sql(s.db, "update kpi_state set hours_from = (floor(extract(epoch from now()) / 86400)::integer + 1) * 24");
    store_sql(s.db, "delete from kpi_cell where level = 0");
    delete_runs(s.db, "id % 4 = 0");
    store_sql(s.db, "update kpi_state set rewritten = 0");
    ck_assert_int_ge(rebuild(s.db), 2 * HOURS);
    ck_assert_int_ge(store_int(s.db, "select rewritten from kpi_state"), 2 * HOURS);      /* boards in memory must know */
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where level = 0"), 0);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_delta"), 0);
    assert_true_from(s.db, s.samples, 1);
    store_sql(s.db, "update kpi_state set days_from = hours_from / 24");
    cells = store_int(s.db, "select sum(n)::bigint from kpi_cell");
    delete_runs(s.db, "id % 4 = 1");
    ck_assert_int_ge(rebuild(s.db), 2 * HOURS);
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell"), cells);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty"), 0);
}
END_TEST

/* There is room for so many: what comes later is counted together, by recording and by rebuilding. */
BM_TEST(labels_have_an_upper_bound)
{
    scene_t s = scene("rebuild_many_labels");

    store_sql(s.db, "insert into labels (name) select 'filler ' || i from generate_series(1, 998) i");
    scene_record(&s, 200);
    compact(s.db);
    ck_assert_int_eq(store_int(s.db, "select count(*) from labels"), 1001);
    assert_true(s.db, s.samples);
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 1 and label_id = 1"),
                     store_int(s.db, "select count(*) from runs where labels <> '{}' and exists (select 1 from unnest(labels) l"
                                     " where l not like 'group:%' and l not in (select name from labels))"));
    store_sql(s.db, "insert into kpi_dirty (scenario_id, source, hour) select distinct scenario_id, source, bucket from kpi_cell"
                    " where level = 0");
    ck_assert_int_ge(rebuild(s.db), HOURS);
    assert_true(s.db, s.samples);
    ck_assert_int_eq(store_int(s.db, "select count(*) from labels"), 1001);
}
END_TEST

/* Rebuilding an hour that lost nothing changes nothing but the order of sums. */
BM_TEST(a_rebuilt_cell_equals_the_recorded_one)
{
    scene_t s = scene("rebuild_same");

    scene_record(&s, 600);
    compact(s.db);
    ck_assert_int_gt(store_int(s.db, "select count(*) from runs where timeline is not null"), 300);
    store_sql(s.db, "insert into kpi_dirty (scenario_id, source, hour) select scenario_id, source, bucket from kpi_cell"
                    " where level = 0 group by 1, 2, 3");
    store_sql(s.db, "update kpi_cell set body = 'x' where level = 1");           /* a day is made of its hours */
    ck_assert_int_gt(rebuild(s.db), HOURS);
    assert_true(s.db, s.samples);
}
END_TEST

BM_TEST(runs_recorded_or_deleted_meanwhile_are_counted_once)
{
    scene_t s = scene("rebuild_meanwhile");
    bm_db_options_t options = store_options("rebuild_meanwhile");
    bm_db_t *other = store_connect(&options, g_pool);
    bm_kpi_hour_t *hour;
    apr_array_header_t *runs;
    int more = 1;

    scene_record(&s, 300);
    delete_runs(s.db, "kind = 0 and id % 5 = 0");
    ck_assert_int_eq(bm_db_begin(s.db, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_rebuild_store_take(&hour, s.db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_rebuild_store_open(hour, s.db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_rebuild_store_next(&runs, &more, hour, s.db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_gt(hour->deltas->nelts, 0);
    /* the cells of nothing go in: only what comes now is left of this hour, and its mark */
    record_runs(s.samples, s.finish, other, 100, &s.rand, g_pool);
    delete_runs(other, apr_psprintf(g_pool, "kind = 0 and id in (select max(id) from runs where kind = 0 and"
                       " floor(extract(epoch from finished_at) / 3600) = %d)", hour->mark.hour));
    ck_assert_int_eq(bm_kpi_rebuild_store_write(s.db, hour, NULL, 0, bm_kpi_merge, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_db_commit(s.db, NULL), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, apr_psprintf(g_pool, "select count(*) from kpi_dirty where source = 0 and hour = %d",
                                                  hour->mark.hour)), 1);
    ck_assert_int_gt(store_int(s.db, apr_psprintf(g_pool, "select count(*) from kpi_delta where source = 0 and hour = %d",
                                                  hour->mark.hour)), 0);
    ck_assert_int_gt(rebuild(s.db), 0);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty"), 0);
}
END_TEST

/* Of load tests the requests count: the cell of a rebuilt hour is that of the rows that are left, the warm-up left out. */
BM_TEST(hours_of_load_tests_are_made_of_requests)
{
    scene_t s = scene("rebuild_loadtest");

    store_sql(s.db, "insert into requests (loadtest_id, scenario_id, fence, seq, phase, at, status, planned_us, sent_us,"
                    "  first_content_us, last_content_us, end_us, queue_us, good, model_id)"
                    " select l, 7, 1, n, case when n < 10 then 0 else 1 end, now(), case when n % 10 = 0 then 'failed'"
                    "  else 'completed' end, n * 1000, n * 1000 + 50, n * 1000 + 20050, n * 1000 + 30050, n * 1000 + 30100, 20,"
                    "  n % 10 > 0, 0 from generate_series(1, 2) l, generate_series(0, 109) n");
    store_sql(s.db, "insert into kpi_dirty (scenario_id, source, hour) values"
                    " (7, 1, floor(extract(epoch from now()) / 3600)::integer)");
    ck_assert_int_eq(rebuild(s.db), 1);
    ck_assert_int_eq(store_int(s.db, "select n from kpi_cell where source = 1 and level = 0"), 200);
    ck_assert_int_eq(store_int(s.db, "select n from kpi_cell where source = 1 and level = 1"), 200);
    store_sql(s.db, "delete from requests where loadtest_id = 2");
    store_sql(s.db, "insert into kpi_dirty (scenario_id, source, hour) values"
                    " (7, 1, floor(extract(epoch from now()) / 3600)::integer)");
    ck_assert_int_eq(rebuild(s.db), 1);
    ck_assert_int_eq(store_int(s.db, "select n from kpi_cell where source = 1 and level = 0"), 100);
    store_sql(s.db, "delete from requests");
    store_sql(s.db, "insert into kpi_dirty (scenario_id, source, hour) values"
                    " (7, 1, floor(extract(epoch from now()) / 3600)::integer)");
    ck_assert_int_eq(rebuild(s.db), 1);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where source = 1"), 0);
}
END_TEST

BM_TEST(a_damaged_delta_is_made_good)
{
    scene_t s = scene("rebuild_damaged");

    scene_record(&s, 200);
    store_sql(s.db, "update kpi_delta set body = 'xyz' where source = 3");
    store_log_capture();
    compact(s.db);
    ck_assert_ptr_nonnull(strstr(store_logged, "BM0220"));
    ck_assert_int_gt(rebuild(s.db), 0);
    assert_true(s.db, s.samples);
}
END_TEST

/* The runs of the oldest partition are gone, those of the next are there. */
static void drop_oldest(bm_db_t *db)
{
    store_sql(db, "alter table runs detach partition runs_p0");
    store_sql(db, "create table runs_p1 partition of runs for values from (100) to (10000000)");
    store_sql(db, "insert into runs select * from runs_p0 where id >= 100");
    store_sql(db, "drop table runs_p0");
}

BM_TEST(an_hour_that_retention_has_reached_stays)
{
    scene_t s = scene("rebuild_retention");
    apr_int64_t before, id;

    scene_record(&s, 200);
    compact(s.db);
    before = store_int(s.db, "select sum(n) from kpi_cell where level = 0");
    drop_oldest(s.db);
    delete_runs(s.db, "id = 150");
    store_log_capture();
    ck_assert_int_eq(rebuild(s.db), 1);
    ck_assert_ptr_nonnull(strstr(store_logged, "BM0553"));
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty"), 0);
    ck_assert_int_eq(store_int(s.db, "select sum(n) from kpi_cell where level = 0"), before);
    /* An hour whose runs are all in what is left is rebuilt. */
    store_sql(s.db, "delete from kpi_cell");
    store_sql(s.db, "delete from runs");
    s.samples->nelts = 0;
    scene_record(&s, 100);
    id = store_int(s.db, "select max(id) from runs");
    delete_runs(s.db, apr_psprintf(g_pool, "id = %d", (int)id));
    ck_assert_int_eq(rebuild(s.db), 1);
    assert_true(s.db, s.samples);
}
END_TEST

BM_TEST(of_a_scenario_that_is_gone_nothing_stays)
{
    scene_t s = scene("rebuild_gone");

    scene_record(&s, 200);
    compact(s.db);
    scene_record(&s, 20);
    drop_oldest(s.db);
    store_sql(s.db, "insert into kpi_dirty (scenario_id, source, hour) select scenario_id, source, bucket from kpi_cell"
                    " where level = 0 group by 1, 2, 3");
    store_sql(s.db, "delete from runs");
    store_sql(s.db, "delete from scenarios where id = 7");
    ck_assert_int_gt(rebuild(s.db), 0);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell"), 0);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_delta"), 0);
}
END_TEST

/* One hour that cannot be rebuilt waits; the others are not held up. */
BM_TEST(a_failure_goes_to_the_back)
{
    scene_t s = scene("rebuild_failure");
    apr_int64_t day;

    scene_record(&s, 300);
    compact(s.db);
    day = store_int(s.db, "select max(bucket) from kpi_cell where level = 1");
    store_sql(s.db, apr_psprintf(g_pool, "insert into kpi_cell (scenario_id, source, level, bucket, n, min_id, max_id, body)"
                                 " values (7, 3, 0, %d, 1, 1, 1, 'x')", (int)day * 24 + 23));
    store_sql(s.db, apr_psprintf(g_pool, "delete from kpi_cell where source = 3 and level = 0 and body <> 'x' and bucket <> %d",
                                 (int)day * 24));
    store_sql(s.db, apr_psprintf(g_pool, "insert into kpi_dirty (scenario_id, source, hour, marked_at) values"
                                 " (7, 3, %d, now() - interval '1 day'), (7, 0, %d, now())", (int)day * 24, (int)day * 24 + 1));
    store_log_capture();
    ck_assert_int_eq(rebuild(s.db), 2);
    ck_assert_ptr_nonnull(strstr(store_logged, "BM0550"));
    ck_assert_ptr_nonnull(strstr(store_logged, "BM0554"));
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty where source = 3 and marked_at > now()"), 1);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_dirty"), 1);
    store_sql(s.db, "delete from kpi_cell where body = 'x'");
    store_sql(s.db, "update kpi_dirty set marked_at = now()");
    ck_assert_int_eq(rebuild(s.db), 1);
}
END_TEST

/* Compaction, rebuild and the deletion of a scenario exclude each other. */
BM_TEST(one_at_a_time_moves_cells)
{
    static const apr_int64_t id = SCENARIO;
    scene_t s = scene("rebuild_lock");
    bm_db_options_t options = store_options("rebuild_lock");
    bm_db_t *other = store_connect(&options, g_pool);
    int folded;

    scene_record(&s, 50);
    compact(s.db);
    scene_record(&s, 50);
    delete_runs(s.db, "id % 2 = 0");
    ck_assert_int_eq(bm_db_begin(other, NULL), APR_SUCCESS);
    store_sql(other, "select 1 from kpi_state for update");
    ck_assert_int_eq(rebuild(s.db), 0);
    ck_assert_int_eq(bm_kpi_store_compact(&folded, s.db, 0, 1000, bm_kpi_merge, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(folded, 0);
    ck_assert_int_eq(bm_db_begin(s.db, NULL), APR_SUCCESS);
    store_sql(s.db, "set local lock_timeout = '200ms'");
    store_log_capture();
    ck_assert_int_eq(bm_scenario_store_delete(s.db, &id, 1, NULL, g_pool), APR_EAGAIN);
    bm_db_rollback(s.db);
    bm_db_rollback(other);
    ck_assert_int_eq(bm_db_begin(s.db, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_scenario_store_delete(s.db, &id, 1, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_db_commit(s.db, NULL), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, "select (select count(*) from kpi_dirty) + (select count(*) from kpi_cell)"
                                     " + (select count(*) from kpi_delta) + (select count(*) from runs)"), 0);
}
END_TEST

#include "test_kpi_rebuild.reg"
