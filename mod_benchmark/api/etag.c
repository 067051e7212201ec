/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"

#include <string.h>
#include <apr_strings.h>

const char *bm_etag_of_version(const char *letter, const char *text, apr_pool_t *p)
{
    return apr_pstrcat(p, "\"", letter, text, "\"", NULL);
}

/* Eight bytes at a time through a 64 x 64 bit multiplication whose halves are folded: a list of 60 kB costs some 5 us, a
 * cryptographic hash twenty times that. Two answers of one address that differ and collide: 2^-64. */
static apr_uint64_t fold(apr_uint64_t a, apr_uint64_t b)
{
    __extension__ typedef unsigned __int128 wide_t;
    wide_t product = (wide_t)a * b;

    return (apr_uint64_t)product ^ (apr_uint64_t)(product >> 64);
}

/* Four independent lanes keep the multiplier busy. */
static apr_uint64_t fold_blocks(const unsigned char **pat, apr_size_t *left, apr_uint64_t seed)
{
    apr_uint64_t lanes[4] = { seed, seed ^ 0x8ebc6af09c88c6e3u, seed ^ 0x589965cc75374cc3u, seed ^ 0x1d8e4e27c47d124fu };
    apr_uint64_t words[4];
    int i;

    for (; *left >= sizeof(words); *left -= sizeof(words), *pat += sizeof(words)) {
        memcpy(words, *pat, sizeof(words));
        for (i = 0; i < 4; i++)
            lanes[i] = fold(lanes[i] ^ words[i], 0xd6e8feb86659fd93u);
    }
    return fold(lanes[0] ^ lanes[1], 0xa0761d6478bd642fu)
           ^ fold(lanes[2] ^ (lanes[3] << 1 | lanes[3] >> 63), 0xe7037ed1a0b428dbu);
}

const char *bm_etag_of_bytes(const void *data, apr_size_t len, apr_pool_t *p)
{
    const unsigned char *at = data;
    apr_size_t left = len;
    apr_uint64_t hash = 0x9e3779b97f4a7c15u ^ len, word;

    if (left >= 32)
        hash = fold_blocks(&at, &left, hash);
    while (left > 0) {
        apr_uint64_t piece = 0;

        word = left < 8 ? left : 8;
        memcpy(&piece, at, word);
        hash = fold(hash ^ piece, 0xd6e8feb86659fd93u);
        at += word;
        left -= word;
    }
    hash = fold(hash, 0xa0761d6478bd642fu);
    return apr_psprintf(p, "\"h%016" APR_UINT64_T_HEX_FMT "\"", hash);
}
