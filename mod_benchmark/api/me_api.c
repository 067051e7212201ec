/* SPDX-License-Identifier: Apache-2.0
 *
 * me_api.c: /me: who the server takes the client for, so that a page can hide what he may not do. For everyone. */
#include "api/me_api.h"

static const bm_field_t me_fields[] = {
    { "user", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "Name by which httpd knows the user; null: anonymous." },
    { "role", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "none|viewer|operator|admin", .doc = "What he may do." },
    { "anonymous", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether there is no user." },
    { NULL }
};

static const bm_schema_t me_schema = { "Me", me_fields };

static apr_status_t me_get(bm_req_t *q)
{
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "user");
    bm_jw_string(&q->w, q->who.user);
    bm_jw_key(&q->w, "role");
    bm_jw_string(&q->w, bm_role_name(q->who.role));
    bm_jw_key(&q->w, "anonymous");
    bm_jw_bool(&q->w, q->who.user == NULL);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_me_api_routes[] = {
    { "GET", "/me", BM_ROLE_NONE, me_get, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, &me_schema,
      "getMe", "service", "Who asks, and what he may do." },
    { NULL }
};
