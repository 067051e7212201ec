/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_board_store.h"

#include <string.h>
#include <apr_strings.h>

static const bm_stmt_t kpi_board_begin = { "kpi_board_begin", "begin isolation level repeatable read read only",
    .opens = 1 };
static const bm_stmt_t kpi_board_mark = { "kpi_board_mark",
    "select m.epoch, k.rewritten, pg_current_snapshot()::text, floor(extract(epoch from now()) / 3600)::integer, k.hours_from"
    " from meta m, kpi_state k" };

#define LIST(what) "declare kpi_board no scroll cursor for select scenario_id, model_id, source, location_id, " what
#define CELLS(level) \
    LIST("bucket, body, more from kpi_cell where level = " level " and label_id = 0 order by bucket desc")
static const bm_stmt_t kpi_board_lists[] = {
    [BM_KPI_BOARD_HOUR] = { "kpi_board_hours", CELLS("0"), .unprepared = 1 },
    [BM_KPI_BOARD_DAY] = { "kpi_board_days", CELLS("1"), .unprepared = 1 },
    [BM_KPI_BOARD_VIEW] = { "kpi_board_deltas", LIST("hour, body, null::bytea from kpi_delta where label_id = 0"),
                            .unprepared = 1 }
};
static const bm_stmt_t kpi_board_next = { "kpi_board_next", "fetch 500 from kpi_board", .unprepared = 1, .binary = 1 };
static const bm_stmt_t kpi_board_close = { "kpi_board_close", "close kpi_board", .unprepared = 1 };

static const bm_stmt_t kpi_board_follow = { "kpi_board_follow", BM_SNAPSHOT_SQL("select compacted from kpi_state",
    "t.scenario_id, t.model_id, t.source, t.location_id, t.hour, t.body, null::bytea, t.label_id", "kpi_delta") };
static const bm_stmt_t kpi_board_rewritten = { "kpi_board_rewritten", "select rewritten from kpi_state" };

apr_status_t bm_kpi_board_store_begin(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &kpi_board_begin, BM_NO_PARAMS, err, p);
}

apr_status_t bm_kpi_board_store_open(bm_kpi_board_mark_t *mark, apr_int32_t *now_hour, apr_int32_t *hours_from, bm_db_t *db,
                                     bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_board_store_begin(db, err, p);

    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &kpi_board_mark, BM_NO_PARAMS, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    mark->epoch = bm_rows_int64(rows, 0, 0, 0);
    mark->rewritten = bm_rows_int64(rows, 0, 1, 0);
    mark->snapshot = apr_pstrdup(p, bm_rows_text(rows, 0, 2));
    *now_hour = (apr_int32_t)bm_rows_int64(rows, 0, 3, 0);
    *hours_from = (apr_int32_t)bm_rows_int64(rows, 0, 4, 0);
    return APR_SUCCESS;
}

apr_status_t bm_kpi_board_store_list(bm_db_t *db, bm_kpi_board_level_e level, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &kpi_board_lists[level], BM_NO_PARAMS, err, p);
}

/* Seven columns from `first` on; the level of the key is the caller's. */
static void row_read(bm_kpi_board_row_t *row, const bm_rows_t *rows, int i, int first, apr_pool_t *p)
{
    memset(row, 0, sizeof(*row));
    row->key.scenario_id = bm_rows_int64(rows, i, first, 0);
    row->key.model_id = (apr_int32_t)bm_rows_int64(rows, i, first + 1, 0);
    row->key.source = (apr_int32_t)bm_rows_int64(rows, i, first + 2, 0);
    row->key.location_id = (apr_int32_t)bm_rows_int64(rows, i, first + 3, 0);
    row->key.bucket = (apr_int32_t)bm_rows_int64(rows, i, first + 4, 0);
    row->len = bm_rows_bytes(&row->body, rows, i, first + 5, p);
    row->more_len = bm_rows_bytes(&row->more, rows, i, first + 6, p);
}

apr_status_t bm_kpi_board_store_next(apr_array_header_t **prows, bm_db_t *db, int enough, bm_err_t *err, apr_pool_t *ppage)
{
    bm_rows_t *rows = NULL;
    apr_status_t rv = enough ? APR_SUCCESS : bm_db_query(&rows, db, &kpi_board_next, BM_NO_PARAMS, err, ppage);
    int i;

    *prows = apr_array_make(ppage, 512, sizeof(bm_kpi_board_row_t));
    if (rv == APR_SUCCESS && (enough || bm_rows_count(rows) == 0))
        return bm_db_query(NULL, db, &kpi_board_close, BM_NO_PARAMS, err, ppage);
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++)
        row_read(apr_array_push(*prows), rows, i, 0, ppage);
    return rv;
}

apr_status_t bm_kpi_board_store_follow(apr_array_header_t **prows, bm_kpi_board_mark_t *mark, bm_snapshot_cursor_t *cursor,
                                       bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p)
{
    enum { LABEL = BM_SNAPSHOT_FIRST + 7 };
    bm_rows_t *rows, *state;
    const char *token;
    int i, n;
    apr_status_t rv = bm_snapshot_cursor_read(&rows, &n, cursor, db, &kpi_board_follow, limit, err, p);

    *prows = apr_array_make(p, n + 1, sizeof(bm_kpi_board_row_t));
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&state, db, &kpi_board_rewritten, BM_NO_PARAMS, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    for (i = 0; i < n; i++)
        if (bm_rows_int64(rows, i, LABEL, 0) == 0)
            row_read(apr_array_push(*prows), rows, i, BM_SNAPSHOT_FIRST, p);
    token = bm_snapshot_cursor_token(cursor, p);        /* "epoch~snapshot" when it is up to date */
    mark->snapshot = n < limit ? strchr(token, '~') + 1 : NULL;
    mark->epoch = bm_rows_int64(rows, 0, 0, 0);
    mark->rewritten = bm_rows_int64(state, 0, 0, 0);
    return APR_SUCCESS;
}
