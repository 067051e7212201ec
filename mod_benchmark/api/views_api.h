/* SPDX-License-Identifier: Apache-2.0
 *
 * api/views_api.h: the routes of views_api.c. */
#ifndef BM_API_VIEWS_API_H
#define BM_API_VIEWS_API_H

#include "api/resource.h"

extern const bm_route_t bm_views_api_routes[];

/** What the handlers of resources need to know of it. */
extern const bm_resource_t bm_views_api_resource;

#endif
