/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_distribution_api.h: how the values of a metric are spread: /kpis/distribution and /kpis/heatmap.
 * Thread: const table. */
#ifndef BM_API_KPI_DISTRIBUTION_API_H
#define BM_API_KPI_DISTRIBUTION_API_H

#include "api/api.h"

extern const bm_route_t bm_kpi_distribution_api_routes[];

#endif
