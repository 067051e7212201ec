/* SPDX-License-Identifier: Apache-2.0
 *
 * search_policy.c: the capacity between a rate that the target keeps up with and one that it does not.
 *
 * Each rate is judged by the problems at that rate alone: with what probability is the capacity above it (stat/ability.h)? Above
 * the confidence it has passed, below what is left of it, it has failed; between it is unclear and repeated as long as may be,
 * `repeats` times at most, and then counts as failed, since what cannot be shown is not claimed (as in loadtest/load_search.c).
 * Rates are doubled until one fails, then halved in between geometrically until they are within the precision. */
#include <math.h>
#include <apr_strings.h>
#include "training/policy_state.h"
#include "training/problem_private.h"

#define GIVE_UP 64.0

static const bm_field_t settings_fields[] = {
    BM_POLICY_CAPACITY_SETTINGS,
    { "precision", BM_TYPE_NUMBER, 0, 0.01, 1, .fallback = "0.1", .doc = "How near the two rates come, as a part of them." },
    { "repeats", BM_TYPE_INT, 0, 0, 100, .fallback = "10", .doc = "How often an unclear rate is repeated." },
    { "max_problems", BM_TYPE_INT, 0, 1, BM_POLICY_PROBLEMS_MAX, .fallback = "120", .doc = "Problems of the session." },
    { NULL }
};

static const bm_field_t state_fields[] = {
    BM_POLICY_STATE_FIELDS(settings_fields),
    { "rate", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 1e-5, 50000, .doc = "Rate of the next problem." },
    { "passed", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 50000, .doc = "Highest rate that passed; 0: none." },
    { "failed", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 50000, .doc = "Lowest rate that failed; 0: none." },
    { "failed_unclear", BM_TYPE_BOOL, BM_FIELD_REQUIRED, .doc = "Whether it only could not be shown." },
    { "repeats", BM_TYPE_INT, BM_FIELD_REQUIRED, 0, BM_POLICY_PROBLEMS_MAX, .doc = "Repeats of this rate so far." },
    { "done", BM_TYPE_BOOL, BM_FIELD_REQUIRED, .doc = "Whether nothing is left to find out." },
    { NULL }
};

static json_t *begin(const json_t *settings, const bm_problem_limits_t *limits, bm_err_t *err, apr_pool_t *p)
{
    json_t *whole = bm_policy_settings(settings, settings_fields, err, p), *state;
    bm_policy_view_t view;

    if (whole == NULL)
        return NULL;
    state = bm_policy_state("search", whole, limits, bm_policy_sends(whole), p);
    view.settings = whole;
    view.max_rate = bm_problem_number(json_object_get(state, "limits"), "max_rate");
    json_object_set_new(state, "rate", json_real(bm_policy_start_rate(&view)));
    json_object_set_new(state, "passed", json_real(0));
    json_object_set_new(state, "failed", json_real(0));
    json_object_set_new(state, "failed_unclear", json_false());
    json_object_set_new(state, "repeats", json_integer(0));
    json_object_set_new(state, "done", json_false());
    return state;
}

static const char *end_of(const bm_policy_view_t *view, const json_t *state, apr_pool_t *p)
{
    int most = (int)bm_problem_number(view->settings, "max_problems");

    if (json_is_true(json_object_get(state, "done")))
        return bm_problem_number(state, "passed") <= 0 ? "No rate passed."
            : bm_problem_number(state, "failed") <= 0 ? "The highest rate that is allowed passed."
            : json_is_true(json_object_get(state, "failed_unclear"))
                ? "The two rates are within the precision; of the upper one it could not be shown that the target keeps up."
                : "The two rates are within the precision.";
    if (view->unclear >= BM_POLICY_UNCLEAR_MAX)
        return "Problems in a row gave no figures that can be believed.";
    if (view->problems >= most)
        return apr_psprintf(p, "The session has had its %d problems.", most);
    return NULL;
}

static apr_status_t next(bm_policy_ask_t *ask, const json_t *state, apr_uint64_t seed, bm_err_t *err, apr_pool_t *p)
{
    double passed = bm_problem_number(state, "passed"), failed = bm_problem_number(state, "failed");
    int repeats = (int)bm_problem_number(state, "repeats");
    bm_policy_view_t view;

    (void)seed;
    if (bm_policy_view(&view, state, "search", state_fields, err, p) != APR_SUCCESS)
        return APR_EINVAL;
    if (end_of(&view, state, p) != NULL)
        return APR_EOF;
    bm_policy_ask_of(ask, view.settings);
    ask->rate = fmin(view.max_rate, bm_problem_number(state, "rate"));
    /* Longer when repeated, as far as it may be: an unclear rate is a close one. */
    ask->seconds = fmin(view.max_seconds, (failed > 0 ? 2 : 1) * view.min_seconds * (1 + repeats));
    if (repeats > 0)
        ask->reason = apr_psprintf(p, "Whether the target keeps up with %.1f/s was not clear: repeat %d.", ask->rate, repeats);
    else if (failed <= 0)
        ask->reason = passed <= 0 ? "The first rate." : apr_psprintf(p, "%.1f/s passed: the double.", passed);
    else
        ask->reason = apr_psprintf(p, "%.1f/s passed and %.1f/s failed: between them.", passed, failed);
    return APR_SUCCESS;
}

