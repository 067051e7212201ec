/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/region.h"

#include <errno.h>
#include <sys/mman.h>

#define PAGE 4096

/* The record itself is private to each process; what is shared is the mapping alone. */
struct bm_region_t {
    char *base;
    apr_size_t size;
    apr_size_t used;
};

static apr_status_t region_cleanup(void *baton)
{
    bm_region_t *region = baton;

    return munmap(region->base, region->size) == 0 ? APR_SUCCESS : errno;
}

apr_status_t bm_region_create(bm_region_t **pregion, apr_size_t size, apr_pool_t *p)
{
    bm_region_t *region = apr_pcalloc(p, sizeof(*region));
    void *base;

    *pregion = NULL;
    if (size == 0 || size > APR_SIZE_MAX - PAGE)
        return APR_EINVAL;
    region->size = (size + PAGE - 1) & ~(apr_size_t)(PAGE - 1);
    base = mmap(NULL, region->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED)
        return errno;
    region->base = base;
    apr_pool_cleanup_register(p, region, region_cleanup, apr_pool_cleanup_null);
    *pregion = region;
    return APR_SUCCESS;
}

void bm_region_keep(bm_region_t *region, apr_pool_t *p)
{
    apr_pool_cleanup_kill(p, region, region_cleanup);
}

void *bm_region_carve(bm_region_t *region, apr_size_t size, apr_size_t align)
{
    apr_size_t start;

    if (align == 0 || align > PAGE || (align & (align - 1)) != 0)
        return NULL;
    start = (region->used + align - 1) & ~(align - 1);
    if (start > region->size || size > region->size - start)
        return NULL;
    region->used = start + size;
    return region->base + start;
}

apr_size_t bm_region_size(const bm_region_t *region)
{
    return region->size;
}

apr_size_t bm_region_used(const bm_region_t *region)
{
    return region->used;
}
