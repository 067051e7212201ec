/* SPDX-License-Identifier: Apache-2.0
 *
 * api/hive_api.h: training as clients of Hive know it (docs/training.md): one session, begun, stopped and looked at without
 * its number,
 * and metrics of the latest. */
#ifndef BM_API_HIVE_API_H
#define BM_API_HIVE_API_H

#include "api/api.h"

extern const bm_route_t bm_hive_api_routes[];

#endif
