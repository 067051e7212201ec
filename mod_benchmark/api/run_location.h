/* SPDX-License-Identifier: Apache-2.0
 *
 * api/run_location.h: where runs and load tests are performed: what a request and the scenario say, checked against the places
 * that engines have measured from. */
#ifndef BM_API_RUN_LOCATION_H
#define BM_API_RUN_LOCATION_H

#include "api/api.h"
#include "store/run_order_store.h"

/** Fill order->locations. where: object whose member `locations` or `location` says it (null: anywhere); without them, or NULL,
 *  it is run_settings.location of the scenario, else anywhere. A location whose engines are away is good: the run waits.
 *  With `locations` the order gets a label that all its runs have in common, order->group.
 *  @return APR_EINVAL: both, or a location that no engine has ever had; the violation names those that are known. */
apr_status_t bm_run_location_choose(bm_run_order_t *order, bm_req_t *q, const json_t *where, const json_t *run_settings);

/** Answer an order that was queued: its runs and the label that they have in common. */
void bm_run_location_reply(bm_req_t *q, const bm_run_order_t *order, const char *const *run_ids, int n);

#endif
