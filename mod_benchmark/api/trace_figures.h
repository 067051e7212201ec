/* SPDX-License-Identifier: Apache-2.0
 *
 * api/trace_figures.h: sums of traces, agents and models as answers have them. */
#ifndef BM_API_TRACE_FIGURES_H
#define BM_API_TRACE_FIGURES_H

#include "api/api.h"

#define BM_TRACE_FIGURES \
    { "execution_count", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "How many." }, \
    { "errors", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Of these that failed." }, \
    { "success_rate", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY, .doc = "Percent of them that did not." }, \
    { "avg_latency_ms", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Mean latency; null: none has ended." }, \
    { "input_tokens", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Tokens in." }, \
    { "output_tokens", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Tokens out." }, \
    { "total_tokens", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "All tokens." }, \
    { "total_cost", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY, .doc = "USD." }

/** The members of BM_TRACE_FIGURES, of a row of bm_trace_store_names or bm_trace_store_days. */
void bm_trace_figures_put(bm_req_t *q, const bm_rows_t *rows, int row);

/** An array of all rows, each with its name or day as name_key. */
void bm_trace_figures_put_all(bm_req_t *q, const bm_rows_t *rows, const char *name_key);

/** Write a column that is JSON already, or null. */
void bm_trace_figures_put_raw(bm_req_t *q, const char *key, const bm_rows_t *rows, int row, int column);

/** The first of the last `days` of the query, with today, in days since 1970; otherwise: days if it does not say; 0: all. */
int bm_trace_figures_first_day(const bm_req_t *q, int otherwise);

#endif
