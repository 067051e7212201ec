/* SPDX-License-Identifier: Apache-2.0
 *
 * problem_compose.c: problems from a seed, by hand, and from the store. */
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "training/problem_private.h"

enum { NEEDED = BM_FIELD_REQUIRED, MAY = BM_FIELD_ABSENT };

static const bm_field_t class_fields[] = {
    { "name", BM_TYPE_STRING, NEEDED, 1, 50, .doc = "Name of the class." },
    { "share", BM_TYPE_NUMBER, NEEDED, 0.001, 1, .doc = "Its share of the requests." },
    { "priority", BM_TYPE_INT, NEEDED, 0, 1000, .doc = "The higher goes first." },
    { NULL }
};

const bm_field_t bm_problem_parameter_fields[] = {
    { "duration_seconds", BM_TYPE_NUMBER, MAY, 1, 86400, .doc = "How long the load lasts." },
    { "rate", BM_TYPE_NUMBER, MAY, 0.001, 50000,
      .doc = "Requests a second; all types but data_processing and concurrent_requests." },
    { "arrivals", BM_TYPE_ENUM, MAY, .values = "poisson|constant", .doc = "Of a rate: how requests arrive." },
    { "strategy", BM_TYPE_ENUM, MAY, .values = "round_robin|least_connections|hash",
      .doc = "load_balancing: how an endpoint is chosen." },
    { "endpoints", BM_TYPE_STRINGS, MAY, 0, 50, .doc = "load_balancing: base URLs; none: that of the connection." },
    { "budget", BM_TYPE_INT, MAY, 1, 20000, .doc = "resource_allocation: requests under way, of all classes." },
    { "policy", BM_TYPE_ENUM, MAY, .values = "fair|priority|dynamic", .doc = "resource_allocation: who goes next." },
    { "classes", BM_TYPE_ARRAY, MAY, 1, 16, .members = class_fields, .doc = "resource_allocation: classes of requests." },
    { "copies", BM_TYPE_INT, MAY, 0, 4, .doc = "fault_tolerance: hedges of each request." },
    { "hedge_after_ms", BM_TYPE_NUMBER, MAY, 0.001, 600000, .doc = "fault_tolerance: pause before each hedge." },
    { "attempts", BM_TYPE_INT, MAY, 1, 10, .doc = "fault_tolerance: attempts of each request, the first included." },
    { "workers", BM_TYPE_INT, MAY, 1, 20000, .doc = "data_processing: requests under way." },
    { "input_tokens_min", BM_TYPE_INT, MAY, 1, 200000, .doc = "data_processing: the shortest prompt." },
    { "input_tokens_max", BM_TYPE_INT, MAY, 1, 200000, .doc = "data_processing: the longest prompt." },
    { "users", BM_TYPE_INT, MAY, 1, 20000, .doc = "concurrent_requests: requests under way." },
    { "timeout_ms", BM_TYPE_INT, MAY, 1, 86400000, .doc = "concurrent_requests: time-out of each request." },
    { "input_tokens", BM_TYPE_INT, MAY, 1, 200000, .doc = "memory_optimization, cache_efficiency: length of prompts." },
    { "output_tokens", BM_TYPE_INT, MAY, 1, 200000, .doc = "memory_optimization, data_processing: length of answers." },
    { "memory_mb", BM_TYPE_INT, MAY, 1, 100000, .doc = "memory_optimization: memory of ours that requests under way may take." },
    { "entries", BM_TYPE_INT, MAY, 1, 10000000, .doc = "cache_efficiency: different prompts." },
    { "zipf", BM_TYPE_NUMBER, MAY, 0, 10, .doc = "cache_efficiency: exponent; the higher, the more repeats." },
    { NULL }
};

const bm_field_t bm_problem_perturbation_fields[] = {
    { "delay_ms", BM_TYPE_NUMBER, MAY, 0, 60000, .doc = "network_latency: added before each send." },
    { "jitter_ms", BM_TYPE_NUMBER, MAY, 0, 60000, .doc = "network_latency: its standard deviation." },
    { "loss_rate", BM_TYPE_NUMBER, MAY, 0, 0.99, .doc = "network_latency: share of sends that lose a segment." },
    { "abort_rate", BM_TYPE_NUMBER, MAY, 0, 1, .doc = "fault_tolerance: share whose connection we close." },
    { "abort_after_ms", BM_TYPE_NUMBER, MAY, 0, 3600000, .doc = "fault_tolerance: when we do." },
    { "timeout_rate", BM_TYPE_NUMBER, MAY, 0, 1, .doc = "fault_tolerance: share with a tighter time-out." },
    { "timeout_ms", BM_TYPE_INT, MAY, 1, 86400000, .doc = "fault_tolerance: that time-out." },
    { "dead_rate", BM_TYPE_NUMBER, MAY, 0, 1, .doc = "fault_tolerance: share that goes to an endpoint where nobody listens." },
    { NULL }
};

