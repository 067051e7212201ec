/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/region.h: one anonymous shared mapping of a configuration generation.
 *
 * The parent makes it and carves pieces out of it before it forks; engine, target and children inherit the
 * mapping at the same address, so pieces may be handed on as plain pointers. The memory is zero at first.
 * It vanishes with the last process that has it; there is no name and no file.
 *
 * Thread: create and carve from one thread, before fork. What the pieces hold guards itself. */
#ifndef BM_SHM_REGION_H
#define BM_SHM_REGION_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_region_t bm_region_t;

/** Map `size` bytes (rounded up to pages; > 0). Unmapped in this process with p.
 *  @return APR_EINVAL: size 0; an errno status if the kernel refuses. */
apr_status_t bm_region_create(bm_region_t **pregion, apr_size_t size, apr_pool_t *p);

/** Leave it mapped as long as the process lives; p is the one it was made in. For pools that outlive the module: httpd unloads it
 *  before it destroys them, and a cleanup would be called that is not there any more. */
void bm_region_keep(bm_region_t *region, apr_pool_t *p);

/** The next `size` bytes, at a multiple of `align` (a power of two, at most 4096). NULL: the region is used up.
 *  Pieces are never given back. */
void *bm_region_carve(bm_region_t *region, apr_size_t size, apr_size_t align);

/** Bytes that the region has in all, and how many are carved. */
apr_size_t bm_region_size(const bm_region_t *region);
apr_size_t bm_region_used(const bm_region_t *region);

#endif
