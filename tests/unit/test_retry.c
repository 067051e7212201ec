/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "policy/retry.h"

typedef struct case_t {
    const char *provider;
    bm_run_end_e end;
    int transient;
    bm_effect_e effect;
    const char *external_id;
    int attempt, max_attempts;
    apr_int64_t asked_us;
    int again;
    const char *why;
} case_t;

#define F BM_RUN_FAILED
#define S(x) apr_time_from_sec(x)

static const case_t cases[] = {
    { "openai", BM_RUN_COMPLETED, 1, BM_EFFECT_SETTLED, NULL, 1, 3, 0, 0, "completed" },
    { "openai", BM_RUN_CANCELLED, 1, BM_EFFECT_UNKNOWN, NULL, 1, 3, 0, 0, "cancelled" },
    { "openai", F, 0, BM_EFFECT_NONE, NULL, 1, 3, 0, 0, "would fail again" },
    { "openai", F, 1, BM_EFFECT_UNKNOWN, NULL, 1, 3, 0, 1, "may pass" },
    { "openai", F, 1, BM_EFFECT_SETTLED, NULL, 2, 3, 0, 1, "may pass" },
    { "openai", F, 1, BM_EFFECT_UNKNOWN, NULL, 3, 3, 0, 0, "attempts exhausted" },
    { "openai", F, 1, BM_EFFECT_UNKNOWN, NULL, 1, 1, 0, 0, "attempts exhausted" },
    { "openai", F, 1, BM_EFFECT_NONE, NULL, 1, 3, S(30), 1, "target asked to wait" },
    { "openai", F, 1, BM_EFFECT_NONE, NULL, 1, 3, S(901), 0, "target asks to wait too long" },
    { "anthropic", BM_RUN_TIMED_OUT, 1, BM_EFFECT_UNKNOWN, NULL, 1, 2, 0, 1, "may pass" },
    { "http", F, 1, BM_EFFECT_UNKNOWN, NULL, 1, 2, 0, 1, "may pass" },
    { "mock", F, 1, BM_EFFECT_UNKNOWN, NULL, 1, 2, 0, 1, "may pass" },
    { "tinyfish", F, 1, BM_EFFECT_UNKNOWN, NULL, 1, 9, 0, 0, "must not be called twice" },
    { "tinyfish", F, 1, BM_EFFECT_SETTLED, "r-1", 1, 9, 0, 0, "must not be called twice" },
    { "tinyfish", F, 1, BM_EFFECT_UNKNOWN, "r-1", 1, 9, 0, 0, "must not be called twice" },
    { "tinyfish", F, 1, BM_EFFECT_NONE, NULL, 1, 9, 0, 1, "may pass" },
    { "tinyfish", F, 0, BM_EFFECT_NONE, NULL, 1, 9, 0, 0, "would fail again" },
};

BM_LOOP_TEST(only_what_may_pass_and_may_be_repeated_is, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    bm_answer_t answer = { .end = c->end, .transient = c->transient, .effect = c->effect, .external_id = c->external_id,
                           .retry_after_us = c->asked_us };
    bm_retry_t decision;
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    decision = bm_retry_decide(&bm_retry_default, bm_provider_find(c->provider), &answer, c->attempt, c->max_attempts, &r);
    ck_assert_int_eq(decision.again, c->again);
    ck_assert_str_eq(decision.why, c->why);
    if (!c->again)
        ck_assert_int_eq(decision.wait, 0);
    else
        ck_assert(decision.wait >= c->asked_us);
}
END_TEST

static const struct {
    int attempt;
    apr_interval_time_t asked, least, most;
} waits[] = {
    { 1, 0, 0, S(1) }, { 2, 0, 0, S(2) }, { 3, 0, 0, S(4) }, { 6, 0, 0, S(32) }, { 7, 0, 0, S(60) }, { 8, 0, 0, S(60) }, {
      1000000, 0, 0, S(60) },
    { 1, S(5), S(5), S(6) }, { 7, S(300), S(300), S(360) }, { 1, -5, 0, S(1) },
};

/* Full jitter: all of the span is used, and nothing beyond it. */
BM_LOOP_TEST(waits_fill_their_span, BM_COUNT(waits))
{
    apr_interval_time_t least = S(100000), most = -1, sum = 0, span = waits[_i].most - waits[_i].least;
    bm_rand_t r;
    int i;

    bm_rand_seed(&r, 7);
    for (i = 0; i < 4000; i++) {
        apr_interval_time_t wait = bm_retry_wait(&bm_retry_default, waits[_i].attempt, waits[_i].asked, &r);

        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
        sum += wait;
    }
    ck_assert(least >= waits[_i].least && least < waits[_i].least + span / 100);
    ck_assert(most <= waits[_i].most && most > waits[_i].most - span / 100);
    ck_assert_double_eq_tol((double)sum / 4000, (double)(waits[_i].least + span / 2), (double)span * 0.03);
}
END_TEST

/* Where the next attempt would not know the number of the run, it would make another one. */
BM_TEST(a_run_is_looked_up_only_if_its_number_is_kept)
{
    bm_answer_t answer = { .end = F, .transient = 1, .effect = BM_EFFECT_UNKNOWN, .external_id = "r-1" };
    bm_retry_policy_t policy = bm_retry_default;
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    ck_assert(!bm_retry_decide(&policy, bm_provider_find("tinyfish"), &answer, 1, 9, &r).again);
    policy.keeps_number = 1;
    ck_assert(bm_retry_decide(&policy, bm_provider_find("tinyfish"), &answer, 1, 9, &r).again);
    answer.external_id = NULL;
    ck_assert(!bm_retry_decide(&policy, bm_provider_find("tinyfish"), &answer, 1, 9, &r).again);
    ck_assert(!bm_retry_decide(&policy, bm_provider_find("openai"), &answer, 9, 9, &r).again);
}
END_TEST

static const struct {
    const char *code;
    int again;
} classes[] = {
    { "connection_refused", 1 }, { "rate_limited", 1 }, { "unavailable", 0 }, { "server_error", 0 }, { "stall_timeout", 0 },
    { "circuit_open", 0 }, { "unauthorized", 0 },
};

BM_LOOP_TEST(only_the_classes_that_are_named_are_tried_again, BM_COUNT(classes))
{
    json_t *retry = json_pack("{s:i, s:[s,s], s:i, s:i}", "max_attempts", 3, "on", "connection", "rate_limited", "base_ms", 20,
                              "max_ms", 50);
    bm_retry_policy_t policy = bm_retry_policy_of(retry);
    bm_answer_t answer = { .end = F, .transient = 1, .effect = BM_EFFECT_NONE, .error_code = classes[_i].code };
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    ck_assert_int_eq(policy.base, 20000);
    ck_assert_int_eq(policy.cap, 50000);
    ck_assert_int_eq(bm_retry_decide(&policy, bm_provider_find("openai"), &answer, 1, 3, &r).again, classes[_i].again);
    json_decref(retry);
}
END_TEST

#include "test_retry.reg"
