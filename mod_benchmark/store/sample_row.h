/* SPDX-License-Identifier: Apache-2.0
 *
 * store/sample_row.h: the integer columns that a KPI sample is made of, and what stands for them in a table of requests.
 *
 * For statements whose rows become samples (kpi/kpi_run.h): the columns in one order, in the select list and in the reader.
 * Thread: no state. */
#ifndef BM_STORE_SAMPLE_ROW_H
#define BM_STORE_SAMPLE_ROW_H

#include "store/finish_store.h"

/** Rows with timelines that are read at once: a timeline has up to 450 kB, so a page stays below 15 MB. */
#define BM_SAMPLE_PAGE 32

/** F of each column, in the order of the select list. */
#define BM_SAMPLE_FIGURES(F) \
    F(tokens_prompt) F(tokens_completion) F(tokens_reasoning) F(tokens_cached) F(total_us) F(e2e_us) F(ttft_us) F(ttfo_us) \
    F(ttst_us) F(tpot_us) F(queue_us) F(connect_us) F(send_lag_us) F(held_us) F(cost_nano) F(ttfb_us)
/** As ", r.name" of a relation r, and as ", null". */
#define BM_SAMPLE_COLUMN(name) ", r." #name
#define BM_SAMPLE_NULL(name)   ", null::bigint"
#define BM_SAMPLE_COLUMNS BM_SAMPLE_FIGURES(BM_SAMPLE_COLUMN)
#define BM_SAMPLE_NULLS BM_SAMPLE_FIGURES(BM_SAMPLE_NULL)

/** What `requests` does not hold as such, made of its whole microseconds since the load test began. loadtest/load_request.c
 *  counts the same differences. */
#define BM_SAMPLE_OF_REQUESTS \
    "end_us - planned_us - coalesce(held_us, 0) - queue_us as total_us, last_content_us - sent_us as e2e_us," \
    " first_content_us - sent_us as ttft_us, first_output_us - sent_us as ttfo_us, first_byte_us - sent_us as ttfb_us," \
    " sent_us - planned_us - coalesce(held_us, 0) as send_lag_us"

/** Of `requests`, those of load tests of a kind (SQL, 1 or 2): problems of training are found by their load tests. */
#define BM_SAMPLE_REQUESTS_OF(kind) \
    " and (" kind " = 2) = exists (select 1 from loadtests l where l.id = requests.loadtest_id and l.kind = 2)"

/** Of loadtests as `l`: rows of its requests were deleted, or only some were ever kept (plan.keep_rows). What is left cannot
 *  stand for all. */
#define BM_SAMPLE_LACKS_ROWS "(l.requests_dropped_at is not null or coalesce((l.plan ->> 'keep_rows')::float8, 1) < 1)"

/** Fill these members of *row from row i, whose first such column is `column`. @return the column behind them. */
int bm_sample_row_figures(bm_finished_run_t *row, const bm_rows_t *rows, int i, int column);

#endif
