/* SPDX-License-Identifier: Apache-2.0
 *
 * about_api.c: /about: version, schema, database, nodes, what is built in, and the limits that a client meets. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "api/about_api.h"

#include "api/page.h"
#include "db/migrate.h"
#include "model/field_values.h"
#include "model/run_model.h"
#include "provider/provider.h"
#include "store/about_store.h"

#define OURS BM_FIELD_READ_ONLY

static const bm_field_t schema_fields[] = {
    { "version", BM_TYPE_INT, OURS, .doc = "Version of the database schema." },
    { "expected", BM_TYPE_INT, OURS, .doc = "Version that this server needs." },
    { NULL }
};

static const bm_field_t database_fields[] = {
    { "version", BM_TYPE_STRING, OURS, .doc = "Version of PostgreSQL." },
    { "schema_name", BM_TYPE_STRING, OURS, .doc = "Schema that the tables are in." },
    { "tls", BM_TYPE_BOOL, OURS, .doc = "Whether the connection is encrypted." },
    { "tls_version", BM_TYPE_STRING, OURS | BM_FIELD_NULLABLE, .doc = "Protocol." },
    { "tls_cipher", BM_TYPE_STRING, OURS | BM_FIELD_NULLABLE, .doc = "Cipher." },
    { "replica", BM_TYPE_BOOL, OURS, .doc = "Whether it is a standby." },
    { NULL }
};

static const bm_field_t limits_fields[] = {
    { "max_body_bytes", BM_TYPE_INT, OURS, .doc = "Largest request body." },
    { "max_page", BM_TYPE_INT, OURS, .doc = "Most elements of a list." },
    { "max_bulk_runs", BM_TYPE_INT, OURS, .doc = "Most runs of one bulk request." },
    { "max_stored_response_bytes", BM_TYPE_INT, OURS, .doc = "Bytes of a target's answer that are kept." },
    { "max_json_depth", BM_TYPE_INT, OURS, .doc = "Deepest nesting of a body." },
    { NULL }
};

static const bm_field_t about_fields[] = {
    { "name", BM_TYPE_STRING, OURS, .doc = "mod_benchmark." },
    { "version", BM_TYPE_STRING, OURS, .doc = "Its version." },
    { "server", BM_TYPE_STRING, OURS | BM_FIELD_NULLABLE, .doc = "The httpd it runs in." },
    { "project", BM_TYPE_STRING, OURS, .doc = "Name of this installation." },
    { "base_url", BM_TYPE_STRING, OURS, .doc = "Address that links begin with." },
    { "mock_mode", BM_TYPE_BOOL, OURS, .doc = "Whether provider tinyfish is answered by the mock." },
    { "engine_here", BM_TYPE_BOOL, OURS, .doc = "Whether this httpd runs an engine (BenchmarkEngine)." },
    { "schema", BM_TYPE_OBJECT, OURS, .members = schema_fields, .doc = "The database schema." },
    { "database", BM_TYPE_OBJECT, OURS, .members = database_fields, .doc = "The database." },
    { "nodes", BM_TYPE_INT, OURS, .doc = "Machines whose engine was seen in the last day." },
    { "engines_alive", BM_TYPE_INT, OURS, .doc = "Engines that run now." },
    { "providers", BM_TYPE_STRINGS, OURS, .doc = "Kinds of targets." },
    { "features", BM_TYPE_OBJECT, OURS, .members = bm_field_flags,
      .doc = "What is built in; events: whether there are any to watch." },
    { "limits", BM_TYPE_OBJECT, OURS, .members = limits_fields, .doc = "Limits that a client meets." },
    { NULL }
};

static const bm_schema_t about_schema = { "About", about_fields };

static const struct {
    const char *name;
    int built_in;
} features[] = {
#ifdef HAVE_SODIUM
    { "secrets_at_rest", 1 },
#else
    { "secrets_at_rest", 0 },
#endif
#ifdef HAVE_WSLAY
    { "websocket", 1 },
#else
    { "websocket", 0 },
#endif
#ifdef HAVE_PROTOBUF_C
    { "protobuf", 1 },
#else
    { "protobuf", 0 },
#endif
#ifdef HAVE_PCRE2
    { "regular_expressions", 1 },
#else
    { "regular_expressions", 0 },
#endif
};

static void key_string(bm_req_t *q, const char *key, const char *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, value);
}

static void key_int(bm_req_t *q, const char *key, apr_int64_t value)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, value);
}

static void key_bool(bm_req_t *q, const char *key, int value)
{
    bm_jw_key(&q->w, key);
    bm_jw_bool(&q->w, value);
}

static void write_program(bm_req_t *q)
{
    const bm_settings_t *settings = q->api->settings;

    key_string(q, "name", "mod_benchmark");
    key_string(q, "version", BM_VERSION);
    key_string(q, "server", q->api->server);
    key_string(q, "project", settings->project);
    key_string(q, "base_url", settings->public_url ? settings->public_url : q->base_url);
    key_bool(q, "mock_mode", settings->mock_mode);
    key_bool(q, "engine_here", settings->engine);
}

static void write_database(bm_req_t *q, const bm_rows_t *rows, int version)
{
    bm_jw_key(&q->w, "schema");
    bm_jw_begin_object(&q->w);
    key_int(q, "version", version);
    key_int(q, "expected", BM_SCHEMA_VERSION);
    bm_jw_end_object(&q->w);
    bm_jw_key(&q->w, "database");
    bm_jw_begin_object(&q->w);
    key_string(q, "version", bm_rows_text(rows, 0, 0));
    key_string(q, "schema_name", q->api->settings->schema);
    key_bool(q, "tls", bm_rows_bool(rows, 0, 1));
    key_string(q, "tls_version", bm_rows_text(rows, 0, 2));
    key_string(q, "tls_cipher", bm_rows_text(rows, 0, 3));
    key_bool(q, "replica", bm_rows_bool(rows, 0, 4));
    bm_jw_end_object(&q->w);
    key_int(q, "nodes", bm_rows_int64(rows, 0, 5, 0));
    key_int(q, "engines_alive", bm_rows_int64(rows, 0, 6, 0));
}

static void write_features(bm_req_t *q)
{
    const bm_provider_t *const *provider;
    size_t i;

    bm_jw_key(&q->w, "providers");
    bm_jw_begin_array(&q->w);
    for (provider = bm_provider_list(); *provider != NULL; provider++)
        bm_jw_string(&q->w, (*provider)->name);
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "features");
    bm_jw_begin_object(&q->w);
    for (i = 0; i < sizeof(features) / sizeof(features[0]); i++)
        key_bool(q, features[i].name, features[i].built_in);
    key_bool(q, "events", q->api->settings->max_live_clients != 0);
    bm_jw_end_object(&q->w);
    bm_jw_key(&q->w, "limits");
    bm_jw_begin_object(&q->w);
    key_int(q, "max_body_bytes", q->api->settings->max_body);
    key_int(q, "max_page", BM_PAGE_LIMIT_MAX);
    key_int(q, "max_bulk_runs", BM_RUN_BULK_MAX);
    key_int(q, "max_stored_response_bytes", q->api->settings->max_response_stored);
    key_int(q, "max_json_depth", BM_JSON_MAX_DEPTH);
    bm_jw_end_object(&q->w);
}

static apr_status_t about_get(bm_req_t *q)
{
    bm_migrate_state_e state;
    bm_rows_t *rows;
    int version;
    apr_status_t rv = bm_migrate_check(&state, &version, q->db, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_about_store_get(&rows, q->db, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    write_program(q);
    write_database(q, rows, version);
    write_features(q);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_about_api_routes[] = {
    { "GET", "/about", BM_ROLE_VIEWER, about_get, 0, 200, NULL, NULL, &about_schema,
      "getAbout", "service", "Version, schema, database, nodes, features and limits." },
    { NULL }
};
