/* SPDX-License-Identifier: Apache-2.0
 *
 * api/engine_api.h: the routes of engine_api.c. */
#ifndef BM_API_ENGINE_API_H
#define BM_API_ENGINE_API_H

#include "api/api.h"

extern const bm_route_t bm_engine_api_routes[];

#endif
