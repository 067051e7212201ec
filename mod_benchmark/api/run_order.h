/* SPDX-License-Identifier: Apache-2.0
 *
 * api/run_order.h: from "run this scenario with these inputs" to a row of the queue. Used by trigger, bulk and requeue. */
#ifndef BM_API_RUN_ORDER_H
#define BM_API_RUN_ORDER_H

#include "api/api.h"
#include "store/run_store.h"

/** Read the scenario and its automation as they are now, merge the inputs, check every placeholder and fill order (kind run).
 *  override: laid over the inputs; may be NULL. inputs: used instead of all three levels (a requeue); may be NULL.
 *  @return APR_NOTFOUND: no such scenario; APR_EINVAL: placeholders without a value, each named. */
apr_status_t bm_run_order_create(bm_run_order_t *order, bm_req_t *q, apr_int64_t scenario_id, const json_t *override,
                                 const json_t *inputs);

#endif
