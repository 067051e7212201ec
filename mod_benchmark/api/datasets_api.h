/* SPDX-License-Identifier: Apache-2.0
 *
 * api/datasets_api.h: /datasets. */
#ifndef BM_API_DATASETS_API_H
#define BM_API_DATASETS_API_H

#include "api/api.h"

extern const bm_route_t bm_datasets_api_routes[];

/** What a checked plan lays over a scenario's inputs: its inline entries, or those of the dataset that it names, which is kept
 *  until the end of the transaction; NULL: none, or made when they are asked. In q->p.
 *  *pproject_id: of that dataset; 0: none is named. @return APR_EINVAL with a violation: there
 *  is no such dataset, or it is too large for one load test. */
apr_status_t bm_datasets_api_items(const json_t **pitems, apr_int64_t *pproject_id, bm_req_t *q, const json_t *plan);

/** Why an entry cannot be kept, the end of a sentence; NULL: it can. In p. */
const char *bm_datasets_api_refusal(const json_t *entry, apr_pool_t *p);

#endif
