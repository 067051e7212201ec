/* SPDX-License-Identifier: Apache-2.0
 *
 * users_api.c: /users: users of our own. Others come from httpd's providers and are not here. */
#include "api/users_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/new_password.h"
#include "api/page.h"
#include "api/resource.h"
#include "model/user_model.h"
#include "store/project_store.h"
#include "store/user_store.h"

static const bm_schema_t user_schema = { "User", bm_user_fields };
static const bm_schema_t new_schema = { "UserInput", bm_user_body_fields };
static const bm_schema_t change_schema = { "UserChange", bm_user_body_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "q", BM_QUERY_TEXT, 0, 200, NULL, "Part of name, full name or address." },
    { NULL }
};

static apr_status_t check_user(bm_req_t *q, const json_t *user)
{
    const char *trouble = bm_user_name_trouble(json_string_value(json_object_get(user, "name")));
    const char *email = json_string_value(json_object_get(user, "email"));

    if (trouble != NULL)
        return bm_err_violation(q->err, "/name", "%s", trouble);
    if (email != NULL && (strchr(email, '@') == NULL || bm_user_name_trouble(email) != NULL))
        return bm_err_violation(q->err, "/email", "Must be an address such as anna@example.com.");
    return APR_SUCCESS;
}

/* All of them are there. */
static apr_status_t check_projects(bm_req_t *q, const json_t *body)
{
    bm_projects_t projects = bm_projects_of_json(json_object_get(body, "projects"));
    apr_int64_t missing;
    apr_status_t rv = bm_project_store_missing(&missing, q->db, &projects, q->err, q->p);

    if (rv == APR_SUCCESS && missing != 0)
        return bm_err_violation(q->err, "/projects", "There is no project %" APR_INT64_T_FMT ".", missing);
    return rv;
}

static apr_status_t user_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    return bm_user_store_list(prows, q->db, listing, q->err, q->p);
}

static const bm_resource_t users_resource = {
    .letter = "u", .path = "/users", .fields = bm_user_fields, .first = BM_USER_FIRST, .list = user_list, .get = bm_user_store_get
};

static apr_status_t users_list(bm_req_t *q)
{
    return bm_resource_list(q, &users_resource);
}

static apr_status_t users_get(bm_req_t *q)
{
    return bm_resource_get(q, &users_resource);
}

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_USER_FIRST, bm_user_fields, bm_resource_etag("u", rows, BM_USER_FIRST, q->p));
}

