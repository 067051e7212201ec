/* SPDX-License-Identifier: Apache-2.0
 *
 * api/api_keys_api.h: the routes of api_keys_api.c. */
#ifndef BM_API_API_KEYS_API_H
#define BM_API_API_KEYS_API_H

#include "api/api.h"

extern const bm_route_t bm_api_keys_api_routes[];

#endif
