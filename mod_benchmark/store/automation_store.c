/* SPDX-License-Identifier: Apache-2.0 */
#include "store/automation_store.h"

#include "model/automation_model.h"
#include "store/event_sql.h"

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'r', "version, ", bm_automation_fields, 0);
}

static apr_status_t run_for_one(bm_rows_t **prows, bm_select_t *s, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_select_run(prows, s, db, err, p);

    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no automation %" APR_INT64_T_FMT ".", id);
    return rv;
}

apr_status_t bm_automation_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const char *provider,
                                      bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("automation_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'c', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from automations where not hidden");
    if (provider != NULL)
        bm_select_param(s, 'p', " and provider = ", bm_param_text(provider), "");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_automation_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "automation_lock" : "automation_get", "select ", p);

    add_columns(s);
    bm_select_param(s, 'i', " from automations where not hidden and id = ", bm_param_int64(id), lock ? " for update" : "");
    return run_for_one(prows, s, db, id, err, p);
}

#define CHANGED(change, from) BM_EVENT_SQL_CHANGED("automation", change, "", from)

apr_status_t bm_automation_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                     apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("automation_add", "with a as (insert into automations", p);

    bm_select_values(s, bm_automation_fields, body, "created_by", bm_param_text(created_by));
    bm_select_add(s, 'a', " returning *), t as (insert into queue_target (target_id, slot, max_in_flight)"
                          " select id, id % 16, max_in_flight from a), e as (" CHANGED("created", "a") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from a");
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_automation_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err,
                                     apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("automation_put", "with a as (update automations set", p);

    bm_select_set(s, bm_automation_fields, body);
    bm_select_param(s, 'i', ", version = version + 1, updated_at = now() where not hidden and id = ", bm_param_int64(id),
                    " returning *), t as (update queue_target q set max_in_flight = a.max_in_flight from a"
                    " where q.target_id = a.id), e as (" CHANGED("updated", "a") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from a");
    return run_for_one(prows, s, db, id, err, p);
}

static const bm_stmt_t automation_scenarios = { "automation_scenarios",
    "select id, name, hidden from scenarios where automation_id = $1 order by hidden, id" };

apr_status_t bm_automation_store_scenarios(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &automation_scenarios, BM_PARAMS(bm_param_int64(id)), err, p);
}

static const bm_stmt_t automation_delete = { "automation_delete",
    "with gone as (delete from automations where id = $1 and not hidden returning id, project_id),"
    " e as (" CHANGED("deleted", "gone") "),"
    " t as (delete from queue_target where target_id = $1 and exists (select 1 from gone))"
    " select id from gone" };

apr_status_t bm_automation_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &automation_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no automation %" APR_INT64_T_FMT ".", id);
    return rv;
}
