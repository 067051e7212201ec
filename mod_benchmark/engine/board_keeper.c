/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/board_keeper.h"

#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/ring.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/board_cells.h"
#include "kpi/kpi_board_view.h"

#define TURN_MS      250
#define TRY_AGAIN_MS 3000
#define REMARK_AFTER apr_time_from_sec(2)
#define PAGE         2000
#define PAGES_MAX    50
#define VIEWS_MAX    12
#define TOO_LARGE_PAUSE apr_time_from_sec(60)

struct bm_board_keeper_t {
    bm_kpi_board_t *board;
    bm_store_access_t store;
    bm_thread_t *thread;
    bm_ring_t *wake;                 /* only its eventfd is used */
    /* the thread's */
    bm_kpi_board_writer_t *writer;
    apr_pool_t *pfill;               /* cursor; cleared by each fill */
    bm_snapshot_cursor_t *cursor;
    apr_int64_t rewritten;           /* of the store when it was filled */
    apr_time_t fill_at;              /* not before (steady) */
    apr_time_t marked_at;            /* when the board's snapshot was the latest (steady) */
    apr_uint64_t views[VIEWS_MAX];
    int view_count;
    apr_time_t make_views_at;        /* not before (steady): the last one was too large */
    int complained;
};

/* --- filling */

static apr_status_t fill(bm_board_keeper_t *k, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_time_t began = bm_timefmt_steady();
    bm_kpi_board_mark_t mark;
    apr_status_t rv = bm_board_cells_fill(&mark, k->writer, db, err, p);

    k->fill_at = bm_timefmt_steady() + apr_time_from_msec(TURN_MS) + 4 * (bm_timefmt_steady() - began);
    k->view_count = 0;
    if (rv != APR_SUCCESS) {
        bm_db_rollback(db);
        bm_kpi_board_fail(k->writer);
        return rv;
    }
    apr_pool_clear(k->pfill);
    k->cursor = bm_snapshot_cursor_make(k->pfill);
    bm_snapshot_cursor_set(k->cursor, mark.epoch, mark.snapshot);
    k->rewritten = mark.rewritten;
    bm_kpi_board_end(k->writer, &mark);
    return APR_SUCCESS;
}

/* --- views */

/* A view with the deltas added to it. *data NULL: none of them is in it. */
static apr_status_t view_follow(const unsigned char **data, apr_size_t *len, const bm_kpi_board_writer_t *writer,
                                apr_uint64_t number, const apr_array_header_t *rows, apr_pool_t *p)
{
    bm_kpi_board_key_t key = { .scenario_id = (apr_int64_t)number, .level = BM_KPI_BOARD_VIEW };
    bm_kpi_window_t window;
    bm_kpi_range_t range;
    bm_kpi_fold_t *fold = NULL;
    apr_size_t old_len;
    const unsigned char *old = bm_kpi_board_get(&old_len, writer, &key);
    apr_status_t rv = bm_kpi_board_view_parse(&window, &range, number);
    int i;

    *data = NULL;
    for (i = 0; rv == APR_SUCCESS && i < rows->nelts; i++) {
        const bm_kpi_board_row_t *row = &APR_ARRAY_IDX(rows, i, bm_kpi_board_row_t);
        bm_kpi_key_t cell = bm_kpi_board_view_key(&row->key);

        if (row->key.source != window.source || cell.hour < range.from_hour || (range.to_hour != 0 && cell.hour >= range.to_hour))
            continue;
        if (fold == NULL)
            rv = old != NULL ? bm_kpi_fold_read(&fold, &range, old, old_len, p) : APR_EGENERAL;
        if (rv == APR_SUCCESS)
            rv = bm_kpi_fold_add(fold, &cell, row->body, row->len);
    }
    if (rv == APR_SUCCESS && fold != NULL)
        *data = bm_kpi_fold_write(len, fold, p);
    return rv;
}

