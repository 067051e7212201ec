/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/template_context.h"

#include <string.h>
#include <apr_lib.h>

static int has_control(const char *text, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return 1;
    return 0;
}

const char *bm_template_context_refusal(bm_template_context_e context, const char *text, apr_size_t len)
{
    if (len == 0)
        return NULL;
    if (context == BM_TEMPLATE_HEADER && has_control(text, len))
        return "has a value with control characters, which a header cannot hold";
    if (memchr(text, '\0', len) != NULL)
        return "has a value with a NUL byte";
    /* Dots cannot be escaped: "%2e%2e" is a way up as well. */
    if (context == BM_TEMPLATE_URL && strspn(text, ".") == len)
        return "has a value of nothing but dots, which a URL cannot hold";
    return NULL;
}

/* Unreserved characters of RFC 3986. */
static int is_unreserved(unsigned char c)
{
    return c != 0 && c < 0x80 && (apr_isalnum(c) || strchr("-._~", c) != NULL);
}

const char *bm_template_context_encode(bm_template_context_e context, const char *text, apr_size_t *len, apr_pool_t *p)
{
    static const char hex[] = "0123456789ABCDEF";
    char *encoded, *to;
    apr_size_t i;

    if (context != BM_TEMPLATE_URL)
        return text;
    to = encoded = apr_palloc(p, 3 * *len + 1);
    for (i = 0; i < *len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (is_unreserved(c))
            *to++ = (char)c;
        else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    *to = '\0';
    *len = (apr_size_t)(to - encoded);
    return encoded;
}
