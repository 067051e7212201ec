/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/director.h: the thread that talks to the queue: claim, heartbeat, rescue, cancel, emergency stop.
 *
 * It never touches a task after handing it to the recorder; of each it keeps id, fence and when it was last
 * confirmed, in a table of its own. It learns that a task is gone from a ring of ids. SQL in
 * store/queue_store.h; the rules (a rescuer must have been able to heartbeat for one whole lease; missing twice =
 * lost) are those of the architecture's section 1.4.
 *
 * Stages: RUN claims; DRAIN only finishes what it has; STOP hands everything back. */
#ifndef BM_ENGINE_DIRECTOR_H
#define BM_ENGINE_DIRECTOR_H

#include <apr_pools.h>
#include "engine/recorder.h"

typedef struct bm_director_t bm_director_t;

typedef struct bm_director_options_t {
    const bm_settings_t *settings;
    const char *engine_id;
    const char *host;
    const char *info;                  /* JSON for the engines table */
    bm_node_board_t *board;
    bm_meters_t *meters;
    bm_recorder_t *recorder;
    bm_vault_t *vault;                 /* gets the secrets of the store; NULL: it is not asked for them */
    bm_ring_t *ended;
    struct bm_event_notifier_t *notifier;      /* poked behind each claim; NULL: nobody listens */
    int poke_fd;                       /* eventfd: look at the queue now; -1: none */
    const char *(*conninfo)(void *baton, apr_pool_t *p);
    void *conninfo_baton;
} bm_director_options_t;

typedef enum bm_director_stage_e {
    BM_DIRECTOR_RUN = 0,
    BM_DIRECTOR_DRAIN,
    BM_DIRECTOR_STOP
} bm_director_stage_e;

/** Start the thread. */
apr_status_t bm_director_start(bm_director_t **pdirector, const bm_director_options_t *options, apr_pool_t *p);

/** Go to a later stage. Any thread; wakes the director. */
void bm_director_set_stage(bm_director_t *director, bm_director_stage_e stage);

/** Tasks that it still counts as its own. Any thread. */
int bm_director_in_flight(bm_director_t *director);

/** End and join. What is still open is left to its lease. */
void bm_director_stop(bm_director_t *director);

#endif
