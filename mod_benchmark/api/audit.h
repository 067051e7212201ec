/* SPDX-License-Identifier: Apache-2.0
 *
 * api/audit.h: what requests did, into the audit log. Thread: request. */
#ifndef BM_API_AUDIT_H
#define BM_API_AUDIT_H

#include "api/api.h"
#include "store/audit_store.h"

/** Whether a request of this route is one to note: all that are no GET, but BM_ROUTE_NO_AUDIT. */
int bm_audit_is_noted(const bm_route_t *route);

/** Note that the request was done, in the transaction of q->db; the request fails if it cannot be noted, and the change with it.
 *  A handler that commits itself calls it last of all before, with the answer's Location set. Only the first call notes. */
apr_status_t bm_audit_done(bm_req_t *q);

/** The same behind a request that has changed nothing in the database, or not by a transaction of its own: over a connection of
 *  its own. What cannot be noted is in the error log. */
void bm_audit_done_behind(bm_req_t *q);

/** The entry of the request, for a statement that writes it beside its change (store/run_order_store.h). Its object is what was
 *  asked for; q->noted is the caller's to set. In q->p. */
bm_audit_entry_t *bm_audit_entry_of(bm_req_t *q);

/** Note that the request is refused, in the transaction of q->db, where the refusal itself changes something: object is what,
 *  actor whose. */
apr_status_t bm_audit_refused(bm_req_t *q, const char *actor, const char *object, int status);

/** What a request is about, as far as that has a project: *pkind is the first word of its path, NULL: nothing. After a failure it
 *  is what was asked for. */
void bm_audit_object(const char **pkind, apr_int64_t *pid, const bm_req_t *q);

/** Before the handler of a DELETE: of which project is what will be gone when it is noted. */
apr_status_t bm_audit_before_delete(bm_req_t *q);

/** A request that was not allowed. Flat, but for what its strings point to. */
typedef struct bm_audit_denial_t {
    const char *actor;                   /* NULL: nobody who is known */
    bm_role_e role;
    const bm_projects_t *projects;       /* that he sees; NULL: not known */
    const char *address, *action, *object, *request_id;      /* action: method and route; object: path */
    int status;
    const char *kind;                    /* 404 to who is held to projects: of what was asked for (bm_audit_object), and it */
    apr_int64_t id;                      /* is an attempt only if that is there, of another project; NULL: it is one */
} bm_audit_denial_t;

/** Note that a request was not allowed (401, 403, or 404 of what is another's). Over a connection of its own, which is held to
 *  nothing; what cannot be noted is in the error log. Thread: any. */
void bm_audit_denied(bm_db_source_t *source, const bm_audit_denial_t *denial, apr_pool_t *p);

#endif
