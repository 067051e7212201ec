/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/ticket.h: ?ticket= instead of credentials, on the addresses that are watched (api/tickets_api.h).
 *
 * A ticket names its user before anybody asks for credentials: the server's own rules (Require ip, user, valid-user) then hold
 * for him as for anybody who has logged in, and the request has at most the role that he had when he got it. It is used up by the
 * first request that shows it. Thread: request. */
#ifndef BM_GLUE_TICKET_H
#define BM_GLUE_TICKET_H

#include <httpd.h>
#include "glue/router.h"

/** Take the request's ticket, if it has one: sets r->user, and place->ticket and place->ticket_role. Before authentication. */
void bm_ticket_use(request_rec *r, bm_place_t *place);

#endif
