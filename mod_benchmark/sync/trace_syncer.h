/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/trace_syncer.h: the threads of an engine that sync trace sources (sync/trace_sync.h).
 *
 * There are a few of them, so that a source that is slow does not hold up the others; each has a connection to the store and
 * one to a source. They look for work once a second. Which engine syncs a source is decided in the store. Thread: the
 * process's main thread starts and stops them. */
#ifndef BM_SYNC_TRACE_SYNCER_H
#define BM_SYNC_TRACE_SYNCER_H

#include <apr_pools.h>
#include "engine/store_connect.h"
#include "net/tls_files.h"
#include "secret/vault.h"

typedef struct bm_trace_syncer_t bm_trace_syncer_t;

typedef struct bm_trace_syncer_options_t {
    bm_store_access_t store;
    const bm_tls_files_t *tls_files;
    bm_vault_t *vault;
    const char *engine_id;
} bm_trace_syncer_options_t;

/** Start the threads. After bm_outbound_init. */
apr_status_t bm_trace_syncer_start(bm_trace_syncer_t **psyncer, const bm_trace_syncer_options_t *options, apr_pool_t *p);

/** Give up what is under way, give its source back, and join. NULL: nothing to do. */
void bm_trace_syncer_stop(bm_trace_syncer_t *syncer);

#endif
