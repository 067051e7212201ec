/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "shm/kpi_board_private.h"

#define NOW 500000      /* an hour */

static bm_kpi_board_t *make_board(apr_size_t size)
{
    bm_region_t *region;
    bm_kpi_board_t *board;

    ck_assert_int_eq(bm_region_create(&region, size + 4096, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_board_create(&board, size, region), APR_SUCCESS);
    return board;
}

static bm_kpi_board_key_t key_of(int level, int bucket, int scenario)
{
    return (bm_kpi_board_key_t){ .scenario_id = scenario, .level = level, .bucket = bucket };
}

/* The version says what every byte of an entry is, so that a mixture of two is noticed. */
static apr_status_t put(bm_kpi_board_writer_t *w, int level, int bucket, int scenario, int version, apr_size_t len)
{
    static unsigned char bytes[65536];
    bm_kpi_board_key_t key = key_of(level, bucket, scenario);

    memset(bytes, version & 0xff, len);
    return bm_kpi_board_put(w, &key, bytes, len);
}

static void end(bm_kpi_board_writer_t *w, int version)
{
    char text[32];
    bm_kpi_board_mark_t mark = { .epoch = 7, .rewritten = version, .snapshot = text };

    apr_snprintf(text, sizeof(text), "%d:%d:", version, version);
    bm_kpi_board_end(w, &mark);
}

static bm_kpi_board_writer_t *filled(bm_kpi_board_t *board, int hours, int scenarios, apr_size_t len)
{
    bm_kpi_board_writer_t *w = bm_kpi_board_writer_make(board, g_pool);

    bm_kpi_board_fill(w, NOW);
    for (int h = 0; h < hours; h++)
        for (int s = 1; s <= scenarios; s++)
            ck_assert_int_eq(put(w, BM_KPI_BOARD_HOUR, NOW - h, s, 1, len), APR_SUCCESS);
    end(w, 1);
    return w;
}

static const bm_kpi_board_wish_t everything = {
    .spans = { { BM_KPI_BOARD_HOUR, 0, NOW + 10 } }, .span_count = 1, .location_id = -1
};

static int count(bm_kpi_board_t *board, const bm_kpi_board_wish_t *wish)
{
    apr_array_header_t *cells;
    bm_kpi_board_mark_t mark;
    apr_status_t rv = bm_kpi_board_read(&cells, &mark, board, wish, g_pool);

    return rv == APR_SUCCESS ? cells->nelts : -(int)rv;
}

BM_TEST(what_is_put_is_read_by_bucket_scenario_source_and_place)
{
    static const apr_int64_t two[] = { 2, 4 };
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = filled(board, 10, 5, 100);
    bm_kpi_board_wish_t wish = everything;
    bm_kpi_board_key_t other = { .scenario_id = 2, .source = 1, .location_id = 3, .level = BM_KPI_BOARD_HOUR, .bucket = NOW };
    apr_array_header_t *cells;
    bm_kpi_board_mark_t mark;

    ck_assert_int_eq(count(board, &wish), 50);
    wish.spans[0].from = NOW - 2;
    wish.spans[0].to = NOW;
    ck_assert_int_eq(count(board, &wish), 10);
    wish.scenarios = two;
    wish.scenario_count = 2;
    ck_assert_int_eq(count(board, &wish), 4);
    wish.scenario_count = 0;
    ck_assert_int_eq(count(board, &wish), 0);
    bm_kpi_board_begin(w);
    ck_assert_int_eq(bm_kpi_board_put(w, &other, "abc", 3), APR_SUCCESS);
    end(w, 2);
    wish = everything;
    ck_assert_int_eq(count(board, &wish), 50);
    wish.source = 1;
    ck_assert_int_eq(bm_kpi_board_read(&cells, &mark, board, &wish, g_pool), APR_SUCCESS);
    ck_assert_int_eq(cells->nelts, 1);
    ck_assert_mem_eq(APR_ARRAY_IDX(cells, 0, bm_kpi_board_cell_t).data, "abc", 3);
    ck_assert_str_eq(mark.snapshot, "2:2:");
    ck_assert_int_eq(mark.rewritten, 2);
    ck_assert_int_eq(mark.epoch, 7);
    wish.location_id = 4;
    ck_assert_int_eq(count(board, &wish), 0);
    wish.location_id = 3;
    ck_assert_int_eq(count(board, &wish), 1);
    wish.location_id = -2;
    ck_assert_int_eq(count(board, &wish), 0);
}
END_TEST

/* Any of the parts behind the first may be left out, wherever words begin and end. */
BM_TEST(parts_are_copied_as_they_are_wished_for)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = bm_kpi_board_writer_make(board, g_pool);
    bm_kpi_board_wish_t wish = everything;
    apr_uint32_t ends[BM_KPI_BOARD_PARTS], at;
    unsigned char data[1000], wanted[1000];
    bm_rand_t r;

    bm_rand_seed(&r, 11);
    for (int round = 0; round < 300; round++) {
        bm_kpi_board_key_t key = key_of(BM_KPI_BOARD_HOUR, NOW, 1);
        apr_size_t len = 0;
        apr_array_header_t *cells;
        bm_kpi_board_mark_t mark;

        at = 0;
        wish.parts = (apr_uint32_t)bm_rand_below(&r, 1 << BM_KPI_BOARD_PARTS);
        for (int i = 0; i < BM_KPI_BOARD_PARTS; i++) {
            apr_uint32_t begin = at;

            at += bm_rand_below(&r, 3) ? (apr_uint32_t)bm_rand_below(&r, 60) : 0;
            ends[i] = at;
            memset(data + begin, i + 1, at - begin);
            if (i == 0 || wish.parts == 0 || (wish.parts >> i & 1)) {
                memset(wanted + len, i + 1, at - begin);
                len += at - begin;
            }
        }
        bm_kpi_board_fill(w, NOW);
        ck_assert_int_eq(bm_kpi_board_put_parts(w, &key, data, at, ends), APR_SUCCESS);
        end(w, round);
        ck_assert_int_eq(bm_kpi_board_read(&cells, &mark, board, &wish, g_pool), APR_SUCCESS);
        ck_assert_int_eq(cells->nelts, 1);
        ck_assert_uint_eq(APR_ARRAY_IDX(cells, 0, bm_kpi_board_cell_t).len, len);
        ck_assert_mem_eq(APR_ARRAY_IDX(cells, 0, bm_kpi_board_cell_t).data, wanted, len);
    }
}
END_TEST

