/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pacer.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* The times stand in the heap itself: sifting touches no item until it moves. */
typedef struct slot_t {
    apr_int64_t due_ns;
    bm_pacer_item_t *item;
} slot_t;

struct bm_pacer_t {
    slot_t *heap;
    apr_uint32_t count, size;
    int fd;
    apr_int64_t armed_ns;            /* 0: not armed */
};

static apr_status_t pacer_cleanup(void *baton)
{
    bm_pacer_t *pacer = baton;

    close(pacer->fd);
    free(pacer->heap);
    return APR_SUCCESS;
}

apr_status_t bm_pacer_create(bm_pacer_t **ppacer, apr_pool_t *p)
{
    bm_pacer_t *pacer = apr_pcalloc(p, sizeof(*pacer));

    *ppacer = NULL;
    pacer->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (pacer->fd < 0)
        return errno;
    apr_pool_cleanup_register(p, pacer, pacer_cleanup, apr_pool_cleanup_null);
    *ppacer = pacer;
    return APR_SUCCESS;
}

int bm_pacer_fd(const bm_pacer_t *pacer)
{
    return pacer->fd;
}

static void place(bm_pacer_t *pacer, apr_uint32_t at, slot_t slot)
{
    pacer->heap[at] = slot;
    slot.item->place = at + 1;
}

static void sift_up(bm_pacer_t *pacer, apr_uint32_t at, slot_t slot)
{
    while (at > 0) {
        apr_uint32_t parent = (at - 1) / 2;

        if (pacer->heap[parent].due_ns <= slot.due_ns)
            break;
        place(pacer, at, pacer->heap[parent]);
        at = parent;
    }
    place(pacer, at, slot);
}

static void sift_down(bm_pacer_t *pacer, apr_uint32_t at, slot_t slot)
{
    for (;;) {
        apr_uint32_t child = 2 * at + 1;

        if (child >= pacer->count)
            break;
        if (child + 1 < pacer->count && pacer->heap[child + 1].due_ns < pacer->heap[child].due_ns)
            child++;
        if (slot.due_ns <= pacer->heap[child].due_ns)
            break;
        place(pacer, at, pacer->heap[child]);
        at = child;
    }
    place(pacer, at, slot);
}

static apr_status_t grow(bm_pacer_t *pacer)
{
    apr_uint32_t size = pacer->size ? pacer->size * 2 : 64;
    slot_t *heap = realloc(pacer->heap, size * sizeof(*heap));

    if (heap == NULL)
        return APR_ENOMEM;
    pacer->heap = heap;
    pacer->size = size;
    return APR_SUCCESS;
}

apr_status_t bm_pacer_put(bm_pacer_t *pacer, bm_pacer_item_t *item, apr_int64_t due_ns)
{
    slot_t slot = { due_ns, item };

    if (item->place > 0) {
        apr_uint32_t at = item->place - 1;
        int later = due_ns > item->due_ns;

        item->due_ns = due_ns;
        if (later)
            sift_down(pacer, at, slot);
        else
            sift_up(pacer, at, slot);
        return APR_SUCCESS;
    }
    if (pacer->count == pacer->size && grow(pacer) != APR_SUCCESS)
        return APR_ENOMEM;
    item->due_ns = due_ns;
    pacer->count++;
    sift_up(pacer, pacer->count - 1, slot);
    return APR_SUCCESS;
}

void bm_pacer_remove(bm_pacer_t *pacer, bm_pacer_item_t *item)
{
    apr_uint32_t at;
    slot_t last;

    if (item->place == 0)
        return;
    at = item->place - 1;
    item->place = 0;
    last = pacer->heap[--pacer->count];
    if (last.item == item)
        return;
    if (at > 0 && pacer->heap[(at - 1) / 2].due_ns > last.due_ns)
        sift_up(pacer, at, last);
    else
        sift_down(pacer, at, last);
}

bm_pacer_item_t *bm_pacer_take_any(bm_pacer_t *pacer)
{
    bm_pacer_item_t *item;

    if (pacer->count == 0)
        return NULL;
    item = pacer->heap[0].item;
    bm_pacer_remove(pacer, item);
    return item;
}

bm_pacer_item_t *bm_pacer_take_due(bm_pacer_t *pacer, apr_int64_t now_ns)
{
    return bm_pacer_next_ns(pacer) <= now_ns ? bm_pacer_take_any(pacer) : NULL;
}

apr_int64_t bm_pacer_next_ns(const bm_pacer_t *pacer)
{
    return pacer->count ? pacer->heap[0].due_ns : APR_INT64_MAX;
}

void bm_pacer_arm(bm_pacer_t *pacer)
{
    apr_int64_t due = pacer->count ? pacer->heap[0].due_ns : 0;
    struct itimerspec at = { .it_value = { 0, 0 } };

    if (pacer->count && due <= 0)
        due = 1;                     /* 0 would disarm */
    if (due == pacer->armed_ns)
        return;
    at.it_value.tv_sec = (time_t)(due / 1000000000LL);
    at.it_value.tv_nsec = (long)(due % 1000000000LL);
    timerfd_settime(pacer->fd, TFD_TIMER_ABSTIME, &at, NULL);
    pacer->armed_ns = due;
}

void bm_pacer_fired(bm_pacer_t *pacer)
{
    uint64_t count;
    ssize_t n = read(pacer->fd, &count, sizeof(count));

    (void)n;                         /* EAGAIN: it was moved meanwhile */
    pacer->armed_ns = 0;
}
