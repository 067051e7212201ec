/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/store_connect.h: how the threads of the engine come by a connection to the store, each by one of its own.
 *
 * Thread: no state; the connection is the caller's. */
#ifndef BM_ENGINE_STORE_CONNECT_H
#define BM_ENGINE_STORE_CONNECT_H

#include "base/settings.h"
#include "db/conn.h"
#include "shm/meters.h"

/** What is the same for all threads. Outlives the connections. */
typedef struct bm_store_access_t {
    const bm_settings_t *settings;
    bm_meters_t *meters;               /* counts statements; NULL: nobody does */
    const char *(*conninfo)(void *baton, apr_pool_t *p);      /* NULL: the database cannot be reached now */
    void *conninfo_baton;
} bm_store_access_t;

/** Connect. options: those of this thread, its name above all; conninfo (in p), schema, unnamed statements and the observer are
 *  set here. The connection ends with p. @return APR_EAGAIN, with a sentence; *pdb is NULL then. */
apr_status_t bm_store_connect(bm_db_t **pdb, bm_db_options_t *options, const bm_store_access_t *access, bm_err_t *err,
                              apr_pool_t *p);

/** The same, for a thread that may wait until the schema is the one of this module. @return NULL: not now. */
bm_db_t *bm_store_connect_ready(bm_db_options_t *options, const bm_store_access_t *access, apr_pool_t *p);

#endif
