/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/process.h: processes that httpd's parent forks beside its children, as mod_cgid forks its daemon.
 *
 * Owner: the parent's one thread. Records live in process->pool, because they must outlive a configuration:
 * at a graceful restart the old engine finishes what it owns beside its successor, and the parent that
 * forgets it would log AH00488 when it ends. Everything of one configuration is a bm_generation_t in pconf.
 *
 * Life: start in post_config; DEATH: started again at once (a process that died within a second of its
 * start waits a second first, in itself); restart: SIGHUP = drain; stop: SIGTERM, up to 8 s, SIGKILL. */
#ifndef BM_GLUE_PROCESS_H
#define BM_GLUE_PROCESS_H

#include <httpd.h>
#include "shm/kpi_board.h"
#include "shm/node_board.h"
#include "shm/target_ring.h"

typedef enum bm_process_kind_e {
    BM_PROCESS_ENGINE = 0,
    BM_PROCESS_TARGET,
    BM_PROCESS_KINDS
} bm_process_kind_e;

/** What one configuration generation shares between parent, children, engine and target. Read-only after post_config
 *  except for what the boards guard themselves. */
typedef struct bm_generation_t {
    server_rec *main_server;
    apr_pool_t *pconf;
    bm_node_board_t *board;
    bm_target_ring_t *ring;
    bm_kpi_board_t *kpi_board;     /* NULL: BenchmarkKpiMemory 0 */
    int poke_fd;                   /* eventfd: children wake the engine */
    int target_fd;                 /* listener of the reference target */
    int target_port;
} bm_generation_t;

/** The current generation; NULL before post_config and where no engine is configured. */
bm_generation_t *bm_process_generation(void);

/** Make the generation's shared things and start its processes. post_config, real start only. */
apr_status_t bm_process_start(server_rec *main_server, apr_pool_t *pconf);

/** Start again what could not be forked when it was wanted. The parent, now and then. */
void bm_process_start_missing(server_rec *main_server);

/** In a web child: close what it does not need. */
void bm_process_child_init(void);

/** Wake the engine of this node, if there is one. Any thread; never blocks. */
void bm_process_poke(void);

#endif
