/* SPDX-License-Identifier: Apache-2.0
 *
 * ability_policy.c: each problem at the rate at which a request tells most about the capacity (stat/ability.h), until the
 * standard error is small enough. */
#include <math.h>
#include <apr_strings.h>
#include "training/policy_state.h"
#include "training/problem_private.h"

/* No step beyond so many times the highest rate tried: what may break a target is approached. */
#define STRIDE_MAX 2.5

/* Until theta is known to so much, problems are as short as they may be. */
#define EXPLORED 0.3

/* A problem lasts so many latencies at least, if it may: then its ends count for little. */
#define LATENCIES 10.0

/* A fourth of the start rate, three times, before a target that does not answer is given up. */
#define GIVE_UP 64.0

enum { LEAST_PROBLEMS = 3 };

static const bm_field_t settings_fields[] = {
    BM_POLICY_CAPACITY_SETTINGS,
    { "precision", BM_TYPE_NUMBER, 0, 0.005, 0.5, .fallback = "0.05", .doc = "Standard error, as a part of the capacity." },
    { "max_problems", BM_TYPE_INT, 0, 1, BM_POLICY_PROBLEMS_MAX, .fallback = "60", .doc = "Problems of the session." },
    { NULL }
};

static const bm_field_t state_fields[] = { BM_POLICY_STATE_FIELDS(settings_fields), { NULL } };

/* What comes next. */
typedef struct step_t {
    int done;
    double rate, seconds;
    const char *why;
    bm_ability_t *ability;            /* NULL: no evidence yet */
} step_t;

static json_t *begin(const json_t *settings, const bm_problem_limits_t *limits, bm_err_t *err, apr_pool_t *p)
{
    json_t *whole = bm_policy_settings(settings, settings_fields, err, p);

    return whole != NULL ? bm_policy_state("ability", whole, limits, bm_policy_sends(whole), p) : NULL;
}

static double highest_rate(const bm_policy_view_t *view)
{
    double highest = 0;
    int i;

    for (i = 0; i < view->count; i++)
        if (view->evidence[i].kind != BM_EVIDENCE_NONE)
            highest = fmax(highest, view->evidence[i].rate);
    return highest;
}

static int with_figures(const bm_policy_view_t *view)
{
    int i, n = 0;

    for (i = 0; i < view->count; i++)
        n += view->evidence[i].kind != BM_EVIDENCE_NONE;
    return n;
}

static void end(step_t *step, const char *why)
{
    step->done = 1;
    step->why = why;
}

/* The most informative rate, and as many requests as the precision still needs. */
static void choose(step_t *step, const bm_policy_view_t *view, apr_pool_t *p)
{
    double error = bm_ability_error(step->ability), precision = bm_problem_number(view->settings, "precision");
    double most = fmin(view->max_rate, STRIDE_MAX * highest_rate(view));
    double least = fmin(most, fmax(bm_policy_start_rate(view), bm_ability_quantile(step->ability, 0.05) / 2));
    double base = bm_evidence_base(view->evidence, view->count), information = 0, needed, shortest, n;

    shortest = fmin(view->max_seconds, fmax(view->min_seconds, LATENCIES * base));
    n = fmax(20, bm_ability_quantile(step->ability, 0.5) * shortest);
    step->rate = bm_ability_next_rate(step->ability, least, most, n, bm_evidence_wait_error(view->evidence, view->count, n), base,
                                      &information);
    needed = information > 0 ? (1 / (precision * precision) - 1 / (error * error)) / information : 0;
    step->seconds = error > EXPLORED ? shortest : fmin(view->max_seconds, fmax(shortest, needed / step->rate));
    step->why = apr_psprintf(p, "The capacity is known to %.1f %%, about %.1f/s: a request tells most at %.1f/s.", 100 * error,
                             bm_ability_quantile(step->ability, 0.5), step->rate);
}

