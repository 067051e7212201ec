/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/histogram.h"

#include <string.h>

#define MS 1000000LL
#define S 1000000000LL

const int64_t bm_histogram_bounds_ns[BM_HISTOGRAM_BOUNDS] = {
    MS / 10, MS / 4, MS / 2, MS, 5 * MS / 2, 5 * MS, 10 * MS, 25 * MS, 50 * MS, 100 * MS, 250 * MS, 500 * MS,
    S, 5 * S / 2, 5 * S, 10 * S, 30 * S, 60 * S, 120 * S, 300 * S, 600 * S
};

enum {
    FREE = 0,
    TAKEN = 1,                      /* its key is being written */
    NAMED = 2,                      /* its key does not change any more */
    PATIENCE = 10000                /* looks at a place that is being named; its writer may have died */
};

/* Nobody else writes near: a busy histogram would slow its neighbours. */
typedef struct place_t {
    _Alignas(64) _Atomic uint32_t state;
    uint32_t hash;                  /* this and key: written by who took the place, read once it is NAMED */
    char key[BM_HISTOGRAM_KEY_MAX];
    bm_histogram_t histogram;
} place_t;

struct bm_histogram_table_t {
    uint32_t mask;                  /* written before fork */
    place_t other;
    place_t places[];
};

static int bucket_of(int64_t ns)
{
    int low = 0, high = BM_HISTOGRAM_BOUNDS;

    while (low < high) {
        int middle = (low + high) / 2;

        if (ns <= bm_histogram_bounds_ns[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void bm_histogram_add(bm_histogram_t *histogram, int64_t ns, uint64_t times)
{
    if (ns < 0)
        ns = 0;
    atomic_fetch_add_explicit(&histogram->buckets[bucket_of(ns)], times, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum_ns, (uint64_t)ns * times, memory_order_relaxed);
}

void bm_histogram_read(bm_histogram_copy_t *copy, const bm_histogram_t *histogram)
{
    int i;

    copy->n = 0;
    for (i = 0; i <= BM_HISTOGRAM_BOUNDS; i++) {
        copy->buckets[i] = atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        copy->n += copy->buckets[i];
    }
    copy->sum_ns = atomic_load_explicit(&histogram->sum_ns, memory_order_relaxed);
}

apr_size_t bm_histogram_table_size(uint32_t places)
{
    return sizeof(bm_histogram_table_t) + places * sizeof(place_t) + 64;
}

apr_status_t bm_histogram_table_create(bm_histogram_table_t **ptable, uint32_t places, bm_region_t *region)
{
    *ptable = NULL;
    if (places == 0 || (places & (places - 1)) != 0)
        return APR_EINVAL;
    *ptable = bm_region_carve(region, bm_histogram_table_size(places) - 64, 64);
    if (*ptable == NULL)
        return APR_ENOSPC;
    (*ptable)->mask = places - 1;
    return APR_SUCCESS;
}

/* The parts one behind the other, each with its end. @return length; 0: it does not fit. */
static size_t pack(char packed[BM_HISTOGRAM_KEY_MAX], const bm_histogram_key_t *key)
{
    size_t used = 0;
    int i;

    for (i = 0; i < BM_HISTOGRAM_KEY_PARTS; i++) {
        const char *part = key->part[i] != NULL ? key->part[i] : "";
        size_t len = strlen(part) + 1;

        if (len > BM_HISTOGRAM_KEY_MAX - used)
            return 0;
        memcpy(packed + used, part, len);
        used += len;
    }
    return used;
}

/* FNV-1a. */
static uint32_t hash_of(const char *bytes, size_t len)
{
    uint32_t hash = 2166136261u;
    size_t i;

    for (i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    return hash;
}

/* Whether this is the key's place, taking it if it is free. @return 1; 0: another's; -1: nobody knows yet. */
static int is_place_of(place_t *place, const char *packed, size_t len, uint32_t hash)
{
    uint32_t state = atomic_load_explicit(&place->state, memory_order_acquire);
    int looks;

    if (state == FREE && atomic_compare_exchange_strong(&place->state, &state, TAKEN)) {
        memcpy(place->key, packed, len);
        place->hash = hash;
        atomic_store_explicit(&place->state, NAMED, memory_order_release);
        return 1;
    }
    for (looks = 0; state == TAKEN && looks < PATIENCE; looks++)
        state = atomic_load_explicit(&place->state, memory_order_acquire);
    if (state != NAMED)
        return -1;
    return place->hash == hash && memcmp(place->key, packed, len) == 0;
}

/* A key has one place only, for all look at the same places in the same order and stop at the first free one. */
static place_t *find(bm_histogram_table_t *table, const bm_histogram_key_t *key)
{
    char packed[BM_HISTOGRAM_KEY_MAX];
    size_t len = pack(packed, key);
    uint32_t hash = hash_of(packed, len), i;

    for (i = 0; len > 0 && i <= table->mask; i++) {
        place_t *place = &table->places[(hash + i) & table->mask];
        int is = is_place_of(place, packed, len, hash);

        if (is > 0)
            return place;
        if (is < 0)
            break;
    }
    return &table->other;
}

void bm_histogram_table_add(bm_histogram_table_t *table, const bm_histogram_key_t *key, int64_t ns)
{
    bm_histogram_add(&find(table, key)->histogram, ns, 1);
}

static void unpack(bm_histogram_key_t *key, const place_t *place)
{
    const char *at = place->key;
    int i;

    for (i = 0; i < BM_HISTOGRAM_KEY_PARTS; i++) {
        key->part[i] = at;
        at += strlen(at) + 1;
    }
}

int bm_histogram_table_next(bm_histogram_copy_t *copy, bm_histogram_key_t *key, const bm_histogram_table_t *table,
                            uint32_t *cursor)
{
    int i;

    for (; *cursor <= table->mask; (*cursor)++) {
        const place_t *place = &table->places[*cursor];

        if (atomic_load_explicit(&place->state, memory_order_acquire) != NAMED)
            continue;
        bm_histogram_read(copy, &place->histogram);
        if (copy->n == 0)
            continue;
        unpack(key, place);
        (*cursor)++;
        return 1;
    }
    if (*cursor != table->mask + 1)
        return 0;
    (*cursor)++;
    for (i = 0; i < BM_HISTOGRAM_KEY_PARTS; i++)
        key->part[i] = "other";
    bm_histogram_read(copy, &table->other.histogram);
    return copy->n > 0;
}
