/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/hashing.h: passwords are hashed by threads of their own, one in a child, or two on four processors or more, with
 * 19 MiB each, which give way to all that serve requests: a storm of logins takes the time that nobody else wants. Threads
 * begin with the first password.
 *
 * Thread: any; one of a child. Who calls waits for a place and for the hash, and holds no lock of ours meanwhile. */
#ifndef BM_AUTH_HASHING_H
#define BM_AUTH_HASHING_H

#include "base/err.h"

#define BM_HASHES_AT_ONCE_MAX 2

typedef struct bm_hashing_t bm_hashing_t;

/** Lives as long as p, whose end waits for a hash under way. */
bm_hashing_t *bm_hashing_make(apr_pool_t *p);

/** A new hash of a password, in p. @return APR_EAGAIN: no place among those that hash was to be had within two seconds, or no
 *  memory; APR_EINVAL: it is longer than BM_PASSWORD_MAX; APR_EGENERAL: built without libsodium. */
apr_status_t bm_hashing_hash(const char **phash, bm_hashing_t *h, const char *password, bm_err_t *err, apr_pool_t *p);

/** Whether it is the password of a hash (NULL: of nobody, which takes as long). @return APR_EACCES: it is not; APR_EAGAIN. */
apr_status_t bm_hashing_verify(bm_hashing_t *h, const char *hash, const char *password, bm_err_t *err, apr_pool_t *p);

#endif
