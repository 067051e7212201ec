/* SPDX-License-Identifier: Apache-2.0
 *
 * api/routes.h: every route there is, and which one a request means. Thread: const tables. */
#ifndef BM_API_ROUTES_H
#define BM_API_ROUTES_H

#include "api/api.h"

/** All tables, NULL-terminated. */
const bm_route_t *const *bm_routes_all(void);

/** What a path has where its route has {..}. */
typedef struct bm_path_values_t {
    apr_int64_t ids[BM_API_IDS_MAX];
    const char *text;                    /* NULL: none */
} bm_path_values_t;

/** Longest text in a path, in bytes. */
#define BM_PATH_TEXT_MAX 1000

/** The route for a method (HEAD is GET) on a path below /api/v1, decoded, without its trailing slash. A text is valid UTF-8;
 *  where a path fits a route that has a text and one that has none, it means that which has none (/traces/daily is no trace).
 *  *pallow: methods that the path knows, "GET, HEAD, OPTIONS", in p; NULL if there is no such path.
 *  @return APR_NOTFOUND: no such path; APR_ENOTIMPL: the path does not know this method. */
apr_status_t bm_routes_find(const bm_route_t **proute, bm_path_values_t *values, const char **pallow, const char *method,
                            const char *path, apr_pool_t *p);

/** Whether the parameter that begins here ("{name}/charts") is a text; else it is an integer. */
int bm_routes_is_text(const char *parameter);

/** What a credential must be good for, beside the role: read, run, write or admin (model/scope.h). */
unsigned bm_routes_scope(const bm_route_t *route);

#endif
