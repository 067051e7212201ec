/* SPDX-License-Identifier: Apache-2.0 */
#include "net/header_guard.h"

#include <string.h>
#include <strings.h>

#define MAX_NAME 128
#define MAX_LINE 16384
#define MAX_METHOD 32

/* They say how bytes travel on one connection, which is libcurl's business; a second opinion is request smuggling. */
static const char *const refused_names[] = {
    "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
    "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
};

/* tchar of RFC 9110. */
static int is_token_char(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static int is_token(const char *text, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++)
        if (!is_token_char((unsigned char)text[i]))
            return 0;
    return len > 0;
}

apr_status_t bm_header_guard_method(const char *method, bm_err_t *err)
{
    apr_size_t len = strlen(method);

    if (len > MAX_METHOD || !is_token(method, len))
        return bm_err_set(err, APR_EINVAL, "bad_request", "the method is not a token of at most %d characters", MAX_METHOD);
    return APR_SUCCESS;
}

static apr_status_t check_name(const char *name, apr_size_t len, bm_err_t *err)
{
    apr_size_t i;

    if (len > MAX_NAME || !is_token(name, len))
        return bm_err_set(err, APR_EINVAL, "bad_request", "a header name is not a token of at most %d characters", MAX_NAME);
    for (i = 0; i < sizeof(refused_names) / sizeof(refused_names[0]); i++)
        if (strlen(refused_names[i]) == len && strncasecmp(refused_names[i], name, len) == 0)
            return bm_err_set(err, APR_EINVAL, "bad_request", "the header %s cannot be set: it belongs to the connection",
                              refused_names[i]);
    return APR_SUCCESS;
}

apr_status_t bm_header_guard_name(const char *name, bm_err_t *err)
{
    return check_name(name, strlen(name), err);
}

apr_status_t bm_header_guard_value(const char *value, apr_size_t len, bm_err_t *err)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)value[i];

        if (c < 0x20 || c == 0x7f)
            return bm_err_set(err, APR_EINVAL, "bad_request", "a header value holds the control character 0x%02x", c);
    }
    return APR_SUCCESS;
}

apr_status_t bm_header_guard_line(const char *line, bm_err_t *err)
{
    apr_size_t len = strlen(line);
    const char *colon = memchr(line, ':', len);
    apr_status_t rv;

    if (colon == NULL)
        return bm_err_set(err, APR_EINVAL, "bad_request", "a header line has no colon");
    if (len > MAX_LINE)
        return bm_err_set(err, APR_EINVAL, "bad_request", "a header line is longer than %d bytes", MAX_LINE);
    rv = check_name(line, (apr_size_t)(colon - line), err);
    if (rv != APR_SUCCESS)
        return rv;
    return bm_header_guard_value(colon + 1, len - (apr_size_t)(colon + 1 - line), err);
}