/* Whatever need not be told apart comes once: as sums, and of cells only those that are in none. */
BM_TEST(sums_are_read_instead_of_cells)
{
    static const apr_int64_t models[] = { 0, 6 };
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = bm_kpi_board_writer_make(board, g_pool);
    bm_kpi_board_wish_t wish = everything;

    bm_kpi_board_fill(w, NOW);
    for (int scenario = BM_KPI_BOARD_EACH; scenario <= 4; scenario += scenario < 0 ? 2 : 1)
        for (int model = BM_KPI_BOARD_EACH; model <= 7; model += model < 0 ? 1 : model == 0 ? 5 : 1) {
            bm_kpi_board_key_t key = key_of(BM_KPI_BOARD_HOUR, NOW, scenario);

            key.model_id = model;
            if (scenario < 0 ? model != 0 : model >= 0)
                ck_assert_int_eq(bm_kpi_board_put(w, &key, "x", 1), APR_SUCCESS);
        }
    end(w, 1);
    ck_assert_int_eq(count(board, &wish), 4 * 4);
    wish.sums = BM_KPI_BOARD_BY_MODEL;
    ck_assert_int_eq(count(board, &wish), 3 + 4);
    wish.models = models;
    wish.model_count = 2;
    ck_assert_int_eq(count(board, &wish), 1 + 4);
    wish.models = NULL;
    wish.sums = BM_KPI_BOARD_ALL;
    ck_assert_int_eq(count(board, &wish), 1);
}
END_TEST

