/* SPDX-License-Identifier: Apache-2.0
 *
 * api/problems_api.h: problems without a session: drawn or composed by hand, kept, and executed by their key
 * (docs/training.md). */
#ifndef BM_API_PROBLEMS_API_H
#define BM_API_PROBLEMS_API_H

#include "api/api.h"

extern const bm_route_t bm_problems_api_routes[];

#endif
