/* SPDX-License-Identifier: Apache-2.0 */
#include "base/huge_alloc.h"

#include <sys/mman.h>

#define HUGE_PAGE ((apr_size_t)2 << 20)

void *bm_huge_alloc(apr_size_t size, apr_pool_t *p)
{
    char *memory = apr_palloc(p, size);
#ifdef MADV_HUGEPAGE
    apr_size_t rest = (apr_size_t)memory % HUGE_PAGE, before = rest > 0 ? HUGE_PAGE - rest : 0;

    if (size >= 2 * HUGE_PAGE)          /* else there may be no whole one in it */
        (void)madvise(memory + before, (size - before) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return memory;
}
