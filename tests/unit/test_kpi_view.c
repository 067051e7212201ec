/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "kpi_samples.h"
#include "kpi_alike.h"
#include "kpi/kpi_board_view.h"
#include "kpi/kpi_view.h"

BM_TEST(a_view_shows_what_the_cell_holds)
{
    bm_kpi_sample_t *samples = samples_make(50, 1);
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);
    const bm_kpi_error_t *errors;
    const unsigned char *bytes;
    bm_kpi_view_t view;
    apr_size_t len;
    int count;

    for (int i = 0; i < 50; i++)
        bm_kpi_cell_add_run(cell, &samples[i]);
    bytes = bm_kpi_cell_write(&len, cell, g_pool);
    ck_assert_int_eq(bm_kpi_view_read(&view, bytes, len), APR_SUCCESS);
    ck_assert_mem_eq(&view.counts, bm_kpi_cell_counts(cell), sizeof(view.counts));
    errors = bm_kpi_cell_errors(cell, &count);
    ck_assert_int_gt(count, 1);
    ck_assert_int_eq(view.error_count, count);
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(bm_kpi_cell_error_order(&view.errors[i], &errors[i]), 0);
        ck_assert_uint_eq(view.errors[i].count, errors[i].count);
    }
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        bm_sketch_t *s = bm_sketch_make(g_pool);

        ck_assert_int_eq(bm_sketch_read(s, view.metrics[id].data, view.metrics[id].len), APR_SUCCESS);
        assert_sketches_alike(s, bm_kpi_cell_sketch(cell, (bm_kpi_metric_e)id));
    }
}
END_TEST

BM_TEST(metrics_without_values_have_no_bytes)
{
    bm_kpi_sample_t sample = { 0 };
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);
    const unsigned char *bytes;
    bm_kpi_view_t view;
    apr_size_t len;

    bm_kpi_sample_set(&sample, BM_KPI_TTFT, 5);
    bm_kpi_cell_add_run(cell, &sample);
    bytes = bm_kpi_cell_write(&len, cell, g_pool);
    memset(&view, 0xff, sizeof(view));
    ck_assert_int_eq(bm_kpi_view_read(&view, bytes, len), APR_SUCCESS);
    for (int id = 1; id < BM_KPI_METRIC_END; id++)
        ck_assert_int_eq(view.metrics[id].data != NULL, id == BM_KPI_TTFT);
}
END_TEST

/* What the board copies of a cell, whichever metrics it leaves out, is a cell of the others. */
BM_TEST(parts_on_the_board_begin_and_end_where_metrics_do)
{
    bm_kpi_sample_t *samples = samples_make(50, 1);
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool);
    apr_uint32_t ends[BM_KPI_BOARD_PARTS];
    const unsigned char *bytes;
    apr_size_t len, part_len;

    for (int i = 0; i < 50; i++)
        bm_kpi_cell_add_run(cell, &samples[i]);
    bytes = bm_kpi_cell_write(&len, cell, g_pool);
    bm_kpi_board_view_parts(ends, bytes, len);
    ck_assert_uint_eq(ends[BM_KPI_BOARD_PARTS - 1], len);
    for (apr_uint32_t metrics = 1; metrics < 1 << BM_KPI_METRIC_END; metrics += 7918) {
        const unsigned char *part = bm_kpi_cell_write_part(&part_len, cell, metrics, g_pool);
        unsigned char *copy = apr_palloc(g_pool, len), *to = copy + ends[0];

        memcpy(copy, bytes, ends[0]);
        for (int id = 1; id < BM_KPI_BOARD_PARTS; id++) {
            ck_assert_uint_ge(ends[id], ends[id - 1]);
            if (metrics >> id & 1) {
                memcpy(to, bytes + ends[id - 1], ends[id] - ends[id - 1]);
                to += ends[id] - ends[id - 1];
            }
        }
        ck_assert_uint_eq((apr_size_t)(to - copy), part_len);
        ck_assert_mem_eq(copy, part, part_len);
    }
    bm_kpi_board_view_parts(ends, "no cell", 7);
    ck_assert_uint_eq(ends[0], 7);
}
END_TEST

/* Damage inside a sketch is the reader's of that sketch to find: a view costs the same for any number of buckets. */
BM_TEST(sketches_are_not_looked_into)
{
    bm_kpi_sample_t sample = { 0 };
    bm_kpi_cell_t *cell = bm_kpi_cell_make(g_pool), *back;
    const unsigned char *written;
    unsigned char *bytes;
    bm_kpi_view_t view;
    apr_size_t len;

    bm_kpi_sample_set(&sample, BM_KPI_TTFT, 5);
    bm_kpi_cell_add_run(cell, &sample);
    written = bm_kpi_cell_write(&len, cell, g_pool);
    bytes = apr_pmemdup(g_pool, written, len);
    bytes[len - 1] ^= 1;
    ck_assert_int_eq(bm_kpi_view_read(&view, bytes, len), APR_SUCCESS);
    ck_assert_int_eq(bm_sketch_read(bm_sketch_make(g_pool), view.metrics[BM_KPI_TTFT].data, view.metrics[BM_KPI_TTFT].len),
                     APR_EINVAL);
    ck_assert_int_eq(bm_kpi_cell_read(&back, bytes, len, g_pool), APR_EINVAL);
}
END_TEST

#include "test_kpi_view.reg"
