/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_request.h: one request of a load test: from the scenario's inputs to a row and a sample.
 *
 * What a request asks is read once for each entry of the dataset and shared by all that ask it; a generated entry is made for its
 * request alone. Each has a call of its own.
 * Recorder thread only. */
#ifndef BM_LOADTEST_LOAD_REQUEST_H
#define BM_LOADTEST_LOAD_REQUEST_H

#include "engine/inputs.h"
#include "engine/measure.h"
#include "loadtest/load_classes.h"
#include "loadtest/load_endpoints.h"
#include "loadtest/load_plan.h"
#include "loadtest/load_writer.h"
#include "policy/target_gate.h"

/** What is asked, by entry of the dataset. */
typedef struct bm_load_source_t bm_load_source_t;

/** Read the queue's spec, and the first entry with it, so that what cannot be asked is known at once. In p. @return APR_EINVAL
 *  with err as bm_inputs_read. */
apr_status_t bm_load_source_make(bm_load_source_t **psource, const char *spec, const bm_load_plan_t *plan,
                                 const bm_settings_t *settings, bm_vault_t *vault, bm_err_t *err, apr_pool_t *p);

/** How many entries there are. */
int bm_load_source_entries(const bm_load_source_t *source);

/** The endpoints of the plan; NULL: it has none. */
bm_load_endpoints_t *bm_load_source_endpoints(const bm_load_source_t *source);

/** The classes of the plan; NULL: it has none. */
bm_load_classes_t *bm_load_source_classes(const bm_load_source_t *source);

/** What the first entry asks; never started. */
const bm_call_t *bm_load_source_call(const bm_load_source_t *source);

/** Requests made from now on ask for this model, where none is named. */
void bm_load_source_name_model(bm_load_source_t *source, const char *model);

/** Name of the provider. */
const char *bm_load_source_provider(const bm_load_source_t *source);

typedef enum bm_load_phase_e {
    BM_LOAD_WARMUP = 0,
    BM_LOAD_WINDOW
} bm_load_phase_e;

/** A request and its copies (load_hedge.c). */
typedef struct bm_load_hedge_t bm_load_hedge_t;

typedef struct bm_load_request_t {
    apr_pool_t *p;                   /* its own, below the task's */
    bm_call_t *call;
    apr_int64_t seq;                 /* place in the plan */
    int step;
    bm_load_phase_e phase;
    int class_number;                /* 0 without classes */
    int entry;                       /* of the dataset, from 0 */
    int is_repeated;                 /* it was asked before in this load test */
    apr_int64_t session;             /* -1: none */
    int turn;
    int round;                       /* from 1: how often it was begun; call->attempt also counts the copies of earlier ones */
    int copy;                        /* 0: it is none; else which */
    bm_load_hedge_t *hedge;          /* NULL: it has no copies (any more) and is none */
    apr_int64_t planned_ns;          /* P */
    apr_int64_t due_ns;              /* of its first attempt: P, or later if its class had no place */
    bm_target_place_t place;         /* at_ns: when it is due, but for our own delay: P, or later if something
                                      * holds it back (load_policy.c) */
    int has_place;                   /* it was reserved */
    int is_held;                     /* until then; `first` waits with it */
    int entered;                     /* the target's gate let it in, and wants to hear of its end */
    bm_next_t first;                 /* its first step */
    bm_load_endpoint_t *endpoint;    /* that it asks; NULL: the connection's own */
    bm_load_fault_t fault;           /* what we do to it */
    int was_hit;                     /* by a fault, in this attempt or an earlier one */
    apr_int64_t ended_ns;            /* end of its last exchange so far; 0: it had none */
    apr_int64_t limit_wait_ns;       /* held back by the target's limits, in all attempts */
    double set_aside, tokens_set_aside;          /* of the plan's caps */
    int is_counted;                  /* among the sends of max_requests */
    apr_int64_t cost_nano;
    struct bm_load_request_t *next, **link;      /* of those under way */
} bm_load_request_t;

/** A request for place seq of the plan, of a class, and of a session (-1: none). Its endpoint wants to hear of its end
 *  (load_endpoints.h). p: a pool of its own, of which err is. request->first is its first step. What cannot be asked has failed.
 *  Never NULL. */
bm_load_request_t *bm_load_request_make(bm_load_source_t *source, apr_int64_t seq, int class_number, apr_int64_t session,
                                        int attempt, bm_err_t *err, apr_pool_t *p);

/** Whether an attempt that has ended went out, or to where we sent it instead. */
int bm_load_request_was_sent(const bm_load_request_t *request);

/** What an ended request was: everything that its row, its sample and the tally need. In the request's pool. */
typedef struct bm_load_outcome_t {
    const bm_load_request_t *request;
    const bm_answer_t *answer;
    const bm_figures_t *figures;
    bm_request_row_t row;            /* as it will be stored, but for superseded and gaps; its texts are the request's */
    bm_kpi_sample_t sample;          /* made of row */
    apr_uint32_t within;             /* bit i: it meets SLO i */
    int good;                        /* it completed and meets all */
} bm_load_outcome_t;

/** Measure and judge an ended request. Latencies are those of requests that completed and met all assertions. began_ns: when the
 *  load test began, zero of the row's times. */
void bm_load_request_end(bm_load_outcome_t *outcome, const bm_load_request_t *request, const bm_load_source_t *source,
                         apr_int64_t scenario_id, int source_number, apr_int64_t began_ns);

/** Whether the rows of place seq are kept: by the plan's seed and the number alone, so all its attempts are or none. */
int bm_load_request_is_kept(const bm_load_plan_t *plan, apr_int64_t seq);

/** Add it to a batch that has room: its sample, and its row if that is kept. superseded: another attempt follows, it counts for
 *  nothing. */
void bm_load_request_record(bm_load_batch_t *batch, const bm_load_outcome_t *outcome, int superseded, int is_kept);

#endif
