/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/langfuse_page.h: what stands in a page of Langfuse's answers, by either of its two APIs.
 *
 * Members that are missing, null, of another type or out of any range count as not said; what has no id or no start is
 * refused and counted. Thread: no state. */
#ifndef BM_SYNC_LANGFUSE_PAGE_H
#define BM_SYNC_LANGFUSE_PAGE_H

#include "base/err.h"
#include "base/json.h"
#include "model/observation.h"
#include "model/trace_score.h"
#include "sync/langfuse_bodies.h"

typedef struct bm_langfuse_page_t {
    bm_observation_t **observations;         /* sealed, each id once */
    int observation_count;
    bm_trace_told_t **traces;                /* v1 alone */
    int trace_count;
    bm_trace_score_t **scores;
    int score_count;
    int received;                            /* elements of the page, and those that were refused */
    int refused;
    const char *cursor;                      /* v4: of the next page; NULL: this was the last */
    apr_int64_t total_items, total_pages;    /* v1 */
} bm_langfuse_page_t;

/** A page of GET /v2/observations (v4) or /observations (v1), in p. bodies: what is kept of them, NULL: nothing.
 *  @return APR_EINVAL: it is no such page; err says how. */
apr_status_t bm_langfuse_page_observations(bm_langfuse_page_t **ppage, const json_t *body, bm_langfuse_bodies_t *bodies,
                                           bm_err_t *err, apr_pool_t *p);

/** A page of GET /traces (v1). */
apr_status_t bm_langfuse_page_traces(bm_langfuse_page_t **ppage, const json_t *body, bm_langfuse_bodies_t *bodies, bm_err_t *err,
                                     apr_pool_t *p);

/** A page of GET /v3/scores (v4) or /v2/scores (v1). */
apr_status_t bm_langfuse_page_scores(bm_langfuse_page_t **ppage, const json_t *body, bm_langfuse_bodies_t *bodies, bm_err_t *err,
                                     apr_pool_t *p);

#endif
