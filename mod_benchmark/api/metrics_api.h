/* SPDX-License-Identifier: Apache-2.0
 *
 * api/metrics_api.h: /metrics for Prometheus. */
#ifndef BM_API_METRICS_API_H
#define BM_API_METRICS_API_H

#include "api/api.h"

extern const bm_route_t bm_metrics_api_routes[];

#endif
