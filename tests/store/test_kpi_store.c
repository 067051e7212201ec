/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include "store/finish_store.h"
#include "store/kpi_store.h"

/* Bodies of these tests: 8 bytes, a number; merging adds. */
static apr_status_t add_up(void *baton, bm_kpi_stored_t *merged, const bm_kpi_body_t *parts, int n, apr_pool_t *p)
{
    apr_int64_t sum = 0, part;
    int i;

    (void)baton;
    for (i = 0; i < n; i++) {
        if (parts[i].len != 8)
            return APR_EINVAL;
        memcpy(&part, parts[i].data, 8);
        sum += part;
    }
    merged->body = (bm_kpi_body_t){ apr_pmemdup(p, &sum, 8), 8 };
    merged->more = (bm_kpi_body_t){ NULL, 0 };
    return APR_SUCCESS;
}

static void put_delta(bm_db_t *db, int scenario, int hour, apr_int64_t n, int len, apr_pool_t *p)
{
    static const bm_stmt_t put = { "t_put", "insert into kpi_delta (scenario_id, source, hour, n, min_id, max_id, body)"
                                   " values ($1, 0, $2, $3, $3, $3, $4)" };

    ck_assert_int_eq(bm_db_query(NULL, db, &put, BM_PARAMS(bm_param_int(scenario), bm_param_int(hour), bm_param_int64(n),
                     bm_param_bytes(&n, len)), NULL, p), APR_SUCCESS);
}

/* Sum of the bodies of a level and what is not compacted; the number is stored least significant byte first. */
static const char sum_sql[] =
    "select coalesce(sum(('x' || encode(substr(body, 4, 1) || substr(body, 3, 1) || substr(body, 2, 1) || substr(body,"
    " 1, 1), 'hex'))"
    "::bit(32)::integer), 0) from (select body from kpi_cell where level = %d union all select body from kpi_delta) b";

static int compact(bm_db_t *db, apr_interval_time_t age, int limit)
{
    apr_pool_t *p;
    int folded;

    apr_pool_create(&p, g_pool);
    ck_assert_int_eq(bm_kpi_store_compact(&folded, db, age, limit, add_up, NULL, NULL, p), APR_SUCCESS);
    apr_pool_destroy(p);
    return folded;
}

BM_TEST(deltas_become_hours_and_days)
{
    bm_db_t *db = store_schema("kpi_fold");
    apr_int64_t i;

    for (i = 1; i <= 10; i++)
        put_delta(db, 1 + (int)i % 2, 48 + (int)i % 3, i, 8, g_pool);
    ck_assert_int_eq(compact(db, 0, 100), 0);                     /* the first call only looks around */
    put_delta(db, 1, 72, 100, 8, g_pool);                         /* after it: next time */
    ck_assert_int_eq(compact(db, apr_time_from_sec(3600), 100), 0);
    ck_assert_int_eq(compact(db, 0, 100), 10);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_delta"), 1);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_cell where level = 0"), 6);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_cell where level = 1 and bucket = 2"), 2);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, sum_sql, 0)), 155);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, sum_sql, 1)), 155);
    ck_assert_int_eq(store_int(db, "select sum(n) from kpi_cell where level = 0"), 55);
    ck_assert_str_eq(store_text(db, "select concat_ws(' ', min(min_id), max(max_id), bool_and(n >= 1)) from kpi_cell"
                                    " where level = 1"), "1 10 t");
    ck_assert_int_eq(compact(db, 0, 100), 1);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_delta"), 0);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_cell where level = 1 and bucket = 3"), 1);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_state where compacted > '0'"), 1);
}
END_TEST

BM_TEST(a_limit_never_splits_a_transaction)
{
    bm_db_t *db = store_schema("kpi_limit");
    int i, folded, rounds = 0;

    for (i = 1; i <= 30; i++) {
        bm_db_begin(db, NULL);
        put_delta(db, 1, 48, i, 8, g_pool);
        put_delta(db, 2, 48, i, 8, g_pool);
        put_delta(db, 3, 48, i, 8, g_pool);
        bm_db_commit(db, NULL);
    }
    compact(db, 0, 10);
    do {
        folded = compact(db, 0, 10);
        ck_assert_int_eq(store_int(db, "select count(*) from kpi_delta") % 3, 0);
        ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, sum_sql, 0)), 465 * 3);
        rounds++;
    } while (folded == 10);
    ck_assert_int_ge(rounds, 9);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_delta"), 0);
}
END_TEST

BM_TEST(a_damaged_delta_is_left_out_and_its_hour_marked)
{
    bm_db_t *db = store_schema("kpi_damaged");

    put_delta(db, 1, 48, 5, 8, g_pool);
    put_delta(db, 1, 48, 7, 3, g_pool);
    put_delta(db, 2, 48, 9, 8, g_pool);
    compact(db, 0, 10);
    store_log_capture();
    ck_assert_int_eq(compact(db, 0, 10), 3);
    ck_assert_ptr_nonnull(strstr(store_logged, "BM0220"));
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, sum_sql, 0)), 14);
    ck_assert_str_eq(store_text(db, "select concat_ws(' ', scenario_id, source, hour) from kpi_dirty"), "1 0 48");
}
END_TEST