BM_TEST(an_entry_may_grow_shrink_and_go)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = filled(board, 3, 3, 100);
    bm_kpi_board_key_t key = key_of(BM_KPI_BOARD_HOUR, NOW - 1, 2);
    apr_size_t len;

    for (apr_size_t size = 1; size < 60000; size = size * 3 + 1) {
        bm_kpi_board_begin(w);
        ck_assert_int_eq(put(w, BM_KPI_BOARD_HOUR, NOW - 1, 2, (int)size, size), APR_SUCCESS);
        end(w, 3);
        ck_assert_ptr_nonnull(bm_kpi_board_get(&len, w, &key));
        ck_assert_uint_eq(len, size);
        ck_assert_int_eq(count(board, &everything), 9);
    }
    bm_kpi_board_begin(w);
    ck_assert_int_eq(put(w, BM_KPI_BOARD_HOUR, NOW - 1, 2, 9, 5), APR_SUCCESS);
    bm_kpi_board_reopen(w);
    ck_assert_mem_eq(bm_kpi_board_get(&len, w, &key), "\11\11\11\11\11", 5);
    bm_kpi_board_begin(w);
    bm_kpi_board_drop(w, &key);
    bm_kpi_board_reopen(w);
    ck_assert_ptr_null(bm_kpi_board_get(&len, w, &key));
    ck_assert_int_eq(count(board, &everything), 8);
}
END_TEST

BM_TEST(a_board_that_is_not_filled_failed_or_stale_is_not_read)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    char too_long[8192];
    bm_kpi_board_mark_t mark = { .snapshot = too_long };
    bm_kpi_board_writer_t *w;

    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
    w = filled(board, 1, 1, 8);
    ck_assert_int_eq(count(board, &everything), 1);
    bm_kpi_board_begin(w);
    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
    bm_kpi_board_reopen(w);
    ck_assert_int_eq(count(board, &everything), 1);
    bm_kpi_board_fail(w);
    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
    bm_kpi_board_fill(w, NOW);
    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
    end(w, 1);
    ck_assert_int_eq(count(board, &everything), 0);
    memset(too_long, '1', sizeof(too_long) - 1);
    too_long[sizeof(too_long) - 1] = '\0';
    bm_kpi_board_begin(w);
    bm_kpi_board_end(w, &mark);
    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
    w = filled(board, 1, 1, 8);
    ck_assert_int_eq(count(board, &everything), 1);
    sleep(BM_KPI_BOARD_STALE_NS / 1000000000 + 1);
    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
    bm_kpi_board_begin(w);
    end(w, 2);
    ck_assert_int_eq(count(board, &everything), 1);
}
END_TEST

/* More than it can hold: the oldest hours go, whole, and who asks for one of them is told so. Views stay. */
BM_TEST(a_full_board_forgets_the_oldest_hours_and_no_view)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = bm_kpi_board_writer_make(board, g_pool);
    bm_kpi_board_wish_t wish = everything;
    bm_kpi_board_state_t state;
    bm_kpi_board_cell_t view;
    bm_kpi_board_mark_t mark;

    bm_kpi_board_fill(w, NOW);
    end(w, 1);
    bm_kpi_board_begin(w);
    ck_assert_int_eq(put(w, BM_KPI_BOARD_VIEW, 0, 77, 1, 5000), APR_SUCCESS);
    for (int h = 600; h >= 0; h--)
        for (int s = 1; s <= 5; s++)
            ck_assert_int_eq(put(w, BM_KPI_BOARD_HOUR, NOW - h, s, h, 1000), APR_SUCCESS);
    end(w, 1);
    bm_kpi_board_state(&state, board);
    ck_assert_int_gt(state.hours_from, NOW - 600);
    ck_assert_int_lt(state.hours_from, NOW - 48);
    ck_assert_uint_gt(state.evictions, 0);
    ck_assert_uint_le(state.used, state.size);
    ck_assert_int_eq(count(board, &everything), -APR_NOTFOUND);
    wish.spans[0].from = state.hours_from;
    ck_assert_int_eq(count(board, &wish), 5 * (NOW - state.hours_from + 1));
    wish.spans[0].from = state.hours_from - 1;
    ck_assert_int_eq(count(board, &wish), -APR_NOTFOUND);
    ck_assert_int_eq(bm_kpi_board_read_view(&view, &mark, board, 77, g_pool), APR_SUCCESS);
    ck_assert_uint_eq(view.len, 5000);
}
END_TEST

