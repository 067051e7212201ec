/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/langfuse_path.h: where the next page of a window is, by either API, and where to go on behind one.
 *
 * v4 has cursors. The old endpoints are read by page numbers, traces first, then observations; their place is kept in the
 * same cursor as "t:PAGE:TOTAL" and "o:PAGE:TOTAL". Thread: no state. */
#ifndef BM_SYNC_LANGFUSE_PATH_H
#define BM_SYNC_LANGFUSE_PATH_H

#include "store/sync_store.h"
#include "sync/langfuse_page.h"

#define BM_LANGFUSE_PREFIX "/api/public"

/** How the answer is read. */
typedef apr_status_t bm_langfuse_reader_t(bm_langfuse_page_t **ppage, const json_t *body, bm_langfuse_bodies_t *bodies,
                                          bm_err_t *err, apr_pool_t *p);

/** Path and query of the next page of the window that is open, in p. */
const char *bm_langfuse_page_path(const bm_sync_t *sync, bm_langfuse_reader_t **preader, apr_pool_t *p);

/** The same of a request by which a server shows whether it has an endpoint. path has a query. */
const char *bm_langfuse_probe_path(const char *path, apr_time_t from, apr_time_t to, apr_pool_t *p);

/** Move sync->cursor (in p) behind this page. *plast: it was the window's last.
 *  @return APR_EINVAL: the server goes round in circles. */
apr_status_t bm_langfuse_go_on(bm_sync_t *sync, const bm_langfuse_page_t *page, int *plast, apr_pool_t *p);

#endif
