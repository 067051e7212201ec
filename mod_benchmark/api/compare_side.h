/* SPDX-License-Identifier: Apache-2.0
 *
 * api/compare_side.h: one side of a comparison as a client writes it (docs/compare.md).
 *
 *   runs:1,2,3                              these runs
 *   scenario:7   scenario:7@3               runs of a scenario, of one of its versions
 *   loadtest:12                             the requests of a load test's window
 *   window:2026-11-01/2026-11-08            runs that ended in it; also now-7d/now
 *
 * Behind scenario and window, filters with semicolons: ;model=x ;location=x ;label=x, behind scenario also ;window=from/to,
 * behind window also ;scenario=7 and ;automation=2. Thread: no state. */
#ifndef BM_API_COMPARE_SIDE_H
#define BM_API_COMPARE_SIDE_H

#include <apr_time.h>
#include "base/err.h"

#define BM_COMPARE_RUNS_MAX 1000
#define BM_COMPARE_SIDE_MAX 7000     /* bytes */

typedef enum bm_compare_kind_e {
    BM_COMPARE_OF_RUNS,
    BM_COMPARE_OF_SCENARIO,
    BM_COMPARE_OF_LOADTEST,
    BM_COMPARE_OF_WINDOW
} bm_compare_kind_e;

typedef struct bm_compare_side_t {
    const char *member;              /* "?a" or "?b" */
    const char *text;                /* as written */
    bm_compare_kind_e kind;
    apr_int64_t *ids;                /* of runs: ascending, each once */
    int id_count;
    apr_int64_t loadtest_id;
    apr_int64_t scenario_id, automation_id;      /* -1: all */
    int version;                     /* 0: all */
    const char *model, *location, *label;        /* NULL: all */
    apr_time_t from, to;             /* finished_at; 0: no bound */
} bm_compare_side_t;

/** Read text. @return APR_EINVAL with a violation of member. */
apr_status_t bm_compare_side_read(bm_compare_side_t *side, const char *member, const char *text, apr_time_t now, bm_err_t *err,
                                  apr_pool_t *p);

/** Whether both ask for the same runs in the same words or in other ones. */
int bm_compare_side_same(const bm_compare_side_t *a, const bm_compare_side_t *b);

/** "runs", "scenario", "loadtest", "window". */
const char *bm_compare_side_kind(const bm_compare_side_t *side);

#endif
