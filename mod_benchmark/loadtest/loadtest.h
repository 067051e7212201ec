/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/loadtest.h: a load test under way, shared by the files of this room that drive it. Recorder thread only.
 *
 *   loadtest_work.c  stages, stops and the end: what the engine calls
 *   load_feed.c      what is sent when: open, closed and semi-open loads
 *   load_send.c      requests, from being made to being recorded
 *   load_classes.c   classes that share a budget of requests under way
 *   load_hedge.c     copies of a request
 *   load_policy.c    limits of the target, retries, cost
 *   load_result.c    figures as JSON
 *   load_steps.c     those of steps, saturation, capacity
 *   load_target_use.c  what the target uses, as it says
 *   load_progress.c  what is shown meanwhile
 *   load_search.c    the next step of a capacity search
 *   load_certificate.c  our own error, before and after */
#ifndef BM_LOADTEST_LOADTEST_H
#define BM_LOADTEST_LOADTEST_H

#include "engine/host.h"
#include "engine/probe.h"
#include "engine/work.h"
#include "loadtest/load_cache.h"
#include "loadtest/load_tally.h"
#include "stat/arrivals.h"

/** How far ahead of its time a request is handed to a loop, which then sends it to the microsecond. */
#define BM_LOAD_HORIZON_NS INT64_C(200000000)

typedef enum bm_load_stage_e {
    BM_LOAD_AT_BEFORE = 0,           /* certificate before */
    BM_LOAD_AT_STEP,                 /* sending */
    BM_LOAD_AT_DRAIN,                /* answers are awaited */
    BM_LOAD_AT_AFTER,                /* certificate after */
    BM_LOAD_AT_WRITING               /* the last rows are on their way */
} bm_load_stage_e;

/** Where a capacity search stands. */
typedef struct bm_load_search_t {
    double passed, failed;           /* highest rate that met the SLOs, lowest that did not; 0: none yet */
    int failed_unclear;              /* at the lowest failed rate it could not be shown, rather than was refuted */
    int steps, repeats;              /* repeats: of the present rate, because it was not clear */
    const char *limited_by;          /* what the lowest failed rate failed on */
} bm_load_search_t;

/** Our own error. */
typedef struct bm_load_certificate_t {
    const char *sides[2];            /* JSON objects: before, after; NULL: not made */
    const char *obstacle;            /* why one is missing or doubtful */
    int extrapolated;
    apr_uint32_t streams;
} bm_load_certificate_t;

/** What policies did (load_policy.c). */
typedef struct bm_load_policy_t {
    bm_rand_t rand;                  /* of the waits between attempts */
    apr_uint64_t retried, recovered; /* attempts after the first; requests that completed by one */
    apr_uint64_t refused;            /* by the open circuit */
    apr_uint64_t opened_before;      /* how often it had opened before this load test */
    bm_sketch_t *waits;              /* ms that the target's limits held requests back, of those that were */
    bm_price_t *price;               /* NULL: none is known */
    double spent, set_aside;         /* in its currency: by what has ended, at most by what is under way */
    double tokens, tokens_set_aside; /* likewise, of prompts and answers; what answers do not tell is not counted */
    apr_int64_t sends;               /* handed over, but for those that came back unsent */
    double tokens_per_byte;          /* of prompts, the most so far; 0: none yet */
    apr_int64_t most_completion;     /* tokens of the longest answer so far */
    apr_uint64_t unpriced;           /* attempts whose tokens are not known */
} bm_load_policy_t;

