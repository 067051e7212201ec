/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "kpi_samples.h"
#include "kpi_alike.h"
#include "kpi/kpi_merge.h"
#include "kpi/kpi_view.h"

static bm_kpi_cell_t *cell_of(const bm_kpi_sample_t *samples, int count)
{
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    for (int i = 0; i < count; i++)
        ck_assert_int_eq(bm_kpi_cell_add_run(cell, &samples[i]), APR_SUCCESS);
    return cell;
}

static apr_uint64_t values(const bm_kpi_cell_t *cell, bm_kpi_metric_e metric)
{
    const bm_sketch_t *s = bm_kpi_cell_sketch(cell, metric);

    return s != NULL ? bm_sketch_head(s)->n : 0;
}

static const bm_kpi_status_e ended_badly[] = { BM_KPI_FAILED, BM_KPI_CANCELLED, BM_KPI_TIMED_OUT };

/* --- one run --- */

BM_TEST(a_completed_run_counts_with_all_its_figures)
{
    const double gaps[] = { 10, 0 };
    const apr_uint32_t times[] = { 3, 2 };
    bm_kpi_sample_t s = { .prompt_tokens = 7, .completion_tokens = 5, .reasoning_tokens = 2, .cached_tokens = 1, .cost = 0.25,
                          .good = 1, .error_class = "ignored", .itl = { gaps, times, 2 }, .icl = { gaps, NULL, 1 } };
    bm_kpi_cell_t *cell;
    int errors;

    bm_kpi_sample_set(&s, BM_KPI_TOTAL, 123);
    bm_kpi_sample_set(&s, BM_KPI_QUEUE, 4);
    cell = cell_of(&s, 1);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->status[BM_KPI_COMPLETED], 1);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->good, 1);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->prompt_tokens, 7);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->completion_tokens, 5);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->reasoning_tokens, 2);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->cached_tokens, 1);
    ck_assert_double_eq(bm_kpi_cell_counts(cell)->cost, 0.25);
    ck_assert_double_eq(bm_sketch_quantile(bm_kpi_cell_sketch(cell, BM_KPI_TOTAL), 0.5), 123);
    ck_assert_double_eq(bm_sketch_mean(bm_kpi_cell_sketch(cell, BM_KPI_ITL)), 6);
    ck_assert_uint_eq(values(cell, BM_KPI_ITL), 5);
    ck_assert_uint_eq(values(cell, BM_KPI_ICL), 1);
    ck_assert_uint_eq(values(cell, BM_KPI_QUEUE), 1);
    ck_assert_ptr_null(bm_kpi_cell_sketch(cell, BM_KPI_TTFT));
    bm_kpi_cell_errors(cell, &errors);
    ck_assert_int_eq(errors, 0);
}
END_TEST

BM_LOOP_TEST(a_run_that_did_not_complete_has_no_latency_but_our_own_times, BM_COUNT(ended_badly))
{
    const double gaps[] = { 10 };
    bm_kpi_sample_t s = { .status = ended_badly[_i], .good = 1, .error_class = "refused", .itl = { gaps, NULL, 1 },
                          .icl = { gaps, NULL, 1 } };
    const bm_kpi_error_t *errors;
    bm_kpi_cell_t *cell;
    int count;

    for (int id = 1; id < BM_KPI_METRIC_END; id++)
        bm_kpi_sample_set(&s, (bm_kpi_metric_e)id, 5);
    cell = cell_of(&s, 1);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->status[ended_badly[_i]], 1);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->good, 0);
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        int ours = id == BM_KPI_SEND_LAG || id == BM_KPI_QUEUE || id == BM_KPI_CONNECT;

        ck_assert_uint_eq(values(cell, (bm_kpi_metric_e)id), ours ? 1 : 0);
    }
    errors = bm_kpi_cell_errors(cell, &count);
    ck_assert_int_eq(count, 1);
    ck_assert_mem_eq(errors[0].name, "refused", 7);
}
END_TEST

