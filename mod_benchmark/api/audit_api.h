/* SPDX-License-Identifier: Apache-2.0
 *
 * api/audit_api.h: the routes of this resource, and what its export shares with it. */
#ifndef BM_API_AUDIT_API_H
#define BM_API_AUDIT_API_H

#include "api/api.h"
#include "store/audit_store.h"

extern const bm_route_t bm_audit_api_routes[];

/** Rows of a query table. */
#define BM_AUDIT_FILTER_PARAMS \
    { "actor", BM_QUERY_TEXT, 1, 300, NULL, "User." }, \
    { "action", BM_QUERY_TEXT, 1, 300, NULL, "Method and route, such as PATCH /automations/{id}." }, \
    { "object", BM_QUERY_TEXT, 1, 300, NULL, "What it was done to, such as /automations/7, and what is below it." }, \
    { "outcome", BM_QUERY_ENUM, 0, 0, "done|denied", "Whether it was allowed." }, \
    { "request_id", BM_QUERY_TEXT, 1, 64, NULL, "One request." }, \
    { "from", BM_QUERY_TIME, 0, 0, NULL, "From then on." }, \
    { "to", BM_QUERY_TIME, 0, 0, NULL, "Before." }

/** Read them. */
void bm_audit_filter_read(bm_audit_filter_t *filter, const bm_req_t *q);

#endif
