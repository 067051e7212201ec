/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_cells.h: every KPI cell of a window, for requests.
 *
 * The one way in which handlers read cells, so that where they come from is decided in one place: from the board
 * (shm/kpi_board.h) and what was committed since it was written, or, if the board has not all of them, from the store. Both are
 * the same figures.
 * The answer's header X-Benchmark-KPIs says which: board, or store. Thread: that of the request. */
#ifndef BM_API_KPI_CELLS_H
#define BM_API_KPI_CELLS_H

#include "api/api.h"
#include "kpi/kpi_fold.h"
#include "store/kpi_read_store.h"

/** Told of each cell. body: wire form (kpi/kpi_cell.h), valid during the call. Anything but APR_SUCCESS ends the reading.
 *  APR_EINVAL and APR_ENOSPC mean that the body is damaged; with others it has set q->err. */
typedef apr_status_t bm_kpi_cells_fn(void *baton, const bm_kpi_key_t *key, const void *body, apr_size_t len);

/** Give every cell of the window to fn, in no order; a key may come more than once, each with a part of its runs or metrics. Of
 *  those that window->label_id asks for, every run is in one cell of its label. With by_day the hour of a cell of a whole day is
 *  the day's first. Cells may lack metrics that window->metrics does not name, and be sums as window->sums allows. q->db must be
 *  open. @return as bm_db_query; APR_EGENERAL: a cell is damaged. */
apr_status_t bm_kpi_cells_each(bm_req_t *q, const bm_kpi_window_t *window, bm_kpi_cells_fn *fn, void *baton);

/** The window folded over range (kpi/kpi_fold.h), in q->p: quicker than feeding a fold by bm_kpi_cells_each if it has no filters,
 *  for the board keeps such windows folded while they are asked for. @return as bm_kpi_cells_each. */
apr_status_t bm_kpi_cells_fold(bm_kpi_fold_t **pfold, bm_req_t *q, const bm_kpi_window_t *window, const bm_kpi_range_t *range);

#endif
