/* SPDX-License-Identifier: Apache-2.0
 *
 * live/resume_asks.h: who waits for what he missed: tokens, each once, from many threads to the feed's.
 *
 * What was taken stays as it is while more come: those who came later wait for the next turn. */
#ifndef BM_LIVE_RESUME_ASKS_H
#define BM_LIVE_RESUME_ASKS_H

#include <apr_errno.h>
#include <apr_pools.h>

#define BM_RESUME_ASKS_MAX  1024         /* that wait to be taken */
#define BM_RESUME_TOKEN_MAX 16384        /* bytes */

typedef struct bm_resume_asks_t bm_resume_asks_t;

/** None yet. In p; free it before p goes. */
apr_status_t bm_resume_asks_make(bm_resume_asks_t **pasks, apr_pool_t *p);

/** Add one; the text is copied. Any thread. @return APR_EINVAL: not a token; APR_EAGAIN: too many wait. */
apr_status_t bm_resume_asks_add(bm_resume_asks_t *asks, const char *token);

/** Take all that came, if none of those taken before is left. @return whether one is left. The taker's thread. */
int bm_resume_asks_take(bm_resume_asks_t *asks);

/** The first of those taken that was not answered. @return NULL: none is left. Lives until the next take. The taker's thread. */
const char *bm_resume_asks_next(bm_resume_asks_t *asks);

/** It was answered. The taker's thread. */
void bm_resume_asks_answered(bm_resume_asks_t *asks);

/** When nobody uses it any more. */
void bm_resume_asks_free(bm_resume_asks_t *asks);

#endif
