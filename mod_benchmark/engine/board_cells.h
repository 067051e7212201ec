/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/board_cells.h: rows of the store as cells of the KPI board: all of them at first, then those that deltas change.
 *
 * Thread: the board's keeper (engine/board_keeper.h), who owns the writer and the connection. */
#ifndef BM_ENGINE_BOARD_CELLS_H
#define BM_ENGINE_BOARD_CELLS_H

#include "shm/kpi_board.h"
#include "store/kpi_board_store.h"

/** Beside the cells of a bucket stand their sums, by model and of all (shm/kpi_board.h): they follow deltas as cells do. */

/** Empty the board and fill it in one transaction, which is committed: days first, then hours, the newest of each, as long as
 *  there is room, then the deltas that are not in them. Readers are kept out until the caller ends the board's change with
 *  *mark. @return APR_ENOSPC: the board is too small; another error: of the store, or a cell cannot be read. The caller
 *  rolls back and fails the board. */
apr_status_t bm_board_cells_fill(bm_kpi_board_mark_t *mark, bm_kpi_board_writer_t *writer, bm_db_t *db, bm_err_t *err,
                                 apr_pool_t *p);

/** Deltas (rows, of bm_kpi_board_row_t) as the cells that they make of those on the board, which stay as they are: readers need
 *  not be stopped yet. Result in p. */
apr_status_t bm_board_cells_merge(apr_array_header_t **pchanges, const bm_kpi_board_writer_t *writer,
                                  const apr_array_header_t *rows, apr_pool_t *p);

/** Put them on the board, within a change of it. @return APR_ENOSPC. */
apr_status_t bm_board_cells_put(bm_kpi_board_writer_t *writer, const apr_array_header_t *changes);

#endif
