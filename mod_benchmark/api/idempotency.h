/* SPDX-License-Identifier: Apache-2.0
 *
 * api/idempotency.h: a POST that is sent twice with the same Idempotency-Key happens once.
 *
 * Same key and body: the first answer again, with Idempotency-Replayed: true. Same key, other body: 422. The claim, the
 * handler and the stored answer are one transaction, so a request that failed, or whose server died, leaves no trace and may be
 * sent again. Keys belong to one user and one route, and are kept for a day. */
#ifndef BM_API_IDEMPOTENCY_H
#define BM_API_IDEMPOTENCY_H

#include "api/api.h"

/** Within a transaction of q->db: *preplayed is 1 if the answer was given before and is now that of q. @return APR_EINVAL. */
apr_status_t bm_idempotency_begin(int *preplayed, bm_req_t *q);

/** Keep the answer of q, within the same transaction. */
apr_status_t bm_idempotency_end(bm_req_t *q);

#endif