typedef struct bm_loadtest_t {
    bm_recorder_t *recorder;
    bm_task_t *task;
    bm_load_plan_t *plan;
    const json_t *apdex;                /* run_settings.apdex of the scenario; NULL: none */
    bm_load_source_t *source;
    bm_load_tally_t *tally;
    bm_load_writer_t *writer;
    bm_load_batch_t *batch;          /* being filled; NULL: none yet */
    apr_int64_t batch_since_ns;
    bm_load_stage_e stage;
    apr_int64_t began_ns;            /* zero of all offsets */
    bm_host_cpu_t cpu_before;
    int ticking;                     /* a wait is under way that calls us again */
    apr_int64_t limits_seen_ns;      /* when memory and disk were last looked at */
    int last_second;                 /* of the series */
    apr_int64_t cpu_used_ns, cpu_at_ns;      /* by this process, when last asked */
    const char *truncated;           /* why sending ended before its time; NULL: it did not */
    const char *truncated_by;        /* the member of the plan that ended it; NULL: none */

    /* sending (load_feed.c) */
    int step;                        /* number of the step that is fed */
    bm_load_step_tally_t *figures;   /* of that step */
    apr_pool_t *pstep;               /* of its arrivals */
    bm_arrivals_t *arrivals;
    int has_next;
    apr_int64_t next_ns;             /* planned time of the next arrival */
    apr_int64_t window_to_ns;        /* end of the step's window; 0: by number */
    apr_int64_t shift_ns;            /* by how much pauses have moved the step */
    apr_int64_t paused_at_ns;        /* 0: not paused */
    apr_int64_t seq, sessions;
    int under_way;                   /* requests handed over and not ended */
    int active;                      /* of a closed load: workers that have a request under way or think */
    apr_int64_t *ahead;              /* ring of planned times handed over before they were due */
    apr_uint32_t ahead_head, ahead_count, ahead_size;
    apr_int64_t drain_until_ns;
    int cancelled_rest;              /* the drain's limit has passed: the rest was cancelled */
    apr_int64_t sending_ended_ns;
    int hedging;                     /* copies that have not ended, beside those under way; or the rest of a request that has */
    apr_uint64_t hedges_sent, hedges_won;        /* copies in the window */
    bm_load_classes_t *classes;      /* that of the source; NULL: none */
    int is_giving;                   /* places of their budget are being given */
    int held;                        /* of those under way, not sent yet because something holds them back */
    bm_target_gate_t *gate;
    bm_load_policy_t policy;
    bm_load_faults_tally_t faults;
    bm_load_cache_t *cache;          /* NULL: the plan has no dataset */
    bm_load_search_t search;         /* of a capacity search */
    struct bm_load_target_use_t *target_use;     /* NULL: nobody says */
    bm_probe_t *probe;               /* of the certificate; NULL: none is under way */
    bm_load_certificate_t certificate;
} bm_loadtest_t;

/** --- load_target_use.c */

typedef struct bm_load_target_use_t bm_load_target_use_t;

/** Whether the target has a page of metrics, is looked up. */
void bm_load_target_use_open(bm_loadtest_t *lt);

/** What it said last. */
bm_load_use_t bm_load_target_use(const bm_loadtest_t *lt);

/** Ask it, unless an answer is awaited. */
void bm_load_target_use_ask(bm_loadtest_t *lt);

/** Whether an answer is awaited. */
int bm_load_target_use_is_asked(const bm_loadtest_t *lt);

/** @return 1: the transfer was its answer. */
int bm_load_target_use_returned(bm_loadtest_t *lt, const bm_transfer_t *transfer);

/** --- load_feed.c */

/** Begin the step after the present one at begin_ns. */
void bm_load_feed_step(bm_loadtest_t *lt, apr_int64_t begin_ns);

/** Send what is due soon. @return 1: the plan (or, with plan->settle, its step) has nothing more to send. */
int bm_load_feed(bm_loadtest_t *lt, apr_int64_t now_ns);

/** A request has ended: what follows it, of a closed load or a session. */
void bm_load_feed_after(bm_loadtest_t *lt, const bm_load_request_t *request, apr_int64_t end_ns);

/** Hold back and go on. */
void bm_load_feed_pause(bm_loadtest_t *lt, apr_int64_t now_ns);
void bm_load_feed_resume(bm_loadtest_t *lt, apr_int64_t now_ns);

/** Send nothing more; the window ends now. */
void bm_load_feed_end(bm_loadtest_t *lt, apr_int64_t now_ns);

/** --- load_send.c */

/** Make and hand over one request; with classes, when its turn comes. */
void bm_load_send(bm_loadtest_t *lt, apr_int64_t planned_ns, bm_load_phase_e phase, apr_int64_t session, int turn);

/** Hand over those of classes that wait, as far as their budget has room. */
void bm_load_send_waiting(bm_loadtest_t *lt);

/** Those that wait will not be sent. counts: they were to be, and have failed by that; else the plan ends before them. */
void bm_load_send_drop_waiting(bm_loadtest_t *lt, int counts);

/** A transfer of a request came back. */
void bm_load_send_returned(bm_loadtest_t *lt, bm_transfer_t *transfer);

/** Hand the batch to the writer, if it takes it. */
void bm_load_send_flush(bm_loadtest_t *lt);

/** Hand over another copy of a request, number from 1, to be sent at at_ns. @return NULL: it could not be. */
bm_load_request_t *bm_load_send_copy(bm_loadtest_t *lt, const bm_load_request_t *of, int number, apr_int64_t at_ns);

