/* SPDX-License-Identifier: Apache-2.0
 *
 * store/kpi_names_store.h: what the numbers in the keys of KPI cells stand for. Thread: that of db. */
#ifndef BM_STORE_KPI_NAMES_STORE_H
#define BM_STORE_KPI_NAMES_STORE_H

#include "db/query.h"

/** All scenarios, ascending by id, with the automation that is theirs. */
enum { BM_KPI_SCENARIO_ID, BM_KPI_SCENARIO_NAME, BM_KPI_SCENARIO_AUTOMATION, BM_KPI_SCENARIO_AUTOMATION_NAME,
       BM_KPI_SCENARIO_PROVIDER };
apr_status_t bm_kpi_names_store_scenarios(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** All models that runs have had, ascending by number. */
enum { BM_KPI_MODEL_ID, BM_KPI_MODEL_PROVIDER, BM_KPI_MODEL_NAME };
apr_status_t bm_kpi_names_store_models(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