/* A view from the cells that are on the board. */
static apr_status_t view_make(const unsigned char **data, apr_size_t *len, bm_kpi_board_mark_t *mark, bm_kpi_board_t *board,
                              apr_uint64_t number, apr_pool_t *p)
{
    bm_kpi_window_t window;
    bm_kpi_range_t range;
    bm_kpi_board_wish_t wish;
    apr_array_header_t *cells;
    bm_kpi_fold_t *fold;
    apr_status_t rv = bm_kpi_board_view_parse(&window, &range, number);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    bm_kpi_board_view_wish(&wish, &window);
    rv = bm_kpi_board_read(&cells, mark, board, &wish, p);
    fold = bm_kpi_fold_make(&range, p);
    for (i = 0; rv == APR_SUCCESS && i < cells->nelts; i++) {
        const bm_kpi_board_cell_t *cell = &APR_ARRAY_IDX(cells, i, bm_kpi_board_cell_t);
        bm_kpi_key_t key = bm_kpi_board_view_key(&cell->key);

        rv = bm_kpi_fold_add(fold, &key, cell->data, cell->len);
    }
    if (rv == APR_SUCCESS)
        *data = bm_kpi_fold_write(len, fold, p);
    return rv;
}

static int has_view(const apr_uint64_t *views, int count, apr_uint64_t number)
{
    int i;

    for (i = 0; i < count; i++)
        if (views[i] == number)
            return 1;
    return 0;
}

static apr_status_t view_put(bm_board_keeper_t *k, apr_uint64_t number, const unsigned char *data, apr_size_t len)
{
    bm_kpi_board_key_t key = { .scenario_id = (apr_int64_t)number, .level = BM_KPI_BOARD_VIEW };

    return bm_kpi_board_put(k->writer, &key, data, len);
}

/* --- following */

typedef struct view_change_t {
    apr_uint64_t number;
    const unsigned char *data;
    apr_size_t len;
} view_change_t;

/* Everything is computed before readers are stopped. */
static apr_status_t apply(bm_board_keeper_t *k, const apr_array_header_t *rows, const bm_kpi_board_mark_t *mark, apr_pool_t *p)
{
    view_change_t views[VIEWS_MAX];
    apr_array_header_t *changes;
    apr_status_t rv = bm_board_cells_merge(&changes, k->writer, rows, p);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < k->view_count; i++) {
        views[i].number = k->views[i];
        rv = view_follow(&views[i].data, &views[i].len, k->writer, k->views[i], rows, p);
    }
    if (rv != APR_SUCCESS)
        return rv;
    bm_kpi_board_begin(k->writer);
    rv = bm_board_cells_put(k->writer, changes);
    for (i = 0; rv == APR_SUCCESS && i < k->view_count; i++)
        if (views[i].data != NULL)
            rv = view_put(k, views[i].number, views[i].data, views[i].len);
    if (rv == APR_SUCCESS)
        bm_kpi_board_end(k->writer, mark);
    return rv;
}

static apr_status_t catch_up(bm_board_keeper_t *k, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_array_header_t *all = apr_array_make(p, 64, sizeof(bm_kpi_board_row_t)), *rows;
    const char *before = bm_snapshot_cursor_token(k->cursor, p);
    bm_kpi_board_mark_t mark = { 0 };
    apr_status_t rv;
    int pages = 0;

    do {
        rv = bm_kpi_board_store_follow(&rows, &mark, k->cursor, db, PAGE, err, p);
        if (rv == APR_SUCCESS)
            apr_array_cat(all, rows);
    } while (rv == APR_SUCCESS && mark.snapshot == NULL && ++pages < PAGES_MAX);
    if (rv != APR_SUCCESS)
        (void)bm_snapshot_cursor_parse(k->cursor, before, NULL);       /* what was read is not on the board */
    if (rv == APR_SUCCESS && (mark.snapshot == NULL || mark.rewritten != k->rewritten))
        rv = APR_NOTFOUND;
    if (rv != APR_SUCCESS)
        return rv;
    /* Readers of millions of bytes would be interrupted for nothing. Compaction, which a mark must not lag behind, waits much
     * longer. */
    if (all->nelts == 0 && bm_timefmt_steady() - k->marked_at < REMARK_AFTER) {
        bm_kpi_board_touch(k->writer);
        return APR_SUCCESS;
    }
    rv = apply(k, all, &mark, p);
    if (rv == APR_SUCCESS)
        k->marked_at = bm_timefmt_steady();
    return rv;
}

