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

/** Calibrations, newest first; columns as above with the fields of bm_calibration_fields. */
apr_status_t bm_run_store_calibrations(bm_rows_t **prows, bm_db_t *db, apr_int64_t after, int limit, apr_int64_t skip,
                                       bm_err_t *err, apr_pool_t *p);

/** What a run of a scenario is made of: one row with provider, connection, default_inputs, tinyfish_automation_id,
 *  inputs_template, run_settings, labels (array_to_json), version, automation_id, project_id, the scenario's name.
 *  @return APR_NOTFOUND. */
apr_status_t bm_run_store_parts(bm_rows_t **prows, bm_db_t *db, apr_int64_t scenario_id, bm_err_t *err, apr_pool_t *p);

/** What is put into the queue. */
typedef struct bm_run_order_t {
    apr_int64_t automation_id, scenario_id, project_id;
    int kind;
    int scenario_version;
    int priority;
    int max_attempts;
    apr_time_t run_at;                   /* 0: now */
    const char *spec;                    /* model/run_spec.h */
    const char *const *labels;
    int label_count;
    const char *created_by;              /* NULL: anonymous */
    const char *const *locations;        /* where it may be performed, one run (or bulk) for each; NULL: once, anywhere */
    int location_count;
    const char *group;                   /* label that says which were fanned out together; NULL: were not */
    double confirmed_rate;               /* of the automation; not stored. NaN: none */
} bm_run_order_t;

/** Queue one run, at the first of its locations, and read it back, in one round trip. fields as for get. */
apr_status_t bm_run_store_add(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, const bm_field_t *fields,
                              bm_err_t *err, apr_pool_t *p);

/** Queue `count` runs alike for each location, in this order: rows of one column, their ids ascending. */
apr_status_t bm_run_store_add_many(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, int count, bm_err_t *err,
                                   apr_pool_t *p);

/** Mark a run as cancelled and read it. @return APR_NOTFOUND; a finished run is returned as it is. */
apr_status_t bm_run_store_cancel(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Mark many. *pqueued and *pended: one column, the ids that were in the queue and those that had ended. */
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
