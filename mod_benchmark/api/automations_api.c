/* SPDX-License-Identifier: Apache-2.0
 *
 * automations_api.c: /automations. PUT and PATCH are the same: members that are not given stay as they are. */
#include "api/automations_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/page.h"
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
    { "q", BM_QUERY_TEXT, 0, 200, NULL, "Part of name or description." },
    { "provider", BM_QUERY_ENUM, 0, 0, BM_AUTOMATION_PROVIDERS, "Kind of target." },
    { "label", BM_QUERY_TEXT, 0, 200, NULL, "A label that it has." },
    { "sort", BM_QUERY_ENUM, 0, 0, "id|name|created_at|updated_at", "Order (default id)." },
    { "order", BM_QUERY_ENUM, 0, 0, "asc|desc", "Direction (default asc)." },
    { NULL }
};

static const bm_query_param_t delete_params[] = {
    { "cascade", BM_QUERY_BOOL, 0, 0, NULL, "true: delete its scenarios and their runs with it." },
    { NULL }
};

/* What a table cannot say: whether the provider can use this connection. */
static apr_status_t check_connection(bm_req_t *q, const json_t *automation)
{
    const char *name = json_string_value(json_object_get(automation, "provider"));
    const json_t *connection = json_object_get(automation, "connection");
    const bm_provider_t *provider = bm_provider_find(name);
    apr_array_header_t *names;
    apr_status_t rv, inputs_rv;

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

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_AUTOMATION_FIRST, bm_automation_fields,
                     bm_resource_etag("a", rows, BM_AUTOMATION_FIRST, q->p));
}

static apr_status_t automations_list(bm_req_t *q)
{
    bm_automation_filter_t filter = { 0 };
    bm_page_t page;
    bm_rows_t *rows;
    apr_status_t rv;
    int by_id;

    bm_page_read(&page, q);
    filter.q = bm_query_string_text(q->query, "q");
    filter.provider = bm_query_string_text(q->query, "provider");
    filter.label = bm_query_string_text(q->query, "label");
    filter.sort = bm_query_string_text(q->query, "sort");
    filter.descending = bm_query_string_has(q->query, "order") && strcmp(bm_query_string_text(q->query, "order"), "desc") == 0;
    filter.after = page.after;
    filter.skip = page.skip;
    filter.limit = page.limit + 1;
    by_id = filter.sort == NULL || strcmp(filter.sort, "id") == 0;
    if (page.after > 0 && !by_id)
        return bm_err_violation(q->err, "?after", "Goes with the order by id only; use skip.");
    rv = bm_automation_store_list(&rows, q->db, &filter, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_AUTOMATION_FIRST, bm_automation_fields, 0, by_id ? BM_AUTOMATION_FIRST : -1);
    if (!page.total)
        return APR_SUCCESS;
    filter.count_only = 1;
    rv = bm_automation_store_list(&rows, q->db, &filter, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, bm_rows_int64(rows, 0, 0, 0));
    return rv;
}

static apr_status_t automations_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_automation_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t automations_create(bm_req_t *q)
{
    json_t *automation = bm_field_complete(q->body, bm_automation_fields, q->p);
    bm_rows_t *rows;
    apr_status_t rv = check_connection(q, automation);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_automation_store_add(&rows, q->db, automation, q->who.user, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/automations/%s", bm_rows_text(rows, 0, BM_AUTOMATION_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

static apr_status_t automations_update(bm_req_t *q)
{
    json_t *merged;
    bm_rows_t *rows;
    apr_status_t rv = bm_automation_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_resource_merge(&merged, q, rows, BM_AUTOMATION_FIRST, bm_automation_fields,
                           bm_resource_etag("a", rows, BM_AUTOMATION_FIRST, q->p));
    if (rv != APR_SUCCESS)
        return rv;
    rv = check_connection(q, merged);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_automation_store_put(&rows, q->db, q->ids[0], merged, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
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
    bm_rows_t *rows;
    apr_status_t rv = bm_automation_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_api_check_match(q, bm_resource_etag("a", rows, BM_AUTOMATION_FIRST, q->p));
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
