/* SPDX-License-Identifier: Apache-2.0
 *
 * store/training_store.h: sessions of training (`training_sessions t`) and their problems (`problems b`).
 *
 * Rows for requests come as bm_row_json_write wants them: first the columns below, then the fields of bm_training_fields or
 * bm_training_problem_fields. What an engine decides of a session it decides in one transaction that holds the session's row
 * (training/session.h). Thread: that of db. */
#ifndef BM_STORE_TRAINING_STORE_H
#define BM_STORE_TRAINING_STORE_H

#include "base/json.h"
#include "store/run_order_store.h"

/** Row b of problems, as bm_problem_json writes it. */
#define BM_TRAINING_PROBLEM_SQL \
    "jsonb_build_object('type', b.type, 'difficulty', b.difficulty, 'seed', b.seed::text, 'key', b.key, 'description'," \
    " b.description," \
    " 'parameters', b.parameters, 'perturbations', b.perturbations, 'expected', b.expected)"

/** Columns of the rows of sessions; problems have none before their fields. */
enum { BM_TRAINING_REV = 0, BM_TRAINING_STATUS, BM_TRAINING_FIRST };

/** What to list. NULL: not filtered. */
typedef struct bm_training_filter_t {
    const apr_array_header_t *statuses;  /* of const char * */
    apr_int64_t automation_id;           /* -1: all */
    int oldest_first;                    /* else newest first */
    apr_int64_t after;                   /* behind this one, in that order; 0: from its begin */
    int limit;                           /* rows wanted; there may come some more (bm_select_limit) */
} bm_training_filter_t;

/** Begin a session. order: of its runs, spec without a plan. @return APR_EEXIST (code "already_training"): its automation has
 *  one,
 *  which err names. Call it in a transaction. */
apr_status_t bm_training_store_add(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, const json_t *plan,
                                   const json_t *state, bm_err_t *err, apr_pool_t *p);

/** One session; lock: until the end of the transaction no engine and nobody else changes it. @return APR_NOTFOUND. */
apr_status_t bm_training_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Without the bulky fields. */
apr_status_t bm_training_store_list(bm_rows_t **prows, bm_db_t *db, const bm_training_filter_t *filter, bm_err_t *err,
                                    apr_pool_t *p);

