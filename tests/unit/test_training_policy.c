/* SPDX-License-Identifier: Apache-2.0
 *
 * test_training_policy.c: whether the policies find a capacity that is known, in how many requests, and whether their intervals
 * hold it as often as they say; and that no stored state can hurt them. Targets are queues (queue_target.h) of 20 to 100 requests
 * a second, 1 to 8 servers, services fixed to exponential; problems last 1 to 5 s. Every state is written and read between
 * steps. */
#include "unit.h"

#include <stdio.h>
#include "queue_target.h"
#include "training/evidence.h"

enum { SESSIONS = 20 };

static const bm_problem_limits_t limits = QUEUE_TARGET_LIMITS;

static const char *const names[] = { "ladder", "search", "ability" };

static const char *const one_type = "{\"types\":[\"load_balancing\"]}";

static json_t *parse(const char *text)
{
    json_t *j = NULL;

    ck_assert_msg(bm_json_parse(&j, text, strlen(text), NULL, g_pool) == APR_SUCCESS, "%s", text);
    return j;
}

typedef struct outcome_t {
    int near, held, problems;
    double requests;
} outcome_t;

/* Sessions of seeds 0 to SESSIONS - 1. limit, failure: of all targets. lag: of our client, in latencies without a queue. */
static outcome_t run_late(const char *policy, const char *settings, int limit, double failure, double lag)
{
    outcome_t o = { 0, 0, 0, 0 };
    int seed;

    for (seed = 0; seed < SESSIONS; seed++) {
        queue_target_t t = queue_target_of(seed);
        const json_t *conclusion, *capacity;
        double estimate, low, high;
        apr_pool_t *p;
        int problems;

        t.limit = limit;
        t.failure = failure;
        t.lag_s = lag * (t.servers / t.capacity + t.extra_s);
        apr_pool_create(&p, g_pool);
        conclusion = queue_target_session(&t, policy, settings, &limits, (apr_uint64_t)seed + 7, &problems, p);
        capacity = json_object_get(conclusion, "capacity");
        estimate = json_number_value(json_object_get(capacity, "estimate"));
        low = json_number_value(json_object_get(capacity, "low"));
        high = json_number_value(json_object_get(capacity, "high"));
        o.near += fabs(estimate / t.capacity - 1) <= 0.1;
        o.held += low <= t.capacity && t.capacity <= high;
        o.problems += problems;
        o.requests += t.requests;
        apr_pool_destroy(p);
    }
    fprintf(stderr, "%s: %d of %d within 10 %%, %d in their intervals, %.1f problems, %.0f requests\n", policy, o.near, SESSIONS,
            o.held, (double)o.problems / SESSIONS, o.requests / SESSIONS);
    return o;
}

static outcome_t run(const char *policy, const char *settings, int limit, double failure)
{
    return run_late(policy, settings, limit, failure, 0);
}

BM_TEST(search_finds_the_capacity)
{
    outcome_t o = run("search", NULL, 0, 0);

    ck_assert_int_ge(o.near, 18);
    ck_assert_int_ge(o.held, 17);
}
END_TEST

BM_TEST(ability_finds_it_in_a_fifth_of_the_ladders_requests)
{
    outcome_t o = run("ability", NULL, 0, 0), ladder = run("ladder", one_type, 0, 0);

    ck_assert_int_ge(o.near, 18);
    ck_assert_int_ge(o.held, 17);
    ck_assert_msg(o.requests <= ladder.requests / 5, "%.0f and %.0f requests", o.requests, ladder.requests);
}
END_TEST

BM_TEST(ability_finds_it_where_load_is_refused_and_where_some_requests_always_fail)
{
    ck_assert_int_ge(run("ability", NULL, 20, 0).near, 17);
    ck_assert_int_ge(run("ability", NULL, 0, 0.03).near, 17);
}
END_TEST

/* No load test of these is valid, and yet they tell. */
BM_TEST(ability_finds_it_with_a_client_that_is_a_little_late)
{
    outcome_t o = run_late("ability", NULL, 0, 0, 0.05);

    ck_assert_int_ge(o.near, 18);
    ck_assert_int_ge(o.held, 17);
}
END_TEST

