/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/router.h: which requests are ours, and the way each of them takes.
 *
 *   translate_name     place of the URL: API or page file; nothing else may map it
 *   map_to_storage     no walk through directories; page files are looked up here
 *   access_checker_ex  a CORS preflight needs no user; a ticket or a credential of ours names one
 *   type_checker       type and encoding of page files
 *   handler            API: route, role, cross-site rules, body, call, reply; pages: index.html; files: httpd's own
 *
 * Thread: request. */
#ifndef BM_GLUE_ROUTER_H
#define BM_GLUE_ROUTER_H

#include <httpd.h>
#include "api/api.h"
#include "glue/directives.h"

typedef enum bm_place_kind_e {
    BM_PLACE_API,              /* path: below /api/v1, without trailing slash, "/runs/7" */
    BM_PLACE_PAGE              /* path: below the mount, "/assets/app.js" or "/" */
} bm_place_kind_e;

typedef enum bm_ticket_state_e {
    BM_TICKET_NONE = 0,        /* the request shows none */
    BM_TICKET_TAKEN,
    BM_TICKET_REFUSED,         /* invented, used, or too old */
    BM_TICKET_UNKNOWN          /* the store could not be asked */
} bm_ticket_state_e;

/** Where a URL of ours leads. Kept with the request. */
typedef struct bm_place_t {
    bm_place_kind_e kind;
    const char *mount;         /* "/benchmark", "" for "/" and for the seeds' root paths */
    const char *prefix;        /* "<mount>/api/v1" */
    const char *path;
    bm_role_e role;            /* of who asks, once that is known */
    const bm_projects_t *projects;      /* that who asks sees; NULL: that is not known */
    const char *sought;        /* 404 to who is held to projects: kind of what he asked for (bm_audit_object), else NULL */
    apr_int64_t sought_id;
    const char *route;         /* template of the route that was found; NULL: none */
    int needs_tls;             /* refused: it came over plain HTTP (glue/require_tls.h) */
    int foreign;               /* what was asked for is another's, and 404 the answer */
    int noted;                 /* the request has its entry in the audit log already */
    int devious;               /* sent with empty or dot segments: nothing is there */
    const char *request_id;    /* for the answer, problems and logs */
    bm_ticket_state_e ticket;  /* glue/ticket.h */
    bm_role_e ticket_role;     /* of BM_TICKET_TAKEN: the most that the request may have */
} bm_place_t;

/** The place of a URL path in a server; NULL: not ours. In p. */
const bm_place_t *bm_router_place(const bm_server_conf_t *conf, const char *uri, apr_pool_t *p);

/** The place of this request, as translate_name found it; NULL: not ours. */
const bm_place_t *bm_router_place_of(const request_rec *r);

/** Register all hooks of the request path. */
void bm_router_register(apr_pool_t *p);

#endif
