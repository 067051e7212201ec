/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/rate_limit.h: how many requests of the API a user, or an address without one, may make (BenchmarkRateLimit).
 *
 * Counted per node, by all its processes together, and kept over graceful restarts. An address of IPv6 is its /64; it is
 * r->useragent_addr, that is, mod_remoteip's where that is configured, and never a header by itself. Thread: request. */
#ifndef BM_GLUE_RATE_LIMIT_H
#define BM_GLUE_RATE_LIMIT_H

#include <httpd.h>
#include "api/api.h"
#include "shm/rate_table.h"

/** Limits by whom and what; each is counted by itself, and a request needs the leave of all that fit it. */
typedef enum bm_rate_policy_e {
    BM_RATE_ANONYMOUS = 0,       /* by address */
    BM_RATE_ANONYMOUS_READ,
    BM_RATE_ANONYMOUS_WRITE,
    BM_RATE_USER,                /* by name */
    BM_RATE_USER_READ,
    BM_RATE_USER_WRITE,
    BM_RATE_LOGIN,               /* wrong passwords of AuthType Basic, by address */
    BM_RATE_POLICIES
} bm_rate_policy_e;

/** Policy of that name ("anonymous", "user-write", "login" ...); -1: there is none. */
int bm_rate_limit_find(const char *name);

/** Make what is counted in. post_config; the first one of a process makes it, later ones find it. */
apr_status_t bm_rate_limit_start(server_rec *main_server);

/** Count the request and say in its headers what is left. @return APR_EAGAIN (429, code rate_limited): it is one too many. */
apr_status_t bm_rate_limit_check(bm_req_t *q, request_rec *r);

/** Count a request that was not allowed, or one (sought) whose 404 may have been for what is another's. @return whether it is to
 *  be noted: no address has more than 60 a minute of each noted. */
int bm_rate_limit_denial(const request_rec *r, int sought);

/** Hooks: passwords that httpd checks itself (AuthType Basic) count as attempts where they were wrong, and are not looked at
 *  where there were too many: strictly, so that a full table lets nobody guess. */
void bm_rate_limit_register(apr_pool_t *p);

#endif
