/* SPDX-License-Identifier: Apache-2.0
 *
 * api/loadtest_cost.h: what a load test may cost, before it starts. Thread: that of the request. */
#ifndef BM_API_LOADTEST_COST_H
#define BM_API_LOADTEST_COST_H

#include "api/api.h"
#include "model/price_book.h"
#include "store/run_order_store.h"

/** The price of what an order asks, as far as its model is known before; NULL: there is none. pointer: then name this member as
 *  at fault (APR_EINVAL); NULL: no price is no fault. The price lives as long as the request. */
apr_status_t bm_loadtest_cost_price(const bm_price_t **price, bm_req_t *q, const bm_run_order_t *order, const char *pointer);

/** The largest max_tokens that a request of the plan may have; -1: some have none. items: entries of its dataset, or NULL. */
double bm_loadtest_cost_tokens(const json_t *inputs, const json_t *plan, const json_t *items);

/** Bytes that a class of the plan lays over the inputs, at most; 0: it has none. */
double bm_loadtest_cost_class_bytes(const json_t *plan);

/** What a request costs at most, its prompt estimated by its bytes; -1: it has no max_tokens. */
double bm_loadtest_cost_each(const bm_price_t *price, const json_t *inputs, const json_t *plan, const json_t *items);

#endif