/* Intervals of many sessions hold the truth about as often as they say: 95 %. */
BM_TEST(intervals_of_ability_are_honest)
{
    int held = 0, seed, problems;

    for (seed = 100; seed < 200; seed++) {
        queue_target_t t = queue_target_of(seed);
        const json_t *capacity;
        apr_pool_t *p;

        apr_pool_create(&p, g_pool);
        capacity = json_object_get(queue_target_session(&t, "ability", NULL, &limits, (apr_uint64_t)seed, &problems, p),
                                   "capacity");
        held += json_number_value(json_object_get(capacity, "low")) <= t.capacity
            && t.capacity <= json_number_value(json_object_get(capacity, "high"));
        apr_pool_destroy(p);
    }
    fprintf(stderr, "ability: %d of 100 in their intervals\n", held);
    ck_assert_int_ge(held, 90);
}
END_TEST

/* --- ends */

BM_LOOP_TEST(a_target_beyond_the_limits_is_said_to_be_so, 2)
{
    queue_target_t t = queue_target_of(1);
    const json_t *capacity;
    int problems;

    t.capacity = 1000;
    capacity = json_object_get(queue_target_session(&t, names[1 + _i], NULL, &limits, 5, &problems, g_pool), "capacity");
    ck_assert(json_is_null(json_object_get(capacity, "estimate")));
    ck_assert(json_is_null(json_object_get(capacity, "high")));
    ck_assert_double_ge(json_number_value(json_object_get(capacity, "low")), 180);
}
END_TEST

BM_LOOP_TEST(a_target_that_is_down_ends_the_session, 3)
{
    queue_target_t t = queue_target_of(1);
    const json_t *conclusion, *capacity;
    int problems;

    t.failure = 2;
    conclusion = queue_target_session(&t, names[_i], _i == 0 ? one_type : NULL, &limits, 5, &problems, g_pool);
    capacity = json_object_get(conclusion, "capacity");
    ck_assert_int_le(problems, 40);
    ck_assert(!json_is_number(json_object_get(capacity, "estimate")) && !json_is_number(json_object_get(capacity, "low")));
    ck_assert_uint_gt(strlen(json_string_value(json_object_get(conclusion, "sentence"))), 10);
}
END_TEST

BM_LOOP_TEST(problems_without_figures_end_the_session, 3)
{
    const bm_policy_t *policy = bm_policy_find(names[_i]);
    json_t *state = policy->begin(NULL, &limits, NULL, g_pool), *move;
    bm_policy_ask_t ask;
    int n = 0;

    while (policy->next(&ask, state, (apr_uint64_t)n, NULL, g_pool) == APR_SUCCESS) {
        bm_problem_t *problem = bm_problem_generate(ask.type, ask.difficulty, 1, &limits, NULL, g_pool);

        state = policy->learn(&move, state, problem, bm_judge(problem, NULL, g_pool), NULL, NULL, g_pool);
        ck_assert_ptr_nonnull(state);
        n++;
    }
    ck_assert_int_eq(n, BM_POLICY_UNCLEAR_MAX);
    ck_assert_int_eq(bm_policy_unclear(state), BM_POLICY_UNCLEAR_MAX);
    ck_assert(json_is_null(json_object_get(policy->conclude(state, g_pool), "capacity")));
}
END_TEST

/* A load test that is not valid is no evidence, if it does not say how late the client was; one that only our ceiling held back
 * is, but not if the client was late, too. No policy learns from what is no evidence, and its move says why. */
static const struct {
    const char *reason, *and, *kind;
} not_valid[] = {
    { "The client sent late: p99 1.2 ms behind the plan.", NULL, "none" },
    { "The client saw answers late.", NULL, "none" },
    { "The ceiling of 5 requests under way held back sends.", NULL, "held" },
    { "The ceiling of 5 requests under way held back sends.", "Only 5 of 9 planned requests were sent.", "held" },
    { "The ceiling of 5 requests under way held back sends.", "The client saw answers late.", "none" },
    { "Only 5 of 9 planned requests were sent.", NULL, "none" },
};

