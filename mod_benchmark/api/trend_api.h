/* SPDX-License-Identifier: Apache-2.0
 *
 * api/trend_api.h: /scenarios/{id}/trend. */
#ifndef BM_API_TREND_API_H
#define BM_API_TREND_API_H

#include "api/api.h"

extern const bm_route_t bm_trend_api_routes[];

#endif
