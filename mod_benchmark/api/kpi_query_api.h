/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_query_api.h: /kpis: any metrics and quantiles of any runs, in groups. Thread: const table. */
#ifndef BM_API_KPI_QUERY_API_H
#define BM_API_KPI_QUERY_API_H

#include "api/api.h"

extern const bm_route_t bm_kpi_query_api_routes[];

#endif
