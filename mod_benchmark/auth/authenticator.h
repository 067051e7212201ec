/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/authenticator.h: whom a cookie, a token, a key or a password stands for.
 *
 * What the database said is kept for BM_CREDENTIAL_SECONDS (auth/credential_cache.h): so long access may outlive its end on
 * another node, and so long it survives the loss of the database. Afterwards nobody is refused for that: APR_EAGAIN, 503.
 *
 * Thread: any; one of a child. Passwords are hashed by threads of their own (hashing.h). */
#ifndef BM_AUTH_AUTHENTICATOR_H
#define BM_AUTH_AUTHENTICATOR_H

#include <stdatomic.h>
#include "base/err.h"
#include "crypt/signed_token.h"
#include "db/conn.h"
#include "model/identity.h"
#include "store/signing_key_store.h"

#define BM_KEY_MARK "bmk_"           /* what API keys begin with */

typedef struct bm_authenticator_t bm_authenticator_t;

typedef struct bm_authenticator_options_t {
    bm_db_source_t *source;
    const char *issuer;
    apr_int64_t token_seconds;       /* of an access token */
    const bm_key_ring_t *ring;       /* seals the keys that sign; NULL: none is configured, and they are stored as they are */
    _Atomic int64_t *epoch;          /* the node's: how often access was changed on it; NULL: this process counts for itself */
} bm_authenticator_options_t;

/** Lives with p. */
bm_authenticator_t *bm_authenticator_make(const bm_authenticator_options_t *options, apr_pool_t *p);

/** Whom the cookie stands for. anew: the database is asked also for what is known (for what stays open longer than what is known
 *  holds). @return APR_EACCES: nobody (why is not told); APR_EAGAIN: the database cannot be asked. */
apr_status_t bm_authenticator_cookie(bm_identity_t *who, bm_authenticator_t *a, const char *cookie, int anew, bm_err_t *err,
                                     apr_pool_t *p);

/** Likewise of an API key or an access token. */
apr_status_t bm_authenticator_bearer(bm_identity_t *who, bm_authenticator_t *a, const char *text, int anew, bm_err_t *err,
                                     apr_pool_t *p);

/** Likewise of one of our users by name (or address, by_email) and password. address: of the client; NULL: somebody logs in,
 *  whose attempt was taken already, and nothing that is cached counts. @return APR_NOTFOUND: there is no such user, which takes
 *  as long as a wrong password; also APR_EAGAIN with code too_many_logins: without a look at the password. */
apr_status_t bm_authenticator_password(bm_identity_t *who, bm_authenticator_t *a, const char *user, int by_email,
                                       const char *password, const char *address, bm_err_t *err, apr_pool_t *p);

/** Take an attempt to log in elsewhere than with bm_authenticator_password. @return APR_EAGAIN: none left. */
apr_status_t bm_authenticator_attempt(bm_authenticator_t *a, const char *user, const char *address, bm_err_t *err, apr_pool_t *p);
void bm_authenticator_attempt_was_right(bm_authenticator_t *a, const char *user, const char *address, apr_pool_t *p);

/** A new hash of a password; waits for a place among those that hash. @return APR_EAGAIN: none was to be had. */
apr_status_t bm_authenticator_hash(const char **phash, bm_authenticator_t *a, const char *password, bm_err_t *err, apr_pool_t *p);

/** Whether it is the password of a hash. @return APR_EACCES: it is not; APR_EAGAIN. */
apr_status_t bm_authenticator_verify(bm_authenticator_t *a, const char *hash, const char *password, bm_err_t *err,
                                     apr_pool_t *p);

/** Access was changed here, and the transaction is committed: what this node knows is to be looked at again. */
void bm_authenticator_changed(bm_authenticator_t *a);

/** An access token for a session that ends at `ends`; *pseconds: how long it lives. now: the database's. */
apr_status_t bm_authenticator_token(const char **ptoken, apr_int64_t *pseconds, bm_authenticator_t *a, bm_db_t *db,
                                    const char *user, const char *session, apr_int64_t now, apr_int64_t ends, bm_err_t *err,
                                    apr_pool_t *p);

/** All keys that are believed (copied, without their secret parts). @return their number, or -1: the database cannot be asked. */
int bm_authenticator_keys(bm_sign_key_t keys[BM_SIGNING_KEYS_MAX], bm_authenticator_t *a, bm_err_t *err, apr_pool_t *p);

/** A new key to sign with. */
apr_status_t bm_authenticator_rotate(bm_sign_key_t *key, bm_authenticator_t *a, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
