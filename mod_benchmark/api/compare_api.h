/* SPDX-License-Identifier: Apache-2.0
 *
 * api/compare_api.h: /compare. */
#ifndef BM_API_COMPARE_API_H
#define BM_API_COMPARE_API_H

#include "api/api.h"

extern const bm_route_t bm_compare_api_routes[];

#endif
