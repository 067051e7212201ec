/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_store.h: KPI deltas into hour and day cells.
 *
 * Finish appends deltas (store/finish_store.h); a job folds them. Readers (store/kpi_read_store.h) see every run once,
 * whatever a compaction does meanwhile, because it moves them in one transaction. What a body holds is kpi/kpi_cell.h's
 * affair: merging is handed in. Thread: that of db. */
#ifndef BM_STORE_KPI_STORE_H
#define BM_STORE_KPI_STORE_H

#include "db/query.h"

/** One body of several. */
typedef struct bm_kpi_body_t {
    const void *data;
    int len;
} bm_kpi_body_t;

/** As a cell is stored: what most readers want, and the rest, which is left where it is unless it is asked for. Either is a body
 *  like any other; merged they are the cell. */
typedef struct bm_kpi_stored_t {
    bm_kpi_body_t body;
    bm_kpi_body_t more;            /* data NULL: nothing */
} bm_kpi_stored_t;

/** Merge n bodies (at least 1) into one cell in p. @return APR_EINVAL: one of them is damaged. */
typedef apr_status_t bm_kpi_merge_fn(void *baton, bm_kpi_stored_t *merged, const bm_kpi_body_t *parts, int n, apr_pool_t *p);

/** Tells the boards (shm/kpi_board.h) that cells are no longer what they were plus deltas. To be run in each transaction that
 *  writes or deletes cells, or deletes deltas, in any other way than bm_kpi_store_compact. */
extern const bm_stmt_t bm_kpi_store_rewritten;

/** Columns body and more of n cells, as parameters. */
void bm_kpi_store_params(bm_param_t params[2], const bm_kpi_stored_t *stored, int n, apr_pool_t *p);

/** Fold deltas that were committed before the last call but at least `age` ago, at most `limit` of them, into hour and day
 *  cells, in one transaction. Several callers at once: one works, the others return with 0. A damaged delta is logged, left
 *  out, and its hour put on kpi_dirty. *folded: deltas folded; == limit: call again. */
apr_status_t bm_kpi_store_compact(int *folded, bm_db_t *db, apr_interval_time_t age, int limit, bm_kpi_merge_fn *merge,
                                  void *baton, bm_err_t *err, apr_pool_t *p);

#endif
