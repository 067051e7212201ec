/* SPDX-License-Identifier: Apache-2.0 */
#include "store/api_key_store.h"

#include <string.h>
#include <apr_strings.h>
#include "model/user_model.h"
#include "store/event_sql.h"
#include "store/row_json.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no API key %" APR_INT64_T_FMT ".", id);
    return rv;
}

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', "version, ", bm_api_key_fields, 0);
}

static void add_owner(bm_select_t *s, const bm_api_key_owner_t *owner)
{
    if (owner == NULL)
        return;
    bm_select_param(s, 'u', " and user_name = ", bm_param_text(owner->user), "");
    bm_select_param(s, 'w', " and coalesce(user_id, 0) = ", bm_param_int64(owner->user_id), "");
}

apr_status_t bm_api_key_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const bm_api_key_owner_t *owner,
                                   bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("api_key_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from api_keys where true");
    add_owner(s, owner);
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_api_key_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const bm_api_key_owner_t *owner, bm_err_t *err,
                                  apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("api_key_get", "select ", p);
    apr_status_t rv;

    add_columns(s);
    bm_select_param(s, 'i', " from api_keys where id = ", bm_param_int64(id), "");
    add_owner(s, owner);
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

static bm_param_t member(const json_t *body, const char *name, apr_pool_t *p)
{
    return bm_row_json_param(json_object_get(body, name), bm_field_find(bm_api_key_fields, name), p);
}

apr_status_t bm_api_key_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *prefix, const char *secret,
                                  const bm_api_key_owner_t *owner, const char *created_by, bm_err_t *err, apr_pool_t *p)
{
    unsigned char digest[BM_DIGEST_BYTES];
    bm_projects_t given = bm_projects_of_json(json_object_get(body, "projects"));
    bm_param_t projects = bm_param_null_if(given.all, bm_param_int64s(given.ids, given.n, p));
    bm_select_t *s = bm_select_make("api_key_add",
                                    "with c as (insert into api_keys (name, role, scopes, expires_at, projects,", p);

    bm_opaque_digest(digest, secret, strlen(secret));
    bm_select_param(s, 'n', " prefix, hash, user_name, user_id, created_by) values (", member(body, "name", p), "");
    bm_select_param(s, 'r', ", ", member(body, "role", p), "");
    bm_select_param(s, 's', ", ", member(body, "scopes", p), "");
    bm_select_param(s, 'e', ", ", member(body, "expires_at", p), "");
    bm_select_param(s, 'p', ", ", projects, "");
    bm_select_param(s, 'x', ", ", bm_param_text(prefix), "");
    bm_select_param(s, 'h', ", ", bm_param_bytes(digest, BM_DIGEST_BYTES), "");
    bm_select_param(s, 'u', ", ", bm_param_text(owner->user), "");
    bm_select_param(s, 'i', ", ", bm_param_null_if(owner->user_id == 0, bm_param_int64(owner->user_id)), "");
    bm_select_param(s, 'b', ", ", bm_param_text(created_by), ") returning *), k as ("
                    BM_EVENT_SQL_CHANGED_APART("key", "created", "c") ") select ");
    add_columns(s);
    bm_select_add(s, 'z', " from c");
    return bm_select_run(prows, s, db, err, p);
}

static const bm_stmt_t api_key_delete = { "api_key_delete",
    "with c as (delete from api_keys where id = $1 and ($2 or (user_name = $3 and coalesce(user_id, 0) = $4)) returning id),"
    " k as (" BM_EVENT_SQL_CHANGED_APART("key", "deleted", "c") "),"
    " e as (insert into events (project_id, kind, payload) select 0, 'access.revoked', jsonb_build_object('key', c.id) from c"
    BM_EVENT_SQL_NOTIFY ") select id from c" };

