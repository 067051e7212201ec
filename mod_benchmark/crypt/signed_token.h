/* SPDX-License-Identifier: Apache-2.0
 *
 * crypt/signed_token.h: JSON Web Tokens (RFC 7519) of exactly one form: compact, Ed25519 (RFC 8037), and a header that is byte
 * by byte {"alg":"EdDSA","typ":"at+jwt","kid":"..."} with the id of a key of ours.
 *
 * A header is not parsed: it is the one that we would have written for one of our keys, or it is none. So there is no algorithm
 * to choose, no key to bring along and nothing to be confused about. Built without libsodium there are none (APR_ENOTIMPL).
 * Thread: no state. */
#ifndef BM_CRYPT_SIGNED_TOKEN_H
#define BM_CRYPT_SIGNED_TOKEN_H

#include <apr_errno.h>
#include <apr_pools.h>

#define BM_KID_LENGTH 16
#define BM_SIGN_PUBLIC 32
#define BM_SIGN_SECRET 64
#define BM_SIGNED_TOKEN_MAX 4096      /* longest that is looked at */

typedef struct bm_sign_key_t {
    char kid[BM_KID_LENGTH + 1];      /* letters, digits, - and _ */
    unsigned char public_key[BM_SIGN_PUBLIC];
    unsigned char secret_key[BM_SIGN_SECRET];
} bm_sign_key_t;

/** A new pair; its kid is the beginning of its thumbprint. */
apr_status_t bm_sign_key_make(bm_sign_key_t *key);

/** A token with this payload, in p. */
apr_status_t bm_signed_token_make(const char **ptoken, const char *payload, const bm_sign_key_t *key, apr_pool_t *p);

/** The key that the header names, of n; NULL: it is not a header of ours. */
const bm_sign_key_t *bm_signed_token_key(const char *token, const bm_sign_key_t *keys, int n, apr_pool_t *p);

/** The payload, if key signed it. *ppayload in p, with a NUL behind it. @return APR_EACCES. */
apr_status_t bm_signed_token_verify(const char **ppayload, apr_size_t *plen, const char *token, const bm_sign_key_t *key,
                                    apr_pool_t *p);

/** Whether it is a signature of text under a public key (RFC 8032). */
int bm_sign_verify(const unsigned char *signature, apr_size_t signature_len, const void *text, apr_size_t len,
                   const unsigned char public_key[BM_SIGN_PUBLIC]);

#endif
