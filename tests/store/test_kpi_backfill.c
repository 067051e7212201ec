/* SPDX-License-Identifier: Apache-2.0
 *
 * Windows that are made again from rows by request: cells that were lost, damaged or wrong are as they were recorded, and what
 * rows can no longer tell stays. */
#include "kpi_scene.h"

#include "store/kpi_backfill_store.h"

/* Ask for the last hours and do all steps with slices of that many ids. @return the number of the window. */
static apr_int64_t ask(bm_db_t *db, apr_int64_t scenario_id)
{
    apr_int32_t now = (apr_int32_t)(apr_time_sec(apr_time_now()) / 3600);
    bm_rows_t *rows;

    ck_assert_int_eq(bm_kpi_backfill_store_add(&rows, db, now - 30, now + 1, scenario_id, "me", NULL, g_pool), APR_SUCCESS);
    return bm_rows_int64(rows, 0, 0, 0);
}

static int steps(bm_db_t *db, int slice)
{
    int more = 1, n = 0;

    for (; more; n++)
        ck_assert_int_eq(bm_kpi_backfill_store_step(&more, db, slice, NULL, g_pool), APR_SUCCESS);
    return n;
}

static const char *state_of(bm_db_t *db, apr_int64_t id)
{
    return store_text(db, apr_psprintf(g_pool, "select concat_ws(' ', state, hours, kept) from kpi_rebuilds where id = %d",
                                       (int)id));
}

BM_TEST(cells_that_are_lost_come_back)
{
    scene_t s = scene("backfill_lost");
    apr_int64_t id;

    scene_record(&s, 400);
    compact(s.db);
    scene_record(&s, 100);
    store_sql(s.db, "delete from kpi_cell");
    store_sql(s.db, "delete from kpi_delta");
    store_sql(s.db, "delete from labels where id > 1");
    id = ask(s.db, -1);
    ck_assert_int_gt(steps(s.db, 70), 500 / 70);
    ck_assert_int_gt(store_int(s.db, "select count(*) from kpi_dirty where marked_at <= now()"), HOURS);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_rebuilds where state = 'rebuilding'"), 1);
    ck_assert_int_eq(rebuild(s.db), (int)store_int(s.db, "select hours from kpi_rebuilds"));
    steps(s.db, 70);
    ck_assert_ptr_nonnull(strstr(state_of(s.db, id), "done"));
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_rebuilds where finished_at is not null and kept = 0"), 1);
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 1 and label_id = 0"), 500);
    /* labels have other numbers now: the samples know the old ones */
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where level = 0 and label_id ="
                                     " (select id from labels where name = 'gpu')"),
                     store_int(s.db, "select count(*) from runs where 'gpu' = any(labels)"));
    ck_assert_int_eq(steps(s.db, 70), 1);
}
END_TEST

/* Wrong cells, cells of hours that have no run, and marks that are there already; of one scenario only. */
BM_TEST(cells_that_are_wrong_are_put_right)
{
    scene_t s = scene("backfill_wrong");

    scene_record(&s, 300);
    compact(s.db);
    assert_true(s.db, s.samples);
    store_sql(s.db, "insert into kpi_cell (scenario_id, source, level, bucket, n, min_id, max_id, body)"
                    " select scenario_id, source, level, bucket - 9, n, min_id, max_id, body from kpi_cell"
                    "  where level = 0 and label_id = 0 and model_id = 0 and location_id = 0");
    store_sql(s.db, "update kpi_cell c set n = n * 2,"
                    " body = (select body from kpi_cell o order by n desc limit 1) where level = 0");
    store_sql(s.db, "insert into kpi_cell (scenario_id, source, level, bucket, n, min_id, max_id, body)"
                    " select 99, 0, 0, bucket, n, min_id, max_id, 'x' from kpi_cell where level = 0 limit 1");
    store_sql(s.db, "insert into kpi_dirty (scenario_id, source, hour) select scenario_id, source, min(bucket) from kpi_cell"
                    " where level = 0 and scenario_id = 7 group by 1, 2");
    ask(s.db, SCENARIO);
    steps(s.db, 1000);
    ck_assert_int_ge(rebuild(s.db), HOURS);
    steps(s.db, 1000);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where scenario_id = 99 and body = 'x'"), 1);
    store_sql(s.db, "delete from kpi_cell where scenario_id = 99");
    assert_true(s.db, s.samples);
}
END_TEST

/* Rows that retention has dropped: their hours stay as they are, and that is told. */
BM_TEST(what_rows_cannot_tell_stays)
{
    scene_t s = scene("backfill_dropped");
    apr_int64_t id, runs;

    scene_record(&s, 200);
    compact(s.db);
    runs = store_int(s.db, "select sum(n)::bigint from kpi_cell where label_id = 0");
    store_sql(s.db, "create table runs_p1 partition of runs for values from (10000000) to (20000000)");
    store_sql(s.db, "drop table runs_p0");
    id = ask(s.db, -1);
    steps(s.db, 1000);
    ck_assert_int_ge(rebuild(s.db), HOURS);
    steps(s.db, 1000);
    ck_assert_int_eq(store_int(s.db, "select sum(n)::bigint from kpi_cell where label_id = 0"), runs);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_rebuilds where state = 'done' and kept = hours and hours > 3"), 1);
    (void)id;
}
END_TEST

/* Where hours are gone, days are made. */
BM_TEST(days_come_back_without_their_hours)
{
    scene_t s = scene("backfill_days");

    scene_record(&s, 300);
    compact(s.db);
    store_sql(s.db, "update kpi_state set hours_from = (floor(extract(epoch from now()) / 86400)::integer + 1) * 24");
    store_sql(s.db, "delete from kpi_cell");
    ask(s.db, -1);
    steps(s.db, 100);
    ck_assert_int_le(store_int(s.db, "select count(*) from kpi_dirty"), 4);      /* two kinds, at most two days */
    rebuild(s.db);
    steps(s.db, 100);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where level = 0"), 0);
    assert_true_from(s.db, s.samples, 1);
}
END_TEST

#include "test_kpi_backfill.reg"
