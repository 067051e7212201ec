/* SPDX-License-Identifier: Apache-2.0 */
#include "store/user_store.h"

#include <apr_strings.h>
#include "model/user_model.h"
#include "store/event_sql.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no user %" APR_INT64_T_FMT ".", id);
    return rv;
}

static apr_status_t taken(apr_status_t rv, bm_err_t *err)
{
    if (APR_STATUS_IS_EEXIST(rv))
        return bm_err_set(err, APR_EEXIST, "user_exists", "There is a user of that name or address already.");
    return rv;
}

/* The version, and behind a dash what is shown and changes without one: a sign-in, a link. */
#define SINCE(time) "coalesce((extract(epoch from " time ") * 1000)::bigint, 0)"
#define TAG "version || '-' || " SINCE("login_at") " || '-' || " \
    SINCE("(select l.expires_at from password_links l where l.user_id = id and l.expires_at > now())") ", "

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', TAG, bm_user_fields, 0);
}

apr_status_t bm_user_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("user_list", "select ", p);
    bm_listing_t its = *listing;

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from users where true");
    if (listing->q != NULL)
        bm_select_param(s, 'm', " and strpos(lower(concat_ws(' ', name, full_name, email)), lower(", bm_param_text(listing->q),
                        ")) > 0");
    its.q = NULL;
    bm_listing_add(s, &its);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_user_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "user_lock" : "user_get", "select ", p);
    apr_status_t rv;

    add_columns(s);
    bm_select_param(s, 'i', " from users where id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

/* Connections that are held open end with the sessions `gone` (id). */
#define TELL_SESSIONS \
    "insert into events (project_id, kind, payload) select 0, 'access.revoked', jsonb_build_object('session', gone.id)" \
    " from gone" BM_EVENT_SQL_NOTIFY

/* Who administers is told, for the pages that show him. */
#define CHANGED(change) "u as (" BM_EVENT_SQL_CHANGED_APART("user", change, "c") ")"

static bm_param_t projects_param(const json_t *body, apr_pool_t *p)
{
    bm_projects_t projects = bm_projects_of_json(json_object_get(body, "projects"));

    return bm_param_null_if(projects.all, bm_param_int64s(projects.ids, projects.n, p));
}

apr_status_t bm_user_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *hash, const char *created_by,
                               bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("user_add",
                                    "with c as (insert into users (name, email, full_name, role, disabled, projects,", p);

    bm_select_param(s, 'n', " created_by, password_hash, password_at) values (",
                    bm_param_text(json_string_value(json_object_get(body, "name"))), "");
    bm_select_param(s, 'e', ", ", bm_param_text(json_string_value(json_object_get(body, "email"))), "");
    bm_select_param(s, 'f', ", ", bm_param_text(json_string_value(json_object_get(body, "full_name"))), "");
    bm_select_param(s, 'r', ", ", bm_param_text(json_string_value(json_object_get(body, "role"))), "");
    bm_select_param(s, 'd', ", ", bm_param_bool(json_is_true(json_object_get(body, "disabled"))), "");
    bm_select_param(s, 'p', ", ", projects_param(body, p), "");
    bm_select_param(s, 'b', ", ", bm_param_text(created_by), "");
    bm_select_param(s, 'h', ", ", bm_param_text(hash), "");
    bm_select_param(s, 'w', ", case when ", bm_param_bool(hash != NULL),
                    " then now() end) returning *), " CHANGED("created") " select ");
    add_columns(s);
    bm_select_add(s, 'z', " from c");
    return taken(bm_select_run(prows, s, db, err, p), err);
}

apr_status_t bm_user_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("user_put", "with old as (select projects, role from users where id = ", p);
    int disabled = json_is_true(json_object_get(body, "disabled"));
    apr_status_t rv;

    bm_select_param(s, 'o', "", bm_param_int64(id),
                    "), c as (update users set version = version + 1, updated_at = now(),");
    bm_select_param(s, 'p', " projects = ", projects_param(body, p), ",");
    bm_select_param(s, 'e', " email = ", bm_param_text(json_string_value(json_object_get(body, "email"))), "");
    bm_select_param(s, 'f', ", full_name = ", bm_param_text(json_string_value(json_object_get(body, "full_name"))), "");
    bm_select_param(s, 'r', ", role = ", bm_param_text(json_string_value(json_object_get(body, "role"))), "");
    bm_select_param(s, 'd', ", disabled = ", bm_param_bool(disabled), "");
    bm_select_param(s, 'n', ", epoch = epoch + (", bm_param_bool(disabled), " and not disabled)::integer");
    bm_select_param(s, 'i', " where id = ", bm_param_int64(id),
                    " returning *), gone as (delete from sessions s using c where s.user_id = c.id and c.disabled"
                    " returning s.id),"
                    " e as (insert into events (project_id, kind, payload) select 0, 'access.revoked',"
                    " jsonb_build_object('user', c.name) from c" BM_EVENT_SQL_NOTIFY
                    " where c.disabled or c.projects is distinct from (select projects from old)"
                    " or c.role is distinct from (select role from old)), " CHANGED("updated") " select ");
    add_columns(s);
    bm_select_add(s, 'z', " from c");
    rv = taken(bm_select_run(prows, s, db, err, p), err);
    return none_if_empty(rv, *prows, id, err);
}

