/* SPDX-License-Identifier: Apache-2.0
 *
 * store/loadtest_store.h: load tests as requests see them: `loadtests` (l) joined with the view `run` (r).
 *
 * What an engine writes of a load test is in store/request_store.h; readers take the rows of the last fence. Rows come as
 * bm_row_json_write wants them: first the columns below, then the fields of bm_loadtest_fields. Thread: that of db. */
#ifndef BM_STORE_LOADTEST_STORE_H
#define BM_STORE_LOADTEST_STORE_H

#include <apr_tables.h>
#include "base/json.h"
#include "db/query.h"
#include "store/run_order_store.h"

/** Columns of the rows. RECORDED: its run is in `runs`, so no engine will write to it any more. */
enum { BM_LOADTEST_ETAG = 0, BM_LOADTEST_STATUS, BM_LOADTEST_CONTROL, BM_LOADTEST_RECORDED, BM_LOADTEST_FIRST };

/** What to list. NULL: not filtered. */
typedef struct bm_loadtest_filter_t {
    const apr_array_header_t *statuses;  /* of const char * */
    int kind;                            /* BM_RUN_KIND_LOADTEST or BM_RUN_KIND_TRAINING */
    apr_int64_t scenario_id;             /* -1: all */
    apr_int64_t automation_id;           /* -1: all */
    const char *q;                       /* part of the name, any case; or an id */
    const char *label, *location;
    int oldest_first;
    apr_int64_t after;                   /* behind this one in that order */
    int limit;                           /* rows wanted; there may come some more (bm_select_limit) */
    apr_int64_t skip;
} bm_loadtest_filter_t;

/** Queue the run and add the load test; call it in a transaction. plan: with its name. */
apr_status_t bm_loadtest_store_add(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, const json_t *plan,
                                   bm_err_t *err, apr_pool_t *p);

/** One load test; lock: until the end of the transaction nobody else changes it. @return APR_NOTFOUND. */
apr_status_t bm_loadtest_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Newest first, without the bulky fields and the elements of inline datasets. */
apr_status_t bm_loadtest_store_list(bm_rows_t **prows, bm_db_t *db, const bm_loadtest_filter_t *filter, bm_err_t *err,
                                    apr_pool_t *p);

/** How many match, counted up to `most` + 1. */
apr_status_t bm_loadtest_store_count(apr_int64_t *count, bm_db_t *db, const bm_loadtest_filter_t *filter, apr_int64_t most,
                                     bm_err_t *err, apr_pool_t *p);

/** Change the name, and read it back. @return APR_NOTFOUND. */
apr_status_t bm_loadtest_store_rename(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const char *name, bm_err_t *err,
                                      apr_pool_t *p);

/** What users want of a load test. */
typedef enum bm_loadtest_wish_e {
    BM_LOADTEST_RUN,
    BM_LOADTEST_PAUSE,
    BM_LOADTEST_DRAIN,       /* one that no engine has taken yet is cancelled: it has nothing to drain */
    BM_LOADTEST_CANCEL
} bm_loadtest_wish_e;

/** Mark it and read it back. One that has ended, or that drains, is read as it is. @return APR_NOTFOUND. */
apr_status_t bm_loadtest_store_control(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_loadtest_wish_e wish, bm_err_t *err,
                                       apr_pool_t *p);

/** Seconds behind `after` (-1: all), ascending: the number, and what the engine wrote of it. @return APR_NOTFOUND. */
apr_status_t bm_loadtest_store_series(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int limit, bm_err_t *err,
                                      apr_pool_t *p);

/** Requests behind the place `after` (-1: all), ascending, of at least `places` places with all their attempts; columns:
 *  bm_loadtest_request_fields. @return APR_NOTFOUND. */
apr_status_t bm_loadtest_store_requests(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int places,
                                        bm_err_t *err, apr_pool_t *p);

/** Delete the requests of a load test that nobody writes to any more, in portions. */
apr_status_t bm_loadtest_store_delete_requests(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Delete a recorded load test, its requests in portions: call it outside a transaction, so that a second call goes on where
 *  a first one was cut off. The KPIs of its hours are made again. @return APR_NOTFOUND: not recorded, or there is none. */
apr_status_t bm_loadtest_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Delete the requests of the oldest load test that ended more than `days` ago and still has them; its results and KPIs stay.
 *  days 0: nothing. *pruned: 0 or 1. */
apr_status_t bm_loadtest_store_prune_requests(int *pruned, bm_db_t *db, int days, bm_err_t *err, apr_pool_t *p);

/** Delete the oldest load test whose run is gone, as runs are dropped when they are past their time. *pruned: 0 or 1. */
apr_status_t bm_loadtest_store_prune(int *pruned, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
