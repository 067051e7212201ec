/* SPDX-License-Identifier: Apache-2.0
 *
 * health_api.c: /health (the process answers) and /health/ready (it can do its work). Both for everyone. */
#include "api/health_api.h"

#include "store/status_store.h"

static const bm_field_t health_fields[] = {
    { "status", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "healthy", .doc = "Always: whoever cannot say so does not answer." },
    { "mock_mode", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether provider tinyfish is answered by the mock." },
    { "project", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Name of this installation." },
    { "timestamp", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "The server's clock." },
    { NULL }
};

static const bm_field_t checks_fields[] = {
    { "database", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "ok, or what is wrong." },
    { "schema", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "ok, or what is wrong." },
    { "engine", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "ok, or what is wrong." },
    { NULL }
};

static const bm_field_t ready_fields[] = {
    { "status", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "ready|not_ready", .doc = "not_ready: 503." },
    { "checks", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = checks_fields, .doc = "One by one." },
    { NULL }
};

static const bm_schema_t health_schema = { "Health", health_fields };
static const bm_schema_t ready_schema = { "Ready", ready_fields };

static apr_status_t health_get(bm_req_t *q)
{
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "status");
    bm_jw_string(&q->w, "healthy");
    bm_jw_key(&q->w, "mock_mode");
    bm_jw_bool(&q->w, q->api->settings->mock_mode);
    bm_jw_key(&q->w, "project");
    bm_jw_string(&q->w, q->api->settings->project);
    bm_jw_key(&q->w, "timestamp");
    bm_jw_time(&q->w, q->now);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static void write_check(bm_req_t *q, const char *name, const char *wrong)
{
    bm_jw_key(&q->w, name);
    bm_jw_string(&q->w, wrong ? wrong : "ok");
}

static int is_schema_error(const bm_err_t *err)
{
    return err->code != NULL && err->code[0] == 's';
}

/* The three checks, each only if the one before it holds. NULL: fine. */
static apr_status_t health_ready(bm_req_t *q)
{
    const char *database = NULL, *schema = NULL, *engine = NULL;
    apr_int64_t alive = 0;
    bm_db_t *db;
    apr_status_t rv = bm_api_open(&db, q);

    if (rv != APR_SUCCESS) {
        database = is_schema_error(q->err) ? NULL : "unavailable";
        schema = database ? "unknown" : q->err->code;
        engine = "unknown";
    }
    else {
        rv = bm_status_store_alive(&alive, db, q->err, q->p);
        q->api->source->close(db, q->api->source);
        engine = rv != APR_SUCCESS ? "unknown" : alive > 0 ? NULL : "none";
    }
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "status");
    bm_jw_string(&q->w, database || schema || engine ? "not_ready" : "ready");
    bm_jw_key(&q->w, "checks");
    bm_jw_begin_object(&q->w);
    write_check(q, "database", database);
    write_check(q, "schema", schema);
    write_check(q, "engine", engine);
    bm_jw_end_object(&q->w);
    bm_jw_end_object(&q->w);
    if (database || schema || engine) {
        q->status = 503;
        apr_table_setn(q->headers, "Retry-After", "2");
    }
    return APR_SUCCESS;
}

const bm_route_t bm_health_api_routes[] = {
    { "GET", "/health", BM_ROLE_NONE, health_get, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, &health_schema,
      "getHealth", "service", "Whether the server answers." },
    { "GET", "/health/ready", BM_ROLE_NONE, health_ready, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, &ready_schema,
      "getReady", "service", "Whether database, schema and an engine are there; 503 if not.", .also = "503" },
    { NULL }
};
