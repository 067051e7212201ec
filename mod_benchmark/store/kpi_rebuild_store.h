/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_rebuild_store.h: hours on kpi_dirty, their rows, and the cells that are made of them again.
 *
 * One hour is one transaction of the caller's: take, open, next until it is empty, write; or, instead of what is left of it,
 * drop or postpone. Compaction and the deletion of scenarios are excluded meanwhile (kpi_state); recording is not, and is
 * counted once: rows and the deltas that go with them are read by one cursor, hence as of one instant, and only those deltas
 * are replaced. Deleting runs is not excluded either: what is marked again meanwhile stays marked.
 *
 * A day is put together from its 24 hours. Where retention has dropped those (kpi_state.hours_from), a mark means its whole day:
 * the day's cells are made of the day's rows at once. What is below kpi_state.days_from has no cells at all and gets none.
 *
 * Thread: that of db. */
#ifndef BM_STORE_KPI_REBUILD_STORE_H
#define BM_STORE_KPI_REBUILD_STORE_H

#include <apr_tables.h>
#include "store/finish_store.h"
#include "store/kpi_store.h"

/** An hour to be rebuilt. */
typedef struct bm_kpi_mark_t {
    apr_int64_t scenario_id;
    int source;
    int hour;                       /* hours since 1970 */
    int is_gone;                    /* the scenario does not exist any more */
    apr_time_t marked_at;           /* tells this mark from a later one of the same hour */
    apr_int64_t min_id, max_id;     /* runs that its cells and deltas may not name; BM_FIGURE_NONE: there are none */
} bm_kpi_mark_t;

/** A row of that hour: of `row` id, status, error_code, timeline, tokens and the times that KPIs are made of. */
typedef struct bm_kpi_row_run_t {
    bm_finished_run_t row;
    int model_id;
    int location_id;
    int good;                       /* met all SLOs */
    const char *labels;             /* JSON array; NULL: none. Of a request those of its load test */
} bm_kpi_row_run_t;

/** What is read of an hour, page by page. */
typedef struct bm_kpi_hour_t {
    bm_kpi_mark_t mark;
    int first, hours;               /* what is made again: one hour, or the 24 of a day */
    int by_day;                     /* the latter, as its hours have no cells any more */
    int expired;                    /* its day has no cells any more either: drop the mark */
    int rows_dropped;               /* retention has dropped runs that its figures still count. Valid after the first page */
    apr_array_header_t *deltas;     /* of apr_int64_t: those that the rows stand for */
} bm_kpi_hour_t;

/** Take the mark that has waited longest, inside a transaction; it stays on the table until write or drop.
 *  @return APR_NOTFOUND (err untouched): none is due, or compaction or another rebuild is at work. */
apr_status_t bm_kpi_rebuild_store_take(bm_kpi_hour_t **phour, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Begin to read its rows. */
apr_status_t bm_kpi_rebuild_store_open(bm_kpi_hour_t *hour, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Some more of its runs (of bm_kpi_row_run_t) in ppage, in no order. *more 0: these were the last. */
apr_status_t bm_kpi_rebuild_store_next(apr_array_header_t **pruns, int *more, bm_kpi_hour_t *hour, bm_db_t *db, bm_err_t *err,
                                       apr_pool_t *ppage);

/** Put n cells (of the mark's hour or day, and its source) in the place of its cells and deltas, make the day anew and remove
 *  the mark. @return APR_EGENERAL: a stored cell of that day is damaged (logged). */
apr_status_t bm_kpi_rebuild_store_write(bm_db_t *db, const bm_kpi_hour_t *hour, const bm_delta_row_t *cells, int n,
                                        bm_kpi_merge_fn *merge, void *baton, bm_err_t *err, apr_pool_t *p);

/** Remove the mark and leave the figures. */
apr_status_t bm_kpi_rebuild_store_drop(bm_db_t *db, const bm_kpi_mark_t *mark, bm_err_t *err, apr_pool_t *p);

/** Let the mark wait for an hour, so that what cannot be rebuilt does not hold up the others. */
apr_status_t bm_kpi_rebuild_store_postpone(bm_db_t *db, const bm_kpi_mark_t *mark, bm_err_t *err, apr_pool_t *p);

#endif
