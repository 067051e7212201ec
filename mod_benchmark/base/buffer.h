/* SPDX-License-Identifier: Apache-2.0
 *
 * base/buffer.h: growing bytes on the heap, for what outlives or crosses pools (a run's answer).
 *
 * Heap and not pool: a pool would keep every smaller copy until the run ends. Growth is by half.
 * Thread: one owner at a time. */
#ifndef BM_BASE_BUFFER_H
#define BM_BASE_BUFFER_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_buffer_t {
    char *data;          /* not terminated; NULL while empty */
    apr_size_t len;
    apr_size_t size;     /* allocated */
    apr_size_t limit;    /* no more than this many bytes; 0: no limit */
} bm_buffer_t;

/** Append. @return APR_ENOSPC: the limit would be passed (nothing is appended); APR_ENOMEM. */
apr_status_t bm_buffer_append(bm_buffer_t *b, const void *data, apr_size_t len);

/** Make room for len more bytes. @return as bm_buffer_append. */
apr_status_t bm_buffer_reserve(bm_buffer_t *b, apr_size_t len);

/** Forget the content, keep the memory. */
void bm_buffer_clear(bm_buffer_t *b);

/** Give the memory back. Harmless when done twice. */
void bm_buffer_free(bm_buffer_t *b);

/** Free b together with pool p. */
void bm_buffer_adopt(bm_buffer_t *b, apr_pool_t *p);

#endif
