/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_rebuild_api.h: /kpis/rebuild. */
#ifndef BM_API_KPI_REBUILD_API_H
#define BM_API_KPI_REBUILD_API_H

#include "api/api.h"

extern const bm_route_t bm_kpi_rebuild_api_routes[];

#endif
