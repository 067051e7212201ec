/* SPDX-License-Identifier: Apache-2.0
 *
 * training/policy_state.h: what the states of all policies have in common; for the files of policies only.
 *
 * { "policy", "settings": complete, "limits": { "max_rate", "min_seconds", "max_seconds" }, "problems": number so far,
 *   "unclear": problems in a row without figures, "evidence": [...], "moves": [ the latest 100 ], and what a policy adds }
 * Thread: no state. */
#ifndef BM_TRAINING_POLICY_STATE_H
#define BM_TRAINING_POLICY_STATE_H

#include "training/evidence.h"
#include "training/policy.h"

enum { BM_POLICY_MOVES_MAX = 100 };

/** The highest rate that a policy asks for. */
#define BM_POLICY_RATE_MAX 50000.0

/** Rows that begin the table of every policy's state. */
extern const bm_field_t bm_policy_limits_fields[];
extern const bm_field_t bm_policy_moves_fields[];

#define BM_POLICY_STATE_FIELDS(settings_fields) \
    { "policy", BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = BM_POLICY_VALUES, .doc = "Name." }, \
    { "settings", BM_TYPE_OBJECT, BM_FIELD_REQUIRED, .members = settings_fields, .doc = "Complete." }, \
    { "limits", BM_TYPE_OBJECT, BM_FIELD_REQUIRED, .members = bm_policy_limits_fields, .doc = "As far as policies need them." }, \
    { "problems", BM_TYPE_INT, BM_FIELD_REQUIRED, 0, BM_POLICY_PROBLEMS_MAX, .doc = "Learnt from." }, \
    { "unclear", BM_TYPE_INT, BM_FIELD_REQUIRED, 0, BM_POLICY_PROBLEMS_MAX, .doc = "Of the latest, those without figures." }, \
    { "evidence", BM_TYPE_ARRAY, BM_FIELD_REQUIRED, 0, BM_POLICY_PROBLEMS_MAX, .members = bm_evidence_fields, \
      .doc = "What they said." }, \
    { "moves", BM_TYPE_ARRAY, BM_FIELD_REQUIRED, 0, BM_POLICY_MOVES_MAX, .members = bm_policy_moves_fields, .doc = "The latest." }

/** Rows that begin the settings of a policy that looks for a capacity. */
#define BM_POLICY_CAPACITY_SETTINGS \
    { "type", BM_TYPE_ENUM, 0, \
      .values = "load_balancing|resource_allocation|fault_tolerance|network_latency|memory_optimization|cache_efficiency", \
      .fallback = "\"load_balancing\"", .doc = "Type of all problems; it has a rate." }, \
    { "difficulty", BM_TYPE_ENUM, 0, .values = BM_DIFFICULTY_VALUES, .fallback = "\"medium\"", .doc = "Of all but the rate." }, \
    { "start_rate", BM_TYPE_NUMBER, BM_FIELD_ABSENT, 0.001, 50000, \
      .doc = "First rate; absent: a sixteenth of the most allowed." }, \
    { "confidence", BM_TYPE_NUMBER, 0, 0.5, 0.999, .fallback = "0.95", .doc = "Of verdicts, and of the interval that is stated." }

/** A checked state, read. */
typedef struct bm_policy_view_t {
    const json_t *settings;
    double max_rate, min_seconds, max_seconds;
    int problems, unclear;
    bm_evidence_t *evidence;
    int count;
} bm_policy_view_t;

/** Settings checked and completed; NULL: err has what is wrong, below /settings. */
json_t *bm_policy_settings(const json_t *settings, const bm_field_t *fields, bm_err_t *err, apr_pool_t *p);

/** A state with the members above, in p. sends: requests that one of a problem's may come to. */
json_t *bm_policy_state(const char *name, json_t *settings, const bm_problem_limits_t *limits, double sends, apr_pool_t *p);

/** Check a state against its policy's table and read it. settings are complete where the table says so.
 *  @return APR_EINVAL: damaged; err says so. */
apr_status_t bm_policy_view(bm_policy_view_t *view, const json_t *state, const char *name, const bm_field_t *fields,
                            bm_err_t *err, apr_pool_t *p);

/** A copy of the state with one problem more, and its evidence if it has a rate. */
json_t *bm_policy_learnt(const json_t *state, const bm_problem_t *problem, const json_t *response, apr_pool_t *p);

/** Append a move to a state of ours, in place. from and to: stolen references. @return the move, in p. */
json_t *bm_policy_move(json_t *state, json_t *from, json_t *to, const char *why, apr_pool_t *p);

/** Why nothing was learnt of a problem without figures, by its judgement: a sentence. */
const char *bm_policy_no_figures(const json_t *judgement, apr_pool_t *p);

/** {"from", "to", "why"} of rates; 0: null. */
json_t *bm_policy_move_rate(json_t *state, double from, double to, const char *why, apr_pool_t *p);

/** The type and difficulty in settings `type` and `difficulty`. */
void bm_policy_ask_of(bm_policy_ask_t *ask, const json_t *settings);

/** Requests that one of this type's may come to, as draws have it at most. */
double bm_policy_sends(const json_t *settings);

/** Range of capacities that a session can tell. */
void bm_policy_range(double *low, double *high, const bm_policy_view_t *view);

/** The first rate: `start_rate` of the settings, else a sixteenth of the most. */
double bm_policy_start_rate(const bm_policy_view_t *view);

/** What a conclusion has. capacity: stolen, may be NULL. difficulty: may be NULL. */
json_t *bm_policy_conclusion(const json_t *state, json_t *capacity, const char *difficulty, const char *sentence, apr_pool_t *p);

/** {"estimate", "low", "high", "confidence", "unit"}; 0: null. New reference. */
json_t *bm_policy_capacity(double estimate, double low, double high, double confidence);

/** Conclusion of a state that is damaged. */
json_t *bm_policy_damaged(apr_pool_t *p);

extern const bm_policy_t bm_policy_ladder;
extern const bm_policy_t bm_policy_search;
extern const bm_policy_t bm_policy_ability;

#endif
