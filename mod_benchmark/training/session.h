/* SPDX-License-Identifier: Apache-2.0
 *
 * training/session.h: sessions of training as something that goes on: give a problem, await it, judge, adapt (docs/training.md).
 *
 * Whoever begins one fills its row (api/training_api.c); from then on steps of this controller carry it on, each in one
 * transaction that holds the row. A problem is executed as a load test of kind training. */
#ifndef BM_TRAINING_SESSION_H
#define BM_TRAINING_SESSION_H

#include "base/settings.h"
#include "engine/controller.h"
#include "store/run_order_store.h"
#include "training/problem.h"

extern const bm_controller_t bm_training_controller;

/** The administrator's limits of a session on a target for which this rate is confirmed. scale: what the session asks for. */
void bm_session_limits(bm_problem_limits_t *limits, const bm_settings_t *settings, double confirmed_rate, double scale);

/** Whether problems must do without copies of requests: calls of the provider (name) must not be made twice, or there is a budget
 *  of money or tokens, and what an aborted copy used is not known. budget: NULL, there is none. */
int bm_session_forbids_copies(const char *provider, const json_t *budget);

/** The same as JSON, to be kept in the plan; and back, as far as the budget goes: seconds and requests that are left. */
json_t *bm_session_limits_json(const bm_problem_limits_t *limits, apr_pool_t *p);
void bm_session_limits_read(bm_problem_limits_t *limits, const json_t *json, double seconds_left, apr_int64_t requests_left);

/** What binds the load test of a problem while it goes on: what is left of a budget, 0: no end. keep_rows: of its plan. */
typedef struct bm_session_rest_t {
    double cost;
    apr_int64_t requests, tokens;
    double keep_rows;
} bm_session_rest_t;

/** Queue the load test that performs a problem, of an order without a plan. *complaint: NULL, or why it cannot be performed. In a
 *  transaction. @return as bm_db_query. */
apr_status_t bm_session_queue(apr_int64_t *loadtest_id, const char **complaint, bm_db_t *db, const bm_run_order_t *order,
                              const bm_problem_t *problem, const bm_problem_limits_t *limits,
                              const bm_session_rest_t *rest, bm_err_t *err, apr_pool_t *p);

#endif
