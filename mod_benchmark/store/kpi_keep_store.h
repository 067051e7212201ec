/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_keep_store.h: how long KPI cells are kept: hours, then days.
 *
 * kpi_state says from where on there are cells of each level. Those borders only move forward, by whole days, and move first:
 * what is below them is deleted at the next call, when readers have long seen them. Compaction, rebuilding and this exclude each
 * other. Thread: that of db. */
#ifndef BM_STORE_KPI_KEEP_STORE_H
#define BM_STORE_KPI_KEEP_STORE_H

#include "store/kpi_read_store.h"

/** Where the cells begin; 0: nothing was dropped yet. */
typedef struct bm_kpi_kept_t {
    apr_int32_t hours_from;      /* first hour (since 1970) whose hour cells are there; begin of a day, not before days_from */
    apr_int32_t days_from;       /* first day (since 1970) whose day cells are there */
} bm_kpi_kept_t;

apr_status_t bm_kpi_keep_store_get(bm_kpi_kept_t *kept, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Widen a window whose ends lie where hours are no longer kept to whole days, and read it by days (bm_kpi_window_t.by_day).
 *  @return whether anything was changed. */
int bm_kpi_keep_fit(bm_kpi_window_t *window, const bm_kpi_kept_t *kept);

/** Delete at most `limit` cells that are below the borders. *deleted == limit: call again. */
apr_status_t bm_kpi_keep_store_delete(int *deleted, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p);

/** Move the borders to where hours are kept for hour_days and days for day_days (0: for ever) before today. Not at all while
 *  somebody else moves cells. */
apr_status_t bm_kpi_keep_store_move(bm_db_t *db, int hour_days, int day_days, bm_err_t *err, apr_pool_t *p);

#endif
