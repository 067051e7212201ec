/* SPDX-License-Identifier: Apache-2.0
 *
 * api/definitions_api.h: /definitions: automations, scenarios and prices as one document, out and in. */
#ifndef BM_API_DEFINITIONS_API_H
#define BM_API_DEFINITIONS_API_H

#include "api/api.h"

extern const bm_route_t bm_definitions_api_routes[];

#endif
