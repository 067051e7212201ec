/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/node_board.h"

apr_status_t bm_node_board_create(bm_node_board_t **pboard, bm_region_t *region)
{
    *pboard = bm_region_carve(region, sizeof(**pboard), 64);
    return *pboard ? APR_SUCCESS : APR_ENOSPC;
}
