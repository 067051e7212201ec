/* SPDX-License-Identifier: Apache-2.0
 *
 * crypt/opaque_token.h: random secrets that a client holds and of which we keep a hash.
 *
 * 256 random bits need no slow hash and no salt: nobody guesses what SHA-256 was made of. Built without libsodium there are
 * none (APR_ENOTIMPL). Thread: no state. */
#ifndef BM_CRYPT_OPAQUE_TOKEN_H
#define BM_CRYPT_OPAQUE_TOKEN_H

#include <apr_errno.h>
#include <apr_pools.h>

#define BM_OPAQUE_LENGTH 43           /* 32 bytes in base64url without padding */
#define BM_OPAQUE_ID_LENGTH 22        /* 16 bytes: names that nobody guesses, and that are no secret */
#define BM_DIGEST_BYTES 32

/** Start libsodium: once, before threads and forks. @return APR_ENOTIMPL: built without it. */
apr_status_t bm_crypt_start(void);

/** A new secret. @return APR_ENOTIMPL, or what the kernel's generator says. */
apr_status_t bm_opaque_make(char text[BM_OPAQUE_LENGTH + 1]);

/** A new name. */
apr_status_t bm_opaque_make_id(char text[BM_OPAQUE_ID_LENGTH + 1]);

/** Whether text could be a secret of ours. */
int bm_opaque_has_form(const char *text, apr_size_t len);

/** SHA-256 of len bytes. */
void bm_opaque_digest(unsigned char digest[BM_DIGEST_BYTES], const void *text, apr_size_t len);

/** BLAKE2b-256 of len bytes under a key of 32 bytes. */
void bm_opaque_keyed(unsigned char digest[BM_DIGEST_BYTES], const unsigned char key[BM_DIGEST_BYTES], const void *text,
                     apr_size_t len);

/** The secret that follows another one under a key: the same each time, and nobody's guess without the key. */
void bm_opaque_successor(char text[BM_OPAQUE_LENGTH + 1], const unsigned char key[BM_DIGEST_BYTES], const char *before);

/** Whether two digests are equal, in a time that does not tell where they differ. */
int bm_opaque_same(const void *a, const void *b, apr_size_t len);

/** Forget a secret. */
void bm_opaque_wipe(void *data, apr_size_t len);

/** text as base64url without padding, in p. Never NULL. */
const char *bm_base64url(const void *data, apr_size_t len, apr_pool_t *p);

/** The other way, of exactly one form: no padding, no white space, no bits left over. *pdata in p, with a NUL behind it.
 *  @return APR_EINVAL. */
apr_status_t bm_base64url_read(unsigned char **pdata, apr_size_t *plen, const char *text, apr_size_t len, apr_pool_t *p);

#endif
