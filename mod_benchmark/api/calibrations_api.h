/* SPDX-License-Identifier: Apache-2.0
 *
 * api/calibrations_api.h: the routes of calibrations_api.c. */
#ifndef BM_API_CALIBRATIONS_API_H
#define BM_API_CALIBRATIONS_API_H

#include "api/api.h"

extern const bm_route_t bm_calibrations_api_routes[];

#endif
