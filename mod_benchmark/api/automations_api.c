/* SPDX-License-Identifier: Apache-2.0
 *
 * automations_api.c: /automations. */
#include "api/automations_api.h"

#include "api/page.h"
#include "api/projects_api.h"
#include "api/resource.h"
#include "model/automation_model.h"
#include "parse/template.h"
#include "provider/provider.h"
#include "store/automation_store.h"
#include "store/row_json.h"
#include "store/scenario_store.h"

static const bm_schema_t automation_schema = { "Automation", bm_automation_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    BM_RESOURCE_LIST_PARAMS,
    { "provider", BM_QUERY_ENUM, 0, 0, BM_AUTOMATION_PROVIDERS, "Kind of target." },
    { NULL }
};

static const bm_query_param_t delete_params[] = {
    { "cascade", BM_QUERY_BOOL, 0, 0, NULL, "true: delete its scenarios and their runs with it." },
    { NULL }
};

/* What a table cannot say: its project, and whether the provider can use this connection. */
static apr_status_t check_connection(bm_req_t *q, json_t *automation)
{
    const char *name = json_string_value(json_object_get(automation, "provider"));
    const json_t *connection = json_object_get(automation, "connection");
    const bm_provider_t *provider = bm_provider_find(name);
    apr_array_header_t *names;
    apr_status_t rv, inputs_rv, project_rv = bm_project_settle(q, automation);

    if (project_rv != APR_SUCCESS)
        return project_rv;
    if (provider == NULL)
        return bm_err_violation(q->err, "/provider", "This server was built without provider %s.", name);
    rv = bm_field_check(connection, provider->connection_fields, BM_FIELD_CREATE, NULL, "/connection", q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_template_names_json(&names, connection, "/connection", q->err, q->p);
    if (rv == APR_SUCCESS && provider->check != NULL)
        rv = provider->check(connection, q->err, q->p);
    inputs_rv = bm_template_names_json(&names, json_object_get(automation, "default_inputs"), "/default_inputs", q->err, q->p);
    return rv != APR_SUCCESS ? rv : inputs_rv;
}

static apr_status_t automation_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    return bm_automation_store_list(prows, q->db, listing, bm_query_string_text(q->query, "provider"), q->err, q->p);
}

/* Who changed it is not kept. */
static apr_status_t automation_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                                   bm_err_t *err, apr_pool_t *p)
{
    (void)changed_by;
    return bm_automation_store_put(prows, db, id, body, err, p);
}

const bm_resource_t bm_automations_api_resource = {
    .letter = "a",
    .path = "/automations",
    .fields = bm_automation_fields,
    .first = BM_AUTOMATION_FIRST,
    .check = check_connection,
    .list = automation_list,
    .get = bm_automation_store_get,
    .add = bm_automation_store_add,
    .put = automation_put
};

static apr_status_t automations_list(bm_req_t *q)
{
    return bm_resource_list(q, &bm_automations_api_resource);
}

static apr_status_t automations_get(bm_req_t *q)
{
    return bm_resource_get(q, &bm_automations_api_resource);
}

static apr_status_t automations_create(bm_req_t *q)
{
    return bm_resource_create(q, &bm_automations_api_resource);
}

static apr_status_t automations_update(bm_req_t *q)
{
    return bm_resource_update(q, &bm_automations_api_resource);
}

/* The scenarios that stand in the way, or their deletion. */
static apr_status_t clear_scenarios(bm_req_t *q, int cascade)
{
    bm_rows_t *rows;
    apr_int64_t *ids;
    int i, n, visible = 0;
    apr_status_t rv = bm_automation_store_scenarios(&rows, q->db, q->ids[0], q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    n = bm_rows_count(rows);
    ids = apr_palloc(q->p, ((size_t)n + 1) * sizeof(*ids));
    for (i = 0; i < n; i++) {
        ids[i] = bm_rows_int64(rows, i, 0, 0);
        visible += !bm_rows_bool(rows, i, 2);
    }
    if (visible > 0 && !cascade)
        return bm_err_set(q->err, APR_EEXIST, "still_referenced",
                          "%s still refer%s to it: %s. Delete them first, or add ?cascade=true.",
                          visible == 1 ? "A scenario" : "Scenarios", visible == 1 ? "s" : "",
                          bm_resource_names(rows, visible, q->p));
    return n == 0 ? APR_SUCCESS : bm_scenario_store_delete(q->db, ids, n, q->err, q->p);
}

static apr_status_t automations_delete(bm_req_t *q)
{
    apr_status_t rv = bm_resource_lock(q, &bm_automations_api_resource);

    if (rv == APR_SUCCESS)
        rv = clear_scenarios(q, bm_query_string_bool(q->query, "cascade", 0));
    if (rv == APR_SUCCESS)
        rv = bm_automation_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Automation %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

const bm_route_t bm_automations_api_routes[] = {
    { "GET", "/automations", BM_ROLE_VIEWER, automations_list, BM_ROUTE_LIST, 200, list_params, NULL, &automation_schema,
      "listAutomations", "automations", "Automations, by id." },
    { "POST", "/automations", BM_ROLE_OPERATOR, automations_create, BM_ROUTE_IDEMPOTENT, 200, NULL, &automation_schema,
      &automation_schema, "createAutomation", "automations", "Make an automation." },
    { "GET", "/automations/{id}", BM_ROLE_VIEWER, automations_get, 0, 200, NULL, NULL, &automation_schema,
      "getAutomation", "automations", "One automation." },
    { "PUT", "/automations/{id}", BM_ROLE_OPERATOR, automations_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &automation_schema, &automation_schema, "putAutomation", "automations",
      "Change an automation; members that are not given stay as they are." },
    { "PATCH", "/automations/{id}", BM_ROLE_OPERATOR, automations_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &automation_schema, &automation_schema, "patchAutomation", "automations",
      "Change an automation; members that are not given stay as they are." },
    { "DELETE", "/automations/{id}", BM_ROLE_ADMIN, automations_delete, BM_ROUTE_TRANSACTION, 200, delete_params, NULL, NULL,
      "deleteAutomation", "automations", "Delete an automation; 409 names the scenarios that still refer to it." },
    { NULL }
};
