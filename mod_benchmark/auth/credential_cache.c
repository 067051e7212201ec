/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/credential_cache.h"

#include <stdlib.h>
#include <string.h>
#include <apr_thread_mutex.h>
#include "base/rand.h"
#include "base/timefmt.h"

enum { SETS = 1024, WAYS = 4 };

#define AGE apr_time_from_sec(BM_CREDENTIAL_SECONDS)
#define SOON apr_time_from_sec(1)                 /* so long before its time somebody looks again */

typedef struct entry_t {
    unsigned char digest[BM_DIGEST_BYTES];
    bm_identity_t who;
    apr_int64_t epoch;
    apr_time_t seen;                              /* by the steady clock; 0: empty */
    int asked;                                    /* somebody is looking again */
} entry_t;

/* The entries are zeroed pages that only what is used makes real. */
struct bm_credential_cache_t {
    apr_thread_mutex_t *mutex;
    unsigned char key[BM_DIGEST_BYTES];
    entry_t *entries;
};

static apr_status_t forget(void *data)
{
    bm_credential_cache_t *cache = data;

    bm_opaque_wipe(cache->key, sizeof(cache->key));
    free(cache->entries);
    cache->entries = NULL;
    return APR_SUCCESS;
}

bm_credential_cache_t *bm_credential_cache_make(apr_pool_t *p)
{
    bm_credential_cache_t *cache = apr_pcalloc(p, sizeof(*cache));

    if (bm_rand_secure(cache->key, sizeof(cache->key)) == APR_SUCCESS)
        cache->entries = calloc(SETS * WAYS, sizeof(entry_t));        /* none: nothing is kept */
    apr_thread_mutex_create(&cache->mutex, APR_THREAD_MUTEX_DEFAULT, p);
    apr_pool_cleanup_register(p, cache, forget, apr_pool_cleanup_null);
    return cache;
}

void bm_credential_cache_key(bm_credential_key_t *key, const bm_credential_cache_t *cache, char kind, const void *text,
                             apr_size_t len)
{
    unsigned char own[BM_DIGEST_BYTES];

    memcpy(own, cache->key, sizeof(own));
    own[0] ^= (unsigned char)kind;
    bm_opaque_keyed(key->digest, own, text, len);
    bm_opaque_wipe(own, sizeof(own));
}

/* Under the mutex. */
static entry_t *set_of(bm_credential_cache_t *cache, const bm_credential_key_t *key)
{
    return cache->entries + WAYS * ((key->digest[0] | key->digest[1] << 8) % SETS);
}

static entry_t *find(bm_credential_cache_t *cache, const bm_credential_key_t *key)
{
    entry_t *set = set_of(cache, key);
    int i;

    for (i = 0; i < WAYS; i++)
        if (set[i].seen != 0 && bm_opaque_same(set[i].digest, key->digest, sizeof(key->digest)))
            return &set[i];
    return NULL;
}

bm_cached_e bm_credential_cache_get(bm_identity_t *who, bm_credential_cache_t *cache, const bm_credential_key_t *key,
                                    apr_int64_t epoch)
{
    apr_time_t now = bm_timefmt_steady(), age;
    bm_cached_e found = BM_CACHED_NOT;
    entry_t *entry;

    if (cache->entries == NULL)
        return BM_CACHED_NOT;
    apr_thread_mutex_lock(cache->mutex);
    entry = find(cache, key);
    if (entry != NULL) {
        age = now - entry->seen;
        found = entry->epoch == epoch && age < AGE && (entry->who.until == 0 || apr_time_now() < entry->who.until)
            ? BM_CACHED : BM_CACHED_DATED;
        if (found == BM_CACHED && age > AGE - SOON && !entry->asked) {
            entry->asked = 1;
            found = BM_CACHED_AGEING;
        }
        *who = entry->who;
    }
    apr_thread_mutex_unlock(cache->mutex);
    return found;
}

void bm_credential_cache_put(bm_credential_cache_t *cache, const bm_credential_key_t *key, const bm_identity_t *who,
                             apr_int64_t epoch)
{
    entry_t *set, *entry;
    int i;

    if (cache->entries == NULL)
        return;
    apr_thread_mutex_lock(cache->mutex);
    entry = find(cache, key);
    if (entry == NULL) {
        entry = set = set_of(cache, key);
        for (i = 1; i < WAYS; i++)
            if (set[i].seen < entry->seen)
                entry = &set[i];
    }
    memcpy(entry->digest, key->digest, sizeof(entry->digest));
    entry->who = *who;
    entry->epoch = epoch;
    entry->seen = bm_timefmt_steady();
    entry->asked = 0;
    apr_thread_mutex_unlock(cache->mutex);
}

void bm_credential_cache_drop(bm_credential_cache_t *cache, const bm_credential_key_t *key)
{
    entry_t *entry;

    if (cache->entries == NULL)
        return;
    apr_thread_mutex_lock(cache->mutex);
    entry = find(cache, key);
    if (entry != NULL)
        memset(entry, 0, sizeof(*entry));
    apr_thread_mutex_unlock(cache->mutex);
}
