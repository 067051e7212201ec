/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/target_ring.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <apr_strings.h>

enum { WORDS = 7, CERTIFICATE_WORDS = BM_TARGET_CERTIFICATE_MAX / 8 };

/* One cache line, so that writer and readers of neighbours do not meet. */
typedef struct slot_t {
    _Atomic uint64_t seq;
    _Atomic uint64_t word[WORDS];
} slot_t;

struct bm_target_ring_t {
    _Atomic uint64_t head;              /* number of the next record */
    uint64_t mask;                      /* written once before fork */
    _Atomic uint64_t serving;           /* process id in the upper half, port in the lower */
    char pad[64 - 3 * sizeof(uint64_t)];
    _Atomic uint64_t certificate[CERTIFICATE_WORDS];    /* PEM, ends with a NUL; does not change while `serving` is not 0 */
    slot_t slots[];
};

_Static_assert(sizeof(slot_t) == 64, "a slot is a cache line");
_Static_assert(sizeof(bm_target_record_t) == WORDS * sizeof(uint64_t), "a record fills the words of a slot");

static uint64_t slots_for(apr_uint32_t records)
{
    uint64_t n = 64;

    while (n < records && n < (1u << 24))
        n *= 2;
    return n;
}

apr_size_t bm_target_ring_size(apr_uint32_t records)
{
    return sizeof(bm_target_ring_t) + slots_for(records) * sizeof(slot_t) + 64;    /* 64: for the alignment */
}

apr_status_t bm_target_ring_create(bm_target_ring_t **pring, apr_uint32_t records, bm_region_t *region)
{
    bm_target_ring_t *ring = bm_region_carve(region, bm_target_ring_size(records) - 64, 64);

    *pring = ring;
    if (ring == NULL)
        return APR_ENOSPC;
    ring->mask = slots_for(records) - 1;
    return APR_SUCCESS;                 /* zero is right for the rest: sequence 0 belongs to no record */
}

void bm_target_ring_put(bm_target_ring_t *ring, const bm_target_record_t *record)
{
    uint64_t pos = atomic_load_explicit(&ring->head, memory_order_relaxed), word[WORDS];
    slot_t *slot = &ring->slots[pos & ring->mask];
    int i;

    memcpy(word, record, sizeof(word));
    atomic_store_explicit(&slot->seq, 2 * pos + 1, memory_order_relaxed);
    for (i = 0; i < WORDS; i++)         /* release: who sees a new word also sees the odd sequence */
        atomic_store_explicit(&slot->word[i], word[i], memory_order_release);
    atomic_store_explicit(&slot->seq, 2 * pos + 2, memory_order_release);
    atomic_store_explicit(&ring->head, pos + 1, memory_order_release);
}

apr_uint64_t bm_target_ring_head(bm_target_ring_t *ring)
{
    return atomic_load_explicit(&ring->head, memory_order_acquire);
}

apr_uint64_t bm_target_ring_tail(bm_target_ring_t *ring)
{
    uint64_t head = bm_target_ring_head(ring);

    return head > ring->mask ? head - ring->mask : 0;    /* one less than all: the writer may be in the oldest */
}

/* @return whether record number pos was copied whole. */
static int copy_slot(bm_target_ring_t *ring, uint64_t pos, bm_target_record_t *record)
{
    slot_t *slot = &ring->slots[pos & ring->mask];
    uint64_t word[WORDS];
    int i;

    if (atomic_load_explicit(&slot->seq, memory_order_acquire) != 2 * pos + 2)
        return 0;
    for (i = 0; i < WORDS; i++)         /* acquire: the second look at the sequence cannot move before a word */
        word[i] = atomic_load_explicit(&slot->word[i], memory_order_acquire);
    if (atomic_load_explicit(&slot->seq, memory_order_relaxed) != 2 * pos + 2)
        return 0;
    memcpy(record, word, sizeof(word));
    return 1;
}

apr_status_t bm_target_ring_next(bm_target_ring_t *ring, apr_uint64_t *cursor, bm_target_record_t *record,
                                 apr_uint64_t *lost)
{
    for (;;) {
        uint64_t head = bm_target_ring_head(ring), tail;

        if (*cursor >= head)
            return APR_EAGAIN;
        if (copy_slot(ring, *cursor, record)) {
            (*cursor)++;
            return APR_SUCCESS;
        }
        tail = bm_target_ring_tail(ring);       /* head is past it and it is not whole: it was overwritten */
        if (tail <= *cursor)
            tail = *cursor + 1;
        if (lost != NULL)
            *lost += tail - *cursor;
        *cursor = tail;
    }
}

static int is_wanted(apr_uint64_t key, const apr_uint64_t *keys, apr_size_t count)
{
    apr_size_t low = 0, high = count;

    while (low < high) {
        apr_size_t middle = low + (high - low) / 2;

        if (keys[middle] == key)
            return 1;
        if (keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

apr_status_t bm_target_ring_collect(bm_target_ring_t *ring, apr_uint64_t *cursor, const apr_uint64_t *keys,
                                    apr_size_t count, apr_array_header_t *records, apr_uint64_t *lost)
{
    apr_uint64_t end = bm_target_ring_head(ring);
    bm_target_record_t record;
    apr_size_t i;

    for (i = 1; i < count; i++)
        if (keys[i - 1] >= keys[i])
            return APR_EINVAL;
    while (*cursor < end && bm_target_ring_next(ring, cursor, &record, lost) == APR_SUCCESS)
        if (is_wanted(record.key, keys, count))
            APR_ARRAY_PUSH(records, bm_target_record_t) = record;
    return APR_SUCCESS;
}

void bm_target_ring_publish(bm_target_ring_t *ring, int port, int pid, const char *certificate)
{
    uint64_t serving = port > 0 ? (uint64_t)(uint32_t)pid << 32 | (uint32_t)port : 0, word[CERTIFICATE_WORDS] = { 0 };
    int i;

    atomic_store_explicit(&ring->serving, 0, memory_order_relaxed);     /* one that was killed may have left its own */
    if (certificate != NULL && strlen(certificate) < sizeof(word))
        memcpy(word, certificate, strlen(certificate));
    for (i = 0; i < CERTIFICATE_WORDS; i++)         /* release: who sees a new word also sees that nobody serves */
        atomic_store_explicit(&ring->certificate[i], word[i], memory_order_release);
    atomic_store_explicit(&ring->serving, serving, memory_order_release);
}

int bm_target_ring_port(bm_target_ring_t *ring, int *pid)
{
    uint64_t serving = atomic_load_explicit(&ring->serving, memory_order_acquire);

    if (pid != NULL)
        *pid = (int)(serving >> 32);
    return (int)(serving & 0xffffffff);
}

const char *bm_target_ring_certificate(bm_target_ring_t *ring, apr_pool_t *p)
{
    uint64_t serving = atomic_load_explicit(&ring->serving, memory_order_acquire), word[CERTIFICATE_WORDS];
    int i;

    if (serving == 0)
        return NULL;
    for (i = 0; i < CERTIFICATE_WORDS; i++)
        word[i] = atomic_load_explicit(&ring->certificate[i], memory_order_acquire);
    if (word[0] == 0 || atomic_load_explicit(&ring->serving, memory_order_relaxed) != serving)
        return NULL;
    return apr_pstrmemdup(p, (const char *)word, sizeof(word) - 1);
}
