/* SPDX-License-Identifier: Apache-2.0
 *
 * api/trace_words.h: what a deployment calls things (TraceSource.words): the check, and what it says of agents.
 * Thread: no state. */
#ifndef BM_API_TRACE_WORDS_H
#define BM_API_TRACE_WORDS_H

#include "api/api.h"

/** What a table cannot say of words (NULL and null: none); violations are added to err. */
void bm_trace_words_check(const json_t *words, bm_err_t *err, apr_pool_t *p);

/** The same of bodies. */
void bm_trace_bodies_check(const json_t *bodies, bm_err_t *err, apr_pool_t *p);

/** Patterns of all sources that the client sees. */
typedef struct bm_trace_categories_t bm_trace_categories_t;
apr_status_t bm_trace_categories_read(bm_trace_categories_t **pcategories, bm_req_t *q);

/** What an agent is that these sources (",1,2,") have: by the first pattern that fits, sources in their order; "other": none
 *  does. All calls together may use some processor time; from then on it is "other". */
const char *bm_trace_category(bm_trace_categories_t *categories, const char *name, const char *sources);

#endif
