/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/kpi_check.h: KPI cells held against the rows that they count, once a day, some days of some scenarios at random.
 *
 * A difference is a fault of ours or of what somebody did to the tables by hand: it is logged as an error, counted in the table
 * kpi_check (GET /engine), and its hour is marked to be rebuilt. */
#ifndef BM_ENGINE_KPI_CHECK_H
#define BM_ENGINE_KPI_CHECK_H

#include "job/job_kind.h"
#include "store/kpi_check_store.h"

/** The job kpi-check; needs no baton. */
extern const bm_job_t bm_kpi_check_job;

/** Compare one day, each hour and the whole; what differs is logged and marked. *found grows. @return as bm_db_query. */
apr_status_t bm_kpi_check_day(bm_kpi_check_found_t *found, const bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err,
                              apr_pool_t *p);

#endif
