/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/authn.h: who a request is from, by credentials of ours: AuthType Benchmark, and the provider "benchmark" for httpd's own
 * authentication (AuthBasicProvider benchmark).
 *
 *   Authorization: Bearer ...   an API key or an access token
 *   Cookie                      the session of the login page, unless there is an Authorization: Bearer
 *
 * On addresses of ours they are looked at where httpd.conf says AuthType Benchmark or nothing; elsewhere, where it says so.
 * Thread: request. */
#ifndef BM_GLUE_AUTHN_H
#define BM_GLUE_AUTHN_H

#include <httpd.h>
#include "api/api.h"
#include "model/identity.h"

typedef enum bm_authn_state_e {
    BM_AUTHN_NONE = 0,         /* the request shows no credential of ours */
    BM_AUTHN_HELD,             /* r->user is whom it stands for */
    BM_AUTHN_REFUSED,          /* it is worth nothing */
    BM_AUTHN_UNKNOWN           /* the database cannot be asked */
} bm_authn_state_e;

typedef struct bm_authn_t {
    bm_authn_state_e state;
    int by_cookie;
    bm_identity_t who;         /* of BM_AUTHN_HELD */
} bm_authn_t;

/** Look at the request's credentials, once: sets r->user and r->ap_auth_type where they hold. Never NULL. */
const bm_authn_t *bm_authn_examine(request_rec *r);

/** What bm_authn_examine found, if it was called; else NULL. */
const bm_authn_t *bm_authn_found(const request_rec *r);

/** What was found out about r->user by us; NULL: nothing, he is known another way or not at all. */
const bm_identity_t *bm_authn_identity(const request_rec *r);

/** r is from who: another way than bm_authn_examine. */
void bm_authn_set(request_rec *r, const bm_identity_t *who);

/** Whether the client uses https, as far as we or BenchmarkPublicURL know. */
int bm_authn_is_secure(const request_rec *r);

/** bm_api_t.check_password: by the providers of BenchmarkLoginProvider, one after another. */
apr_status_t bm_authn_check_password(bm_identity_t *who, bm_req_t *q, const char *name, const char *password);

/** A name of BenchmarkLoginProvider that httpd does not know; NULL: none. post_config. */
const char *bm_authn_missing_provider(const server_rec *s);

/** What a 401 tells of how to say who one is, in err_headers_out. realm NULL: benchmark. */
void bm_authn_challenge(request_rec *r, const char *realm);

/** Register AuthType Benchmark and the provider. */
void bm_authn_register(apr_pool_t *p);

#endif
