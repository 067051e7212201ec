/* SPDX-License-Identifier: Apache-2.0
 *
 * test_training_judge.c: judgements of load tests whose outcome is known, complete, poor and damaged. */
#include "unit.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "training/judge.h"

static const bm_problem_limits_t limits = { 200, 100, 0.05, 5, 100000 };

static json_t *parse(const char *text)
{
    json_t *j = NULL;

    ck_assert_msg(bm_json_parse(&j, text, strlen(text), NULL, g_pool) == APR_SUCCESS, "%s", text);
    return j;
}

/* 20/s expected for 5 s; p95 at most 400 ms. */
static bm_problem_t *problem_of(const char *type, const char *expected)
{
    json_t *body = parse(apr_psprintf(g_pool, "{\"type\":\"%s\",\"parameters\":{\"rate\":20,\"duration_seconds\":5},"
                                      "\"expected\":%s}", type, expected));
    bm_problem_t *problem = bm_problem_compose(body, &limits, NULL, g_pool);

    ck_assert_ptr_nonnull(problem);
    return problem;
}

static const char expected_outcomes[] = "{\"min_success_rate\":0.9,\"max_response_time_ms\":400,\"max_error_rate\":0.1,"
    "\"min_throughput\":15}";

/* A load test of n requests, some of which failed with code, some of which were late. */
static json_t *load_test(int n, int failed, const char *code, int late, double p95, const char *validity)
{
    return parse(apr_psprintf(g_pool,
        "{\"status\":\"completed\",\"started_at\":\"2026-01-01T00:00:00Z\",\"finished_at\":\"2026-01-01T00:00:07.5Z\","
        "\"validity\":{\"status\":\"%s\",\"reasons\":[]},\"results\":{\"loop\":\"open\",\"window_seconds\":5,\"attempted\":%d,"
        "\"completed\":%d,\"failed\":%d,\"cancelled\":0,\"errors\":{\"%s\":%d},\"rates\":{\"planned\":20,\"offered\":20,"
        "\"completed\":19},\"throughput\":{\"requests_per_second\":19},\"goodput\":{\"good\":%d,\"slos\":[{}]},"
        "\"metrics\":{\"total_ms\":{\"n\":%d,\"mean\":100,\"p50\":90,\"p95\":%f,\"max\":900,\"intervals\":{\"p95\":[%f,%f]}},"
        "\"connect_ms\":{\"p95\":0.5}}}}", validity, n, n - failed, failed, code, failed, n - failed - late, n - failed, p95,
        0.9 * p95, 1.1 * p95));
}

static const json_t *check_of(const json_t *judgement, const char *name)
{
    const json_t *checks = json_object_get(judgement, "checks");
    size_t i;

    for (i = 0; i < json_array_size(checks); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(checks, i), "name")), name) == 0)
            return json_array_get(checks, i);
    return NULL;
}

static const json_t *met(const json_t *judgement, const char *name)
{
    const json_t *check = check_of(judgement, name);

    ck_assert_msg(check != NULL, "no check of %s", name);
    return json_object_get(check, "met");
}

BM_TEST(what_was_expected_and_came_is_a_success)
{
    bm_problem_t *problem = problem_of("load_balancing", expected_outcomes);
    json_t *j = bm_judge(problem, load_test(200, 0, "unavailable", 0, 150, "valid"), g_pool);

    ck_assert_msg(json_is_true(json_object_get(j, "success")), "%s", bm_json_dump(NULL, j, g_pool));
    ck_assert_double_eq_tol(json_number_value(json_object_get(j, "success_rate")), 1, 1e-12);
    ck_assert_double_eq_tol(json_number_value(json_array_get(json_object_get(j, "interval"), 0)), 0.98115, 1e-4);
    ck_assert_double_eq_tol(json_number_value(json_object_get(j, "execution_time")), 7.5, 1e-9);
    ck_assert_uint_eq(json_array_size(json_object_get(j, "checks")), 4);
    ck_assert_uint_eq(json_array_size(json_object_get(j, "errors")), 0);
}
END_TEST

BM_TEST(too_few_requests_are_neither_success_nor_failure)
{
    bm_problem_t *problem = problem_of("load_balancing", expected_outcomes);
    json_t *j = bm_judge(problem, load_test(20, 0, "unavailable", 0, 150, "valid"), g_pool);

    ck_assert(json_is_null(json_object_get(j, "success")));
    ck_assert(json_is_null(met(j, "min_success_rate")));
    ck_assert(json_is_true(met(j, "max_response_time_ms")));
}
END_TEST

BM_TEST(failures_are_told_with_their_figure)
{
    bm_problem_t *problem = problem_of("load_balancing", expected_outcomes);
    json_t *j = bm_judge(problem, load_test(200, 60, "rate_limited", 10, 150, "valid"), g_pool);
    const json_t *advice = json_object_get(j, "recommendations"), *first = json_array_get(advice, 0);

    ck_assert(json_is_false(json_object_get(j, "success")));
    ck_assert(json_is_false(met(j, "min_success_rate")));
    ck_assert(json_is_false(met(j, "max_error_rate")));
    ck_assert_double_eq_tol(json_number_value(json_object_get(j, "success_rate")), 130.0 / 200, 1e-12);
    ck_assert_uint_eq(json_array_size(json_object_get(j, "errors")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(first, "figure")), "results.errors.rate_limited");
    ck_assert_double_eq_tol(json_number_value(json_object_get(first, "value")), 60, 1e-12);
}
END_TEST

