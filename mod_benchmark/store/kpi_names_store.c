/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_names_store.h"

static const bm_stmt_t kpi_names_scenarios = { "kpi_names_scenarios",
    "select s.id, s.name, a.id, a.name, a.provider from scenarios s join automations a on a.id = s.automation_id order by s.id" };
static const bm_stmt_t kpi_names_models = { "kpi_names_models", "select id, provider, name from models order by id" };

apr_status_t bm_kpi_names_store_scenarios(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &kpi_names_scenarios, BM_NO_PARAMS, err, p);
}

apr_status_t bm_kpi_names_store_models(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &kpi_names_models, BM_NO_PARAMS, err, p);
}
