/* SPDX-License-Identifier: Apache-2.0
 *
 * api/run_order.h: from "run this scenario with these inputs" to a row of the queue. Used by trigger, bulk, requeue and load
 * tests. */
#ifndef BM_API_RUN_ORDER_H
#define BM_API_RUN_ORDER_H

#include "api/api.h"
#include "store/run_order_store.h"

/** Read the scenario and its automation as they are now, merge the inputs, check every placeholder and fill order (kind run).
 *  override: laid over the inputs; may be NULL. inputs: used instead of all three levels (a requeue); may be NULL.
 *  where: has the members location and locations (api/run_location.h); may be NULL.
 *  @return APR_NOTFOUND: no such scenario; APR_EINVAL: placeholders without a value, each named, or no such location. */
apr_status_t bm_run_order_create(bm_run_order_t *order, bm_req_t *q, apr_int64_t scenario_id, const json_t *override,
                                 const json_t *inputs, const json_t *where);

/** The same for a load test, with its plan (checked and complete) in the spec and its labels added; kind loadtest, one attempt.
 *  items: entries of its dataset (api/datasets_api.h), NULL: none; each must give the placeholders values, and in the spec they
 *  are inline. plan: gets the scenario's name if it has none. *pinputs: the scenario's merged inputs, in q->p.
 *  @return as above. */
apr_status_t bm_run_order_create_loadtest(bm_run_order_t *order, json_t **pinputs, bm_req_t *q, json_t *plan,
                                          const json_t *items);

/** Add labels (array of strings), each once. */
void bm_run_order_add_labels(bm_run_order_t *order, const json_t *more, apr_pool_t *p);

#endif
