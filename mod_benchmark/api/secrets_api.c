/* SPDX-License-Identifier: Apache-2.0
 *
 * secrets_api.c: /secrets: named secrets. A value goes in, encrypted before it leaves this process, and never comes out: engines
 * alone open it. */
#include "api/secrets_api.h"

#include <string.h>
#include "api/page.h"
#include "api/projects_api.h"
#include "api/resource.h"
#include "crypt/seal.h"
#include "model/secret_model.h"
#include "store/job_store.h"
#include "store/secret_store.h"

#define CHANGE (BM_ROUTE_TRANSACTION | BM_ROUTE_OWN_CHECK | BM_ROUTE_SECRET)

static const bm_field_t key_fields[] = {
    { "key_id", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Key that encrypted them." },
    { "secrets", BM_TYPE_INT, BM_FIELD_READ_ONLY,
      .doc = "How many, keys that sign tokens included; of 0 the key can leave the key rings." },
    { "readable", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether this node's key ring has the key." },
    { NULL }
};

static const bm_field_t ring_fields[] = {
    { "usable", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether this node's key ring can be used." },
    { "trouble", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Why not; null: it can." },
    { "active_key_id", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Key that encrypts what is set now." },
    { "keys", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = key_fields, .schema = "SecretKey",
      .doc = "Keys that encrypted what is stored, of all projects." },
    { NULL }
};

static const bm_schema_t secret_schema = { "Secret", bm_secret_fields };
static const bm_schema_t new_schema = { "SecretInput", bm_secret_new_fields };
static const bm_schema_t change_schema = { "SecretChange", bm_secret_change_fields };
static const bm_schema_t use_schema = { "SecretUse", bm_secret_use_fields };
static const bm_schema_t ring_schema = { "SecretKeys", ring_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "q", BM_QUERY_TEXT, 0, 200, NULL, "Part of name or description." },
    { NULL }
};

static const bm_query_param_t uses_params[] = {
    { "limit", BM_QUERY_INT, 1, BM_PAGE_LIMIT_MAX, NULL, "Most elements of the answer (default 100)." },
    { "skip", BM_QUERY_INT, 0, 1000000000, NULL, "Leave out this many first." },
    { NULL }
};

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_SECRET_FIRST, bm_secret_fields, bm_resource_etag("k", rows, BM_SECRET_FIRST, q->p));
}

/* The value of a body, encrypted; change->sealed stays NULL if there is none. */
static apr_status_t seal_value(bm_secret_change_t *change, bm_req_t *q, apr_int64_t project_id, const char *name)
{
    const json_t *value = json_object_get(q->body, "value");
    const bm_key_ring_t *ring = q->api->settings->key_ring;

    if (value == NULL)
        return APR_SUCCESS;
    change->key_id = bm_key_ring_active(ring);
    return bm_seal(&change->sealed, ring, bm_secret_place(project_id, name, q->p), json_string_value(value),
                   json_string_length(value), q->err, q->p);
}

static apr_status_t secrets_list(bm_req_t *q)
{
    bm_listing_t listing = { .q = bm_query_string_text(q->query, "q") };
    bm_page_t page;
    bm_rows_t *rows;
    apr_status_t rv;

    bm_page_read(&page, q);
    listing.after = page.after;
    listing.skip = page.skip;
    listing.limit = page.limit + 1;
    rv = bm_secret_store_list(&rows, q->db, &listing, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_SECRET_FIRST, bm_secret_fields, 0, BM_SECRET_FIRST);
    if (!page.total)
        return APR_SUCCESS;
    listing.count_only = 1;
    rv = bm_secret_store_list(&rows, q->db, &listing, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, bm_rows_int64(rows, 0, 0, 0));
    return rv;
}

static apr_status_t secrets_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_secret_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t check_name(bm_req_t *q, const char *name)
{
    if (!bm_secret_is_name(name))
        return bm_err_violation(q->err, "/name", "Must be letters, digits, _ . and -, with a letter or _ first.");
    if (apr_table_get(q->api->settings->secrets, name) != NULL)
        return bm_err_set(q->err, APR_EEXIST, "secret_in_configuration",
                          "BenchmarkSecret gives this name a file, which would be used instead.");
    return APR_SUCCESS;
}

static apr_status_t secrets_create(bm_req_t *q)
{
    const char *name = json_string_value(json_object_get(q->body, "name"));
    bm_secret_change_t change = { .description = json_string_value(json_object_get(q->body, "description")) };
    apr_int64_t project_id;
    bm_rows_t *rows;
    apr_status_t rv = check_name(q, name);

    if (rv == APR_SUCCESS)
        rv = bm_project_of_new(&project_id, q, q->body);
    if (rv == APR_SUCCESS)
        rv = seal_value(&change, q, project_id, name);
    if (rv == APR_SUCCESS)
        rv = bm_secret_store_add(&rows, q->db, project_id, name, &change, q->who.user, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/secrets/%s", bm_rows_text(rows, 0, BM_SECRET_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

static apr_status_t lock(bm_rows_t **prows, bm_req_t *q)
{
    apr_status_t rv = bm_secret_store_get(prows, q->db, q->ids[0], 1, q->err, q->p);

    return rv == APR_SUCCESS ? bm_api_check_match(q, bm_resource_etag("k", *prows, BM_SECRET_FIRST, q->p)) : rv;
}

/* Members that are not given stay as they are. */
static apr_status_t secrets_update(bm_req_t *q)
{
    bm_secret_change_t change = { 0 };
    json_t *stored;
    bm_rows_t *rows;
    apr_status_t rv = lock(&rows, q);

    if (rv == APR_SUCCESS)
        rv = bm_resource_stored(&stored, q, rows, 0, BM_SECRET_FIRST, bm_secret_fields);
    if (rv == APR_SUCCESS)
        rv = bm_field_check(q->body, bm_secret_change_fields, BM_FIELD_UPDATE, NULL, "", q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = seal_value(&change, q, json_integer_value(json_object_get(stored, "project_id")),
                        json_string_value(json_object_get(stored, "name")));
    if (rv != APR_SUCCESS)
        return rv;
    change.description = json_string_value(json_object_get(json_object_get(q->body, "description") ? q->body : stored,
                                                           "description"));
    rv = bm_secret_store_put(&rows, q->db, q->ids[0], &change, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t secrets_delete(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = lock(&rows, q);

    if (rv == APR_SUCCESS)
        rv = bm_secret_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Secret %" APR_INT64_T_FMT " was deleted; runs that name it fail.", q->ids[0]);
    return rv;
}

static apr_status_t secrets_uses(bm_req_t *q)
{
    bm_page_t page;
    json_t *stored;
    bm_rows_t *rows;
    apr_status_t rv = bm_secret_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    bm_page_read(&page, q);
    if (rv == APR_SUCCESS)
        rv = bm_resource_stored(&stored, q, rows, 0, BM_SECRET_FIRST, bm_secret_fields);
    if (rv == APR_SUCCESS)
        rv = bm_secret_store_uses(&rows, q->db, json_integer_value(json_object_get(stored, "project_id")),
                                  json_string_value(json_object_get(stored, "name")), page.limit + 1, page.skip, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_reply(q, &page, rows, 0, bm_secret_use_fields, 0, -1);
    return rv;
}

/* --- keys */

static apr_status_t keys_get(bm_req_t *q)
{
    const bm_key_ring_t *ring = q->api->settings->key_ring;
    bm_rows_t *rows;
    apr_status_t rv = bm_secret_store_keys(&rows, q->db, q->err, q->p);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "usable");
    bm_jw_bool(&q->w, bm_key_ring_trouble(ring) == NULL);
    bm_jw_key(&q->w, "trouble");
    bm_jw_string(&q->w, bm_key_ring_trouble(ring));
    bm_jw_key(&q->w, "active_key_id");
    bm_jw_string(&q->w, bm_key_ring_active(ring));
    bm_jw_key(&q->w, "keys");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++) {
        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "key_id");
        bm_jw_string(&q->w, bm_rows_text(rows, i, 0));
        bm_jw_key(&q->w, "secrets");
        bm_jw_int(&q->w, bm_rows_int64(rows, i, 1, 0));
        bm_jw_key(&q->w, "readable");
        bm_jw_bool(&q->w, bm_key_ring_find(ring, bm_rows_text(rows, i, 0)) != NULL);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t keys_rotate(bm_req_t *q)
{
    const bm_key_ring_t *ring = q->api->settings->key_ring;
    apr_status_t rv;

    if (bm_key_ring_trouble(ring) != NULL)
        return bm_err_set(q->err, APR_EAGAIN, "secret_keys_unusable", "%s", bm_key_ring_trouble(ring));
    rv = bm_job_store_wake(q->db, "secret-rotation", q->err, q->p);
    return rv == APR_SUCCESS ? keys_get(q) : rv;
}

const bm_route_t bm_secrets_api_routes[] = {
    { "GET", "/secrets", BM_ROLE_ADMIN, secrets_list, BM_ROUTE_LIST, 200, list_params, NULL, &secret_schema, "listSecrets",
      "secrets", "Named secrets without their values, by id." },
    { "POST", "/secrets", BM_ROLE_ADMIN, secrets_create, BM_ROUTE_TRANSACTION | BM_ROUTE_SECRET, 201, NULL, &new_schema,
      &secret_schema, "createSecret", "secrets", "Set a secret that runs can name." },
    { "GET", "/secrets/{id}", BM_ROLE_ADMIN, secrets_get, 0, 200, NULL, NULL, &secret_schema, "getSecret", "secrets",
      "One secret without its value." },
    { "PUT", "/secrets/{id}", BM_ROLE_ADMIN, secrets_update, CHANGE, 200, NULL, &change_schema, &secret_schema, "putSecret",
      "secrets", "Set its value anew or describe it; what is not given stays. Runs that begin later have the new value." },
    { "PATCH", "/secrets/{id}", BM_ROLE_ADMIN, secrets_update, CHANGE, 200, NULL, &change_schema, &secret_schema, "patchSecret",
      "secrets", "Set its value anew or describe it; what is not given stays. Runs that begin later have the new value." },
    { "DELETE", "/secrets/{id}", BM_ROLE_ADMIN, secrets_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL, "deleteSecret",
      "secrets", "Delete a secret; runs that name it fail from then on." },
    { "GET", "/secrets/{id}/uses", BM_ROLE_ADMIN, secrets_uses, BM_ROUTE_LIST, 200, uses_params, NULL, &use_schema,
      "listSecretUses", "secrets", "Automations and scenarios that name it." },
    { "GET", "/secrets/keys", BM_ROLE_ADMIN, keys_get, BM_ROUTE_WHOLE, 200, NULL, NULL, &ring_schema, "getSecretKeys",
      "secrets",
      "The key ring of this node, and which keys encrypted what is stored." },
    { "POST", "/secrets/rotate", BM_ROLE_ADMIN, keys_rotate, BM_ROUTE_WHOLE, 202, NULL, NULL, &ring_schema, "rotateSecrets",
      "secrets",
      "Have an engine encrypt everything with its active key that another one encrypted; the answer is how it is now." },
    { NULL }
};