/* --- writers, compactors and readers at once --- */

typedef struct party_t {
    bm_db_options_t options;
    pthread_t thread;
    atomic_int *done;
    unsigned seed;
    apr_int64_t sum, rounds;
    int wrong;
} party_t;

static void *write_deltas(void *data)
{
    party_t *w = data;
    apr_pool_t *p, *pround;
    bm_db_t *db;
    int i, k;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    apr_pool_create(&pround, p);
    if (bm_db_connect(&db, &w->options, NULL, p) != APR_SUCCESS)
        w->wrong++;
    for (i = 0; i < 400 && !w->wrong; i++) {
        apr_int64_t sum = 0;

        apr_pool_clear(pround);
        bm_db_begin(db, NULL);
        for (k = 0; k < 1 + (int)(rand_r(&w->seed) % 3); k++) {
            put_delta(db, 1 + (int)(rand_r(&w->seed) % 5), 100 + (int)(rand_r(&w->seed) % 50), i, 8, pround);
            sum += i;
        }
        if (rand_r(&w->seed) % 6 == 0)
            bm_db_rollback(db);
        else if (bm_db_commit(db, NULL) == APR_SUCCESS)
            w->sum += sum;
    }
    apr_pool_destroy(p);
    return NULL;
}

static void *compact_always(void *data)
{
    party_t *c = data;
    apr_pool_t *p, *pround;
    int folded;
    bm_db_t *db;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    apr_pool_create(&pround, p);
    if (bm_db_connect(&db, &c->options, NULL, p) != APR_SUCCESS)
        c->wrong++;
    while (!atomic_load(c->done) && !c->wrong) {
        apr_pool_clear(pround);
        if (bm_kpi_store_compact(&folded, db, 1000, 50, add_up, NULL, NULL, pround) != APR_SUCCESS)
            c->wrong++;
        c->rounds += folded > 0;
        apr_sleep(1000);
    }
    apr_pool_destroy(p);
    return NULL;
}

/* What one statement sees never goes down, and is the same at both levels. */
static void *read_always(void *data)
{
    party_t *r = data;
    bm_stmt_t both = { "t_both", NULL };
    apr_pool_t *p, *pround;
    apr_int64_t last = 0;
    bm_db_t *db;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    apr_pool_create(&pround, p);
    both.sql = apr_psprintf(p, "select (%s), (%s)", apr_psprintf(p, sum_sql, 0), apr_psprintf(p, sum_sql, 1));
    if (bm_db_connect(&db, &r->options, NULL, p) != APR_SUCCESS)
        r->wrong++;
    while (!atomic_load(r->done) && !r->wrong) {
        bm_rows_t *rows;

        apr_pool_clear(pround);
        if (bm_db_query(&rows, db, &both, BM_NO_PARAMS, NULL, pround) != APR_SUCCESS
            || bm_rows_int64(rows, 0, 0, -1) != bm_rows_int64(rows, 0, 1, -2) || bm_rows_int64(rows, 0, 0, -1) < last)
            r->wrong++;
        else
            last = bm_rows_int64(rows, 0, 0, 0);
        r->rounds++;
    }
    apr_pool_destroy(p);
    return NULL;
}

BM_TEST(compaction_beside_writers_and_readers)
{
    enum { WRITERS = 3, COMPACTORS = 2 };
    bm_db_t *db = store_schema("kpi_chaos");
    party_t writers[WRITERS], compactors[COMPACTORS], reader;
    atomic_int done = 0;
    apr_int64_t sum = 0, rounds = 0;
    int i;

    for (i = 0; i < WRITERS; i++) {
        writers[i] = (party_t){ .options = store_options("kpi_chaos"), .done = &done, .seed = (unsigned)i + 1 };
        pthread_create(&writers[i].thread, NULL, write_deltas, &writers[i]);
    }
    for (i = 0; i < COMPACTORS; i++) {
        compactors[i] = (party_t){ .options = store_options("kpi_chaos"), .done = &done };
        pthread_create(&compactors[i].thread, NULL, compact_always, &compactors[i]);
    }
    reader = (party_t){ .options = store_options("kpi_chaos"), .done = &done };
    pthread_create(&reader.thread, NULL, read_always, &reader);
    for (i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        ck_assert_int_eq(writers[i].wrong, 0);
        sum += writers[i].sum;
    }
    apr_sleep(100000);
    atomic_store(&done, 1);
    for (i = 0; i < COMPACTORS; i++) {
        pthread_join(compactors[i].thread, NULL);
        ck_assert_int_eq(compactors[i].wrong, 0);
        rounds += compactors[i].rounds;
    }
    pthread_join(reader.thread, NULL);
    ck_assert_int_eq(reader.wrong, 0);
    ck_assert_int_gt(reader.rounds, 5);
    ck_assert_int_gt(rounds, 5);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, sum_sql, 0)), sum);
    compact(db, 0, 100000);
    compact(db, 0, 100000);
    ck_assert_int_eq(store_int(db, "select count(*) from kpi_delta"), 0);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, sum_sql, 0)), sum);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, sum_sql, 1)), sum);
}
END_TEST

#include "test_kpi_store.reg"
