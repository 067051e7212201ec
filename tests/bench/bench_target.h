/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_target.h: what the benchmarks of the engine share: the reference target in a process of its own, one loop that asks it,
 * and requests for streams. */
#ifndef BM_BENCH_BENCH_TARGET_H
#define BM_BENCH_BENCH_TARGET_H

#include <sys/types.h>
#include "base/ring.h"
#include "engine/loop.h"
#include "shm/target_ring.h"

/** How the two sides run. Zero: as started. */
typedef struct bench_setup_t {
    int target_cpu, loop_cpu;        /* -1: not pinned */
    int nice, rr;                    /* of both */
    int spin;                        /* of the loop, in microseconds */
    int kernel_stamps;
    int tls;
} bench_setup_t;

typedef struct bench_target_t {
    bench_setup_t setup;
    pid_t pid;
    int port;
    bm_target_ring_t *ring;
    bm_loop_t *loop;
    bm_ring_t *outbox;
    char ca_file[32];
} bench_target_t;

/** What one stream is like; milliseconds. */
typedef struct bench_stream_t {
    int tokens;
    double ttft_ms, gap_ms;          /* means of uniform draws from half to one and a half */
} bench_stream_t;

/** Start target and loop, with `records` in the ring. @return 0: it failed, and said why. */
int bench_target_start(bench_target_t *b, const bench_setup_t *setup, apr_uint32_t records, apr_pool_t *p);

/** End both. */
void bench_target_stop(bench_target_t *b);

/** A request for one stream with this correlation id, which is also its seed. In p. */
bm_http_request_t *bench_target_request(const bench_target_t *b, const bench_stream_t *stream, apr_uint64_t key, apr_pool_t *p);

#endif
