/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_faults.h: faults that a plan asks for on our side of the connection (docs/load-tests.md, `faults`).
 *
 * What happens to an attempt is drawn from the plan's seed, its place in the plan and its number alone: a plan that is replayed
 * has the same faults, whatever the target does. An attempt has at most one of the three that end it (dead, abort, time-out), so
 * that each comes as often as its rate says; delay and loss are drawn beside them.
 *
 * Thread: draws have no state; a tally is the recorder thread's. */
#ifndef BM_LOADTEST_LOAD_FAULTS_H
#define BM_LOADTEST_LOAD_FAULTS_H

#include <jansson.h>
#include "base/json.h"
#include "provider/provider.h"
#include "stat/sketch.h"

/** What a plan asks for. */
typedef struct bm_load_faults_t {
    int any;                         /* the plan has the member */
    double delay_ms, jitter_ms;      /* before each send: mean and standard deviation, cut at 0 */
    double loss_rate;
    double dead_rate, abort_rate, timeout_rate;      /* their sum is at most 1 */
    apr_int64_t abort_after_ns;      /* from S */
    apr_int64_t timeout_ms;
} bm_load_faults_t;

typedef enum bm_load_fault_e {
    BM_LOAD_FAULT_NONE = 0,
    BM_LOAD_FAULT_DEAD,              /* sent to where nobody listens */
    BM_LOAD_FAULT_ABORT,             /* closed by us */
    BM_LOAD_FAULT_TIMEOUT            /* a tighter time-out */
} bm_load_fault_e;

/** What happens to one attempt. */
typedef struct bm_load_fault_t {
    bm_load_fault_e kind;
    apr_int64_t delay_ns;            /* of its send, losses included */
    int losses;                      /* of its first segment, one after another */
} bm_load_fault_t;

/** Read the member of a checked plan; NULL: none. */
void bm_load_faults_read(bm_load_faults_t *faults, const json_t *json);

/** What happens to this attempt (from 1) of this place (from 0) of the plan. */
bm_load_fault_t bm_load_faults_draw(const bm_load_faults_t *faults, apr_uint64_t seed, apr_int64_t seq, int attempt);

/** Put what ends the attempt into its first exchange. The delay is the caller's to keep. */
void bm_load_faults_inject(const bm_load_faults_t *faults, const bm_load_fault_t *fault, bm_http_request_t *request);

/** An attempt has ended. If our fault ended it, its answer says so: error_code injected_dead, injected_abort or injected_timeout,
 *  transient, injected. */
void bm_load_faults_tell(const bm_load_faults_t *faults, const bm_load_fault_t *fault, bm_answer_t *answer);

/** What came of them, of the attempts in the window. */
typedef struct bm_load_faults_tally_t {
    apr_uint64_t delayed, lost, aborted, timed_out, dead, recovered;
    bm_sketch_t *delay_ms;           /* of those that were delayed */
} bm_load_faults_tally_t;

/** Add an attempt that has ended. */
void bm_load_faults_count(bm_load_faults_tally_t *tally, const bm_load_fault_t *fault, const bm_answer_t *answer);

/** Write the member faults; nothing if the plan asks for none. */
void bm_load_faults_write(bm_jw_t *w, const bm_load_faults_t *faults, const bm_load_faults_tally_t *tally);

#endif