const bm_field_t bm_problem_expected_fields[] = {
    { "min_success_rate", BM_TYPE_NUMBER, MAY, 0, 1, .doc = "Share of the requests that complete." },
    { "max_response_time_ms", BM_TYPE_NUMBER, MAY, 0.001, 86400000, .doc = "95th percentile of total_ms." },
    { "max_error_rate", BM_TYPE_NUMBER, MAY, 0, 1, .doc = "Share of the requests that fail." },
    { "min_throughput", BM_TYPE_NUMBER, MAY, 0, 1000000, .doc = "Requests completed a second." },
    { "max_imbalance", BM_TYPE_NUMBER, MAY, 1, 1000, .doc = "load_balancing: largest share over mean share of the endpoints." },
    { "max_starved", BM_TYPE_INT, MAY, 0, 16, .doc = "resource_allocation: classes that starve." },
    { "min_recovered_rate", BM_TYPE_NUMBER, MAY, 0, 1, .doc = "fault_tolerance: of the faulted requests, those that completed." },
    { "min_hit_rate", BM_TYPE_NUMBER, MAY, 0, 1, .doc = "cache_efficiency: share of the prompt tokens that came from a cache." },
    { NULL }
};

const bm_field_t bm_problem_by_hand_fields[] = {
    { "type", BM_TYPE_ENUM, NEEDED, .values = BM_PROBLEM_TYPE_VALUES, .doc = "Kind of problem." },
    { "difficulty", BM_TYPE_ENUM, 0, .values = BM_DIFFICULTY_VALUES, .fallback = "\"medium\"",
      .doc = "What is not given is drawn by it." },
    { "seed", BM_TYPE_INT, 0, 0, 9007199254740991, .fallback = "1", .doc = "What is not given is drawn from it." },
    { "parameters", BM_TYPE_OBJECT, MAY, .members = bm_problem_parameter_fields, .doc = "The load." },
    { "perturbations", BM_TYPE_OBJECT, MAY, .members = bm_problem_perturbation_fields, .doc = "What we do to our requests." },
    { "expected", BM_TYPE_OBJECT, MAY, .members = bm_problem_expected_fields, .doc = "What is to come of it." },
    { NULL }
};

static void finish(bm_problem_t *problem, const bm_problem_limits_t *limits, double base_ms, apr_pool_t *p)
{
    bm_problem_bind(problem, limits);
    bm_problem_expect(problem, base_ms, p);
    bm_problem_describe(problem, p);
}

bm_problem_t *bm_problem_generate(bm_problem_type_e type, bm_difficulty_e difficulty, apr_uint64_t seed,
                                  const bm_problem_limits_t *limits, const json_t *target, apr_pool_t *p)
{
    bm_problem_t *problem = apr_pcalloc(p, sizeof(*problem));

    problem->type = type;
    problem->difficulty = difficulty;
    problem->seed = seed;
    bm_problem_draw(problem, limits, target, p);
    finish(problem, limits, bm_problem_number(target, "base_ms"), p);
    return problem;
}

/* --- by hand */

static void check_members(json_t *given, const json_t *drawn, const char *where, const char *type, bm_err_t *err,
                          apr_pool_t *p)
{
    const char *name;
    json_t *value;

    json_object_foreach(given, name, value)
        if (json_object_get(drawn, name) == NULL)
            bm_err_violation(err, apr_pstrcat(p, where, name, NULL), "Does not go with type %s.", type);
}

static void check_together(const bm_problem_t *problem, bm_err_t *err)
{
    const json_t *in = problem->parameters, *by = problem->perturbations, *classes = json_object_get(in, "classes");
    double shares = 0;
    size_t i;

    if (bm_problem_number(in, "input_tokens_min") > bm_problem_number(in, "input_tokens_max"))
        bm_err_violation(err, "/parameters/input_tokens_min", "Must be at most input_tokens_max.");
    if (bm_problem_number(by, "abort_rate") + bm_problem_number(by, "timeout_rate") + bm_problem_number(by, "dead_rate") > 1)
        bm_err_violation(err, "/perturbations", "The rates must add up to at most 1.");
    for (i = 0; i < json_array_size(classes); i++)
        shares += bm_problem_number(json_array_get(classes, i), "share");
    if (classes != NULL && (shares < 0.99 || shares > 1.01))
        bm_err_violation(err, "/parameters/classes", "The shares must add up to 1.");
}

