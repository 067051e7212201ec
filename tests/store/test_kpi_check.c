/* SPDX-License-Identifier: Apache-2.0
 *
 * The daily comparison: cells that say what rows say pass, each way of being wrong is found, and what was found is mended. */
#include "kpi_scene.h"

#include "engine/kpi_check.h"
#include "job/job_runner.h"

/* All days that the scene's runs lie in, both kinds. *pworst: the first difference. */
static bm_kpi_check_found_t check_all(bm_db_t *db)
{
    bm_kpi_check_found_t found = { 0 };
    apr_int32_t today = (apr_int32_t)(apr_time_sec(apr_time_now()) / 86400), day;
    int source;

    for (day = today - 1; day <= today; day++)
        for (source = 0; source <= 3; source += 3)
            ck_assert_int_eq(bm_kpi_check_day(&found, &(bm_kpi_check_day_t){ SCENARIO, source, day }, db, bm_err_make(g_pool),
                                              g_pool), APR_SUCCESS);
    return found;
}

BM_TEST(cells_and_deltas_that_are_right_pass)
{
    scene_t s = scene("check_right");
    bm_kpi_check_found_t found;

    scene_record(&s, 500);
    found = check_all(s.db);                         /* deltas only */
    ck_assert_msg(found.drifted == 0, "%s", found.worst);
    ck_assert_int_ge(found.hours, 2 * HOURS);
    ck_assert_int_ge(found.figures, 2 * HOURS * 60);
    compact(s.db);
    scene_record(&s, 200);
    found = check_all(s.db);
    ck_assert_msg(found.drifted == 0, "%s", found.worst);
    delete_runs(s.db, "id % 5 = 0");                 /* those hours wait to be rebuilt, and are passed over */
    found = check_all(s.db);
    ck_assert_int_eq(found.drifted, 0);
    ck_assert_int_eq(found.hours, 0);
    rebuild(s.db);
    found = check_all(s.db);
    ck_assert_msg(found.drifted == 0, "%s", found.worst);
    store_sql(s.db, "update kpi_state set hours_from = (floor(extract(epoch from now()) / 86400)::integer + 1) * 24");
    store_sql(s.db, "delete from kpi_cell where level = 0");
    found = check_all(s.db);                         /* days are compared without their hours */
    ck_assert_int_eq(found.drifted, 0);
    ck_assert_int_gt(found.figures, 60);
    store_sql(s.db, "update kpi_cell set body = (select body from kpi_cell where source = 3 limit 1) where source = 0");
    store_log_capture();
    found = check_all(s.db);
    ck_assert_int_ge(found.drifted, 1);
    ck_assert_ptr_nonnull(strstr(found.worst, "day "));
    rebuild(s.db);
    assert_true_from(s.db, s.samples, 1);
}
END_TEST

static const char *const damages[] = {
    "update kpi_cell c set body = (select body from kpi_cell o where o.source = c.source and o.level = 0 and o.bucket <> c.bucket"
    " and o.body <> c.body order by n desc limit 1) where level = 0 and label_id = 0 and (scenario_id, source, bucket) ="
    " (select 7, 0, max(bucket) from kpi_cell where level = 0 and source = 0)",
    "delete from kpi_cell where level = 0 and source = 0 and bucket = (select min(bucket) from kpi_cell where level = 0)",
    "delete from kpi_cell",
    "update kpi_cell set body = 'x' where level = 0 and source = 0"
    " and bucket = (select min(bucket) from kpi_cell where level = 0)"
    " and ctid = (select max(ctid) from kpi_cell where level = 0 and source = 0 and label_id = 0 and bucket ="
    "  (select min(bucket) from kpi_cell where level = 0))",
    "update kpi_cell set more = null where level = 0 and source = 0 and label_id = 0"
    " and bucket = (select min(bucket) from kpi_cell where level = 0)",
    "update kpi_cell set more = 'x' where level = 1 and source = 0 and label_id = 0",
    "delete from kpi_cell where level = 1 and source = 0 and label_id = 0",
    "delete from runs where id = (select max(id) from runs where status = 'completed')",
    "update runs set ttft_us = ttft_us + 1000 where id = (select max(id) from runs where ttft_us is not null"
    " and status = 'completed')",
    "update runs set cost_nano = coalesce(cost_nano, 0) + 1 where id = (select max(id) from runs)"
};

