/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/pacer.h: things to do at absolute times, by one timerfd on CLOCK_MONOTONIC.
 *
 * libcurl's and epoll's timers count whole milliseconds from now, so waiting adds up; a plan of send times must not
 * drift. The pacer keeps items in a heap and arms the timerfd for the earliest with its absolute nanosecond.
 * Items are embedded in what they belong to; the pacer never frees them. One thread. */
#ifndef BM_ENGINE_PACER_H
#define BM_ENGINE_PACER_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_pacer_t bm_pacer_t;

/** Zero it before first use; due_ns and owner may be read, place is the pacer's. */
typedef struct bm_pacer_item_t {
    apr_int64_t due_ns;
    void *owner;                 /* the caller's */
    apr_uint32_t place;          /* 1 + position in the heap; 0: not in it */
} bm_pacer_item_t;

/** An empty pacer, freed with p. @return errno status: no timerfd. */
apr_status_t bm_pacer_create(bm_pacer_t **ppacer, apr_pool_t *p);

/** The descriptor that becomes readable when the earliest item is due. */
int bm_pacer_fd(const bm_pacer_t *pacer);

/** Put an item in, or move it, to be due at due_ns. @return APR_ENOMEM: it is not in (or stays where it was). */
apr_status_t bm_pacer_put(bm_pacer_t *pacer, bm_pacer_item_t *item, apr_int64_t due_ns);

/** Take an item out; harmless if it is not in. */
void bm_pacer_remove(bm_pacer_t *pacer, bm_pacer_item_t *item);

/** Take out the earliest item that is due at now_ns. NULL: none is. Equal times come in no particular order. */
bm_pacer_item_t *bm_pacer_take_due(bm_pacer_t *pacer, apr_int64_t now_ns);

/** Take out the earliest item, due or not. NULL: empty. */
bm_pacer_item_t *bm_pacer_take_any(bm_pacer_t *pacer);

/** When the earliest item is due; APR_INT64_MAX: empty. */
apr_int64_t bm_pacer_next_ns(const bm_pacer_t *pacer);

/** Set the timerfd to the earliest item, if that has changed. Call before sleeping. */
void bm_pacer_arm(bm_pacer_t *pacer);

/** The timerfd fired: forget what it was set to, so that bm_pacer_arm() sets it again. */
void bm_pacer_fired(bm_pacer_t *pacer);

#endif
