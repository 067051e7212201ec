/* SPDX-License-Identifier: Apache-2.0 */
#include "store/project_store.h"

#include "model/project_model.h"
#include "store/event_sql.h"
#include "store/select.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no project %" APR_INT64_T_FMT ".", id);
    return rv;
}

static apr_status_t taken(apr_status_t rv, bm_err_t *err)
{
    if (APR_STATUS_IS_EEXIST(rv))
        return bm_err_set(err, APR_EEXIST, "project_exists", "There is a project of that name already.");
    return rv;
}

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', "version, ", bm_project_fields, 0);
}

apr_status_t bm_project_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("project_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from projects where true");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_project_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "project_lock" : "project_get", "select ", p);
    apr_status_t rv;

    add_columns(s);
    bm_select_param(s, 'i', " from projects where id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

/* Of itself: who does not see it hears nothing of it. */
#define CHANGED(change) BM_EVENT_SQL_CHANGED("project", change, "", "(select id, id as project_id from c)")

apr_status_t bm_project_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                  apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("project_add", "with c as (insert into projects", p);

    bm_select_values(s, bm_project_fields, body, "created_by", bm_param_text(created_by));
    bm_select_add(s, 'a', " returning *), e as (" CHANGED("created") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    return taken(bm_select_run(prows, s, db, err, p), err);
}

apr_status_t bm_project_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                                  bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("project_put", "with c as (update projects set", p);
    apr_status_t rv;

    (void)changed_by;
    bm_select_set(s, bm_project_fields, body);
    bm_select_param(s, 'i', ", version = version + 1, updated_at = now() where id = ", bm_param_int64(id),
                    " returning *), e as (" CHANGED("updated") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    rv = taken(bm_select_run(prows, s, db, err, p), err);
    return none_if_empty(rv, *prows, id, err);
}

/* Calibrations and discoveries are no contents: they stay behind, for who sees all. */
static const bm_stmt_t project_contents = { "project_contents",
    "select string_agg(n || ' ' || what, ', ') from (values"
    " ((select count(*) from automations where project_id = $1), 'automations'),"
    " ((select count(*) from datasets where project_id = $1), 'datasets'),"
    " ((select count(*) from views where project_id = $1), 'views'),"
    " ((select count(*) from secrets where project_id = $1), 'secrets')) v (n, what) where n > 0" };

apr_status_t bm_project_store_contents(const char **pcontents, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &project_contents, BM_PARAMS(bm_param_int64(id)), err, p);

    *pcontents = rv == APR_SUCCESS ? bm_rows_text(rows, 0, 0) : NULL;
    return rv;
}

static const bm_stmt_t project_delete = { "project_delete",
    "with c as (delete from projects where id = $1 returning id),"
    " u as (update users set projects = array_remove(projects, $1), version = version + 1 where $1 = any(projects)),"
    " e as (" CHANGED("deleted") "),"
    " k as (update api_keys set projects = array_remove(projects, $1) where $1 = any(projects))"
    " select id from c" };

apr_status_t bm_project_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &project_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}

static const bm_stmt_t project_missing = { "project_missing",
    "select min(i) from unnest($1::bigint[]) i where not exists (select from projects p where p.id = i)" };

apr_status_t bm_project_store_missing(apr_int64_t *pmissing, bm_db_t *db, const bm_projects_t *projects, bm_err_t *err,
                                      apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = APR_SUCCESS;

    *pmissing = 0;
    if (projects->n > 0)
        rv = bm_db_query(&rows, db, &project_missing, BM_PARAMS(bm_param_int64s(projects->ids, projects->n, p)), err, p);
    if (rv == APR_SUCCESS && projects->n > 0)
        *pmissing = bm_rows_int64(rows, 0, 0, 0);
    return rv;
}
