/* SPDX-License-Identifier: Apache-2.0 */
#include "api/trace_figures.h"

/* Columns of store/trace_store.h behind the name. */
enum { N = 1, ERRORS, INPUT, OUTPUT, TOTAL, COST, LATENCY };

void bm_trace_figures_put_raw(bm_req_t *q, const char *key, const bm_rows_t *rows, int row, int column)
{
    bm_jw_key(&q->w, key);
    bm_jw_raw(&q->w, bm_rows_text(rows, row, column), (apr_size_t)bm_rows_length(rows, row, column));
}

void bm_trace_figures_put(bm_req_t *q, const bm_rows_t *rows, int row)
{
    double all = bm_rows_double(rows, row, N, 0), errors = bm_rows_double(rows, row, ERRORS, 0);

    bm_trace_figures_put_raw(q, "execution_count", rows, row, N);
    bm_trace_figures_put_raw(q, "errors", rows, row, ERRORS);
    bm_jw_key(&q->w, "success_rate");
    bm_jw_fixed(&q->w, all > 0 ? 100 * (all - errors) / all : 0, 3);
    bm_jw_key(&q->w, "avg_latency_ms");
    if (bm_rows_is_null(rows, row, LATENCY))
        bm_jw_null(&q->w);
    else
        bm_jw_ms(&q->w, bm_rows_double(rows, row, LATENCY, 0));
    bm_trace_figures_put_raw(q, "input_tokens", rows, row, INPUT);
    bm_trace_figures_put_raw(q, "output_tokens", rows, row, OUTPUT);
    bm_trace_figures_put_raw(q, "total_tokens", rows, row, TOTAL);
    bm_trace_figures_put_raw(q, "total_cost", rows, row, COST);
}

void bm_trace_figures_put_all(bm_req_t *q, const bm_rows_t *rows, const char *name_key)
{
    int i;

    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++) {
        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, name_key);
        bm_jw_string(&q->w, bm_rows_text(rows, i, 0));
        bm_trace_figures_put(q, rows, i);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
}

int bm_trace_figures_first_day(const bm_req_t *q, int otherwise)
{
    int days = (int)bm_query_string_int(q->query, "days", otherwise);

    return days > 0 ? (int)(apr_time_sec(q->now) / 86400) - days + 1 : 0;
}
