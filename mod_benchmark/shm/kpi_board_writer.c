/* SPDX-License-Identifier: Apache-2.0
 *
 * What only the writer needs (which keys there are, what is free) is its own memory, so that nothing of a dead writer is ever
 * relied on. Bytes are handed out from the front; when the end is reached the entries are pushed together again. */
#include "shm/kpi_board_private.h"

#include <stdlib.h>
#include <string.h>
#include <apr_hash.h>
#include "base/timefmt.h"

enum { NEWEST_HOURS = 48 };                /* are not evicted */

#define ASKED_LATELY_NS (INT64_C(7200) * 1000000000)

struct bm_kpi_board_writer_t {
    bm_kpi_board_t *board;
    apr_hash_t *by_key;                    /* bm_kpi_board_key_t -> number_t */
    bm_kpi_board_key_t *keys;              /* by entry */
    uint32_t *numbers;                     /* by entry: its number, for the hash to point to */
    unsigned char *is_used;                /* by entry */
    uint32_t *unused;                      /* stack of entries */
    uint32_t unused_count;
    uint64_t (*order)[2];                  /* scratch of close_gaps: place and entry */
    apr_size_t end;                        /* bytes handed out from the front */
    apr_size_t live;                       /* of them, in entries */
    apr_int32_t newest_hour;
    int filling;
    int failed;
};

static void lock_readers(bm_kpi_board_t *board)
{
    uint64_t sequence = LOAD(board->sequence);

    if ((sequence & 1) == 0)
        atomic_store_explicit(&board->sequence, sequence + 1, memory_order_relaxed);
}

bm_kpi_board_writer_t *bm_kpi_board_writer_make(bm_kpi_board_t *board, apr_pool_t *p)
{
    bm_kpi_board_writer_t *w = apr_pcalloc(p, sizeof(*w));

    w->board = board;
    w->by_key = apr_hash_make(p);
    w->keys = apr_palloc(p, sizeof(*w->keys) * board->entry_count);
    w->numbers = apr_palloc(p, sizeof(*w->numbers) * board->entry_count);
    w->is_used = apr_pcalloc(p, board->entry_count);
    w->unused = apr_palloc(p, sizeof(*w->unused) * board->entry_count);
    w->order = apr_palloc(p, sizeof(*w->order) * board->entry_count);
    w->failed = 1;
    STORE(board->filled, 0);
    lock_readers(board);
    return w;
}

void bm_kpi_board_fail(bm_kpi_board_writer_t *w)
{
    w->failed = 1;
    STORE(w->board->filled, 0);
}

void bm_kpi_board_fill(bm_kpi_board_writer_t *w, apr_int32_t now_hour)
{
    bm_kpi_board_t *board = w->board;
    apr_int64_t day = now_hour / 24;
    uint32_t i;
    int level;

    STORE(board->filled, 0);
    lock_readers(board);
    apr_hash_clear(w->by_key);
    memset(w->is_used, 0, board->entry_count);
    for (i = 0; i < board->entry_count; i++) {
        w->numbers[i] = i + 1;
        w->unused[i] = board->entry_count - 1 - i;
    }
    w->unused_count = board->entry_count;
    w->end = w->live = 0;
    w->newest_hour = now_hour;
    w->filling = 1;
    w->failed = 0;
    for (level = 0; level < 2; level++) {
        STORE(board->from[level], 0);
        for (i = 0; i < SLOTS; i++)
            STORE(board->heads[level][i], 0);
    }
    STORE(board->base[BM_KPI_BOARD_HOUR], now_hour > SLOTS - SLOTS_AHEAD ? now_hour - (SLOTS - SLOTS_AHEAD) : 0);
    STORE(board->base[BM_KPI_BOARD_DAY], day > SLOTS - SLOTS_AHEAD ? day - (SLOTS - SLOTS_AHEAD) : 0);
    STORE(board->view_head, 0);
    STORE(board->cells, 0);
    STORE(board->views, 0);
}

void bm_kpi_board_set_from(bm_kpi_board_writer_t *w, bm_kpi_board_level_e level, apr_int32_t from)
{
    STORE(w->board->from[level], from);
}

void bm_kpi_board_begin(bm_kpi_board_writer_t *w)
{
    lock_readers(w->board);
}

