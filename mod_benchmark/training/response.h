/* SPDX-License-Identifier: Apache-2.0
 *
 * training/response.h: the figures of a load test that judgement and policies go by; for this room only.
 *
 * Nothing in a load test's JSON is trusted to be there or to have its type. Thread: no state. */
#ifndef BM_TRAINING_RESPONSE_H
#define BM_TRAINING_RESPONSE_H

#include "training/problem.h"

typedef enum bm_response_validity_e {
    BM_RESPONSE_VALID,
    BM_RESPONSE_NOTHING,          /* no request completed */
    BM_RESPONSE_HELD,             /* invalid, because our ceiling of requests under way held sends back */
    BM_RESPONSE_LATE,             /* invalid, because our client was late, but by little beside what a capacity is judged by */
    BM_RESPONSE_INVALID,
    BM_RESPONSE_MISSING           /* there are no results */
} bm_response_validity_e;

/** Of a mean latency, by how much our own lag may have changed it if a capacity is to be judged by it. */
#define BM_RESPONSE_LAG_SHARE 0.1

/** Figures that are not there are NaN. */
typedef struct bm_response_t {
    bm_response_validity_e validity;
    double attempted;             /* requests of the window, without those that were cancelled */
    double completed, failed;
    double good;                  /* those that met every SLO; without SLOs in the results: completed */
    double seconds;               /* the window */
    double offered;               /* sent per second */
    double inside_rate;           /* completed inside the window, per second */
    double mean_ms, max_ms, n;    /* of e2e_ms if there is any, else of total_ms */
    double lag_ms;                /* our own: how late the client sent and saw answers, on average */
} bm_response_t;

/** Read what GET /loadtests/{id} shows; NULL or damaged: BM_RESPONSE_MISSING. */
void bm_response_read(bm_response_t *r, const json_t *response);

/** Whether our client was what a load test is not valid by, however late it was. */
int bm_response_is_ours(const json_t *response);

/** A number of an object; NaN: it is not there, or no number. */
double bm_response_figure(const json_t *object, const char *name);

/** Recommendations as bm_judge has them, an array in p: at most a few, each from a figure that is there. */
json_t *bm_response_advice(const bm_problem_t *problem, const bm_response_t *r, const json_t *results, apr_pool_t *p);

#endif
