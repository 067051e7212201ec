/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/seal.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>
#include <apr_strings.h>
#ifdef HAVE_SODIUM
#include <sodium.h>
#endif

#define FORM "v1"

const char *bm_seal_key_id(const char *sealed, apr_pool_t *p)
{
    const char *id = sealed + sizeof(FORM), *dot;

    if (strncmp(sealed, FORM ".", sizeof(FORM)) != 0)
        return NULL;
    dot = strchr(id, '.');
    return dot != NULL && dot > id ? apr_pstrmemdup(p, id, (apr_size_t)(dot - id)) : NULL;
}

#ifdef HAVE_SODIUM

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING
};

_Static_assert(BM_KEY_RING_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "keys of the ring fit the cipher");

static apr_status_t no_keys(const bm_key_ring_t *ring, bm_err_t *err)
{
    return bm_err_set(err, APR_EAGAIN, "secret_keys_unusable", "%s", bm_key_ring_trouble(ring));
}

/* What is authenticated beside the text. No part can hold the separator: ids and names are of other characters. */
static const char *bound_to(const char *key_id, const char *place, apr_pool_t *p)
{
    return apr_pstrcat(p, FORM "|", key_id, "|", place, NULL);
}

apr_status_t bm_seal(const char **psealed, const bm_key_ring_t *ring, const char *place, const char *text, apr_size_t len,
                     bm_err_t *err, apr_pool_t *p)
{
    const char *id = bm_key_ring_active(ring), *bound;
    apr_size_t bytes_len = NONCE + len + TAG, encoded_len;
    unsigned char *bytes;
    char *encoded;

    if (id == NULL)
        return no_keys(ring, err);
    if (len > BM_SEAL_MAX)
        return bm_err_set(err, APR_EINVAL, NULL, "A secret has at most %d bytes.", BM_SEAL_MAX);
    bound = bound_to(id, place, p);
    bytes = apr_palloc(p, bytes_len);
    randombytes_buf(bytes, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, NULL, (const unsigned char *)text, len,
                                               (const unsigned char *)bound, strlen(bound), NULL, bytes,
                                               bm_key_ring_find(ring, id));
    encoded_len = sodium_base64_ENCODED_LEN(bytes_len, BASE64);
    encoded = apr_palloc(p, encoded_len);
    sodium_bin2base64(encoded, encoded_len, bytes, bytes_len, BASE64);
    *psealed = apr_pstrcat(p, FORM ".", id, ".", encoded, NULL);
    return APR_SUCCESS;
}

typedef struct wiped_t {
    char *text;
    apr_size_t len;
} wiped_t;

static apr_status_t wipe(void *data)
{
    const wiped_t *wiped = data;

    sodium_memzero(wiped->text, wiped->len);
    return APR_SUCCESS;
}

static apr_status_t damaged(bm_err_t *err)
{
    return bm_err_set(err, APR_EGENERAL, "secret_damaged",
                      "What is stored of the secret was changed or belongs to another one; it must be set again.");
}

apr_status_t bm_seal_open(const char **ptext, apr_size_t *len, const bm_key_ring_t *ring, const char *place, const char *sealed,
                          bm_err_t *err, apr_pool_t *p)
{
    const char *id = bm_seal_key_id(sealed, p), *encoded, *end, *bound;
    const unsigned char *key = id != NULL ? bm_key_ring_find(ring, id) : NULL;
    size_t size = strlen(sealed), bytes_len;
    unsigned long long text_len;
    unsigned char *bytes;
    wiped_t *wiped;

    if (bm_key_ring_trouble(ring) != NULL)
        return no_keys(ring, err);
    if (id == NULL)
        return damaged(err);
    if (key == NULL)
        return bm_err_set(err, APR_EAGAIN, "secret_key_unknown",
                          "It was encrypted with the key %.40s, which is not in this node's key ring.", id);
    encoded = sealed + sizeof(FORM) + strlen(id) + 1;
    bytes = apr_palloc(p, size + 1);
    if (sodium_base642bin(bytes, size, encoded, strlen(encoded), NULL, &bytes_len, &end, BASE64) != 0 || *end != '\0'
        || bytes_len < NONCE + TAG)
        return damaged(err);
    wiped = apr_palloc(p, sizeof(*wiped));
    wiped->len = bytes_len;
    wiped->text = apr_pcalloc(p, bytes_len);
    apr_pool_cleanup_register(p, wiped, wipe, apr_pool_cleanup_null);
    bound = bound_to(id, place, p);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)wiped->text, &text_len, NULL, bytes + NONCE,
                                                   bytes_len - NONCE, (const unsigned char *)bound, strlen(bound), bytes,
                                                   key) != 0)
        return damaged(err);
    wiped->text[text_len] = '\0';            /* where the tag was counted */
    *ptext = wiped->text;
    *len = (apr_size_t)text_len;
    return APR_SUCCESS;
}

#else

apr_status_t bm_seal(const char **psealed, const bm_key_ring_t *ring, const char *place, const char *text, apr_size_t len,
                     bm_err_t *err, apr_pool_t *p)
{
    (void)place;
    (void)text;
    (void)len;
    (void)p;
    *psealed = NULL;
    return bm_err_set(err, APR_EAGAIN, "secret_keys_unusable", "%s", bm_key_ring_trouble(ring));
}

apr_status_t bm_seal_open(const char **ptext, apr_size_t *len, const bm_key_ring_t *ring, const char *place, const char *sealed,
                          bm_err_t *err, apr_pool_t *p)
{
    *len = 0;
    return bm_seal(ptext, ring, place, sealed, 0, err, p);
}

#endif
