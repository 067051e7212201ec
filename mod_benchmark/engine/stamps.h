/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/stamps.h: when bytes arrived, as the loop saw it and as the kernel did.
 *
 * Every wake-up of the loop has a number; what one wake-up read arrived "together" as far as we can tell. The user stamp is
 * taken right after a read returned, once for all that it brought, so it is never early. The kernel stamp follows the
 * last-segment rule: the arrival of the last segment that was queued before the read, and only if the read took no more
 * than was queued then; otherwise it is unknown (0). So it is never early either, and late only where the kernel
 * itself joined segments.
 *
 * Loop thread only. */
#ifndef BM_ENGINE_STAMPS_H
#define BM_ENGINE_STAMPS_H

#include "net/exchange.h"
#include "net/kernel_stamp.h"

/** Counters since the loop started. */
typedef struct bm_stamp_counters_t {
    apr_uint64_t wakes;              /* returns of epoll_wait */
    apr_uint64_t reads;              /* reads that brought bytes of an answer */
    apr_uint64_t chunks;             /* pieces that libcurl gave us: HTTP chunks, or reads where there are none */
    apr_uint64_t batched_chunks;     /* of these, pieces that shared their read with an earlier one */
    apr_uint64_t unknown;            /* reads without a kernel stamp although stamps are on */
    apr_uint64_t lag_count;          /* reads with both stamps */
    apr_int64_t lag_sum_ns, lag_max_ns;   /* user stamp minus kernel stamp over these: our own delay */
} bm_stamp_counters_t;

/** Of a loop. */
typedef struct bm_stamps_t {
    int kernel;                      /* kernel stamps are on */
    apr_uint32_t wake;               /* number of the present wake-up */
    apr_uint64_t turn;               /* number of libcurl's present turn (call of curl_multi_socket_action) */
    bm_kernel_clock_t clock;
    bm_stamp_counters_t counters;
} bm_stamps_t;

/** Of an exchange: the read of libcurl's present turn. Zero it when the exchange begins. */
typedef struct bm_read_t {
    int fd;
    apr_uint64_t turn;               /* the turn that this describes */
    int opaque;                      /* TLS: what we are given is not what was taken from the socket */
    apr_int64_t user_ns;             /* of the present read; 0: nothing has been read */
    apr_int64_t kernel_ns;           /* last segment of what was queued; 0: not known */
    apr_int64_t first_kernel_ns;     /* first segment of it; only looked up while the answer has not begun */
    apr_size_t queued, taken;        /* bytes before the read; bytes that came out of it so far */
    apr_uint64_t arrived;            /* TLS: bytes received by the connection before the peek */
    apr_uint32_t pieces;             /* given to us in the present read */
    apr_uint32_t wake;               /* number that the read's segments get */
    int order_known;                 /* out_of_order is the connection's count before the answer */
    apr_uint32_t out_of_order;
} bm_read_t;

/** Start; kernel: whether to use kernel stamps (off again, with a warning, if the system has none). Memory in p. */
void bm_stamps_init(bm_stamps_t *stamps, int kernel, apr_pool_t *p);

/** epoll_wait returned at now_ns. */
void bm_stamps_wake(bm_stamps_t *stamps, apr_int64_t now_ns);

/** libcurl's next turn begins: call before each curl_multi_socket_action(). */
void bm_stamps_turn(bm_stamps_t *stamps);

/** The exchange got this connection: remembers how many segments came out of order on it so far. */
void bm_stamps_attach(const bm_stamps_t *stamps, bm_read_t *read, int fd);

/** fd is readable and libcurl is about to read it for x, in the turn just begun. */
void bm_stamps_before_read(bm_stamps_t *stamps, bm_read_t *read, const bm_exchange_t *x, int fd);

/** libcurl has read: `bytes` of it are passed on now. fresh: they begin a new read for sure (0: perhaps). */
void bm_stamps_took(bm_stamps_t *stamps, bm_read_t *read, const bm_exchange_t *x, apr_size_t bytes, int fresh);

/** libcurl's turn that bm_stamps_before_read() announced is over; first_segment: x->segment_count before it. Withdraws stamps
 *  that did not cover what was read. */
void bm_stamps_after_read(bm_stamps_t *stamps, bm_read_t *read, bm_exchange_t *x, apr_uint32_t first_segment);

/** The exchange is over and fd still open: withdraws all its kernel stamps if segments arrived out of order, since the last
 *  in sequence was then not the last to arrive. */
void bm_stamps_check_order(const bm_read_t *read, bm_exchange_t *x, int fd);

#endif
