/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/signed_token.h"

#include <string.h>
#include <apr_strings.h>
#include "config.h"
#include "crypt/opaque_token.h"

/* "<header>.", as it begins each token of the key. */
static const char *beginning(const char *kid, apr_pool_t *p)
{
    const char *header = apr_pstrcat(p, "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"", kid, "\"}", NULL);

    return apr_pstrcat(p, bm_base64url(header, strlen(header), p), ".", NULL);
}

const bm_sign_key_t *bm_signed_token_key(const char *token, const bm_sign_key_t *keys, int n, apr_pool_t *p)
{
    int i;

    for (i = 0; i < n; i++) {
        const char *begins = beginning(keys[i].kid, p);

        if (begins[0] != '.' && strncmp(token, begins, strlen(begins)) == 0)
            return &keys[i];
    }
    return NULL;
}

#ifdef HAVE_SODIUM
#include <sodium.h>

apr_status_t bm_sign_key_make(bm_sign_key_t *key)
{
    unsigned char digest[BM_DIGEST_BYTES];
    char text[BM_OPAQUE_LENGTH + 1];

    if (crypto_sign_keypair(key->public_key, key->secret_key) != 0)
        return APR_EGENERAL;
    bm_opaque_digest(digest, key->public_key, sizeof(key->public_key));
    sodium_bin2base64(text, sizeof(text), digest, sizeof(digest), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    apr_cpystrn(key->kid, text, sizeof(key->kid));
    return APR_SUCCESS;
}

apr_status_t bm_signed_token_make(const char **ptoken, const char *payload, const bm_sign_key_t *key, apr_pool_t *p)
{
    const char *text = apr_pstrcat(p, beginning(key->kid, p), bm_base64url(payload, strlen(payload), p), NULL);
    unsigned char signature[crypto_sign_BYTES];

    if (crypto_sign_detached(signature, NULL, (const unsigned char *)text, strlen(text), key->secret_key) != 0)
        return APR_EGENERAL;
    *ptoken = apr_pstrcat(p, text, ".", bm_base64url(signature, sizeof(signature), p), NULL);
    return APR_SUCCESS;
}

int bm_sign_verify(const unsigned char *signature, apr_size_t signature_len, const void *text, apr_size_t len,
                   const unsigned char public_key[BM_SIGN_PUBLIC])
{
    return signature_len == crypto_sign_BYTES && crypto_sign_verify_detached(signature, text, len, public_key) == 0;
}

#else

apr_status_t bm_sign_key_make(bm_sign_key_t *key)
{
    memset(key, 0, sizeof(*key));
    return APR_ENOTIMPL;
}

apr_status_t bm_signed_token_make(const char **ptoken, const char *payload, const bm_sign_key_t *key, apr_pool_t *p)
{
    (void)payload;
    (void)key;
    (void)p;
    *ptoken = NULL;
    return APR_ENOTIMPL;
}

int bm_sign_verify(const unsigned char *signature, apr_size_t signature_len, const void *text, apr_size_t len,
                   const unsigned char public_key[BM_SIGN_PUBLIC])
{
    (void)signature;
    (void)signature_len;
    (void)text;
    (void)len;
    (void)public_key;
    return 0;
}

#endif

apr_status_t bm_signed_token_verify(const char **ppayload, apr_size_t *plen, const char *token, const bm_sign_key_t *key,
                                    apr_pool_t *p)
{
    const char *begins = beginning(key->kid, p), *payload = token + strlen(begins), *dot;
    unsigned char *data, *signature;
    apr_size_t len;

    if (strlen(token) > BM_SIGNED_TOKEN_MAX || strncmp(token, begins, strlen(begins)) != 0)
        return APR_EACCES;
    dot = strchr(payload, '.');
    if (dot == NULL || bm_base64url_read(&signature, &len, dot + 1, strlen(dot + 1), p) != APR_SUCCESS
        || !bm_sign_verify(signature, len, token, (apr_size_t)(dot - token), key->public_key)
        || bm_base64url_read(&data, plen, payload, (apr_size_t)(dot - payload), p) != APR_SUCCESS)
        return APR_EACCES;
    *ppayload = (const char *)data;
    return APR_SUCCESS;
}
