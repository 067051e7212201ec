/* SPDX-License-Identifier: Apache-2.0
 *
 * ladder_policy.c: Hive's rule: a success rate above 0.95 goes one difficulty up, below 0.70 one down. The success rate is the
 * share of the requests that were answered within the response time; whether all that was expected was met does not count here.
 *
 * Ends when it has stayed at one step for `patience` problems, or has gone between two neighbours for twice as many. */
#include <string.h>
#include <apr_strings.h>
#include "training/policy_state.h"
#include "training/problem_private.h"
#include "training/response.h"

#define UP 0.95
#define DOWN 0.7

#define DIFFICULTY_OF(name, doc_text) { name, BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = BM_DIFFICULTY_VALUES, .doc = doc_text }

static const bm_field_t settings_fields[] = {
    { "types", BM_TYPE_STRINGS, 0, 1, BM_PROBLEM_TYPES, .values = BM_PROBLEM_TYPE_VALUES,
      .fallback = "[\"load_balancing\",\"resource_allocation\",\"fault_tolerance\",\"data_processing\","
                  "\"concurrent_requests\",\"network_latency\",\"memory_optimization\",\"cache_efficiency\"]",
      .doc = "Types to draw from." },
    { "start", BM_TYPE_ENUM, 0, .values = BM_DIFFICULTY_VALUES, .fallback = "\"easy\"", .doc = "First difficulty." },
    { "patience", BM_TYPE_INT, 0, 1, 500, .fallback = "10", .doc = "Problems at one step that end the session." },
    { "max_problems", BM_TYPE_INT, 0, 1, BM_POLICY_PROBLEMS_MAX, .fallback = "100", .doc = "Problems of the session." },
    { NULL }
};

static const bm_field_t outcome_fields[] = {
    { "rate", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 1e-6, 1e6, .doc = "Requests a second." },
    { "passed", BM_TYPE_BOOL, BM_FIELD_REQUIRED, .doc = "Whether it went up; else down." },
    { NULL }
};

static const bm_field_t state_fields[] = {
    BM_POLICY_STATE_FIELDS(settings_fields),
    DIFFICULTY_OF("difficulty", "Where it is."),
    DIFFICULTY_OF("lower", "Lower of the two steps that it has gone between."),
    { "stayed", BM_TYPE_INT, BM_FIELD_REQUIRED, 0, BM_POLICY_PROBLEMS_MAX, .doc = "Problems at this step." },
    { "between", BM_TYPE_INT, BM_FIELD_REQUIRED, 0, BM_POLICY_PROBLEMS_MAX, .doc = "Problems at this step and its neighbour." },
    { "outcomes", BM_TYPE_ARRAY, BM_FIELD_REQUIRED, 0, BM_POLICY_PROBLEMS_MAX, .members = outcome_fields,
      .doc = "Rates that went up or down." },
    { NULL }
};

static int number_of(const json_t *state, const char *name)
{
    return (int)bm_problem_number(state, name);
}

static bm_difficulty_e step_of(const json_t *object, const char *name)
{
    bm_difficulty_e step = BM_DIFFICULTY_EASY;

    (void)bm_difficulty_of(&step, json_string_value(json_object_get(object, name)));
    return step;
}

static void set_step(json_t *state, const char *name, bm_difficulty_e step)
{
    json_object_set_new(state, name, json_string(bm_difficulty_name(step)));
}

static json_t *begin(const json_t *settings, const bm_problem_limits_t *limits, bm_err_t *err, apr_pool_t *p)
{
    json_t *whole = bm_policy_settings(settings, settings_fields, err, p), *state;

    if (whole == NULL)
        return NULL;
    state = bm_policy_state("ladder", whole, limits, 1, p);
    set_step(state, "difficulty", step_of(whole, "start"));
    set_step(state, "lower", step_of(whole, "start"));
    json_object_set_new(state, "stayed", json_integer(0));
    json_object_set_new(state, "between", json_integer(0));
    json_object_set_new(state, "outcomes", json_array());
    return state;
}

/* Why it is over; NULL: it is not. */
static const char *end_of(const bm_policy_view_t *view, const json_t *state, apr_pool_t *p)
{
    int patience = number_of(view->settings, "patience"), most = number_of(view->settings, "max_problems");
    const char *step = bm_difficulty_name(step_of(state, "difficulty"));

    if (number_of(state, "stayed") >= patience)
        return apr_psprintf(p, "It has stayed at %s for %d problems.", step, number_of(state, "stayed"));
    if (number_of(state, "between") >= 2 * patience)
        return apr_psprintf(p, "It has gone between %s and its neighbour for %d problems.",
                            bm_difficulty_name(step_of(state, "lower")), number_of(state, "between"));
    if (view->problems >= most)
        return apr_psprintf(p, "The session has had its %d problems.", most);
    if (view->unclear >= BM_POLICY_UNCLEAR_MAX)
        return "Problems in a row gave no figures that can be believed.";
    return NULL;
}

static apr_status_t next(bm_policy_ask_t *ask, const json_t *state, apr_uint64_t seed, bm_err_t *err, apr_pool_t *p)
{
    bm_policy_view_t view;
    const json_t *types, *moves;
    bm_rand_t rand;

    if (bm_policy_view(&view, state, "ladder", state_fields, err, p) != APR_SUCCESS)
        return APR_EINVAL;
    if (end_of(&view, state, p) != NULL)
        return APR_EOF;
    memset(ask, 0, sizeof(*ask));
    types = json_object_get(view.settings, "types");
    bm_rand_seed(&rand, bm_rand_mix(seed));
    (void)bm_problem_type_of(&ask->type, json_string_value(json_array_get(types, bm_rand_below(&rand, json_array_size(types)))));
    ask->difficulty = step_of(state, "difficulty");
    moves = json_object_get(state, "moves");
    ask->reason = json_array_size(moves) == 0 ? "The first step."
        : apr_pstrdup(p, json_string_value(json_object_get(json_array_get(moves, json_array_size(moves) - 1), "why")));
    return APR_SUCCESS;
}

