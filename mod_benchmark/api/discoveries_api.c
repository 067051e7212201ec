/* SPDX-License-Identifier: Apache-2.0
 *
 * discoveries_api.c: /discoveries: what a target is and which models it offers, asked by the engine (engine/discovery.h). A
 * discovery is a run of a hidden scenario; nothing is asked here. */
#include "api/discoveries_api.h"

#include "api/etag.h"
#include "api/projects_api.h"
#include "api/resource.h"
#include "base/json.h"
#include "model/automation_model.h"
#include "model/discovery_model.h"
#include "model/run_model.h"
#include "parse/template.h"
#include "provider/provider_discovery.h"
#include "provider/provider_request.h"
#include "store/automation_store.h"
#include "store/discovery_store.h"
#include "store/run_order_store.h"

static const bm_schema_t discovery_schema = { "Discovery", bm_discovery_fields };
static const bm_schema_t request_schema = { "DiscoveryRequest", bm_discovery_request_fields };

/* Of a connection whose provider is to be found out. */
static const bm_field_t any_connection_fields[] = {
    { "url", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 8000, .doc = "Address of the target." },
    BM_PROVIDER_COMMON_FIELDS,
    { NULL }
};

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_RUN_FIRST, bm_discovery_fields,
                     bm_etag_of_version("d", bm_rows_text(rows, 0, BM_RUN_ETAG), q->p));
}

static apr_status_t discoveries_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_run_store_get(&rows, q->db, q->ids[0], bm_discovery_fields, 0, NULL, q->p);

    if (rv == APR_NOTFOUND)
        return bm_err_set(q->err, rv, NULL, "There is no discovery %" APR_INT64_T_FMT ". They are kept for an hour.", q->ids[0]);
    if (rv != APR_SUCCESS)
        return bm_err_set(q->err, rv, NULL, "The discovery cannot be read now.");
    reply(q, rows);
    return APR_SUCCESS;
}

/* --- asking */

/* What is to be asked. */
typedef struct asked_t {
    const bm_provider_t *provider;       /* the one to begin with */
    int named;                           /* and no other */
    apr_int64_t project_id;              /* whose secrets it may name */
    const json_t *connection, *inputs;   /* inputs: for placeholders of the connection; NULL: none */
} asked_t;

static apr_status_t ask_automation(asked_t *asked, bm_req_t *q, apr_int64_t id)
{
    bm_rows_t *rows;
    json_t *automation;
    apr_status_t rv = bm_automation_store_get(&rows, q->db, id, 0, NULL, q->p);

    if (rv == APR_NOTFOUND)
        return bm_err_violation(q->err, "/automation_id", "There is no automation %" APR_INT64_T_FMT ".", id);
    if (rv != APR_SUCCESS)
        return bm_err_set(q->err, rv, NULL, "The automation cannot be read now.");
    rv = bm_resource_stored(&automation, q, rows, 0, BM_AUTOMATION_FIRST, bm_automation_fields);
    if (rv != APR_SUCCESS)
        return rv;
    asked->provider = bm_provider_find(json_string_value(json_object_get(automation, "provider")));
    asked->named = 1;
    asked->connection = json_object_get(automation, "connection");
    asked->inputs = json_object_get(automation, "default_inputs");
    asked->project_id = json_integer_value(json_object_get(automation, "project_id"));
    if (asked->provider == NULL || asked->provider->discover == NULL)
        return bm_err_violation(q->err, "/automation_id", "Its provider has no target that could be asked.");
    return APR_SUCCESS;
}

