/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/langfuse_bodies.h: what a source keeps of input and output: up to so many bytes of text, without what is not to be kept.
 * Thread: one owner. */
#ifndef BM_SYNC_LANGFUSE_BODIES_H
#define BM_SYNC_LANGFUSE_BODIES_H

#include <jansson.h>
#include <apr_pools.h>

typedef struct bm_langfuse_bodies_t bm_langfuse_bodies_t;

/** max: bytes of each; 0: *pbodies is NULL, and nothing is kept. redact: JSON array of patterns (PCRE2), or NULL; one that cannot
 *  be read keeps every body out. In p. */
void bm_langfuse_bodies_make(bm_langfuse_bodies_t **pbodies, int max, const char *redact, apr_pool_t *p);

/** Another page begins, which may use so much processor time for its patterns. bodies may be NULL. */
void bm_langfuse_bodies_begin(bm_langfuse_bodies_t *bodies, apr_int64_t budget_ns);

/** What is kept of a text, or of JSON as its text; where a pattern takes too long, or the page has used up its time, that is
 *  "***". @return text in p; NULL: nothing, or bodies is NULL. */
const char *bm_langfuse_body(bm_langfuse_bodies_t *bodies, const json_t *value, apr_pool_t *p);

#endif
