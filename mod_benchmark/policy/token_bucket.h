/* SPDX-License-Identifier: Apache-2.0
 *
 * policy/token_bucket.h: when the next request to a target may be sent.
 *
 * A token bucket as its dual, the generic cell rate algorithm (ITU-T I.371 annex A): one time says all.
 *
 * Thread: no state but the caller's. Times are nanoseconds on CLOCK_MONOTONIC. */
#ifndef BM_POLICY_TOKEN_BUCKET_H
#define BM_POLICY_TOKEN_BUCKET_H

#include <apr.h>

/** Zero it first: without a rate it lets everything pass. */
typedef struct bm_token_bucket_t {
    double rate;                     /* tokens per second; 0: no limit */
    double burst;                    /* tokens that a full bucket holds; at least 1 */
    apr_int64_t arrival_ns;          /* theoretical arrival time of the next request */
} bm_token_bucket_t;

/** Take a token for a request that is to be sent at at_ns. @return when it may be sent: at_ns or later. */
apr_int64_t bm_token_bucket_take(bm_token_bucket_t *bucket, apr_int64_t at_ns);

#endif
