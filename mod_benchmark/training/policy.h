/* SPDX-License-Identifier: Apache-2.0
 *
 * training/policy.h: which problem a target is set next, and what all of them say about it.
 *
 * A policy is a function of its state, which is plain JSON: it can be stored between steps and carried on by another process.
 *
 *     state = policy->begin(settings, ...);
 *     while (policy->next(&ask, state, ...)) {        nothing is changed by next; asked again it answers alike
 *         problem = generate(ask.type, ask.difficulty, ...), bm_problem_at_rate if ask.rate > 0
 *         ... perform, judge ...
 *         state = policy->learn(state, problem, judgement, response, ...);
 *     }
 *     conclude(state)                                 also before the end: budgets always win
 *
 * State that comes back damaged is refused: next and learn then fail with APR_EINVAL and conclude says so.
 * Memory: results are new values in the pool; arguments are not changed. Thread: no state. */
#ifndef BM_TRAINING_POLICY_H
#define BM_TRAINING_POLICY_H

#include "base/rand.h"
#include "training/problem.h"

/** Problems of one session, whatever its settings say. */
enum { BM_POLICY_PROBLEMS_MAX = 1000 };

/** Problems in a row without figures after which a session is of no use. Between them the caller may pause. */
enum { BM_POLICY_UNCLEAR_MAX = 8 };

/** The problem wanted next. */
typedef struct bm_policy_ask_t {
    bm_problem_type_e type;
    bm_difficulty_e difficulty;
    double rate;                  /* requests a second: bm_problem_at_rate; 0: as the difficulty draws it */
    double seconds;               /* likewise; 0: as drawn */
    const char *reason;           /* a sentence */
} bm_policy_ask_t;

typedef struct bm_policy_t {
    const char *name;
    const bm_field_t *settings;   /* table of its settings; all have defaults */

    /** A new state. settings: checked here against the table; NULL: all defaults. @return NULL: err has the violations, with
     *  pointers below "/settings". */
    json_t *(*begin)(const json_t *settings, const bm_problem_limits_t *limits, bm_err_t *err, apr_pool_t *p);

    /** The next problem. seed: for what is drawn here (the type, where several are allowed), so that a repeated step asks alike;
     *  derive it from the session's seed and the problem's number.
     *  @return APR_SUCCESS: *ask is set. APR_EOF: done. APR_EINVAL: damaged state, see err. */
    apr_status_t (*next)(bm_policy_ask_t *ask, const json_t *state, apr_uint64_t seed, bm_err_t *err, apr_pool_t *p);

    /** The state after a problem. judgement: of bm_judge. response: the load test. *move: {"from", "to", "why"}: difficulties
     *  of the ladder, rates (numbers or null) of the others; from and to are alike where it stays. Never NULL on success.
     *  @return NULL: damaged state, see err. */
    json_t *(*learn)(json_t **move, const json_t *state, const bm_problem_t *problem, const json_t *judgement,
                     const json_t *response, bm_err_t *err, apr_pool_t *p);

    /** What is known at this point. Never NULL:
     *  { "capacity": { "estimate" | null, "low" | null, "high" | null, "confidence" | null, "unit": "requests/s" } | null,
     *    "difficulty": name | null, "sentence", "problems": number, "moves": [ the latest 100 ] }
     *  low without high: nothing higher could be tried. No confidence: none is claimed (of the ladder). */
    json_t *(*conclude)(const json_t *state, apr_pool_t *p);
} bm_policy_t;

#define BM_POLICY_VALUES BM_TRAINING_POLICIES

/** How many of the latest problems in a row gave no figures, by a state that a policy has just made. */
int bm_policy_unclear(const json_t *state);

/** The policy of a name; NULL: there is none. */
const bm_policy_t *bm_policy_find(const char *name);

#endif
