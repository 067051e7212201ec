/* SPDX-License-Identifier: Apache-2.0
 *
 * What readers need is shared: tables of buckets, each the begin of a chain of entries, and the entries' bytes. */
#include "shm/kpi_board_private.h"

#include <string.h>
#include <apr_time.h>
#include "base/huge_alloc.h"
#include "base/timefmt.h"

enum {
    TRIES = 8,
    PAUSE_US = 100,
    PATIENCE_MS = 100,          /* what is interrupted after that long will be interrupted again */
    BYTES_PER_ENTRY = 768,      /* of the board's size */
    CHUNK_LEAST = 65536,
    CHUNK_MOST = 8388608
};

apr_status_t bm_kpi_board_create(bm_kpi_board_t **pboard, apr_size_t size, bm_region_t *region)
{
    bm_kpi_board_t *board;
    char *base;

    *pboard = NULL;
    if (size < BM_KPI_BOARD_SIZE_MIN)
        return APR_EINVAL;
    base = bm_region_carve(region, size, 4096);
    if (base == NULL)
        return APR_ENOSPC;
    board = (void *)base;
    board->entry_count = (uint32_t)(size / BYTES_PER_ENTRY < UINT32_MAX / 2 ? size / BYTES_PER_ENTRY : UINT32_MAX / 2);
    board->entries = (void *)(base + (sizeof(*board) + 63) / 64 * 64);
    base += (sizeof(*board) + 63) / 64 * 64 + sizeof(entry_t) * board->entry_count;
    board->bytes = (void *)base;
    board->content = (const unsigned char *)base;
    board->room = (size - (apr_size_t)(base - (char *)board)) / 8 * 8;
    *pboard = board;
    return APR_SUCCESS;
}

/* --- readers */

/* What a reader has found. */
typedef struct found_t {
    bm_kpi_board_key_t key;
    apr_size_t place, len;
} found_t;

typedef struct reading_t {
    bm_kpi_board_t *board;
    const bm_kpi_board_wish_t *wish;       /* NULL: one view */
    apr_int64_t view;
    apr_array_header_t *found;
    uint32_t steps;
    apr_size_t total;
} reading_t;

/* Cells without a model are in no sum of one: they stand for themselves. */
static int is_of(bm_kpi_board_sums_e sums, const bm_kpi_board_key_t *key)
{
    if (key->scenario_id == BM_KPI_BOARD_EACH)
        return sums == (key->model_id == BM_KPI_BOARD_EACH ? BM_KPI_BOARD_ALL : BM_KPI_BOARD_BY_MODEL);
    return sums == BM_KPI_BOARD_CELLS || (sums == BM_KPI_BOARD_BY_MODEL && key->model_id == 0);
}