BM_TEST(a_broken_figure_does_not_lose_the_run)
{
    const double gaps[] = { 1, NAN, 3 };
    bm_kpi_sample_t s = { .cost = NAN, .itl = { gaps, NULL, 3 } }, negative = { .cost = -1 };
    bm_kpi_cell_t *cell;
    apr_size_t len;
    const unsigned char *bytes;

    bm_kpi_sample_set(&s, BM_KPI_TOTAL, INFINITY);
    cell = cell_of(&s, 1);
    ck_assert_int_eq(bm_kpi_cell_add_run(cell, &negative), APR_SUCCESS);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->status[BM_KPI_COMPLETED], 2);
    ck_assert_double_eq(bm_kpi_cell_counts(cell)->cost, 0);
    ck_assert_ptr_null(bm_kpi_cell_sketch(cell, BM_KPI_TOTAL));
    ck_assert_uint_eq(values(cell, BM_KPI_ITL), 2);
    bytes = bm_kpi_cell_write(&len, cell, g_pool);
    ck_assert_int_eq(bm_kpi_cell_read(&cell, bytes, len, g_pool), APR_SUCCESS);
}
END_TEST

BM_TEST(an_unknown_status_is_refused_and_changes_nothing)
{
    bm_kpi_sample_t s = { .status = BM_KPI_STATUS_END, .prompt_tokens = 1 };
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    ck_assert_int_eq(bm_kpi_cell_add_run(cell, &s), APR_EINVAL);
    s.status = (bm_kpi_status_e)-1;
    ck_assert_int_eq(bm_kpi_cell_add_run(cell, &s), APR_EINVAL);
    assert_cells_alike(cell, bm_kpi_cell_make(g_pool));
}
END_TEST

BM_TEST(an_unknown_metric_is_refused)
{
    const double one[] = { 1 };
    bm_kpi_gaps_t gaps = { one, NULL, 1 };
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    ck_assert_int_eq(bm_kpi_cell_add_values(cell, BM_KPI_METRIC_END, &gaps), APR_EINVAL);
    ck_assert_int_eq(bm_kpi_cell_add_values(cell, (bm_kpi_metric_e)0, &gaps), APR_EINVAL);
    ck_assert_ptr_null(bm_kpi_cell_sketch(cell, BM_KPI_METRIC_END));
}
END_TEST

/* --- error classes --- */

BM_TEST(class_names_are_short_and_plain)
{
    char name[BM_KPI_ERROR_NAME_MAX + 1];

    memset(name, 'a', sizeof(name));
    ck_assert(bm_kpi_cell_is_class("http_status.503-a", 17));
    ck_assert(bm_kpi_cell_is_class(name, BM_KPI_ERROR_NAME_MAX));
    ck_assert(!bm_kpi_cell_is_class(name, BM_KPI_ERROR_NAME_MAX + 1));
    ck_assert(!bm_kpi_cell_is_class("", 0));
    ck_assert(!bm_kpi_cell_is_class("a b", 3));
    ck_assert(!bm_kpi_cell_is_class("A", 1));
    ck_assert(!bm_kpi_cell_is_class("a\"", 2));
    ck_assert(!bm_kpi_cell_is_class("\xc3\xa9", 2));
}
END_TEST

/* A cell with failed runs of classes c<first> .. c<last>, class c<i> i + 1 times. */
static bm_kpi_cell_t *cell_of_classes(int first, int last, int step)
{
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);

    for (int i = first; i != last + step; i += step) {
        bm_kpi_sample_t s = { .status = BM_KPI_FAILED, .error_class = apr_psprintf(g_pool, "c%03d", i) };

        for (int k = 0; k <= i; k++)
            bm_kpi_cell_add_run(cell, &s);
    }
    return cell;
}

BM_TEST(too_many_classes_keep_the_first_exactly_and_lose_no_error)
{
    bm_kpi_cell_t *upward = cell_of_classes(0, 99, 1), *downward = cell_of_classes(99, 0, -1);
    const bm_kpi_error_t *errors;
    int count;

    assert_cells_alike(upward, downward);
    errors = bm_kpi_cell_errors(upward, &count);
    ck_assert_int_eq(count, BM_KPI_ERRORS_MAX);
    for (int i = 0; i < count; i++)
        ck_assert_uint_eq(errors[i].count, (apr_uint64_t)i + 1);
    ck_assert_uint_eq(bm_kpi_cell_counts(upward)->error_other, 100 * 101 / 2 - 32 * 33 / 2);
}
END_TEST

