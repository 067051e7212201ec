/* SPDX-License-Identifier: Apache-2.0
 *
 * base/thread.h: named worker threads with all signals blocked, and how they end.
 *
 * Stop = flag + wake-up + join, by the owner, within a bounded time. The flag is bm_thread_stopping();
 * the wake-up is whatever the thread sleeps on (an eventfd of the owner's). */
#ifndef BM_BASE_THREAD_H
#define BM_BASE_THREAD_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_thread_t bm_thread_t;

/** Body of a thread. p is the thread's own pool with its own allocator, destroyed after it returns. */
typedef void bm_thread_fn(bm_thread_t *thread, void *baton, apr_pool_t *p);

/** Start a thread. name: at most 15 bytes, shown by ps and debuggers. p keeps the record and must outlive the join. *pthread is
 *  set before it begins. @return what apr_thread_create says; *pthread is NULL then. */
apr_status_t bm_thread_start(bm_thread_t **pthread, const char *name, bm_thread_fn *body, void *baton, apr_pool_t *p);

/** Ask it to end; wake it yourself. Any thread. */
void bm_thread_stop(bm_thread_t *thread);

/** Whether it was asked to end. Any thread. */
int bm_thread_stopping(const bm_thread_t *thread);

/** Wait until it has ended. Call once, from the owner. */
void bm_thread_join(bm_thread_t *thread);

/** A root pool with an allocator of its own, so that its owner can hand it to another thread. Never NULL
 *  (memory exhaustion ends the process, as everywhere in httpd). name is for debuggers. */
apr_pool_t *bm_thread_pool_make(const char *name);

#endif
