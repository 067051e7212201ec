/* SPDX-License-Identifier: Apache-2.0
 *
 * A number: 1, by_day 1 bit, source 3, width of a bucket 12, end 22, begin 22 bits (hours since 1970). Never 0. */
#include "kpi/kpi_board_view.h"

#include <string.h>
#include "base/wire.h"
#include "kpi/kpi_merge.h"
#include "kpi/kpi_view.h"

#define NO_END     2000000000
#define HOUR_BITS  22
#define WIDTH_BITS 12
#define MARK       (UINT64_C(1) << 60)

_Static_assert(BM_KPI_METRIC_END <= BM_KPI_BOARD_PARTS, "each metric is a part of an entry");

static void add_span(bm_kpi_board_wish_t *wish, bm_kpi_board_level_e level, apr_int32_t from, apr_int32_t to)
{
    if (from < to)
        wish->spans[wish->span_count++] = (bm_kpi_board_span_t){ .level = level, .from = from, .to = to };
}

/* As store/kpi_read_store.c takes them from the table. */
void bm_kpi_board_view_wish(bm_kpi_board_wish_t *wish, const bm_kpi_window_t *window)
{
    apr_int32_t to_hour = window->to_hour > 0 ? window->to_hour : NO_END;
    apr_int32_t from_day = (window->from_hour + 23) / 24, to_day = to_hour / 24;

    memset(wish, 0, sizeof(*wish));
    wish->source = window->source;
    wish->location_id = -1;
    wish->models = window->models;
    wish->model_count = window->model_count;
    wish->parts = window->metrics;
    wish->sums = window->scenario_id < 0 && window->automation_id < 0 ? window->sums : BM_KPI_BOARD_CELLS;
    if (!window->by_day || from_day >= to_day) {
        add_span(wish, BM_KPI_BOARD_HOUR, window->from_hour, to_hour);
        return;
    }
    add_span(wish, BM_KPI_BOARD_HOUR, window->from_hour, from_day * 24);
    add_span(wish, BM_KPI_BOARD_DAY, from_day, to_day);
    if (to_hour != NO_END)
        add_span(wish, BM_KPI_BOARD_HOUR, to_day * 24, to_hour);
}

static int fits(apr_int64_t value, int bits)
{
    return value >= 0 && value < INT64_C(1) << bits;
}

apr_uint64_t bm_kpi_board_view_number(const bm_kpi_window_t *window, const bm_kpi_range_t *range)
{
    if (window->scenario_id >= 0 || window->automation_id >= 0 || window->location != NULL || window->label_id != 0
        || window->models != NULL
        || range->label_id != 0 || range->from_hour != window->from_hour || range->to_hour != window->to_hour
        || !fits(window->from_hour, HOUR_BITS) || !fits(window->to_hour, HOUR_BITS)
        || !fits(range->bucket_hours, WIDTH_BITS) || !fits(window->source, 3))
        return 0;
    return MARK | (apr_uint64_t)(window->by_day != 0) << (2 * HOUR_BITS + WIDTH_BITS + 3)
           | (apr_uint64_t)window->source << (2 * HOUR_BITS + WIDTH_BITS) | (apr_uint64_t)range->bucket_hours << (2 * HOUR_BITS)
           | (apr_uint64_t)window->to_hour << HOUR_BITS | (apr_uint64_t)window->from_hour;
}

static apr_int32_t bits_of(apr_uint64_t number, int from, int bits)
{
    return (apr_int32_t)(number >> from & ((UINT64_C(1) << bits) - 1));
}

apr_status_t bm_kpi_board_view_parse(bm_kpi_window_t *window, bm_kpi_range_t *range, apr_uint64_t number)
{
    memset(window, 0, sizeof(*window));
    memset(range, 0, sizeof(*range));
    if (number >> 60 != 1)
        return APR_EINVAL;
    window->scenario_id = window->automation_id = -1;
    window->metrics = BM_KPI_FOLD_METRICS;
    window->body_only = bm_kpi_merge_has_in_body(window->metrics);
    window->from_hour = range->from_hour = bits_of(number, 0, HOUR_BITS);
    window->to_hour = range->to_hour = bits_of(number, HOUR_BITS, HOUR_BITS);
    range->bucket_hours = bits_of(number, 2 * HOUR_BITS, WIDTH_BITS);
    window->source = bits_of(number, 2 * HOUR_BITS + WIDTH_BITS, 3);
    window->by_day = bits_of(number, 2 * HOUR_BITS + WIDTH_BITS + 3, 1);
    return APR_SUCCESS;
}

void bm_kpi_board_view_parts(apr_uint32_t ends[BM_KPI_BOARD_PARTS], const void *data, apr_size_t len)
{
    apr_uint32_t end = (apr_uint32_t)len;
    bm_kpi_view_t view;
    int id, is_cell = bm_kpi_view_read(&view, data, len) == APR_SUCCESS;

    for (id = BM_KPI_BOARD_PARTS - 1; id > 0; id--) {
        ends[id] = end;
        if (is_cell && id < BM_KPI_METRIC_END && view.metrics[id].data != NULL)
            end = (apr_uint32_t)(view.metrics[id].data - (const unsigned char *)data - bm_wire_varint_size(view.metrics[id].len)
                                 - bm_wire_varint_size((apr_uint64_t)id));
    }
    ends[0] = end;
}

bm_kpi_key_t bm_kpi_board_view_key(const bm_kpi_board_key_t *key)
{
    return (bm_kpi_key_t){
        .scenario_id = key->scenario_id, .model_id = key->model_id, .source = key->source, .location_id = key->location_id,
        .hour = key->level == BM_KPI_BOARD_DAY ? key->bucket * 24 : key->bucket
    };
}