/* --- what is wanted */

/* A view from the store, where the board has not all cells of it: as of a snapshot that the board is taken to first. */
static apr_status_t view_read(const unsigned char **data, apr_size_t *len, bm_board_keeper_t *k, bm_db_t *db, apr_uint64_t number,
                              bm_err_t *err, apr_pool_t *p)
{
    bm_kpi_window_t window;
    bm_kpi_range_t range;
    bm_kpi_fold_t *fold;
    bm_rows_t *rows = NULL;
    apr_status_t rv = bm_kpi_board_view_parse(&window, &range, number);
    int i;

    if (rv == APR_SUCCESS)
        rv = bm_kpi_board_store_begin(db, err, p);
    if (rv == APR_SUCCESS)
        rv = catch_up(k, db, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_read_store_cells(&rows, db, &window, err, p);
    fold = bm_kpi_fold_make(&range, p);
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        bm_kpi_key_t key = { .source = window.source };
        const void *body;
        apr_size_t size = bm_rows_bytes(&body, rows, i, BM_KPI_READ_BODY, p);

        key.scenario_id = bm_rows_int64(rows, i, BM_KPI_READ_SCENARIO, 0);
        key.model_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_MODEL, 0);
        key.location_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_LOCATION, 0);
        key.hour = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_HOUR, 0);
        rv = bm_kpi_fold_add(fold, &key, body, size);
    }
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(db, err);
    if (rv == APR_SUCCESS)
        *data = bm_kpi_fold_write(len, fold, p);
    else
        bm_db_rollback(db);
    return rv;
}

/* What a view may take, if need be in the place of the oldest hours: cells fill the board as they come. */
static apr_size_t view_most(const bm_board_keeper_t *k)
{
    bm_kpi_board_state_t state;

    bm_kpi_board_state(&state, k->board);
    return state.size / 16;
}

static apr_status_t view_add(bm_board_keeper_t *k, bm_db_t *db, apr_uint64_t number, bm_err_t *err, apr_pool_t *p)
{
    bm_kpi_board_mark_t mark = { 0 };
    const unsigned char *data = NULL;
    apr_size_t len = 0;
    apr_status_t rv = view_make(&data, &len, &mark, k->board, number, p);

    if (rv == APR_NOTFOUND)
        rv = view_read(&data, &len, k, db, number, err, p);
    if (APR_STATUS_IS_EAGAIN(rv) && bm_kpi_board_is_filled(k->writer))
        return APR_SUCCESS;                /* next time */
    if (rv == APR_SUCCESS && len > view_most(k)) {
        k->make_views_at = bm_timefmt_steady() + TOO_LARGE_PAUSE;
        return APR_SUCCESS;
    }
    if (rv != APR_SUCCESS)
        return rv;
    bm_kpi_board_begin(k->writer);
    rv = view_put(k, number, data, len);
    if (rv == APR_SUCCESS) {
        bm_kpi_board_reopen(k->writer);
        k->views[k->view_count++] = number;
    }
    return rv;
}

/* Drop the views that nobody asks for any more. */
static void drop_views(bm_board_keeper_t *k, const apr_uint64_t *wanted, int count)
{
    int i, kept = 0;

    for (i = 0; i < k->view_count; i++) {
        bm_kpi_board_key_t key = { .scenario_id = (apr_int64_t)k->views[i], .level = BM_KPI_BOARD_VIEW };

        if (has_view(wanted, count, k->views[i]))
            k->views[kept++] = k->views[i];
        else {
            bm_kpi_board_begin(k->writer);
            bm_kpi_board_drop(k->writer, &key);
            bm_kpi_board_reopen(k->writer);
        }
    }
    k->view_count = kept;
}

