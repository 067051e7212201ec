/* SPDX-License-Identifier: Apache-2.0
 *
 * model/run_trace.h: a run as those see it who follow it through several systems: ids, times, and what was asked of whom.
 *
 * Plain values, made by the engine in the run's pool and gone with it: who keeps something copies it. */
#ifndef BM_MODEL_RUN_TRACE_H
#define BM_MODEL_RUN_TRACE_H

#include <apr_time.h>

/** "Not known" of every integer below. */
#define BM_TRACE_NONE APR_INT64_MIN

/** Names of a trace and of its spans as W3C Trace Context has them; all zero: none. */
typedef struct bm_trace_ids_t {
    unsigned char trace[16], run[8], queue[8], request[8];
} bm_trace_ids_t;

/** Times are nanoseconds on CLOCK_MONOTONIC; 0: did not happen. Texts may be NULL. */
typedef struct bm_run_trace_t {
    bm_trace_ids_t ids;
    apr_int64_t run_id, scenario_id;
    int attempt;
    const char *status;                /* completed, failed, cancelled, timed_out */
    const char *error_code, *error;
    const char *location;
    apr_int64_t due_ns;                /* when it was due: the begin of all */
    apr_int64_t started_ns;            /* when the engine took it up */
    apr_int64_t ended_ns;              /* when it had ended */
    /* what was asked */
    const char *provider;
    const char *method, *url;          /* of the measured exchange; NULL: nothing was sent */
    const char *asked_model, *model;   /* as asked, as answered */
    const char *finish_reason;
    const char *external_id;
    apr_int64_t max_tokens;
    double temperature, top_p;         /* NaN: not said */
    int streamed;
    apr_int64_t request_ns;            /* handed to the network */
    apr_int64_t sent_ns;               /* the last byte of its header went out */
    apr_int64_t first_token_ns;        /* first content arrived */
    apr_int64_t answered_ns;           /* all had arrived */
    apr_int64_t http_status;
    apr_int64_t prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens;
} bm_run_trace_t;

/** Where recorded runs are told. */
typedef struct bm_trace_sink_t {
    /** Thread: the engine's recorder. Must not wait. */
    void (*take)(void *baton, const bm_run_trace_t *trace);
    void *baton;
    int propagate;                     /* tell targets by a traceparent header */
} bm_trace_sink_t;

/** "00-<trace>-<span>-01", the header that makes a target's spans children of ours. */
#define BM_TRACEPARENT_SIZE 56
void bm_traceparent(char text[BM_TRACEPARENT_SIZE], const bm_trace_ids_t *ids);

#endif
