/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/cors.h"

#include <string.h>
#include "glue/directives.h"

int bm_cors_is_allowed(const request_rec *r, const char *origin)
{
    const apr_array_header_t *list = bm_directives_of(r->server)->cors_origins;
    int i;

    if (strcmp(origin, "null") == 0)
        return 0;
    for (i = 0; list != NULL && i < list->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), origin) == 0)
            return 1;
    return 0;
}

int bm_cors_is_preflight(const request_rec *r)
{
    return r->method_number == M_OPTIONS && apr_table_get(r->headers_in, "Origin") != NULL
        && apr_table_get(r->headers_in, "Access-Control-Request-Method") != NULL;
}

void bm_cors_set(request_rec *r)
{
    const char *origin = apr_table_get(r->headers_in, "Origin");

    if (bm_directives_of(r->server)->cors_origins == NULL)
        return;
    apr_table_mergen(r->err_headers_out, "Vary", "Origin");
    if (origin == NULL || !bm_cors_is_allowed(r, origin))
        return;
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Origin", origin);
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Credentials", "true");
    apr_table_setn(r->err_headers_out, "Access-Control-Expose-Headers",
                   "ETag, Idempotency-Replayed, Link, Location, Retry-After, X-Request-Id, X-Total-Count");
    apr_table_setn(r->err_headers_out, "Cross-Origin-Resource-Policy", "cross-origin");
}

void bm_cors_preflight(request_rec *r, const char *methods)
{
    if (!bm_cors_is_preflight(r) || apr_table_get(r->err_headers_out, "Access-Control-Allow-Origin") == NULL)
        return;
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Methods", methods);
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Headers",
                   "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id");
    apr_table_setn(r->err_headers_out, "Access-Control-Max-Age", "600");
}
