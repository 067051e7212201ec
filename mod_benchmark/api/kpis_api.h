/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpis_api.h: the routes of kpis_api.c. */
#ifndef BM_API_KPIS_API_H
#define BM_API_KPIS_API_H

#include "api/api.h"

extern const bm_route_t bm_kpis_api_routes[];

#endif
