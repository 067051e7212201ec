/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/kpi_board.h: a bounded cache of KPI cells that the processes of one httpd share.
 *
 * A cache, not a second truth: what it holds is the store as of one snapshot (BenchmarkKpiMemory bytes of it, the newest), and
 * whoever reads it adds what was committed since then (store/kpi_read_store.h), so that its figures are those of the store.
 * Entries are bytes under a key: cells of hours and days, and views, which are whole windows already put together.
 *
 * Writer: one thread of one process at a time, the engine's board keeper; a successor begins with
 * bm_kpi_board_writer_make and repairs nothing, it empties and fills. Readers: any thread of any process, no lock.
 * One sequence word guards all of it: odd while something is written. A copy is believed if the sequence was even and the same
 * before and after, so a reader has everything as of one moment, or nothing; every place and length is checked against the
 * bounds before it is used, so a reader who overlaps with a writer may copy nonsense, which it throws away, but never from
 * outside.
 * All words are C11 atomics with release stores and acquire loads, as in shm/target_ring.h, and no fence is needed. A writer that
 * is killed leaves the sequence odd: nobody reads until its successor has filled the board again. */
#ifndef BM_SHM_KPI_BOARD_H
#define BM_SHM_KPI_BOARD_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include "shm/region.h"

typedef struct bm_kpi_board_t bm_kpi_board_t;
typedef struct bm_kpi_board_writer_t bm_kpi_board_writer_t;

typedef enum bm_kpi_board_level_e {
    BM_KPI_BOARD_HOUR = 0,      /* bucket: hours since 1970 */
    BM_KPI_BOARD_DAY,           /* days since 1970 */
    BM_KPI_BOARD_VIEW           /* bucket 0; scenario_id is the view's number */
} bm_kpi_board_level_e;

/** Parts of an entry, so that readers need not copy all of it: of a cell 0 is what stands before its metrics, then one for each
 *  metric, by id. Readers may leave out any but the first; what is left is a cell (kpi/kpi_cell.h). */
#define BM_KPI_BOARD_PARTS 16

/** In the place of a scenario and of a model: of all. An entry of all scenarios of one model and bucket, or of all of both, is
 *  the sum of their cells, for questions that do not tell them apart. Cells without a model (0) are in no sum of one. */
#define BM_KPI_BOARD_EACH (-1)

/** Name of an entry. No padding: its bytes are hashed. */
typedef struct bm_kpi_board_key_t {
    apr_int64_t scenario_id;
    apr_int32_t model_id;
    apr_int32_t source;
    apr_int32_t location_id;
    apr_int32_t level;
    apr_int32_t bucket;
    apr_int32_t unused;         /* 0 */
} bm_kpi_board_key_t;

/** What the content is: the store as of this snapshot. */
typedef struct bm_kpi_board_mark_t {
    apr_int64_t epoch;          /* of meta */
    apr_int64_t rewritten;      /* of kpi_state */
    const char *snapshot;       /* text of pg_current_snapshot() */
} bm_kpi_board_mark_t;

/** Buckets of a level. */
typedef struct bm_kpi_board_span_t {
    bm_kpi_board_level_e level;
    apr_int32_t from;
    apr_int32_t to;             /* first one behind it */
} bm_kpi_board_span_t;

/** What need not be told apart. */
typedef enum bm_kpi_board_sums_e {
    BM_KPI_BOARD_CELLS = 0,     /* cells, no sums */
    BM_KPI_BOARD_BY_MODEL,      /* scenarios of the same model may come as one */
    BM_KPI_BOARD_ALL            /* everything in a bucket may, but for source and location */
} bm_kpi_board_sums_e;

/** What to copy. */
typedef struct bm_kpi_board_wish_t {
    bm_kpi_board_span_t spans[3];
    int span_count;
    apr_int32_t source;
    apr_int32_t location_id;            /* -1: all */
    const apr_int64_t *scenarios;       /* ascending; NULL: all */
    int scenario_count;
    const apr_int64_t *models;          /* likewise */
    int model_count;
    bm_kpi_board_sums_e sums;           /* without scenarios only */
    apr_uint32_t parts;                 /* bit i: part i, besides the first; 0: all */
} bm_kpi_board_wish_t;

/** An entry, copied. */
typedef struct bm_kpi_board_cell_t {
    bm_kpi_board_key_t key;
    const unsigned char *data;
    apr_size_t len;
} bm_kpi_board_cell_t;

/** How it stands; words of different moments. */
typedef struct bm_kpi_board_state_t {
    int filled;                 /* can be read */
    apr_int64_t age_ns;         /* since it was last found to be up to date; -1: never */
    apr_size_t size, used;      /* bytes for entries; of them in use, gaps included */
    apr_int64_t cells, views;
    apr_int32_t hours_from;     /* all hour cells from here on are there; 0: all there are */
    apr_int32_t days_from;      /* all day cells, in days */
    apr_uint64_t fills;         /* how often it was filled from the store */
    apr_uint64_t evictions;     /* hours and days that made room */
    apr_uint64_t hits, misses;  /* answers that came from it, or else from the store */
} bm_kpi_board_state_t;

