/* SPDX-License-Identifier: Apache-2.0
 *
 * api/openapi.h: the reference as an OpenAPI 3.1 document, written from the route and field tables, so that it can say
 * nothing but what the server does. */
#ifndef BM_API_OPENAPI_H
#define BM_API_OPENAPI_H

#include "api/api.h"

/** GET /openapi.json. */
extern const bm_route_t bm_openapi_routes[];

/** Write the document. server_url: where the API is, "/benchmark/api/v1". Thread: no state. */
void bm_openapi_write(bm_jw_t *w, const char *server_url, apr_pool_t *p);

#endif
