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

/** The role of whoever asks, with what he has without saying who he is. Also outside our mount. */
bm_role_e bm_authz_role(const request_rec *r);

/** Register `Require benchmark-role ROLE`: for who has at least that role, and for our own addresses that are for everyone
 *  (pages, login, health, JWKS). */
void bm_authz_register(apr_pool_t *p);

/** Whether the Host that the request names is one of BenchmarkAllowedHosts (default: the server's names, localhost and loopback
 *  addresses). A request without Host (HTTP/1.0) names none that could be wrong. */
int bm_authz_is_allowed_host(const request_rec *r);

#endif
