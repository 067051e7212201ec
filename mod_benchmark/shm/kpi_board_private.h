/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/kpi_board_private.h: the shared memory of a board, for its readers (kpi_board.c) and its writer (kpi_board_writer.c).
 *
 * Owner of each word as said beside it; the sequence guards what it says it guards (kpi_board.h). */
#ifndef BM_SHM_KPI_BOARD_PRIVATE_H
#define BM_SHM_KPI_BOARD_PRIVATE_H

#include <stdatomic.h>
#include <stdint.h>
#include "shm/kpi_board.h"

enum {
    SLOTS = 16384,              /* buckets of a table: 682 days of hours */
    SLOTS_AHEAD = 1024,         /* of these, for hours to come */
    WISHES = 12,                /* views that are kept */
    SNAPSHOT_WORDS = 512
};

/* What stands before the bytes of an entry: where its parts end, two in a word. */
enum { ENDS_WORDS = BM_KPI_BOARD_PARTS / 2, ENDS_SIZE = ENDS_WORDS * 8 };

/* Words of an entry. The key comes first; the length counts the ends of parts too. */
enum { W_PLACE = 4, W_LEN, W_NEXT, W_ROOM, WORDS };

typedef struct entry_t {
    _Atomic uint64_t word[WORDS];
} entry_t;

_Static_assert(sizeof(bm_kpi_board_key_t) == W_PLACE * sizeof(uint64_t), "a key fills the first words of an entry");

struct bm_kpi_board_t {
    /* written before fork */
    apr_size_t room;                       /* bytes for the entries' content */
    uint32_t entry_count;
    entry_t *entries;
    _Atomic uint64_t *bytes;
    const unsigned char *content;          /* the same place, for who writes it */
    /* words of the writer, each by itself */
    _Atomic uint64_t sequence;             /* odd: something is being written */
    _Atomic uint64_t filled;
    _Atomic int64_t beat_ns;
    _Atomic uint64_t used, cells, views, fills, evictions;
    /* words of the readers */
    _Atomic uint64_t hits, misses;
    _Atomic uint64_t wish[WISHES];         /* numbers of views; 0: none */
    _Atomic int64_t asked_ns[WISHES];
    /* words of the writer, guarded by the sequence */
    _Atomic int64_t epoch, rewritten;
    _Atomic int64_t from[2], base[2];      /* by level: first bucket that is complete, first of the table */
    _Atomic uint64_t snapshot[SNAPSHOT_WORDS];
    _Atomic uint32_t heads[2][SLOTS];      /* number of an entry from 1; 0: none */
    _Atomic uint32_t view_head;
};

#define LOAD(word)         atomic_load_explicit(&(word), memory_order_acquire)
#define STORE(word, value) atomic_store_explicit(&(word), (value), memory_order_release)

#endif
