/* SPDX-License-Identifier: Apache-2.0
 *
 * api/training_begin.h: from "train on this scenario" to a row that engines carry on. Used by /training/sessions and by the
 * routes
 * of Hive's contract. */
#ifndef BM_API_TRAINING_BEGIN_H
#define BM_API_TRAINING_BEGIN_H

#include "api/api.h"
#include "store/training_store.h"
#include "training/problem.h"

/** Begin a session: body has the members of bm_training_plan_fields, checked by that table. In a transaction. *prows: its row.
 *  @return APR_EINVAL: violations, each named; APR_NOTFOUND: no such scenario; APR_EEXIST: already trained on, or too many. */
apr_status_t bm_training_begin(bm_rows_t **prows, bm_req_t *q, const json_t *body);

/** What runs of a problem on a scenario are made of, spec without a plan, once an operator has said yes for its automation.
 *  name: NULL, or gets the scenario's name. @return as above. */
apr_status_t bm_training_order(bm_run_order_t *order, const char **name, bm_req_t *q, apr_int64_t scenario_id);

#endif
