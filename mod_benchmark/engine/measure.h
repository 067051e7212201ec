/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/measure.h: from stamped chunks to the figures of a run, as docs (metrics) defines them.
 *
 * P planned send, S request written, B first byte of the answer, C1..Cn chunks with content (role, usage, finish and
 * empty ones do not count), N output tokens. Differences of stamps of one clock. Either all receive stamps of a run
 * are the kernel's or none is: kernel_stamped says which.
 *
 * What only a stream has (first token, gaps, TPOT) stays BM_FIGURE_NONE for an answer that came as one body, so that times to
 * the end of a body never stand among times to the first token. A run that did not complete has no latency (a part of an
 * answer is none): only phases, TTFB, total, send lag and what concerns the measuring itself.
 *
 * Thread: no state. */
#ifndef BM_ENGINE_MEASURE_H
#define BM_ENGINE_MEASURE_H

#include <apr_pools.h>
#include "provider/provider.h"

/** "Not measured" of every integer figure. */
#define BM_FIGURE_NONE APR_INT64_MIN

/** Many values of one metric: ms[i] occurs times[i] times. */
typedef struct bm_gaps_t {
    const double *ms;
    const apr_uint32_t *times;       /* NULL: once each */
    apr_size_t count;                /* of entries; 0: none */
    apr_uint64_t n;                  /* values, repetitions counted */
} bm_gaps_t;

/** Mean and exact percentiles (percentile_cont) of gaps; provenance NULL: there are none. */
typedef struct bm_gap_stats_t {
    double mean_ms, p50_ms, p95_ms, p99_ms;
    apr_uint64_t n;
    const char *provenance;          /* "usage": per token, by token counts of the stream; "chunk": between chunks;
                                      * "progress": between progress events */
} bm_gap_stats_t;

/** All times in nanoseconds. */
typedef struct bm_figures_t {
    apr_int64_t total_ns;            /* handed to the network until the last byte, connecting included; of several
                                      * exchanges: the first to the last */
    apr_int64_t e2e_ns, e2e_scheduled_ns;     /* Cn - S, Cn - P */
    apr_int64_t ttfb_ns;             /* B - S */
    apr_int64_t ttft_ns, ttft_scheduled_ns;   /* C1 - S, C1 - P; an agent's first PROGRESS */
    apr_int64_t ttft_cold_ns;        /* C1 - handed to the network: of a run that had to connect */
    apr_int64_t ttfo_ns;             /* first content that is not reasoning, - S */
    apr_int64_t ttst_ns;             /* C2 - C1 */
    apr_int64_t tpot_ns;             /* (Cn - C1)/(N - f), f tokens of the first chunk if known, else 1; by counted tokens only */
    apr_int64_t tpot_normalised_ns;  /* e2e / N */
    double tokens_per_second;        /* 1 / TPOT, what one user sees; NaN: none */
    double tokens_per_second_e2e;    /* N / e2e; NaN: none */
    apr_int64_t dns_ns, connect_ns, tls_ns;   /* 0 on a warm connection */
    apr_int64_t send_ns, wait_ns, stream_ns;  /* connected until S, S until B, B until the end */
    apr_int64_t send_lag_ns;         /* S - when it was due: our own error */
    apr_int64_t held_ns;             /* when it was due - P; NONE: it was due at P */
    bm_gaps_t icl;                   /* Ck - Ck-1, from stamps in whole microseconds, as the timeline keeps them; so itl */
    bm_gaps_t itl;                   /* per token; without token counts: icl, and provenance is "chunk" or "progress" */
    bm_gap_stats_t inter_token;      /* of itl */
    apr_int64_t lag_p50_ns, lag_p99_ns, lag_max_ns;   /* our stamp minus the kernel's, of all chunks that have both */
    apr_int64_t chunks;              /* events of the stream */
    apr_int64_t content_chunks;      /* n */
    apr_int64_t batched_events;      /* content chunks that came in the same wake-up as the one before */
    int kernel_stamped;              /* -1: nothing was stamped */
    int connection_reused;           /* -1: not known */
    apr_int64_t http_status;         /* BM_FIGURE_NONE: no answer */
} bm_figures_t;

/** The figures of an answer, in p. Never NULL. What the call did not have is BM_FIGURE_NONE, NaN or empty. */
bm_figures_t *bm_measure(const bm_answer_t *answer, apr_pool_t *p);

/** The gaps alone, of chunks (of bm_chunk_t) of a completed answer whose stamps (user_ns) are nanoseconds since S: what
 *  bm_measure found, from a timeline (engine/timeline.h). In p. */
void bm_measure_gaps(bm_gaps_t *itl, bm_gaps_t *icl, apr_array_header_t *chunks, bm_stream_e stream, apr_pool_t *p);

/** Nanoseconds as microseconds, rounded; BM_FIGURE_NONE stays. */
apr_int64_t bm_measure_us(apr_int64_t ns);

/** percentile_cont of ascending values: linear between ranks floor and ceil of q(n-1). NaN: none. */
double bm_measure_percentile(const bm_gaps_t *ascending, double q);

/** inter_token as JSON {mean_ms, p50_ms, p95_ms, p99_ms, n, provenance} with three decimals, in p; NULL: there are no
 *  gaps. */
const char *bm_measure_inter_token_json(const bm_gap_stats_t *stats, apr_pool_t *p);

#endif