/* The rate after a verdict. @return 0: nothing is left to find out. */
static double rate_after(const bm_policy_view_t *view, double passed, double failed)
{
    double precision = bm_problem_number(view->settings, "precision");

    if (failed <= 0)
        return passed >= 0.99 * view->max_rate ? 0 : fmin(2 * passed, view->max_rate);
    if (passed <= 0)
        return failed <= bm_policy_start_rate(view) / GIVE_UP ? 0 : failed / 2;
    return failed / passed <= 1 + precision ? 0 : sqrt(passed * failed);
}

/* Judge the rate that was just tried and set what follows. @return why. */
static const char *advance(json_t *state, const bm_policy_view_t *view, apr_pool_t *p)
{
    double rate = bm_problem_number(state, "rate"), passed = bm_problem_number(state, "passed");
    double failed = bm_problem_number(state, "failed"), confidence = bm_problem_number(view->settings, "confidence");
    int repeats = (int)bm_problem_number(state, "repeats"), unclear;
    double low, high, above, after;
    const char *verdict;

    bm_policy_range(&low, &high, view);
    rate = fmin(rate, view->max_rate);
    above = bm_ability_above(bm_evidence_weigh(view->evidence, view->count, low, high, rate, p), rate);
    unclear = above < confidence && above > 1 - confidence;
    if (unclear && repeats < (int)bm_problem_number(view->settings, "repeats")) {
        json_object_set_new(state, "repeats", json_integer(repeats + 1));
        return apr_psprintf(p, "The target keeps up with %.1f/s with probability %.3f: not clear yet.", rate, above);
    }
    if (above >= confidence)
        passed = rate;
    else {
        failed = rate;
        json_object_set_new(state, "failed_unclear", json_boolean(unclear));
    }
    verdict = unclear ? "could not be shown and counts as failed" : above >= confidence ? "passed" : "failed";
    after = rate_after(view, passed, failed);
    json_object_set_new(state, "repeats", json_integer(0));
    json_object_set_new(state, "passed", json_real(passed));
    json_object_set_new(state, "failed", json_real(failed));
    if (after > 0)
        json_object_set_new(state, "rate", json_real(after));
    else
        json_object_set_new(state, "done", json_true());
    return apr_psprintf(p, "The target keeps up with %.1f/s with probability %.3f: it %s.", rate, above, verdict);
}

static json_t *learn(json_t **move, const json_t *state, const bm_problem_t *problem, const json_t *judgement,
                     const json_t *response, bm_err_t *err, apr_pool_t *p)
{
    bm_policy_view_t view;
    json_t *next_state;
    const char *why;

    if (bm_policy_view(&view, state, "search", state_fields, err, p) != APR_SUCCESS)
        return NULL;
    next_state = bm_policy_learnt(state, problem, response, p);
    if (bm_policy_view(&view, next_state, "search", state_fields, err, p) != APR_SUCCESS)
        return NULL;
    if (view.count == 0 || view.evidence[view.count - 1].kind == BM_EVIDENCE_NONE)
        why = bm_policy_no_figures(judgement, p);
    else
        why = advance(next_state, &view, p);
    *move = bm_policy_move_rate(next_state, bm_problem_number(problem->parameters, "rate"),
                                end_of(&view, next_state, p) != NULL ? 0 : bm_problem_number(next_state, "rate"), why, p);
    return next_state;
}

static json_t *conclude(const json_t *state, apr_pool_t *p)
{
    double passed, failed, confidence, estimate, low, high;
    const char *end, *words;
    bm_ability_t *all;
    bm_policy_view_t view;

    if (bm_policy_view(&view, state, "search", state_fields, NULL, p) != APR_SUCCESS)
        return bm_policy_damaged(p);
    passed = bm_problem_number(state, "passed");
    failed = bm_problem_number(state, "failed");
    confidence = bm_problem_number(view.settings, "confidence");
    end = end_of(&view, state, p);
    if (end == NULL)
        end = "The session was not over.";
    if (passed <= 0 && failed <= 0)
        return bm_policy_conclusion(state, NULL, NULL, apr_pstrcat(p, "Nothing is known of the capacity. ", end, NULL), p);
    if (failed <= 0)
        words = apr_psprintf(p, "The target takes %.1f requests a second or more. %s", passed, end);
    else if (passed <= 0)
        words = apr_psprintf(p, "The target takes less than %.3f requests a second. %s", failed, end);
    else
        words = apr_psprintf(p, "The target keeps up with %.1f requests a second and does not with %.1f, each with %.1f %%"
                             " confidence. %s", passed, failed, 100 * confidence, end);
    /* A verdict may be wrong: what all problems say together has its place in the interval, and between the
     * two rates it is the estimate. */
    bm_policy_range(&low, &high, &view);
    all = bm_evidence_weigh(view.evidence, view.count, low, high, 0, p);
    estimate = passed > 0 && failed > 0 ? fmin(failed, fmax(passed, bm_ability_quantile(all, 0.5))) : 0;
    low = passed > 0 ? fmin(passed, bm_ability_quantile(all, (1 - confidence) / 2)) : 0;
    high = failed > 0 ? fmax(failed, bm_ability_quantile(all, (1 + confidence) / 2)) : 0;
    return bm_policy_conclusion(state, bm_policy_capacity(estimate, low, high, confidence), NULL, words, p);
}

const bm_policy_t bm_policy_search = { "search", settings_fields, begin, next, learn, conclude };
