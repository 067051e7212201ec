/* SPDX-License-Identifier: Apache-2.0
 *
 * api/report_api.h: the routes of report_api.c. */
#ifndef BM_API_REPORT_API_H
#define BM_API_REPORT_API_H

#include "api/api.h"

extern const bm_route_t bm_report_api_routes[];

#endif