/* Whether it is one of some that ascend; NULL: all are. */
static int is_among(const apr_int64_t *ids, int count, apr_int64_t id)
{
    int low = 0, high = count;

    if (ids == NULL)
        return 1;
    while (low < high) {
        int middle = (low + high) / 2;

        if (ids[middle] == id)
            return 1;
        if (ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static int is_wished(const reading_t *r, const bm_kpi_board_key_t *key)
{
    const bm_kpi_board_wish_t *wish = r->wish;

    if (wish == NULL)
        return key->scenario_id == r->view;
    return is_of(wish->sums, key) && key->source == wish->source
        && (wish->location_id == -1 || key->location_id == wish->location_id)
        && is_among(wish->scenarios, wish->scenario_count, key->scenario_id)
        && is_among(wish->models, wish->model_count, key->model_id);
}

/* @return 0: what is there cannot be, so a writer is at it. */
static int collect_chain(reading_t *r, uint32_t number)
{
    bm_kpi_board_t *board = r->board;

    while (number != 0) {
        uint64_t word[WORDS];
        found_t found;
        int i;

        if (number > board->entry_count || r->steps++ > board->entry_count)
            return 0;
        for (i = 0; i < WORDS; i++)
            word[i] = LOAD(board->entries[number - 1].word[i]);
        if (word[W_PLACE] % 8 != 0 || word[W_PLACE] > board->room || word[W_LEN] > board->room - word[W_PLACE])
            return 0;
        memcpy(&found.key, word, sizeof(found.key));
        found.place = word[W_PLACE];
        found.len = word[W_LEN];
        if (is_wished(r, &found.key)) {
            APR_ARRAY_PUSH(r->found, found_t) = found;
            r->total += (found.len + 7) / 8 * 8;
            if (r->total > board->room)
                return 0;
        }
        number = (uint32_t)word[W_NEXT];
    }
    return 1;
}

static apr_status_t collect(reading_t *r)
{
    bm_kpi_board_t *board = r->board;
    int i;

    if (r->wish == NULL)
        return collect_chain(r, LOAD(board->view_head)) ? APR_SUCCESS : APR_EAGAIN;
    for (i = 0; i < r->wish->span_count; i++) {
        const bm_kpi_board_span_t *span = &r->wish->spans[i];
        apr_int64_t base = LOAD(board->base[span->level]), at, end;

        if (base < 0 || base > APR_INT32_MAX)
            return APR_EAGAIN;
        if (span->from < span->to && span->from < LOAD(board->from[span->level]))
            return APR_NOTFOUND;
        end = span->to < base + SLOTS ? span->to : base + SLOTS;
        for (at = span->from > base ? span->from : base; at < end; at++)
            if (!collect_chain(r, LOAD(board->heads[span->level][at - base])))
                return APR_EAGAIN;
    }
    return APR_SUCCESS;
}

static void copy_words(uint64_t *to, const _Atomic uint64_t *from, apr_size_t words)
{
    apr_size_t i;

    for (i = 0; i < words; i++)
        to[i] = LOAD(from[i]);
}

/* Bytes of an entry, from the word on that `from` points to. Up to 7 more may be written behind them. */
static unsigned char *copy_bytes(unsigned char *to, const _Atomic uint64_t *from, apr_size_t begin, apr_size_t end)
{
    apr_size_t at = begin;
    uint64_t word;

    if (at % 8 != 0 && at < end) {
        word = LOAD(from[at / 8]);
        memcpy(to, (const char *)&word + at % 8, 8 - at % 8);
        at += 8 - at % 8;
    }
    for (; at < end; at += 8) {
        word = LOAD(from[at / 8]);
        memcpy(to + (at - begin), &word, 8);
    }
    return to + (end - begin);
}

/* Stretches of the parts that are wished for, those that touch as one. */
typedef struct stretches_t {
    int n;
    struct {
        apr_uint32_t begin, end;
    } at[BM_KPI_BOARD_PARTS];
    apr_size_t total;
} stretches_t;

/* @return 0: what is there cannot be. */
static int find_stretches(stretches_t *s, const _Atomic uint64_t *from, apr_size_t len, apr_uint32_t parts)
{
    apr_uint32_t begin = 0, end;
    int i;

    s->n = 0;
    s->total = 0;
    for (i = 0; i < BM_KPI_BOARD_PARTS; i++, begin = end) {
        end = (apr_uint32_t)(LOAD(from[i / 2]) >> (i % 2 ? 32 : 0));
        if (end < begin || end > len)
            return 0;
        if (end == begin || (parts != 0 && i > 0 && (parts >> i & 1) == 0))
            continue;
        if (s->n > 0 && s->at[s->n - 1].end == begin)
            s->at[s->n - 1].end = end;
        else {
            s->at[s->n].begin = begin;
            s->at[s->n++].end = end;
        }
        s->total += end - begin;
    }
    return begin == len;
}

/* Memory for entries, some at a time. */
typedef struct chunk_t {
    unsigned char *at;
    apr_size_t left, size;
} chunk_t;

static unsigned char *take(chunk_t *chunk, apr_size_t size, apr_pool_t *p)
{
    unsigned char *taken;

    if (chunk->left < size) {
        chunk->size = chunk->size == 0 ? CHUNK_LEAST : chunk->size < CHUNK_MOST ? 2 * chunk->size : CHUNK_MOST;
        chunk->left = size > chunk->size ? size : chunk->size;
        chunk->at = bm_huge_alloc(chunk->left, p);
    }
    taken = chunk->at;
    chunk->at += size;
    chunk->left -= size;
    return taken;
}

/* @return NULL: what is there cannot be, so a writer is at it. */
static apr_array_header_t *copy_cells(const reading_t *r, apr_pool_t *p)
{
    apr_array_header_t *cells = apr_array_make(p, r->found->nelts + 1, sizeof(bm_kpi_board_cell_t));
    apr_uint32_t parts = r->wish != NULL ? r->wish->parts : 0;
    chunk_t chunk = { NULL, 0, 0 };
    stretches_t stretches;
    int i, k;

    for (i = 0; i < r->found->nelts; i++) {
        const found_t *found = &APR_ARRAY_IDX(r->found, i, found_t);
        const _Atomic uint64_t *from = r->board->bytes + found->place / 8;
        bm_kpi_board_cell_t *cell = apr_array_push(cells);
        unsigned char *to;

        if (found->len < ENDS_SIZE || !find_stretches(&stretches, from, found->len - ENDS_SIZE, parts))
            return NULL;
        to = take(&chunk, stretches.total + 8, p);
        cell->key = found->key;
        cell->data = to;
        cell->len = stretches.total;
        for (k = 0; k < stretches.n; k++)
            to = copy_bytes(to, from + ENDS_WORDS, stretches.at[k].begin, stretches.at[k].end);
    }
    return cells;
}

static void copy_mark(bm_kpi_board_mark_t *mark, const bm_kpi_board_t *board, apr_pool_t *p)
{
    uint64_t *text = apr_palloc(p, SNAPSHOT_WORDS * 8 + 1);

    copy_words(text, board->snapshot, SNAPSHOT_WORDS);
    ((char *)text)[SNAPSHOT_WORDS * 8] = '\0';
    mark->snapshot = (const char *)text;
    mark->epoch = LOAD(board->epoch);
    mark->rewritten = LOAD(board->rewritten);
}

static int is_readable(bm_kpi_board_t *board)
{
    return LOAD(board->filled) && bm_timefmt_monotonic_ns() - LOAD(board->beat_ns) < BM_KPI_BOARD_STALE_NS;
}

static apr_status_t read_whole(apr_array_header_t **pcells, bm_kpi_board_mark_t *mark, reading_t *r, apr_pool_t *p)
{
    bm_kpi_board_t *board = r->board;
    apr_int64_t began = bm_timefmt_monotonic_ns();
    int tries;

    r->found = apr_array_make(p, 64, sizeof(found_t));
    for (tries = 0; tries < TRIES && bm_timefmt_monotonic_ns() - began < PATIENCE_MS * INT64_C(1000000); tries++) {
        uint64_t sequence;
        apr_status_t rv;

        if (tries > 0)
            apr_sleep(PAUSE_US);
        if (!is_readable(board))
            return APR_EAGAIN;
        sequence = LOAD(board->sequence);
        if (sequence & 1)
            continue;
        apr_array_clear(r->found);
        r->steps = 0;
        r->total = 0;
        rv = collect(r);
        if (rv == APR_SUCCESS) {
            *pcells = copy_cells(r, p);
            rv = *pcells != NULL ? APR_SUCCESS : APR_EAGAIN;
            copy_mark(mark, board, p);
        }
        if (atomic_load_explicit(&board->sequence, memory_order_relaxed) == sequence)
            return rv;
    }
    return APR_EAGAIN;
}

apr_status_t bm_kpi_board_read(apr_array_header_t **pcells, bm_kpi_board_mark_t *mark, bm_kpi_board_t *board,
                               const bm_kpi_board_wish_t *wish, apr_pool_t *p)
{
    reading_t r = { .board = board, .wish = wish };

    return read_whole(pcells, mark, &r, p);
}

/* The place of the view among the wishes, or else that of the one that was asked for longest ago. Two readers at once may take
 * the same place: one of them will ask again. */
static void ask_for(bm_kpi_board_t *board, apr_uint64_t number)
{
    apr_int64_t least = APR_INT64_MAX;
    int i, place = 0;

    for (i = 0; i < WISHES; i++) {
        apr_int64_t asked = LOAD(board->asked_ns[i]);

        if (LOAD(board->wish[i]) == number) {
            place = i;
            break;
        }
        if (asked < least) {
            least = asked;
            place = i;
        }
    }
    STORE(board->asked_ns[place], bm_timefmt_monotonic_ns());
    STORE(board->wish[place], number);
}

apr_status_t bm_kpi_board_read_view(bm_kpi_board_cell_t *view, bm_kpi_board_mark_t *mark, bm_kpi_board_t *board,
                                    apr_uint64_t number, apr_pool_t *p)
{
    reading_t r = { .board = board, .view = (apr_int64_t)number };
    apr_array_header_t *cells;
    apr_status_t rv;

    ask_for(board, number);
    rv = read_whole(&cells, mark, &r, p);
    if (rv != APR_SUCCESS)
        return rv;
    if (cells->nelts != 1)
        return APR_NOTFOUND;
    *view = APR_ARRAY_IDX(cells, 0, bm_kpi_board_cell_t);
    return APR_SUCCESS;
}

void bm_kpi_board_count(bm_kpi_board_t *board, int from_board)
{
    atomic_fetch_add_explicit(from_board ? &board->hits : &board->misses, 1, memory_order_relaxed);
}

void bm_kpi_board_state(bm_kpi_board_state_t *state, bm_kpi_board_t *board)
{
    apr_int64_t beat = LOAD(board->beat_ns);

    memset(state, 0, sizeof(*state));
    state->filled = is_readable(board);
    state->age_ns = beat == 0 ? -1 : bm_timefmt_monotonic_ns() - beat;
    state->size = board->room;
    state->used = (apr_size_t)LOAD(board->used);
    state->cells = (apr_int64_t)LOAD(board->cells);
    state->views = (apr_int64_t)LOAD(board->views);
    state->hours_from = (apr_int32_t)LOAD(board->from[BM_KPI_BOARD_HOUR]);
    state->days_from = (apr_int32_t)LOAD(board->from[BM_KPI_BOARD_DAY]);
    state->fills = LOAD(board->fills);
    state->evictions = LOAD(board->evictions);
    state->hits = LOAD(board->hits);
    state->misses = LOAD(board->misses);
}
