/* SPDX-License-Identifier: Apache-2.0
 *
 * api/traces_api.h: the routes of traces_api.c. */
#ifndef BM_API_TRACES_API_H
#define BM_API_TRACES_API_H

#include "api/api.h"

extern const bm_route_t bm_traces_api_routes[];

#endif
