/* SPDX-License-Identifier: Apache-2.0
 *
 * api/users_api.h: the routes of users_api.c. */
#ifndef BM_API_USERS_API_H
#define BM_API_USERS_API_H

#include "api/api.h"

extern const bm_route_t bm_users_api_routes[];

#endif