BM_TEST(merging_cells_with_too_many_classes_is_the_same_in_any_order)
{
    bm_kpi_cell_t *all = cell_of_classes(0, 99, 1), *a, *b;

    a = cell_of_classes(0, 39, 1);
    bm_kpi_cell_merge(a, cell_of_classes(40, 49, 1));
    bm_kpi_cell_merge(a, cell_of_classes(50, 99, 1));
    b = cell_of_classes(50, 99, 1);
    bm_kpi_cell_merge(b, cell_of_classes(40, 49, 1));
    bm_kpi_cell_merge(b, cell_of_classes(0, 39, 1));
    assert_cells_alike(a, all);
    assert_cells_alike(b, all);
}
END_TEST

/* --- merging --- */

BM_LOOP_TEST(merging_in_any_order_is_the_cell_of_all_runs, 10)
{
    const int count = 60 * (_i + 1);
    bm_kpi_sample_t *samples = samples_make(count, (apr_uint64_t)_i);
    bm_kpi_cell_t *all = cell_of(samples, count), *forward, *backward, *nested;

    forward = cell_of(samples, count / 3);
    bm_kpi_cell_merge(forward, cell_of(samples + count / 3, count / 3));
    bm_kpi_cell_merge(forward, cell_of(samples + 2 * (count / 3), count - 2 * (count / 3)));
    backward = cell_of(samples + 2 * (count / 3), count - 2 * (count / 3));
    bm_kpi_cell_merge(backward, cell_of(samples + count / 3, count / 3));
    bm_kpi_cell_merge(backward, cell_of(samples, count / 3));
    nested = bm_kpi_cell_make(g_pool);
    bm_kpi_cell_merge(nested, backward);
    assert_cells_alike(forward, all);
    assert_cells_alike(backward, all);
    assert_cells_alike(nested, all);
}
END_TEST

BM_TEST(too_many_values_are_refused_before_anything_is_merged)
{
    const double one[] = { 5 };
    const apr_uint32_t most[] = { APR_UINT32_MAX };
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool), *same;
    bm_kpi_sample_t run = { .good = 1 };
    apr_size_t len, same_len;
    const unsigned char *bytes, *same_bytes;

    bm_kpi_cell_add_values(cell, BM_KPI_ITL, &(bm_kpi_gaps_t){ one, most, 1 });
    bm_kpi_cell_add_run(cell, &run);
    while (bm_kpi_cell_merge(cell, cell) == APR_SUCCESS)
        continue;
    bytes = bm_kpi_cell_write(&len, cell, g_pool);
    ck_assert_int_eq(bm_kpi_cell_read(&same, bytes, len, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_cell_merge(cell, same), APR_ENOSPC);
    same_bytes = bm_kpi_cell_write(&same_len, cell, g_pool);
    ck_assert_uint_eq(len, same_len);
    ck_assert_mem_eq(bytes, same_bytes, len);
}
END_TEST

BM_TEST(counters_stop_at_their_limit)
{
    bm_kpi_sample_t s = { .prompt_tokens = APR_UINT64_MAX };
    bm_kpi_cell_t *cell = cell_of((const bm_kpi_sample_t[]){ s, s }, 2), *back;
    apr_size_t len;
    const unsigned char *bytes;

    bm_kpi_cell_merge(cell, cell);
    ck_assert_uint_eq(bm_kpi_cell_counts(cell)->prompt_tokens, BM_KPI_COUNT_MAX);
    bytes = bm_kpi_cell_write(&len, cell, g_pool);
    ck_assert_int_eq(bm_kpi_cell_read(&back, bytes, len, g_pool), APR_SUCCESS);
}
END_TEST

/* --- wire form --- */

static const int cell_sizes[] = { 0, 1, 2, 5, 28, 400 };

BM_LOOP_TEST(what_was_written_reads_back_alike, BM_COUNT(cell_sizes))
{
    bm_kpi_cell_t *cell = cell_of(samples_make(cell_sizes[_i], 3), cell_sizes[_i]), *back;
    apr_size_t len, back_len;
    const unsigned char *bytes = bm_kpi_cell_write(&len, cell, g_pool), *again;

    ck_assert_int_eq(bm_kpi_cell_read(&back, bytes, len, g_pool), APR_SUCCESS);
    assert_cells_alike(back, cell);
    again = bm_kpi_cell_write(&back_len, back, g_pool);
    ck_assert_uint_eq(len, back_len);
    ck_assert_mem_eq(bytes, again, len);
}
END_TEST

