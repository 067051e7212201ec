/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/access_token.h"

#include <string.h>
#include "base/json.h"
#include "crypt/opaque_token.h"

static void key_string(bm_jw_t *w, const char *key, const char *value)
{
    bm_jw_key(w, key);
    bm_jw_string(w, value);
}

static void key_int(bm_jw_t *w, const char *key, apr_int64_t value)
{
    bm_jw_key(w, key);
    bm_jw_int(w, value);
}

apr_status_t bm_access_token_make(const char **ptoken, const bm_claims_t *claims, const bm_sign_key_t *key, apr_pool_t *p)
{
    char id[BM_OPAQUE_ID_LENGTH + 1];
    bm_buffer_t *out = apr_pcalloc(p, sizeof(*out));
    apr_status_t rv = bm_opaque_make_id(id);
    bm_jw_t w;

    if (rv != APR_SUCCESS)
        return rv;
    bm_buffer_adopt(out, p);
    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    key_string(&w, "iss", claims->issuer);
    key_string(&w, "aud", BM_TOKEN_AUDIENCE);
    key_string(&w, "client_id", BM_TOKEN_AUDIENCE);
    key_string(&w, "sub", claims->user);
    key_string(&w, "sid", claims->session);
    key_string(&w, "jti", id);
    key_int(&w, "iat", claims->issued);
    key_int(&w, "nbf", claims->issued);
    key_int(&w, "exp", claims->expires);
    bm_jw_end_object(&w);
    if (w.rv != APR_SUCCESS || bm_buffer_append(out, "", 1) != APR_SUCCESS)
        return APR_ENOMEM;
    return bm_signed_token_make(ptoken, out->data, key, p);
}

static const char *string_of(const json_t *payload, const char *name)
{
    const char *text = json_string_value(json_object_get(payload, name));

    return text != NULL ? text : "";
}

static apr_int64_t int_of(const json_t *payload, const char *name, apr_int64_t if_none)
{
    const json_t *value = json_object_get(payload, name);

    return json_is_integer(value) ? json_integer_value(value) : if_none;
}

apr_status_t bm_access_token_read(bm_claims_t *claims, const char *token, const char *issuer, const bm_sign_key_t *keys, int n,
                                  apr_int64_t now, apr_pool_t *p)
{
    const bm_sign_key_t *key = strlen(token) <= BM_SIGNED_TOKEN_MAX ? bm_signed_token_key(token, keys, n, p) : NULL;
    const char *text;
    apr_size_t len;
    json_t *payload;

    if (key == NULL)
        return APR_NOTFOUND;
    if (bm_signed_token_verify(&text, &len, token, key, p) != APR_SUCCESS
        || bm_json_parse(&payload, text, len, NULL, p) != APR_SUCCESS || !json_is_object(payload))
        return APR_EACCES;
    claims->issuer = string_of(payload, "iss");
    claims->user = string_of(payload, "sub");
    claims->session = string_of(payload, "sid");
    claims->issued = int_of(payload, "iat", APR_INT64_MAX);
    claims->expires = int_of(payload, "exp", 0);
    if (strcmp(claims->issuer, issuer) != 0 || strcmp(string_of(payload, "aud"), BM_TOKEN_AUDIENCE) != 0
        || claims->user[0] == '\0' || strlen(claims->session) != BM_SESSION_ID_LENGTH || claims->expires <= now
        || claims->issued > now + BM_TOKEN_LEEWAY || int_of(payload, "nbf", APR_INT64_MAX) > now + BM_TOKEN_LEEWAY)
        return APR_EACCES;
    return APR_SUCCESS;
}
