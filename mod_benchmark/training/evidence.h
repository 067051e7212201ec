/* SPDX-License-Identifier: Apache-2.0
 *
 * training/evidence.h: what a problem said about the capacity of a target, as it is kept in the state of a policy.
 *
 * Of each problem the figures are kept that stat/ability.h goes by, not its judgement alone: the mean wait of an overloaded
 * problem says how much it was overloaded. A wait is the mean latency above that of the quickest problem of the session, so it
 * supposes that latency grows by queueing; a server whose answers slow down as more are under way looks slower than it is by
 * about twice that slowing over the problem's seconds. Longer problems make that small.
 *
 * Thread: no state. */
#ifndef BM_TRAINING_EVIDENCE_H
#define BM_TRAINING_EVIDENCE_H

#include "stat/ability.h"
#include "training/problem.h"

/** What of a problem is to be believed. */
typedef enum bm_evidence_kind_e {
    BM_EVIDENCE_WAIT,             /* all were answered, sooner or later: the waits tell */
    BM_EVIDENCE_HELD,             /* our ceiling of requests under way held sends back: the requests served tell */
    BM_EVIDENCE_OUTCOME,          /* nothing was answered: that it failed */
    BM_EVIDENCE_NONE              /* figures are missing or not valid */
} bm_evidence_kind_e;

typedef struct bm_evidence_t {
    bm_evidence_kind_e kind;
    double rate;                  /* requests offered per second */
    double seconds;
    double attempted, completed;
    double inside;                /* completed within the seconds */
    double mean_s, spread_s, max_s;   /* latencies: mean, standard deviation of the middle, greatest */
    double lag_s;                 /* how late our client was, on average: the mean latency may be off by so much */
    int poisson;                  /* arrivals; else constant */
} bm_evidence_t;

/** Table of one element of the state's `evidence`. */
extern const bm_field_t bm_evidence_fields[];

/** What a load test said, as JSON in p. Never NULL. */
json_t *bm_evidence_of(const bm_problem_t *problem, const json_t *response, apr_pool_t *p);

/** Elements of a checked array; *count of them, in p. */
bm_evidence_t *bm_evidence_read(int *count, const json_t *list, apr_pool_t *p);

/** Posterior of the capacity between two rates. only_rate > 0: by the problems at that rate alone (to within 0.5 %). */
bm_ability_t *bm_evidence_weigh(const bm_evidence_t *list, int count, double low, double high, double only_rate, apr_pool_t *p);

/** Latency of the quickest problem, in seconds; 0: none has any. */
double bm_evidence_base(const bm_evidence_t *list, int count);

/** Standard deviation to which the mean wait of n requests is known, in seconds. */
double bm_evidence_wait_error(const bm_evidence_t *list, int count, double n);

/** Problem of the least rate that has evidence; NULL: none has. */
const bm_evidence_t *bm_evidence_lowest(const bm_evidence_t *list, int count);

/** Share of the requests that were not answered. */
double bm_evidence_lost(const bm_evidence_t *e);

#endif
