/* SPDX-License-Identifier: Apache-2.0
 *
 * store/request_value_store.h: one metric of every request of a load test's window, by pages: what sketches and
 * distributions of a single load test are made of. Requests that another attempt followed do not count. Thread: that of db. */
#ifndef BM_STORE_REQUEST_VALUE_STORE_H
#define BM_STORE_REQUEST_VALUE_STORE_H

#include "db/query.h"

/** Columns of the rows: place in the plan, the value in ms or, of a metric that is pooled over gaps, the packed chunks
 *  (bytea). */
enum { BM_REQUEST_VALUE_SEQ, BM_REQUEST_VALUE };

/** Rows of one page; a page with less is the last. */
enum { BM_REQUEST_VALUE_PAGE = 10000, BM_REQUEST_GAPS_PAGE = 100 };

/** Requests behind a place (-1: from the first) that have the metric (a name of kpi/kpi_metric.h, which says which requests
 *  have it). step: -1: of all. The rows are binary. @return APR_EINVAL: requests have no such metric; else as bm_db_query. */
apr_status_t bm_request_value_store_page(bm_rows_t **prows, bm_db_t *db, apr_int64_t loadtest_id, const char *metric, int step,
                                         apr_int64_t after, bm_err_t *err, apr_pool_t *p);

/** Whether the load test exists, whatever it has. *lacks_rows: some of its requests have no row (keep_rows), or none any more.
 *  @return APR_NOTFOUND. */
apr_status_t bm_request_value_store_check(int *lacks_rows, bm_db_t *db, apr_int64_t loadtest_id, bm_err_t *err, apr_pool_t *p);

#endif
