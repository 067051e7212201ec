/* SPDX-License-Identifier: Apache-2.0
 *
 * api/together.h: the statements of the busiest requests, which those of one child share while there are many: GET of one run,
 * and the two statements of a trigger.
 *
 * One request goes at once, as it would alone, and a second beside it. What comes while those are under way is asked by the
 * next one together (base/combiner.h): one connection, one round trip and, for a trigger, one commit for all of them. Each gets
 * its own row, or its own error; a statement that fails for a reason that may be one row's is repeated by each alone. A failed
 * connection or a time-out is everybody's. The log's lines about a shared statement carry the ids of all its requests.
 *
 * All calls: for routes with BM_ROUTE_TOGETHER. If q->db is not NULL they use it, within its transaction, and share nothing.
 * Rows and errors are those of the functions of store/ that are named. Threads: any. */
#ifndef BM_API_TOGETHER_H
#define BM_API_TOGETHER_H

#include "api/api.h"
#include "store/run_order_store.h"

/** What a child keeps of it. leaders: how many shared statements of a kind may be under way at once. Lives with p. */
bm_together_t *bm_together_make(int leaders, apr_pool_t *p);

/** bm_run_store_get with bm_run_fields. */
apr_status_t bm_together_get(bm_rows_t **prows, bm_req_t *q, apr_int64_t id, int summary);

/** bm_run_order_store_parts. */
apr_status_t bm_together_parts(bm_rows_t **prows, bm_req_t *q, apr_int64_t scenario_id);

/** bm_run_order_store_add with bm_run_fields. */
apr_status_t bm_together_add(bm_rows_t **prows, bm_req_t *q, const bm_run_order_t *order);

#endif
