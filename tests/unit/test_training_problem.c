/* SPDX-License-Identifier: Apache-2.0
 *
 * test_training_problem.c: problems are what their seed draws, keep the administrator's limits, and are plans that can be
 * performed. */
#include "unit.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "model/loadtest_model.h"
#include "model/loadtest_plan.h"
#include "training/problem.h"

enum { CASES = BM_PROBLEM_TYPES * BM_PROBLEM_DIFFICULTIES, SEEDS = 20 };

static const bm_problem_limits_t limits[] = {
    { 0, 0, 0, 0, 0 },                       /* none */
    { 200, 100, 0.05, 5, 10000 },
    { 20, 4, 1, 60, 300 },
    { 1, 1, 0.001, 1, 1 },
    { 50000, 20000, 10, 86400, 10000000 },
    { 7.5, 3, 0.1, 0.2, 20 }
};

static const char *const target =
    "{\"endpoints\":[\"http://a:1\",\"http://b:2\",\"http://c:3\"],\"max_tokens\":200,\"base_ms\":80}";

static json_t *parse(const char *text)
{
    json_t *j = NULL;

    ck_assert_msg(bm_json_parse(&j, text, strlen(text), NULL, g_pool) == APR_SUCCESS, "%s", text);
    return j;
}

static bm_problem_t *make(int number, apr_uint64_t seed, const bm_problem_limits_t *l, const json_t *known)
{
    return bm_problem_generate((bm_problem_type_e)(number / BM_PROBLEM_DIFFICULTIES),
                               (bm_difficulty_e)(number % BM_PROBLEM_DIFFICULTIES), seed, l, known, g_pool);
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

BM_LOOP_TEST(the_same_seed_is_the_same_problem_and_another_is_not, CASES)
{
    const json_t *known = parse(target);
    bm_problem_t *a = make(_i, 7, &limits[1], known), *b = make(_i, 7, &limits[1], known), *c = make(_i, 8, &limits[1], known);
    bm_problem_t *stored;

    ck_assert(json_equal(bm_problem_json(a, g_pool), bm_problem_json(b, g_pool)));
    ck_assert_str_eq(a->key, b->key);
    ck_assert_str_ne(a->key, c->key);
    ck_assert(!json_equal(a->parameters, c->parameters));
    ck_assert_ptr_eq(strstr(a->key, bm_problem_type_name(a->type)), a->key);
    ck_assert_uint_eq(strlen(a->key), strlen(bm_problem_type_name(a->type)) + 9);
    stored = bm_problem_read(bm_problem_json(a, g_pool), NULL, g_pool);
    ck_assert_ptr_nonnull(stored);
    ck_assert(json_equal(bm_problem_json(a, g_pool), bm_problem_json(stored, g_pool)));
}
END_TEST

static int is_known(const char *name)
{
    return bm_field_find(bm_loadtest_plan_fields, name) != NULL;
}

/* Members of a plan that this build cannot perform are left out of it, so that the rest is checked anyhow. */
static int drop_unknown(json_t *plan)
{
    static const char *const later[] = { "timeout_ms", "faults", "hedge", "endpoints", "classes" };
    int dropped = 0;
    size_t i;

    for (i = 0; i < BM_COUNT(later); i++)
        if (!is_known(later[i]) && json_object_del(plan, later[i]) == 0)
            dropped++;
    if (bm_field_find(bm_loadtest_dataset_fields, "zipf") == NULL
        && json_object_del(json_object_get(plan, "dataset"), "zipf") == 0) {
        json_object_del(json_object_get(plan, "dataset"), "order");
        dropped++;
    }
    return dropped;
}

static void check_plan(const bm_problem_t *problem, const bm_problem_limits_t *l)
{
    json_t *plan = bm_problem_plan(problem, 3, l, g_pool);
    bm_err_t *err = bm_err_make(g_pool);

    ck_assert_ptr_nonnull(plan);
    (void)drop_unknown(plan);
    ck_assert_msg(bm_loadtest_plan_check(plan, err, g_pool) == APR_SUCCESS, "%s: %s %s", bm_json_dump(NULL, plan, g_pool),
                  err->violations->nelts ? APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer : "?",
                  err->violations->nelts ? APR_ARRAY_IDX(err->violations, 0, bm_violation_t).detail : "?");
}

BM_LOOP_TEST(every_problem_is_a_plan_that_is_accepted, CASES)
{
    const json_t *known = parse(target);
    size_t l;
    int seed;

    for (l = 0; l < BM_COUNT(limits); l++)
        for (seed = 0; seed < SEEDS; seed++)
            check_plan(make(_i, (apr_uint64_t)seed * 0x9e3779b97f4a7c15ULL, &limits[l], seed % 2 ? known : NULL), &limits[l]);
}
END_TEST

/* What a plan may send at most: {requests a second in the mean, requests, seconds, under way}. */
static void check_limits(const json_t *plan, const bm_problem_limits_t *l)
{
    const json_t *model = json_object_get(plan, "load_model");
    double seconds = number(plan, "duration_seconds"), rate = number(model, "rate"), users = number(model, "concurrency");
    double sends = (1 + number(json_object_get(plan, "hedge"), "copies"))
        * fmax(1, number(json_object_get(plan, "retry"), "max_attempts"));
    double under_way = users > 0 ? users : number(plan, "max_in_flight") * (1 + number(json_object_get(plan, "hedge"), "copies"));
    double requests = users > 0 ? users + floor(users * seconds * 1000 / fmax(1e-9, number(model, "think_time_ms")))
                                : rate * seconds * sends;
    const char *text = bm_json_dump(NULL, plan, g_pool);

    ck_assert_msg(seconds >= 1 && (l->max_seconds <= 0 || seconds <= fmax(1, l->max_seconds)), "%s", text);
    if (l->max_concurrency > 0)
        ck_assert_msg(under_way >= 1 && under_way <= l->max_concurrency, "%s", text);
    if (l->max_concurrency > 0 && json_object_get(plan, "classes") != NULL)
        ck_assert_msg(number(json_object_get(plan, "classes"), "budget") <= l->max_concurrency, "%s", text);
    if (l->max_rate > 0)
        ck_assert_msg(requests <= l->max_rate * seconds * (1 + 1e-9) + (users > 0 ? 1 : 0), "%g: %s", requests, text);
    if (l->max_requests > 0)
        ck_assert_msg(requests <= (double)l->max_requests * (1 + 1e-9), "%g: %s", requests, text);
}

BM_LOOP_TEST(no_problem_exceeds_the_limits, CASES)
{
    const json_t *known = parse(target);
    size_t l, lower;
    int seed;

    for (seed = 0; seed < SEEDS; seed++)
        for (l = 0; l < BM_COUNT(limits); l++) {
            bm_problem_t *problem = make(_i, (apr_uint64_t)seed, &limits[l], seed % 2 ? known : NULL);

            check_limits(bm_problem_plan(problem, 1, &limits[l], g_pool), &limits[l]);
            check_limits(bm_problem_plan(bm_problem_at_rate(problem, 1e9, 1e9, &limits[l], g_pool), 1, &limits[l], g_pool),
                         &limits[l]);
            for (lower = 1; lower < BM_COUNT(limits); lower++)        /* lowered since it was drawn */
                check_limits(bm_problem_plan(problem, 1, &limits[lower], g_pool), &limits[lower]);
        }
}
END_TEST

/* Under low limits the four difficulties are still four: each has more load than the one before. */
BM_TEST(difficulties_differ_under_low_limits)
{
    double before = 0;
    int level;

    for (level = 0; level < BM_PROBLEM_DIFFICULTIES; level++) {
        double least = INFINITY, most = 0;
        int seed;

        for (seed = 0; seed < 200; seed++) {
            double rate = number(make(level, (apr_uint64_t)seed, &limits[1], NULL)->parameters, "rate");

            least = fmin(least, rate);
            most = fmax(most, rate);
        }
        ck_assert_msg(least >= before, "difficulty %d begins at %g, the one before ends at %g", level, least, before);
        before = most;
    }
    ck_assert(before > 150 && before <= 200);
}
END_TEST

BM_TEST(a_rate_is_set_as_far_as_it_may)
{
    bm_problem_t *problem = make(0, 5, &limits[1], NULL), *at = bm_problem_at_rate(problem, 42.5, 3, &limits[1], g_pool);

    ck_assert_double_eq_tol(number(at->parameters, "rate"), 42.5, 1e-9);
    ck_assert_double_eq_tol(number(at->parameters, "duration_seconds"), 3, 1e-9);
    ck_assert_str_eq(json_string_value(json_object_get(at->parameters, "arrivals")), "constant");
    ck_assert_str_eq(json_string_value(json_object_get(problem->parameters, "arrivals")), "poisson");
    at = bm_problem_at_rate(problem, 1000, 30, &limits[1], g_pool);
    ck_assert_double_eq_tol(number(at->parameters, "rate"), 200, 1e-9);
    ck_assert_double_eq_tol(number(at->parameters, "duration_seconds"), 5, 1e-9);
}
END_TEST

/* --- by hand */

static const char *const good[] = {
    "{\"type\":\"load_balancing\"}",
    "{\"type\":\"load_balancing\",\"parameters\":{\"endpoints\":[\"http://x\"],\"rate\":3},\"expected\":{\"max_imbalance\":2}}",
    "{\"type\":\"fault_tolerance\",\"difficulty\":\"hard\",\"perturbations\":{\"dead_rate\":0.5,\"abort_rate\":0,"
    "\"timeout_rate\":0},\"parameters\":{\"copies\":2}}",
    "{\"type\":\"cache_efficiency\",\"seed\":9,\"parameters\":{\"zipf\":0.5,\"entries\":7}}",
    "{\"type\":\"concurrent_requests\",\"parameters\":{\"users\":1000000000,\"timeout_ms\":50}}",
    "{\"type\":\"resource_allocation\",\"parameters\":{\"classes\":[{\"name\":\"a\",\"share\":1,\"priority\":0}]}}"
};

static const struct {
    const char *body, *pointer;
} bad[] = {
    { "{}", "/type" },
    { "{\"type\":\"riddle\"}", "/type" },
    { "{\"type\":\"load_balancing\",\"difficulty\":\"odd\"}", "/difficulty" },
    { "{\"type\":\"load_balancing\",\"parameters\":{\"users\":3}}", "/parameters/users" },
    { "{\"type\":\"load_balancing\",\"parameters\":{\"rate\":-3}}", "/parameters/rate" },
    { "{\"type\":\"load_balancing\",\"parameters\":{\"speed\":3}}", "/parameters/speed" },
    { "{\"type\":\"cache_efficiency\",\"perturbations\":{\"delay_ms\":3}}", "/perturbations/delay_ms" },
    { "{\"type\":\"cache_efficiency\",\"expected\":{\"max_imbalance\":3}}", "/expected/max_imbalance" },
    { "{\"type\":\"fault_tolerance\",\"perturbations\":{\"abort_rate\":0.9,\"dead_rate\":0.9}}", "/perturbations" },
    { "{\"type\":\"data_processing\",\"parameters\":{\"input_tokens_min\":9,\"input_tokens_max\":8}}",
      "/parameters/input_tokens_min" },
    { "{\"type\":\"resource_allocation\",\"parameters\":{\"classes\":[{\"name\":\"a\",\"share\":0.4,\"priority\":0}]}}",
      "/parameters/classes" }
};

BM_LOOP_TEST(a_problem_by_hand_has_what_was_given_and_keeps_the_limits, BM_COUNT(good))
{
    json_t *body = parse(good[_i]);
    bm_err_t *err = bm_err_make(g_pool);
    bm_problem_limits_t wide = { 50000, 20000, 1, 86400, 10000000 };
    bm_problem_t *problem;
    const char *name;
    json_t *value;

    if (_i == 4) {                                                  /* beyond every plan: told, not lowered */
        ck_assert_ptr_null(bm_problem_compose(body, &wide, err, g_pool));
        json_object_set_new(json_object_get(body, "parameters"), "users", json_integer(500));
    }
    err = bm_err_make(g_pool);
    problem = bm_problem_compose(body, &wide, err, g_pool);
    ck_assert_ptr_nonnull(problem);
    json_object_foreach(json_object_get(body, "parameters"), name, value)
        ck_assert_msg(json_is_number(value) ? json_number_value(value) == number(problem->parameters, name)
                                            : json_equal(value, json_object_get(problem->parameters, name)), "%s", name);
    check_plan(problem, &wide);
    problem = bm_problem_compose(body, &limits[2], err, g_pool);
    check_limits(bm_problem_plan(problem, 1, &limits[2], g_pool), &limits[2]);
}
END_TEST

BM_LOOP_TEST(what_is_wrong_by_hand_is_told_with_its_place, BM_COUNT(bad))
{
    bm_err_t *err = bm_err_make(g_pool);
    int i, found = 0;

    ck_assert_ptr_null(bm_problem_compose(parse(bad[_i].body), &limits[1], err, g_pool));
    for (i = 0; i < err->violations->nelts; i++)
        found |= strcmp(APR_ARRAY_IDX(err->violations, i, bm_violation_t).pointer, bad[_i].pointer) == 0;
    ck_assert_msg(found, "%s: nothing at %s", bad[_i].body, bad[_i].pointer);
}
END_TEST

/* Damage to a stored problem: each member away, or of another type. */
BM_LOOP_TEST(a_damaged_stored_problem_is_refused, CASES)
{
    static const char *const odd[] = { "null", "true", "-1", "1e300", "\"x\"", "[]", "[[]]", "{\"rate\":[]}" };
    json_t *whole = bm_problem_json(make(_i, 3, &limits[1], parse(target)), g_pool), *copy;
    const char *name;
    json_t *value;
    size_t i;

    json_object_foreach(whole, name, value) {
        copy = bm_json_overlay(whole, NULL, g_pool);
        json_object_del(copy, name);
        ck_assert_msg(bm_problem_read(copy, NULL, g_pool) == NULL, "without %s", name);
        for (i = 0; i < BM_COUNT(odd); i++) {
            copy = bm_json_overlay(whole, NULL, g_pool);
            json_object_set(copy, name, parse(odd[i]));
            if (strcmp(odd[i], "\"x\"") != 0 || (strcmp(name, "key") != 0 && strcmp(name, "description") != 0))
                ck_assert_msg(bm_problem_read(copy, NULL, g_pool) == NULL, "%s: %s", name, odd[i]);
        }
    }
    ck_assert_ptr_null(bm_problem_read(NULL, NULL, g_pool));
}
END_TEST

#include "test_training_problem.reg"
