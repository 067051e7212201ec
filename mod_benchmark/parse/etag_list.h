/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/etag_list.h: If-Match and If-None-Match (RFC 9110 8.8.3, 13.1.1, 13.1.2).
 *
 * Our entity tags name a version of a resource. httpd's mod_deflate and mod_brotli append "-gzip" or
 * "-br" to the tag of what they compress; a client sends that back, to us too. So one such suffix in
 * the list is not compared; no tag of ours ends like that.
 *
 * Thread: no state. */
#ifndef BM_PARSE_ETAG_LIST_H
#define BM_PARSE_ETAG_LIST_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_tables.h>

typedef struct bm_etag_t {
    const char *opaque;    /* with its quotes, without W/ and without a suffix of a compressing filter */
    int weak;
} bm_etag_t;

typedef struct bm_etag_list_t {
    int any;                     /* the list is "*" */
    apr_array_header_t *tags;    /* of bm_etag_t; empty if any; never NULL */
} bm_etag_list_t;

/** Read the value of an If-Match or If-None-Match (several fields joined by commas). *plist is in p.
 *  @return APR_EINVAL: it is not such a list (If-None-Match is then best ignored, If-Match a 400). */
apr_status_t bm_etag_list_parse(bm_etag_list_t **plist, const char *value, apr_pool_t *p);

/** Whether the list is "*" or holds etag (as we send it, quoted, maybe with W/). strong: the comparison of If-Match,
 *  where a weak tag equals nothing; otherwise that of If-None-Match, where W/ does not matter.
 *  etag NULL: there is no representation, so nothing matches. */
int bm_etag_list_has(const bm_etag_list_t *list, const char *etag, int strong);

/** Whether the list is "*" or holds a strong tag that begins like this (with its first quote): of a resource that changes by
 *  itself all the time, the part of the tag that users change. */
int bm_etag_list_begins(const bm_etag_list_t *list, const char *begin);

#endif
