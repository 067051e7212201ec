/* SPDX-License-Identifier: Apache-2.0
 *
 * model/loadtest_model.h: a load test, its plan, what it shows of each second and each request (docs/load-tests.md).
 *
 * Its row comes from `loadtests l` and the view `run` as `r` (store/loadtest_store.h); columns are named with these letters. What
 * the tables cannot say about a plan is in model/loadtest_plan.h. */
#ifndef BM_MODEL_LOADTEST_MODEL_H
#define BM_MODEL_LOADTEST_MODEL_H

#include "model/field.h"

#define BM_LOADTEST_STATUSES "pending|running|completed|failed|cancelled|timed_out|interrupted"

/** The status as SQL: that of the run, but `interrupted` where its engine died. */
#define BM_LOADTEST_STATUS_SQL "case when r.error_code = 'interrupted' then 'interrupted' else r.status end"

/** The resource. BM_FIELD_BULKY: left out of lists. */
extern const bm_field_t bm_loadtest_fields[];

/** Body of POST /loadtests and POST /loadtests/estimate; `load_model` has the members of all types. */
extern const bm_field_t bm_loadtest_plan_fields[];

/** Members of `load_model`, `slos` and `dataset` of a plan. */
extern const bm_field_t bm_loadtest_model_fields[];
extern const bm_field_t bm_loadtest_slo_fields[];
extern const bm_field_t bm_loadtest_endpoints_fields[];
extern const bm_field_t bm_loadtest_hedge_fields[];
extern const bm_field_t bm_loadtest_dataset_fields[];

/** Bodies of PATCH and of POST /stop. */
extern const bm_field_t bm_loadtest_patch_fields[];
extern const bm_field_t bm_loadtest_stop_fields[];

/** Answer of POST /loadtests/estimate. */
extern const bm_field_t bm_loadtest_estimate_fields[];

/** One second, as the engine wrote it. */
extern const bm_field_t bm_loadtest_second_fields[];

/** One request, from the table `requests`. */
extern const bm_field_t bm_loadtest_request_fields[];

#endif
