/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/trace_sync.h: brings a source's traces here, one request at a time.
 *
 * A pass reads the newest first (head: from where it was read up to, less the overlap), then goes back into the past
 * (backfill), in windows of begins of observations, each page by page. A page, and where to go on, are one transaction that
 * proves the lease. What goes wrong is said in the source's state, with when it is tried again:
 *
 *   rate_limited   429, or 422 and 413, for which windows and pages become smaller, or a day's requests are used up
 *   error          anything else: longer and longer waits; after eight in a row the pass has failed, and the next one is tried
 *
 * Thread: the one that made it, with its own connection. */
#ifndef BM_SYNC_TRACE_SYNC_H
#define BM_SYNC_TRACE_SYNC_H

#include "db/query.h"
#include "net/outbound.h"
#include "secret/vault.h"
#include "sync/window_scan.h"

typedef struct bm_trace_sync_t bm_trace_sync_t;

typedef struct bm_trace_sync_options_t {
    const bm_outbound_t *outbound;
    bm_vault_t *vault;
    bm_window_scans_t *scans;           /* of all threads */
    const char *engine_id;
    int (*stopping)(void *baton);       /* to give up what is under way; asked often */
    void (*sleep)(void *baton, int ms); /* at most so long, less if it is stopped */
    void *baton;
} bm_trace_sync_options_t;

/** In p. @return APR_ENOMEM. */
apr_status_t bm_trace_sync_create(bm_trace_sync_t **psync, const bm_trace_sync_options_t *options, apr_pool_t *p);

/** Work for a while on the source whose turn it is. *did: 1 if there was one (call again soon).
 *  @return as bm_db_query: the store cannot be used; a source's trouble is in its row. */
apr_status_t bm_trace_sync_work(int *did, bm_trace_sync_t *sync, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
