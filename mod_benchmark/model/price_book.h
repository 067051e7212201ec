/* SPDX-License-Identifier: Apache-2.0
 *
 * model/price_book.h: what a call costs, by a table of prices (store/price_store.h).
 *
 * A price holds for a provider, a model (its exact name, or the beginning of names with a * behind it) and a span of time. Of
 * those that fit the exact name wins, then the longest beginning, then the one that is valid since last.
 *
 * Thread: no state; a book is never changed once it is made. */
#ifndef BM_MODEL_PRICE_BOOK_H
#define BM_MODEL_PRICE_BOOK_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

/** Prices are per million tokens. */
typedef struct bm_price_t {
    apr_int64_t id;
    const char *provider, *model, *currency;
    double input, cached, output;    /* cached: of prompt tokens that came from a cache */
    apr_time_t valid_from, valid_to; /* valid_to 0: open */
} bm_price_t;

/** All prices; an array of bm_price_t in a pool of its own. */
typedef struct bm_price_book_t {
    apr_pool_t *p;
    apr_array_header_t *prices;
} bm_price_book_t;

/** The price of a call; NULL: none is known. book or model may be NULL. */
const bm_price_t *bm_price_find(const bm_price_book_t *book, const char *provider, const char *model, apr_time_t at);

/** What these tokens cost in the price's currency; of each -1: not known. prompt includes cached. NaN: neither prompt nor
 *  completion is known. */
double bm_price_cost(const bm_price_t *price, apr_int64_t prompt, apr_int64_t cached, apr_int64_t completion);

#endif
