/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/audit_denials.h"

#include <apr_strings.h>
#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include "api/audit.h"
#include "base/thread.h"
#include "glue/lifecycle.h"
#include "glue/rate_limit.h"
#include "glue/request.h"
#include "glue/router.h"

/* 401 to somebody who has shown nothing is the way in, not an attempt: a browser's first request is always one. */
static int is_attempt(const request_rec *r, const bm_place_t *place)
{
    if (place->kind != BM_PLACE_API || place->noted)
        return 0;
    if (r->status == HTTP_FORBIDDEN || place->foreign || place->sought != NULL)
        return 1;
    return r->status == HTTP_UNAUTHORIZED
           && (r->method_number != M_GET || apr_table_get(r->headers_in, "Authorization") != NULL
               || apr_table_get(r->headers_in, "Cookie") != NULL || place->ticket == BM_TICKET_REFUSED);
}

typedef struct note_t {
    apr_pool_t *p;
    bm_db_source_t *source;
    bm_audit_denial_t denial;
    bm_projects_t projects;
} note_t;

static void *APR_THREAD_FUNC write_down(apr_thread_t *thread, void *data)
{
    note_t *note = data;

    (void)thread;
    bm_audit_denied(note->source, &note->denial, note->p);
    apr_pool_destroy(note->p);
    return NULL;
}

/* In a pool of its own: the request is gone by then. */
static note_t *note_of(const request_rec *r, const bm_place_t *place, bm_web_t *web)
{
    apr_pool_t *p = bm_thread_pool_make("bm-denial");
    note_t *note = apr_pcalloc(p, sizeof(*note));

    note->p = p;
    note->source = web->source;
    if (place->projects != NULL)
        note->projects = *place->projects;
    note->denial = (bm_audit_denial_t){
        .actor = apr_pstrdup(p, r->user), .role = place->role, .projects = place->projects != NULL ? &note->projects : NULL,
        .address = apr_pstrdup(p, r->useragent_ip),
        .action = apr_pstrcat(p, r->method, " ", place->route != NULL ? place->route : "(none)", NULL),
        .object = apr_pstrdup(p, place->path), .request_id = apr_pstrdup(p, place->request_id), .status = r->status,
        .kind = apr_pstrdup(p, place->sought), .id = place->sought_id
    };
    return note;
}

/* Neither this answer nor the next one on its connection waits: how long they take would tell what is there from what is not. */
static int log_transaction(request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);
    bm_web_t *web = place != NULL ? bm_lifecycle_web() : NULL;
    note_t *note;

    if (web == NULL || !is_attempt(r, place) || !bm_rate_limit_denial(r, place->sought != NULL))
        return DECLINED;
    note = note_of(r, place, web);
    if (web->behind == NULL
        || apr_thread_pool_push(web->behind, write_down, note, APR_THREAD_TASK_PRIORITY_NORMAL, NULL) != APR_SUCCESS)
        write_down(NULL, note);
    return DECLINED;
}

void bm_audit_denials_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_log_transaction(log_transaction, NULL, NULL, APR_HOOK_MIDDLE);
}