void bm_kpi_board_end(bm_kpi_board_writer_t *w, const bm_kpi_board_mark_t *mark)
{
    bm_kpi_board_t *board = w->board;
    uint64_t text[SNAPSHOT_WORDS] = { 0 };
    apr_size_t i, len = strlen(mark->snapshot);

    if (len >= sizeof(text) || w->failed) {
        bm_kpi_board_fail(w);
        return;
    }
    memcpy(text, mark->snapshot, len);
    for (i = 0; i < SNAPSHOT_WORDS; i++)
        STORE(board->snapshot[i], text[i]);
    STORE(board->epoch, mark->epoch);
    STORE(board->rewritten, mark->rewritten);
    STORE(board->used, w->end);
    STORE(board->beat_ns, bm_timefmt_monotonic_ns());
    if (w->filling)
        atomic_fetch_add_explicit(&board->fills, 1, memory_order_relaxed);
    w->filling = 0;
    STORE(board->sequence, LOAD(board->sequence) + 1);
    STORE(board->filled, 1);
}

void bm_kpi_board_reopen(bm_kpi_board_writer_t *w)
{
    if (w->failed)
        return;
    STORE(w->board->used, w->end);
    STORE(w->board->sequence, LOAD(w->board->sequence) + 1);
}

void bm_kpi_board_touch(bm_kpi_board_writer_t *w)
{
    if (bm_kpi_board_is_filled(w))
        STORE(w->board->beat_ns, bm_timefmt_monotonic_ns());
}

int bm_kpi_board_is_filled(const bm_kpi_board_writer_t *w)
{
    return !w->failed && !w->filling;
}

static uint64_t word_of(const bm_kpi_board_writer_t *w, uint32_t entry, int word)
{
    return atomic_load_explicit(&w->board->entries[entry].word[word], memory_order_relaxed);
}

static void set_word(bm_kpi_board_writer_t *w, uint32_t entry, int word, uint64_t value)
{
    STORE(w->board->entries[entry].word[word], value);
}

static _Atomic uint32_t *head_of(const bm_kpi_board_writer_t *w, const bm_kpi_board_key_t *key)
{
    apr_int64_t place;

    if (key->level == BM_KPI_BOARD_VIEW)
        return &w->board->view_head;
    place = key->bucket - LOAD(w->board->base[key->level]);
    return place >= 0 && place < SLOTS ? &w->board->heads[key->level][place] : NULL;
}

static _Atomic uint64_t *counter_of(const bm_kpi_board_writer_t *w, uint32_t entry)
{
    return w->keys[entry].level == BM_KPI_BOARD_VIEW ? &w->board->views : &w->board->cells;
}

/* The entry is in no chain any more. */
static void entry_free(bm_kpi_board_writer_t *w, uint32_t entry)
{
    apr_hash_set(w->by_key, &w->keys[entry], sizeof(w->keys[entry]), NULL);
    w->is_used[entry] = 0;
    w->unused[w->unused_count++] = entry;
    w->live -= word_of(w, entry, W_ROOM);
    atomic_fetch_sub_explicit(counter_of(w, entry), 1, memory_order_relaxed);
}

static int order_of_places(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (x[0] > y[0]) - (x[0] < y[0]);
}

/* Push all entries together, to the front. */
static void close_gaps(bm_kpi_board_writer_t *w)
{
    bm_kpi_board_t *board = w->board;
    uint64_t (*order)[2] = w->order;
    uint32_t i, n = 0;
    apr_size_t end = 0, k;

    for (i = 0; i < board->entry_count; i++) {
        if (!w->is_used[i])
            continue;
        order[n][0] = word_of(w, i, W_PLACE);
        order[n++][1] = i;
    }
    qsort(order, n, sizeof(*order), order_of_places);
    for (i = 0; i < n; i++) {
        uint32_t entry = (uint32_t)order[i][1];
        apr_size_t from = order[i][0] / 8, words = word_of(w, entry, W_ROOM) / 8;

        for (k = 0; from != end / 8 && k < words; k++)
            STORE(board->bytes[end / 8 + k], atomic_load_explicit(&board->bytes[from + k], memory_order_relaxed));
        set_word(w, entry, W_PLACE, end);
        end += words * 8;
    }
    w->end = end;
}

