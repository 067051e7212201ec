/* SPDX-License-Identifier: Apache-2.0 */
#include "api/training_begin.h"

#include <string.h>
#include "api/run_order.h"
#include "model/loadtest_plan.h"
#include "model/training_model.h"
#include "training/policy.h"
#include "training/session.h"

/* Nothing is thrown at a target that nobody has said yes for. */
static apr_status_t check_consent(bm_req_t *q, const bm_run_order_t *order)
{
    if (order->confirmed_rate > 0)
        return APR_SUCCESS;
    return bm_err_violation(q->err, "/scenario_id", "Training looks for what a target cannot take. An operator must once have"
                                                    " said "
                            "how much may be tried: set confirmed_rate of automation %" APR_INT64_T_FMT " to the requests a"
                                " second "
                            "that it may get.", order->automation_id);
}

/* A plan that any load test of the scenario could have: what matters here is what is made of the scenario. */
apr_status_t bm_training_order(bm_run_order_t *order, const char **name, bm_req_t *q, apr_int64_t scenario_id)
{
    json_t *probe = bm_json_adopt(json_pack("{s:I, s:{s:s, s:i}, s:i}", "scenario_id", scenario_id, "load_model", "type",
                                            "closed",
                                            "concurrency", 1, "requests", 1), q->p);
    json_t *inputs, *spec;
    apr_status_t rv = bm_loadtest_plan_check(probe, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_run_order_create_loadtest(order, &inputs, q, probe, NULL);
    if (rv == APR_SUCCESS)
        rv = check_consent(q, order);
    if (rv == APR_SUCCESS)
        rv = bm_json_parse(&spec, order->spec, strlen(order->spec), q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    json_object_del(spec, "loadtest");
    order->spec = bm_json_dump(NULL, spec, q->p);
    if (name != NULL)
        *name = json_string_value(json_object_get(probe, "name"));
    return APR_SUCCESS;
}

static apr_status_t check_places(bm_req_t *q)
{
    int active;
    apr_status_t rv = bm_training_store_active(&active, q->db, q->err, q->p);

    if (rv != APR_SUCCESS || active < q->api->settings->training_sessions)
        return rv;
    return bm_err_set(q->err, APR_EEXIST, "too_many_sessions", "%d sessions of training are under way, as many as "
                      "BenchmarkTrainingSessions allows.", active);
}

/* The policy's own, and what the plan says for all policies. */
static json_t *settings_of(const json_t *plan, const bm_policy_t *policy, apr_pool_t *p)
{
    json_t *settings = bm_json_overlay(json_object_get(plan, "settings"), NULL, p);
    json_t *types = json_object_get(plan, "types");

    if (types != NULL && bm_field_find(policy->settings, "types") != NULL)
        json_object_set(settings, "types", types);
    if (types != NULL && bm_field_find(policy->settings, "type") != NULL)
        json_object_set(settings, "type", json_array_get(types, 0));
    if (bm_field_find(policy->settings, "start") != NULL)
        json_object_set(settings, "start", json_object_get(plan, "difficulty"));
    return settings;
}

/* The body with its defaults, the policy's first state, and what binds it. */
static apr_status_t read_plan(json_t **pplan, json_t **pstate, bm_run_order_t *order, bm_req_t *q, const json_t *body)
{
    json_t *plan = bm_field_complete(body, bm_training_plan_fields, q->p), *settings;
    const bm_policy_t *policy = bm_policy_find(json_string_value(json_object_get(plan, "policy")));
    const bm_field_t *budget = bm_field_find(bm_training_plan_fields, "budget");
    bm_problem_limits_t limits;
    const char *name;
    apr_status_t rv = bm_training_order(order, &name, q, json_integer_value(json_object_get(plan, "scenario_id")));

    *pplan = plan;
    if (rv == APR_SUCCESS)
        rv = bm_field_check(json_object_get(plan, "expected"), bm_problem_expected_fields, BM_FIELD_UPDATE, NULL, "/expected",
                            q->err,
                            q->p);
    if (rv != APR_SUCCESS)
        return rv;
    if (json_object_get(plan, "name") == NULL)
        json_object_set_new(plan, "name", json_string(name));
    bm_session_limits(&limits, q->api->settings, order->confirmed_rate, json_number_value(json_object_get(plan,
                                                                                                          "duration_scale")));
    limits.no_copies = bm_session_forbids_copies(order->provider, json_object_get(plan, "budget"));
    json_object_set(plan, "budget", bm_field_complete(json_object_get(plan, "budget"), budget->members, q->p));
    settings = settings_of(plan, policy, q->p);
    *pstate = policy->begin(settings, &limits, q->err, q->p);
    if (*pstate == NULL)
        return APR_EINVAL;
    json_object_set(plan, "limits", bm_session_limits_json(&limits, q->p));
    return APR_SUCCESS;
}

apr_status_t bm_training_begin(bm_rows_t **prows, bm_req_t *q, const json_t *body)
{
    json_t *plan, *state;
    bm_run_order_t order;
    apr_status_t rv = read_plan(&plan, &state, &order, q, body);

    if (rv == APR_SUCCESS)
        rv = check_places(q);
    return rv == APR_SUCCESS ? bm_training_store_add(prows, q->db, &order, plan, state, q->err, q->p) : rv;
}
