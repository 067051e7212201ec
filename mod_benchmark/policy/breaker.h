/* SPDX-License-Identifier: Apache-2.0
 *
 * policy/breaker.h: a circuit breaker (Nygard, "Release It!", 2nd ed., 2018, section 5.2): a target that failed so often in a row
 * is left alone for a while, then tried with one call.
 *
 * Closed: calls pass, and failures in a row are counted. Open: calls are refused until open_ns have passed. Half open: one call
 * is let through; its success closes the circuit, its failure opens it again.
 *
 * Thread: no state but the caller's. Times are nanoseconds on CLOCK_MONOTONIC. */
#ifndef BM_POLICY_BREAKER_H
#define BM_POLICY_BREAKER_H

#include <apr.h>

/** Zero it first: closed, and without a limit it lets everything pass. */
typedef struct bm_breaker_t {
    int limit;                       /* failures in a row that open it; 0: never */
    apr_int64_t open_ns;             /* for how long */
    int failures;                    /* in a row */
    apr_int64_t open_until_ns;       /* 0: closed */
    int trying;                      /* half open: the one call is under way */
    apr_int64_t trying_until_ns;     /* then another is let through, if that one never came back */
    apr_uint64_t opened, refused;    /* counted from the start */
} bm_breaker_t;

/** Whether a call may be made now. One that may must be followed by bm_breaker_note(). */
int bm_breaker_allows(bm_breaker_t *breaker, apr_int64_t now_ns);

/** How an allowed call ended. */
typedef enum bm_breaker_outcome_e {
    BM_BREAKER_ALIVE,                /* the target answered, whatever it said */
    BM_BREAKER_FAILED,               /* it could not be reached, broke off, or said that it cannot work */
    BM_BREAKER_UNKNOWN               /* the call was taken back */
} bm_breaker_outcome_e;

void bm_breaker_note(bm_breaker_t *breaker, bm_breaker_outcome_e outcome, apr_int64_t now_ns);

#endif
