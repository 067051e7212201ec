/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_url.h"

#include <string.h>
#include <strings.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "base/text.h"

enum { URL_MAX = 8000 };

/* A copy in which each {{...}} is one letter. What is malformed stays, and its braces are refused below. */
static const char *without_placeholders(const char *url, apr_pool_t *p)
{
    char *copy = apr_pstrdup(p, url), *to = copy;
    const char *close;

    while (*url) {
        if (strncmp(url, "{{", 2) == 0 && (close = strstr(url + 2, "}}")) != NULL) {
            *to++ = 'x';
            url = close + 2;
        }
        else
            *to++ = *url++;
    }
    *to = '\0';
    return copy;
}

/* Why the authority (host, port, user info) is refused; NULL: it is not. */
static const char *authority_refusal(const char *authority, apr_size_t len, apr_pool_t *p)
{
    const char *text = apr_pstrmemdup(p, authority, len), *port;
    apr_int64_t number;

    if (strchr(text, '@') != NULL)
        return "Must not hold a user name or password; name a secret instead.";
    if (*text == '[') {
        port = strchr(text, ']');
        if (port == NULL || port == text + 1)
            return "Has a broken IPv6 address.";
        port++;
        if (*port != '\0' && *port != ':')
            return "Has a broken IPv6 address.";
    }
    else
        port = text + strcspn(text, ":");
    if (port == text)
        return "Has no host.";
    if (*port == ':' && bm_text_to_int64(&number, port + 1, 1, 65535) != APR_SUCCESS && strcmp(port + 1, "x") != 0)
        return "Has a port that is not a number from 1 to 65535.";
    return NULL;
}

static const char *refusal(const char *url, apr_pool_t *p)
{
    const char *at;
    apr_size_t scheme;

    if (strlen(url) > URL_MAX)
        return apr_psprintf(p, "Must have at most %d bytes.", URL_MAX);
    for (at = url; *at; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f || strchr("\"<>\\^`{|}", *at) != NULL)
            return "Has a character that must be percent-encoded in a URL.";
    if (strchr(url, '#') != NULL)
        return "Must not have a fragment (#).";
    scheme = strncasecmp(url, "http://", 7) == 0 ? 7 : strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
    if (scheme == 0)
        return "Must begin with http:// or https://.";
    return authority_refusal(url + scheme, strcspn(url + scheme, "/?"), p);
}

apr_status_t bm_provider_url_check(const char *url, const char *pointer, bm_err_t *err, apr_pool_t *p)
{
    const char *plain = without_placeholders(url, p), *why;

    if (strncmp(url, "{{", 2) == 0 && strcmp(plain, url) != 0)
        return APR_SUCCESS;
    why = refusal(plain, p);
    return why ? bm_err_violation(err, pointer, "%s", why) : APR_SUCCESS;
}

/* Whether the path has a segment like "v1" or "v1beta2". */
static int has_version(const char *path)
{
    const char *at;

    for (at = strchr(path, '/'); at != NULL; at = strchr(at + 1, '/'))
        if (at[1] == 'v' && apr_isdigit(at[2]))
            return 1;
    return 0;
}

static int ends_with(const char *text, const char *end)
{
    apr_size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* base up to its query, without slashes at its end. */
static char *trimmed(const char *base, apr_pool_t *p)
{
    apr_size_t len = strcspn(base, "?");

    while (len > 0 && base[len - 1] == '/')
        len--;
    return apr_pstrmemdup(p, base, len);
}

const char *bm_provider_url_endpoint(const char *base, const char *endpoint, apr_pool_t *p)
{
    const char *query = base + strcspn(base, "?");
    const char *front = trimmed(base, p), *path = strstr(front, "://");

    path = path ? path + 3 : front;
    path += strcspn(path, "/");
    if (ends_with(path, endpoint))
        return apr_pstrcat(p, front, query, NULL);
    return apr_pstrcat(p, front, has_version(path) ? "" : "/v1", endpoint, query, NULL);
}

const char *bm_provider_url_beside(const char *base, const char *endpoint, const char *other, apr_pool_t *p)
{
    const char *url = bm_provider_url_endpoint(base, endpoint, p);
    apr_size_t path = strcspn(url, "?");

    return apr_pstrcat(p, apr_pstrmemdup(p, url, path - strlen(endpoint)), other, url + path, NULL);
}

const char *bm_provider_url_base(const char *url, apr_pool_t *p)
{
    static const char *const requests[] = {
        "/chat/completions", "/completions", "/embeddings", "/responses", "/models", "/messages",
        "/automation/run", "/automation/run-sse", "/automation/run-async"
    };
    char *front = trimmed(url, p);
    const char *path = strstr(front, "://");
    size_t i;

    path = path ? path + 3 : front;
    path += strcspn(path, "/");
    for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        if (ends_with(path, requests[i])) {
            front[strlen(front) - strlen(requests[i])] = '\0';
            break;
        }
    return apr_pstrcat(p, trimmed(front, p), url + strcspn(url, "?"), NULL);
}

const char *bm_provider_url_path(const char *base, const char *path, apr_pool_t *p)
{
    char *front = trimmed(base, p);

    if (ends_with(front, "/v1") && strncmp(path, "/v1/", 4) == 0)
        front[strlen(front) - 3] = '\0';
    return apr_pstrcat(p, front, path, NULL);
}
