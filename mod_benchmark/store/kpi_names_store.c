/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_names_store.h"

static const bm_stmt_t kpi_names_scenarios = { "kpi_names_scenarios",
    "select s.id, s.name, a.id, a.name, a.provider from scenarios s join automations a on a.id = s.automation_id"
    " where s.id = any($1) order by s.id" };
static const bm_stmt_t kpi_names_models = { "kpi_names_models", "select id, provider, name from models where id = any($1) order by id" };

apr_status_t bm_kpi_names_store_read(bm_rows_t **pscenarios, bm_rows_t **pmodels, bm_db_t *db, const apr_int64_t *scenarios,
                                     int scenario_count, const apr_int64_t *models, int model_count, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t **rows = NULL;
    apr_status_t rv;

    bm_pipe_add(pipe, &kpi_names_scenarios, BM_PARAMS(bm_param_int64s(scenarios, scenario_count, p)));
    bm_pipe_add(pipe, &kpi_names_models, BM_PARAMS(bm_param_int64s(models, model_count, p)));
    rv = bm_pipe_run(&rows, pipe, err);
    *pscenarios = rv == APR_SUCCESS ? rows[0] : NULL;
    *pmodels = rv == APR_SUCCESS ? rows[1] : NULL;
    return rv;
}
