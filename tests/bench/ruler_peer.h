/* SPDX-License-Identifier: Apache-2.0
 *
 * ruler_peer.h: another client in our place: a program that asks the same target for the same streams and says when it saw
 * what. Single-threaded. */
#ifndef BM_BENCH_RULER_PEER_H
#define BM_BENCH_RULER_PEER_H

#include "ruler_compare.h"

typedef struct ruler_peer_t {
    const char *program;             /* peers/asyncio_client.py, or one that takes the same options and writes the same lines */
    int port, cpu, rr, streams, total, tokens;
    double ttft_ms, gap_ms;
    apr_uint64_t first_key;          /* keys first_key ... first_key + total - 1 */
} ruler_peer_t;

/** Run the program to its end. @param streams of ruler_stamps_t, in p, in the order they ended. @return 0: it failed. */
int ruler_peer_run(apr_array_header_t **streams, const ruler_peer_t *peer, apr_pool_t *p);

#endif
