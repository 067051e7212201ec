/* SPDX-License-Identifier: Apache-2.0
 *
 * Retention of KPI cells: whatever was dropped, what is read is the sum of all that was counted in the window, which is widened
 * to whole days where hours are gone. */
#include "store_test.h"

#include "base/rand.h"
#include "store/kpi_keep_store.h"

#define DAYS 20

typedef struct scene_t {
    bm_db_t *db;
    apr_int32_t first;                       /* first hour that has cells */
    apr_int64_t n[(DAYS + 1) * 24];
} scene_t;

/* Hours of the last days and today, each with a number; the newest hours, and one late one, are deltas still. */
static void scene_make(scene_t *s, const char *schema, bm_rand_t *r)
{
    static const bm_stmt_t put = { "t_put", "insert into kpi_cell (scenario_id, source, level, bucket, n, min_id, max_id, body)"
        " values (1, 0, 0, $1, $2, 1, 1, int8send($2))" };
    static const bm_stmt_t late = { "t_late", "insert into kpi_delta (scenario_id, source, hour, n, min_id, max_id, body)"
        " values (1, 0, $1, $2, 1, 1, int8send($2))" };
    int i;

    s->db = store_schema(schema);
    s->first = (apr_int32_t)(apr_time_sec(apr_time_now()) / 86400 - DAYS) * 24;
    for (i = 0; i < (DAYS + 1) * 24; i++) {
        s->n[i] = 1 + (apr_int64_t)bm_rand_below(r, 1000);
        ck_assert_int_eq(bm_db_query(NULL, s->db, i < DAYS * 24 ? &put : &late, BM_PARAMS(bm_param_int(s->first + i),
                         bm_param_int64(s->n[i])), NULL, g_pool), APR_SUCCESS);
    }
    store_sql(s->db, "insert into kpi_cell (scenario_id, source, level, bucket, n, min_id, max_id, body)"
                     " select 1, 0, 1, bucket / 24, sum(n), 1, 1, int8send(sum(n)::bigint) from kpi_cell group by bucket / 24");
    s->n[5] += 7;
    ck_assert_int_eq(bm_db_query(NULL, s->db, &late, BM_PARAMS(bm_param_int(s->first + 5), bm_param_int64(7)), NULL, g_pool),
                     APR_SUCCESS);
}

/* What a read of a window gives, and that it says hours of the window. */
static apr_int64_t read_sum(const scene_t *s, bm_kpi_window_t window)
{
    apr_int64_t sum = 0;
    apr_pool_t *p;
    bm_rows_t *rows;
    int i;

    apr_pool_create(&p, g_pool);
    ck_assert_int_eq(bm_kpi_read_store_cells(&rows, s->db, &window, NULL, p), APR_SUCCESS);
    for (i = 0; i < bm_rows_count(rows); i++) {
        apr_int64_t hour = bm_rows_int64(rows, i, BM_KPI_READ_HOUR, -1);
        const void *body;

        ck_assert_int_eq(bm_rows_bytes(&body, rows, i, BM_KPI_READ_BODY, p), 8);
        sum += (apr_int64_t)strtoll(apr_psprintf(p, "%02x%02x%02x%02x", ((const unsigned char *)body)[4],
                ((const unsigned char *)body)[5], ((const unsigned char *)body)[6], ((const unsigned char *)body)[7]), NULL, 16);
        ck_assert_int_ge(hour, window.from_hour);
        ck_assert(window.to_hour == 0 || hour < window.to_hour);
    }
    apr_pool_destroy(p);
    return sum;
}

static apr_int64_t true_sum(const scene_t *s, apr_int32_t from, apr_int32_t to)
{
    apr_int64_t sum = 0;
    int i;

    for (i = 0; i < (DAYS + 1) * 24; i++)
        if (s->first + i >= from && (to == 0 || s->first + i < to))
            sum += s->n[i];
    return sum;
}

