/* SPDX-License-Identifier: Apache-2.0
 *
 * api/loadtest_endpoints.h: whether a load test may ask the endpoints that its plan names, and may ask twice. Thread: that of
 * the request. */
#ifndef BM_API_LOADTEST_ENDPOINTS_H
#define BM_API_LOADTEST_ENDPOINTS_H

#include "api/api.h"

/** The same checks as of a connection's url (the addresses are the engine's to judge, when it connects: net/outbound.h), and the
 *  right to change that: whoever names an endpoint says where the automation's keys are sent. urls: an array of texts; NULL or
 *  empty: none. where: their JSON Pointer, for violations. provider: of the automation. @return APR_EINVAL with violations,
 *  APR_EACCES. */
apr_status_t bm_loadtest_endpoints_check(bm_req_t *q, const json_t *urls, const char *where, const char *provider);

/** Whether calls of this provider may be made twice, if the plan wants copies of requests. @return APR_EINVAL: no; the
 *  violation says so. */
apr_status_t bm_loadtest_hedge_check(bm_req_t *q, const json_t *plan, const char *provider);

#endif
