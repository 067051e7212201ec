/* SPDX-License-Identifier: Apache-2.0 */
#include "store/secret_store.h"

#include <apr_strings.h>
#include "base/thread.h"
#include "model/secret_model.h"
#include "store/event_sql.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no secret %" APR_INT64_T_FMT ".", id);
    return rv;
}

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', "version, ", bm_secret_fields, 0);
}

apr_status_t bm_secret_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing,
                                  bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("secret_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from secrets where true");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_secret_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err,
                                 apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "secret_lock" : "secret_get", "select ", p);
    apr_status_t rv;

    add_columns(s);
    bm_select_param(s, 'i', " from secrets where id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

/* Engines read all anew after a change; who watches is told which, never what. */
#define CHANGED(change) \
    "e as (" BM_EVENT_SQL_CHANGED("secret", change, "", "c") "), n as (update secret_state set changed = changed + 1" \
    " where exists (select 1 from c))"

apr_status_t bm_secret_store_add(bm_rows_t **prows, bm_db_t *db, apr_int64_t project_id, const char *name,
                                 const bm_secret_change_t *change, const char *created_by, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("secret_add", "with c as (insert into secrets"
                                    " (project_id, name, description, sealed, key_id, created_by) values (", p);

    bm_select_param(s, 'j', "", bm_param_int64(project_id), ", ");
    bm_select_param(s, 'n', "", bm_param_text(name), ", ");
    bm_select_param(s, 'd', "", bm_param_text(change->description), ", ");
    bm_select_param(s, 's', "", bm_param_text(change->sealed), ", ");
    bm_select_param(s, 'k', "", bm_param_text(change->key_id), ", ");
    bm_select_param(s, 'b', "", bm_param_text(created_by), ") returning *), " CHANGED("created") " select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_secret_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id,
                                 const bm_secret_change_t *change, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("secret_put", "with c as (update secrets set version = version + 1, updated_at = now()", p);
    apr_status_t rv;

    bm_select_param(s, 'd', ", description = ", bm_param_text(change->description), "");
    if (change->sealed != NULL) {
        bm_select_param(s, 's', ", set_at = now(), sealed = ", bm_param_text(change->sealed), "");
        bm_select_param(s, 'k', ", key_id = ", bm_param_text(change->key_id), "");
    }
    bm_select_param(s, 'i', " where id = ", bm_param_int64(id), " returning *), " CHANGED("updated") " select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

static const bm_stmt_t secret_delete = { "secret_delete",
    "with c as (delete from secrets where id = $1 returning *), " CHANGED("deleted") " select id from c" };

apr_status_t bm_secret_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &secret_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}

static const bm_stmt_t secret_keys = { "secret_keys", "select key_id, count(*) from (select key_id from secrets"
    " union all select key_id from signing_keys where key_id is not null) k group by key_id order by key_id" };

apr_status_t bm_secret_store_keys(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &secret_keys, BM_NO_PARAMS, err, p);
}

/* As parse/template_scan.c finds it; of a name's signs only the dot means something in a pattern. */
#define NAMED "'\\{\\{( |\\\\t)*secret\\.' || replace($2, '.', '\\.') || '( |\\\\t)*\\}\\}'"

static const bm_stmt_t secret_uses = { "secret_uses",
    "select kind, id, name from (select 'automation' as kind, id, name from automations where project_id = $1 and not hidden"
    "  and (connection->>'secret' = $2 or connection::text ~ (" NAMED ") or default_inputs::text ~ (" NAMED "))"
    " union all select 'scenario', id, name from scenarios where project_id = $1 and not hidden"
    "  and inputs_template::text ~ (" NAMED ")) u order by kind, id limit $3 offset $4" };

apr_status_t bm_secret_store_uses(bm_rows_t **prows, bm_db_t *db, apr_int64_t project_id, const char *name, int limit,
                                  apr_int64_t skip, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &secret_uses, BM_PARAMS(bm_param_int64(project_id), bm_param_text(name),
                                                          bm_param_int(limit), bm_param_int64(skip)), err, p);
}

static const bm_stmt_t secret_names = { "secret_names", "select name from secrets where project_id = $1" };

apr_status_t bm_secret_store_names(apr_hash_t **pnames, bm_db_t *db, apr_int64_t project_id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &secret_names, BM_PARAMS(bm_param_int64(project_id)), err, p);
    int i;

    *pnames = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    *pnames = apr_hash_make(p);
    for (i = 0; i < bm_rows_count(rows); i++)
        apr_hash_set(*pnames, bm_rows_text(rows, i, 0), APR_HASH_KEY_STRING, "");
    return APR_SUCCESS;
}

