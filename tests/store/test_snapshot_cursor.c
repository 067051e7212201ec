/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include "store/event_store.h"

enum { WRITERS = 8, EVENTS_EACH = 150 };

typedef struct writer_t {
    bm_db_options_t options;
    pthread_t thread;
    int number;
    atomic_int *running;
    int committed;
} writer_t;

/* Transactions of one to three events that commit late, or never; a savepoint rolled back now and then. */
static void *write_events(void *data)
{
    writer_t *w = data;
    unsigned seed = (unsigned)w->number * 7919u + 1;
    bm_stmt_t nap = { "nap", "select pg_sleep($1 / 1000.0)" };
    bm_stmt_t savepoint = { "sp", "savepoint a", .unprepared = 1 }, back = { "sb", "rollback to a", .unprepared = 1 };
    apr_pool_t *p, *pround;
    bm_db_t *db;
    int i, k, n = 0;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    apr_pool_create(&pround, p);
    if (bm_db_connect(&db, &w->options, NULL, p) != APR_SUCCESS)
        n = EVENTS_EACH;
    while (n < EVENTS_EACH) {
        int size = 1 + (int)(rand_r(&seed) % 3), keep = rand_r(&seed) % 5 != 0;

        apr_pool_clear(pround);
        bm_db_begin(db, NULL);
        for (i = 0; i < size; i++) {
            const char *payload = apr_psprintf(pround, "{\"writer\":%d,\"n\":%d,\"keep\":%s}", w->number, keep ? n + i : -1,
                                               keep ? "true" : "false");

            bm_event_store_append(db, 1, "test", payload, NULL, pround);
            if (rand_r(&seed) % 4 == 0) {
                bm_db_query(NULL, db, &savepoint, BM_NO_PARAMS, NULL, pround);
                bm_event_store_append(db, 1, "undone", "{\"keep\":false}", NULL, pround);
                bm_db_query(NULL, db, &back, BM_NO_PARAMS, NULL, pround);
            }
            k = (int)(rand_r(&seed) % 8);
            bm_db_query(NULL, db, &nap, BM_PARAMS(bm_param_int(k)), NULL, pround);
        }
        if (keep && bm_db_commit(db, NULL) == APR_SUCCESS)
            n += size;
        else
            bm_db_rollback(db);
    }
    w->committed = n;
    apr_pool_destroy(p);
    atomic_fetch_sub(w->running, 1);
    return NULL;
}

typedef struct seen_t {
    unsigned char counts[WRITERS][EVENTS_EACH + 3];
    int total, wrong;
} seen_t;

static void note(seen_t *seen, const bm_rows_t *rows, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        int writer = -1, number = -1;

        if (sscanf(bm_rows_text(rows, i, BM_EVENT_PAYLOAD), "{\"n\": %d, \"keep\": true, \"writer\": %d", &number, &writer) != 2
            || writer < 0 || number < 0) {
            seen->wrong++;
            continue;
        }
        seen->counts[writer][number]++;
        seen->total++;
    }
}

typedef struct reader_case_t {
    int limit;
    int restart;        /* continue from the token alone after each read */
    int by_row;         /* and from the token of a row in the middle */
} reader_case_t;

static const reader_case_t readers[] = { { 3, 1, 0 }, { 7, 1, 1 }, { 500, 0, 0 } };

/* Writers with slow commits and rollbacks, a foreign transaction open all the time: each event once. */
BM_LOOP_TEST(nothing_missed_nothing_twice, BM_COUNT(readers))
{
    const reader_case_t *c = &readers[_i];
    bm_db_t *db = store_schema("cursor"), *foreign;
    bm_snapshot_cursor_t *cursor = bm_snapshot_cursor_make(g_pool);
    writer_t writers[WRITERS];
    atomic_int running = WRITERS;
    apr_pool_t *pround;
    seen_t *seen = apr_pcalloc(g_pool, sizeof(*seen));
    int i, n = 1, expected = 0, nothing = 0;

    apr_pool_create(&pround, g_pool);
    ck_assert_int_eq(bm_snapshot_cursor_start(cursor, db, NULL), APR_SUCCESS);
    writers[0].options = store_options("cursor");
    foreign = store_connect(&writers[0].options, g_pool);
    ck_assert_int_eq(bm_db_begin(foreign, NULL), APR_SUCCESS);
    store_sql(foreign, "create table foreign_work (a integer)");
    for (i = 0; i < WRITERS; i++) {
        writers[i] = (writer_t){ .options = store_options("cursor"), .number = i, .running = &running };
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_events, &writers[i]), 0);
    }
    /* The first read that finds nothing may have ended a batch that began before the last writer did. */
    while (nothing < 2) {
        int done = atomic_load(&running) == 0;
        bm_rows_t *rows;
        const char *token;

        apr_pool_clear(pround);
        ck_assert_int_eq(bm_event_store_read(&rows, &n, cursor, db, c->limit, NULL, pround), APR_SUCCESS);
        token = bm_snapshot_cursor_token(cursor, pround);
        if (c->by_row && n > 1) {
            token = bm_snapshot_cursor_token_at(cursor, rows, n / 2, pround);
            n = n / 2 + 1;
        }
        note(seen, rows, n);
        nothing = done && n == 0 ? nothing + 1 : 0;
        if (c->restart) {
            ck_assert_int_lt(strlen(token), 500);
            cursor = bm_snapshot_cursor_make(g_pool);
            ck_assert_int_eq(bm_snapshot_cursor_parse(cursor, token, NULL), APR_SUCCESS);
        }
        if (n == 0)
            apr_sleep(2000);
    }
    for (i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        expected += writers[i].committed;
    }
    ck_assert_int_ge(expected, WRITERS * EVENTS_EACH);
    ck_assert_int_eq(seen->wrong, 0);
    ck_assert_int_eq(seen->total, expected);
    for (i = 0; i < WRITERS; i++)
        for (n = 0; n < writers[i].committed; n++)
            ck_assert_msg(seen->counts[i][n] == 1, "writer %d event %d: %d times", i, n, seen->counts[i][n]);
    ck_assert_int_eq(store_int(db, "select count(*) from events"), expected);
    bm_db_rollback(foreign);
}
END_TEST