bm_problem_t *bm_problem_compose(const json_t *by_hand, const bm_problem_limits_t *limits, bm_err_t *err, apr_pool_t *p)
{
    json_t *parameters, *perturbations, *expected;
    bm_problem_t *problem = apr_pcalloc(p, sizeof(*problem));
    bm_err_t *found = err != NULL ? err : bm_err_make(p);
    const json_t *whole;
    json_t *allowed;

    if (bm_field_check(by_hand, bm_problem_by_hand_fields, BM_FIELD_CREATE, NULL, "", found, p) != APR_SUCCESS)
        return NULL;
    whole = bm_field_complete(by_hand, bm_problem_by_hand_fields, p);
    (void)bm_problem_type_of(&problem->type, json_string_value(json_object_get(whole, "type")));
    (void)bm_difficulty_of(&problem->difficulty, json_string_value(json_object_get(whole, "difficulty")));
    problem->seed = (apr_uint64_t)json_integer_value(json_object_get(whole, "seed"));
    parameters = json_object_get(whole, "parameters");
    perturbations = json_object_get(whole, "perturbations");
    expected = json_object_get(whole, "expected");
    bm_problem_draw(problem, limits, NULL, p);
    check_members(parameters, problem->parameters, "/parameters/", bm_problem_type_name(problem->type), found, p);
    check_members(perturbations, problem->perturbations, "/perturbations/", bm_problem_type_name(problem->type), found, p);
    problem->parameters = bm_json_overlay(problem->parameters, parameters, p);
    problem->perturbations = bm_json_overlay(problem->perturbations, perturbations, p);
    check_together(problem, found);
    finish(problem, limits, 0, p);
    allowed = bm_json_overlay(problem->expected, NULL, p);
    if (problem->type == BM_PROBLEM_LOAD_BALANCING)
        json_object_set_new(allowed, "max_imbalance", json_null());
    check_members(expected, allowed, "/expected/", bm_problem_type_name(problem->type), found, p);
    problem->expected = bm_json_overlay(problem->expected, expected, p);
    return bm_err_is_set(found) ? NULL : problem;
}

/* --- stored */

json_t *bm_problem_json(const bm_problem_t *problem, apr_pool_t *p)
{
    return bm_json_adopt(json_pack("{s:s,s:s,s:s,s:s,s:s,s:O,s:O,s:O}", "type", bm_problem_type_name(problem->type),
                                   "difficulty", bm_difficulty_name(problem->difficulty), "seed",
                                   apr_psprintf(p, "%" APR_UINT64_T_FMT, problem->seed), "key", problem->key, "description",
                                   problem->description, "parameters", problem->parameters, "perturbations",
                                   problem->perturbations, "expected", problem->expected), p);
}

/* A stored seed: decimal digits, 64 bits. */
static int read_seed(apr_uint64_t *seed, const char *text)
{
    apr_uint64_t value = 0;

    if (text == NULL || *text == '\0')
        return 0;
    for (; *text != '\0'; text++) {
        unsigned digit = (unsigned)(*text - '0');

        if (digit > 9 || value > (APR_UINT64_MAX - digit) / 10)
            return 0;
        value = 10 * value + digit;
    }
    *seed = value;
    return 1;
}

bm_problem_t *bm_problem_read(const json_t *stored, bm_err_t *err, apr_pool_t *p)
{
    bm_problem_t *problem = apr_pcalloc(p, sizeof(*problem));
    bm_err_t *found = bm_err_make(p);
    const char *key = json_string_value(json_object_get(stored, "key"));
    const char *words = json_string_value(json_object_get(stored, "description"));

    problem->parameters = json_object_get(stored, "parameters");
    problem->perturbations = json_object_get(stored, "perturbations");
    problem->expected = json_object_get(stored, "expected");
    if (!bm_problem_type_of(&problem->type, json_string_value(json_object_get(stored, "type")))
        || !bm_difficulty_of(&problem->difficulty, json_string_value(json_object_get(stored, "difficulty")))
        || !read_seed(&problem->seed, json_string_value(json_object_get(stored, "seed"))) || key == NULL || words == NULL
        || bm_field_check(problem->parameters, bm_problem_parameter_fields, BM_FIELD_CREATE, NULL, "", found, p) != APR_SUCCESS
        || bm_field_check(problem->perturbations, bm_problem_perturbation_fields, BM_FIELD_CREATE, NULL, "", found, p)
           != APR_SUCCESS
        || bm_field_check(problem->expected, bm_problem_expected_fields, BM_FIELD_CREATE, NULL, "", found, p) != APR_SUCCESS) {
        (void)bm_err_set(err, APR_EINVAL, "damaged_problem", "This is not a problem as it was stored.");
        return NULL;
    }
    problem->parameters = bm_json_adopt(json_deep_copy(problem->parameters), p);
    problem->perturbations = bm_json_adopt(json_deep_copy(problem->perturbations), p);
    problem->expected = bm_json_adopt(json_deep_copy(problem->expected), p);
    problem->key = apr_pstrdup(p, key);
    problem->description = apr_pstrdup(p, words);
    return problem;
}
