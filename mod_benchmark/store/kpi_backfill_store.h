/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_backfill_store.h: windows whose KPI cells are made again from rows by request: the table kpi_rebuilds.
 *
 * A window is taken apart into marks on kpi_dirty, which are settled as ever (kpi_rebuild_store.h): of every hour that has
 * cells and of every hour that has rows, found by walking over `runs` by id, a slice a step. The marks wait until all are there,
 * so that no hour is made twice. All progress is in the row: whoever holds the job goes on. Thread: that of db. */
#ifndef BM_STORE_KPI_BACKFILL_STORE_H
#define BM_STORE_KPI_BACKFILL_STORE_H

#include <apr_time.h>
#include "db/query.h"

/** Ask for a window of whole hours since 1970; scenario_id -1: all. *prows: it, as bm_kpi_rebuild_fields. */
apr_status_t bm_kpi_backfill_store_add(bm_rows_t **prows, bm_db_t *db, apr_int32_t from_hour, apr_int32_t to_hour,
                                       apr_int64_t scenario_id, const char *by, bm_err_t *err, apr_pool_t *p);

/** One of them. @return APR_NOTFOUND. */
apr_status_t bm_kpi_backfill_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** The newest hundred. */
apr_status_t bm_kpi_backfill_store_list(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Since when all runs are there; 0: none was dropped by retention. *there: whether the scenario exists (-1 does). */
apr_status_t bm_kpi_backfill_store_since(apr_time_t *since, int *there, bm_db_t *db, apr_int64_t scenario_id, bm_err_t *err,
                                         apr_pool_t *p);

/** Go on with the oldest that is not done: look at `slice` ids, or see whether its marks are settled. *more: there is more to do
 *  now. */
apr_status_t bm_kpi_backfill_store_step(int *more, bm_db_t *db, int slice, bm_err_t *err, apr_pool_t *p);

#endif
