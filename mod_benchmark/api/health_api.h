/* SPDX-License-Identifier: Apache-2.0
 *
 * api/health_api.h: the routes of health_api.c. */
#ifndef BM_API_HEALTH_API_H
#define BM_API_HEALTH_API_H

#include "api/api.h"

extern const bm_route_t bm_health_api_routes[];

#endif
