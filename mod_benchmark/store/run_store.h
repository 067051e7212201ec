/* SPDX-License-Identifier: Apache-2.0
 *
 * store/run_store.h: runs as requests see them: the view `run` over queue and runs.
 *
 * Requests add to the queue and set marks; only the engine's recorder writes `runs` (labels, notes and deletion apart).
 * Each answer is read by one statement of its own, so a run that moves from one table to the other meanwhile is
 * neither missed nor doubled. Rows come as bm_row_json_write wants them: columns 0 to 2 are the ETag, the status and the
 * number of the kind, then the fields of bm_run_fields. Thread: that of db. */
#ifndef BM_STORE_RUN_STORE_H
#define BM_STORE_RUN_STORE_H

#include <apr_tables.h>
#include "base/json.h"
#include "db/query.h"
#include "model/field.h"

/** Columns of the rows. */
enum { BM_RUN_ETAG = 0, BM_RUN_STATUS, BM_RUN_KIND, BM_RUN_FIRST };
#define BM_RUN_HEAD "etag, status, kind, "

/** What to list. NULL, 0: not filtered. */
typedef struct bm_run_filter_t {
    const apr_array_header_t *kinds;     /* of const char *; NULL: runs only */
    const apr_array_header_t *statuses;  /* of const char * */
    apr_int64_t scenario_id;             /* -1: all */
    apr_int64_t automation_id;           /* -1: all */
    apr_time_t from, to;                 /* created_at, to exclusive */
    const char *q;                       /* part of error, error_code, model, tinyfish_run_id or note, any case; or an id */
    const char *label;
    const char *error_code;
    const char *location;
    apr_int64_t after;                   /* runs behind this one in the order */
    const char *sort;                    /* id, total_duration_ms, ttft_ms, finished_at; NULL: id */
    int ascending;
    int limit;                 /* rows wanted; there may come some more (bm_select_limit) */
    apr_int64_t skip;
    int summary;
} bm_run_filter_t;

/** The page. By another order than id, `after` must name a run that has ended; else the page is empty. */
apr_status_t bm_run_store_list(bm_rows_t **prows, bm_db_t *db, const bm_run_filter_t *filter, bm_err_t *err, apr_pool_t *p);

/** How many match, counted up to `most` + 1. after, skip, limit and sort do not matter. */
apr_status_t bm_run_store_count(apr_int64_t *count, bm_db_t *db, const bm_run_filter_t *filter, apr_int64_t most, bm_err_t *err,
                                apr_pool_t *p);

/** One run. fields: bm_run_fields or another table over the view. @return APR_NOTFOUND. */
apr_status_t bm_run_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const bm_field_t *fields, int summary,
                              bm_err_t *err, apr_pool_t *p);

/** What one of several requests asks for, and its answer. Its thread waits meanwhile: all is written by the thread of db. */
typedef struct bm_run_asked_t {
    apr_int64_t id;                      /* of a run, of a scenario */
    const struct bm_run_order_t *order;  /* to queue (run_order_store.h) */
    apr_pool_t *p;                       /* where rows and err live: the asker's */
    bm_err_t *err;
    apr_status_t rv;
    bm_rows_t *rows;                     /* one row if rv is APR_SUCCESS; NULL before */
} bm_run_asked_t;

/** Give each of n askers, who may ask for the same, its row by the id in that column; those who have one keep it. p: scratch.
 *  @return how many have none. */
int bm_run_store_hand_out(bm_run_asked_t *const *asked, int n, const bm_rows_t *rows, int column, apr_pool_t *p);

/** The ids that have no row yet, as an array. */
bm_param_t bm_run_store_missing(bm_run_asked_t *const *asked, int n, apr_pool_t *p);

/** The runs of n askers by two statements at most. @return whether the statements worked (err says why not); what each has got
 *  is its rv: APR_NOTFOUND. */
apr_status_t bm_run_store_get_each(bm_run_asked_t *const *asked, int n, bm_db_t *db, int summary, bm_err_t *err, apr_pool_t *p);

/** Calibrations, newest first; columns as above with the fields of bm_calibration_fields. */
apr_status_t bm_run_store_calibrations(bm_rows_t **prows, bm_db_t *db, apr_int64_t after, int limit, apr_int64_t skip,
                                       bm_err_t *err, apr_pool_t *p);

/** Mark a run as cancelled and read it. @return APR_NOTFOUND; a finished run is returned as it is. */
apr_status_t bm_run_store_cancel(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Mark many. *pqueued: the ids that were in the queue, and true; *pended: the ids of those that had ended. Not in a transaction:
 *  it would hold the locks of all. */
apr_status_t bm_run_store_cancel_many(bm_rows_t **pqueued, bm_rows_t **pended, bm_db_t *db, const apr_int64_t *ids, int n,
                                      bm_err_t *err, apr_pool_t *p);

/** Labels and note of a finished run; NULL: left as it is. set_note with note NULL removes it. @return APR_NOTFOUND: not
 *  finished, or there is none. */
apr_status_t bm_run_store_annotate(bm_db_t *db, apr_int64_t id, const json_t *labels, int set_note, const char *note,
                                   bm_err_t *err, apr_pool_t *p);

/** Delete a finished run and have its hour's figures rebuilt. @return APR_NOTFOUND: not finished, or there is none. */
apr_status_t bm_run_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Packed chunks of a run: one row with status, ETag and timeline (null while it is not finished). @return APR_NOTFOUND. */
apr_status_t bm_run_store_timeline(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

#endif
