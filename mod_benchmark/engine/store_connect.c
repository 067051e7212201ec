/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store_connect.h"

#include "db/migrate.h"

apr_status_t bm_store_connect(bm_db_t **pdb, bm_db_options_t *options, const bm_store_access_t *access, bm_err_t *err,
                              apr_pool_t *p)
{
    *pdb = NULL;
    options->conninfo = access->conninfo(access->conninfo_baton, p);
    options->schema = access->settings->schema;
    options->unnamed_statements = access->settings->unnamed_statements;
    options->observe = bm_meters_statement;
    options->observer = access->meters;
    if (options->conninfo == NULL)
        return bm_err_set(err, APR_EAGAIN, NULL, "The database cannot be reached.");
    return bm_db_connect(pdb, options, err, p);
}

bm_db_t *bm_store_connect_ready(bm_db_options_t *options, const bm_store_access_t *access, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    bm_migrate_state_e state;
    bm_db_t *db;
    int version;

    if (bm_store_connect(&db, options, access, err, p) != APR_SUCCESS)
        return NULL;
    if (bm_migrate_check(&state, &version, db, err, p) != APR_SUCCESS || state != BM_MIGRATE_OK)
        return NULL;
    return db;
}
