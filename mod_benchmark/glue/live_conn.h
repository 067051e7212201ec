/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/live_conn.h: connections that are kept after their request, without a thread (mpm_event), for the hub (live/hub.h).
 *
 * The only file that suspends. On mpm_event the request's worker goes on to other requests, and the hub's thread writes to the
 * connection through its filters, so TLS and everything else that httpd puts there works. Other MPMs cannot do that: there the
 * request's thread waits while the hub serves its connection, and the number of clients is small. */
#ifndef BM_GLUE_LIVE_CONN_H
#define BM_GLUE_LIVE_CONN_H

#include <httpd.h>
#include "api/api.h"

/** Answer a request whose q->live says what it wants. @return what the handler returns to httpd. On 503 (no place is left) q has
 *  become that problem and *refused is set: the caller sends it. */
int bm_live_conn_take(bm_req_t *q, request_rec *r, int *refused);

/** Register the hooks that make the hub, fill it and end it. */
void bm_live_conn_register(apr_pool_t *p);

#endif
