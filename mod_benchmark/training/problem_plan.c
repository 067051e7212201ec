/* SPDX-License-Identifier: Apache-2.0
 *
 * problem_plan.c: the load-test plan that performs a problem (docs/load-tests.md has its members). */
#include <math.h>
#include <apr_strings.h>
#include "training/problem_private.h"

/* Seeds of plans are 53 bits. */
#define SEED_MASK 9007199254740991ULL

/* After the last send: long enough for a backlog of a problem of minutes, as waits behind it tell the capacity. */
#define DRAIN_SECONDS 120.0

static json_t *member(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);

    return value != NULL ? json_incref(value) : json_null();
}

static json_t *load_model(const bm_problem_t *problem, const bm_problem_limits_t *limits)
{
    const char *users = bm_problem_users_name(problem->type);

    if (users != NULL)
        return json_pack("{s:s,s:o,s:f}", "type", "closed", "concurrency", member(problem->parameters, users), "think_time_ms",
                         bm_problem_think_ms(problem, limits));
    return json_pack("{s:o,s:o}", "type", member(problem->parameters, "arrivals"), "rate", member(problem->parameters, "rate"));
}

static json_t *fixed(double tokens)
{
    return json_pack("{s:s,s:I}", "dist", "fixed", "value", (json_int_t)tokens);
}

/* Prompts of their own for each problem, else the cache of a problem before would answer this one. */
static json_t *prompts(const bm_problem_t *problem, json_t *input, json_t *output)
{
    double seconds = bm_problem_number(problem->parameters, "duration_seconds"), count = 10000;
    json_t *generate;

    if (problem->type == BM_PROBLEM_CACHE_EFFICIENCY)
        count = bm_problem_number(problem->parameters, "entries");
    else if (bm_problem_type_has_rate(problem->type))
        count = fmin(10000000, ceil(2 * seconds * bm_problem_number(problem->parameters, "rate")));
    generate = json_pack("{s:I,s:I,s:o}", "count", (json_int_t)fmax(1, count), "seed", (json_int_t)(problem->seed & SEED_MASK),
                         "input_tokens", input);
    if (output != NULL)
        json_object_set_new(generate, "output_tokens", output);
    return json_pack("{s:o}", "generate", generate);
}

static json_t *dataset(const bm_problem_t *problem)
{
    const json_t *in = problem->parameters;
    json_t *made;

    switch (problem->type) {
    case BM_PROBLEM_DATA_PROCESSING:
        return prompts(problem, json_pack("{s:s,s:o,s:o}", "dist", "uniform", "min", member(in, "input_tokens_min"), "max",
                                          member(in, "input_tokens_max")), fixed(bm_problem_number(in, "output_tokens")));
    case BM_PROBLEM_MEMORY_OPTIMIZATION:
        return prompts(problem, fixed(bm_problem_number(in, "input_tokens")), fixed(bm_problem_number(in, "output_tokens")));
    case BM_PROBLEM_CACHE_EFFICIENCY:
        made = prompts(problem, fixed(bm_problem_number(in, "input_tokens")), NULL);
        json_object_set_new(made, "order", json_string("zipf"));
        json_object_set_new(made, "zipf", member(in, "zipf"));
        return made;
    default:
        return NULL;
    }
}

static json_t *classes(const bm_problem_t *problem)
{
    const json_t *given = json_object_get(problem->parameters, "classes");
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < json_array_size(given); i++) {
        json_t *one = json_copy(json_array_get(given, i));

        json_object_set_new(one, "inputs", json_object());
        json_array_append_new(list, one);
    }
    return json_pack("{s:o,s:o,s:o}", "budget", member(problem->parameters, "budget"), "policy",
                     member(problem->parameters, "policy"), "list", list);
}

static void add_recovery(json_t *plan, const bm_problem_t *problem)
{
    double copies = bm_problem_number(problem->parameters, "copies");
    double attempts = bm_problem_number(problem->parameters, "attempts");

    if (copies > 0)
        json_object_set_new(plan, "hedge", json_pack("{s:I,s:o}", "copies", (json_int_t)copies, "after_ms",
                                                     member(problem->parameters, "hedge_after_ms")));
    if (attempts > 1)
        json_object_set_new(plan, "retry", json_pack("{s:I,s:[s,s,s],s:f,s:f}", "max_attempts", (json_int_t)attempts, "on",
                                                     "connection", "timeout", "stream", "base_ms", 100.0, "max_ms", 2000.0));
}

static void add_type(json_t *plan, const bm_problem_t *problem)
{
    const json_t *endpoints = json_object_get(problem->parameters, "endpoints");
    json_t *entries = dataset(problem);

    if (entries != NULL)
        json_object_set_new(plan, "dataset", entries);
    if (problem->type == BM_PROBLEM_LOAD_BALANCING && json_array_size(endpoints) > 0)
        json_object_set_new(plan, "endpoints", json_pack("{s:O,s:o}", "urls", endpoints, "strategy",
                                                         member(problem->parameters, "strategy")));
    if (problem->type == BM_PROBLEM_RESOURCE_ALLOCATION)
        json_object_set_new(plan, "classes", classes(problem));
    if (problem->type == BM_PROBLEM_CONCURRENT_REQUESTS)
        json_object_set_new(plan, "timeout_ms", member(problem->parameters, "timeout_ms"));
    if (json_object_size(problem->perturbations) > 0)
        json_object_set(plan, "faults", problem->perturbations);
    if (problem->type == BM_PROBLEM_FAULT_TOLERANCE)
        add_recovery(plan, problem);
}

json_t *bm_problem_plan(const bm_problem_t *problem, apr_int64_t scenario_id, const bm_problem_limits_t *limits, apr_pool_t *p)
{
    bm_problem_t bound = *problem;
    double response = bm_problem_number(problem->expected, "max_response_time_ms");
    int in_flight;
    json_t *plan;

    if (bm_problem_type_name(problem->type) == NULL || !json_is_object(problem->parameters))
        return NULL;
    /* Limits may be lower now than when it was drawn. */
    bound.parameters = bm_json_adopt(json_deep_copy(problem->parameters), p);
    bm_problem_bind(&bound, limits);
    in_flight = bm_problem_in_flight(&bound, limits);
    plan = bm_json_adopt(json_pack("{s:I,s:s,s:o,s:o,s:I,s:b,s:f,s:s}", "scenario_id", (json_int_t)scenario_id, "name",
                                   problem->key, "load_model", load_model(&bound, limits), "duration_seconds",
                                   member(bound.parameters, "duration_seconds"), "seed",
                                   (json_int_t)(problem->seed & SEED_MASK), "certificate", 0, "drain_seconds", DRAIN_SECONDS,
                                   "target_limits", "obey"), p);
    if (response > 0)
        json_object_set_new(plan, "slos", json_pack("[{s:s,s:f,s:f}]", "metric", "total_ms", "quantile", 0.95, "max", response));
    if (in_flight > 0 && bm_problem_users_name(problem->type) == NULL)
        json_object_set_new(plan, "max_in_flight", json_integer(in_flight));
    add_type(plan, &bound);
    return plan;
}
