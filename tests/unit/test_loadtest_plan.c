/* SPDX-License-Identifier: Apache-2.0
 *
 * test_loadtest_plan.c: what the API accepts as a plan the engine can perform, takes as long as estimated, and is the same when
 * posted again. Each violation by itself is in tests/integration/test_43_loadtests_api.py. */
#include "unit.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "loadtest/load_plan.h"
#include "model/loadtest_plan.h"

static const char *const plans[] = {
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"poisson\",\"rate\":50},\"duration_seconds\":60,\"warmup_seconds\":5}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"constant\",\"rate\":0.5},\"requests\":100,\"labels\":[\"a\"]}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"gamma\",\"rate\":50,\"shape\":0.5},\"duration_seconds\":1,"
    "\"certificate\":false}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"closed\",\"concurrency\":3000},\"duration_seconds\":60,"
    "\"dataset\":{\"inline\":[{\"a\":1},{}],\"order\":\"random\"}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"poisson\",\"rate\":50},\"requests\":9,\"timeout_ms\":250,\"faults\":"
    "{\"delay_ms\":20,\"loss_rate\":0.1,\"abort_rate\":0.5,\"timeout_rate\":0.5,\"timeout_ms\":50}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"poisson\",\"rate\":50},\"requests\":9,\"dataset\":{\"dataset_id\":7}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"poisson\",\"rate\":50},\"requests\":9,\"dataset\":"
    "{\"inline\":[{\"a\":1},{}],\"order\":\"zipf\",\"zipf\":1.1}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"poisson\",\"rate\":50},\"requests\":9,\"dataset\":{\"generate\":"
    "{\"count\":1000,\"input_tokens\":{\"dist\":\"normal\",\"mean\":100,\"stddev\":20},\"output_tokens\":"
    "{\"dist\":\"uniform\",\"min\":1,\"max\":9},\"shared_prefixes\":{\"count\":10,\"tokens\":500}}}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"semi_open\",\"rate\":5,\"turns\":3,\"think_time_ms\":10},"
    "\"duration_seconds\":9,\"endpoints\":{\"urls\":[\"http://a\",\"http://b\"],\"strategy\":\"hash\"}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"ramp\",\"start\":5,\"stages\":[{\"duration_seconds\":30,\"rate\":100},"
    "{\"duration_seconds\":10,\"rate\":0}]},\"warmup_seconds\":2}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"ramp\",\"stages\":[{\"duration_seconds\":30,\"concurrency\":100}]},"
    "\"seed\":7,\"hedge\":{\"after_ms\":20}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"sweep\",\"of\":\"rate\",\"from\":1,\"to\":64,\"steps\":7,"
    "\"scale\":\"geometric\","
    "\"step_seconds\":10},\"warmup_seconds\":5,\"slos\":[{\"metric\":\"e2e_ms\",\"max\":5}]}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"sweep\",\"of\":\"concurrency\",\"values\":[5,1,20000],\"step_seconds\":10}}",
    "{\"scenario_id\":1,\"load_model\":{\"type\":\"capacity\",\"start_rate\":10,\"max_rate\":100,\"step_seconds\":10,"
    "\"arrivals\":\"constant\"},\"slos\":[{\"metric\":\"ttft_ms\",\"max\":500,\"quantile\":0.99}]}",
};

/* What members are replaced by. */
static const char *const odd_values[] = { "null", "true", "0", "-1", "0.5", "1", "2", "1e300", "100000", "\"\"", "\"rate\"",
                                          "\"concurrency\"", "\"closed\"", "\"capacity\"", "\"ramp\"", "[]",
                                          "[{}]", "[1]", "[\"x\"]",
                                          "{}", "{\"rate\":1}", "[[[]]]" };

static json_t *parse(const char *text)
{
    json_t *j = NULL;

    ck_assert_msg(bm_json_parse(&j, text, strlen(text), NULL, g_pool) == APR_SUCCESS, "%s", text);
    return j;
}

