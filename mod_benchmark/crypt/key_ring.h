/* SPDX-License-Identifier: Apache-2.0
 *
 * crypt/key_ring.h: the keys that secrets in the database are encrypted with (BenchmarkSecretKeys).
 *
 * A file of lines "id key": an id of 1 to 32 characters A-Z a-z 0-9 _ -, and 32 random bytes in base64. The first is the active
 * one, which encrypts; all decrypt. Empty lines and lines that begin with # do not count.
 *
 * Read by the parent while it still may read what the server's user cannot, once per configuration; processes that it forks have
 * it from there. Keys are in pages of their own that no core holds and that are not swapped, and are wiped with the pool.
 *
 * Thread: read-only after it was read, so any thread may use it. */
#ifndef BM_CRYPT_KEY_RING_H
#define BM_CRYPT_KEY_RING_H

#include <apr_pools.h>
#include "base/err.h"

#define BM_KEY_RING_KEYS_MAX 64
#define BM_KEY_RING_KEY_BYTES 32

typedef struct bm_key_ring_t bm_key_ring_t;

/** Read the file (NULL: none is configured). *pring is never NULL: one that cannot be used has no keys and says why.
 *  @return APR_EINVAL: the file is missing, not readable, empty, open to others, or a line is no key; err (may be NULL) names the
 *  line, never a key. */
apr_status_t bm_key_ring_read(bm_key_ring_t **pring, const char *path, bm_err_t *err, apr_pool_t *p);

/** Why it has no keys, one sentence; NULL: it has. ring may be NULL. */
const char *bm_key_ring_trouble(const bm_key_ring_t *ring);

/** Id of the key that encrypts; NULL: there are no keys. */
const char *bm_key_ring_active(const bm_key_ring_t *ring);

/** The key of that id, BM_KEY_RING_KEY_BYTES; NULL: it has none of that id. ring may be NULL. */
const unsigned char *bm_key_ring_find(const bm_key_ring_t *ring, const char *id);

/** Wipe the keys in this process, which has no use for them; the ring says so from then on. ring may be NULL. */
void bm_key_ring_forget(bm_key_ring_t *ring);

#endif
