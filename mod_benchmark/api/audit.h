/* SPDX-License-Identifier: Apache-2.0
 *
 * api/audit.h: what requests did, into the audit log. Thread: request. */
#ifndef BM_API_AUDIT_H
#define BM_API_AUDIT_H

#include "api/api.h"

/** Whether a request of this route is one to note: all that are no GET, but BM_ROUTE_NO_AUDIT. */
int bm_audit_is_noted(const bm_route_t *route);

/** Note that the request was done, in the transaction of q->db if there is one. Without a connection (the handler had its own) it
 *  borrows one. What cannot be noted outside a transaction, where the change stands, is in the error log instead. */
apr_status_t bm_audit_done(bm_req_t *q, int in_transaction);

/** Note that a request was not allowed (401, 403). action: method and route; object: its path. Over a connection of its own; what
 *  cannot be noted is in the error log. */
void bm_audit_denied(bm_db_source_t *source, const bm_principal_t *who, const char *address, const char *action,
                     const char *object, int status, const char *request_id, apr_pool_t *p);

#endif