/** --- load_hedge.c */

/** A request was handed to a loop: so are its copies, if the plan wants them. */
void bm_load_hedge_begin(bm_loadtest_t *lt, bm_load_request_t *request);

/** An attempt has ended. @return whether it decides: it completed first, or was the last of them to fail, or has no copies. */
int bm_load_hedge_ended(bm_loadtest_t *lt, bm_load_request_t *request);

/** Whether another has decided. */
int bm_load_hedge_is_settled(const bm_load_request_t *request);

/** Write the member hedge; nothing if the plan asks for none. */
void bm_load_hedge_write(bm_jw_t *w, const bm_loadtest_t *lt);

/** --- load_policy.c */

/** Find gate and price. @return why the load test cannot be performed; NULL: it can. */
const char *bm_load_policy_open(bm_loadtest_t *lt);

/** Set aside what a request may use. @return 0: max_cost, max_total_tokens or max_requests does not allow it; lt->truncated
 *  says so. */
int bm_load_policy_afford(bm_loadtest_t *lt, bm_load_request_t *request);

/** An attempt has ended: settle what it used. */
void bm_load_policy_settle(bm_loadtest_t *lt, bm_load_request_t *request);

/** Whether a request may be handed to a loop now, to be sent at request->place.at_ns, or is refused by the open circuit (then its
 *  answer says so and it has not entered). @return 0: not before that time. */
int bm_load_policy_may_send(bm_loadtest_t *lt, bm_load_request_t *request, apr_int64_t now_ns);

/** An attempt has ended: tell the target's gate. */
void bm_load_policy_note(bm_loadtest_t *lt, bm_load_request_t *request);

/** Whether a request that has ended is to be tried again, and when. */
int bm_load_policy_retry(bm_loadtest_t *lt, const bm_load_request_t *request, apr_int64_t *at_ns);

/** A request has ended for good: count what policies did to it. */
void bm_load_policy_count(bm_loadtest_t *lt, const bm_load_request_t *request);

/** Write the member used. */
void bm_load_policy_write_use(bm_jw_t *w, const bm_loadtest_t *lt);

/** Write the members policies and cost. cost: of the window. */
void bm_load_policy_write(bm_jw_t *w, const bm_loadtest_t *lt, apr_uint64_t attempted, apr_uint64_t good, double cost);

/** --- load_search.c */

/** Add the next step of a capacity search to the plan, from what the last one showed. @return 0: it is done. */
int bm_load_search_next(bm_loadtest_t *lt);

/** --- load_certificate.c */

/** Begin one side. @return 0: there is none to wait for. */
int bm_load_certificate_begin(bm_loadtest_t *lt, int after);

/** Its probe is done: keep what it found. */
void bm_load_certificate_end(bm_loadtest_t *lt, int after);

/** Write the member certificate. */
void bm_load_certificate_write(bm_jw_t *w, const bm_loadtest_t *lt);

/** --- load_steps.c */

const bm_load_step_tally_t *bm_load_step_at(const bm_loadtest_t *lt, int step);

/** Length of a step's window without pauses. */
double bm_load_step_seconds(const bm_load_step_tally_t *step);

/** NaN: there was no time. */
double bm_load_per_second(double n, double seconds);

/** Whether the quantile keeps within its maximum, taken over all that were attempted: what failed or was never sent is beyond
 *  every maximum. */
int bm_load_meets_slo(const bm_load_slo_t *slo, const bm_kpi_cell_t *cell, apr_uint64_t failed);

/** Whether a step of an open load was more than the target could take: sends fell behind, or requests under way and TTFT both
 *  rose all the time. */
int bm_load_step_is_saturated(const bm_loadtest_t *lt, int step);

/** Write the members steps and saturation, and capacity. */
void bm_load_steps_write(bm_jw_t *w, const bm_loadtest_t *lt);
void bm_load_capacity_write(bm_jw_t *w, const bm_loadtest_t *lt);

/** --- load_result.c */

/** The result as JSON text in the task's pool. */
const char *bm_load_result_json(bm_loadtest_t *lt);

/** --- load_progress.c */

/** "warmup", "window", "drain", "certificate" or "done". */
const char *bm_load_stage_name(const bm_loadtest_t *lt, apr_int64_t now_ns);

/** The progress as JSON text in p. */
const char *bm_load_progress_json(bm_loadtest_t *lt, apr_int64_t now_ns, apr_pool_t *p);

#endif