BM_TEST(slow_answers_miss_and_an_interval_around_the_limit_is_unclear)
{
    bm_problem_t *problem = problem_of("load_balancing", expected_outcomes);

    ck_assert(json_is_false(met(bm_judge(problem, load_test(200, 0, "x", 0, 500, "valid"), g_pool), "max_response_time_ms")));
    ck_assert(json_is_null(met(bm_judge(problem, load_test(200, 0, "x", 0, 405, "valid"), g_pool), "max_response_time_ms")));
}
END_TEST

/* What we broke ourselves is not an error of the target, but it is no success either. */
BM_TEST(our_own_faults_are_not_the_targets_errors)
{
    bm_problem_t *problem = problem_of("fault_tolerance", "{\"min_recovered_rate\":0.5,\"max_error_rate\":0.1,"
                                       "\"min_success_rate\":0.9}");
    json_t *test = load_test(200, 60, "injected_abort", 0, 150, "valid"), *j;

    json_object_set(json_object_get(test, "results"), "faults", parse("{\"aborted\":100,\"timed_out\":0,\"dead\":0,"
                                                                        "\"recovered\":40}"));
    j = bm_judge(problem, test, g_pool);
    ck_assert(json_is_true(met(j, "max_error_rate")));
    ck_assert(json_is_false(met(j, "min_success_rate")));
    ck_assert(json_is_false(met(j, "min_recovered_rate")) || json_is_null(met(j, "min_recovered_rate")));
    ck_assert_double_eq_tol(json_number_value(json_object_get(check_of(j, "min_recovered_rate"), "measured")), 0.4, 1e-12);
}
END_TEST

BM_TEST(what_may_not_be_believed_is_no_success)
{
    bm_problem_t *problem = problem_of("load_balancing", expected_outcomes);

    ck_assert(json_is_null(json_object_get(bm_judge(problem, load_test(200, 0, "x", 0, 150, "invalid"), g_pool), "success")));
    ck_assert(json_is_null(json_object_get(bm_judge(problem, load_test(200, 99, "x", 0, 150, "invalid"), g_pool), "success")));
}
END_TEST

BM_TEST(a_target_that_is_down_has_failed)
{
    bm_problem_t *problem = problem_of("load_balancing", expected_outcomes);
    json_t *test = load_test(100, 100, "connection_refused", 0, 150, "unknown"), *j;

    json_object_set(json_object_get(test, "results"), "metrics", parse("{}"));
    j = bm_judge(problem, test, g_pool);
    ck_assert(json_is_false(json_object_get(j, "success")));
    ck_assert(json_is_null(met(j, "max_response_time_ms")));
    ck_assert_double_eq_tol(json_number_value(json_object_get(j, "success_rate")), 0, 1e-12);
}
END_TEST

BM_TEST(fewer_arrivals_by_chance_are_not_missed_throughput)
{
    bm_problem_t *problem = problem_of("load_balancing", "{\"min_throughput\":18}");
    json_t *test = load_test(80, 0, "x", 0, 150, "valid");

    json_object_set_new(json_object_get(json_object_get(test, "results"), "rates"), "offered", json_real(16));
    json_object_set_new(json_object_get(json_object_get(test, "results"), "throughput"), "requests_per_second", json_real(15.8));
    ck_assert(json_is_true(met(bm_judge(problem, test, g_pool), "min_throughput")));
    json_object_set_new(json_object_get(json_object_get(test, "results"), "throughput"), "requests_per_second", json_real(12));
    ck_assert(json_is_false(met(bm_judge(problem, test, g_pool), "min_throughput")));
}
END_TEST

/* --- damage: each member of the load test, at every depth, away or odd */

static void damage(const bm_problem_t *problem, json_t *whole, json_t *at)
{
    static const char *const odd[] = { "null", "true", "-1", "1e300", "\"x\"", "[]", "{}", "[[]]" };
    apr_array_header_t *names = apr_array_make(g_pool, 8, sizeof(const char *));
    const char *name;
    json_t *value;
    int n;
    size_t i;

    json_object_foreach(at, name, value)
        APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(g_pool, name);
    for (n = 0; n < names->nelts; n++) {
        name = APR_ARRAY_IDX(names, n, const char *);
        value = json_incref(json_object_get(at, name));
        for (i = 0; i <= BM_COUNT(odd); i++) {
            if (i < BM_COUNT(odd))
                json_object_set(at, name, parse(odd[i]));
            else
                json_object_del(at, name);
            json_t *judgement = bm_judge(problem, whole, g_pool);

            ck_assert_msg(json_is_object(judgement) && json_object_size(judgement) == 8, "%s", name);
        }
        json_object_set(at, name, value);
        if (json_is_object(value))
            damage(problem, whole, value);
        json_decref(value);
    }
}

BM_LOOP_TEST(missing_and_odd_figures_are_survived, BM_PROBLEM_TYPES)
{
    bm_problem_t *problem = bm_problem_generate((bm_problem_type_e)_i, BM_DIFFICULTY_HARD, 3, &limits, NULL, g_pool);
    json_t *test = load_test(200, 20, "rate_limited", 5, 150, "valid");

    json_object_set(json_object_get(test, "results"), "faults",
                    parse("{\"aborted\":10,\"timed_out\":2,\"dead\":0,\"recovered\":5}"));
    json_object_set(json_object_get(test, "results"), "endpoints", parse("{\"imbalance\":1.2,\"list\":[]}"));
    json_object_set(json_object_get(test, "results"), "classes", parse("{\"starved\":[\"a\"],\"list\":[]}"));
    json_object_set(json_object_get(test, "results"), "cache", parse("{\"hit_rate\":0.1,\"from\":\"usage\"}"));
    damage(problem, test, test);
    ck_assert(json_is_null(json_object_get(bm_judge(problem, NULL, g_pool), "success")));
    ck_assert(json_is_null(json_object_get(bm_judge(problem, parse("[]"), g_pool), "success")));
}
END_TEST

#include "test_training_judge.reg"
