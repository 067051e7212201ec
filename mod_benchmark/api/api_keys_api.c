/* SPDX-License-Identifier: Apache-2.0
 *
 * api_keys_api.c: /api-keys: keys of programs. Everybody has his own; who administers sees and deletes all. */
#include "api/api_keys_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/page.h"
#include "api/resource.h"
#include "base/rand.h"
#include "base/text.h"
#include "model/user_model.h"
#include "store/api_key_store.h"
#include "store/row_json.h"

static const bm_schema_t key_schema = { "ApiKey", bm_api_key_fields };

static const bm_field_t made_fields[] = {
    { "key", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "For `Authorization: Bearer`. It is shown this once." },
    { "api_key", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = bm_api_key_fields, .schema = "ApiKey", .doc = "What is kept." },
    { NULL }
};
static const bm_schema_t made_schema = { "ApiKeyMade", made_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "all", BM_QUERY_BOOL, 0, 0, NULL, "true: also of others. For administrators." },
    { NULL }
};

static apr_int64_t own_id(const bm_req_t *q)
{
    return q->who.identity != NULL ? q->who.identity->user_id : 0;
}

/* Whose keys the request may see. A key is no person: it manages none. */
static apr_status_t check_person(bm_req_t *q)
{
    if (q->who.identity != NULL && q->who.identity->credential == BM_CREDENTIAL_KEY)
        return bm_err_set(q->err, APR_EACCES, "needs_a_person",
                          "API keys are managed by who has logged in, not with an API key.");
    if (q->who.user == NULL && q->who.role < BM_ROLE_ADMIN)
        return bm_err_set(q->err, APR_EEXIST, "needs_a_person", "An API key belongs to somebody; nobody is logged in.");
    return APR_SUCCESS;
}

/* Who administers all projects manages everybody's. */
static int manages_all(const bm_req_t *q)
{
    return q->who.role >= BM_ROLE_ADMIN && q->who.projects.all;
}

static apr_status_t key_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    const bm_api_key_owner_t owner = { q->who.user, own_id(q) };
    int all = bm_query_string_bool(q->query, "all", 0) && manages_all(q);

    return bm_api_key_store_list(prows, q->db, listing, all ? NULL : &owner, q->err, q->p);
}

static const bm_resource_t keys_resource = {
    .letter = "k", .path = "/api-keys", .fields = bm_api_key_fields, .first = BM_API_KEY_FIRST, .list = key_list
};

static apr_status_t keys_list(bm_req_t *q)
{
    apr_status_t rv = check_person(q);

    return rv == APR_SUCCESS ? bm_resource_list(q, &keys_resource) : rv;
}

static apr_status_t make_prefix(const char **pprefix, apr_pool_t *p)
{
    unsigned char bytes[BM_API_KEY_PREFIX_LENGTH / 2];
    apr_status_t rv = bm_rand_secure(bytes, sizeof(bytes));

    *pprefix = rv == APR_SUCCESS ? bm_text_hex(bytes, sizeof(bytes), p) : NULL;
    return rv;
}

static apr_status_t check_key(bm_req_t *q, const json_t *body)
{
    int role = bm_role_find(json_string_value(json_object_get(body, "role")));
    bm_projects_t projects = bm_projects_of_json(json_object_get(body, "projects"));
    int i;

    if (q->who.user == NULL)
        return bm_err_set(q->err, APR_EEXIST, "needs_a_person", "An API key belongs to somebody; nobody is logged in.");
    if (strlen(q->who.user) > BM_USER_NAME_MAX)
        return bm_err_set(q->err, APR_EEXIST, NULL, "Your name is too long to have API keys.");
    if (role > (int)q->who.role)
        return bm_err_violation(q->err, "/role", "Must not be more than your own, which is %s.", bm_role_name(q->who.role));
    for (i = 0; i < projects.n; i++)
        if (!bm_projects_has(&q->who.projects, projects.ids[i]))
            return bm_err_violation(q->err, apr_psprintf(q->p, "/projects/%d", i), "There is no project %" APR_INT64_T_FMT ".",
                                    projects.ids[i]);
    return APR_SUCCESS;
}