static apr_status_t ask_connection(asked_t *asked, bm_req_t *q, const json_t *connection)
{
    const char *name = json_string_value(json_object_get(q->body, "provider"));
    const char *url = json_string_value(json_object_get(connection, "url"));
    apr_array_header_t *names;
    apr_status_t rv;

    asked->named = name != NULL;
    asked->connection = connection;
    asked->provider = name != NULL ? bm_provider_find(name) : bm_provider_discovery_guess(url ? url : "");
    rv = bm_field_check(connection, name != NULL ? asked->provider->connection_fields : any_connection_fields, BM_FIELD_CREATE,
                        NULL, "/connection", q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_template_names_json(&names, connection, "/connection", q->err, q->p);
    if (rv == APR_SUCCESS && asked->provider->check != NULL)
        rv = asked->provider->check(connection, q->err, q->p);
    return rv;
}

static apr_status_t read_asked(asked_t *asked, bm_req_t *q)
{
    const json_t *id = json_object_get(q->body, "automation_id"), *connection = json_object_get(q->body, "connection");
    apr_status_t rv;

    if (json_is_integer(id) == json_is_object(connection))
        return bm_err_violation(q->err, "/connection", "Give either this or automation_id.");
    if (json_is_integer(id) && json_is_string(json_object_get(q->body, "provider")))
        return bm_err_violation(q->err, "/provider", "An automation has its own.");
    if (json_is_integer(id))
        return ask_automation(asked, q, json_integer_value(id));
    rv = bm_project_of_new(&asked->project_id, q, q->body);
    return rv == APR_SUCCESS ? ask_connection(asked, q, connection) : rv;
}

/* What is asked says no more than a run would, and cannot be asked much faster. */
static apr_status_t check_rate(bm_req_t *q)
{
    int recent;
    apr_status_t rv = bm_discovery_store_recent(&recent, q->db, q->err, q->p);

    if (rv != APR_SUCCESS || recent < BM_DISCOVERIES_A_MINUTE)
        return rv;
    q->err->retry_after_s = 10;
    return bm_err_set(q->err, APR_EAGAIN, "too_many_discoveries",
                      "Targets were asked %d times within a minute; that is the most.", recent);
}

static json_t *spec_of(const asked_t *asked, apr_pool_t *p)
{
    json_t *spec = bm_json_adopt(json_object(), p);

    json_object_set_new(spec, "provider", json_string(asked->provider->name));
    json_object_set_new(spec, "mock", json_false());
    json_object_set(spec, "connection", (json_t *)(apr_uintptr_t)asked->connection);
    if (asked->inputs != NULL)
        json_object_set(spec, "inputs", (json_t *)(apr_uintptr_t)asked->inputs);
    json_object_set_new(spec, "discovery", json_pack("{s:b}", "named", asked->named));
    return spec;
}

static apr_status_t discoveries_create(bm_req_t *q)
{
    bm_run_order_t order = { .automation_id = BM_DISCOVERY_SCENARIO, .scenario_id = BM_DISCOVERY_SCENARIO,
                             .kind = BM_RUN_KIND_DISCOVERY, .scenario_version = 1, .max_attempts = 2, .priority = 1000 };
    asked_t asked = { NULL };
    bm_rows_t *rows;
    apr_status_t rv = read_asked(&asked, q);

    if (rv == APR_SUCCESS)
        rv = check_rate(q);
    if (rv != APR_SUCCESS)
        return rv;
    order.project_id = asked.project_id;
    order.spec = bm_json_dump(NULL, spec_of(&asked, q->p), q->p);
    order.created_by = q->who.user;
    rv = bm_run_order_store_add(&rows, q->db, &order, bm_discovery_fields, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/discoveries/%s", bm_rows_text(rows, 0, BM_RUN_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

const bm_route_t bm_discoveries_api_routes[] = {
    { "POST", "/discoveries", BM_ROLE_OPERATOR, discoveries_create, BM_ROUTE_IDEMPOTENT | BM_ROUTE_WAKES, 202, NULL,
      &request_schema, &discovery_schema, "createDiscovery", "automations",
      "Have the engine ask a target what it is and which models it offers." },
    { "GET", "/discoveries/{id}", BM_ROLE_VIEWER, discoveries_get, 0, 200, NULL, NULL, &discovery_schema,
      "getDiscovery", "automations", "What a target is and which models it offers; kept for an hour." },
    { NULL }
};
