/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_mould.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

bm_provider_mould_t *bm_provider_mould_make(apr_pool_t *p)
{
    bm_provider_mould_t *mould = apr_pcalloc(p, sizeof(*mould));

    bm_buffer_adopt(&mould->before, p);
    bm_buffer_adopt(&mould->behind, p);
    return mould;
}

/* The quote that ends the JSON string whose content begins at `at`; NULL: it does not end. */
static const char *closing_quote(const char *at, const char *end)
{
    for (; at < end && *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at < end ? at : NULL;
}

void bm_provider_mould_cast(bm_provider_mould_t *mould, const char *name, const char *data, apr_size_t len)
{
    char key[64];
    apr_size_t key_len = (apr_size_t)apr_snprintf(key, sizeof(key), "\"%s\":", name);
    const char *end = data + len, *at = bm_text_find(data, len, key, key_len), *close;

    bm_buffer_clear(&mould->before);
    bm_buffer_clear(&mould->behind);
    if (at == NULL)
        return;
    at += key_len;
    while (at < end && *at == ' ')
        at++;
    if (at == end || *at++ != '"')
        return;
    close = closing_quote(at, end);
    if (close == NULL || bm_text_find(close, (apr_size_t)(end - close), key, key_len) != NULL)
        return;
    if (bm_buffer_append(&mould->before, data, (apr_size_t)(at - data)) != APR_SUCCESS
        || bm_buffer_append(&mould->behind, close, (apr_size_t)(end - close)) != APR_SUCCESS)
        bm_buffer_clear(&mould->before);
}

static int is_plain(const char *text, apr_size_t len)
{
    apr_size_t i;
    int ascii = 1;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c == '"' || c == '\\')
            return 0;
        ascii &= c < 0x80;
    }
    return ascii || bm_text_is_utf8(text, len);
}

const char *bm_provider_mould_fit(const bm_provider_mould_t *mould, apr_size_t *text_len, const char *data, apr_size_t len)
{
    apr_size_t before = mould->before.len, behind = mould->behind.len;

    if (before == 0 || len <= before + behind || memcmp(data, mould->before.data, before) != 0
        || memcmp(data + len - behind, mould->behind.data, behind) != 0)
        return NULL;
    *text_len = len - before - behind;
    return is_plain(data + before, *text_len) ? data + before : NULL;
}