/* Drop the oldest bucket of a level that lies before `limit`. @return 0: there is none. */
static int evict(bm_kpi_board_writer_t *w, bm_kpi_board_level_e level, apr_int64_t limit)
{
    bm_kpi_board_t *board = w->board;
    apr_int64_t base = LOAD(board->base[level]), from = LOAD(board->from[level]), at;
    uint32_t number;

    for (at = from > base ? from : base; at < limit && at < base + SLOTS; at++) {
        number = LOAD(board->heads[level][at - base]);
        if (number == 0)
            continue;
        while (number != 0) {
            uint32_t next = (uint32_t)word_of(w, number - 1, W_NEXT);

            entry_free(w, number - 1);
            number = next;
        }
        STORE(board->heads[level][at - base], 0);
        STORE(board->from[level], at + 1);
        atomic_fetch_add_explicit(&board->evictions, 1, memory_order_relaxed);
        return 1;
    }
    return 0;
}

/* Make room for `size` bytes and an entry, and for some more, so that it is not needed again at once. */
static apr_status_t make_room(bm_kpi_board_writer_t *w, apr_size_t size)
{
    bm_kpi_board_t *board = w->board;
    apr_size_t most = board->room - board->room / 8;
    uint32_t least = board->entry_count / 16 + 1;
    apr_int64_t hours = (apr_int64_t)w->newest_hour - NEWEST_HOURS;

    while (w->live + size > most || w->unused_count < least) {
        if (evict(w, BM_KPI_BOARD_HOUR, hours) || evict(w, BM_KPI_BOARD_DAY, hours / 24))
            continue;
        if (w->live + size > board->room || w->unused_count == 0)
            return APR_ENOSPC;
        break;
    }
    close_gaps(w);
    return APR_SUCCESS;
}

static void unlink_entry(bm_kpi_board_writer_t *w, uint32_t entry)
{
    _Atomic uint32_t *head = head_of(w, &w->keys[entry]);
    uint32_t number = LOAD(*head), before = 0;

    while (number != entry + 1) {
        before = number;
        number = (uint32_t)word_of(w, number - 1, W_NEXT);
    }
    if (before == 0)
        STORE(*head, (uint32_t)word_of(w, entry, W_NEXT));
    else
        set_word(w, before - 1, W_NEXT, word_of(w, entry, W_NEXT));
}

static void entry_add(bm_kpi_board_writer_t *w, const bm_kpi_board_key_t *key, _Atomic uint32_t *head, apr_size_t room)
{
    uint32_t entry = w->unused[--w->unused_count];
    uint64_t words[W_PLACE];
    int i;

    w->keys[entry] = *key;
    w->is_used[entry] = 1;
    memcpy(words, key, sizeof(words));
    for (i = 0; i < W_PLACE; i++)
        set_word(w, entry, i, words[i]);
    set_word(w, entry, W_PLACE, w->end);
    set_word(w, entry, W_ROOM, room);
    set_word(w, entry, W_NEXT, LOAD(*head));
    STORE(*head, entry + 1);
    w->end += room;
    w->live += room;
    apr_hash_set(w->by_key, &w->keys[entry], sizeof(w->keys[entry]), &w->numbers[entry]);
    atomic_fetch_add_explicit(counter_of(w, entry), 1, memory_order_relaxed);
}

static void entry_write(bm_kpi_board_writer_t *w, uint32_t entry, const void *data, apr_size_t len,
                        const apr_uint32_t ends[BM_KPI_BOARD_PARTS])
{
    _Atomic uint64_t *to = w->board->bytes + word_of(w, entry, W_PLACE) / 8;
    const char *from = data;
    apr_size_t i, whole = len / 8;
    uint64_t word;

    for (i = 0; i < ENDS_WORDS; i++)
        STORE(to[i], ends[2 * i] | (uint64_t)ends[2 * i + 1] << 32);
    to += ENDS_WORDS;
    for (i = 0; i < whole; i++) {
        memcpy(&word, from + 8 * i, 8);
        STORE(to[i], word);
    }
    if (len % 8 != 0) {
        word = 0;
        memcpy(&word, from + 8 * whole, len % 8);
        STORE(to[whole], word);
    }
    set_word(w, entry, W_LEN, ENDS_SIZE + len);
}

