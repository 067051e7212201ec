/* SPDX-License-Identifier: Apache-2.0
 *
 * crypt/keyed_hash.h: 64 bits of anything, which nobody without the key can steer (SipHash-2-4 of libsodium). For tables, not for
 * proofs. Thread: no state. */
#ifndef BM_CRYPT_KEYED_HASH_H
#define BM_CRYPT_KEYED_HASH_H

#include <apr.h>

#define BM_KEYED_HASH_KEY_BYTES 16

apr_uint64_t bm_keyed_hash(const unsigned char key[BM_KEYED_HASH_KEY_BYTES], const void *data, apr_size_t len);

#endif
