/* SPDX-License-Identifier: Apache-2.0
 *
 * scenarios_api.c: /scenarios and their versions. */
#include "api/scenarios_api.h"

#include <string.h>
#include "api/page.h"
#include "api/resource.h"
#include "check/assertion.h"
#include "model/automation_model.h"
#include "model/location.h"
#include "model/retry_model.h"
#include "model/scenario_model.h"
#include "model/slo_model.h"
#include "parse/template.h"
#include "store/automation_store.h"
#include "store/row_json.h"
#include "store/scenario_store.h"

static const bm_schema_t scenario_schema = { "Scenario", bm_scenario_fields };
static const bm_schema_t version_schema = { "ScenarioVersion", bm_scenario_version_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    BM_RESOURCE_LIST_PARAMS,
    { "automation_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Automation that it is asked of." },
    { NULL }
};

static const bm_query_param_t delete_params[] = {
    { "cascade", BM_QUERY_BOOL, 0, 0, NULL, "true: delete its runs with it." },
    { NULL }
};

static const bm_field_t apdex_fields[] = {
    { "metric", BM_TYPE_ENUM, 0, .values = BM_SLO_SINGLE, .doc = "Figure that it is about." },
    { "t_ms", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0.001, 86400000, .doc = "T: what is fast enough, in milliseconds." },
    { NULL }
};

#define ASSERTIONS "assertions"

const bm_field_t bm_run_settings_fields[] = {
    { "max_attempts", BM_TYPE_INT, 0, 1, 100, .doc = "Attempts in all, whatever failed." },
    { "retry", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .members = bm_retry_fields, .doc = "What is tried again, and when." },
    { "timeout_seconds", BM_TYPE_NUMBER, 0, 0.001, 86400, .doc = "Longest time a run may take." },
    { "location", BM_TYPE_STRING, BM_FIELD_NULLABLE, 1, BM_LOCATION_NAME_MAX,
      .doc = "Only engines of this location perform it." },
    { ASSERTIONS, BM_TYPE_ARRAY, 0, 0, BM_ASSERTIONS_MAX, .members = bm_assertion_fields,
      .doc = "What must hold of an answer (docs/assertions.md)." },
    { "apdex", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .members = apdex_fields,
      .doc = "What its Apdex is counted by (docs/slos.md)." },
    { NULL }
};

/* Members of run_settings that we act on have their types; all others are the client's own. */
static apr_status_t check_settings(bm_req_t *q, const json_t *settings)
{
    json_t *known = bm_json_adopt(json_object(), q->p);
    const bm_field_t *field;
    apr_status_t rv, assertions_rv;

    for (field = bm_run_settings_fields; field->name != NULL; field++) {
        json_t *value = json_object_get(settings, field->name);

        if (value != NULL && strcmp(field->name, ASSERTIONS) != 0)
            json_object_set(known, field->name, value);
    }
    rv = bm_field_check(known, bm_run_settings_fields, BM_FIELD_CREATE, NULL, "/run_settings", q->err, q->p);
    assertions_rv = bm_assertions_check(json_object_get(settings, ASSERTIONS), "/run_settings/" ASSERTIONS, q->err, q->p);
    return rv != APR_SUCCESS ? rv : assertions_rv;
}

/* Its automation's project is its own. One that is moved stays in its project: its runs are there. */
static apr_status_t follow_automation(bm_req_t *q, json_t *scenario, apr_int64_t automation_id)
{
    int column = (int)(bm_field_find(bm_automation_fields, "project_id") - bm_automation_fields) + BM_AUTOMATION_FIRST;
    const json_t *given = json_object_get(scenario, "project_id");
    bm_rows_t *rows;
    apr_status_t rv = bm_automation_store_get(&rows, q->db, automation_id, 0, NULL, q->p);
    apr_int64_t project_id = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, column, 0) : 0;

    if (rv == APR_NOTFOUND)
        return bm_err_violation(q->err, "/automation_id", "There is no automation %" APR_INT64_T_FMT ".", automation_id);
    if (rv == APR_SUCCESS && json_is_integer(given) && json_integer_value(given) != project_id)
        return bm_err_violation(q->err, "/automation_id", "Automation %" APR_INT64_T_FMT " belongs to another project.",
                                automation_id);
    if (rv == APR_SUCCESS)
        json_object_set_new(scenario, "project_id", json_integer(project_id));
    return rv;
}

/* What the table cannot say. Placeholders must be well formed here; that they have values is checked when a run is made. */
static apr_status_t check_scenario(bm_req_t *q, json_t *scenario)
{
    apr_int64_t automation_id = json_integer_value(json_object_get(scenario, "automation_id"));
    apr_array_header_t *names;
    apr_status_t rv, found;

    rv = bm_template_names_json(&names, json_object_get(scenario, "inputs_template"), "/inputs_template", q->err, q->p);
    if (check_settings(q, json_object_get(scenario, "run_settings")) != APR_SUCCESS)
        rv = APR_EINVAL;
    if (bm_slos_check(json_object_get(scenario, "slos"), "/slos", q->err, q->p) != APR_SUCCESS)
        rv = APR_EINVAL;
    found = follow_automation(q, scenario, automation_id);
    return found != APR_SUCCESS ? found : rv;
}

