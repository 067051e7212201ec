/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/controller.h: the thread that decides what is to be done next, where something goes on for longer than a run:
 * sessions of
 * training. What is built on the engine brings its controllers (engine/engine.h), as it brings its kinds of work.
 *
 * A controller keeps nothing in memory. Its step is one transaction that locks the row it decides about and passes over what
 * others hold: so any engine may do it, there is no leader, and whatever is killed is gone on with by the next. This thread
 * has a connection of its own and looks once a second, and at once while there is more to do. While the database is away it
 * waits. */
#ifndef BM_ENGINE_CONTROLLER_H
#define BM_ENGINE_CONTROLLER_H

#include "db/query.h"
#include "engine/store_connect.h"

/** One step of a controller. */
typedef struct bm_controller_step_t {
    bm_db_t *db;                       /* outside a transaction at begin and end */
    const bm_settings_t *settings;
    bm_err_t *err;                     /* say here why it failed; it is logged */
    int did;                           /* set by the step: something was done, there may be more */
    int queued;                        /* set by the step: runs were queued, the director should look */
} bm_controller_step_t;

typedef struct bm_controller_t {
    const char *name;
    /** @return APR_SUCCESS, also if there was nothing to do; anything else is a failure: tried again a second later. */
    apr_status_t (*step)(bm_controller_step_t *step, apr_pool_t *p);
} bm_controller_t;

typedef struct bm_controllers_t bm_controllers_t;

/** Start the thread. table: NULL-terminated, outlives it; poke_fd: what wakes the director, -1: nothing. *store is copied. */
apr_status_t bm_controllers_start(bm_controllers_t **pcontrollers, const bm_controller_t *const *table,
                                  const bm_store_access_t *store, int poke_fd, apr_pool_t *p);

/** Join. Waits at most for one step. */
void bm_controllers_stop(bm_controllers_t *controllers);

#endif
