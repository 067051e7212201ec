/* SPDX-License-Identifier: Apache-2.0 */
#include "store/view_store.h"

#include "model/view_model.h"
#include "store/event_sql.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no view %" APR_INT64_T_FMT ".", id);
    return rv;
}

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', "version, ", bm_view_fields, 0);
}

apr_status_t bm_view_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const char *page, bm_err_t *err,
                                apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("view_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from views where true");
    if (page != NULL)
        bm_select_param(s, 'p', " and page = ", bm_param_text(page), "");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_view_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "view_lock" : "view_get", "select ", p);
    apr_status_t rv;

    add_columns(s);
    bm_select_param(s, 'i', " from views where id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

#define CHANGED(change) BM_EVENT_SQL_CHANGED("view", change, "", "c")

apr_status_t bm_view_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                               apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("view_add", "with c as (insert into views", p);

    bm_select_values(s, bm_view_fields, body, "created_by", bm_param_text(created_by));
    bm_select_add(s, 'a', " returning *), e as (" CHANGED("created") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_view_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("view_put", "with c as (update views set", p);
    apr_status_t rv;

    bm_select_set(s, bm_view_fields, body);
    bm_select_param(s, 'i', ", version = version + 1, updated_at = now() where id = ", bm_param_int64(id),
                    " returning *), e as (" CHANGED("updated") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

static const bm_stmt_t view_delete = { "view_delete",
    "with c as (delete from views where id = $1 returning *), e as (" CHANGED("deleted") ") select id from c" };

apr_status_t bm_view_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &view_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}

static const bm_stmt_t view_name = { "view_name",
    "select id from views where project_id = $1 and page = $2 and lower(name) = lower($3) and id <> $4 limit 1" };

apr_status_t bm_view_store_has_name(int *has, bm_db_t *db, apr_int64_t project_id, const char *page, const char *name,
                                    apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &view_name,
                                  BM_PARAMS(bm_param_int64(project_id), bm_param_text(page), bm_param_text(name),
                                            bm_param_int64(id)), err, p);

    *has = rv == APR_SUCCESS && bm_rows_count(rows) > 0;
    return rv;
}