BM_LOOP_TEST(what_is_not_valid_is_no_evidence, BM_COUNT(not_valid))
{
    bm_problem_t *problem = bm_problem_generate(BM_PROBLEM_LOAD_BALANCING, BM_DIFFICULTY_EASY, 1, &limits, NULL, g_pool);
    json_t *response, *reasons = json_pack("[s]", not_valid[_i].reason), *move, *judgement, *state;
    queue_target_t target = queue_target_of(3);
    size_t i;

    problem = bm_problem_at_rate(problem, 10, 2, &limits, g_pool);
    response = queue_target_ask(&target, problem, g_pool);
    if (not_valid[_i].and != NULL)
        json_array_append_new(reasons, json_string(not_valid[_i].and));
    json_object_set_new(response, "validity", json_pack("{s:s,s:o}", "status", "invalid", "reasons", reasons));
    judgement = bm_judge(problem, response, g_pool);
    for (i = 0; i < 3; i++) {
        const bm_policy_t *policy = bm_policy_find(names[i]);

        state = policy->begin(i == 0 ? parse(one_type) : NULL, &limits, NULL, g_pool);
        state = policy->learn(&move, state, problem, judgement, response, NULL, g_pool);
        ck_assert_ptr_nonnull(state);
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(json_object_get(state, "evidence"), 0), "kind")),
                         not_valid[_i].kind);
        if (strcmp(not_valid[_i].kind, "none") == 0) {
            ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(move, "why")), not_valid[_i].reason));
            ck_assert(json_is_null(json_object_get(judgement, "success")));
            ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(judgement, "verdict")), not_valid[_i].reason));
        }
    }
}
END_TEST

/* A client that was late by little beside the mean latency (it is about 100 ms here) and the time between requests (100 ms)
 * leaves a problem unjudged, and its capacity to be told, with a wider error. Lags in ms: of sends, of what was seen. */
static const struct {
    double sent_mean, sent_p99, seen_mean, seen_p99;
    const char *kind;
} lags[] = {
    { 1, 4, 0.5, 2, "wait" },
    { 6, 50, 3, 50, "wait" },
    { 9, 50, 9, 50, "none" },              /* together too much of a mean */
    { 1, 400, 0, 0, "none" },              /* requests came in lumps */
    { 0, 0, 1, 400, "none" },
};

BM_LOOP_TEST(a_client_that_was_a_little_late_still_tells_a_capacity, BM_COUNT(lags))
{
    static const char *const sentence = "The client sent late: p99 4 ms behind the plan, the limit is 1 ms.";
    bm_problem_t *problem = bm_problem_generate(BM_PROBLEM_LOAD_BALANCING, BM_DIFFICULTY_EASY, 1, &limits, NULL, g_pool);
    int is_told = strcmp(lags[_i].kind, "wait") == 0, i;
    json_t *response, *results, *move, *judgement, *state, *evidence;
    queue_target_t target = queue_target_of(3);

    target.extra_s = 0.1;
    problem = bm_problem_at_rate(problem, 10, 2, &limits, g_pool);
    response = queue_target_ask(&target, problem, g_pool);
    results = json_object_get(response, "results");
    json_object_set_new(results, "send_lag", json_pack("{s:f,s:f}", "mean", lags[_i].sent_mean, "p99", lags[_i].sent_p99));
    json_object_set_new(results, "client_lag", json_pack("{s:f,s:f}", "mean_us", 1000 * lags[_i].seen_mean, "p99_us",
                                                         1000 * lags[_i].seen_p99));
    json_object_set_new(response, "validity", json_pack("{s:s,s:[s]}", "status", "invalid", "reasons", sentence));
    judgement = bm_judge(problem, response, g_pool);
    ck_assert(json_is_null(json_object_get(judgement, "success")));
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(judgement, "verdict")), sentence));
    ck_assert_int_eq(strstr(json_string_value(json_object_get(judgement, "verdict")), "a capacity can still be told") != NULL,
                     is_told);
    for (i = 0; i < 3; i++) {
        state = bm_policy_find(names[i])->begin(i == 0 ? parse(one_type) : NULL, &limits, NULL, g_pool);
        state = bm_policy_find(names[i])->learn(&move, state, problem, judgement, response, NULL, g_pool);
        evidence = json_array_get(json_object_get(state, "evidence"), 0);
        ck_assert_str_eq(json_string_value(json_object_get(evidence, "kind")), lags[_i].kind);
        ck_assert_int_eq(bm_policy_unclear(state), !is_told);
        if (is_told)
            ck_assert_double_eq_tol(json_number_value(json_object_get(evidence, "lag_s")),
                                    (lags[_i].sent_mean + lags[_i].seen_mean) / 1000, 1e-9);
    }
}
END_TEST

/* What is known by waits that may be off is known less well. */
BM_TEST(lag_widens_what_is_known)
{
    bm_evidence_t list[] = { { BM_EVIDENCE_WAIT, 5, 5, 25, 25, 25, 0.05, 0.01, 0.06, 0, 1 },
                             { BM_EVIDENCE_WAIT, 45, 5, 225, 225, 200, 0.09, 0.02, 0.2, 0, 1 } };
    double sure = bm_ability_error(bm_evidence_weigh(list, 2, 1, 400, 0, g_pool)), wait = bm_evidence_wait_error(list, 2, 100);

    list[0].lag_s = list[1].lag_s = 0.02;
    ck_assert_double_gt(bm_ability_error(bm_evidence_weigh(list, 2, 1, 400, 0, g_pool)), sure);
    ck_assert_double_gt(bm_evidence_wait_error(list, 2, 100), wait);
}
END_TEST

