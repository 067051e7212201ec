/* SPDX-License-Identifier: Apache-2.0
 *
 * api/auth_api.h: the routes of auth_api.c. */
#ifndef BM_API_AUTH_API_H
#define BM_API_AUTH_API_H

#include "api/api.h"

extern const bm_route_t bm_auth_api_routes[];

#endif
