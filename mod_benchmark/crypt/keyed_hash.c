/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/keyed_hash.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>
#ifdef HAVE_SODIUM
#include <sodium.h>

_Static_assert(BM_KEYED_HASH_KEY_BYTES == crypto_shorthash_KEYBYTES && crypto_shorthash_BYTES == 8, "as libsodium has it");
#else
#include "base/rand.h"
#endif

apr_uint64_t bm_keyed_hash(const unsigned char key[BM_KEYED_HASH_KEY_BYTES], const void *data, apr_size_t len)
{
    apr_uint64_t hash;
#ifdef HAVE_SODIUM

    crypto_shorthash((unsigned char *)&hash, data, len, key);
#else
    const unsigned char *bytes = data;
    apr_uint64_t word;
    apr_size_t n;

    memcpy(&hash, key, sizeof(hash));
    for (; len > 0; len -= n, bytes += n) {          /* good enough where nothing is at stake but a table's balance */
        n = len < sizeof(word) ? len : sizeof(word);
        word = n;
        memcpy(&word, bytes, n);
        hash = bm_rand_mix(hash ^ word) + key[8 + len % 8];
    }
#endif
    return hash;
}
