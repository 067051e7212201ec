/* SPDX-License-Identifier: Apache-2.0
 *
 * api/loadtests_api.h: the routes of loadtests_api.c. */
#ifndef BM_API_LOADTESTS_API_H
#define BM_API_LOADTESTS_API_H

#include "api/api.h"

extern const bm_route_t bm_loadtests_api_routes[];

#endif
