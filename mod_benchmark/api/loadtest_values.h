/* SPDX-License-Identifier: Apache-2.0
 *
 * api/loadtest_values.h: the values of one metric of every request of a load test as a sketch. */
#ifndef BM_API_LOADTEST_VALUES_H
#define BM_API_LOADTEST_VALUES_H

#include "api/api.h"
#include "stat/sketch.h"

typedef struct bm_loadtest_values_t {
    bm_sketch_t *sketch;
    double deviation;                /* standard deviation of the values, ms; NaN: none */
    int kept_rows_only;              /* some of its requests have no row: these are the values of the others */
} bm_loadtest_values_t;

/** Read them by pages, each with a connection of its own, in constant memory. metric: a name of kpi/kpi_metric.h; step: -1:
 *  of all. Thread: that of the request. @return APR_NOTFOUND: no such load test; APR_EINVAL: no such metric; else as
  * bm_db_query. */
apr_status_t bm_loadtest_values(bm_loadtest_values_t *values, bm_req_t *q, apr_int64_t id, const char *metric, int step);

#endif
