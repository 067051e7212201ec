/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/access_token.h: what an access token of ours says (RFC 9068): for whom, of which session, until when. Times are seconds
 * since 1970 by the database's clock, so that nodes need not agree on theirs. Thread: no state. */
#ifndef BM_AUTH_ACCESS_TOKEN_H
#define BM_AUTH_ACCESS_TOKEN_H

#include "crypt/signed_token.h"
#include "model/identity.h"

#define BM_TOKEN_AUDIENCE "mod_benchmark"
#define BM_TOKEN_LEEWAY 30            /* seconds that a token may be from the future */

typedef struct bm_claims_t {
    const char *issuer;
    const char *user;
    const char *session;
    apr_int64_t issued, expires;
} bm_claims_t;

/** A token, in p. */
apr_status_t bm_access_token_make(const char **ptoken, const bm_claims_t *claims, const bm_sign_key_t *key, apr_pool_t *p);

/** What a token says, if it is one of issuer's, signed with one of n keys and now is its time. *claims in p.
 *  @return APR_EACCES; APR_NOTFOUND: none of the keys made it. */
apr_status_t bm_access_token_read(bm_claims_t *claims, const char *token, const char *issuer, const bm_sign_key_t *keys, int n,
                                  apr_int64_t now, apr_pool_t *p);

#endif
