/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_server.h: the reference target on a port: HTTP/1.1 over raw sockets, one thread, one epoll.
 *
 * Every chunk leaves at its absolute time (request read + offset of the schedule): the loop sleeps with nanosecond deadlines
 * and a timer slack of 1 us, takes the earliest due connection from a heap, stamps CLOCK_MONOTONIC directly before
 * send(), and writes planned and true time to the ring. Lateness never adds up, for the next time does not depend on it.
 *
 * It runs in the calling thread, which should have a process and a priority of its own. */
#ifndef BM_TARGET_TARGET_SERVER_H
#define BM_TARGET_TARGET_SERVER_H

#include <apr_errno.h>
#include "shm/target_ring.h"
#include "target/target_tls.h"

/** Members that are 0 have their default. */
typedef struct bm_target_options_t {
    int max_connections;            /* further ones wait in the backlog; default 4000 */
    apr_size_t max_body;            /* bytes of one request body; default 4 MiB */
    apr_size_t max_memory;          /* bytes of all requests being read; default 256 MiB, then 503 */
    apr_int64_t idle_ms;            /* a connection without a request is closed; default 75000 */
    apr_int64_t read_ms;            /* longest time a request may take to arrive; default 30000 */
    apr_int64_t hang_ms;            /* end of a hang, and of a client that does not read; default 600000 */
    apr_int64_t drain_ms;           /* streams may end by themselves after a stop; default 0: closed at once */
    apr_int64_t spin_us;            /* do not sleep when less than this is left; default 0. Costs a core */
    bm_target_tls_t *tls;           /* also speak TLS, with who begins with a handshake; NULL: plain HTTP only. Must outlive
                                     * bm_target_run() */
    int log_all;                    /* also record requests without an id: their keys are 2^63 + a counter */
} bm_target_options_t;

/** A listening socket, non-blocking and closed on exec. address: numeric IPv4 or IPv6. *port: 0 for an ephemeral one,
 *  and then what it became. @return APR_EINVAL: no numeric address; an errno status. The caller closes *pfd. */
apr_status_t bm_target_listen(int *pfd, const char *address, int *port);

/** Serve until stop_fd becomes readable: an eventfd (1: drain, 2 or a second write: stop at once) or a non-blocking
 *  signalfd (SIGHUP: drain; any other: drain for half a second at most). Nobody else may read it.
 *  SIGPIPE stays blocked in this thread. ring may be NULL.
 *  Port and certificate are published in the ring while it takes connections. listen_fd stays open.
 *  @return an errno status if the loop could not be set up; else APR_SUCCESS after the stop. */
apr_status_t bm_target_run(int listen_fd, int stop_fd, bm_target_ring_t *ring, const bm_target_options_t *options);

#endif