static const bm_stmt_t user_delete = { "user_delete",
    "with c as (delete from users where id = $1 returning id, name), " CHANGED("deleted") ","
    " e as (insert into events (project_id, kind, payload) select 0, 'access.revoked', jsonb_build_object('user', c.name)"
    "  from c" BM_EVENT_SQL_NOTIFY ") select id from c" };

apr_status_t bm_user_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &user_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}

static const bm_stmt_t user_password = { "user_password",
    "with c as (update users set password_hash = $2, password_at = now(), epoch = epoch + 1, version = version + 1,"
    "  updated_at = now() where id = $1 returning id, epoch), " CHANGED("updated") ","
    " l as (delete from password_links l using c where l.user_id = c.id),"
    " k as (update sessions s set epoch = c.epoch from c where s.user_id = c.id and s.id = $3),"
    " gone as (delete from sessions s using c where s.user_id = c.id and s.id <> $3 returning s.id),"
    " e as (" TELL_SESSIONS ") select id from c" };

apr_status_t bm_user_store_set_password(bm_db_t *db, apr_int64_t id, const char *hash, const char *keep, bm_err_t *err,
                                        apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &user_password,
                                  BM_PARAMS(bm_param_int64(id), bm_param_text(hash), bm_param_text(keep != NULL ? keep : "")),
                                  err, p);

    return none_if_empty(rv, rows, id, err);
}

static const bm_stmt_t user_rehash = { "user_rehash",
    "update users set password_hash = $3 where id = $1 and password_hash = $2" };

apr_status_t bm_user_store_rehash(bm_db_t *db, apr_int64_t id, const char *old_hash, const char *hash, bm_err_t *err,
                                  apr_pool_t *p)
{
    return bm_db_query(NULL, db, &user_rehash, BM_PARAMS(bm_param_int64(id), bm_param_text(old_hash), bm_param_text(hash)), err,
                       p);
}

static const bm_stmt_t user_end_sessions = { "user_end_sessions",
    "with c as (update users set epoch = epoch + 1 where id = $1 returning id), " CHANGED("updated") ","
    " gone as (delete from sessions s using c where s.user_id = c.id returning s.id),"
    " e as (" TELL_SESSIONS ") select id from c" };

apr_status_t bm_user_store_end_sessions(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &user_end_sessions, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}

/* --- to sign in */

static bm_role_e role_of(const char *name)
{
    int role = name != NULL ? bm_role_find(name) : -1;

    return role < 0 ? BM_ROLE_NONE : (bm_role_e)role;
}

static const bm_stmt_t user_login = { "user_login",
    "select id, epoch, name, password_hash, role, disabled, array_to_string(projects, ',') from users"
    " where lower(name) = lower($1) and name = $1 or $2 and lower(email) = lower($1) order by name = $1 desc limit 1" };

apr_status_t bm_user_store_login(bm_user_login_t **plogin, bm_db_t *db, const char *name, int by_email, bm_err_t *err,
                                 apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &user_login, BM_PARAMS(bm_param_text(name), bm_param_bool(by_email)), err, p);
    bm_user_login_t *login;

    *plogin = NULL;
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv;
    *plogin = login = apr_pcalloc(p, sizeof(*login));
    login->id = bm_rows_int64(rows, 0, 0, 0);
    login->epoch = bm_rows_int64(rows, 0, 1, 0);
    login->name = bm_rows_text(rows, 0, 2);
    login->hash = bm_rows_text(rows, 0, 3);
    login->role = role_of(bm_rows_text(rows, 0, 4));
    login->disabled = bm_rows_bool(rows, 0, 5);
    (void)bm_projects_read(&login->projects, bm_rows_text(rows, 0, 6));
    return APR_SUCCESS;
}

static const bm_stmt_t user_check = { "user_check",
    "select role, array_to_string(projects, ',') from users where id = $1 and epoch = $2 and not disabled" };

apr_status_t bm_user_store_check(bm_role_e *prole, bm_projects_t *projects, bm_db_t *db, apr_int64_t id, apr_int64_t epoch,
                                 bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &user_check, BM_PARAMS(bm_param_int64(id), bm_param_int64(epoch)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    *prole = BM_ROLE_NONE;
    if (rv == APR_SUCCESS) {
        *prole = role_of(bm_rows_text(rows, 0, 0));
        (void)bm_projects_read(projects, bm_rows_text(rows, 0, 1));
    }
    return rv;
}

static const bm_stmt_t user_signed_in = { "user_signed_in", "update users set login_at = now() where id = $1" };

apr_status_t bm_user_store_signed_in(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &user_signed_in, BM_PARAMS(bm_param_int64(id)), err, p);
}

static const bm_stmt_t user_card = { "user_card", "select id, name, email, full_name from users where id = $1" };

apr_status_t bm_user_store_card(bm_user_card_t *card, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &user_card, BM_PARAMS(bm_param_int64(id)), err, p);

    rv = none_if_empty(rv, rows, id, err);
    if (rv != APR_SUCCESS)
        return rv;
    card->id = bm_rows_int64(rows, 0, 0, 0);
    card->name = bm_rows_text(rows, 0, 1);
    card->email = bm_rows_text(rows, 0, 2);
    card->full_name = bm_rows_text(rows, 0, 3);
    return APR_SUCCESS;
}
