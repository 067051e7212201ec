/* SPDX-License-Identifier: Apache-2.0
 *
 * api/compare_api.h: /compare. */
#ifndef BM_API_COMPARE_API_H
#define BM_API_COMPARE_API_H

#include "api/api.h"

/** What /compare may be asked; for every route that compares. */
extern const bm_query_param_t bm_compare_api_params[];

/** Of such a route: read what is asked (bm_route_t.read_query). */
apr_status_t bm_compare_api_read(bm_req_t *q);

/** Compare the sides that were read, and write the answer of /compare, with curves or without. @return as a handler. */
apr_status_t bm_compare_api_answer(bm_req_t *q, int curves);

extern const bm_route_t bm_compare_api_routes[];

#endif
