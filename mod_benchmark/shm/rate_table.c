/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/rate_table.h"

#include <stdatomic.h>
#include <stdint.h>

enum { WAYS = 8, TAG_BITS = 22, TIME_BITS = 42 };

#define UNIT 100                         /* microseconds of a tick: 42 bits last for 13 years of uptime */
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

typedef struct set_t {
    _Atomic uint64_t ways[WAYS];         /* tag, then ticks; 0: never used */
} set_t;

struct bm_rate_table_t {
    uint64_t mask;                       /* number of sets less one */
    set_t *sets;
};

static apr_size_t sets_for(apr_size_t keys)
{
    apr_size_t sets = 16;

    while (sets * WAYS < keys * 2)       /* half full, a set of eight is hardly ever */
        sets *= 2;
    return sets;
}

apr_size_t bm_rate_table_size(apr_size_t keys)
{
    return sizeof(bm_rate_table_t) + sets_for(keys) * sizeof(set_t) + 128;
}

apr_status_t bm_rate_table_create(bm_rate_table_t **ptable, apr_size_t keys, bm_region_t *region)
{
    bm_rate_table_t *table = bm_region_carve(region, sizeof(*table), 64);
    set_t *sets = bm_region_carve(region, sets_for(keys) * sizeof(*sets), 64);

    *ptable = table;
    if (table == NULL || sets == NULL)
        return APR_ENOMEM;
    table->mask = sets_for(keys) - 1;
    table->sets = sets;
    return APR_SUCCESS;
}

/* The way of that tag, else one that is free at `now`, else NULL with *worn the one that will be first. */
static _Atomic uint64_t *find_way(uint64_t *pword, _Atomic uint64_t **worn, set_t *set, uint64_t tag, uint64_t now)
{
    _Atomic uint64_t *spare = NULL;
    uint64_t spare_word = 0, first = UINT64_MAX;
    int i;

    *worn = NULL;
    for (i = 0; i < WAYS; i++) {
        uint64_t word = atomic_load_explicit(&set->ways[i], memory_order_relaxed), full_at = word & TIME_MASK;

        if (word >> TIME_BITS == tag && word != 0) {
            *pword = word;
            return &set->ways[i];
        }
        if (full_at <= now && spare == NULL) {
            spare = &set->ways[i];
            spare_word = word;
        }
        if (full_at < first) {
            first = full_at;
            *worn = &set->ways[i];
        }
    }
    *pword = spare_word;
    return spare;
}

static void fill(bm_rate_verdict_t *verdict, int allowed, uint64_t full_at, uint64_t now, uint64_t span, uint64_t step)
{
    uint64_t ahead = full_at > now ? full_at - now : 0;

    verdict->allowed = allowed;
    verdict->remaining = ahead >= span ? 0 : (int)((span - ahead) / step);
    verdict->retry = ahead + step > span ? (apr_interval_time_t)((ahead + step - span) * UNIT) : 0;
    verdict->full = (apr_interval_time_t)(ahead * UNIT);
}

void bm_rate_table_take(bm_rate_verdict_t *verdict, bm_rate_table_t *table, apr_uint64_t key, const bm_rate_t *rate, int cost,
                        unsigned flags, apr_time_t now_us)
{
    set_t *set = &table->sets[key & table->mask];
    uint64_t tag = key >> TIME_BITS, now = (uint64_t)now_us / UNIT;
    uint64_t step = (uint64_t)rate->period / UNIT / (uint64_t)rate->requests, span;

    if (step == 0)
        step = 1;
    span = step * (uint64_t)rate->requests;
    for (;;) {
        _Atomic uint64_t *worn, *way;
        uint64_t word, full_at, next;

        way = find_way(&word, &worn, set, tag, now);
        if (way == NULL && (flags & BM_RATE_STRICT)) {
            fill(verdict, 0, now + span, now, span, step);
            return;
        }
        full_at = way != NULL && word >> TIME_BITS == tag ? word & TIME_MASK : 0;
        if (full_at < now || full_at > now + span)       /* the latter under another limit, or by a clock that went back */
            full_at = now;
        next = full_at + step * (uint64_t)cost;
        if (cost == 0 || next - now > span) {
            fill(verdict, cost == 0 && full_at + step - now <= span, full_at, now, span, step);
            return;
        }
        if (way == NULL) {
            way = worn;
            word = atomic_load_explicit(way, memory_order_relaxed);
        }
        if (atomic_compare_exchange_strong_explicit(way, &word, tag << TIME_BITS | (next & TIME_MASK), memory_order_relaxed,
                                                    memory_order_relaxed)) {
            fill(verdict, 1, next, now, span, step);
            return;
        }
    }
}