/* Whatever metrics are in which of two parts; and the two that are stored. */
BM_LOOP_TEST(parts_of_a_cell_merge_into_it, BM_COUNT(cell_sizes))
{
    bm_kpi_cell_t *cell = cell_of(samples_make(cell_sizes[_i], 3), cell_sizes[_i]), *back;
    bm_kpi_body_t parts[2], whole;
    bm_kpi_stored_t stored;
    apr_size_t len, part_len;
    const unsigned char *bytes = bm_kpi_cell_write(&len, cell, g_pool), *joined;

    for (apr_uint32_t metrics = 0; metrics < 1 << BM_KPI_METRIC_END; metrics += 7919) {
        parts[0].data = bm_kpi_cell_write_part(&part_len, cell, metrics, g_pool);
        parts[0].len = (int)part_len;
        parts[1].data = bm_kpi_cell_write_part(&part_len, cell, ~metrics, g_pool);
        parts[1].len = (int)part_len;
        ck_assert_int_eq(bm_kpi_merge_whole(&whole, parts, 2, g_pool), APR_SUCCESS);
        ck_assert_int_eq(whole.len, (int)len);
        ck_assert_mem_eq(whole.data, bytes, len);
        if (metrics & 1) {                          /* the counts are in the first */
            ck_assert_int_eq(bm_kpi_view_join(&joined, &part_len, parts[0].data, (apr_size_t)parts[0].len, parts[1].data,
                                              (apr_size_t)parts[1].len, g_pool), APR_SUCCESS);
            ck_assert_uint_eq(part_len, len);
            ck_assert_mem_eq(joined, bytes, len);
        }
    }
    if (cell_sizes[_i] > 0)
        ck_assert_int_eq(bm_kpi_view_join(&joined, &part_len, bytes, len, bytes, len, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_kpi_merge(NULL, &stored, &whole, 1, g_pool), APR_SUCCESS);
    ck_assert_int_eq(stored.more.data == NULL, cell_sizes[_i] == 0);
    ck_assert_int_eq(bm_kpi_cell_read(&back, stored.body.data, (apr_size_t)stored.body.len, g_pool), APR_SUCCESS);
    for (int id = 1; id < BM_KPI_METRIC_END; id++)
        ck_assert(!bm_kpi_merge_has_in_body(1u << id) == (bm_kpi_cell_sketch(back, (bm_kpi_metric_e)id) == NULL)
                  || bm_kpi_cell_sketch(cell, (bm_kpi_metric_e)id) == NULL);
    parts[0] = stored.body;
    parts[1] = stored.more;
    ck_assert_int_eq(bm_kpi_merge_whole(&whole, parts, stored.more.data != NULL ? 2 : 1, g_pool), APR_SUCCESS);
    ck_assert_int_eq(whole.len, (int)len);
    ck_assert_mem_eq(whole.data, bytes, len);
}
END_TEST

/* Either refused or a cell whose own wire form is those bytes. @return whether accepted. */
static int assert_refused_or_consistent(const unsigned char *bytes, apr_size_t len, apr_pool_t *p)
{
    bm_kpi_cell_t *back = (bm_kpi_cell_t *)p;           /* anything but NULL */
    unsigned char *copy = malloc(len > 0 ? len : 1);    /* exact size: a sanitizer sees a read behind it */
    const unsigned char *again;
    apr_size_t again_len;
    apr_status_t rv;

    memcpy(copy, bytes, len);
    rv = bm_kpi_cell_read(&back, copy, len, p);
    free(copy);
    if (rv != APR_SUCCESS) {
        ck_assert_int_eq(rv, APR_EINVAL);
        ck_assert_ptr_null(back);
        return 0;
    }
    again = bm_kpi_cell_write(&again_len, back, p);
    ck_assert_uint_eq(again_len, len);
    ck_assert_mem_eq(again, bytes, len);
    return 1;
}

BM_LOOP_TEST(every_truncation_and_flipped_bit_is_refused_or_consistent, 4)
{
    bm_kpi_cell_t *cell = cell_of(samples_make(20, (apr_uint64_t)_i), cell_sizes[_i]);
    apr_pool_t *pround;
    apr_size_t len;
    const unsigned char *bytes = bm_kpi_cell_write(&len, cell, g_pool);
    unsigned char *damaged = apr_pmemdup(g_pool, bytes, len);

    apr_pool_create(&pround, g_pool);
    for (apr_size_t cut = 0; cut < len; cut++) {
        apr_pool_clear(pround);
        (void)assert_refused_or_consistent(bytes, cut, pround);     /* a cut between two metrics is a smaller cell */
    }
    for (apr_size_t bit = 0; bit < 8 * len; bit++) {
        apr_pool_clear(pround);
        damaged[bit / 8] ^= (unsigned char)(1 << bit % 8);
        (void)assert_refused_or_consistent(damaged, len, pround);
        damaged[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert(assert_refused_or_consistent(damaged, len, pround));
}
END_TEST

typedef struct hostile_case_t {
    const char *what;
    const char *bytes;
    apr_size_t len;
} hostile_case_t;

#define BYTES(literal) literal, sizeof(literal) - 1
#define COUNTS         "\x01\x02\x00\x00\x00\x01\x00\x00\x00\x00\x00"      /* version, completed 2, good 1 */
#define COST           "\0\0\0\0\0\0\0\0"
#define SKETCH         "\x01\x01\x00" "\0\0\0\0\0\0\xf0\x3f" "\0\0\0\0\0\0\xf0\x3f" "\0\0\0\0\0\0\xf0\x3f" "\x9e\x07"
#define EMPTY_SKETCH   "\x01\x00\x00" COST COST COST

static const hostile_case_t hostile[] = {
    { "nothing", BYTES("") },
    { "version 2", BYTES("\x02\x02\x00\x00\x00\x01\x00\x00\x00\x00\x00" COST "\x00") },
    { "more good than completed", BYTES("\x01\x02\x00\x00\x00\x03\x00\x00\x00\x00\x00" COST "\x00") },
    { "cost below 0", BYTES(COUNTS "\0\0\0\0\0\0\xf0\xbf" "\x00") },
    { "cost NaN", BYTES(COUNTS "\0\0\0\0\0\0\xf8\x7f" "\x00") },
    { "33 classes", BYTES(COUNTS COST "\x21") },
    { "a class twice", BYTES(COUNTS COST "\x02\x01" "a\x01\x01" "a\x01") },
    { "classes not ascending", BYTES(COUNTS COST "\x02\x01" "b\x01\x01" "a\x01") },
    { "a class before its beginning", BYTES(COUNTS COST "\x02\x02" "aa\x01\x01" "a\x01") },
    { "a class without errors", BYTES(COUNTS COST "\x01\x01" "a\x00") },
    { "a class that is no name", BYTES(COUNTS COST "\x01\x01" "<\x01") },
    { "a class longer than the bytes", BYTES(COUNTS COST "\x01\x09" "a\x01") },
    { "metric 0", BYTES(COUNTS COST "\x00\x00\x1d" SKETCH) },
    { "an unknown metric", BYTES(COUNTS COST "\x00\x1f\x1d" SKETCH) },
    { "a metric twice", BYTES(COUNTS COST "\x00\x03\x1d" SKETCH "\x03\x1d" SKETCH) },
    { "metrics not ascending", BYTES(COUNTS COST "\x00\x04\x1d" SKETCH "\x03\x1d" SKETCH) },
    { "a sketch longer than the bytes", BYTES(COUNTS COST "\x00\x03\x1e" SKETCH) },
    { "a sketch without values", BYTES(COUNTS COST "\x00\x03\x1b" EMPTY_SKETCH) },
    { "a sketch of no bytes", BYTES(COUNTS COST "\x00\x03\x00") },
};

BM_LOOP_TEST(bytes_that_cannot_have_been_written_are_refused, BM_COUNT(hostile))
{
    ck_assert_msg(!assert_refused_or_consistent((const unsigned char *)hostile[_i].bytes, hostile[_i].len, g_pool),
                  "accepted: %s", hostile[_i].what);
}
END_TEST

/* The counterpart of the table above: its building blocks are good. */
BM_TEST(a_cell_made_by_hand_is_read)
{
    static const char bytes[] = COUNTS COST "\x02\x01" "a\x05\x02" "aa\x01" "\x03\x1d" SKETCH "\x0d\x1d" SKETCH;
    bm_kpi_cell_t *cell;

    ck_assert(assert_refused_or_consistent((const unsigned char *)bytes, sizeof(bytes) - 1, g_pool));
    ck_assert_int_eq(bm_kpi_cell_read(&cell, bytes, sizeof(bytes) - 1, g_pool), APR_SUCCESS);
    ck_assert_uint_eq(values(cell, BM_KPI_CONNECT), 1);
}
END_TEST

#include "test_kpi_cell.reg"
