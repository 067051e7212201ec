/* SPDX-License-Identifier: Apache-2.0 */
#include "store/definition_store.h"

static const bm_stmt_t find[] = {
    [BM_DEFINITION_AUTOMATIONS] = { "definition_automations",
        "select id, name from automations where not hidden and name = any($1) order by id" },
    [BM_DEFINITION_SCENARIOS] = { "definition_scenarios",
        "select id, name from scenarios where not hidden and name = any($1) order by id" },
    [BM_DEFINITION_PRICES] = { "definition_prices", "select id, model from prices where model = any($1) order by id" },
    [BM_DEFINITION_DATASETS] = { "definition_datasets", "select id, name from datasets where name = any($1) order by id" },
    [BM_DEFINITION_VIEWS] = { "definition_views", "select id, name from views where name = any($1) order by id" }
};

static const bm_stmt_t automations = { "definition_owners",
    "select s.id, a.name from scenarios s join automations a on a.id = s.automation_id where s.id = any($1)" };

apr_status_t bm_definition_store_find(bm_rows_t **prows, bm_db_t *db, bm_definition_table_e table, const char *const *names,
                                      int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &find[table], BM_PARAMS(bm_param_texts(names, n, p)), err, p);
}

apr_status_t bm_definition_store_automations(bm_rows_t **prows, bm_db_t *db, const apr_int64_t *scenario_ids, int n,
                                             bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &automations, BM_PARAMS(bm_param_int64s(scenario_ids, n, p)), err, p);
}
