/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_names_store.h: what the numbers in the keys of KPI cells stand for. Thread: that of db. */
#ifndef BM_STORE_KPI_NAMES_STORE_H
#define BM_STORE_KPI_NAMES_STORE_H

#include "db/query.h"

/** Columns of the scenarios, ascending by id: whose automation it is belongs to it. */
enum { BM_KPI_SCENARIO_ID, BM_KPI_SCENARIO_NAME, BM_KPI_SCENARIO_AUTOMATION, BM_KPI_SCENARIO_AUTOMATION_NAME, BM_KPI_SCENARIO_PROVIDER };
/** Columns of the models, ascending by id. */
enum { BM_KPI_MODEL_ID, BM_KPI_MODEL_PROVIDER, BM_KPI_MODEL_NAME };

/** The scenarios and models with these numbers; those that do not exist any more are left out. */
apr_status_t bm_kpi_names_store_read(bm_rows_t **pscenarios, bm_rows_t **pmodels, bm_db_t *db, const apr_int64_t *scenarios,
                                     int scenario_count, const apr_int64_t *models, int model_count, bm_err_t *err, apr_pool_t *p);

#endif
