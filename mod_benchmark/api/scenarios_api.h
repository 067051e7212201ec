/* SPDX-License-Identifier: Apache-2.0
 *
 * api/scenarios_api.h: the routes of scenarios_api.c. */
#ifndef BM_API_SCENARIOS_API_H
#define BM_API_SCENARIOS_API_H

#include "api/resource.h"

extern const bm_route_t bm_scenarios_api_routes[];

/** What the handlers of resources need to know of it. */
extern const bm_resource_t bm_scenarios_api_resource;

/** The members of run_settings that have a meaning of their own; beside them may stand the client's. */
extern const bm_field_t bm_run_settings_fields[];

#endif
