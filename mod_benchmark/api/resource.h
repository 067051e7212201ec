/* SPDX-License-Identifier: Apache-2.0
 *
 * api/resource.h: what resources with a version have in common. Thread: no state. */
#ifndef BM_API_RESOURCE_H
#define BM_API_RESOURCE_H

#include "api/api.h"

/** Row `row` as a JSON object, as GET would show it. In q->p. @return APR_EGENERAL: it cannot be read back. */
apr_status_t bm_resource_stored(json_t **pstored, bm_req_t *q, const bm_rows_t *rows, int row, int first,
                                const bm_field_t *fields);

/** Check If-Match against etag and q->body against what is stored; *pmerged is the stored resource with the members of the
 *  body laid over it. @return APR_EINVAL. */
apr_status_t bm_resource_merge(json_t **pmerged, bm_req_t *q, const bm_rows_t *rows, int first, const bm_field_t *fields,
                               const char *etag);

/** "<letter><id>.<version>" in quotes; id in column `first`, version in column 0. In p. */
const char *bm_resource_etag(const char *letter, const bm_rows_t *rows, int first, apr_pool_t *p);

/** Names and ids of up to five rows (id, name), for a sentence: "'a' (1), 'b' (2) and 7 more". In p. */
const char *bm_resource_names(const bm_rows_t *rows, int count, apr_pool_t *p);

#endif