static const char *const bad_tokens[] = {
    "", "1", "1~", "x~10:10:", "1~10:10:~10:10:~5",
    "1~10:10:~10:10:~5~6~7", "1~10:9:", "1~10:12:13", "1~10:12:11,10", "1~10:12:11,",
    "-1~10:10:", "1~10:10:~10:10:~-1~0", "1~10:10:~10:10:~0~", "1~10:10", "1~0:10:", "1~10:10:; drop table"
            " events", "1~99999999999999999999:1:",
    "99999999999999999999~10:10:",
};

BM_LOOP_TEST(strange_tokens_are_refused, BM_COUNT(bad_tokens))
{
    bm_snapshot_cursor_t *cursor = bm_snapshot_cursor_make(g_pool);
    bm_err_t *err = bm_err_make(g_pool);

    ck_assert_int_eq(bm_snapshot_cursor_parse(cursor, bad_tokens[_i], err), APR_EINVAL);
    ck_assert_str_eq(err->code, "bad_cursor");
}
END_TEST

BM_TEST(tokens_read_back)
{
    static const char *const tokens[] = { "1~10:10:", "7~10:15:11,14", "7~10:15:11,14~20:21:~12~99" };
    bm_snapshot_cursor_t *cursor = bm_snapshot_cursor_make(g_pool);
    size_t i;

    for (i = 0; i < BM_COUNT(tokens); i++) {
        ck_assert_int_eq(bm_snapshot_cursor_parse(cursor, tokens[i], NULL), APR_SUCCESS);
        ck_assert_str_eq(bm_snapshot_cursor_token(cursor, g_pool), tokens[i]);
    }
}
END_TEST

/* Another history, and events that were dropped: the reader is told to begin anew, and may. */
BM_TEST(reset_when_the_history_is_another_or_gone)
{
    bm_db_t *db = store_schema("cursor_reset");
    bm_snapshot_cursor_t *cursor = bm_snapshot_cursor_make(g_pool);
    bm_err_t *err = bm_err_make(g_pool);
    bm_rows_t *rows;
    int n;

    ck_assert_int_eq(bm_snapshot_cursor_start(cursor, db, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_event_store_append(db, 1, "a", "{}", NULL, g_pool), APR_SUCCESS);
    store_sql(db, "update meta set events_pruned = (select max(xid)::text::bigint + 1 from events)::text::xid8");
    ck_assert_int_eq(bm_event_store_read(&rows, &n, cursor, db, 10, err, g_pool), APR_NOTFOUND);
    ck_assert_str_eq(err->code, "cursor_reset");
    ck_assert_int_eq(bm_snapshot_cursor_start(cursor, db, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_event_store_read(&rows, &n, cursor, db, 10, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, 0);
    store_sql(db, "update meta set epoch = epoch + 1");
    ck_assert_int_eq(bm_event_store_read(&rows, &n, cursor, db, 10, err, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_snapshot_cursor_start(cursor, db, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_event_store_append(db, 7, "b", "{\"x\":1}", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_event_store_read(&rows, &n, cursor, db, 10, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(bm_rows_int64(rows, 0, BM_EVENT_PROJECT, 0), 7);
    ck_assert_str_eq(bm_rows_text(rows, 0, BM_EVENT_KIND), "b");
    ck_assert_str_eq(bm_rows_text(rows, 0, BM_EVENT_PAYLOAD), "{\"x\": 1}");
    ck_assert(bm_rows_time(rows, 0, BM_EVENT_AT) > 0);
}
END_TEST

/* A reader reads what is new, not the table: an index scan bounded by the snapshots, in every partition. */
BM_TEST(reading_uses_the_index)
{
    bm_db_t *db = store_schema("cursor_plan");
    bm_rows_t *rows;
    int i, scans = 0, merged = 0;

    store_sql(db, "create table events_p1 partition of events for values from (10000000) to (20000000)");
    store_sql(db, "insert into events (kind, payload) select 'x', '{}' from generate_series(1, 300000)");
    store_sql(db, "analyze events");
    store_sql(db, "prepare r (pg_snapshot, pg_snapshot, xid8, bigint, integer) as "
                  BM_SNAPSHOT_SQL("select events_pruned from meta", "t.project_id, t.at, t.kind, t.payload", "events"));
    store_sql(db, "set plan_cache_mode = force_generic_plan");
    rows = store_sql(db, "explain (costs off) execute r ('10:10:', null, '0', 0, 100)");
    for (i = 0; i < bm_rows_count(rows); i++) {
        const char *line = bm_rows_text(rows, i, 0);

        scans += strstr(line, "_xid_id_idx") != NULL;
        ck_assert_msg(strstr(line, "Seq Scan on events") == NULL, "%s", line);
        ck_assert_msg(strstr(line, "Bitmap") == NULL, "%s", line);
        merged |= strstr(line, "Merge Append") != NULL;
    }
    ck_assert_int_eq(scans, 2);
    ck_assert(merged);
}
END_TEST

#include "test_snapshot_cursor.reg"