static void assert_any_window(const scene_t *s, bm_rand_t *r)
{
    bm_kpi_kept_t kept;
    int i;

    ck_assert_int_eq(bm_kpi_keep_store_get(&kept, s->db, NULL, g_pool), APR_SUCCESS);
    for (i = 0; i < 300; i++) {
        bm_kpi_window_t given = { .from_hour = s->first - 5 + (int)bm_rand_below(r, (DAYS + 1) * 24), .scenario_id = -1,
                                  .automation_id = -1, .by_day = bm_rand_below(r, 2) == 0 }, fitted;

        if (bm_rand_below(r, 4) > 0)
            given.to_hour = given.from_hour + 1 + (int)bm_rand_below(r, 100);
        fitted = given;
        (void)bm_kpi_keep_fit(&fitted, &kept);
        ck_assert_int_le(fitted.from_hour, given.from_hour);
        ck_assert_int_gt(fitted.from_hour, given.from_hour - 24);
        if (given.from_hour >= kept.hours_from)
            ck_assert_int_eq(fitted.from_hour, given.from_hour);
        ck_assert_msg(read_sum(s, fitted) == true_sum(s, fitted.from_hour, fitted.to_hour), "%d to %d, by day %d",
                      given.from_hour, given.to_hour, given.by_day);
        /* Who does not fit the window gets the same figure, told within the window. */
        ck_assert_msg(read_sum(s, given) == true_sum(s, fitted.from_hour, fitted.to_hour), "%d to %d, by day %d, not fitted",
                      given.from_hour, given.to_hour, given.by_day);
    }
}

BM_TEST(whatever_is_dropped_every_run_is_counted_once)
{
    scene_t s;
    bm_rand_t r;
    int deleted;

    bm_rand_seed(&r, 7);
    scene_make(&s, "keep_hours", &r);
    assert_any_window(&s, &r);
    ck_assert_int_eq(bm_kpi_keep_store_delete(&deleted, s.db, 100, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(deleted, 0);
    ck_assert_int_eq(bm_kpi_keep_store_move(s.db, 0, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, "select hours_from + days_from from kpi_state"), 0);
    ck_assert_int_eq(bm_kpi_keep_store_move(s.db, 8, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, "select hours_from from kpi_state"), s.first + (DAYS - 8) * 24);
    assert_any_window(&s, &r);                             /* the border has moved, the cells are there */
    ck_assert_int_eq(bm_kpi_keep_store_delete(&deleted, s.db, 50, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(deleted, 50);
    assert_any_window(&s, &r);                             /* half deleted */
    do
        ck_assert_int_eq(bm_kpi_keep_store_delete(&deleted, s.db, 50, NULL, g_pool), APR_SUCCESS);
    while (deleted == 50);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where level = 0"), 8 * 24);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where level = 1"), DAYS);
    assert_any_window(&s, &r);
    ck_assert_int_eq(bm_kpi_keep_store_move(s.db, 12, 0, NULL, g_pool), APR_SUCCESS);       /* never back */
    ck_assert_int_eq(store_int(s.db, "select hours_from from kpi_state"), s.first + (DAYS - 8) * 24);
}
END_TEST

BM_TEST(days_go_with_their_hours)
{
    scene_t s;
    bm_rand_t r;
    int deleted;

    bm_rand_seed(&r, 8);
    scene_make(&s, "keep_days", &r);
    ck_assert_int_eq(bm_kpi_keep_store_move(s.db, 0, 10, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, "select hours_from - days_from * 24 from kpi_state"), 0);
    do
        ck_assert_int_eq(bm_kpi_keep_store_delete(&deleted, s.db, 100, NULL, g_pool), APR_SUCCESS);
    while (deleted == 100);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where level = 0"), 10 * 24);
    ck_assert_int_eq(store_int(s.db, "select count(*) from kpi_cell where level = 1"), 10);
    ck_assert_int_eq(read_sum(&s, (bm_kpi_window_t){ .from_hour = s.first + 10 * 24, .scenario_id = -1, .automation_id = -1 }),
                     true_sum(&s, s.first + 10 * 24, 0));
}
END_TEST

/* Whoever moves cells has the lock; then the borders stay where they are, and nobody waits. */
BM_TEST(nothing_moves_beside_a_compaction)
{
    scene_t s;
    bm_rand_t r;
    bm_db_options_t options = store_options("keep_lock");
    bm_db_t *other;
    int deleted;

    bm_rand_seed(&r, 9);
    scene_make(&s, "keep_lock", &r);
    other = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_db_begin(other, NULL), APR_SUCCESS);
    store_sql(other, "select 1 from kpi_state for update");
    ck_assert_int_eq(bm_kpi_keep_store_move(s.db, 5, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(store_int(s.db, "select hours_from from kpi_state"), 0);
    bm_db_rollback(other);
    ck_assert_int_eq(bm_kpi_keep_store_move(s.db, 5, 0, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_db_begin(other, NULL), APR_SUCCESS);
    store_sql(other, "select 1 from kpi_state for update");
    ck_assert_int_eq(bm_kpi_keep_store_delete(&deleted, s.db, 100, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(deleted, 0);
    bm_db_rollback(other);
    ck_assert_int_eq(bm_kpi_keep_store_delete(&deleted, s.db, 100, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(deleted, 100);
}
END_TEST

#include "test_kpi_keep.reg"
