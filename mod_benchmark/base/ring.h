/* SPDX-License-Identifier: Apache-2.0
 *
 * base/ring.h: a bounded ring of messages (pointers) from many threads to one or many.
 *
 * Lock-free: each cell carries a sequence number (D. Vyukov's bounded MPMC queue), so producers and
 * consumers meet in one compare-and-swap. A message changes its owner with the push: the producer
 * may not touch it afterwards. The ring never blocks and never allocates after bm_ring_create();
 * a full ring is the caller's to handle. An eventfd wakes a sleeping consumer; it can be
 * put into an epoll set.
 *
 * Thread-safe: push and pop from any thread; bm_ring_create and its pool from one. */
#ifndef BM_BASE_RING_H
#define BM_BASE_RING_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_ring_t bm_ring_t;

/** A ring for at least `size` messages (rounded up to a power of two, 2 to 2^24), freed with p.
 *  @return an errno status if no eventfd could be made. */
apr_status_t bm_ring_create(bm_ring_t **pring, apr_uint32_t size, apr_pool_t *p);

/** Put a message in. No wake-up: follow with bm_ring_wake(), once after a batch.
 *  @return APR_EAGAIN: full. msg must not be NULL. */
apr_status_t bm_ring_push(bm_ring_t *ring, void *msg);

/** Take the oldest message. @return NULL: empty. */
void *bm_ring_pop(bm_ring_t *ring);

/** Wake the consumer that waits on bm_ring_fd(). Async-signal-safe. */
void bm_ring_wake(bm_ring_t *ring);

/** The eventfd that becomes readable with bm_ring_wake(). */
int bm_ring_fd(const bm_ring_t *ring);

/** Reset the eventfd; call before popping until NULL, so that no wake-up is lost. */
void bm_ring_drain_wake(bm_ring_t *ring);

/** Wait up to timeout_ms (-1: for ever) for a wake-up. @return 1: woken, 0: time is up. */
int bm_ring_wait(bm_ring_t *ring, int timeout_ms);

/** Messages inside, roughly: exact only when nobody pushes or pops. */
apr_uint32_t bm_ring_count(bm_ring_t *ring);

#endif