/** Content older than this is not read, in ns. */
#define BM_KPI_BOARD_STALE_NS (INT64_C(5) * 1000000000)

/** Least bytes of a board. */
#define BM_KPI_BOARD_SIZE_MIN 2097152

/** Lay a board of `size` bytes in all out in `region`. Before fork. @return APR_ENOSPC: no room; APR_EINVAL: too
 *  few bytes. */
apr_status_t bm_kpi_board_create(bm_kpi_board_t **pboard, apr_size_t size, bm_region_t *region);

/** --- readers: any thread of any process --- */

/** Copy what is wished for into p, as of one moment. *pcells: of bm_kpi_board_cell_t; *mark: what they are, in p.
 *  @return APR_NOTFOUND: not all of it is there; APR_EAGAIN: the board is stale, being filled, or busy. Read the store then. */
apr_status_t bm_kpi_board_read(apr_array_header_t **pcells, bm_kpi_board_mark_t *mark, bm_kpi_board_t *board,
                               const bm_kpi_board_wish_t *wish, apr_pool_t *p);

/** Copy one view, likewise; one that is not there is asked for, and may be there a second later. */
apr_status_t bm_kpi_board_read_view(bm_kpi_board_cell_t *view, bm_kpi_board_mark_t *mark, bm_kpi_board_t *board,
                                    apr_uint64_t number, apr_pool_t *p);

/** Count where an answer came from. */
void bm_kpi_board_count(bm_kpi_board_t *board, int from_board);

void bm_kpi_board_state(bm_kpi_board_state_t *state, bm_kpi_board_t *board);

/** --- the writer's thread --- */

/** Become the writer. What is there is unreadable from now on, until bm_kpi_board_end after a bm_kpi_board_fill. In p. */
bm_kpi_board_writer_t *bm_kpi_board_writer_make(bm_kpi_board_t *board, apr_pool_t *p);

/** Empty it, to be filled: entries put from now on stay unreadable until bm_kpi_board_end. now_hour places the tables of buckets.
 *  Older buckets than hours_from and days_from will not come. */
void bm_kpi_board_fill(bm_kpi_board_writer_t *writer, apr_int32_t now_hour);

/** Say that buckets of a level before `from` are not there. Between fill or begin and end. */
void bm_kpi_board_set_from(bm_kpi_board_writer_t *writer, bm_kpi_board_level_e level, apr_int32_t from);

/** Stop readers for some entries. Be quick until bm_kpi_board_end. */
void bm_kpi_board_begin(bm_kpi_board_writer_t *writer);

/** Put or replace an entry. Makes room by evicting hours, then days, the oldest first, never views.
 *  @return APR_ENOSPC: not even so; APR_EGENERAL: its bucket lies too far ahead. The board is unreadable then. */
apr_status_t bm_kpi_board_put(bm_kpi_board_writer_t *writer, const bm_kpi_board_key_t *key, const void *data, apr_size_t len);

/** The same in parts: the end of each in data, which ascend; the last is len. bm_kpi_board_put puts all into the first. */
apr_status_t bm_kpi_board_put_parts(bm_kpi_board_writer_t *writer, const bm_kpi_board_key_t *key, const void *data,
                                    apr_size_t len, const apr_uint32_t ends[BM_KPI_BOARD_PARTS]);

/** Forget an entry. */
void bm_kpi_board_drop(bm_kpi_board_writer_t *writer, const bm_kpi_board_key_t *key);

/** Let readers in: the content is what mark says. A snapshot that is too long leaves it unreadable. */
void bm_kpi_board_end(bm_kpi_board_writer_t *writer, const bm_kpi_board_mark_t *mark);

/** The same, if the content is still what was said last. */
void bm_kpi_board_reopen(bm_kpi_board_writer_t *writer);

/** Say that it is up to date without stopping a reader: its content is that of a later moment too. */
void bm_kpi_board_touch(bm_kpi_board_writer_t *writer);

/** Leave it unreadable, as after a failure. */
void bm_kpi_board_fail(bm_kpi_board_writer_t *writer);

/** Whether it can be read, and what is in it. */
int bm_kpi_board_is_filled(const bm_kpi_board_writer_t *writer);

/** Bytes of an entry; NULL: not there. Valid until the next put. */
const unsigned char *bm_kpi_board_get(apr_size_t *len, const bm_kpi_board_writer_t *writer, const bm_kpi_board_key_t *key);

/** Whether the board should hold this bucket. */
int bm_kpi_board_covers(const bm_kpi_board_writer_t *writer, bm_kpi_board_level_e level, apr_int32_t bucket);

/** Bytes that may still be put before something is evicted. */
apr_size_t bm_kpi_board_room(const bm_kpi_board_writer_t *writer);

/** The views that readers asked for lately, newest first, at most `max`. @return how many. */
int bm_kpi_board_wanted(apr_uint64_t *numbers, int max, bm_kpi_board_writer_t *writer);

#endif
