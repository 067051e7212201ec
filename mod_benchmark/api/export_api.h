/* SPDX-License-Identifier: Apache-2.0
 *
 * api/export_api.h: the routes of export_api.c. */
#ifndef BM_API_EXPORT_API_H
#define BM_API_EXPORT_API_H

#include "api/api.h"

/** Count this request among the exports, until its last byte is sent. @return APR_EAGAIN: BenchmarkExportLimit is reached. */
apr_status_t bm_export_enter(bm_req_t *q);

/** Borrow a connection for one page: in a transaction whose statements may take ten seconds each. Giving it back with
 *  q->api->source->close ends it. @return as bm_api_open. */
apr_status_t bm_export_open(bm_db_t **pdb, bm_req_t *q);

extern const bm_route_t bm_export_api_routes[];

#endif