static void decide(step_t *step, const bm_policy_view_t *view, apr_pool_t *p)
{
    double precision = bm_problem_number(view->settings, "precision");
    double confidence = bm_problem_number(view->settings, "confidence");
    const bm_evidence_t *lowest = bm_evidence_lowest(view->evidence, view->count);
    int most = (int)bm_problem_number(view->settings, "max_problems"), n = with_figures(view);
    double low, high;

    step->done = 0;
    step->ability = NULL;
    step->seconds = view->min_seconds;
    if (lowest != NULL) {
        bm_policy_range(&low, &high, view);
        step->ability = bm_evidence_weigh(view->evidence, view->count, low, high, 0, p);
    }
    if (view->unclear >= BM_POLICY_UNCLEAR_MAX)
        end(step, "Problems in a row gave no figures that can be believed.");
    else if (view->problems >= most)
        end(step, apr_psprintf(p, "The session has had its %d problems.", most));
    else if (lowest == NULL) {
        step->rate = bm_policy_start_rate(view);
        step->why = "The first problem is a light one: its latency is what waits are counted from.";
    } else if (bm_evidence_lost(lowest) > 0.5 && lowest->rate <= bm_policy_start_rate(view) / GIVE_UP * 1.01)
        end(step, apr_psprintf(p, "The target does not answer most requests even at %.3f/s.", lowest->rate));
    else if (bm_evidence_lost(lowest) > 0.5) {
        step->rate = lowest->rate / 4;
        step->why = apr_psprintf(p, "Most requests failed at %.1f/s: a much lower rate is tried.", lowest->rate);
    } else if (highest_rate(view) >= 0.98 * view->max_rate && bm_ability_above(step->ability, view->max_rate) > confidence)
        end(step, "The highest rate that is allowed does not overload the target.");
    else if (n >= LEAST_PROBLEMS && bm_ability_error(step->ability) <= precision)
        end(step, apr_psprintf(p, "The capacity is known to %.1f %%.", 100 * bm_ability_error(step->ability)));
    else
        choose(step, view, p);
}

static apr_status_t next(bm_policy_ask_t *ask, const json_t *state, apr_uint64_t seed, bm_err_t *err, apr_pool_t *p)
{
    bm_policy_view_t view;
    step_t step;

    (void)seed;
    if (bm_policy_view(&view, state, "ability", state_fields, err, p) != APR_SUCCESS)
        return APR_EINVAL;
    decide(&step, &view, p);
    if (step.done)
        return APR_EOF;
    bm_policy_ask_of(ask, view.settings);
    ask->rate = step.rate;
    ask->seconds = step.seconds;
    ask->reason = step.why;
    return APR_SUCCESS;
}

static json_t *learn(json_t **move, const json_t *state, const bm_problem_t *problem, const json_t *judgement,
                     const json_t *response, bm_err_t *err, apr_pool_t *p)
{
    bm_policy_view_t view;
    json_t *next_state;
    step_t step;

    if (bm_policy_view(&view, state, "ability", state_fields, err, p) != APR_SUCCESS)
        return NULL;
    next_state = bm_policy_learnt(state, problem, response, p);
    if (bm_policy_view(&view, next_state, "ability", state_fields, err, p) != APR_SUCCESS)
        return NULL;
    decide(&step, &view, p);
    if (view.count > 0 && view.evidence[view.count - 1].kind == BM_EVIDENCE_NONE)
        step.why = apr_pstrcat(p, bm_policy_no_figures(judgement, p), " ", step.why, NULL);
    *move = bm_policy_move_rate(next_state, bm_problem_number(problem->parameters, "rate"), step.done ? 0 : step.rate, step.why,
                                p);
    return next_state;
}

static json_t *conclude(const json_t *state, apr_pool_t *p)
{
    double confidence, estimate, low, high;
    bm_policy_view_t view;
    step_t step;

    if (bm_policy_view(&view, state, "ability", state_fields, NULL, p) != APR_SUCCESS)
        return bm_policy_damaged(p);
    confidence = bm_problem_number(view.settings, "confidence");
    decide(&step, &view, p);
    if (step.ability == NULL || bm_evidence_base(view.evidence, view.count) <= 0)
        return bm_policy_conclusion(state, NULL, NULL, apr_pstrcat(p, "Nothing is known of the capacity. ",
                                                                   step.done ? step.why : "", NULL), p);
    if (bm_ability_above(step.ability, view.max_rate) > confidence)
        return bm_policy_conclusion(state, bm_policy_capacity(0, view.max_rate, 0, confidence), NULL,
                                    apr_psprintf(p, "The target takes %.1f requests a second or more, with %.1f %% confidence:"
                                                 " no higher rate is allowed.", view.max_rate, 100 * confidence), p);
    estimate = bm_ability_quantile(step.ability, 0.5);
    low = bm_ability_quantile(step.ability, (1 - confidence) / 2);
    high = bm_ability_quantile(step.ability, (1 + confidence) / 2);
    return bm_policy_conclusion(state, bm_policy_capacity(estimate, low, high, confidence), NULL,
                                apr_psprintf(p, "The target takes %.1f requests a second, between %.1f and %.1f with %.1f %%"
                                             " confidence. %s", estimate, low, high, 100 * confidence,
                                             step.done ? step.why : "The session was not over."), p);
}

const bm_policy_t bm_policy_ability = { "ability", settings_fields, begin, next, learn, conclude };
