/* SPDX-License-Identifier: Apache-2.0
 *
 * ruler_compare.h: what was captured against what the target truly did. Both used CLOCK_MONOTONIC of one machine, so an
 * error is a subtraction. Single-threaded. */
#ifndef BM_BENCH_RULER_COMPARE_H
#define BM_BENCH_RULER_COMPARE_H

#include "base/json.h"
#include "net/exchange.h"
#include "shm/target_ring.h"

/** Values of one kind of error, microseconds. Zero it to begin; heap. */
typedef struct ruler_values_t {
    double *values;
    apr_size_t n, size;
} ruler_values_t;

typedef struct ruler_summary_t {
    double mean, p50, p99, max;
    apr_size_t n;
} ruler_summary_t;

/** All errors of a trial. "user" stamps are the loop's, "kernel" stamps the network stack's. */
typedef struct ruler_errors_t {
    ruler_values_t stamp_user, stamp_kernel;     /* arrival minus true send of each content chunk */
    ruler_values_t gap_user, gap_kernel;         /* |measured - true| gap of neighbours; kernel: both stamps known */
    ruler_values_t ttft_user, ttft_kernel;       /* |(C1 - S) - (true first send - true end of reading)| */
    ruler_values_t sent;                         /* true end of reading minus S: below 0, S is late */
    apr_uint64_t events, batched, unknown;       /* content chunks; arrived together with the one before; no kernel stamp */
    apr_uint64_t early_user, early_kernel;       /* stamps before the true send: must be 0 */
    apr_uint64_t no_truth;                       /* chunks whose record was not found or not usable */
    apr_uint64_t failed;                         /* exchanges that did not end well, or with a wrong number of chunks */
} ruler_errors_t;

/** When a client sent one request, and when it saw each content chunk. */
typedef struct ruler_stamps_t {
    apr_uint64_t key;
    apr_int64_t sent_ns;
    apr_array_header_t *seen_ns;                 /* of apr_int64_t; empty: it failed */
} ruler_stamps_t;

/** Truth of one trial: records by key. */
typedef struct ruler_truth_t ruler_truth_t;

/** Read everything from *cursor on. In p. */
ruler_truth_t *ruler_truth_read(bm_target_ring_t *ring, apr_uint64_t *cursor, apr_uint64_t *lost, apr_pool_t *p);

/** Compare one finished exchange, whose target was asked for `tokens` chunks under this key. */
void ruler_compare(ruler_errors_t *errors, const ruler_truth_t *truth, const bm_exchange_t *x, apr_uint64_t key, int tokens);

/** The same for the stamps of another client, which has user stamps only and does not know what came together. */
void ruler_compare_stamps(ruler_errors_t *errors, const ruler_truth_t *truth, const ruler_stamps_t *stamps, int tokens);

/** Mean, percentiles (linear between ranks), maximum. Sorts. Zeros if there are no values. */
ruler_summary_t ruler_summarise(ruler_values_t *values);

/** Member `name`: {mean,p50,p99,max,n}; null without values. */
void ruler_write(bm_jw_t *w, const char *name, const ruler_summary_t *summary);

/** Give the memory back. */
void ruler_errors_free(ruler_errors_t *errors);

#endif
