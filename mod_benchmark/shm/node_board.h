/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/node_board.h: what the processes of one httpd tell each other without a database.
 *
 * Lies in the generation's region (shm/region.h). Every member is one atomic word with one kind of writer,
 * named beside it; readers take no lock and may see words of different moments. */
#ifndef BM_SHM_NODE_BOARD_H
#define BM_SHM_NODE_BOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <apr_errno.h>
#include "shm/region.h"

typedef struct bm_node_board_t {
    _Atomic int64_t engine_pid;       /* engine: its process; 0 before the first start */
    _Atomic int64_t engine_beat_ns;   /* engine: CLOCK_MONOTONIC of its last turn */
    _Atomic int64_t engine_ready;     /* engine: 1 while it has the database and claims */
    _Atomic int64_t engine_starts;    /* engine: how often one was started in this generation */
    _Atomic int64_t in_flight;        /* engine: runs it performs now */
    _Atomic int64_t recorded;         /* engine: runs recorded since its start */
    _Atomic int64_t backlog_bytes;    /* engine: finished runs waiting for the database */
    _Atomic int64_t access_epoch;     /* web children: how often access was changed by one of them (auth/authenticator.h) */
} bm_node_board_t;

/** Carve a zeroed board. Before fork. @return APR_ENOSPC. */
apr_status_t bm_node_board_create(bm_node_board_t **pboard, bm_region_t *region);

#endif