apr_status_t bm_api_key_store_delete(bm_db_t *db, apr_int64_t id, const bm_api_key_owner_t *owner, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &api_key_delete,
                                  BM_PARAMS(bm_param_int64(id), bm_param_bool(owner == NULL),
                                            bm_param_text(owner != NULL ? owner->user : NULL),
                                            bm_param_int64(owner != NULL ? owner->user_id : 0)), err, p);

    return none_if_empty(rv, rows, id, err);
}

/* --- for who shows one */

static const bm_stmt_t api_key_find = { "api_key_find",
    "select k.id, k.hash, k.user_name, k.user_id, k.role, array_to_string(k.scopes, ','), u.role,"
    " coalesce((extract(epoch from k.expires_at - now()) * 1000000)::bigint, 0),"
    " coalesce(k.last_used_at < now() - interval '1 minute', true), array_to_string(u.projects, ','),"
    " array_to_string(k.projects, ',')"
    " from api_keys k left join users u on u.id = k.user_id"
    " where k.prefix = $1 and (k.expires_at is null or k.expires_at > now()) and (k.user_id is null or not u.disabled)" };
static const bm_stmt_t api_key_used = { "api_key_used", "update api_keys set last_used_at = now() where id = $1" };

enum { ID, HASH, USER, USER_ID, ROLE, SCOPES, USER_ROLE, LASTS, DUE, USER_PROJECTS, PROJECTS };

static unsigned scopes_of(const char *list, apr_pool_t *p)
{
    char *words, *last, *word;
    unsigned scopes = 0;

    if (list == NULL)
        return BM_SCOPE_ALL;
    words = apr_pstrdup(p, list);
    for (word = apr_strtok(words, ",", &last); word != NULL; word = apr_strtok(NULL, ",", &last))
        scopes |= bm_scope_find(word);
    return scopes;
}

static bm_role_e role_of(const bm_rows_t *rows, int column)
{
    const char *name = bm_rows_text(rows, 0, column);
    int role = name != NULL ? bm_role_find(name) : -1;

    return role < 0 ? BM_ROLE_NONE : (bm_role_e)role;
}

apr_status_t bm_api_key_store_find(bm_identity_t *who, bm_db_t *db, const char *prefix, const char *secret, bm_err_t *err,
                                   apr_pool_t *p)
{
    unsigned char digest[BM_DIGEST_BYTES];
    bm_projects_t own;
    const void *hash;
    bm_rows_t *rows;
    apr_int64_t lasts;
    apr_status_t rv = bm_db_query(&rows, db, &api_key_find, BM_PARAMS(bm_param_text(prefix)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    bm_opaque_digest(digest, secret, strlen(secret));
    if (bm_rows_count(rows) == 0 || bm_rows_bytes(&hash, rows, 0, HASH, p) != BM_DIGEST_BYTES
        || !bm_opaque_same(hash, digest, BM_DIGEST_BYTES))
        return APR_NOTFOUND;
    memset(who, 0, sizeof(*who));
    who->credential = BM_CREDENTIAL_KEY;
    apr_cpystrn(who->user, bm_rows_text(rows, 0, USER), sizeof(who->user));
    who->user_id = bm_rows_int64(rows, 0, USER_ID, 0);
    who->key_id = bm_rows_int64(rows, 0, ID, 0);
    who->role = role_of(rows, USER_ROLE);
    who->most = role_of(rows, ROLE);
    (void)bm_projects_read(&who->projects, bm_rows_text(rows, 0, USER_PROJECTS));
    (void)bm_projects_read(&own, bm_rows_text(rows, 0, PROJECTS));
    bm_projects_narrow(&who->projects, &own);
    who->scopes = scopes_of(bm_rows_text(rows, 0, SCOPES), p);
    lasts = bm_rows_int64(rows, 0, LASTS, 0);
    who->until = lasts > 0 ? apr_time_now() + lasts : 0;
    if (bm_rows_bool(rows, 0, DUE))
        rv = bm_db_query(NULL, db, &api_key_used, BM_PARAMS(bm_param_int64(who->key_id)), err, p);
    return rv;
}
