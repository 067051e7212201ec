/* SPDX-License-Identifier: Apache-2.0
 *
 * api/discoveries_api.h: the routes of discoveries_api.c. */
#ifndef BM_API_DISCOVERIES_API_H
#define BM_API_DISCOVERIES_API_H

#include "api/api.h"

extern const bm_route_t bm_discoveries_api_routes[];

#endif
