/* SPDX-License-Identifier: Apache-2.0
 *
 * views_api.c: /views: the filters of a list under a name, kept here so that a team has the same ones. PUT and PATCH are the
 * same: members that are not given stay as they are. */
#include "api/views_api.h"

#include <string.h>
#include <apr_lib.h>
#include "api/page.h"
#include "api/projects_api.h"
#include "api/resource.h"
#include "model/view_model.h"
#include "store/view_store.h"

static const bm_schema_t view_schema = { "View", bm_view_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "page", BM_QUERY_ENUM, 0, 0, BM_VIEW_PAGES, "List that they are views of." },
    { NULL }
};

/* The characters of a query as a browser writes it; whatever else there is, it has escaped. */
static int is_query(const char *text)
{
    while (apr_isgraph(*text) && strchr("\"#<>\\^`{|}", *text) == NULL)
        text++;
    return *text == '\0';
}

/* What a table cannot say. */
static apr_status_t check_view(bm_req_t *q, json_t *view)
{
    const char *query = json_string_value(json_object_get(view, "query"));
    int has;
    apr_status_t rv = bm_project_settle(q, view);

    if (rv != APR_SUCCESS)
        return rv;
    if (!is_query(query))
        return bm_err_violation(q->err, "/query", "Must be the query of an address, as name=value&name=value, escaped.");
    rv = bm_view_store_has_name(&has, q->db, json_integer_value(json_object_get(view, "project_id")),
                                json_string_value(json_object_get(view, "page")),
                                json_string_value(json_object_get(view, "name")),
                                json_integer_value(json_object_get(view, "id")), q->err, q->p);
    if (rv != APR_SUCCESS || !has)
        return rv;
    return bm_err_violation(q->err, "/name", "There is a view of this name already.");
}

static apr_status_t view_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    return bm_view_store_list(prows, q->db, listing, bm_query_string_text(q->query, "page"), q->err, q->p);
}

/* Who changed it is not kept. */
static apr_status_t view_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                             bm_err_t *err, apr_pool_t *p)
{
    (void)changed_by;
    return bm_view_store_put(prows, db, id, body, err, p);
}

const bm_resource_t bm_views_api_resource = {
    .letter = "v",
    .path = "/views",
    .fields = bm_view_fields,
    .first = BM_VIEW_FIRST,
    .check = check_view,
    .list = view_list,
    .get = bm_view_store_get,
    .add = bm_view_store_add,
    .put = view_put
};

static apr_status_t views_list(bm_req_t *q)
{
    return bm_resource_list(q, &bm_views_api_resource);
}

static apr_status_t views_get(bm_req_t *q)
{
    return bm_resource_get(q, &bm_views_api_resource);
}

static apr_status_t views_create(bm_req_t *q)
{
    return bm_resource_create(q, &bm_views_api_resource);
}

static apr_status_t views_update(bm_req_t *q)
{
    return bm_resource_update(q, &bm_views_api_resource);
}

static apr_status_t views_delete(bm_req_t *q)
{
    apr_status_t rv = bm_resource_lock(q, &bm_views_api_resource);

    if (rv == APR_SUCCESS)
        rv = bm_view_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "View %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

const bm_route_t bm_views_api_routes[] = {
    { "GET", "/views", BM_ROLE_VIEWER, views_list, BM_ROUTE_LIST, 200, list_params, NULL, &view_schema, "listViews", "views",
      "Views of the dashboard's lists, by id." },
    { "POST", "/views", BM_ROLE_OPERATOR, views_create, BM_ROUTE_IDEMPOTENT, 201, NULL, &view_schema, &view_schema, "createView",
      "views", "Keep the filters of a list under a name." },
    { "GET", "/views/{id}", BM_ROLE_VIEWER, views_get, 0, 200, NULL, NULL, &view_schema, "getView", "views", "One view." },
    { "PUT", "/views/{id}", BM_ROLE_OPERATOR, views_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL, &view_schema,
      &view_schema, "putView", "views", "Change a view; members that are not given stay as they are." },
    { "PATCH", "/views/{id}", BM_ROLE_OPERATOR, views_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL, &view_schema,
      &view_schema, "patchView", "views", "Change a view; members that are not given stay as they are." },
    { "DELETE", "/views/{id}", BM_ROLE_OPERATOR, views_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL, "deleteView", "views",
      "Delete a view." },
    { NULL }
};
