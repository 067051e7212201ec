/* SPDX-License-Identifier: Apache-2.0
 *
 * api/timeline_api.h: GET /runs/{id}/timeline, a row of the table in runs_api.c. */
#ifndef BM_API_TIMELINE_API_H
#define BM_API_TIMELINE_API_H

#include "api/api.h"

/** The handler. */
apr_status_t bm_timeline_api_get(bm_req_t *q);

extern const bm_schema_t bm_timeline_api_schema;

#endif