void bm_kpi_board_drop(bm_kpi_board_writer_t *w, const bm_kpi_board_key_t *key)
{
    const uint32_t *number = apr_hash_get(w->by_key, key, sizeof(*key));

    if (number != NULL) {
        unlink_entry(w, *number - 1);
        entry_free(w, *number - 1);
    }
}

int bm_kpi_board_covers(const bm_kpi_board_writer_t *w, bm_kpi_board_level_e level, apr_int32_t bucket)
{
    return bucket >= LOAD(w->board->from[level]);
}

apr_status_t bm_kpi_board_put(bm_kpi_board_writer_t *w, const bm_kpi_board_key_t *key, const void *data, apr_size_t len)
{
    apr_uint32_t ends[BM_KPI_BOARD_PARTS];
    int i;

    for (i = 0; i < BM_KPI_BOARD_PARTS; i++)
        ends[i] = (apr_uint32_t)len;
    return bm_kpi_board_put_parts(w, key, data, len, ends);
}

apr_status_t bm_kpi_board_put_parts(bm_kpi_board_writer_t *w, const bm_kpi_board_key_t *key, const void *data, apr_size_t len,
                                    const apr_uint32_t ends[BM_KPI_BOARD_PARTS])
{
    const uint32_t *number = apr_hash_get(w->by_key, key, sizeof(*key));
    apr_size_t room = (ENDS_SIZE + len + (w->filling ? 0 : len / 4) + 7) / 8 * 8;
    _Atomic uint32_t *head = head_of(w, key);
    apr_status_t rv = APR_SUCCESS;

    if (key->level != BM_KPI_BOARD_VIEW && key->bucket < LOAD(w->board->base[key->level])) {
        if (LOAD(w->board->from[key->level]) < LOAD(w->board->base[key->level]))
            STORE(w->board->from[key->level], LOAD(w->board->base[key->level]));
        return APR_SUCCESS;                /* older than the tables reach */
    }
    if (head == NULL)
        rv = APR_EGENERAL;
    else if (number != NULL && ENDS_SIZE + len > word_of(w, *number - 1, W_ROOM)) {
        bm_kpi_board_drop(w, key);
        number = NULL;
    }
    if (rv == APR_SUCCESS && number == NULL && (w->end + room > w->board->room || w->unused_count == 0))
        rv = make_room(w, room);
    if (rv != APR_SUCCESS) {
        bm_kpi_board_fail(w);
        return rv;
    }
    if (key->level != BM_KPI_BOARD_VIEW && !bm_kpi_board_covers(w, (bm_kpi_board_level_e)key->level, key->bucket))
        return APR_SUCCESS;                /* too old by now */
    if (key->level == BM_KPI_BOARD_HOUR && key->bucket > w->newest_hour)
        w->newest_hour = key->bucket;
    if (number == NULL) {
        entry_add(w, key, head, room);
        number = apr_hash_get(w->by_key, key, sizeof(*key));
    }
    entry_write(w, *number - 1, data, len, ends);
    return APR_SUCCESS;
}

const unsigned char *bm_kpi_board_get(apr_size_t *len, const bm_kpi_board_writer_t *w, const bm_kpi_board_key_t *key)
{
    const uint32_t *number = apr_hash_get(w->by_key, key, sizeof(*key));

    if (number == NULL)
        return NULL;
    *len = word_of(w, *number - 1, W_LEN) - ENDS_SIZE;
    return w->board->content + word_of(w, *number - 1, W_PLACE) + ENDS_SIZE;
}

apr_size_t bm_kpi_board_room(const bm_kpi_board_writer_t *w)
{
    apr_size_t most = w->board->room - w->board->room / 8;

    return w->live < most ? most - w->live : 0;
}

int bm_kpi_board_wanted(apr_uint64_t *numbers, int max, bm_kpi_board_writer_t *w)
{
    apr_int64_t now = bm_timefmt_monotonic_ns();
    int i, n = 0;

    for (i = 0; i < WISHES && n < max; i++) {
        apr_uint64_t number = LOAD(w->board->wish[i]);

        if (number != 0 && now - LOAD(w->board->asked_ns[i]) < ASKED_LATELY_NS)
            numbers[n++] = number;
    }
    return n;
}