/* Count a problem at a step: how long it has been there, and there or at one neighbour. */
static void count_step(json_t *state, bm_difficulty_e at, bm_difficulty_e to)
{
    bm_difficulty_e lower = step_of(state, "lower"), least = at < to ? at : to;
    int between = number_of(state, "between"), stayed = at == to ? number_of(state, "stayed") + 1 : 0;

    if (at != to && (between == 0 || least != lower)) {
        between = 0;                         /* another pair begins */
        lower = least;
    }
    set_step(state, "lower", lower);
    json_object_set_new(state, "between", json_integer(between < BM_POLICY_PROBLEMS_MAX ? between + 1 : between));
    json_object_set_new(state, "stayed", json_integer(stayed < BM_POLICY_PROBLEMS_MAX ? stayed : BM_POLICY_PROBLEMS_MAX));
}

/* The success rate, where the load test is one to be believed; NULL: it is not. */
static const json_t *rate_of(const json_t *judgement, const json_t *response)
{
    const json_t *rate = json_object_get(judgement, "success_rate");
    bm_response_t r;

    bm_response_read(&r, response);
    return json_is_number(rate) && r.validity != BM_RESPONSE_INVALID ? rate : NULL;
}

static json_t *learn(json_t **move, const json_t *state, const bm_problem_t *problem, const json_t *judgement,
                     const json_t *response, bm_err_t *err, apr_pool_t *p)
{
    const json_t *rate = rate_of(judgement, response), *outcomes = json_object_get(state, "outcomes");
    double success = json_number_value(rate), load = bm_problem_number(problem->parameters, "rate");
    bm_difficulty_e at, to;
    bm_policy_view_t view;
    const char *why;
    json_t *next_state;

    if (bm_policy_view(&view, state, "ladder", state_fields, err, p) != APR_SUCCESS)
        return NULL;
    at = to = step_of(state, "difficulty");
    next_state = bm_policy_learnt(state, problem, response, p);
    if (json_is_number(rate))                /* a closed loop's figures count, too */
        json_object_set_new(next_state, "unclear", json_integer(0));
    if (json_is_number(rate) && success > UP && at < BM_DIFFICULTY_EXTREME)
        to = at + 1;
    else if (json_is_number(rate) && success < DOWN && at > BM_DIFFICULTY_EASY)
        to = at - 1;
    if (!json_is_number(rate))
        why = bm_policy_no_figures(judgement, p);
    else
        why = apr_psprintf(p, "%.1f %% of the requests were answered in time, %s: %s.", 100 * success,
                           success > UP ? "more than 95 %" : success < DOWN ? "less than 70 %" : "between 70 and 95 %",
                           to > at ? "up" : to < at ? "down" : success > UP ? "it is the highest step already"
                           : success < DOWN ? "it is the lowest step already" : "it stays");
    if (json_is_number(rate) && load >= 1e-6 && load <= 1e6 && (success > UP || success < DOWN)
        && json_array_size(outcomes) < BM_POLICY_PROBLEMS_MAX)
        json_array_append_new(json_object_get(next_state, "outcomes"), json_pack("{s:f,s:b}", "rate", load, "passed",
                                                                                 success > UP));
    count_step(next_state, at, to);
    set_step(next_state, "difficulty", to);
    *move = bm_policy_move(next_state, json_string(bm_difficulty_name(at)), json_string(bm_difficulty_name(to)), why, p);
    return next_state;
}

/* Of one type with rates: pass or fail alone, by the logistic model. No confidence is claimed: a problem passes by a response
 * time, so that the interval is of something else than what a target can serve. Of several types there is no one capacity. */
static json_t *capacity_of(const bm_policy_view_t *view, const json_t *state, apr_pool_t *p)
{
    const json_t *outcomes = json_object_get(state, "outcomes"), *types = json_object_get(view->settings, "types");
    double low, high;
    bm_ability_t *a;
    int passed = 0, failed = 0;
    size_t i;

    if (json_array_size(types) != 1)
        return NULL;
    bm_policy_range(&low, &high, view);
    a = bm_ability_make(low / 16, high, p);
    for (i = 0; i < json_array_size(outcomes); i++) {
        const json_t *one = json_array_get(outcomes, i);
        int is_pass = json_is_true(json_object_get(one, "passed"));

        bm_ability_add_outcome(a, bm_problem_number(one, "rate"), is_pass);
        passed += is_pass;
        failed += !is_pass;
    }
    if (passed == 0 || failed == 0)
        return NULL;
    return bm_policy_capacity(bm_ability_quantile(a, 0.5), bm_ability_quantile(a, 0.025), bm_ability_quantile(a, 0.975), 0);
}

static json_t *conclude(const json_t *state, apr_pool_t *p)
{
    bm_policy_view_t view;
    const char *end, *step;

    if (bm_policy_view(&view, state, "ladder", state_fields, NULL, p) != APR_SUCCESS)
        return bm_policy_damaged(p);
    end = end_of(&view, state, p);
    step = bm_difficulty_name(step_of(state, "difficulty"));
    return bm_policy_conclusion(state, capacity_of(&view, state, p), step,
                                apr_psprintf(p, "The target is at difficulty %s after %d problems. %s", step, view.problems,
                                             end != NULL ? end : "The session was not over."), p);
}

const bm_policy_t bm_policy_ladder = { "ladder", settings_fields, begin, next, learn, conclude };
