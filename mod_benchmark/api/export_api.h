/* SPDX-License-Identifier: Apache-2.0
 *
 * api/export_api.h: the routes of export_api.c. */
#ifndef BM_API_EXPORT_API_H
#define BM_API_EXPORT_API_H

#include "api/api.h"

/** Count this request among the exports, until its last byte is sent. @return APR_EAGAIN: BenchmarkExportLimit is reached. */
apr_status_t bm_export_enter(bm_req_t *q);

extern const bm_route_t bm_export_api_routes[];

#endif
