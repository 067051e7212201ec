/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/authz.h: the role of whoever httpd says it is. Headers that claim a user count for nothing: only r->user, which an
 * authentication module of httpd's has set. Thread: request. */
#ifndef BM_GLUE_AUTHZ_H
#define BM_GLUE_AUTHZ_H

#include <httpd.h>
#include "api/api.h"

/** Fill q->who and hold it against the route. @return APR_EACCES: 401 (code not_authenticated) for nobody, 403 for a user. */
apr_status_t bm_authz_check(bm_req_t *q, request_rec *r);

/** Whether the Host that the request names is one of BenchmarkAllowedHosts (default: the server's names, localhost and loopback
 *  addresses). A request without Host (HTTP/1.0) names none that could be wrong. */
int bm_authz_is_allowed_host(const request_rec *r);

#endif
