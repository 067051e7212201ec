/* SPDX-License-Identifier: Apache-2.0
 *
 * training/problem_private.h: parts of making a problem; for the files of problems only. Thread: no state. */
#ifndef BM_TRAINING_PROBLEM_PRIVATE_H
#define BM_TRAINING_PROBLEM_PRIVATE_H

#include "training/problem.h"

/** Set parameters and perturbations as (type, difficulty, seed) and the target draw them, scaled by the limits, not yet bound. */
void bm_problem_draw(bm_problem_t *problem, const bm_problem_limits_t *limits, const json_t *target, apr_pool_t *p);

/** Lower parameters, in place, until no limit is broken. */
void bm_problem_bind(bm_problem_t *problem, const bm_problem_limits_t *limits);

/** Set expected, from the difficulty, the load and the typical response time (0: not known). */
void bm_problem_expect(bm_problem_t *problem, double base_ms, apr_pool_t *p);

/** Set min_throughput alone, from the load. */
void bm_problem_expect_throughput(bm_problem_t *problem);

/** Set description and key. */
void bm_problem_describe(bm_problem_t *problem, apr_pool_t *p);

/** Requests that one request of the plan may come to at most: hedges and attempts. */
double bm_problem_sends(const bm_problem_t *problem);

/** Requests under way that the plan allows; 0: it does not say. */
int bm_problem_in_flight(const bm_problem_t *problem, const bm_problem_limits_t *limits);

/** Pause of each user of a closed loop, in milliseconds, that keeps it below max_rate and max_requests over its duration. */
double bm_problem_think_ms(const bm_problem_t *problem, const bm_problem_limits_t *limits);

/** Name of the parameter that is the concurrency of a closed loop; NULL: the type has a rate. */
const char *bm_problem_users_name(bm_problem_type_e type);

/** A number of an object; 0: it is not there, or no number. */
static inline double bm_problem_number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

#endif
