/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/board_keeper.h: the thread that fills this node's KPI board (shm/kpi_board.h) and follows the store with it.
 *
 * The only writer of the board. It reads what any engine has recorded, its own results like those of others, four times a second;
 * it fills the board anew when cells have changed otherwise or a compaction was quicker. Its connection is its own. While the
 * database is away the board grows stale and is not read. */
#ifndef BM_ENGINE_BOARD_KEEPER_H
#define BM_ENGINE_BOARD_KEEPER_H

#include <apr_pools.h>
#include "engine/store_connect.h"
#include "shm/kpi_board.h"

typedef struct bm_board_keeper_t bm_board_keeper_t;

/** Start the thread. *store is copied. */
apr_status_t bm_board_keeper_start(bm_board_keeper_t **pkeeper, bm_kpi_board_t *board, const bm_store_access_t *store,
                                   apr_pool_t *p);

/** Ask it to end: the board will have no more readers. Any thread; harmless for NULL. */
void bm_board_keeper_end(bm_board_keeper_t *keeper);

/** The same, and join. Harmless for NULL. */
void bm_board_keeper_stop(bm_board_keeper_t *keeper);

#endif
