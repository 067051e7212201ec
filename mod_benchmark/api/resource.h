/* SPDX-License-Identifier: Apache-2.0
 *
 * api/resource.h: what resources with a version have in common, and the handlers of those that are listed, made, changed and
 * deleted alike. Thread: no state. */
#ifndef BM_API_RESOURCE_H
#define BM_API_RESOURCE_H

#include "api/api.h"
#include "store/listing.h"

/** Row `row` as a JSON object, as GET would show it. In q->p. @return APR_EGENERAL: it cannot be read back. */
apr_status_t bm_resource_stored(json_t **pstored, bm_req_t *q, const bm_rows_t *rows, int row, int first,
                                const bm_field_t *fields);

/** The same in p, without a request. */
apr_status_t bm_resource_json(json_t **pjson, const bm_rows_t *rows, int row, int first, const bm_field_t *fields, bm_err_t *err,
                              apr_pool_t *p);

/** "<letter><id>.<version>" in quotes; id in column `first`, version in column 0. In p. */
const char *bm_resource_etag(const char *letter, const bm_rows_t *rows, int first, apr_pool_t *p);

/** Names and ids of up to five rows (id, name), for a sentence: "'a' (1), 'b' (2) and 7 more". In p. */
const char *bm_resource_names(const bm_rows_t *rows, int count, apr_pool_t *p);

/** A resource by its table and its store. PUT and PATCH are the same: members that are not given stay as they are. */
typedef struct bm_resource_t {
    const char *letter;              /* of its ETag */
    const char *path;                /* below the mount */
    const bm_field_t *fields;
    int first;                       /* column of the first field, which is the id; column 0 is the version */
    /** What the table cannot say of a complete body; it may put in what follows from the rest. @return APR_EINVAL. */
    apr_status_t (*check)(bm_req_t *q, json_t *body);
    /** listing with the resource's own parameters of q. */
    apr_status_t (*list)(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing);
    apr_status_t (*get)(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);
    apr_status_t (*add)(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err, apr_pool_t *p);
    apr_status_t (*put)(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by, bm_err_t *err,
                        apr_pool_t *p);
} bm_resource_t;

/** Rows of its list's query table, beside BM_PAGE_PARAMS. */
#define BM_RESOURCE_LIST_PARAMS \
    { "ids", BM_QUERY_TEXT, 0, 8000, NULL, "Those with these numbers, such as 3,7,10-12; at most 1000." }, \
    { "q", BM_QUERY_TEXT, 0, 200, NULL, "Part of name or description." }, \
    { "label", BM_QUERY_TEXT, 0, 200, NULL, "A label that it has." }, \
    { "sort", BM_QUERY_ENUM, 0, 0, "id|name|created_at|updated_at", "Order (default id)." }, \
    { "order", BM_QUERY_ENUM, 0, 0, "asc|desc", "Direction (default asc)." }

/** Handlers. */
apr_status_t bm_resource_list(bm_req_t *q, const bm_resource_t *resource);
apr_status_t bm_resource_get(bm_req_t *q, const bm_resource_t *resource);
apr_status_t bm_resource_create(bm_req_t *q, const bm_resource_t *resource);
apr_status_t bm_resource_update(bm_req_t *q, const bm_resource_t *resource);

/** Before a deletion: it is there, stays until the transaction ends, and is what If-Match names. @return APR_NOTFOUND. */
apr_status_t bm_resource_lock(bm_req_t *q, const bm_resource_t *resource);

#endif