BM_TEST(what_can_never_fit_is_refused_and_makes_it_unreadable)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = filled(board, 1, 1, 8);
    apr_status_t rv = APR_SUCCESS;

    bm_kpi_board_begin(w);
    for (int s = 2; s < 1000 && rv == APR_SUCCESS; s++)
        rv = put(w, BM_KPI_BOARD_HOUR, NOW, s, 1, 10000);
    ck_assert_int_eq(rv, APR_ENOSPC);
    end(w, 2);
    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
    w = filled(board, 1, 1, 8);
    bm_kpi_board_begin(w);
    ck_assert_int_eq(put(w, BM_KPI_BOARD_HOUR, NOW + 100000, 1, 1, 8), APR_EGENERAL);
    end(w, 2);
    ck_assert_int_eq(count(board, &everything), -APR_EAGAIN);
}
END_TEST

/* 682 days of hours and 44 years of days: what is older is the store's. */
BM_TEST(what_is_older_than_the_tables_is_not_there_and_said_to_be_not)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = filled(board, 3, 1, 8);
    bm_kpi_board_wish_t wish = everything;

    ck_assert_int_eq(count(board, &wish), 3);
    bm_kpi_board_begin(w);
    ck_assert_int_eq(put(w, BM_KPI_BOARD_HOUR, NOW - 17000, 1, 1, 8), APR_SUCCESS);
    end(w, 2);
    ck_assert_int_eq(count(board, &wish), -APR_NOTFOUND);
    wish.spans[0].from = NOW - 15000;
    ck_assert_int_eq(count(board, &wish), 3);
}
END_TEST

BM_TEST(views_that_are_asked_for_are_wanted)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = filled(board, 1, 1, 8);
    apr_uint64_t numbers[20];
    bm_kpi_board_cell_t view;
    bm_kpi_board_mark_t mark;

    ck_assert_int_eq(bm_kpi_board_wanted(numbers, 20, w), 0);
    ck_assert_int_eq(bm_kpi_board_read_view(&view, &mark, board, 5, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_kpi_board_read_view(&view, &mark, board, 5, g_pool), APR_NOTFOUND);
    ck_assert_int_eq(bm_kpi_board_wanted(numbers, 20, w), 1);
    ck_assert_uint_eq(numbers[0], 5);
    for (apr_uint64_t n = 6; n < 60; n++)
        (void)bm_kpi_board_read_view(&view, &mark, board, n, g_pool);
    ck_assert_int_eq(bm_kpi_board_wanted(numbers, 20, w), 12);
    for (int i = 0; i < 12; i++)
        ck_assert_uint_ge(numbers[i], 48);
}
END_TEST

/* --- writer and readers at once: all entries of one moment have the same version, which is also the mark's */

enum { SCENARIOS = 40, ROUNDS = 4000 };

static void write_round(bm_kpi_board_writer_t *w, int version)
{
    bm_kpi_board_begin(w);
    for (int s = 1; s <= SCENARIOS; s++)
        if (put(w, BM_KPI_BOARD_HOUR, NOW, s, version, (apr_size_t)(50 + (version * s) % 900)) != APR_SUCCESS)
            abort();
    end(w, version);
}

static int is_one_moment(const apr_array_header_t *cells, const bm_kpi_board_mark_t *mark)
{
    int version = (int)mark->rewritten;

    for (int i = 0; i < cells->nelts; i++) {
        const bm_kpi_board_cell_t *cell = &APR_ARRAY_IDX(cells, i, bm_kpi_board_cell_t);

        if (cell->len != (apr_size_t)(50 + (version * (int)cell->key.scenario_id) % 900))
            return 0;
        for (apr_size_t k = 0; k < cell->len; k++)
            if (cell->data[k] != (version & 0xff))
                return 0;
    }
    return cells->nelts == SCENARIOS && strtol(mark->snapshot, NULL, 10) == version;
}

typedef struct reader_t {
    bm_kpi_board_t *board;
    atomic_int *over;
    int seen, torn;
} reader_t;

static void *reader_thread(void *data)
{
    reader_t *r = data;
    apr_pool_t *p;

    apr_pool_create_ex(&p, NULL, NULL, NULL);
    while (!atomic_load(r->over)) {
        apr_array_header_t *cells;
        bm_kpi_board_mark_t mark;

        apr_pool_clear(p);
        if (bm_kpi_board_read(&cells, &mark, r->board, &everything, p) != APR_SUCCESS)
            continue;
        r->seen++;
        r->torn += !is_one_moment(cells, &mark);
    }
    apr_pool_destroy(p);
    return NULL;
}

