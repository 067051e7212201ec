/* SPDX-License-Identifier: Apache-2.0 */
#include "store/dataset_store.h"

#include "model/dataset_model.h"
#include "store/select.h"
#include "store/event_sql.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no dataset %" APR_INT64_T_FMT ".", id);
    return rv;
}

static void add_filter(bm_select_t *s, const char *q)
{
    if (q != NULL)
        bm_select_param(s, 'q', " and strpos(lower(name), lower(", bm_param_text(q), ")) > 0");
}

apr_status_t bm_dataset_store_list(bm_rows_t **prows, bm_db_t *db, const char *q, apr_int64_t after, int limit, apr_int64_t skip,
                                   bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("dataset_list", "select ", p);

    bm_select_columns(s, 'r', "version, ", bm_dataset_fields, 1);
    bm_select_param(s, 'z', " from datasets d where id > ", bm_param_int64(after), "");
    add_filter(s, q);
    bm_select_add(s, 'a', " order by id");
    bm_select_limit(s, limit);
    if (skip > 0)
        bm_select_param(s, 'o', " offset ", bm_param_int64(skip), "");
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_dataset_store_count(apr_int64_t *count, bm_db_t *db, const char *q, apr_int64_t most, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("dataset_count", "select count(*) from (select 1 from datasets where true", p);
    bm_rows_t *rows;
    apr_status_t rv;

    add_filter(s, q);
    bm_select_param(s, 'n', " limit ", bm_param_int64(most + 1), ") t");
    rv = bm_select_run(&rows, s, db, err, p);
    *count = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

apr_status_t bm_dataset_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_dataset_lock_e lock, bm_err_t *err,
                                  apr_pool_t *p)
{
    static const char *const locks[] = { [BM_DATASET_READ] = "", [BM_DATASET_KEEP] = " for key share",
                                         [BM_DATASET_CHANGE] = " for update" };
    static const char letters[] = { [BM_DATASET_READ] = 'r', [BM_DATASET_KEEP] = 'k', [BM_DATASET_CHANGE] = 'u' };
    bm_select_t *s = bm_select_make("dataset_get", "select ", p);
    apr_status_t rv;

    bm_select_columns(s, 'c', "version, ", bm_dataset_fields, 0);
    bm_select_param(s, letters[lock], " from datasets d where id = ", bm_param_int64(id), locks[lock]);
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

apr_status_t bm_dataset_store_export(bm_rows_t **prows, bm_db_t *db, apr_int64_t after, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("dataset_export", "select ", p);

    bm_select_columns(s, 'e', "version, ", bm_dataset_export_fields, 0);
    bm_select_param(s, 'z', " from datasets d where id > ", bm_param_int64(after), " order by id");
    bm_select_limit(s, limit);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_dataset_store_definition(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("dataset_definition", "select ", p);
    apr_status_t rv;

    bm_select_columns(s, 'd', "version, ", bm_dataset_definition_fields, 0);
    bm_select_param(s, lock ? 'u' : 'r', " from datasets d where id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

#define CHANGED(change, from) BM_EVENT_SQL_CHANGED("dataset", change, "", from)

static const bm_stmt_t dataset_add = { "dataset_add",
    "with d as (insert into datasets (name, format, entries, bytes, created_by, project_id)"
    "  values ($1, $2, $3, $4, $5, $7)"
    "  returning id, project_id),"
    " c as (" CHANGED("created", "d") "),"
    " e as (insert into dataset_entries (dataset_id, number, inputs)"
    "  select d.id, t.number, t.inputs from d, jsonb_array_elements($6::jsonb) with ordinality t (inputs, number))"
    " select id from d" };

apr_status_t bm_dataset_store_add(bm_rows_t **prows, bm_db_t *db, const bm_dataset_upload_t *upload, bm_err_t *err,
                                  apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &dataset_add,
                                  BM_PARAMS(bm_param_text(upload->name), bm_param_text(upload->format),
                                            bm_param_int(upload->count), bm_param_int64(upload->bytes),
                                            bm_param_text(upload->created_by), bm_param_json(upload->entries),
                                            bm_param_int64(upload->project_id)), err, p);

    return rv == APR_SUCCESS ? bm_dataset_store_get(prows, db, bm_rows_int64(rows, 0, 0, 0), BM_DATASET_READ, err, p) : rv;
}

static const bm_stmt_t dataset_is = { "dataset_is", "select 1 from datasets where id = $1" };

apr_status_t bm_dataset_store_entries(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int limit, bm_err_t *err,
                                      apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("dataset_entries", "select ", p);
    bm_rows_t *found;
    apr_status_t rv;

    bm_select_columns(s, 'c', "", bm_dataset_entry_fields, 0);
    bm_select_param(s, 'i', " from dataset_entries where dataset_id = ", bm_param_int64(id), "");
    bm_select_param(s, 'a', " and number > ", bm_param_int64(after), " order by number");
    bm_select_limit(s, limit);
    rv = bm_select_run(prows, s, db, err, p);
    if (rv != APR_SUCCESS || bm_rows_count(*prows) > 0)
        return rv;
    rv = bm_db_query(&found, db, &dataset_is, BM_PARAMS(bm_param_int64(id)), err, p);
    return none_if_empty(rv, found, id, err);
}

static const bm_stmt_t dataset_rename = { "dataset_rename",
    "with d as (update datasets set name = $2, version = version + 1, updated_at = now() where id = $1 returning id, project_id) "
    CHANGED("updated", "d") };

apr_status_t bm_dataset_store_rename(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const char *name, bm_err_t *err,
                                     apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(NULL, db, &dataset_rename, BM_PARAMS(bm_param_int64(id), bm_param_text(name)), err, p);

    return rv == APR_SUCCESS ? bm_dataset_store_get(prows, db, id, BM_DATASET_READ, err, p) : rv;
}

/* The fence "offset 0" keeps the planner from walking over the whole queue. */
static const bm_stmt_t dataset_users = { "dataset_users",
    "select l.id, l.name from (select id, name from loadtests where (plan #>> '{dataset,dataset_id}')::bigint = $1"
    " and plan #>> '{dataset,dataset_id}' is not null offset 0) l"
    " where exists (select 1 from run_queue where id = l.id offset 0) order by l.id limit 100" };

apr_status_t bm_dataset_store_users(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &dataset_users, BM_PARAMS(bm_param_int64(id)), err, p);
}

static const bm_stmt_t dataset_delete = { "dataset_delete",
    "with e as (delete from dataset_entries where dataset_id = $1),"
    " d as (delete from datasets where id = $1 returning id, project_id),"
    " c as (" CHANGED("deleted", "d") ") select id from d" };

apr_status_t bm_dataset_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &dataset_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}
