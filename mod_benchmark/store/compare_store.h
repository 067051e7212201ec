/* SPDX-License-Identifier: Apache-2.0
 *
 * store/compare_store.h: the rows of one side of a comparison, never more than a bounded number, picked by a seed.
 *
 * Runs are ordered by a hash of their id and the seed, so the first ones are a random sample that is the same each time, and
 * their order tells nothing. Of a load test places in the plan are asked for. Read only. Thread: that of db. */
#ifndef BM_STORE_COMPARE_STORE_H
#define BM_STORE_COMPARE_STORE_H

#include "db/query.h"

/** Which runs. */
typedef struct bm_compare_scope_t {
    const apr_int64_t *ids;              /* NULL: not by id */
    int id_count;
    apr_int64_t scenario_id, automation_id;      /* -1: all */
    int version;                         /* 0: all */
    const char *model, *location, *label;        /* NULL: all */
    apr_time_t from, to;                 /* finished_at; 0: no bound */
    apr_int64_t min_id, max_id;          /* bounds of ids; from bm_compare_store_size */
    apr_int64_t seed;
    int limit;                           /* rows */
    int timelines;                       /* of the first so many rows the chunks too */
} bm_compare_scope_t;

/** Columns of the rows; behind them those of store/sample_row.h. ENDED: microseconds since 1970. */
enum { BM_COMPARE_ID, BM_COMPARE_ROW_STATUS, BM_COMPARE_ERROR, BM_COMPARE_KIND, BM_COMPARE_SCENARIO, BM_COMPARE_VERSION,
       BM_COMPARE_AUTOMATION, BM_COMPARE_PROVIDER, BM_COMPARE_MODEL, BM_COMPARE_LOCATION, BM_COMPARE_ENGINE, BM_COMPARE_ENDED,
       BM_COMPARE_TIMELINE, BM_COMPARE_FIGURES };

/** About how many runs a scenario, an automation or all have in the window, by the KPI cells, and between which ids; fills min_id
 *  and max_id of scope. Version, model, location and label are not looked at. */
apr_status_t bm_compare_store_size(apr_int64_t *runs, bm_db_t *db, bm_compare_scope_t *scope, bm_err_t *err, apr_pool_t *p);

/** The rows of recorded runs. By id they may be of any kind, else single runs. */
apr_status_t bm_compare_store_runs(bm_rows_t **prows, bm_db_t *db, const bm_compare_scope_t *scope, bm_err_t *err, apr_pool_t *p);

/** A load test: status, fence, scenario, its version, automation, places in the plan that were written (0: none), whether its
 *  requests were dropped, and the plan (JSON) without inline entries. @return APR_NOTFOUND. */
enum { BM_COMPARE_LT_STATUS, BM_COMPARE_LT_FENCE, BM_COMPARE_LT_SCENARIO, BM_COMPARE_LT_VERSION, BM_COMPARE_LT_AUTOMATION,
       BM_COMPARE_LT_PLACES, BM_COMPARE_LT_DROPPED, BM_COMPARE_LT_PLAN };
apr_status_t bm_compare_store_loadtest(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Requests of a load test's window: of the n places named, or of all if n is 0. As bm_compare_store_runs; ID is the place in
 *  the plan, and VERSION and ENGINE are those of the load test. */
apr_status_t bm_compare_store_requests(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t fence,
                                       const apr_int64_t *places, int n, apr_int64_t seed, int timelines, bm_err_t *err,
                                       apr_pool_t *p);

#endif
