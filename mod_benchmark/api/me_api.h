/* SPDX-License-Identifier: Apache-2.0
 *
 * api/me_api.h: the routes of me_api.c. */
#ifndef BM_API_ME_API_H
#define BM_API_ME_API_H

#include "api/api.h"

extern const bm_route_t bm_me_api_routes[];

#endif
