/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/id_ranges.h: many numbers in few characters: "120-139,141". Thread: no state. */
#ifndef BM_PARSE_ID_RANGES_H
#define BM_PARSE_ID_RANGES_H

#include <apr_errno.h>
#include <apr_pools.h>

/** Read numbers from 0, each once, ascending; *ids is in p. @return APR_EINVAL: it is no such list, or has more than `most`. */
apr_status_t bm_id_ranges_read(apr_int64_t **ids, int *n, const char *text, int most, apr_pool_t *p);

/** The other way; ids must ascend. In p, never NULL. */
const char *bm_id_ranges_write(const apr_int64_t *ids, int n, apr_pool_t *p);

#endif