static apr_status_t scenario_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    return bm_scenario_store_list(prows, q->db, listing, bm_query_string_int(q->query, "automation_id", -1), q->err, q->p);
}

const bm_resource_t bm_scenarios_api_resource = {
    .letter = "s",
    .path = "/scenarios",
    .fields = bm_scenario_fields,
    .first = BM_SCENARIO_FIRST,
    .check = check_scenario,
    .list = scenario_list,
    .get = bm_scenario_store_get,
    .add = bm_scenario_store_add,
    .put = bm_scenario_store_put
};

static apr_status_t scenarios_list(bm_req_t *q)
{
    return bm_resource_list(q, &bm_scenarios_api_resource);
}

static apr_status_t scenarios_get(bm_req_t *q)
{
    return bm_resource_get(q, &bm_scenarios_api_resource);
}

static apr_status_t scenarios_create(bm_req_t *q)
{
    return bm_resource_create(q, &bm_scenarios_api_resource);
}

static apr_status_t scenarios_update(bm_req_t *q)
{
    return bm_resource_update(q, &bm_scenarios_api_resource);
}

/* 409 with what refers to it, unless the client wants that gone too. */
static apr_status_t check_runs(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_int64_t queued, running, ended;
    apr_status_t rv;

    if (bm_query_string_bool(q->query, "cascade", 0))
        return APR_SUCCESS;
    rv = bm_scenario_store_runs(&rows, q->db, q->ids[0], q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    queued = bm_rows_int64(rows, 0, 0, 0);
    running = bm_rows_int64(rows, 0, 1, 0);
    ended = bm_rows_int64(rows, 0, 2, 0);
    if (queued + ended == 0)
        return APR_SUCCESS;
    return bm_err_set(q->err, APR_EEXIST, "still_referenced",
                      "Runs still refer to it: %" APR_INT64_T_FMT " pending, %" APR_INT64_T_FMT
                      " running, %s%" APR_INT64_T_FMT " finished. Add ?cascade=true to delete them with it.",
                      queued - running, running, ended > BM_PAGE_COUNT_MAX ? "more than " : "",
                      ended > BM_PAGE_COUNT_MAX ? BM_PAGE_COUNT_MAX : ended);
}

static apr_status_t scenarios_delete(bm_req_t *q)
{
    apr_status_t rv = bm_resource_lock(q, &bm_scenarios_api_resource);

    if (rv == APR_SUCCESS)
        rv = check_runs(q);
    if (rv == APR_SUCCESS)
        rv = bm_scenario_store_delete(q->db, &q->ids[0], 1, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Scenario %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

static apr_status_t scenarios_versions(bm_req_t *q)
{
    bm_rows_t *rows;
    int i;
    apr_status_t rv = bm_scenario_store_versions(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++)
        bm_row_json_write(&q->w, rows, i, 0, bm_scenario_version_fields, 0);
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

static apr_status_t scenarios_version(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv;

    if (q->ids[1] == 0)
        return bm_err_set(q->err, APR_NOTFOUND, NULL, "There is no version 0.");
    rv = bm_scenario_store_versions(&rows, q->db, q->ids[0], q->ids[1], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_row(q, rows, 0, 0, bm_scenario_version_fields, NULL);
    return rv;
}

const bm_route_t bm_scenarios_api_routes[] = {
    { "GET", "/scenarios", BM_ROLE_VIEWER, scenarios_list, BM_ROUTE_LIST, 200, list_params, NULL, &scenario_schema,
      "listScenarios", "scenarios", "Scenarios, by id." },
    { "POST", "/scenarios", BM_ROLE_OPERATOR, scenarios_create, BM_ROUTE_IDEMPOTENT, 200, NULL, &scenario_schema,
      &scenario_schema, "createScenario", "scenarios", "Make a scenario." },
    { "GET", "/scenarios/{id}", BM_ROLE_VIEWER, scenarios_get, 0, 200, NULL, NULL, &scenario_schema,
      "getScenario", "scenarios", "One scenario." },
    { "PUT", "/scenarios/{id}", BM_ROLE_OPERATOR, scenarios_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &scenario_schema, &scenario_schema, "putScenario", "scenarios",
      "Change a scenario, which makes a new version; members that are not given stay as they are." },
    { "PATCH", "/scenarios/{id}", BM_ROLE_OPERATOR, scenarios_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &scenario_schema, &scenario_schema, "patchScenario", "scenarios",
      "Change a scenario, which makes a new version; members that are not given stay as they are." },
    { "DELETE", "/scenarios/{id}", BM_ROLE_ADMIN, scenarios_delete, BM_ROUTE_TRANSACTION, 200, delete_params, NULL, NULL,
      "deleteScenario", "scenarios", "Delete a scenario; 409 tells the runs that still refer to it." },
    { "GET", "/scenarios/{id}/versions", BM_ROLE_VIEWER, scenarios_versions, BM_ROUTE_LIST, 200, NULL, NULL, &version_schema,
      "listScenarioVersions", "scenarios", "Its versions, newest first." },
    { "GET", "/scenarios/{id}/versions/{version}", BM_ROLE_VIEWER, scenarios_version, 0, 200, NULL, NULL, &version_schema,
      "getScenarioVersion", "scenarios", "One version, as the scenario was then." },
    { NULL }
};
