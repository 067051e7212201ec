/* SPDX-License-Identifier: Apache-2.0
 *
 * api/events_api.h: what happens, as it happens: GET /events (server-sent events, or one answer of a poll), /events/ws and
 * /ws/metrics (WebSocket). */
#ifndef BM_API_EVENTS_API_H
#define BM_API_EVENTS_API_H

#include "api/api.h"

extern const bm_route_t bm_events_api_routes[];

#endif
