/* SPDX-License-Identifier: Apache-2.0
 *
 * training/problem.h: a problem: a load of one of eight types, at one of four difficulties, that a target is set; and the
 * load-test plan it is performed as.
 *
 * A problem is drawn from (type, difficulty, seed): the same arguments give the same problem on every machine. What it does to a
 * target is in `parameters` (the load), `perturbations` (what we do to our own requests) and `expected` (what is to come of it).
 * The administrator's limits bind each of them twice: when it is drawn, and when it is made into a plan.
 *
 * Draws: duration, rate, users and nodes by difficulty as Hive's contract has them, and scaled: rates by max_rate / 2000,
 * users by max_concurrency / 5000 (where that is less than 1), durations by duration_scale. So under low limits the four
 * difficulties are still four.
 *
 * Memory: everything is in the pool. Thread: no state. */
#ifndef BM_TRAINING_PROBLEM_H
#define BM_TRAINING_PROBLEM_H

#include <apr_pools.h>
#include "base/err.h"
#include "base/json.h"
#include "model/field.h"
#include "model/training_model.h"

/** In the order of the contract. */
typedef enum bm_problem_type_e {
    BM_PROBLEM_LOAD_BALANCING,        /* open loop over the endpoints of an automation */
    BM_PROBLEM_RESOURCE_ALLOCATION,   /* open loop of request classes under one budget of concurrency */
    BM_PROBLEM_FAULT_TOLERANCE,       /* open loop with aborts, time-outs and dead endpoints, retries and hedges */
    BM_PROBLEM_DATA_PROCESSING,       /* closed loop of workers with growing prompts */
    BM_PROBLEM_CONCURRENT_REQUESTS,   /* closed loop of users with a tight time-out */
    BM_PROBLEM_NETWORK_LATENCY,       /* open loop with delay, jitter and loss on our side */
    BM_PROBLEM_MEMORY_OPTIMIZATION,   /* open loop of long prompts and answers under a memory budget of ours */
    BM_PROBLEM_CACHE_EFFICIENCY       /* open loop of prompts that repeat by Zipf's law */
} bm_problem_type_e;

enum { BM_PROBLEM_TYPES = 8, BM_PROBLEM_DIFFICULTIES = 4 };

typedef enum bm_difficulty_e {
    BM_DIFFICULTY_EASY,
    BM_DIFFICULTY_MEDIUM,
    BM_DIFFICULTY_HARD,
    BM_DIFFICULTY_EXTREME
} bm_difficulty_e;

/** The same as values of BM_TYPE_ENUM. */
#define BM_PROBLEM_TYPE_VALUES BM_TRAINING_TYPES
#define BM_DIFFICULTY_VALUES BM_TRAINING_DIFFICULTIES

/** Name of a value; NULL if it is none. */
const char *bm_problem_type_name(bm_problem_type_e type);
const char *bm_difficulty_name(bm_difficulty_e difficulty);

/** Value of a name. @return 0: there is none such, or name is NULL; the value stays. */
int bm_problem_type_of(bm_problem_type_e *type, const char *name);
int bm_difficulty_of(bm_difficulty_e *difficulty, const char *name);

/** Whether the problem's load is a rate (open loop), so that bm_problem_at_rate can set it. */
int bm_problem_type_has_rate(bm_problem_type_e type);

/** The administrator's; they bind every problem. 0 or less: no such limit. */
typedef struct bm_problem_limits_t {
    double max_rate;              /* requests a second that are sent, hedges and retries included at their most */
    int max_concurrency;          /* requests under way */
    double duration_scale;        /* what drawn durations are multiplied by */
    double max_seconds;           /* of one problem; less than 1 is taken as 1 */
    apr_int64_t max_requests;     /* of one problem, expected: sends at their most, as in max_rate */
    int no_copies;                /* calls must not be made twice, or what an aborted one used would not be known: no hedges */
} bm_problem_limits_t;

typedef struct bm_problem_t {
    bm_problem_type_e type;
    bm_difficulty_e difficulty;
    apr_uint64_t seed;
    json_t *parameters;           /* objects, never NULL */
    json_t *perturbations;
    json_t *expected;             /* min_success_rate, max_response_time_ms, max_error_rate, min_throughput, and by type
                                   * max_imbalance, max_starved, min_recovered_rate, min_hit_rate */
    const char *description;      /* one sentence */
    const char *key;              /* "load_balancing_1a2b3c4d", from all that it was drawn from */
} bm_problem_t;

/** Tables of a problem composed by hand: {type, difficulty?, seed?, parameters?, perturbations?, expected?}. parameters and
 *  perturbations have the members of all types here; those that do not go with the type are told by bm_problem_compose. */
extern const bm_field_t bm_problem_by_hand_fields[];
extern const bm_field_t bm_problem_parameter_fields[];
extern const bm_field_t bm_problem_perturbation_fields[];
extern const bm_field_t bm_problem_expected_fields[];

/** Draw a problem. target: what is known of it, or NULL: {"endpoints": [base URLs], "max_tokens": most that an answer may have,
 *  "base_ms": its typical response time}, each may be null or absent. Never NULL. */
bm_problem_t *bm_problem_generate(bm_problem_type_e type, bm_difficulty_e difficulty, apr_uint64_t seed,
                                  const bm_problem_limits_t *limits, const json_t *target, apr_pool_t *p);

/** A problem of which some or all is given: what is not, is drawn (without a seed: seed 1). What exceeds the limits is lowered
 *  to them. @return NULL: not valid; err has every violation with its JSON Pointer. */
bm_problem_t *bm_problem_compose(const json_t *by_hand, const bm_problem_limits_t *limits, bm_err_t *err, apr_pool_t *p);

/** The same problem at another rate (requests a second, > 0) and for other seconds (0: as it is), as far as the limits allow;
 *  its min_throughput follows. Arrivals become constant: what is looked for is the target's capacity, not the arrivals' noise.
 *  A type without a rate is returned as it is. Never NULL. */
bm_problem_t *bm_problem_at_rate(const bm_problem_t *problem, double rate, double seconds, const bm_problem_limits_t *limits,
                                 apr_pool_t *p);

/** The load-test plan that performs it: body of POST /loadtests with defaults left out; the scenario is only named. NULL only
 *  if the problem is not one of ours. */
json_t *bm_problem_plan(const bm_problem_t *problem, apr_int64_t scenario_id, const bm_problem_limits_t *limits, apr_pool_t *p);

/** All of it as JSON, to be stored: {type, difficulty, seed, key, description, parameters, perturbations, expected}; seed is a
 *  string, as JSON's numbers are too short for it. */
json_t *bm_problem_json(const bm_problem_t *problem, apr_pool_t *p);

/** What bm_problem_json wrote. @return NULL: it is not that; err says why. */
bm_problem_t *bm_problem_read(const json_t *stored, bm_err_t *err, apr_pool_t *p);

#endif
