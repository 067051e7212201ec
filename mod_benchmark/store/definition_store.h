/* SPDX-License-Identifier: Apache-2.0
 *
 * store/definition_store.h: objects by their names, for definitions that know no ids. Hidden ones do not exist here.
 * Thread: that of db. */
#ifndef BM_STORE_DEFINITION_STORE_H
#define BM_STORE_DEFINITION_STORE_H

#include "db/query.h"

typedef enum bm_definition_table_e {
    BM_DEFINITION_AUTOMATIONS,
    BM_DEFINITION_SCENARIOS,
    BM_DEFINITION_PRICES,            /* by their models */
    BM_DEFINITION_DATASETS,
    BM_DEFINITION_VIEWS
} bm_definition_table_e;

/** Rows (id, name) of those that have one of n names, by id. */
apr_status_t bm_definition_store_find(bm_rows_t **prows, bm_db_t *db, bm_definition_table_e table, const char *const *names,
                                      int n, bm_err_t *err, apr_pool_t *p);

/** Rows (id of the scenario, name of its automation) of n scenarios. */
apr_status_t bm_definition_store_automations(bm_rows_t **prows, bm_db_t *db, const apr_int64_t *scenario_ids, int n,
                                             bm_err_t *err, apr_pool_t *p);

#endif