BM_TEST(the_ladder_goes_up_and_down_by_the_success_rate)
{
    static const struct {
        double rate;
        const char *to;
    } steps[] = { { 0.96, "medium" }, { 0.95, "medium" }, { 0.99, "hard" }, { 1, "extreme" }, { 1, "extreme" },
                  { 0.69, "hard" }, { 0.7, "hard" }, { 0.1, "medium" }, { 0, "easy" }, { 0, "easy" } };
    const bm_policy_t *policy = bm_policy_find("ladder");
    json_t *state = policy->begin(parse("{\"patience\":3,\"max_problems\":50}"), &limits, NULL, g_pool), *move;
    bm_policy_ask_t ask;
    size_t i;

    for (i = 0; i < BM_COUNT(steps); i++) {
        bm_problem_t *problem;

        ck_assert_int_eq(policy->next(&ask, state, i, NULL, g_pool), APR_SUCCESS);
        problem = bm_problem_generate(ask.type, ask.difficulty, i, &limits, NULL, g_pool);
        state = policy->learn(&move, state, problem, bm_json_adopt(json_pack("{s:f}", "success_rate", steps[i].rate), g_pool),
                              NULL, NULL, g_pool);
        ck_assert_str_eq(json_string_value(json_object_get(move, "to")), steps[i].to);
    }
    for (i = 0; i < 2; i++)
        state = policy->learn(&move, state, bm_problem_generate(0, 0, 1, &limits, NULL, g_pool), parse("{\"success_rate\":0}"),
                              NULL, NULL, g_pool);
    ck_assert_int_eq(policy->next(&ask, state, 1, NULL, g_pool), APR_EOF);
    ck_assert_str_eq(json_string_value(json_object_get(policy->conclude(state, g_pool), "difficulty")), "easy");
}
END_TEST

BM_LOOP_TEST(wrong_settings_are_told_with_their_place, 3)
{
    static const char *const wrong[] = { "{\"patience\":0}", "{\"precision\":7}", "{\"type\":\"concurrent_requests\"}" };
    bm_err_t *err = bm_err_make(g_pool);

    ck_assert_ptr_null(bm_policy_find(names[_i])->begin(parse(wrong[_i]), &limits, err, g_pool));
    ck_assert_int_eq(err->violations->nelts, 1);
    ck_assert_int_eq(strncmp(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, "/settings/", 10), 0);
}
END_TEST

/* --- damage */

/* A state as it is in the middle of a session. */
static json_t *state_of(const bm_policy_t *policy, const json_t *settings, bm_problem_t **problem, json_t **response)
{
    queue_target_t t = queue_target_of(3);
    json_t *state = policy->begin(settings, &limits, NULL, g_pool), *move;
    bm_policy_ask_t ask;
    int n;

    for (n = 0; n < 6 && policy->next(&ask, state, (apr_uint64_t)n, NULL, g_pool) == APR_SUCCESS; n++) {
        *problem = bm_problem_generate(ask.type, ask.difficulty, (apr_uint64_t)n, &limits, NULL, g_pool);
        if (ask.rate > 0)
            *problem = bm_problem_at_rate(*problem, ask.rate, ask.seconds, &limits, g_pool);
        *response = queue_target_ask(&t, *problem, g_pool);
        state = policy->learn(&move, state, *problem, bm_judge(*problem, *response, g_pool), *response, NULL, g_pool);
    }
    return state;
}

typedef struct scene_t {
    const bm_policy_t *policy;
    bm_problem_t *problem;
    json_t *response, *state;
    int refused;
} scene_t;

/* Whatever the state: an answer or an error, and a conclusion that is an object. */
static void check_survives(scene_t *s)
{
    bm_policy_ask_t ask;
    apr_pool_t *p;
    json_t *move = NULL, *after;
    apr_status_t rv;

    apr_pool_create(&p, g_pool);
    rv = s->policy->next(&ask, s->state, 3, bm_err_make(p), p);
    after = s->policy->learn(&move, s->state, s->problem, bm_judge(s->problem, s->response, p), s->response, NULL, p);
    ck_assert_msg((rv == APR_EINVAL) == (after == NULL), "%s", bm_json_dump(NULL, s->state, p));
    ck_assert(rv == APR_SUCCESS || rv == APR_EOF || rv == APR_EINVAL);
    if (rv == APR_SUCCESS)
        ck_assert(ask.rate >= 0 && ask.rate <= 50000 && ask.seconds >= 0 && ask.seconds <= 86400);
    ck_assert_uint_eq(json_object_size(s->policy->conclude(s->state, p)), 5);
    s->refused += rv == APR_EINVAL;
    apr_pool_destroy(p);
}

