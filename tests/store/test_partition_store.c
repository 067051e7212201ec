/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include "store/engine_store.h"
#include "store/status_store.h"
#include "store/event_store.h"
#include "store/partition_store.h"

static int ahead(bm_db_t *db, bm_partitioned_e table, apr_int64_t size)
{
    int created;

    ck_assert_int_eq(bm_partition_store_ahead(&created, db, table, size, NULL, g_pool), APR_SUCCESS);
    return created;
}

static int drop(bm_db_t *db, bm_partitioned_e table, int days)
{
    int dropped;

    ck_assert_int_eq(bm_partition_store_drop(&dropped, db, table, days, NULL, g_pool), APR_SUCCESS);
    return dropped;
}

static void put_run(bm_db_t *db, apr_int64_t id, const char *age)
{
    store_sql(db, apr_psprintf(g_pool, "insert into runs (id, scenario_id, automation_id, fence, status, attempt,"
                                       " created_at, finished_at,"
                               " provider) values (%" APR_INT64_T_FMT ", 1, 1, 1, 'completed', 1, now(), now() -"
                                                                      " interval '%s', 'mock')",
                               id, age));
}

BM_TEST(partitions_are_made_ahead)
{
    bm_db_t *db = store_schema("part_ahead");

    ck_assert_int_eq(ahead(db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE), 0);
    store_sql(db, "select setval('run_id_seq', 7999999)");
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE), 0);
    store_sql(db, "select setval('run_id_seq', 8000000)");
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE), 1);
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE), 0);
    put_run(db, 19999999, "0 s");
    ck_assert_int_eq(store_int(db, "select count(*) from runs_p10000000"), 1);
    /* a jump over several, for instance after a restore: all that are missing */
    store_sql(db, "select setval('run_id_seq', 45000000)");
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE), 3);
    put_run(db, 45000001, "0 s");
    ck_assert_int_eq(store_int(db, "select count(*) from pg_indexes where schemaname = 'part_ahead' and tablename ="
                                   " 'runs_p40000000'"),
                     store_int(db, "select count(*) from pg_indexes where schemaname = 'part_ahead' and tablename = 'runs_p0'"));
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_EVENTS, BM_PARTITION_SIZE), 0);
}
END_TEST

/* A reader and a writer with open transactions do not stop it. */
BM_TEST(making_one_locks_out_nobody)
{
    bm_db_t *db = store_schema("part_lock"), *other;
    bm_db_options_t options = store_options("part_lock");

    other = store_connect(&options, g_pool);
    store_sql(db, "select setval('run_id_seq', 9000000)");
    ck_assert_int_eq(bm_db_begin(other, NULL), APR_SUCCESS);
    put_run(other, 5, "0 s");
    store_sql(other, "select count(*) from runs");
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE), 1);
    ck_assert_int_eq(bm_db_commit(other, NULL), APR_SUCCESS);
}
END_TEST

BM_TEST(only_what_is_old_drawn_and_done_is_dropped)
{
    bm_db_t *db = store_schema("part_drop"), *other;
    bm_db_options_t options = store_options("part_drop");
    int dropped;

    store_sql(db, "select setval('run_id_seq', 25000000)");
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE), 2);
    put_run(db, 5, "40 days");
    put_run(db, 6, "20 days");
    put_run(db, 10000005, "2 days");
    ck_assert_int_eq(drop(db, BM_PARTITIONED_RUNS, 0), 0);                    /* for ever */
    ck_assert_int_eq(drop(db, BM_PARTITIONED_RUNS, 30), 0);                   /* one row is younger */
    store_sql(db, "delete from runs where id = 6");
    store_sql(db, "insert into run_queue (id, target_id, scenario_id, slot, spec) values (7, 1, 1, 1, '{}')");
    ck_assert_int_eq(drop(db, BM_PARTITIONED_RUNS, 30), 0);                   /* 7 may still come */
    store_sql(db, "delete from run_queue");
    other = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_db_begin(other, NULL), APR_SUCCESS);
    store_sql(other, "select count(*) from runs");
    ck_assert_int_eq(bm_partition_store_drop(&dropped, db, BM_PARTITIONED_RUNS, 30, NULL, g_pool), APR_EAGAIN);
    bm_db_rollback(other);
    ck_assert_int_eq(drop(db, BM_PARTITIONED_RUNS, 30), 1);
    ck_assert_int_eq(drop(db, BM_PARTITIONED_RUNS, 30), 0);
    ck_assert_int_eq(drop(db, BM_PARTITIONED_RUNS, 1), 1);
    ck_assert_int_eq(drop(db, BM_PARTITIONED_RUNS, 1), 0);                    /* the last one is never dropped */
    ck_assert_int_eq(store_int(db, "select count(*) from runs"), 0);
}
END_TEST

