/* SPDX-License-Identifier: Apache-2.0 */
#include "store/request_value_store.h"

#include <string.h>
#include "store/sample_row.h"

/* Definitions are those of kpi/kpi_metric.h; latencies are of completed requests, our own times of all. */
#define PAGE_OF(value, requests, limit) \
    "select seq, " value " from requests where loadtest_id = $1 and fence = (select fence from loadtests where id = $1)" \
    " and seq > $2 and ($3 < 0 or step = $3) and phase = 1 and not superseded" requests " order by seq limit " limit
#define MS(us) "((" us ") / 1000.0)::float8"
#define VALUE(name, us, requests) \
    { name, { "request_value_" name, PAGE_OF(MS(us), requests " and (" us ") is not null", "10000"), .binary = 1 } }
#define COMPLETED " and status = 'completed'"
#define GAPS(name) { name, { "request_value_" name, PAGE_OF("gaps", COMPLETED " and gaps is not null", "100"), .binary = 1 } }

static const struct {
    const char *metric;
    bm_stmt_t stmt;
} pages[] = {
    VALUE("e2e_ms", "last_content_us - sent_us", COMPLETED),
    VALUE("e2e_scheduled_ms", "last_content_us - planned_us", COMPLETED),
    VALUE("total_ms", "end_us - planned_us - coalesce(held_us, 0) - queue_us", COMPLETED),
    VALUE("ttft_ms", "first_content_us - sent_us", COMPLETED),
    VALUE("ttft_scheduled_ms", "first_content_us - planned_us", COMPLETED),
    VALUE("ttfo_ms", "first_output_us - sent_us", COMPLETED),
    VALUE("ttst_ms", "ttst_us", COMPLETED),
    GAPS("itl_ms"),
    GAPS("icl_ms"),
    VALUE("tpot_ms", "tpot_us", COMPLETED),
    VALUE("send_lag_ms", "sent_us - planned_us - coalesce(held_us, 0)", ""),
    VALUE("queue_ms", "queue_us", ""),
    VALUE("connect_ms", "connect_us", ""),
    VALUE("ttfb_ms", "first_byte_us - sent_us", COMPLETED),
    VALUE("ntpot_ms", "(last_content_us - sent_us) / nullif(greatest(tokens_completion, 0), 0)::float8", COMPLETED)
};

static const bm_stmt_t request_value_check = { "request_value_check",
    "select " BM_SAMPLE_LACKS_ROWS " from loadtests l where l.id = $1" };

apr_status_t bm_request_value_store_page(bm_rows_t **prows, bm_db_t *db, apr_int64_t loadtest_id, const char *metric, int step,
                                         apr_int64_t after, bm_err_t *err, apr_pool_t *p)
{
    size_t i;

    for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (strcmp(pages[i].metric, metric) == 0)
            return bm_db_query(prows, db, &pages[i].stmt,
                               BM_PARAMS(bm_param_int64(loadtest_id), bm_param_int64(after), bm_param_int(step)), err, p);
    return APR_EINVAL;
}

apr_status_t bm_request_value_store_check(int *lacks_rows, bm_db_t *db, apr_int64_t loadtest_id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &request_value_check, BM_PARAMS(bm_param_int64(loadtest_id)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no load test %" APR_INT64_T_FMT ".", loadtest_id);
    *lacks_rows = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 0);
    return rv;
}
