/* SPDX-License-Identifier: Apache-2.0
 *
 * api/page.h: lists in pages: limit with skip, or limit with after (keyset), Link and X-Total-Count. Thread: no state. */
#ifndef BM_API_PAGE_H
#define BM_API_PAGE_H

#include "api/api.h"

#define BM_PAGE_LIMIT 100
#define BM_PAGE_LIMIT_MAX 1000
/** Matches are counted up to here; more are told as "10000+". */
#define BM_PAGE_COUNT_MAX 10000

/** Rows of a query table that every list has. */
#define BM_PAGE_PARAMS \
    { "limit", BM_QUERY_INT, 1, BM_PAGE_LIMIT_MAX, NULL, "Most elements of the answer (default 100)." }, \
    { "skip", BM_QUERY_INT, 0, 1000000000, NULL, "Leave out this many first. Prefer after." }, \
    { "after", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Go on behind the element of this id." }, \
    { "total", BM_QUERY_BOOL, 0, 0, NULL, "true: X-Total-Count tells how many match (10000+: more than that)." }

typedef struct bm_page_t {
    int limit;
    apr_int64_t skip, after;
    int total;                /* X-Total-Count is wanted */
} bm_page_t;

/** Read the parameters of BM_PAGE_PARAMS. */
void bm_page_read(bm_page_t *page, const bm_req_t *q);

/** Answer with rows as an array. The caller asked its store for limit + 1 rows: one too many means that there are more, and
 *  Link names the next page: by `after` with the id in column id_column of the last row (-1: by skip). */
void bm_page_reply(bm_req_t *q, const bm_page_t *page, const bm_rows_t *rows, int first, const bm_field_t *fields, int summary,
                   int id_column);

/** Link to the next page: this request with `name` set to value. */
void bm_page_set_next(bm_req_t *q, const char *name, apr_int64_t value);

/** The same with a text, which is escaped. */
void bm_page_set_next_text(bm_req_t *q, const char *name, const char *value);

/** X-Total-Count. */
void bm_page_set_total(bm_req_t *q, apr_int64_t count);

/** path and query with name set to value and `skip` and `after` left out otherwise; in p. For Link. */
const char *bm_page_url(const char *path, const char *query, const char *name, apr_int64_t value, apr_pool_t *p);

#endif