static apr_status_t keys_create(bm_req_t *q)
{
    json_t *body = bm_field_complete(q->body, bm_api_key_fields, q->p);
    const bm_api_key_owner_t owner = { q->who.user, own_id(q) };
    char secret[BM_OPAQUE_LENGTH + 1];
    const char *prefix;
    bm_rows_t *rows;
    apr_status_t rv = check_person(q);

    if (rv == APR_SUCCESS)
        rv = check_key(q, body);
    if (rv == APR_SUCCESS)
        rv = make_prefix(&prefix, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_opaque_make(secret);
    if (rv == APR_SUCCESS)
        rv = bm_api_key_store_add(&rows, q->db, body, prefix, secret, &owner, q->who.user, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/api-keys/%s", bm_rows_text(rows, 0, BM_API_KEY_FIRST));
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "key");
    bm_jw_string(&q->w, apr_pstrcat(q->p, BM_KEY_MARK, prefix, "_", secret, NULL));
    bm_jw_key(&q->w, "api_key");
    bm_row_json_write(&q->w, rows, 0, BM_API_KEY_FIRST, bm_api_key_fields, 0);
    bm_jw_end_object(&q->w);
    bm_opaque_wipe(secret, sizeof(secret));
    return APR_SUCCESS;
}

/* Whoever asks is told the same of another's key as of none; the audit log knows better. */
static apr_status_t missing(bm_req_t *q, apr_status_t rv)
{
    bm_rows_t *rows;

    if (rv == APR_NOTFOUND)
        q->foreign = bm_api_key_store_get(&rows, q->db, q->ids[0], NULL, bm_err_make(q->p), q->p) == APR_SUCCESS;
    return rv;
}

static apr_status_t keys_get(bm_req_t *q)
{
    const bm_api_key_owner_t owner = { q->who.user, own_id(q) };
    bm_rows_t *rows;
    apr_status_t rv = check_person(q);

    if (rv == APR_SUCCESS)
        rv = bm_api_key_store_get(&rows, q->db, q->ids[0], manages_all(q) ? NULL : &owner, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_row(q, rows, 0, BM_API_KEY_FIRST, bm_api_key_fields, bm_resource_etag("k", rows, BM_API_KEY_FIRST, q->p));
    return missing(q, rv);
}

static apr_status_t keys_delete(bm_req_t *q)
{
    const bm_api_key_owner_t owner = { q->who.user, own_id(q) };
    apr_status_t rv = check_person(q);

    if (rv == APR_SUCCESS)
        rv = bm_api_key_store_delete(q->db, q->ids[0], manages_all(q) ? NULL : &owner, q->err, q->p);
    if (rv != APR_SUCCESS)
        return missing(q, rv);
    q->access_changed = 1;
    bm_api_reply_message(q, "API key %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return APR_SUCCESS;
}

const bm_route_t bm_api_keys_api_routes[] = {
    { "GET", "/api-keys", BM_ROLE_VIEWER, keys_list, BM_ROUTE_LIST, 200, list_params, NULL, &key_schema, "listApiKeys", "users",
      "One's own API keys, by id." },
    { "POST", "/api-keys", BM_ROLE_VIEWER, keys_create, BM_ROUTE_OWN_ACCOUNT, 201, NULL, &key_schema, &made_schema,
      "createApiKey", "users", "Make an API key; the answer shows it this once." },
    { "GET", "/api-keys/{id}", BM_ROLE_VIEWER, keys_get, 0, 200, NULL, NULL, &key_schema, "getApiKey", "users", "One API key." },
    { "DELETE", "/api-keys/{id}", BM_ROLE_VIEWER, keys_delete, BM_ROUTE_OWN_ACCOUNT, 200, NULL, NULL, NULL, "deleteApiKey",
      "users", "Delete an API key: it is worth nothing from then on." },
    { NULL }
};
