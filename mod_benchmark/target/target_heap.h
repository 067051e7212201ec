/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_heap.h: a min-heap of due times; each timer knows its place, so that moving one is O(log n).
 *
 * A timer is a member of what it belongs to. Thread: one owner. */
#ifndef BM_TARGET_TARGET_HEAP_H
#define BM_TARGET_TARGET_HEAP_H

#include <apr_pools.h>

typedef struct bm_target_timer_t {
    apr_int64_t due_ns;             /* change it by bm_target_heap_set only */
    apr_int32_t place;              /* 0: not in the heap */
} bm_target_timer_t;

typedef struct bm_target_heap_t {
    bm_target_timer_t **timers;     /* from place 1 on */
    apr_int32_t count;
    apr_int32_t size;
} bm_target_heap_t;

/** Room for `size` timers, in p. */
void bm_target_heap_init(bm_target_heap_t *heap, apr_int32_t size, apr_pool_t *p);

/** Put a timer in, or move it. A full heap is a programming error and ends the process. */
void bm_target_heap_set(bm_target_heap_t *heap, bm_target_timer_t *timer, apr_int64_t due_ns);

/** Take it out; harmless if it is not in. */
void bm_target_heap_remove(bm_target_heap_t *heap, bm_target_timer_t *timer);

/** The earliest; NULL: none. */
bm_target_timer_t *bm_target_heap_top(const bm_target_heap_t *heap);

#endif
