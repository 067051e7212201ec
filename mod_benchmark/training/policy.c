/* SPDX-License-Identifier: Apache-2.0 */
#include "training/policy.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "training/policy_state.h"
#include "training/problem_private.h"

/* Of a problem that looks for a capacity, where the administrator says nothing. */
#define SECONDS_LEAST 2.0
#define SECONDS_MOST 30.0

/* The longest that is drawn, before it is scaled. */
#define SECONDS_DRAWN 300.0

/* A move's sentence has up to 1,000. */
enum { MOVE_WORDS_MAX = 600 };

const bm_field_t bm_policy_limits_fields[] = {
    { "max_rate", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0.001, 50000, .doc = "Most requests a second." },
    { "min_seconds", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 1, 86400, .doc = "Shortest problem." },
    { "max_seconds", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 1, 86400, .doc = "Longest problem." },
    { NULL }
};

const bm_field_t bm_policy_moves_fields[] = {
    { "from", BM_TYPE_ANY, BM_FIELD_REQUIRED | BM_FIELD_NULLABLE, .doc = "Rate or difficulty." },
    { "to", BM_TYPE_ANY, BM_FIELD_REQUIRED | BM_FIELD_NULLABLE, .doc = "Likewise; null: it ended." },
    { "why", BM_TYPE_STRING, BM_FIELD_REQUIRED, 0, 1000, .doc = "A sentence." },
    { NULL }
};

