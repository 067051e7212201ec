/* SPDX-License-Identifier: Apache-2.0
 *
 * api/sessions_api.h: the routes of this resource. */
#ifndef BM_API_SESSIONS_API_H
#define BM_API_SESSIONS_API_H

#include "api/api.h"

extern const bm_route_t bm_sessions_api_routes[];

#endif
