/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/loop.h: a thread that performs exchanges: one epoll set, one curl multi, one pacer.
 *
 * Other threads hand it transfers (engine/transfer.h) through a bounded inbox and get each back, exactly once, in a ring of
 * theirs (the outbox). The loop never blocks on either ring, takes no lock, parses nothing and writes nothing: between two
 * epoll_wait it stamps, copies and starts what is due. A transfer belongs to the loop from a successful bm_loop_start_…
 * until it is popped from the outbox.
 *
 * Threads: create, stop and join by the owner; start, cancel and stats by any thread. */
#ifndef BM_ENGINE_LOOP_H
#define BM_ENGINE_LOOP_H

#include "base/ring.h"
#include "engine/stamps.h"
#include "engine/transfer.h"
#include "net/outbound.h"

typedef struct bm_loop_t bm_loop_t;

typedef struct bm_loop_options_t {
    int index;                       /* from 0; the thread is called bm-loop-<index> */
    const bm_outbound_t *outbound;   /* must outlive the loop */
    bm_ring_t *outbox;               /* receives bm_transfer_t *, then bm_ring_wake(); must outlive the join */
    int capacity;                    /* exchanges in flight for which connections are kept warm; 0: 1024. Not a limit */
    int kernel_stamps;               /* use kernel receive stamps where the system has them */
    const char *cpus;                /* "1,2": pin to the CPU at place index (modulo); NULL: do not pin */
    int nice;                        /* ask for this nice value; 0: as inherited */
    int rr_priority;                 /* ask for SCHED_RR with this priority; 0: do not */
    int spin_us;                     /* how long to look for work without sleeping while exchanges are under way; 0: not at all */
    apr_uint32_t inbox_size;         /* transfers handed over but not taken yet; 0: 16384 */
} bm_loop_options_t;

/** A loop's state, as of its last wake-up (at most some ms old). Counters run from the start of the loop. */
typedef struct bm_loop_stats_t {
    apr_uint32_t in_flight;          /* exchanges under way */
    apr_uint32_t planned;            /* exchanges and waits whose time has not come */
    apr_uint32_t overflow;           /* finished, but the outbox is full */
    apr_uint64_t started, finished;  /* exchanges */
    apr_uint64_t start_lag_count;    /* exchanges with a planned time, and by how much they were handed to libcurl later */
    apr_int64_t start_lag_sum_ns, start_lag_max_ns;
    bm_stamp_counters_t stamps;
    apr_int64_t cpu_ns;              /* CPU time of the thread */
    apr_uint32_t clock_steps;        /* times that somebody set the system's clock */
    int kernel_stamps;               /* in use */
    const char *policy;              /* in force: "other", "rr" ... (engine/host.h) */
    int rr_priority, nice;
    int cpu;                         /* pinned to; -1: not */
} bm_loop_stats_t;

/** Start a loop thread. Its memory goes with p: after the join, and after the last who may call it. Priority and pinning that the
 *  system refuses are logged, not errors: see bm_loop_stats().
 *  @return APR_EINVAL: cpus is not a list of CPU numbers; an errno status; APR_EGENERAL: libcurl. */
apr_status_t bm_loop_create(bm_loop_t **ploop, const bm_loop_options_t *options, apr_pool_t *p);

/** Hand over an exchange (transfer->x, and planned_ns, ticket, owner as wished). @return APR_EAGAIN: the inbox is full, the
 *  transfer is still the caller's. */
apr_status_t bm_loop_start_exchange(bm_loop_t *loop, bm_transfer_t *transfer);

/** Hand over a wait until transfer->planned_ns. @return as above. */
apr_status_t bm_loop_start_wait(bm_loop_t *loop, bm_transfer_t *transfer);

/** End the transfer with this ticket; it comes back through the outbox, cancelled, unless it is over already.
 *  An unknown ticket is ignored. @return APR_EAGAIN: the inbox is full; APR_ENOMEM. */
apr_status_t bm_loop_cancel(bm_loop_t *loop, apr_uint64_t ticket);

/** Ask the loop to end: everything in it is cancelled and put into the outbox. Takes at most 2 s if the outbox stays full. */
void bm_loop_stop(bm_loop_t *loop);

/** Wait for the thread's end, after bm_loop_stop(). @return how many transfers could not be delivered; keep their pools. */
apr_uint32_t bm_loop_join(bm_loop_t *loop);

/** Copy the state. */
void bm_loop_stats(bm_loop_t *loop, bm_loop_stats_t *stats);

#endif
