/* SPDX-License-Identifier: Apache-2.0
 *
 * api/cupid_api.h: the routes of cupid_api.c. */
#ifndef BM_API_CUPID_API_H
#define BM_API_CUPID_API_H

#include "api/api.h"

extern const bm_route_t bm_cupid_api_routes[];

#endif
