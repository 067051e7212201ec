/* SPDX-License-Identifier: Apache-2.0
 *
 * net/kernel_stamp.h: when the kernel received and sent bytes, independent of when we come to look.
 *
 * A TCP socket with SO_TIMESTAMPING remembers for every queued segment when it arrived. A peek that copies nothing
 * (MSG_PEEK | MSG_TRUNC) before libcurl reads tells the arrival of the last segment of what is queued. The stamp is on
 * CLOCK_REALTIME and is moved to CLOCK_MONOTONIC by an offset that is always rounded up, so a stamp is never early.
 *
 * It also queues a transmit stamp for each write, taken where the bytes leave for the network (on loopback, and mostly
 * elsewhere, inside the system call). They wait in the socket's error queue and raise EPOLLERR, so whoever asked for stamps
 * must take them: libcurl would mistake a warm connection with a stamp left over for a dead one.
 *
 * Two ways to be early remain and are the caller's to exclude: bytes that arrive between peek and read (compare counts), and
 * segments that arrived out of order (bm_kernel_stamp_arrivals). Loop thread only; no shared state. */
#ifndef BM_NET_KERNEL_STAMP_H
#define BM_NET_KERNEL_STAMP_H

#include <apr_errno.h>
#include <apr_pools.h>

/** Bytes that one peek looks at; more than libcurl's buffer reads at once. */
#define BM_KERNEL_STAMP_PEEK 65536

/** CLOCK_MONOTONIC minus CLOCK_REALTIME as last sampled. Both are slewed alike, so only a step changes it. */
typedef struct bm_kernel_clock_t {
    apr_int64_t offset_ns;       /* add to a realtime stamp; upper bound */
    apr_int64_t width_ns;        /* of the sample: how much too large the offset may be */
    apr_int64_t sampled_ns;      /* monotonic time of the sample */
    apr_uint32_t steps;          /* how often the offset moved by more than 5 us: somebody set the clock */
    char *nowhere;               /* BM_KERNEL_STAMP_PEEK bytes of address space that no peek writes to */
} bm_kernel_clock_t;

/** What a peek saw. */
typedef struct bm_kernel_peek_t {
    apr_int64_t ns;              /* arrival of the last segment looked at, CLOCK_MONOTONIC; 0: not known */
    apr_size_t bytes;            /* queued, as far as looked at */
} bm_kernel_peek_t;

/** Sample the offset and keep receive stamps switched on in the kernel for as long as p lives (a switch that goes
 *  on and off with the last socket would leave the first segments unstamped). Waits until the kernel does stamp, mostly less
 *  than a millisecond and at most 200 ms. @return errno status: the kernel has none. */
apr_status_t bm_kernel_clock_init(bm_kernel_clock_t *clock, apr_pool_t *p);

/** Sample again: the tightest of 20 readings. */
void bm_kernel_clock_sample(bm_kernel_clock_t *clock);

/** Call after each wake-up with the monotonic time: samples again 250 ms after the last sample, and at once after a step. */
void bm_kernel_clock_check(bm_kernel_clock_t *clock, apr_int64_t now_ns);

/** A CLOCK_REALTIME time (ns) on CLOCK_MONOTONIC. */
apr_int64_t bm_kernel_clock_monotonic(const bm_kernel_clock_t *clock, apr_int64_t realtime_ns);

/** Ask for receive and transmit stamps on a socket. @return errno status. */
apr_status_t bm_kernel_stamp_enable(int fd);

/** Look at the first `len` (1 to BM_KERNEL_STAMP_PEEK) queued bytes of fd without taking them. Nothing queued, no stamp:
 *  zeros. Never blocks. */
void bm_kernel_stamp_peek(bm_kernel_peek_t *peek, int fd, apr_size_t len, const bm_kernel_clock_t *clock);

/** Take all transmit stamps that wait on fd. *ns becomes the latest that lies in [from_ns, until_ns] (CLOCK_MONOTONIC) and
 *  stays as it is if none does. Never blocks. @return how many were taken. */
int bm_kernel_stamp_take_sent(apr_int64_t *ns, int fd, apr_int64_t from_ns, apr_int64_t until_ns,
                              const bm_kernel_clock_t *clock);

/** Bytes that the connection received in order, and segments that arrived out of order, since it was opened.
 *  @return errno status: not TCP, or closed. */
apr_status_t bm_kernel_stamp_arrivals(apr_uint64_t *bytes, apr_uint32_t *out_of_order, int fd);

#endif
