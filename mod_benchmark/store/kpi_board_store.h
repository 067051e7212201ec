/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_board_store.h: what fills the board (shm/kpi_board.h) and keeps it up to date.
 *
 * Fill is one REPEATABLE READ transaction: the newest cells first, then the deltas that are not in them, all as of one snapshot.
 * From there the deltas are followed by a snapshot cursor. Thread: that of db. */
#ifndef BM_STORE_KPI_BOARD_STORE_H
#define BM_STORE_KPI_BOARD_STORE_H

#include "db/query.h"
#include "db/snapshot_cursor.h"
#include "shm/kpi_board.h"

/** A stored cell in its two parts (kpi_store.h), or a delta, whose level is then BM_KPI_BOARD_HOUR. They live with the rows. */
typedef struct bm_kpi_board_row_t {
    bm_kpi_board_key_t key;
    const void *body;
    apr_size_t len;
    const void *more;               /* NULL: nothing */
    apr_size_t more_len;
} bm_kpi_board_row_t;

/** Begin, and say what will be read. *mark lives in p; hour cells before *hours_from are dropped, or about to be. Then cells of
 *  days, cells of hours and deltas, each until the end, then bm_db_commit. After a failure roll back. */
apr_status_t bm_kpi_board_store_open(bm_kpi_board_mark_t *mark, apr_int32_t *now_hour, apr_int32_t *hours_from, bm_db_t *db,
                                     bm_err_t *err, apr_pool_t *p);

/** Begin a transaction that sees one snapshot, for a follow and what goes with it. */
apr_status_t bm_kpi_board_store_begin(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Open the cells of a level, the newest first, or the deltas (BM_KPI_BOARD_VIEW). One at a time. */
apr_status_t bm_kpi_board_store_list(bm_db_t *db, bm_kpi_board_level_e level, bm_err_t *err, apr_pool_t *p);

/** Some more rows of it in ppage (of bm_kpi_board_row_t); none: that was all, or enough, and the list is closed. */
apr_status_t bm_kpi_board_store_next(apr_array_header_t **prows, bm_db_t *db, int enough, bm_err_t *err, apr_pool_t *ppage);

/** Deltas that were committed since the cursor's last move, as a snapshot cursor reads them, at most `limit`. *mark says what
 *  the board is with them; its snapshot is NULL while there may be more. rewritten is what the store says a moment later, which
 *  is as good: it only grows.
 *  @return APR_NOTFOUND with code "cursor_reset": fill anew. */
apr_status_t bm_kpi_board_store_follow(apr_array_header_t **prows, bm_kpi_board_mark_t *mark, bm_snapshot_cursor_t *cursor,
                                       bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p);

#endif
