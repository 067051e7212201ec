/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ring.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A cell of position pos is free for the producer at seq == pos and full for the consumer at seq == pos + 1. */
typedef struct cell_t {
    _Atomic uint64_t seq;
    void *msg;
} cell_t;

struct bm_ring_t {
    cell_t *cells;
    uint64_t mask;
    int fd;
    char pad1[64];                 /* producers and consumers on cache lines of their own */
    _Atomic uint64_t tail;
    char pad2[64];
    _Atomic uint64_t head;
};

static apr_status_t ring_cleanup(void *baton)
{
    bm_ring_t *ring = baton;

    close(ring->fd);
    return APR_SUCCESS;
}

apr_status_t bm_ring_create(bm_ring_t **pring, apr_uint32_t size, apr_pool_t *p)
{
    bm_ring_t *ring = apr_pcalloc(p, sizeof(*ring));
    uint64_t n = 2, i;

    *pring = NULL;
    if (size > (1u << 24))
        return APR_EINVAL;
    while (n < size)
        n *= 2;
    ring->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (ring->fd < 0)
        return errno;
    apr_pool_cleanup_register(p, ring, ring_cleanup, apr_pool_cleanup_null);
    ring->cells = apr_pcalloc(p, n * sizeof(*ring->cells));
    ring->mask = n - 1;
    for (i = 0; i < n; i++)
        atomic_init(&ring->cells[i].seq, i);
    atomic_init(&ring->tail, 0);
    atomic_init(&ring->head, 0);
    *pring = ring;
    return APR_SUCCESS;
}

apr_status_t bm_ring_push(bm_ring_t *ring, void *msg)
{
    uint64_t pos = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    cell_t *cell;

    for (;;) {
        uint64_t seq;

        cell = &ring->cells[pos & ring->mask];
        seq = atomic_load_explicit(&cell->seq, memory_order_acquire);
        if (seq == pos) {
            if (atomic_compare_exchange_weak_explicit(&ring->tail, &pos, pos + 1, memory_order_relaxed,
                                                      memory_order_relaxed))
                break;
        }
        else if ((int64_t)(seq - pos) < 0)
            return APR_EAGAIN;
        else
            pos = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    }
    cell->msg = msg;
    atomic_store_explicit(&cell->seq, pos + 1, memory_order_release);
    return APR_SUCCESS;
}

void *bm_ring_pop(bm_ring_t *ring)
{
    uint64_t pos = atomic_load_explicit(&ring->head, memory_order_relaxed);
    cell_t *cell;
    void *msg;

    for (;;) {
        uint64_t seq;

        cell = &ring->cells[pos & ring->mask];
        seq = atomic_load_explicit(&cell->seq, memory_order_acquire);
        if (seq == pos + 1) {
            if (atomic_compare_exchange_weak_explicit(&ring->head, &pos, pos + 1, memory_order_relaxed,
                                                      memory_order_relaxed))
                break;
        }
        else if ((int64_t)(seq - (pos + 1)) < 0)
            return NULL;
        else
            pos = atomic_load_explicit(&ring->head, memory_order_relaxed);
    }
    msg = cell->msg;
    atomic_store_explicit(&cell->seq, pos + ring->mask + 1, memory_order_release);
    return msg;
}

void bm_ring_wake(bm_ring_t *ring)
{
    uint64_t one = 1;
    ssize_t n = write(ring->fd, &one, sizeof(one));

    (void)n;    /* EAGAIN: the counter is full, so the consumer is awake */
}

int bm_ring_fd(const bm_ring_t *ring)
{
    return ring->fd;
}

void bm_ring_drain_wake(bm_ring_t *ring)
{
    uint64_t count;
    ssize_t n = read(ring->fd, &count, sizeof(count));

    (void)n;
}

int bm_ring_wait(bm_ring_t *ring, int timeout_ms)
{
    struct pollfd pfd = { .fd = ring->fd, .events = POLLIN };

    if (poll(&pfd, 1, timeout_ms) <= 0)
        return 0;
    bm_ring_drain_wake(ring);
    return 1;
}

apr_uint32_t bm_ring_count(bm_ring_t *ring)
{
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);

    return tail > head ? (apr_uint32_t)(tail - head) : 0;
}
