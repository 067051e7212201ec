/* SPDX-License-Identifier: Apache-2.0
 *
 * crypt/seal.h: a text that only a key of the ring opens, and only where it belongs.
 *
 * "v1.<key id>.<base64url of 24 random bytes and the ciphertext>": XChaCha20-Poly1305 of libsodium. `place` says where it
 * belongs ("secrets|1|openai|value") and is authenticated with version and key id: moved elsewhere it does not open.
 *
 * Thread: no state. */
#ifndef BM_CRYPT_SEAL_H
#define BM_CRYPT_SEAL_H

#include "crypt/key_ring.h"

/** Longest text. */
#define BM_SEAL_MAX 65536

/** Encrypt with the ring's active key. *psealed in p.
 *  @return APR_EAGAIN: the ring has no keys (code secret_keys_unusable); APR_EINVAL: longer than BM_SEAL_MAX. */
apr_status_t bm_seal(const char **psealed, const bm_key_ring_t *ring, const char *place, const char *text, apr_size_t len,
                     bm_err_t *err, apr_pool_t *p);

/** Decrypt. *ptext in p, with a NUL behind it, wiped when p goes.
 *  @return APR_EAGAIN: the ring has no keys (secret_keys_unusable), or not the one it was sealed with (secret_key_unknown);
 *  APR_EGENERAL: it is no sealed text, was changed, or belongs elsewhere (secret_damaged). */
apr_status_t bm_seal_open(const char **ptext, apr_size_t *len, const bm_key_ring_t *ring, const char *place, const char *sealed,
                          bm_err_t *err, apr_pool_t *p);

/** Id of the key that a sealed text names, in p; NULL: it is none. */
const char *bm_seal_key_id(const char *sealed, apr_pool_t *p);

#endif
