/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/require_tls.h"

#include <string.h>
#include <apr_strings.h>
#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include "glue/authz.h"
#include "glue/directives.h"
#include "glue/router.h"
#include "net/address_guard.h"

#define YEAR "max-age=31536000"

extern module AP_MODULE_DECLARE_DATA benchmark_module;

static int is_secure(const request_rec *r)
{
    return strcmp(ap_http_scheme(r), "https") == 0;
}

static int is_local(const request_rec *r)
{
    return r->useragent_addr != NULL && bm_address_guard_is_loopback((const struct sockaddr *)&r->useragent_addr->sa);
}

/* The same page over TLS, where that is known to be ours: BenchmarkPublicURL, else the host that was asked for if it is one of
 * ours. NULL: it is not. */
static const char *secure_page(request_rec *r)
{
    const char *url = bm_directives_settings()->public_url, *host = NULL;

    if (url != NULL && ap_cstr_casecmpn(url, "https://", 8) == 0)
        host = apr_pstrmemdup(r->pool, url + 8, strcspn(url + 8, "/"));
    else if (r->hostname != NULL && bm_authz_is_allowed_host(r))
        host = r->hostname;
    return host != NULL ? apr_pstrcat(r->pool, "https://", host, r->unparsed_uri, NULL) : NULL;
}

static int access_checker_ex(request_rec *r)
{
    bm_place_t *place = ap_get_module_config(r->request_config, &benchmark_module);
    const char *page;

    if (place == NULL || !bm_directives_of(r->server)->require_tls)
        return DECLINED;
    if (is_secure(r)) {
        apr_table_setn(r->err_headers_out, "Strict-Transport-Security", YEAR);
        return DECLINED;
    }
    if (is_local(r) || (place->kind == BM_PLACE_API && strncmp(place->path, "/health", 7) == 0))
        return DECLINED;
    page = place->kind == BM_PLACE_PAGE && r->method_number == M_GET && r->unparsed_uri[0] == '/' ? secure_page(r) : NULL;
    if (page != NULL) {
        apr_table_setn(r->headers_out, "Location", page);
        return HTTP_MOVED_PERMANENTLY;
    }
    place->needs_tls = 1;
    return HTTP_FORBIDDEN;
}

void bm_require_tls_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_access_checker_ex(access_checker_ex, NULL, NULL, APR_HOOK_REALLY_FIRST);
}
