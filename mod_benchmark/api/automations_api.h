/* SPDX-License-Identifier: Apache-2.0
 *
 * api/automations_api.h: the routes of automations_api.c. */
#ifndef BM_API_AUTOMATIONS_API_H
#define BM_API_AUTOMATIONS_API_H

#include "api/resource.h"

extern const bm_route_t bm_automations_api_routes[];

/** What the handlers of resources need to know of it. */
extern const bm_resource_t bm_automations_api_resource;

#endif
