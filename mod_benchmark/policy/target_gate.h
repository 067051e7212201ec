/* SPDX-License-Identifier: Apache-2.0
 *
 * policy/target_gate.h: what stands between the engine and a target: its rate (as configured, and as the target itself says) and
 * its circuit breaker. One per automation and engine, shared by its runs and load tests.
 *
 * Configured by the automation's connection:
 *   "rate_limit": {"requests_per_second": 10, "burst": 20}
 *   "circuit_breaker": {"failures": 20, "open_seconds": 30}
 * A target that says how much is left (x-ratelimit-*-requests, anthropic-ratelimit-requests-*) makes a bucket of its own; one
 * that says when to come back (Retry-After, retry-after-ms; parse/retry_after.h) closes the gate until then.
 *
 * A request first reserves its time, and enters when that time is near: in between the target may have closed.
 *
 * Thread: recorder thread only. Times are nanoseconds on CLOCK_MONOTONIC. */
#ifndef BM_POLICY_TARGET_GATE_H
#define BM_POLICY_TARGET_GATE_H

#include <apr_pools.h>
#include <jansson.h>
#include "policy/breaker.h"
#include "policy/token_bucket.h"
#include "provider/provider.h"

typedef struct bm_target_gate_t {
    bm_token_bucket_t configured, observed;
    bm_breaker_t breaker;
    apr_int64_t closed_until_ns;     /* the target asked to be left alone */
    int under_way;                   /* calls that entered and have not ended */
    unsigned epoch;                  /* raised each time it does: places reserved before are void */
} bm_target_gate_t;

/** All gates of an engine. */
typedef struct bm_target_gates_t bm_target_gates_t;

/** None yet; p lives as long as the engine: what is in it grows with the number of automations. */
bm_target_gates_t *bm_target_gates_make(apr_pool_t *p);

/** The gate of an automation, as its connection (placeholders filled) wants it now. Never NULL. */
bm_target_gate_t *bm_target_gate_of(bm_target_gates_t *gates, apr_int64_t automation_id, const json_t *connection);

/** A request's place. */
typedef struct bm_target_place_t {
    apr_int64_t at_ns;               /* when it may be sent */
    unsigned epoch;
} bm_target_place_t;

/** Take a place for a request that is to be sent at at_ns: then, or as soon as the rates allow it. */
bm_target_place_t bm_target_gate_reserve(bm_target_gate_t *gate, apr_int64_t at_ns);

typedef enum bm_target_gate_e {
    BM_GATE_GO,                      /* to be followed by bm_target_gate_note() */
    BM_GATE_LATER,                   /* the target has closed since: place->at_ns is later now, ask again then */
    BM_GATE_REFUSED                  /* the circuit is open */
} bm_target_gate_e;

/** Send what has this place at its time, which is near? */
bm_target_gate_e bm_target_gate_enter(bm_target_gate_t *gate, bm_target_place_t *place, apr_int64_t now_ns);

/** How a call that entered ended, and what the target said of its limits. */
void bm_target_gate_note(bm_target_gate_t *gate, const bm_answer_t *answer, apr_int64_t now_ns, apr_pool_t *scratch);

/** The answer of a call that was refused: error_code circuit_open. */
void bm_target_gate_refuse(const bm_target_gate_t *gate, bm_call_t *call, apr_int64_t now_ns);

#endif
