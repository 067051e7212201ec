/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_plan.h: the plan of a load test (docs/load-tests.md) as steps of load, one after another.
 *
 * The API has checked the plan before it was queued (model/loadtest_model.h); here it is only read, and what cannot be is
 * refused with a sentence. Thread: no state. */
#ifndef BM_LOADTEST_LOAD_PLAN_H
#define BM_LOADTEST_LOAD_PLAN_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <jansson.h>
#include "kpi/kpi_metric.h"
#include "loadtest/load_faults.h"
#include "loadtest/prompts.h"
#include "policy/retry.h"
#include "stat/zipf.h"

typedef enum bm_load_type_e {
    BM_LOAD_CLOSED,
    BM_LOAD_CONSTANT,
    BM_LOAD_POISSON,
    BM_LOAD_GAMMA,
    BM_LOAD_SEMI_OPEN,
    BM_LOAD_RAMP,
    BM_LOAD_SWEEP,
    BM_LOAD_CAPACITY
} bm_load_type_e;

/** One step: a warm-up, then a measured window. */
typedef struct bm_load_step_t {
    int closed;                    /* from and to are requests under way, else sends (sessions) per second */
    double from, to;               /* linear over the window; the warm-up is at `from` (of a step without a ramp both are it) */
    double warmup_s, window_s;     /* window_s 0: until `requests` have been sent */
    apr_int64_t requests;          /* 0: by time */
} bm_load_step_t;

typedef struct bm_load_slo_t {
    const char *name;              /* as in the plan: "ttft_ms" */
    bm_kpi_metric_e metric;        /* of the basis that this load model has */
    double quantile, max;
} bm_load_slo_t;

enum { BM_LOAD_SLOS_MAX = 16, BM_LOAD_HEDGE_MAX = 4 };

typedef struct bm_load_plan_t {
    bm_load_type_e type;
    bm_load_type_e arrivals;       /* CONSTANT, POISSON or GAMMA, of an open loop */
    double shape;                  /* of gamma arrivals */
    apr_array_header_t *steps;     /* of bm_load_step_t; of a capacity search the first */
    int open;                      /* latency is counted from the planned time */
    int settle;                    /* between steps all answers are awaited (sweep, search) */
    int turns;                     /* of a session; 1 unless semi-open */
    double think_s;
    double max_rate, precision;    /* of a capacity search */
    bm_load_slo_t slos[BM_LOAD_SLOS_MAX];
    int slo_count;
    apr_uint64_t seed;
    int max_in_flight;
    double drain_s;
    int certificate;
    const json_t *dataset;         /* array of overlays of inputs; NULL: none */
    const bm_prompts_t *prompts;   /* overlays that are made when they are asked; NULL: none */
    int dataset_random;            /* each request draws its entry: by `zipf`, or all alike where that is NULL */
    const bm_zipf_t *zipf;
    apr_int64_t timeout_ms;        /* of each request; 0: the scenario's */
    bm_load_faults_t faults;
    int hedge_copies;              /* 0: none */
    apr_int64_t hedge_after_ns;    /* each after the one before */
    const json_t *endpoints;       /* member of the plan; NULL: none */
    const json_t *classes;         /* likewise */
    bm_retry_policy_t retry;
    int max_attempts;              /* 1: failures are final */
    int obeys_limits;              /* of the target (policy/target_gate.h) */
    double max_cost;               /* 0: none */
    double keep_rows;              /* share of the requests whose rows are stored */
    apr_int64_t max_requests;      /* that are sent; 0: any number */
    double max_tokens;             /* of prompts and answers together; 0: any number */
} bm_load_plan_t;

/** Read a plan; everything in p, json must live as long. *complaint: why it cannot be performed. @return APR_EINVAL. */
apr_status_t bm_load_plan_read(bm_load_plan_t **pplan, const json_t *json, const char **complaint, apr_pool_t *p);

/** Seconds that the plan takes at most, warm-up included, without draining; 0: not known (by number of requests, a search). */
double bm_load_plan_seconds(const bm_load_plan_t *plan);

#endif
