/* SPDX-License-Identifier: Apache-2.0
 *
 * api/runs_api.h: the routes of runs_api.c. */
#ifndef BM_API_RUNS_API_H
#define BM_API_RUNS_API_H

#include "api/api.h"

extern const bm_route_t bm_runs_api_routes[];

#endif
