/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_read_store.h: KPI cells and the deltas that are not folded into them yet, as requests read them.
 *
 * One statement sees every recorded run once, whatever a compaction (store/kpi_store.h) does meanwhile. Read only.
 * Thread: that of db. */
#ifndef BM_STORE_KPI_READ_STORE_H
#define BM_STORE_KPI_READ_STORE_H

#include "db/query.h"
#include "shm/kpi_board.h"

enum {
    BM_KPI_EACH_LABEL = -1,      /* the cells of every label, but not those of all runs: a run is in several of them or in none */
    BM_KPI_NO_LABEL = -2         /* nothing: of a name that has no number */
};

/** What to read. Hours since 1970. */
typedef struct bm_kpi_window_t {
    apr_int32_t from_hour;       /* first hour */
    apr_int32_t to_hour;         /* first hour behind it; 0: no end */
    int source;                  /* 0 run, 1 loadtest, ... */
    apr_int64_t scenario_id;     /* -1: all */
    apr_int64_t automation_id;   /* -1: all */
    const char *location;        /* name; NULL: all */
    const apr_int64_t *models;   /* numbers, ascending; NULL: all */
    int model_count;
    int label_id;                /* 0: the cells of all runs; a number (store/label_store.h): those of that label; or as below */
    int by_day;                  /* whole days as one cell each (hour = their first), hours only at the ends: for totals, tables
                                  * and series of buckets of whole days */
    apr_uint32_t metrics;        /* bit i: metric i is looked at; cells may lack others. 0: all; 1: none, but counts */
    int body_only;               /* the metrics that are looked at are all in the bodies of cells (kpi/kpi_merge.h) */
    bm_kpi_board_sums_e sums;    /* cells that need not be told apart: from the board they may come as one, whose key has
                                  * BM_KPI_BOARD_EACH in the place of a scenario, or a model */
} bm_kpi_window_t;

/** Columns of the rows; bodies are binary. What a cell has more than its body (kpi_store.h) is null if it is not asked for. */
enum { BM_KPI_READ_SCENARIO, BM_KPI_READ_MODEL, BM_KPI_READ_LOCATION, BM_KPI_READ_HOUR, BM_KPI_READ_BODY,
       BM_KPI_READ_LABEL, BM_KPI_READ_MORE };

/** Every cell of a window, in no order. Ends of the window that lie where hours are no longer kept are widened to whole days; a
 *  cell that begins before the window tells its first hour (one that begins behind it, its last). bm_kpi_keep_fit
 *  (kpi_keep_store.h) widens the window itself, for those who must say so. */
apr_status_t bm_kpi_read_store_cells(bm_rows_t **prows, bm_db_t *db, const bm_kpi_window_t *window, bm_err_t *err, apr_pool_t *p);

/** What a window of the board lacks: the deltas of the window that are not in its snapshot, in the same columns, in *prows; there
 *  may be none. @return APR_NOTFOUND (err untouched): cells have changed otherwise since then; read the store. */
apr_status_t bm_kpi_read_store_since(bm_rows_t **prows, bm_db_t *db, const bm_kpi_board_mark_t *mark,
                                     const bm_kpi_window_t *window, bm_err_t *err, apr_pool_t *p);

/** The ids that the window's names stand for. *pscenarios: of apr_int64_t, ascending; NULL: all. *location_id: -1: all; -2:
 *  there is no such place. */
apr_status_t bm_kpi_read_store_scope(apr_array_header_t **pscenarios, apr_int32_t *location_id, bm_db_t *db,
                                     const bm_kpi_window_t *window, bm_err_t *err, apr_pool_t *p);

#endif
