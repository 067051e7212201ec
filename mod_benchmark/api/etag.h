/* SPDX-License-Identifier: Apache-2.0
 *
 * api/etag.h: entity tags: of a version where there is one, else of the bytes. Thread: no state. */
#ifndef BM_API_ETAG_H
#define BM_API_ETAG_H

#include <apr_pools.h>

/** Tag of a version: letter and text in quotes, e.g. "r17.1.0". text: [A-Za-z0-9.]. In p. */
const char *bm_etag_of_version(const char *letter, const char *text, apr_pool_t *p);

/** Tag of bytes, by a 64-bit hash that is fast, not secret. In p. */
const char *bm_etag_of_bytes(const void *data, apr_size_t len, apr_pool_t *p);

#endif
