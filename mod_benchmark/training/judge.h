/* SPDX-License-Identifier: Apache-2.0
 *
 * training/judge.h: whether a problem was solved, with what certainty, and what the figures advise.
 *
 * A figure that is not there is never met and never missed: its check is `met: null`, and says why.
 * Memory: the pool. Thread: no state. */
#ifndef BM_TRAINING_JUDGE_H
#define BM_TRAINING_JUDGE_H

#include "training/problem.h"

/** Judge a load test that performed the problem. response: the load test as GET /loadtests/{id} shows it (validity, results,
 *  status, error, error_code), or NULL, or damaged: then nothing is known. Never NULL:
 *
 *  { "success": true | false | null,     all checks met | one missed | not clear, or the load test is not valid
 *    "success_rate": 0..1 | null,        share of the requests answered within max_response_time_ms: what a ladder climbs by
 *    "interval": [low, high] | null,     of that, Wilson, 95 %
 *    "checks": [ { "name", "expected", "measured" | null, "interval": [low, high] | null, "met": true|false|null, "why" } ],
 *    "errors": [ sentences ],            failures by class, and why figures may not be believed
 *    "recommendations": [ { "text", "figure", "value" } ],
 *    "verdict": sentences,               success in words: what was missed, by how much, what is not clear, why it is not judged
 *    "execution_time": seconds | null }
 *
 *  An outcome is met or missed if its interval lies on one side of what was expected, `met: null` between; one without an
 *  interval is compared as it is. So success is null where the requests were too few. */
json_t *bm_judge(const bm_problem_t *problem, const json_t *response, apr_pool_t *p);

#endif
