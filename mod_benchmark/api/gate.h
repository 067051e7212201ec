/* SPDX-License-Identifier: Apache-2.0
 *
 * api/gate.h: whether a scenario may pass: its SLOs, and how much worse than a baseline it may be (docs/slos.md).
 *
 * What is judged is either everything of a window, by KPI cells, or exactly the runs that are named, by their rows. Thread: that
 * of the request. Memory: q->p. */
#ifndef BM_API_GATE_H
#define BM_API_GATE_H

#include "api/scenario_cells.h"

/** Most runs that are named, and most of a version that are looked at. */
#define BM_GATE_RUNS_MAX     1000
#define BM_GATE_VERSION_MAX 10000

typedef enum bm_gate_result_e {
    BM_GATE_PASSED = 0,
    BM_GATE_FAILED,
    BM_GATE_FEW                    /* too few samples to tell */
} bm_gate_result_e;

/** One thing that was looked at. What there is not is NaN. */
typedef struct bm_gate_check_t {
    const char *kind;              /* "slo", "regression" */
    const char *name;
    bm_gate_result_e result;
    const char *detail;            /* a sentence */
    double value, limit;           /* ms, percent, or of a regression the change in percent or percentage points */
    apr_uint64_t n;                /* attempts or samples that were judged */
    double now, baseline;          /* of a regression: what the change is made of */
    apr_uint64_t baseline_n;
} bm_gate_check_t;

typedef struct bm_gate_t {
    bm_scenario_cells_t scenario;
    const char *runs;              /* as it was asked; NULL: a window */
    apr_int64_t *ids;
    int id_count;
    int open;                      /* of the runs that have not ended: no checks yet */
    int unjudged;                  /* whoever judges is busy: no checks either */
    const char *baseline;          /* as it was asked; NULL: none */
    const char *window;            /* what regressions are judged over, unless runs or a version say it */
    int few_fails;                 /* whether BM_GATE_FEW fails the gate */
    apr_array_header_t *checks;    /* of bm_gate_check_t */
    int counts[3];                 /* checks by result */
    int passed;
} bm_gate_t;

/** Rows of a query table that bm_gate_judge reads. */
#define BM_GATE_PARAMS \
    { "baseline", BM_QUERY_TEXT, 1, 12, NULL, \
      "What regressions are counted from: v3, a version of the scenario, or 7d, the time before what is judged." }, \
    { "window", BM_QUERY_TEXT, 1, 5, NULL, "What regressions are judged over (default 24h); SLOs have windows of their own." }, \
    { "metric", BM_QUERY_ENUM, 0, 0, BM_SLO_SINGLE, \
      "Figure that max_p.._change are about (default total_ms)." }, \
    { "max_p50_change", BM_QUERY_TEXT, 1, 12, NULL, "Percent that the median may be above that of the baseline." }, \
    { "max_p95_change", BM_QUERY_TEXT, 1, 12, NULL, "The same of p95." }, \
    { "max_p99_change", BM_QUERY_TEXT, 1, 12, NULL, "The same of p99." }, \
    { "max_success_drop", BM_QUERY_TEXT, 1, 12, NULL, "Percentage points that the success rate may be below the baseline's." }, \
    { "too_few_samples", BM_QUERY_ENUM, 0, 0, "fail|pass", "What a check that cannot tell does to the gate (default fail)." }

/** What the query asks of scenario `id`, and whether it can be judged at all; no run is looked at. runs: list of run ids
 *  (parse/id_ranges.h), "" if they do not exist yet; NULL: the windows. q->db must be open. @return APR_NOTFOUND: no such
 *  scenario or version; APR_EINVAL: there is nothing to check, or a version would be held against itself. */
apr_status_t bm_gate_open(bm_gate_t *gate, bm_req_t *q, apr_int64_t id, const char *runs);

/** Judge scenario `id` as the query says. @return APR_NOTFOUND: a run does not exist; APR_EINVAL: they are no list; or what
 *  bm_gate_open returns. */
apr_status_t bm_gate_judge(bm_gate_t *gate, bm_req_t *q, apr_int64_t id, const char *runs);

/** Whether the parameters of the query are sound: read_query of every route that judges. @return APR_EINVAL. */
apr_status_t bm_gate_check_params(bm_req_t *q);

#endif
