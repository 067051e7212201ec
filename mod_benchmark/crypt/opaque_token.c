/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/opaque_token.h"

#include <string.h>
#include "base/rand.h"
#include "config.h"

static int is_base64url(const char *text, apr_size_t len)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    apr_size_t i;

    for (i = 0; i < len; i++)
        if (text[i] == '\0' || strchr(alphabet, text[i]) == NULL)
            return 0;
    return 1;
}

int bm_opaque_has_form(const char *text, apr_size_t len)
{
    return len == BM_OPAQUE_LENGTH && is_base64url(text, len);
}

#ifdef HAVE_SODIUM
#include <sodium.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

apr_status_t bm_crypt_start(void)
{
    return sodium_init() < 0 ? APR_EGENERAL : APR_SUCCESS;
}

static apr_status_t make(char *text, apr_size_t size, apr_size_t bytes)
{
    unsigned char data[32];
    apr_status_t rv = bm_rand_secure(data, bytes);

    if (rv == APR_SUCCESS)
        sodium_bin2base64(text, size, data, bytes, VARIANT);
    sodium_memzero(data, sizeof(data));
    return rv;
}

apr_status_t bm_opaque_make(char text[BM_OPAQUE_LENGTH + 1])
{
    return make(text, BM_OPAQUE_LENGTH + 1, 32);
}

apr_status_t bm_opaque_make_id(char text[BM_OPAQUE_ID_LENGTH + 1])
{
    return make(text, BM_OPAQUE_ID_LENGTH + 1, 16);
}

void bm_opaque_digest(unsigned char digest[BM_DIGEST_BYTES], const void *text, apr_size_t len)
{
    crypto_hash_sha256(digest, text, len);
}

void bm_opaque_keyed(unsigned char digest[BM_DIGEST_BYTES], const unsigned char key[BM_DIGEST_BYTES], const void *text,
                     apr_size_t len)
{
    crypto_generichash(digest, BM_DIGEST_BYTES, text, len, key, BM_DIGEST_BYTES);
}

void bm_opaque_successor(char text[BM_OPAQUE_LENGTH + 1], const unsigned char key[BM_DIGEST_BYTES], const char *before)
{
    unsigned char digest[BM_DIGEST_BYTES];

    bm_opaque_keyed(digest, key, before, strlen(before));
    sodium_bin2base64(text, BM_OPAQUE_LENGTH + 1, digest, sizeof(digest), VARIANT);
    sodium_memzero(digest, sizeof(digest));
}

int bm_opaque_same(const void *a, const void *b, apr_size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

void bm_opaque_wipe(void *data, apr_size_t len)
{
    sodium_memzero(data, len);
}

const char *bm_base64url(const void *data, apr_size_t len, apr_pool_t *p)
{
    apr_size_t size = sodium_base64_encoded_len(len, VARIANT);

    return sodium_bin2base64(apr_palloc(p, size), size, data, len, VARIANT);
}

apr_status_t bm_base64url_read(unsigned char **pdata, apr_size_t *plen, const char *text, apr_size_t len, apr_pool_t *p)
{
    apr_size_t size = len / 4 * 3 + 3;
    unsigned char *data = apr_palloc(p, size + 1);

    /* libsodium 1.0.18 takes the bytes 0xad and 0xdf for - and _ */
    if (!is_base64url(text, len) || sodium_base642bin(data, size, text, len, NULL, plen, NULL, VARIANT) != 0)
        return APR_EINVAL;
    data[*plen] = '\0';
    *pdata = data;
    return APR_SUCCESS;
}

#else

apr_status_t bm_crypt_start(void)
{
    return APR_ENOTIMPL;
}

apr_status_t bm_opaque_make(char text[BM_OPAQUE_LENGTH + 1])
{
    text[0] = '\0';
    return APR_ENOTIMPL;
}

apr_status_t bm_opaque_make_id(char text[BM_OPAQUE_ID_LENGTH + 1])
{
    text[0] = '\0';
    return APR_ENOTIMPL;
}

void bm_opaque_digest(unsigned char digest[BM_DIGEST_BYTES], const void *text, apr_size_t len)
{
    (void)text;
    (void)len;
    memset(digest, 0, BM_DIGEST_BYTES);
}

void bm_opaque_keyed(unsigned char digest[BM_DIGEST_BYTES], const unsigned char key[BM_DIGEST_BYTES], const void *text,
                     apr_size_t len)
{
    (void)key;
    bm_opaque_digest(digest, text, len);
}

void bm_opaque_successor(char text[BM_OPAQUE_LENGTH + 1], const unsigned char key[BM_DIGEST_BYTES], const char *before)
{
    (void)key;
    (void)before;
    text[0] = '\0';
}

int bm_opaque_same(const void *a, const void *b, apr_size_t len)
{
    (void)a;
    (void)b;
    (void)len;
    return 0;
}

void bm_opaque_wipe(void *data, apr_size_t len)
{
    explicit_bzero(data, len);
}

const char *bm_base64url(const void *data, apr_size_t len, apr_pool_t *p)
{
    (void)data;
    (void)len;
    (void)p;
    return "";
}

apr_status_t bm_base64url_read(unsigned char **pdata, apr_size_t *plen, const char *text, apr_size_t len, apr_pool_t *p)
{
    (void)text;
    (void)len;
    (void)p;
    *pdata = NULL;
    *plen = 0;
    return APR_EINVAL;
}

#endif
