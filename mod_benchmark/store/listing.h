/* SPDX-License-Identifier: Apache-2.0
 *
 * store/listing.h: what the lists of automations, scenarios and prices have in common. Tables have an id, and what is filtered or
 * sorted by: name, description, labels, created_at, updated_at. Thread: no state. */
#ifndef BM_STORE_LISTING_H
#define BM_STORE_LISTING_H

#include "store/select.h"

/** What to list, and in which order. NULL and 0: not filtered. */
typedef struct bm_listing_t {
    const char *q;              /* part of name or description, any case */
    const char *label;
    const apr_int64_t *ids;     /* those with these numbers; NULL: any */
    int id_count;
    apr_int64_t after;          /* ids behind this; goes with the order by id only */
    const char *sort;           /* id, name, created_at, updated_at; NULL: id */
    int descending;
    int limit;                  /* rows wanted; there may come some more (bm_select_limit) */
    apr_int64_t skip;
    int count_only;             /* one row: how many there are */
} bm_listing_t;

/** Behind " from table where condition": the conditions, order and limits of listing. Uses the letters A-D, a-d, i, k, K, l,
 *  o and q. */
void bm_listing_add(bm_select_t *s, const bm_listing_t *listing);

#endif