const bm_policy_t *bm_policy_find(const char *name)
{
    static const bm_policy_t *const all[] = { &bm_policy_ladder, &bm_policy_search, &bm_policy_ability };
    size_t i;

    for (i = 0; name != NULL && i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

json_t *bm_policy_settings(const json_t *settings, const bm_field_t *fields, bm_err_t *err, apr_pool_t *p)
{
    json_t *given = settings != NULL ? bm_json_overlay(settings, NULL, p) : bm_json_adopt(json_object(), p);

    if (bm_field_check(settings != NULL ? settings : given, fields, BM_FIELD_CREATE, NULL, "/settings",
                       err != NULL ? err : bm_err_make(p), p) != APR_SUCCESS)
        return NULL;
    return bm_field_complete(given, fields, p);
}

json_t *bm_policy_state(const char *name, json_t *settings, const bm_problem_limits_t *limits, double sends, apr_pool_t *p)
{
    double max_rate = limits->max_rate > 0 ? fmin(BM_POLICY_RATE_MAX, limits->max_rate) : BM_POLICY_RATE_MAX;
    double max_seconds = limits->max_seconds > 0 ? fmax(1, fmin(SECONDS_MOST, limits->max_seconds)) : SECONDS_MOST;
    double min_seconds;

    if (limits->duration_scale > 0)
        max_seconds = fmax(1, fmin(max_seconds, SECONDS_DRAWN * limits->duration_scale));
    min_seconds = fmin(SECONDS_LEAST, max_seconds);
    if (limits->max_requests > 0)
        max_rate = fmin(max_rate, (double)limits->max_requests / min_seconds);
    return bm_json_adopt(json_pack("{s:s,s:O,s:{s:f,s:f,s:f},s:i,s:i,s:[],s:[]}", "policy", name, "settings", settings, "limits",
                                   "max_rate", fmax(0.001, max_rate / sends), "min_seconds", min_seconds, "max_seconds",
                                   max_seconds, "problems", 0, "unclear", 0, "evidence", "moves"), p);
}

apr_status_t bm_policy_view(bm_policy_view_t *view, const json_t *state, const char *name, const bm_field_t *fields,
                            bm_err_t *err, apr_pool_t *p)
{
    const char *policy = json_string_value(json_object_get(state, "policy"));
    const json_t *limits = json_object_get(state, "limits");

    if (bm_field_check(state, fields, BM_FIELD_CREATE, NULL, "", bm_err_make(p), p) != APR_SUCCESS || strcmp(policy, name) != 0
        || bm_problem_number(limits, "min_seconds") > bm_problem_number(limits, "max_seconds"))
        return bm_err_set(err, APR_EINVAL, "damaged_state", "The stored state of the session is damaged.");
    /* Damage may have taken settings away that had defaults. */
    view->settings = bm_field_complete(json_object_get(state, "settings"), bm_field_find(fields, "settings")->members, p);
    view->max_rate = bm_problem_number(limits, "max_rate");
    view->min_seconds = bm_problem_number(limits, "min_seconds");
    view->max_seconds = bm_problem_number(limits, "max_seconds");
    view->problems = (int)bm_problem_number(state, "problems");
    view->unclear = (int)bm_problem_number(state, "unclear");
    view->evidence = bm_evidence_read(&view->count, json_object_get(state, "evidence"), p);
    return APR_SUCCESS;
}

int bm_policy_unclear(const json_t *state)
{
    return (int)bm_problem_number(state, "unclear");
}

json_t *bm_policy_learnt(const json_t *state, const bm_problem_t *problem, const json_t *response, apr_pool_t *p)
{
    json_t *next = bm_json_adopt(json_deep_copy(state), p), *list = json_object_get(next, "evidence");
    int problems = (int)bm_problem_number(state, "problems"), unclear = (int)bm_problem_number(state, "unclear");
    json_t *evidence = bm_evidence_of(problem, response, p);
    int is_clear = strcmp(json_string_value(json_object_get(evidence, "kind")), "none") != 0;

    if (bm_problem_type_has_rate(problem->type) && json_array_size(list) < BM_POLICY_PROBLEMS_MAX)
        json_array_append(list, evidence);
    json_object_set_new(next, "problems", json_integer(problems < BM_POLICY_PROBLEMS_MAX ? problems + 1 : problems));
    json_object_set_new(next, "unclear", json_integer(is_clear ? 0 : unclear < BM_POLICY_PROBLEMS_MAX ? unclear + 1 : unclear));
    return next;
}

json_t *bm_policy_move(json_t *state, json_t *from, json_t *to, const char *why, apr_pool_t *p)
{
    json_t *moves = json_object_get(state, "moves");
    json_t *move = bm_json_adopt(json_pack("{s:o,s:o,s:s}", "from", from, "to", to, "why", why), p);

    while (json_array_size(moves) >= BM_POLICY_MOVES_MAX)
        json_array_remove(moves, 0);
    json_array_append(moves, move);
    return move;
}

const char *bm_policy_no_figures(const json_t *judgement, apr_pool_t *p)
{
    const char *verdict = json_string_value(json_object_get(judgement, "verdict"));

    return apr_psprintf(p, "The problem gave no figures that can be believed. %.*s", MOVE_WORDS_MAX,
                        verdict != NULL ? verdict : "");
}

static json_t *rate_or_null(double rate)
{
    return rate > 0 ? json_real(floor(rate * 1000 + 0.5) / 1000) : json_null();
}

json_t *bm_policy_move_rate(json_t *state, double from, double to, const char *why, apr_pool_t *p)
{
    return bm_policy_move(state, rate_or_null(from), rate_or_null(to), why, p);
}

void bm_policy_ask_of(bm_policy_ask_t *ask, const json_t *settings)
{
    memset(ask, 0, sizeof(*ask));
    (void)bm_problem_type_of(&ask->type, json_string_value(json_object_get(settings, "type")));
    (void)bm_difficulty_of(&ask->difficulty, json_string_value(json_object_get(settings, "difficulty")));
}

double bm_policy_sends(const json_t *settings)
{
    const char *type = json_string_value(json_object_get(settings, "type"));

    return type != NULL && strcmp(type, "fault_tolerance") == 0 ? 9 : 1;        /* 1 + 2 copies, 3 attempts */
}

void bm_policy_range(double *low, double *high, const bm_policy_view_t *view)
{
    const bm_evidence_t *lowest = bm_evidence_lowest(view->evidence, view->count);
    double start = bm_policy_start_rate(view);

    *low = (lowest != NULL ? fmin(start, lowest->rate) : start) / 4;
    *high = fmax(view->max_rate, start) * 2;
}

double bm_policy_start_rate(const bm_policy_view_t *view)
{
    double given = bm_problem_number(view->settings, "start_rate");

    return given > 0 ? fmin(given, view->max_rate) : fmax(fmin(1, view->max_rate), view->max_rate / 16);
}

json_t *bm_policy_capacity(double estimate, double low, double high, double confidence)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:s}", "estimate", rate_or_null(estimate), "low", rate_or_null(low), "high",
                     rate_or_null(high), "confidence", confidence > 0 ? json_real(confidence) : json_null(), "unit",
                     "requests/s");
}

json_t *bm_policy_conclusion(const json_t *state, json_t *capacity, const char *difficulty, const char *sentence, apr_pool_t *p)
{
    json_t *moves = json_object_get(state, "moves");

    return bm_json_adopt(json_pack("{s:o,s:o,s:s,s:I,s:o}", "capacity", capacity != NULL ? capacity : json_null(), "difficulty",
                                   difficulty != NULL ? json_string(difficulty) : json_null(), "sentence", sentence, "problems",
                                   (json_int_t)bm_problem_number(state, "problems"), "moves",
                                   moves != NULL ? json_deep_copy(moves) : json_array()), p);
}

json_t *bm_policy_damaged(apr_pool_t *p)
{
    return bm_policy_conclusion(NULL, NULL, NULL, "The stored state of the session is damaged: nothing can be concluded.", p);
}
