/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/credential_cache.h: what credentials were found to be worth, for seconds, so that not every request asks the database.
 *
 * Of a credential it has a hash under a key that lives as long as the process. What was found counts for BM_CREDENTIAL_SECONDS
 * and while nothing was changed on this node (epoch); a little before its time one of those who ask is sent to look again.
 *
 * Thread: any; one mutex guards it all and is never held while somebody waits. */
#ifndef BM_AUTH_CREDENTIAL_CACHE_H
#define BM_AUTH_CREDENTIAL_CACHE_H

#include <apr_pools.h>
#include "crypt/opaque_token.h"
#include "model/identity.h"

#define BM_CREDENTIAL_SECONDS 5

typedef struct bm_credential_cache_t bm_credential_cache_t;

/** The name of a credential in the cache. */
typedef struct bm_credential_key_t {
    unsigned char digest[BM_DIGEST_BYTES];
} bm_credential_key_t;

typedef enum bm_cached_e {
    BM_CACHED_NOT,                   /* never seen, or pushed out */
    BM_CACHED,                       /* it holds */
    BM_CACHED_AGEING,                /* it holds, and this one is to look again */
    BM_CACHED_DATED                  /* it held once: to be looked at again before it is used */
} bm_cached_e;

/** An empty cache. Lives with p. */
bm_credential_cache_t *bm_credential_cache_make(apr_pool_t *p);

/** Name a credential: what kind it is and its bytes. */
void bm_credential_cache_key(bm_credential_key_t *key, const bm_credential_cache_t *cache, char kind, const void *text,
                             apr_size_t len);

/** epoch: the node's, now. */
bm_cached_e bm_credential_cache_get(bm_identity_t *who, bm_credential_cache_t *cache, const bm_credential_key_t *key,
                                    apr_int64_t epoch);

/** epoch: the node's before the database was asked. */
void bm_credential_cache_put(bm_credential_cache_t *cache, const bm_credential_key_t *key, const bm_identity_t *who,
                             apr_int64_t epoch);

void bm_credential_cache_drop(bm_credential_cache_t *cache, const bm_credential_key_t *key);

#endif
