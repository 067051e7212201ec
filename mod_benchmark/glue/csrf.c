/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/csrf.h"

#include <string.h>
#include <http_core.h>
#include "glue/authn.h"
#include "glue/authz.h"
#include "glue/cors.h"
#include "glue/directives.h"
#include "glue/request.h"

/* Whether the rights come from a cookie of ours. */
static int by_session(const request_rec *r)
{
    const bm_identity_t *who = bm_authn_identity(r);

    return who != NULL && who->credential == BM_CREDENTIAL_SESSION;
}

/* Authorization that a browser only sends because a script of ours told it to. */
static int carries_token(const request_rec *r)
{
    static const char *const ambient[] = { "Basic", "Digest", "Negotiate", "NTLM" };
    const char *authorization = apr_table_get(r->headers_in, "Authorization");
    size_t i, len;

    if (authorization == NULL || r->user == NULL || by_session(r))
        return 0;
    len = strcspn(authorization, " ");
    for (i = 0; i < sizeof(ambient) / sizeof(ambient[0]); i++)
        if (len == strlen(ambient[i]) && ap_cstr_casecmpn(authorization, ambient[i], len) == 0)
            return 0;
    return 1;
}

/* Whether Origin names the very address that was asked: http://Host or https://Host. */
static int is_own_origin(const request_rec *r, const char *origin)
{
    const char *host = apr_table_get(r->headers_in, "Host");
    const char *url = bm_directives_settings()->public_url;
    const char *authority = strstr(origin, "://");

    if (authority == NULL)
        return 0;
    if (host != NULL && ap_cstr_casecmp(authority + 3, host) == 0)
        return 1;
    if (url == NULL || ap_cstr_casecmpn(url, origin, strlen(origin)) != 0)
        return 0;
    url += strlen(origin);
    return *url == '\0' || *url == '/';
}

static apr_status_t check_site(bm_req_t *q, const request_rec *r)
{
    const char *origin = apr_table_get(r->headers_in, "Origin");
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");

    if (origin != NULL && bm_cors_is_allowed(r, origin))
        return APR_SUCCESS;
    if (origin != NULL && !is_own_origin(r, origin))
        return bm_err_set(q->err, APR_EACCES, "cross_site_request", "Changes are not accepted from pages of another origin.");
    if (site != NULL && ap_cstr_casecmp(site, "same-origin") != 0 && ap_cstr_casecmp(site, "none") != 0)
        return bm_err_set(q->err, APR_EACCES, "cross_site_request", "Changes are not accepted from pages of another site.");
    if (origin == NULL && site == NULL && by_session(r))
        return bm_err_set(q->err, APR_EACCES, "cross_site_request",
                          "With the cookie of a session, a change must say from where it comes (Origin or Sec-Fetch-Site).");
    return APR_SUCCESS;
}

/* A form can send three content types, and none of them is JSON. A request that has neither body nor content type and shows
 * no mark of a browser comes from a program. */
static apr_status_t check_type(bm_req_t *q, const request_rec *r)
{
    if (r->method_number == M_DELETE && !bm_request_has_body(r))
        return APR_SUCCESS;                 /* no form can send it, and a script must ask first */
    if (bm_request_is_json(r) || ((q->route->flags & BM_ROUTE_PROTOBUF) && bm_request_is_protobuf(r)))
        return APR_SUCCESS;
    if (!bm_request_has_body(r) && apr_table_get(r->headers_in, "Content-Type") == NULL
        && apr_table_get(r->headers_in, "Origin") == NULL && apr_table_get(r->headers_in, "Cookie") == NULL
        && apr_table_get(r->headers_in, "Sec-Fetch-Site") == NULL)
        return APR_SUCCESS;
    return bm_err_set(q->err, APR_EINVAL, "unsupported_media_type",
                      "Changes need Content-Type: application/json, so that no form of another site can send them.");
}

apr_status_t bm_csrf_check(bm_req_t *q, request_rec *r)
{
    apr_status_t rv;

    if ((r->method_number == M_GET && !(q->route->flags & BM_ROUTE_SOCKET)) || carries_token(r))
        return APR_SUCCESS;
    if ((r->user == NULL || apr_table_get(r->headers_in, "Authorization") == NULL) && !bm_authz_is_allowed_host(r))
        return bm_err_set(q->err, APR_EACCES, "host_not_allowed",
                          "Changes are not accepted for this Host (BenchmarkAllowedHosts).");
    rv = check_site(q, r);
    return rv != APR_SUCCESS || r->method_number == M_GET ? rv : check_type(q, r);
}
