/* SPDX-License-Identifier: Apache-2.0
 *
 * api/openapi_schemas.h: the schemas of the reference: of each table one of an answer, under its name, and one of each kind
 * of body. Thread: one request. */
#ifndef BM_API_OPENAPI_SCHEMAS_H
#define BM_API_OPENAPI_SCHEMAS_H

#include <apr_hash.h>
#include "api/api.h"

/** What one document is written with. */
typedef struct bm_openapi_doc_t {
    bm_jw_t *w;
    apr_pool_t *p;
    apr_hash_t *answers;                 /* name -> table */
    apr_array_header_t *names;           /* const char *: its keys, in the order of their first use */
} bm_openapi_doc_t;

/** {message}, of routes that say no more; and what went wrong. */
extern const bm_schema_t bm_message_schema;
extern const bm_schema_t bm_problem_schema;

/** Begin a document: find the tables of all answers, and their named parts. */
void bm_openapi_collect(bm_openapi_doc_t *doc, bm_jw_t *w, apr_pool_t *p);

/** Name of the schema of a route's body. In doc->p. */
const char *bm_openapi_body_name(const bm_openapi_doc_t *doc, const bm_route_t *route);

/** Write the member "components". */
void bm_openapi_write_schemas(const bm_openapi_doc_t *doc);

/** Names of the ways to say who one is: three. */
extern const char *const bm_openapi_schemes[];

#endif