/* A plan that was accepted: complete, stable, and the engine's own reading agrees with the estimate. */
static void check_accepted(json_t *plan)
{
    const char *text = bm_json_dump(NULL, plan, g_pool), *complaint = NULL;
    json_t *again = parse(text);
    bm_err_t *err = bm_err_make(g_pool);
    bm_loadtest_estimate_t e;
    bm_load_plan_t *engine;

    ck_assert_msg(bm_loadtest_plan_check(again, err, g_pool) == APR_SUCCESS, "%s is refused the second time", text);
    ck_assert_msg(json_equal(plan, again), "%s changes when it is posted again", text);
    ck_assert_msg(bm_load_plan_read(&engine, plan, &complaint, g_pool) == APR_SUCCESS, "%s: %s", text, complaint);
    bm_loadtest_estimate(&e, plan);
    ck_assert_msg(e.seconds < 0 || (e.seconds > 0 && e.seconds <= BM_LOADTEST_SECONDS_MAX), "%s: %f s", text, e.seconds);
    ck_assert_msg(e.requests <= BM_LOADTEST_REQUESTS_MAX, "%s: %f requests", text, e.requests);
    ck_assert_msg(e.peak_in_flight <= engine->max_in_flight, "%s", text);
    ck_assert_msg((e.peak_in_flight > 0) == !engine->open, "%s", text);
    if (bm_load_plan_seconds(engine) > 0)
        ck_assert_msg(fabs(bm_load_plan_seconds(engine) - e.seconds) < 1e-6, "%s: %f and %f s", text, e.seconds,
                      bm_load_plan_seconds(engine));
}

BM_LOOP_TEST(good_plans_are_performed_as_estimated, BM_COUNT(plans))
{
    json_t *plan = parse(plans[_i]);
    bm_err_t *err = bm_err_make(g_pool);

    ck_assert_msg(bm_loadtest_plan_check(plan, err, g_pool) == APR_SUCCESS, "%s: %s", plans[_i],
                  err->violations->nelts ? APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer : "?");
    check_accepted(plan);
}
END_TEST

static int accepted, refused;

/* Check a copy of a plan that was changed somewhere. */
static void try_changed(const json_t *plan)
{
    json_t *copy = bm_json_overlay(plan, NULL, g_pool);
    const char *before = bm_json_dump(NULL, copy, g_pool);
    bm_err_t *err = bm_err_make(g_pool);

    if (bm_loadtest_plan_check(copy, err, g_pool) == APR_SUCCESS) {
        ck_assert_int_eq(err->violations->nelts, 0);
        check_accepted(copy);
        accepted++;
        return;
    }
    refused++;
    ck_assert_int_gt(err->violations->nelts, 0);
    ck_assert_str_eq(bm_json_dump(NULL, copy, g_pool), before);
}

/* Replace, remove and add each member of object, which is inside plan. */
static void change_members(const json_t *plan, json_t *object)
{
    static const char *const more[] = { "rate", "concurrency", "stages", "values", "of", "steps", "from", "to", "slos", "dataset",
                                        "requests", "duration_seconds", "max_in_flight", "warmup_seconds", "start" };
    json_t *original = bm_json_overlay(object, NULL, g_pool), *member;
    const char *name;
    size_t i, k;

    json_object_foreach(original, name, member) {
        json_object_del(object, name);
        try_changed(plan);
        for (i = 0; i < BM_COUNT(odd_values); i++) {
            json_object_set(object, name, bm_json_adopt(json_loads(odd_values[i], JSON_DECODE_ANY, NULL), g_pool));
            try_changed(plan);
        }
        json_object_set(object, name, member);
    }
    for (k = 0; k < BM_COUNT(more); k++) {
        if (json_object_get(original, more[k]) != NULL)
            continue;
        for (i = 0; i < BM_COUNT(odd_values); i++) {
            json_object_set_new(object, more[k], json_loads(odd_values[i], JSON_DECODE_ANY, NULL));
            try_changed(plan);
        }
        json_object_del(object, more[k]);
    }
}

/* The same for an object somewhere in the plan, if it is there. */
static void change_inside(json_t *plan, const char *a, const char *b, const char *c)
{
    json_t *object = json_object_get(plan, a);

    if (b != NULL)
        object = json_object_get(object, b);
    if (c != NULL)
        object = json_object_get(object, c);
    if (object != NULL)
        change_members(plan, object);
}

BM_LOOP_TEST(what_is_accepted_can_be_performed, BM_COUNT(plans))
{
    json_t *plan = parse(plans[_i]), *model = json_object_get(plan, "load_model"), *stages = json_object_get(model, "stages");

    accepted = refused = 0;
    change_members(plan, plan);
    model = json_object_get(plan, "load_model");
    change_members(plan, model);
    if (stages != NULL)
        change_members(plan, json_array_get(json_object_get(model, "stages"), 0));
    change_inside(plan, "dataset", NULL, NULL);
    change_inside(plan, "dataset", "generate", NULL);
    change_inside(plan, "dataset", "generate", "input_tokens");
    change_inside(plan, "dataset", "generate", "output_tokens");
    change_inside(plan, "dataset", "generate", "shared_prefixes");
    ck_assert_int_gt(refused, 300);
    ck_assert_int_gt(accepted, 10);
}
END_TEST

#include "test_loadtest_plan.reg"
