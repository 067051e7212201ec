/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_cells.h: every KPI cell of a window, for requests.
 *
 * The one way in which handlers read cells, so that where they come from is decided in one place. Thread: that of the request. */
#ifndef BM_API_KPI_CELLS_H
#define BM_API_KPI_CELLS_H

#include "api/api.h"
#include "kpi/kpi_delta.h"
#include "store/kpi_read_store.h"

/** Told of each cell. body: wire form (kpi/kpi_cell.h), valid during the call. Anything but APR_SUCCESS ends the reading.
 *  APR_EINVAL and APR_ENOSPC mean that the body is damaged; with others it has set q->err. */
typedef apr_status_t bm_kpi_cells_fn(void *baton, const bm_kpi_key_t *key, const void *body, apr_size_t len);

/** Give every cell of the window to fn, in no order; a key may come more than once, each with a part of its runs. Of those that
 *  window->label_id asks for, every run is in one cell of its label. With by_day the hour of a cell of a whole day is the day's
 *  first. q->db must be open. @return as bm_db_query; APR_EGENERAL: a cell is damaged. */
apr_status_t bm_kpi_cells_each(bm_req_t *q, const bm_kpi_window_t *window, bm_kpi_cells_fn *fn, void *baton);

#endif
