/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/node_board.h"

#include "base/timefmt.h"

apr_status_t bm_node_board_create(bm_node_board_t **pboard, bm_region_t *region)
{
    *pboard = bm_region_carve(region, sizeof(**pboard), 64);
    return *pboard ? APR_SUCCESS : APR_ENOSPC;
}

int bm_node_board_alive(bm_node_board_t *board, int ms)
{
    int64_t beat = atomic_load(&board->engine_beat_ns);

    return beat != 0 && bm_timefmt_monotonic_ns() - beat < (int64_t)ms * 1000000;
}