/* One at a time, for cells stay readable meanwhile. */
static apr_status_t renew_views(bm_board_keeper_t *k, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_uint64_t wanted[VIEWS_MAX];
    int count = bm_kpi_board_wanted(wanted, VIEWS_MAX, k->writer), i;
    apr_status_t rv = APR_SUCCESS;

    drop_views(k, wanted, count);
    for (i = 0; rv == APR_SUCCESS && i < count && k->view_count < VIEWS_MAX && bm_timefmt_steady() >= k->make_views_at; i++)
        if (!has_view(k->views, k->view_count, wanted[i]))
            rv = view_add(k, db, wanted[i], err, p);
    return rv;
}

/* --- the thread */

/* @return 0: the connection is not usable. */
static int turn(bm_board_keeper_t *k, bm_db_t *db, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    apr_status_t rv = APR_SUCCESS;

    if (bm_kpi_board_is_filled(k->writer)) {
        rv = catch_up(k, db, err, p);
        if (rv == APR_SUCCESS)
            rv = renew_views(k, db, err, p);
        if (rv == APR_SUCCESS)
            return 1;
        /* A server that has crashed gives numbers of transactions again that were not on disk, and a board that went on from its
         * snapshot would pass over deltas under them. It is filled anew, which takes seconds. */
        bm_kpi_board_fail(k->writer);
        if (APR_STATUS_IS_EAGAIN(rv) || rv == APR_TIMEUP)
            return 0;
    }
    if (bm_timefmt_steady() < k->fill_at)
        return 1;
    rv = fill(k, db, err, p);
    if (rv != APR_SUCCESS && !APR_STATUS_IS_EAGAIN(rv) && !k->complained)
        bm_log(BM_LOG_WARNING, rv, BMLOG(0560) "the KPI board cannot be filled, KPIs are read from the store: %s",
               err->detail ? err->detail : rv == APR_ENOSPC ? "BenchmarkKpiMemory is too small" : "a cell cannot be read");
    k->complained = rv != APR_SUCCESS && !APR_STATUS_IS_EAGAIN(rv);
    return !APR_STATUS_IS_EAGAIN(rv);
}

static bm_db_t *connect_store(const bm_board_keeper_t *k, apr_pool_t *pconn)
{
    bm_db_options_t options = { .application_name = "mod_benchmark board", .statement_timeout_ms = 60000 };

    return bm_store_connect_ready(&options, &k->store, pconn);
}

static void keeper_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_board_keeper_t *k = baton;
    apr_pool_t *pconn, *pturn;
    bm_db_t *db = NULL;

    apr_pool_create(&pconn, p);
    apr_pool_create(&pturn, p);
    apr_pool_create(&k->pfill, p);
    k->writer = bm_kpi_board_writer_make(k->board, p);
    while (!bm_thread_stopping(thread)) {
        if (db == NULL)
            db = connect_store(k, pconn);
        if (db != NULL && !turn(k, db, pturn))
            db = NULL;
        apr_pool_clear(pturn);
        if (db == NULL)
            apr_pool_clear(pconn);
        if (!bm_thread_stopping(thread))
            bm_ring_wait(k->wake, db ? TURN_MS : TRY_AGAIN_MS);
    }
    bm_kpi_board_fail(k->writer);
    apr_pool_clear(pconn);
}

apr_status_t bm_board_keeper_start(bm_board_keeper_t **pkeeper, bm_kpi_board_t *board, const bm_store_access_t *store,
                                   apr_pool_t *p)
{
    bm_board_keeper_t *k = apr_pcalloc(p, sizeof(*k));
    apr_status_t rv = bm_ring_create(&k->wake, 2, p);

    *pkeeper = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    k->board = board;
    k->store = *store;
    *pkeeper = k;
    return bm_thread_start(&k->thread, "bm-kpi-board", keeper_main, k, p);
}

void bm_board_keeper_end(bm_board_keeper_t *keeper)
{
    if (keeper == NULL)
        return;
    bm_thread_stop(keeper->thread);
    bm_ring_wake(keeper->wake);
}

void bm_board_keeper_stop(bm_board_keeper_t *keeper)
{
    if (keeper == NULL)
        return;
    bm_board_keeper_end(keeper);
    bm_thread_join(keeper->thread);
}
