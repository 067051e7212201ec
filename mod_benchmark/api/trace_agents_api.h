/* SPDX-License-Identifier: Apache-2.0
 *
 * api/trace_agents_api.h: the routes of trace_agents_api.c. */
#ifndef BM_API_TRACE_AGENTS_API_H
#define BM_API_TRACE_AGENTS_API_H

#include "api/api.h"

extern const bm_route_t bm_trace_agents_api_routes[];

#endif
