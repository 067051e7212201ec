/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/sketch_private.h: the inside of a sketch, for its counters (sketch.c) and its wire form (sketch_wire.c). */
#ifndef BM_STAT_SKETCH_PRIVATE_H
#define BM_STAT_SKETCH_PRIVATE_H

#include "stat/sketch.h"

#define INDEX_MIN  (-462)
#define INDEX_MAX  1830
#define BUCKETS    (INDEX_MAX - INDEX_MIN + 1)
#define GAMMA      ((1 + BM_SKETCH_ERROR) / (1 - BM_SKETCH_ERROR))
#define LN_GAMMA   0.010000083334583356      /* ln(1.005 / 0.995) */
#define SPARSE_MAX 64                        /* 1 kB of entries; a window is rarely smaller */

typedef struct bm_sketch_entry_t {
    int index;
    apr_uint64_t count;
} bm_sketch_entry_t;

struct bm_sketch_t {
    bm_sketch_head_t head;
    apr_pool_t *p;
    bm_sketch_entry_t *entries;       /* sorted by index; in use while window_used is 0 */
    int used;
    int size;               /* entries allocated */
    int window_used;        /* the counters are in the window */
    int first;              /* index of window[0] */
    int width;              /* counters allocated */
    int low, high;          /* window: buckets used lie in [low, high], all others are 0; low > high: none is used */
    apr_uint64_t *window;
};

/* Index of the bucket of a value from BM_SKETCH_LEAST on, whose index is -460. */
int bm_sketch_bucket_index(double value);

/* The used bucket at or after place *at (0 to begin with); 0 when there is none left. */
int bm_sketch_bucket_next(const bm_sketch_t *s, int *at, bm_sketch_entry_t *bucket);

/* Room for `size` entries. */
void bm_sketch_entries_reserve(bm_sketch_t *s, int size);

/* Make the window cover [low, high] besides what it covers already; from entries: change to a window that does. */
void bm_sketch_window_cover(bm_sketch_t *s, int low, int high);
void bm_sketch_window_from_entries(bm_sketch_t *s, int low, int high);

/* Add what is known exactly. */
void bm_sketch_head_add(bm_sketch_head_t *head, const bm_sketch_head_t *other);

#endif
