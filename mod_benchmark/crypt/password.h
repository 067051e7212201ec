/* SPDX-License-Identifier: Apache-2.0
 *
 * crypt/password.h: passwords as argon2id of libsodium: 19 MiB of memory, two passes, one lane (OWASP's recommendation), about
 * 30 ms of a CPU. A hash says its own parameters, so they can be raised and old hashes still be read.
 *
 * A password is a row of bytes as the client sent them, up to BM_PASSWORD_MAX; it is neither cut nor normalised (browsers and
 * keyboards send composed characters, NFC; who types decomposed ones has to do so always). Built without libsodium there are no
 * passwords (APR_ENOTIMPL). Thread: no state. */
#ifndef BM_CRYPT_PASSWORD_H
#define BM_CRYPT_PASSWORD_H

#include <apr_errno.h>
#include <apr_pools.h>

#define BM_PASSWORD_MIN 8             /* of a new one, in bytes */
#define BM_PASSWORD_MAX 1024

/** *phash in p. @return APR_EINVAL: it is longer than BM_PASSWORD_MAX; APR_ENOMEM. */
apr_status_t bm_password_hash(const char **phash, const char *password, apr_pool_t *p);

/** Whether the password is that of hash. NULL: there is no such user; that takes as long and is never so. */
int bm_password_verify(const char *hash, const char *password);

/** Whether hash was made with other parameters than new ones are. */
int bm_password_is_dated(const char *hash);

#endif