/* Whatever was done to cells or rows by hand. */
BM_LOOP_TEST(each_kind_of_damage_is_found_and_mended, BM_COUNT(damages))
{
    scene_t s = scene(apr_psprintf(g_pool, "check_wrong_%d", _i));
    bm_kpi_check_found_t found;

    scene_record(&s, 400);
    compact(s.db);
    ck_assert_int_eq(check_all(s.db).drifted, 0);
    store_sql(s.db, damages[_i]);
    store_log_capture();
    found = check_all(s.db);
    ck_assert_int_ge(found.drifted, 1);
    ck_assert_ptr_nonnull(found.worst);
    ck_assert_ptr_nonnull(strstr(store_logged, "BM0556"));
    ck_assert_int_ge(store_int(s.db, "select count(*) from kpi_dirty"), 1);
    ck_assert_int_ge(rebuild(s.db), 1);
    found = check_all(s.db);
    ck_assert_msg(found.drifted == 0, "%s", found.worst);
    ck_assert_int_gt(found.hours, 0);
    if (_i < 5)
        assert_true(s.db, s.samples);
}
END_TEST

/* Rows that retention has dropped are no measure. */
BM_TEST(dropped_rows_are_no_measure)
{
    scene_t s = scene("check_dropped");
    bm_kpi_check_found_t found;
    bm_kpi_check_day_t day;

    ck_assert_int_eq(bm_kpi_check_store_pick(&day, s.db, NULL, g_pool), APR_NOTFOUND);
    scene_record(&s, 100);
    compact(s.db);
    ck_assert_int_eq(bm_kpi_check_store_pick(&day, s.db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(day.scenario_id, SCENARIO);
    store_sql(s.db, "create table runs_p1 partition of runs for values from (10000000) to (20000000)");
    store_sql(s.db, "drop table runs_p0");
    found = check_all(s.db);
    ck_assert_int_eq(found.hours + found.drifted + found.figures, 0);
    found = (bm_kpi_check_found_t){ .hours = 5, .drifted = 2, .figures = 300, .worst = "something" };
    ck_assert_int_eq(bm_kpi_check_store_note(s.db, &day, &found, NULL, g_pool), APR_SUCCESS);
    found = (bm_kpi_check_found_t){ .hours = 7, .figures = 400 };
    ck_assert_int_eq(bm_kpi_check_store_note(s.db, &day, &found, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(store_text(s.db, "select concat_ws(' ', hours, drifted, figures, worst, checks_total, hours_total,"
                                      " drifted_total) from kpi_check"), "7 0 400 something 2 12 2");
}
END_TEST

/* Some draws name no day: of load tests the requests count. The job passes over them. */
BM_TEST(a_draw_that_names_no_day_is_no_failure)
{
    static const bm_job_t *const jobs[] = { &bm_kpi_check_job, NULL };
    bm_job_runner_t *runner = bm_job_runner_make(jobs, "me", NULL, g_pool);
    scene_t s = scene("check_draws");
    int ran, i;

    for (i = 0; i < 12; i++) {
        if (i == 2) {                                /* nothing was recorded before */
            ck_assert_int_eq(store_int(s.db, "select checks_total from kpi_check"), 0);
            scene_record(&s, 20);
            store_sql(s.db, "create table twins as select * from runs");
            store_sql(s.db, "update twins set kind = 1, id = id + (select max(id) - min(id) + 1 from runs)");
            store_sql(s.db, "insert into runs select * from twins");
        }
        store_sql(s.db, "update jobs set next_run_at = now(), failures = 0 where name = 'kpi-check'");
        ck_assert_int_eq(bm_job_runner_tick(&ran, runner, s.db, NULL), APR_SUCCESS);
        ck_assert_int_eq(ran, 1);
        ck_assert_msg(store_int(s.db, "select failures from jobs where name = 'kpi-check'") == 0, "%s",
                      store_text(s.db, "select last_error from jobs where name = 'kpi-check'"));
    }
    ck_assert_int_ge(store_int(s.db, "select checks_total from kpi_check"), 5);
}
END_TEST

#include "test_kpi_check.reg"
