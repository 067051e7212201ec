/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_heap.h"

#include <stdlib.h>

void bm_target_heap_init(bm_target_heap_t *heap, apr_int32_t size, apr_pool_t *p)
{
    heap->timers = apr_pcalloc(p, (apr_size_t)(size + 1) * sizeof(*heap->timers));
    heap->count = 0;
    heap->size = size;
}

static void put(bm_target_heap_t *heap, apr_int32_t place, bm_target_timer_t *timer)
{
    heap->timers[place] = timer;
    timer->place = place;
}

/* Find the timer's right place, beginning at `place`. */
static void settle(bm_target_heap_t *heap, apr_int32_t place, bm_target_timer_t *timer)
{
    apr_int32_t child;

    while (place > 1 && heap->timers[place / 2]->due_ns > timer->due_ns) {
        put(heap, place, heap->timers[place / 2]);
        place /= 2;
    }
    while ((child = 2 * place) <= heap->count) {
        if (child < heap->count && heap->timers[child + 1]->due_ns < heap->timers[child]->due_ns)
            child++;
        if (heap->timers[child]->due_ns >= timer->due_ns)
            break;
        put(heap, place, heap->timers[child]);
        place = child;
    }
    put(heap, place, timer);
}

void bm_target_heap_set(bm_target_heap_t *heap, bm_target_timer_t *timer, apr_int64_t due_ns)
{
    if (timer->place == 0) {
        if (heap->count >= heap->size)
            abort();
        timer->place = ++heap->count;
    }
    timer->due_ns = due_ns;
    heap->timers[timer->place] = timer;
    settle(heap, timer->place, timer);
}

void bm_target_heap_remove(bm_target_heap_t *heap, bm_target_timer_t *timer)
{
    apr_int32_t place = timer->place;
    bm_target_timer_t *last;

    if (place == 0)
        return;
    last = heap->timers[heap->count--];
    timer->place = 0;
    if (last != timer)
        settle(heap, place, last);
}

bm_target_timer_t *bm_target_heap_top(const bm_target_heap_t *heap)
{
    return heap->count > 0 ? heap->timers[1] : NULL;
}