/* --- engines */

static const bm_stmt_t secret_changed = { "secret_changed", "select changed from secret_state" };
static const bm_stmt_t secret_used = { "secret_used",
    "update secrets set last_used_at = now() where id = any($1)"
    " and (last_used_at is null or last_used_at < now() - interval '1 minute')" };
/* The state is read before them: a change that comes between is read with the rows, and once more the next time. */
static const bm_stmt_t secret_book = { "secret_book", "select id, project_id, name, sealed from secrets" };
static const bm_stmt_t secret_under_other = { "secret_under_other",
    "select id, project_id, name, sealed from secrets where key_id <> $1 and id > $2 order by id limit $3" };
static const bm_stmt_t secret_reseal = { "secret_reseal",
    "with c as (update secrets set sealed = $3, key_id = $4 where id = $1 and sealed = $2 returning id)"
    " update secret_state set changed = changed + 1 where exists (select 1 from c)" };

apr_status_t bm_secret_store_changed(apr_int64_t *changed, bm_db_t *db, bm_err_t *err, apr_pool_t *scratch)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &secret_changed, BM_NO_PARAMS, err, scratch);

    *changed = rv == APR_SUCCESS && bm_rows_count(rows) == 1 ? bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

apr_status_t bm_secret_store_book(bm_secret_book_t **pbook, bm_db_t *db, bm_err_t *err, apr_pool_t *scratch)
{
    bm_secret_book_t *book;
    apr_int64_t changed;
    bm_rows_t *rows;
    apr_pool_t *p;
    apr_status_t rv = bm_secret_store_changed(&changed, db, err, scratch);
    int i;

    *pbook = NULL;
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &secret_book, BM_NO_PARAMS, err, scratch);
    if (rv != APR_SUCCESS)
        return rv;
    p = bm_thread_pool_make("secret-book");
    *pbook = book = apr_pcalloc(p, sizeof(*book));
    book->p = p;
    book->changed = changed;
    book->rows = apr_hash_make(p);
    for (i = 0; i < bm_rows_count(rows); i++) {
        bm_secret_row_t *row = apr_pcalloc(p, sizeof(*row));

        row->id = bm_rows_int64(rows, i, 0, 0);
        row->project_id = bm_rows_int64(rows, i, 1, 0);
        row->name = apr_pstrdup(p, bm_rows_text(rows, i, 2));
        row->sealed = apr_pstrdup(p, bm_rows_text(rows, i, 3));
        apr_hash_set(book->rows, bm_secret_place(row->project_id, row->name, p), APR_HASH_KEY_STRING, row);
    }
    return APR_SUCCESS;
}

apr_status_t bm_secret_store_used(bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &secret_used, BM_PARAMS(bm_param_int64s(ids, n, p)), err, p);
}

apr_status_t bm_secret_store_under_other(bm_rows_t **prows, bm_db_t *db, const char *key_id, apr_int64_t after, int limit,
                                         bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &secret_under_other, BM_PARAMS(bm_param_text(key_id), bm_param_int64(after),
                       bm_param_int(limit)), err, p);
}

apr_status_t bm_secret_store_reseal(bm_db_t *db, apr_int64_t id, const char *was, const char *sealed, const char *key_id,
                                    bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &secret_reseal, BM_PARAMS(bm_param_int64(id), bm_param_text(was), bm_param_text(sealed),
                       bm_param_text(key_id)), err, p);
}
