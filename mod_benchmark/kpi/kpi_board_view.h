/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_board_view.h: windows as the board (shm/kpi_board.h) knows them: which of its cells make up one, and the number of a
 * view, which is a window of all scenarios already folded. Thread: any; no state. */
#ifndef BM_KPI_BOARD_VIEW_H
#define BM_KPI_BOARD_VIEW_H

#include "kpi/kpi_fold.h"
#include "shm/kpi_board.h"
#include "store/kpi_read_store.h"

/** The buckets of the window, its source, metrics and what need not be told apart; scenarios and location are left to the caller
 *  (all). */
void bm_kpi_board_view_wish(bm_kpi_board_wish_t *wish, const bm_kpi_window_t *window);

/** Number of the view of a window folded over range; 0: there is none for it (it has filters, or
 *  is too long, or the range is another). */
apr_uint64_t bm_kpi_board_view_number(const bm_kpi_window_t *window, const bm_kpi_range_t *range);

/** Which window and range a number stands for. @return APR_EINVAL: none. */
apr_status_t bm_kpi_board_view_parse(bm_kpi_window_t *window, bm_kpi_range_t *range, apr_uint64_t number);

/** Where the parts of a cell (wire form) end, as the board wants them; of bytes that are none all are in the first. */
void bm_kpi_board_view_parts(apr_uint32_t ends[BM_KPI_BOARD_PARTS], const void *data, apr_size_t len);

/** The key of an entry as that of a cell: the hour of a day is its first. */
bm_kpi_key_t bm_kpi_board_view_key(const bm_kpi_board_key_t *key);

#endif
