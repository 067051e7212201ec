/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/cors.h: pages of other origins, by the exact list of BenchmarkCORSOrigin and nothing else. Thread: request. */
#ifndef BM_GLUE_CORS_H
#define BM_GLUE_CORS_H

#include <httpd.h>

/** Whether origin stands in the list, byte by byte ("null" never does). */
int bm_cors_is_allowed(const request_rec *r, const char *origin);

/** Whether this is a preflight: OPTIONS with Origin and Access-Control-Request-Method. */
int bm_cors_is_preflight(const request_rec *r);

/** Headers of any answer. */
void bm_cors_set(request_rec *r);

/** Headers of a preflight's answer, where the origin is allowed. */
void bm_cors_preflight(request_rec *r, const char *methods);

#endif
