/* SPDX-License-Identifier: Apache-2.0
 *
 * api/tickets_api.h: POST /events/ticket: for clients that cannot send credentials when they begin to watch (a browser's
 * EventSource and WebSocket send no Authorization). glue/ticket.c takes it. */
#ifndef BM_API_TICKETS_API_H
#define BM_API_TICKETS_API_H

#include "api/api.h"

extern const bm_route_t bm_tickets_api_routes[];

#endif
