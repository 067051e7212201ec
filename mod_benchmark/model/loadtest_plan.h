/* SPDX-License-Identifier: Apache-2.0
 *
 * model/loadtest_plan.h: whether a load test's plan can be performed, and what it would send. Thread: no state. */
#ifndef BM_MODEL_LOADTEST_PLAN_H
#define BM_MODEL_LOADTEST_PLAN_H

#include "model/field.h"

/** Most requests and seconds that one plan may come to, warm-up included. */
#define BM_LOADTEST_REQUESTS_MAX 10000000
#define BM_LOADTEST_SECONDS_MAX 86400

/** Check a plan, the table included; every violation is added to err with a JSON Pointer. Where there is none, the defaults are
 *  filled in, those of the load model, the SLOs and the dataset, too. name and scenario_id are not looked up here.
 *  @return APR_SUCCESS or APR_EINVAL; the plan is then as it was. */
apr_status_t bm_loadtest_plan_check(json_t *plan, bm_err_t *err, apr_pool_t *p);

/** What a plan comes to; -1: not known before it has run. A capacity search is taken to reach max_rate, and each of its steps
 *  to be clear; one that is not is repeated, up to twice. */
typedef struct bm_loadtest_estimate_t {
    double requests;              /* to expect, warm-up included */
    double seconds;               /* warm-up and window */
    apr_int64_t peak_in_flight;   /* of a closed loop */
} bm_loadtest_estimate_t;

/** The largest load that a plan puts on its target: requests (sessions x turns) a second, or requests under way. */
double bm_loadtest_plan_peak(const json_t *plan);

/** Estimate a plan that bm_loadtest_plan_check has accepted. */
void bm_loadtest_estimate(bm_loadtest_estimate_t *estimate, const json_t *plan);

#endif
