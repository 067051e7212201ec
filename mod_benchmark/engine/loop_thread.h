/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/loop_thread.h: a loop's inside, shared by loop.c (what its owner and others call) and loop_thread.c (what its thread
 * does).
 *
 * The thread owns every member that is not said to be another's. */
#ifndef BM_ENGINE_LOOP_THREAD_H
#define BM_ENGINE_LOOP_THREAD_H

#include <pthread.h>
#include <time.h>
#include <apr_hash.h>
#include "base/thread.h"
#include "engine/loop.h"
#include "engine/watch.h"

/* A cancellation travels through the inbox like a transfer; the kind tells them apart. */
typedef struct bm_loop_cancel_t {
    bm_transfer_kind_e kind;
    apr_uint64_t ticket;
} bm_loop_cancel_t;

struct bm_loop_t {
    bm_loop_options_t options;
    bm_thread_t *thread;
    bm_ring_t *inbox;
    int cpu;                         /* to pin to; -1: none */
    apr_pool_t *p;                   /* the loop's own: used by its thread, goes with the owner's */
    int multi_broken;                /* libcurl's multi reported an error: logged once */
    bm_watch_t *watch;               /* descriptors; owners are bm_flight_t */
    CURLM *multi;
    bm_pacer_t *pacer;
    bm_pacer_item_t curl_timer;      /* libcurl's next own deadline */
    bm_stamps_t stamps;
    bm_flights_t flights;
    apr_hash_t *tickets;             /* of bm_transfer_t, by ticket */
    bm_transfer_t *overflow_first, *overflow_last;
    int delivered;                   /* something went into the outbox in this wake-up */
    bm_loop_stats_t now;             /* the thread's own */
    pthread_mutex_t stats_lock;      /* guards: published, cpu_clock, cpu_clock_known */
    bm_loop_stats_t published;
    clockid_t cpu_clock;
    int cpu_clock_known;
    apr_int64_t spin_since;          /* begin of the stretch of time of which a real-time loop spins a part */
};

/** Before the thread starts: its epoll set and its multi. @return an errno status; APR_EGENERAL: libcurl. */
apr_status_t bm_loop_thread_prepare(bm_loop_t *loop);

/** The thread's body: until it is told to stop; then everything that it holds comes back cancelled. */
void bm_loop_thread_main(bm_thread_t *thread, void *loop, apr_pool_t *p);

/** After the join, by the owner: give back what was handed over in the moment of stopping. */
void bm_loop_thread_give_back_rest(bm_loop_t *loop);

#endif
