/* SPDX-License-Identifier: Apache-2.0
 *
 * policy/retry.h: which failed runs are made again, and when.
 *
 * A failure must be one that may pass (bm_answer_t.transient), and repeating must be safe: the provider's calls are
 * repeatable, or the target certainly did nothing, or the next attempt is told the run's number and looks it up.
 * The wait is exponential with full jitter (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog 2015:
 * uniform between 0 and min(cap, base 2^(attempt-1))), and never shorter than what the target asked for.
 *
 * Thread: no state but the caller's generator. */
#ifndef BM_POLICY_RETRY_H
#define BM_POLICY_RETRY_H

#include <apr_time.h>
#include <jansson.h>
#include "base/rand.h"
#include "model/retry_model.h"
#include "provider/provider.h"

/** Classes of failures, in the order of BM_RETRY_CLASSES. The bits of a mask. */
typedef enum bm_retry_class_e {
    BM_RETRY_CONNECTION = 1 << 0,    /* no connection, or a lost one */
    BM_RETRY_RATE_LIMITED = 1 << 1,
    BM_RETRY_OVERLOADED = 1 << 2,    /* 503, 529, "overloaded" */
    BM_RETRY_SERVER_ERROR = 1 << 3,  /* other 5xx */
    BM_RETRY_TIMEOUT = 1 << 4,       /* no first byte, a stall */
    BM_RETRY_STREAM = 1 << 5         /* a stream that broke off or told of an error */
} bm_retry_class_e;

/** The classes of an error code; 0: none. */
unsigned bm_retry_class_of(const char *error_code);

typedef struct bm_retry_policy_t {
    apr_interval_time_t base;        /* span of the first wait */
    apr_interval_time_t cap;         /* largest span */
    apr_interval_time_t obey;        /* longest wait asked by a target that is obeyed; a longer one ends the run */
    unsigned classes;                /* only failures of these; 0: of all that may pass */
    int keeps_number;                /* the next attempt is told bm_answer_t.external_id (bm_call_t.known_external_id) */
} bm_retry_policy_t;

/** 1 s, doubled up to 60 s; up to 15 minutes for a target that asks. A row that goes back to the queue carries no number. */
extern const bm_retry_policy_t bm_retry_default;

typedef struct bm_retry_t {
    int again;
    apr_interval_time_t wait;        /* before the next attempt; 0 unless again */
    const char *why;                 /* a few words for the log and the run's last_error; static */
} bm_retry_t;

/** The policy that a `retry` object (model/retry_model.h, checked) asks for; what it does not say is as in bm_retry_fields. */
bm_retry_policy_t bm_retry_policy_of(const json_t *retry);

/** What to do after attempt number `attempt` (from 1) of at most max_attempts ended with answer. A completed or cancelled
 *  run is never made again. */
bm_retry_t bm_retry_decide(const bm_retry_policy_t *policy, const bm_provider_t *provider, const bm_answer_t *answer,
                           int attempt, int max_attempts, bm_rand_t *r);

/** The wait before the attempt that follows number `attempt`: at least `asked`, and jittered. */
apr_interval_time_t bm_retry_wait(const bm_retry_policy_t *policy, int attempt, apr_interval_time_t asked, bm_rand_t *r);

#endif