static void damage(scene_t *s, json_t *at);

static void damage_member(scene_t *s, json_t *at, const char *name, size_t place)
{
    static const char *const odd[] = { "null", "true", "-1", "0", "0.5", "1e300", "1e-300", "99", "\"x\"", "[]", "{}", "[[]]" };
    json_t *value = json_incref(name != NULL ? json_object_get(at, name) : json_array_get(at, place));
    size_t i;

    for (i = 0; i < BM_COUNT(odd); i++) {
        if (name != NULL)
            json_object_set(at, name, parse(odd[i]));
        else
            json_array_set(at, place, parse(odd[i]));
        check_survives(s);
    }
    if (name != NULL) {
        json_object_del(at, name);
        check_survives(s);
        json_object_set(at, name, value);
    } else
        json_array_set(at, place, value);
    damage(s, value);
    json_decref(value);
}

static void damage(scene_t *s, json_t *at)
{
    apr_array_header_t *members = apr_array_make(g_pool, 8, sizeof(const char *));
    const char *name;
    json_t *value;
    size_t i;

    json_object_foreach(at, name, value)
        APR_ARRAY_PUSH(members, const char *) = apr_pstrdup(g_pool, name);
    for (i = 0; i < (size_t)members->nelts; i++)
        damage_member(s, at, APR_ARRAY_IDX(members, i, const char *), 0);
    for (i = 0; i < json_array_size(at) && i < 2; i++)
        damage_member(s, at, NULL, i);
}

BM_LOOP_TEST(a_damaged_state_is_refused_or_survived, 3)
{
    scene_t s = { bm_policy_find(names[_i]), NULL, NULL, NULL, 0 };

    s.state = state_of(s.policy, _i == 0 ? parse(one_type) : NULL, &s.problem, &s.response);
    s.state = bm_json_adopt(json_deep_copy(s.state), g_pool);
    check_survives(&s);
    ck_assert_int_eq(s.refused, 0);
    damage(&s, s.state);
    ck_assert_int_gt(s.refused, 100);
    s.state = NULL;
    check_survives(&s);
    s.state = parse("[]");
    check_survives(&s);
}
END_TEST

/* What one policy stored is not another's. */
BM_LOOP_TEST(the_state_of_another_policy_is_refused, 3)
{
    const bm_policy_t *policy = bm_policy_find(names[_i]), *other = bm_policy_find(names[(_i + 1) % 3]);
    bm_policy_ask_t ask;

    ck_assert_int_eq(policy->next(&ask, other->begin(NULL, &limits, NULL, g_pool), 1, NULL, g_pool), APR_EINVAL);
    ck_assert_ptr_null(bm_policy_find("riddle"));
    ck_assert_ptr_null(bm_policy_find(NULL));
}
END_TEST

/* The same state and seed ask alike, and learning does not change its arguments. */
BM_LOOP_TEST(steps_can_be_repeated, 3)
{
    const bm_policy_t *policy = bm_policy_find(names[_i]);
    bm_problem_t *problem = NULL;
    json_t *response = NULL, *state, *before, *move, *a, *b;
    bm_policy_ask_t x, y;

    state = state_of(policy, _i == 0 ? parse(one_type) : NULL, &problem, &response);
    before = bm_json_adopt(json_deep_copy(state), g_pool);
    a = policy->learn(&move, state, problem, bm_judge(problem, response, g_pool), response, NULL, g_pool);
    b = policy->learn(&move, state, problem, bm_judge(problem, response, g_pool), response, NULL, g_pool);
    ck_assert(json_equal(state, before));
    ck_assert(json_equal(a, b));
    if (policy->next(&x, state, 9, NULL, g_pool) == APR_SUCCESS) {
        ck_assert_int_eq(policy->next(&y, state, 9, NULL, g_pool), APR_SUCCESS);
        ck_assert(x.type == y.type && x.difficulty == y.difficulty);
        ck_assert_double_eq(x.rate, y.rate);
        ck_assert_double_eq(x.seconds, y.seconds);
    }
}
END_TEST

#include "test_training_policy.reg"