/* No connection while a password is hashed. */
static apr_status_t create(bm_req_t *q)
{
    json_t *body = bm_field_complete(q->body, bm_user_body_fields, q->p);
    const char *password = json_string_value(json_object_get(body, "password")), *hash = NULL;
    bm_rows_t *rows;
    apr_status_t rv = check_user(q, body);

    if (rv == APR_SUCCESS)
        rv = bm_new_password_check_body(q, body);
    if (rv == APR_SUCCESS && password != NULL)
        rv = bm_authenticator_hash(&hash, q->api->auth, password, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_api_open(&q->db, q);
    if (rv == APR_SUCCESS)
        rv = check_projects(q, body);
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = bm_user_store_add(&rows, q->db, body, hash, q->who.user, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/users/%s", bm_rows_text(rows, 0, BM_USER_FIRST));
    reply(q, rows);
    return bm_api_commit(q);
}

static apr_status_t users_create(bm_req_t *q)
{
    apr_status_t rv = create(q);

    q->api->source->close(q->db, q->api->source);       /* rolls back what is not committed */
    q->db = NULL;
    return rv;
}

/* The user with the request laid over him; the password is not part of him. */
static apr_status_t merge(json_t **pmerged, bm_req_t *q, const bm_rows_t *rows)
{
    const char *etag = bm_resource_etag("u", rows, BM_USER_FIRST, q->p);
    json_t *stored;
    /* that he signed in meanwhile, or got a link, is no reason to refuse a change */
    apr_status_t rv = bm_api_check_match_begin(q, etag, apr_pstrmemdup(q->p, etag, strcspn(etag, "-") + 1));

    if (rv == APR_SUCCESS)
        rv = bm_resource_stored(&stored, q, rows, 0, BM_USER_FIRST, bm_user_fields);
    if (rv == APR_SUCCESS)
        rv = bm_field_check(q->body, bm_user_body_fields, BM_FIELD_UPDATE, stored, "", q->err, q->p);
    if (rv == APR_SUCCESS)
        *pmerged = bm_json_overlay(stored, q->body, q->p);
    return rv == APR_SUCCESS ? check_user(q, *pmerged) : rv;
}

/* A new password that the body may have is hashed before there is a connection; what is wrong with it is said later. */
static apr_status_t hash_of_body(const char **phash, bm_req_t *q)
{
    const char *password = json_string_value(json_object_get(q->body, "password"));

    *phash = NULL;
    if (password == NULL || strlen(password) < 8 || strlen(password) > 1024)
        return APR_SUCCESS;
    return bm_authenticator_hash(phash, q->api->auth, password, q->err, q->p);
}

static apr_status_t change(bm_req_t *q, const char *hash)
{
    json_t *merged;
    bm_rows_t *rows;
    apr_status_t rv = bm_user_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = merge(&merged, q, rows);
    if (rv == APR_SUCCESS)
        rv = check_projects(q, q->body);
    if (rv == APR_SUCCESS)
        rv = bm_new_password_check_body(q, merged);
    if (rv == APR_SUCCESS && json_object_get(q->body, "password") != NULL)
        rv = bm_user_store_set_password(q->db, q->ids[0], hash, NULL, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_user_store_put(&rows, q->db, q->ids[0], merged, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t users_update(bm_req_t *q)
{
    const char *hash;
    apr_status_t rv = hash_of_body(&hash, q);

    if (rv == APR_SUCCESS)
        rv = bm_api_open(&q->db, q);
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = change(q, hash);
    if (rv == APR_SUCCESS)
        rv = bm_api_commit(q);
    q->api->source->close(q->db, q->api->source);       /* rolls back what is not committed */
    q->db = NULL;
    if (rv == APR_SUCCESS)
        q->access_changed = 1;
    return rv;
}

static apr_status_t users_delete(bm_req_t *q)
{
    apr_status_t rv = bm_user_store_delete(q->db, q->ids[0], q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    q->access_changed = 1;
    bm_api_reply_message(q, "User %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return APR_SUCCESS;
}

static apr_status_t users_logout(bm_req_t *q)
{
    apr_status_t rv = bm_user_store_end_sessions(q->db, q->ids[0], q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    q->access_changed = 1;
    bm_api_reply_message(q, "The sessions of user %" APR_INT64_T_FMT " are over.", q->ids[0]);
    return APR_SUCCESS;
}

const bm_route_t bm_users_api_routes[] = {
    { "GET", "/users", BM_ROLE_ADMIN, users_list, BM_ROUTE_LIST | BM_ROUTE_WHOLE, 200, list_params, NULL, &user_schema,
      "listUsers", "users", "Users of our own, by id." },
    { "POST", "/users", BM_ROLE_ADMIN, users_create, BM_ROUTE_NO_DATABASE | BM_ROUTE_SECRET | BM_ROUTE_WHOLE, 201, NULL,
      &new_schema, &user_schema, "createUser", "users", "Add a user." },
    { "GET", "/users/{id}", BM_ROLE_ADMIN, users_get, BM_ROUTE_WHOLE, 200, NULL, NULL, &user_schema, "getUser", "users",
      "One user." },
    { "PUT", "/users/{id}", BM_ROLE_ADMIN, users_update,
      BM_ROUTE_NO_DATABASE | BM_ROUTE_UPDATE | BM_ROUTE_SECRET | BM_ROUTE_WHOLE, 200, NULL,
      &change_schema, &user_schema, "putUser", "users", "Change a user; members that are not given stay as they are." },
    { "PATCH", "/users/{id}", BM_ROLE_ADMIN, users_update,
      BM_ROUTE_NO_DATABASE | BM_ROUTE_UPDATE | BM_ROUTE_SECRET | BM_ROUTE_WHOLE, 200, NULL,
      &change_schema, &user_schema, "patchUser", "users", "Change a user; members that are not given stay as they are." },
    { "DELETE", "/users/{id}", BM_ROLE_ADMIN, users_delete, BM_ROUTE_WHOLE, 200, NULL, NULL, NULL, "deleteUser", "users",
      "Delete a user with his sessions and keys." },
    { "POST", "/users/{id}/logout", BM_ROLE_ADMIN, users_logout, BM_ROUTE_MAY_BE_BARE | BM_ROUTE_WHOLE, 200, NULL, NULL, NULL,
      "logoutUser", "users", "End all sessions of a user." },
    { NULL }
};