/* Under TSan this is also the proof that no access is a race. Entries grow, so that the gaps are closed under the readers. */
BM_TEST(readers_see_one_moment_while_it_is_written)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_kpi_board_writer_t *w = bm_kpi_board_writer_make(board, g_pool);
    atomic_int over = 0;
    reader_t readers[2] = { { .board = board, .over = &over }, { .board = board, .over = &over } };
    pthread_t threads[2];

    bm_kpi_board_fill(w, NOW);
    write_round(w, 1);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, reader_thread, &readers[i]);
    for (int n = 2; n < ROUNDS; n++) {
        if (n % 500 == 0)
            bm_kpi_board_fill(w, NOW);
        write_round(w, n);
        if (n % 4 == 0)
            usleep(200);
    }
    atomic_store(&over, 1);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(readers[i].torn, 0);
        ck_assert_int_gt(readers[i].seen, 0);
    }
}
END_TEST

/* A writer killed anywhere leaves a board whose readers see whole moments or nothing, and that a successor fills. */
BM_TEST(a_killed_writer_leaves_nothing_half_written_to_be_read)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    int seen = 0;

    for (int round = 0; round < 60; round++) {
        apr_array_header_t *cells;
        bm_kpi_board_mark_t mark;
        bm_kpi_board_state_t state;
        apr_pool_t *p;
        int status;
        pid_t pid = fork();

        if (pid == 0) {
            bm_kpi_board_writer_t *w = bm_kpi_board_writer_make(board, g_pool);

            bm_kpi_board_fill(w, NOW);
            for (int n = 1;; n++) {
                write_round(w, n);
                if (n % 8 == 0)
                    usleep(500);
            }
        }
        do {
            usleep(200);
            bm_kpi_board_state(&state, board);
        } while (!state.filled);
        usleep((useconds_t)round * 37);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        apr_pool_create(&p, g_pool);
        for (int i = 0; i < 20; i++) {
            if (bm_kpi_board_read(&cells, &mark, board, &everything, p) != APR_SUCCESS)
                continue;
            ck_assert(is_one_moment(cells, &mark));
            seen++;
        }
        apr_pool_destroy(p);
    }
    ck_assert_int_gt(seen, 0);
    (void)filled(board, 2, 3, 40);
    ck_assert_int_eq(count(board, &everything), 6);

}
END_TEST

/* --- nonsense, as a reader may meet it beside a writer, but with a sequence that says it is whole */

static void scribble(bm_kpi_board_t *board, bm_rand_t *r)
{
    uint64_t word = bm_rand_next(r);

    word >>= bm_rand_below(r, 64);
    switch (bm_rand_below(r, 4)) {
    case 0:
        atomic_store(&board->heads[BM_KPI_BOARD_HOUR][SLOTS - 1024 - bm_rand_below(r, 20)], (uint32_t)word);
        break;
    case 1:
        atomic_store(&board->base[BM_KPI_BOARD_HOUR], (int64_t)word);
        break;
    default:
        atomic_store(&board->entries[bm_rand_below(r, board->entry_count)].word[bm_rand_below(r, WORDS)], word);
    }
}

BM_TEST(nonsense_is_copied_within_bounds_or_not_at_all)
{
    bm_kpi_board_t *board = make_board(BM_KPI_BOARD_SIZE_MIN);
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    for (int round = 0; round < 300; round++) {
        apr_pool_t *p;

        (void)filled(board, 20, 40, 300);
        apr_pool_create(&p, g_pool);
        for (int i = 0; i < 50; i++) {
            apr_array_header_t *cells;
            bm_kpi_board_mark_t mark;
            apr_size_t total = 0;

            scribble(board, &r);
            if (bm_kpi_board_read(&cells, &mark, board, &everything, p) != APR_SUCCESS)
                continue;
            for (int c = 0; c < cells->nelts; c++)
                total += APR_ARRAY_IDX(cells, c, bm_kpi_board_cell_t).len;
            ck_assert_uint_le(total, board->room);
        }
        apr_pool_destroy(p);
    }
}
END_TEST

#include "test_kpi_board.reg"