BM_TEST(dropping_events_resets_old_readers_only)
{
    bm_db_t *db = store_schema("part_events");
    bm_snapshot_cursor_t *before = bm_snapshot_cursor_make(g_pool), *after = bm_snapshot_cursor_make(g_pool);
    bm_err_t *err = bm_err_make(g_pool);
    bm_rows_t *rows;
    int n;

    ck_assert_int_eq(bm_snapshot_cursor_start(before, db, NULL), APR_SUCCESS);
    store_sql(db, "insert into events (kind, payload, at) values ('old', '{}', now() - interval '9 days')");
    ck_assert_int_eq(bm_snapshot_cursor_start(after, db, NULL), APR_SUCCESS);
    store_sql(db, "select setval('event_id_seq', 10000000)");
    ck_assert_int_eq(ahead(db, BM_PARTITIONED_EVENTS, BM_PARTITION_SIZE), 1);
    ck_assert_int_eq(drop(db, BM_PARTITIONED_EVENTS, 7), 1);
    ck_assert_int_eq(bm_event_store_append(db, 1, "new", "{}", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_event_store_read(&rows, &n, before, db, 10, err, g_pool), APR_NOTFOUND);
    ck_assert_str_eq(err->code, "cursor_reset");
    ck_assert_int_eq(bm_event_store_read(&rows, &n, after, db, 10, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, 1);
    ck_assert_str_eq(bm_rows_text(rows, 0, BM_EVENT_KIND), "new");
}
END_TEST

BM_TEST(old_events_are_deleted_from_their_end)
{
    bm_db_t *db = store_schema("part_prune");
    int deleted, total = 0;

    store_sql(db, "insert into events (kind, payload, at) select 'x', '{}', now() - (100 - i) * interval '1 day'"
                  " from generate_series(1, 100) i");
    ck_assert_int_eq(bm_partition_store_prune_events(&deleted, db, 0, 10, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(deleted, 0);
    do {
        ck_assert_int_eq(bm_partition_store_prune_events(&deleted, db, 30, 20, NULL, g_pool), APR_SUCCESS);
        total += deleted;
    } while (deleted == 20);
    ck_assert_int_eq(total, 70);
    ck_assert_int_eq(store_int(db, "select count(*) from events where at < now() - interval '30 days 1 minute'"), 0);
    ck_assert_int_eq(store_int(db, "select count(*) from events"), 30);
    ck_assert_int_eq(store_int(db, "select count(*) from meta where events_pruned > '0'"), 1);
}
END_TEST

BM_TEST(engines_register_beat_and_go)
{
    bm_db_t *db = store_schema("part_engines");
    int changed;

    ck_assert_int_eq(bm_engine_store_register(db, "h.1.x", "h", 1, "0.1", "{\"loops\": 2}", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_engine_store_register(db, "h.1.x", "h", 1, "0.1", "{\"loops\": 3}", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_engine_store_beat(db, "h.1.x", "draining", 7, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(store_text(db, "select concat_ws(' ', state, info ->> 'loops', info ->> 'in_flight') from engines"),
                     "draining 3 7");
    ck_assert_int_eq(bm_engine_store_beat(db, "nobody", "running", 0, NULL, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_status_store_stop(&changed, db, 1, "alice", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_status_store_stop(&changed, db, 1, "bob", NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(store_text(db, "select concat_ws(' ', stopped, stopped_by, stopped_at is not null) from meta"), "t alice t");
    ck_assert_int_eq(bm_status_store_stop(&changed, db, 0, "bob", NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(store_text(db, "select concat_ws(' ', stopped, stopped_by, stopped_at is not null) from meta"), "f f");
    store_sql(db, "update engines set beat_at = now() - interval '2 days'");
    ck_assert_int_eq(bm_engine_store_prune(db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(db, "select count(*) from engines"), 0);
}
END_TEST

#include "test_partition_store.reg"
