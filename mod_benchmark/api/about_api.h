/* SPDX-License-Identifier: Apache-2.0
 *
 * api/about_api.h: the routes of about_api.c. */
#ifndef BM_API_ABOUT_API_H
#define BM_API_ABOUT_API_H

#include "api/api.h"

extern const bm_route_t bm_about_api_routes[];

#endif
