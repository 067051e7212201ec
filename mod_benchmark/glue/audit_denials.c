/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/audit_denials.h"

#include <apr_strings.h>
#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include "api/audit.h"
#include "glue/lifecycle.h"
#include "glue/rate_limit.h"
#include "glue/request.h"
#include "glue/router.h"

/* 401 to somebody who has shown nothing is the way in, not an attempt: a browser's first request is always one. */
static int is_attempt(const request_rec *r, const bm_place_t *place)
{
    if (place->kind != BM_PLACE_API || place->noted)
        return 0;
    if (r->status == HTTP_FORBIDDEN || place->foreign)
        return 1;
    return r->status == HTTP_UNAUTHORIZED
           && (r->method_number != M_GET || apr_table_get(r->headers_in, "Authorization") != NULL
               || apr_table_get(r->headers_in, "Cookie") != NULL || place->ticket == BM_TICKET_REFUSED);
}

static int log_transaction(request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);
    bm_web_t *web = place != NULL ? bm_lifecycle_web() : NULL;
    const bm_principal_t who = { .user = r->user, .role = place != NULL ? place->role : BM_ROLE_NONE };

    if (web == NULL || !is_attempt(r, place) || !bm_rate_limit_denial(r))
        return DECLINED;
    bm_audit_denied(web->source, &who, r->useragent_ip,
                    apr_pstrcat(r->pool, r->method, " ", place->route != NULL ? place->route : "(none)", NULL), place->path,
                    r->status, bm_request_id(r), r->pool);
    return DECLINED;
}

void bm_audit_denials_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_log_transaction(log_transaction, NULL, NULL, APR_HOOK_MIDDLE);
}
