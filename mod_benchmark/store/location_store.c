/* SPDX-License-Identifier: Apache-2.0 */
#include "store/location_store.h"

static const bm_stmt_t location_find = { "location_find", "select id from locations where name = $1" };
static const bm_stmt_t location_add = { "location_add",
    "insert into locations (name) values ($1) on conflict do nothing returning id" };
static const bm_stmt_t location_list = { "location_list", "select id, name from locations where id <> 0 order by name" };

apr_status_t bm_location_store_id(int *id, bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p)
{
    int tries;

    *id = 0;
    if (name == NULL || name[0] == '\0')
        return APR_SUCCESS;
    /* Another session may add it between the two, and is then found at the second try. */
    for (tries = 0; tries < 3 && *id == 0; tries++) {
        bm_rows_t *rows;
        apr_status_t rv = bm_db_query(&rows, db, &location_find, BM_PARAMS(bm_param_text(name)), err, p);

        if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
            rv = bm_db_query(&rows, db, &location_add, BM_PARAMS(bm_param_text(name)), err, p);
        if (rv != APR_SUCCESS)
            return rv;
        if (bm_rows_count(rows) > 0)
            *id = (int)bm_rows_int64(rows, 0, 0, 0);
    }
    return *id != 0 ? APR_SUCCESS : bm_err_set(err, APR_EAGAIN, "database_busy", "A location's number could not be had.");
}

apr_status_t bm_location_store_list(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &location_list, BM_NO_PARAMS, err, p);
}
