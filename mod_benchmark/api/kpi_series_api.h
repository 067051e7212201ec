/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_series_api.h: a KPI over time: /kpis/series. Thread: const table. */
#ifndef BM_API_KPI_SERIES_API_H
#define BM_API_KPI_SERIES_API_H

#include "api/api.h"

extern const bm_route_t bm_kpi_series_api_routes[];

#endif
