/* SPDX-License-Identifier: Apache-2.0
 *
 * base/huge_alloc.h: memory for millions of bytes that are written once and read once.
 *
 * Taking it page by page costs more than what is done with it (up to 2.5 us for each 4 kB in a virtual machine), so the kernel is
 * asked for huge pages. Thread: that of the pool. */
#ifndef BM_BASE_HUGE_ALLOC_H
#define BM_BASE_HUGE_ALLOC_H

#include <apr_pools.h>

/** As apr_palloc; if size is large and the kernel is willing, in huge pages. */
void *bm_huge_alloc(apr_size_t size, apr_pool_t *p);

#endif
