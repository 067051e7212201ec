/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/engine.h: the engine as a whole: loops, recorder, director and jobs of one process.
 *
 * Thread: the process's main thread calls everything here. Knows nothing of httpd. */
#ifndef BM_ENGINE_ENGINE_H
#define BM_ENGINE_ENGINE_H

#include <apr_pools.h>
#include "base/settings.h"
#include "engine/controller.h"
#include "engine/work.h"
#include "model/run_trace.h"
#include "net/tls_files.h"
#include "secret/vault.h"
#include "shm/kpi_board.h"
#include "shm/meters.h"
#include "shm/node_board.h"
#include "shm/target_ring.h"

typedef struct bm_engine_t bm_engine_t;

typedef struct bm_engine_options_t {
    const bm_settings_t *settings;
    bm_vault_t *vault;
    const bm_tls_files_t *tls_files;   /* what the settings name */
    bm_node_board_t *board;
    bm_meters_t *meters;
    const bm_trace_sink_t *traces;     /* who is told of recorded runs; NULL: nobody */
    bm_target_ring_t *target_ring;     /* NULL: no calibrations here */
    bm_kpi_board_t *kpi_board;         /* NULL: KPIs are read from the store */
    const bm_work_t *const *works;     /* NULL-terminated: the kinds of work it knows */
    const bm_controller_t *const *controllers;     /* NULL-terminated; NULL: none */
    int poke_fd;
    /** Connection string of the store, or NULL while it cannot be known. Thread-safe. */
    const char *(*conninfo)(void *baton, apr_pool_t *p);
    void *conninfo_baton;
} bm_engine_options_t;

/** Start all threads; returns at once, also when the database is away. */
apr_status_t bm_engine_start(bm_engine_t **pengine, const bm_engine_options_t *options, apr_pool_t *p);

/** Its id in the store; lives as long as the process. */
const char *bm_engine_id(const bm_engine_t *engine);

/** Take nothing new; finish what is under way. */
void bm_engine_drain(bm_engine_t *engine);

/** Whether a draining engine has nothing left. */
int bm_engine_is_drained(bm_engine_t *engine);

/** End within `limit`: hand back or fail what is open, record, join. */
void bm_engine_stop(bm_engine_t *engine, apr_interval_time_t limit);

#endif