/** How many are under way. */
apr_status_t bm_training_store_active(int *active, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Have it end: an engine does it. One that has ended stays as it is. */
apr_status_t bm_training_store_stop(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Delete a session that has ended, with its problems; their load tests stay. @return APR_NOTFOUND: none such has ended. */
apr_status_t bm_training_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Problems of a session in their order, or newest first, behind `after` (0: from the first of these). */
apr_status_t bm_training_store_problems(bm_rows_t **prows, bm_db_t *db, apr_int64_t session_id, int newest_first,
                                        apr_int64_t after, int limit, bm_err_t *err, apr_pool_t *p);

/** Judged problems of two sessions by type and difficulty: both, then of each session their number, those that met everything and
 *  their mean success rate (NULL: none). */
apr_status_t bm_training_store_kinds(bm_rows_t **prows, bm_db_t *db, apr_int64_t a, apr_int64_t b, bm_err_t *err, apr_pool_t *p);

/** Its seconds behind a place (problem and second), ascending: columns bm_training_second_fields. */
apr_status_t bm_training_store_seconds(bm_rows_t **prows, bm_db_t *db, apr_int64_t session_id, apr_int64_t after_problem,
                                       apr_int64_t after_second, int limit, bm_err_t *err, apr_pool_t *p);

/** --- problems without a session */

/** Keep a problem (bm_problem_json); name: NULL or what it is called. *id: its number. */
apr_status_t bm_training_store_keep(apr_int64_t *id, bm_db_t *db, apr_int64_t project_id, const json_t *problem, const char *name,
                                    const char *created_by, bm_err_t *err, apr_pool_t *p);

/** A kept problem, or one of a session. */
typedef struct bm_training_problem_t {
    apr_int64_t id;
    apr_int64_t scenario_id;             /* that it was executed on; 0: none yet */
    const char *status, *name;
    const char *problem;                 /* bm_problem_json of it */
    const char *created_at;              /* RFC 3339 */
} bm_training_problem_t;

/** The problem of a key that was made last, locked. @return APR_NOTFOUND. */
apr_status_t bm_training_store_find(bm_training_problem_t **pfound, bm_db_t *db, const char *key, bm_err_t *err, apr_pool_t *p);

/** The same by its number. */
apr_status_t bm_training_store_find_id(bm_training_problem_t **pfound, bm_db_t *db, apr_int64_t id, bm_err_t *err,
                                       apr_pool_t *p);

/** Which problems without a session to list. NULL: not filtered. */
typedef struct bm_problem_filter_t {
    const char *type, *difficulty;
    const apr_array_header_t *statuses;  /* of const char * */
    int oldest_first;
    apr_int64_t after;                   /* behind this one in that order; 0: from the first */
    int limit;                           /* as above */
} bm_problem_filter_t;

/** They, in the order asked for; columns: bm_training_problem_fields without the bulky ones. */
apr_status_t bm_training_store_kept(bm_rows_t **prows, bm_db_t *db, const bm_problem_filter_t *filter, bm_err_t *err,
                                    apr_pool_t *p);

/** Delete a problem without a session that is not under way; its load test stays. @return APR_NOTFOUND; APR_EEXIST: code
 *  "of_session" or "still_running". */
apr_status_t bm_training_store_drop(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** One problem; columns: bm_training_problem_fields. @return APR_NOTFOUND. */
apr_status_t bm_training_store_problem(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** It is being executed as this load test, of this scenario. */
apr_status_t bm_training_store_execute(bm_db_t *db, apr_int64_t id, apr_int64_t scenario_id, apr_int64_t loadtest_id,
                                       bm_err_t *err,
                                       apr_pool_t *p);

/** Whether the automation is being trained on: by a session, or by a problem alone. */
apr_status_t bm_training_store_busy(int *busy, bm_db_t *db, apr_int64_t automation_id, bm_err_t *err, apr_pool_t *p);

/** --- what an engine does */

/** A session that is due. Texts in the pool of the take. */
typedef struct bm_training_row_t {
    apr_int64_t id;
    bm_run_order_t order;                /* of its runs; spec without a plan */
    const char *plan, *state, *status;   /* plan and state: JSON */
    double age;                          /* seconds since it began */
    int total, successful, unclear, failures_in_row;
    int rated;                           /* of total, those with a success rate */
    double performance;                  /* the mean of these; NaN: none */
    apr_int64_t requests, tokens;
    double cost;
    apr_int64_t problem_id;              /* under way; 0: none */
    const char *problem;                 /* bm_problem_json of it */
    apr_int64_t loadtest_id;
    const char *run_status;              /* of its load test; NULL: it is gone */
    const char *run_error, *run_error_code;
    const char *response;                /* JSON of an ended one; NULL: it has none */
} bm_training_row_t;

/** Whether sessions are due, and whether problems without one are under way: one statement, for when there is nothing to do. */
apr_status_t bm_training_store_due(int *sessions, int *problems, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Take the session that has been due longest, locked; sessions that another engine holds are passed over. Call it in a
 *  transaction. @return APR_NOTFOUND: none is due. */
apr_status_t bm_training_store_take(bm_training_row_t **prow, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** A problem without a session whose load test has ended, locked: problem_id, problem, loadtest_id and what is known of the run
 *  are filled. In a transaction. @return APR_NOTFOUND: none. */
apr_status_t bm_training_store_take_alone(bm_training_row_t **prow, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Look at it again after `wait`. */
apr_status_t bm_training_store_wait(bm_db_t *db, apr_int64_t id, apr_interval_time_t wait, bm_err_t *err, apr_pool_t *p);

/** Give it a problem (bm_problem_json), executed as the load test; why: a sentence. The event training.update is the caller's. */
apr_status_t bm_training_store_give(bm_db_t *db, const bm_training_row_t *row, const json_t *problem, const char *why,
                                    apr_int64_t loadtest_id, bm_err_t *err, apr_pool_t *p);

/** Cancel the load test of the problem under way, or let it end with what is under way (drain). */
apr_status_t bm_training_store_halt(bm_db_t *db, apr_int64_t loadtest_id, int drain, bm_err_t *err, apr_pool_t *p);

/** Add to the row what the problem under way used: requests, tokens, money, by its rows, so also of one that was cut off. */
apr_status_t bm_training_store_use(bm_training_row_t *row, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** The problem under way has ended. status: "completed", "failed" or "cancelled"; judgement: of bm_judge, NULL: none. */
apr_status_t bm_training_store_settle(bm_db_t *db, const bm_training_row_t *row, const char *status, const json_t *judgement,
                                      bm_err_t *err, apr_pool_t *p);

/** Write what the row has now of totals, and the state; move: NULL: none. The problem under way is none any more. */
apr_status_t bm_training_store_learn(bm_db_t *db, const bm_training_row_t *row, const json_t *state, const char *difficulty,
                                     const json_t *move, bm_err_t *err, apr_pool_t *p);

/** End it. */
apr_status_t bm_training_store_end(bm_db_t *db, apr_int64_t id, const char *status, const char *ended_by, const char *reason,
                                   const json_t *conclusion, bm_err_t *err, apr_pool_t *p);

#endif
