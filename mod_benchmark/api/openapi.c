/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openapi.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "api/openapi_schemas.h"
#include "api/problem.h"
#include "api/routes.h"

#define PROTOBUF "application/x-protobuf"

static void key_string(bm_jw_t *w, const char *key, const char *value)
{
    bm_jw_key(w, key);
    bm_jw_string(w, value);
}

static void key_object(bm_jw_t *w, const char *key)
{
    bm_jw_key(w, key);
    bm_jw_begin_object(w);
}

static void write_ref(bm_jw_t *w, const char *name, apr_pool_t *p)
{
    bm_jw_begin_object(w);
    key_string(w, "$ref", apr_pstrcat(p, "#/components/schemas/", name, NULL));
    bm_jw_end_object(w);
}

/* --- parameters */

static void write_scalar_schema(bm_jw_t *w, const bm_query_param_t *param)
{
    int is_int = param->type == BM_QUERY_INT || param->type == BM_QUERY_INT_LIST;

    bm_jw_begin_object(w);
    key_string(w, "type", is_int ? "integer" : param->type == BM_QUERY_BOOL ? "boolean" : "string");
    if (param->values != NULL)
        bm_field_write_enum(w, param->values, 0);
    if ((is_int && (param->min != 0 || param->max != 0)) || (param->type == BM_QUERY_TEXT && param->max != 0)) {
        bm_jw_key(w, is_int ? "minimum" : "minLength");
        bm_jw_int(w, param->min);
        bm_jw_key(w, is_int ? "maximum" : "maxLength");
        bm_jw_int(w, param->max);
    }
    bm_jw_end_object(w);
}

static void write_query_param(bm_jw_t *w, const bm_query_param_t *param)
{
    int is_list = param->type == BM_QUERY_ENUM_LIST || param->type == BM_QUERY_INT_LIST;

    bm_jw_begin_object(w);
    key_string(w, "name", param->name);
    key_string(w, "in", "query");
    key_string(w, "description", param->doc);
    if (is_list) {
        key_string(w, "style", "form");
        bm_jw_key(w, "explode");
        bm_jw_bool(w, 0);
    }
    bm_jw_key(w, "schema");
    if (is_list) {
        bm_jw_begin_object(w);
        key_string(w, "type", "array");
        bm_jw_key(w, "items");
    }
    write_scalar_schema(w, param);
    if (is_list)
        bm_jw_end_object(w);
    bm_jw_end_object(w);
}

static void write_path_params(bm_jw_t *w, const char *path, apr_pool_t *p)
{
    const char *at = path;

    while ((at = strchr(at, '{')) != NULL) {
        size_t n = strcspn(at, "}");

        bm_jw_begin_object(w);
        key_string(w, "name", apr_pstrmemdup(p, at + 1, n - 1));
        key_string(w, "in", "path");
        bm_jw_key(w, "required");
        bm_jw_bool(w, 1);
        key_object(w, "schema");
        key_string(w, "type", bm_routes_is_text(at) ? "string" : "integer");
        bm_jw_end_object(w);
        bm_jw_end_object(w);
        at += n;
    }
}

static void write_header_param(bm_jw_t *w, const char *name, const char *doc)
{
    bm_jw_begin_object(w);
    key_string(w, "name", name);
    key_string(w, "in", "header");
    key_string(w, "description", doc);
    key_object(w, "schema");
    key_string(w, "type", "string");
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

static void write_params(bm_jw_t *w, const bm_route_t *route, apr_pool_t *p)
{
    const bm_query_param_t *param;

    bm_jw_key(w, "parameters");
    bm_jw_begin_array(w);
    write_path_params(w, route->path, p);
    for (param = route->query; param != NULL && param->name != NULL; param++)
        write_query_param(w, param);
    if (route->flags & BM_ROUTE_IDEMPOTENT)
        write_header_param(w, "Idempotency-Key", "The same key with the same body happens once; the first answer comes again.");
    if (strcmp(route->method, "GET") == 0)
        write_header_param(w, "If-None-Match", "304 if the entity tag is still the same.");
    if ((route->flags & BM_ROUTE_UPDATE) || strcmp(route->method, "DELETE") == 0)
        write_header_param(w, "If-Match", "412 if the entity tag is another meanwhile.");
    bm_jw_end_array(w);
}

/* --- bodies and answers */

/* `locations` in the body changes what is answered. */
static void write_fanned_out(bm_jw_t *w, const bm_schema_t *one, apr_pool_t *p)
{
    bm_jw_begin_object(w);
    key_string(w, "description", "With `locations` in the body it is RunBulkAnswer.");
    bm_jw_key(w, "oneOf");
    bm_jw_begin_array(w);
    write_ref(w, one->name, p);
    write_ref(w, "RunBulkAnswer", p);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
}

static void write_json(bm_jw_t *w, const char *type, const bm_schema_t *schema, unsigned flags, apr_pool_t *p)
{
    int list = (flags & BM_ROUTE_LIST) != 0;

    key_object(w, type);
    bm_jw_key(w, "schema");
    if (list) {
        bm_jw_begin_object(w);
        key_string(w, "type", "array");
        bm_jw_key(w, "items");
    }
    if (flags & BM_ROUTE_FANS_OUT)
        write_fanned_out(w, schema, p);
    else
        write_ref(w, schema->name, p);
    if (list)
        bm_jw_end_object(w);
    bm_jw_end_object(w);
}

/* Text or bytes of each of "a/b|c/d". */
static void write_media(bm_jw_t *w, const char *media, apr_pool_t *p)
{
    char *types = apr_pstrdup(p, media), *last, *type;

    for (type = apr_strtok(types, "|", &last); type != NULL; type = apr_strtok(NULL, "|", &last)) {
        key_object(w, type);
        key_object(w, "schema");
        key_string(w, "type", "string");
        if (strncmp(type, "text/", 5) != 0 && strstr(type, "json") == NULL && strstr(type, "xml") == NULL)
            key_string(w, "format", "binary");
        bm_jw_end_object(w);
        bm_jw_end_object(w);
    }
}

static void write_header(bm_jw_t *w, const char *name, const char *type, const char *doc)
{
    key_object(w, name);
    key_string(w, "description", doc);
    key_object(w, "schema");
    key_string(w, "type", type);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

static int takes(const bm_route_t *route, const char *name)
{
    const bm_query_param_t *param;

    for (param = route->query; param != NULL && param->name != NULL; param++)
        if (strcmp(param->name, name) == 0)
            return 1;
    return 0;
}

/* One that is the same everywhere (bm_openapi_write_schemas). */
static void refer_to_header(bm_jw_t *w, const char *name, apr_pool_t *p)
{
    key_object(w, name);
    key_string(w, "$ref", apr_pstrcat(p, "#/components/headers/", name, NULL));
    bm_jw_end_object(w);
}

/* Those that a client may act on. */
static void write_answer_headers(bm_jw_t *w, const bm_route_t *route, apr_pool_t *p)
{
    int tagged = strcmp(route->method, "GET") == 0 && route->media == NULL;
    int paged = takes(route, "limit") && (route->flags & BM_ROUTE_LIST);

    key_object(w, "headers");
    refer_to_header(w, "RateLimit-Policy", p);
    refer_to_header(w, "RateLimit", p);
    if (tagged)
        write_header(w, "ETag", "string", "For If-None-Match and If-Match.");
    if (paged)
        write_header(w, "Link", "string", "rel=\"next\": where the list goes on; absent at its end.");
    if (paged && takes(route, "total"))
        write_header(w, "X-Total-Count", "integer", "Elements in all, if asked for by `total`.");
    bm_jw_end_object(w);
}

static void write_response(bm_jw_t *w, const bm_route_t *route, const char *status, apr_pool_t *p)
{
    key_object(w, status);
    key_string(w, "description", route->summary);
    write_answer_headers(w, route, p);
    if (!(route->flags & BM_ROUTE_SOCKET)) {
        key_object(w, "content");
        if (route->answer != NULL || route->media == NULL)
            write_json(w, "application/json", route->answer != NULL ? route->answer : &bm_message_schema, route->flags, p);
        if (route->flags & BM_ROUTE_PROTOBUF)
            write_media(w, PROTOBUF, p);
        if (route->media != NULL)
            write_media(w, route->media, p);
        bm_jw_end_object(w);
    }
    bm_jw_end_object(w);
}

/* What OTLP wants instead of a problem document. */
static void write_status(bm_jw_t *w, apr_pool_t *p)
{
    key_object(w, "application/json");
    key_object(w, "schema");
    key_string(w, "type", "object");
    key_string(w, "description", "A google.rpc.Status; details[0].reason is the code of problem documents.");
    key_object(w, "properties");
    key_object(w, "code");
    key_string(w, "type", "integer");
    bm_jw_end_object(w);
    key_object(w, "message");
    key_string(w, "type", "string");
    bm_jw_end_object(w);
    key_object(w, "details");
    key_string(w, "type", "array");
    key_object(w, "items");
    key_string(w, "type", "object");
    bm_jw_end_object(w);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
    write_media(w, PROTOBUF, p);
}

static void write_responses(bm_jw_t *w, const bm_route_t *route, apr_pool_t *p)
{
    char *others = apr_pstrdup(p, route->also != NULL ? route->also : ""), *last, *status;

    key_object(w, "responses");
    write_response(w, route, apr_itoa(p, route->status), p);
    for (status = apr_strtok(others, "|", &last); status != NULL; status = apr_strtok(NULL, "|", &last))
        write_response(w, route, status, p);
    if (strcmp(route->method, "GET") == 0 && route->media == NULL) {
        key_object(w, "304");
        key_string(w, "description", "It is still what If-None-Match names.");
        bm_jw_end_object(w);
    }
    key_object(w, "default");
    key_string(w, "description", "What went wrong.");
    key_object(w, "headers");
    refer_to_header(w, "RateLimit-Policy", p);
    refer_to_header(w, "RateLimit", p);
    refer_to_header(w, "Retry-After", p);
    bm_jw_end_object(w);
    key_object(w, "content");
    write_json(w, BM_PROBLEM_TYPE, &bm_problem_schema, 0, p);
    if (route->flags & BM_ROUTE_PROTOBUF)
        write_status(w, p);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

/* An example of a body: what a client must say, and little else. */
static const char *example_of(const bm_schema_t *body)
{
    static const struct {
        const char *name, *json;
    } examples[] = { { "Automation", "{\"name\":\"Local "
                                     "model\",\"provider\":\"openai\",\"connection\":{\"url\":\"http://127.0.0.1:8000/"
                                     "v1\",\"model\":\"m\"},"
                                     "\"default_inputs\":{\"max_tokens\":64}}" },
                     { "Scenario", "{\"name\":\"Short "
                                   "answer\",\"automation_id\":1,\"inputs_template\":{\"prompt\":\"Say hello to "
                                   "{{who}}.\",\"who\":\"Ada\"}}" },
                     { "RunTrigger", "{\"scenario_id\":1,\"inputs_override\":{\"who\":\"Grace\"}}" },
                     { "RunBulk", "{\"scenario_id\":1,\"count\":100,\"labels\":[\"evening\"]}" },
                     { "RunCancel", "{\"run_ids\":[17,18]}" },
                     { "RunPatch", "{\"labels\":[\"baseline\"],\"note\":\"before the upgrade\"}" },
                     { "DiscoveryRequest", "{\"connection\":{\"url\":\"http://127.0.0.1:8000/v1\"}}" },
                     { "CalibrationRequest", "{\"streams\":200,\"concurrency\":50}" },
                     { "LoadTestPlan", "{\"scenario_id\":1,\"load_model\":{\"type\":\"poisson\",\"rate\":50},"
                                       "\"duration_seconds\":60,\"warmup_seconds\":5}" } };
    size_t i;

    for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
        if (strcmp(examples[i].name, body->name) == 0)
            return examples[i].json;
    return NULL;
}

static void write_body(const bm_openapi_doc_t *doc, const bm_route_t *route)
{
    bm_jw_t *w = doc->w;
    const char *example;

    if (route->body == NULL)
        return;
    example = example_of(route->body);
    key_object(w, "requestBody");
    bm_jw_key(w, "required");
    bm_jw_bool(w, !(route->flags & BM_ROUTE_MAY_BE_BARE));
    key_object(w, "content");
    key_object(w, "application/json");
    bm_jw_key(w, "schema");
    write_ref(w, bm_openapi_body_name(doc, route), doc->p);
    if (example != NULL) {
        bm_jw_key(w, "example");
        bm_jw_raw(w, example, strlen(example));
    }
    bm_jw_end_object(w);
    if (route->flags & BM_ROUTE_PROTOBUF)
        write_media(w, PROTOBUF, doc->p);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

/* --- paths */

static const char *lower(const char *method, apr_pool_t *p)
{
    char *text = apr_pstrdup(p, method), *c;

    for (c = text; *c; c++)
        *c = (char)(*c | 0x20);
    return text;
}

static void write_operation(const bm_openapi_doc_t *doc, const bm_route_t *route)
{
    bm_jw_t *w = doc->w;
    apr_pool_t *p = doc->p;

    key_object(w, lower(route->method, p));
    key_string(w, "operationId", route->operation);
    key_string(w, "summary", route->summary);
    bm_jw_key(w, "tags");
    bm_jw_begin_array(w);
    bm_jw_string(w, route->tag);
    bm_jw_end_array(w);
    key_string(w, "x-role", bm_role_name(route->role));
    key_string(w, "x-scope", bm_scope_name(bm_routes_scope(route)));
    if (route->role == BM_ROLE_NONE) {
        bm_jw_key(w, "security");
        bm_jw_begin_array(w);
        bm_jw_end_array(w);
    }
    write_params(w, route, p);
    write_body(doc, route);
    write_responses(w, route, p);
    bm_jw_end_object(w);
}

/* All methods of one path together, at its first appearance. */
static void write_paths(const bm_openapi_doc_t *doc)
{
    bm_jw_t *w = doc->w;
    apr_hash_t *seen = apr_hash_make(doc->p);
    const bm_route_t *const *table;
    const bm_route_t *route, *other;

    key_object(w, "paths");
    for (table = bm_routes_all(); *table != NULL; table++) {
        for (route = *table; route->method != NULL; route++) {
            if (apr_hash_get(seen, route->path, APR_HASH_KEY_STRING) != NULL)
                continue;
            apr_hash_set(seen, route->path, APR_HASH_KEY_STRING, route);
            key_object(w, route->path);
            for (other = *table; other->method != NULL; other++)
                if (strcmp(other->path, route->path) == 0)
                    write_operation(doc, other);
            bm_jw_end_object(w);
        }
    }
    bm_jw_end_object(w);
}

void bm_openapi_write(bm_jw_t *w, const char *server_url, apr_pool_t *p)
{
    bm_openapi_doc_t doc;
    size_t i;

    bm_openapi_collect(&doc, w, p);
    bm_jw_begin_object(w);
    key_string(w, "openapi", "3.1.0");
    key_object(w, "info");
    key_string(w, "title", "mod_benchmark");
    key_string(w, "version", BM_VERSION);
    key_string(w, "description",
               "Times are RFC 3339 in UTC, durations in the unit that the member's name ends with. The version segment "
               "may be left out, a trailing slash does not matter. x-role is the lowest role that may call an "
               "operation, x-scope what an API key must be good for. "
               "Bodies with unknown members are refused. The members of an automation's connection are in the schemas "
               "Connection_<provider>, those of a scenario's run_settings in RunSettings.");
    key_object(w, "license");
    key_string(w, "name", "Apache-2.0");
    key_string(w, "identifier", "Apache-2.0");
    bm_jw_end_object(w);
    bm_jw_end_object(w);
    bm_jw_key(w, "servers");
    bm_jw_begin_array(w);
    bm_jw_begin_object(w);
    key_string(w, "url", server_url);
    bm_jw_end_object(w);
    bm_jw_end_array(w);
    bm_jw_key(w, "security");
    bm_jw_begin_array(w);
    for (i = 0; i < 3; i++) {
        bm_jw_begin_object(w);
        bm_jw_key(w, bm_openapi_schemes[i]);
        bm_jw_begin_array(w);
        bm_jw_end_array(w);
        bm_jw_end_object(w);
    }
    bm_jw_end_array(w);
    write_paths(&doc);
    bm_openapi_write_schemas(&doc);
    bm_jw_end_object(w);
}

static apr_status_t openapi_get(bm_req_t *q)
{
    bm_openapi_write(&q->w, q->prefix, q->p);
    return APR_SUCCESS;
}

static const bm_field_t document_fields[] = {
    { "openapi", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Version of OpenAPI." },
    { "info", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .doc = "Title, version, what holds everywhere." },
    { "servers", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .doc = "Where the paths begin." },
    { "security", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .doc = "Ways to say who one is, each enough." },
    { "paths", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .doc = "Operations." },
    { "components", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .doc = "Schemas, and how a client says who it is." },
    { NULL }
};
static const bm_schema_t document_schema = { "OpenApiDocument", document_fields };

const bm_route_t bm_openapi_routes[] = {
    { "GET", "/openapi.json", BM_ROLE_VIEWER, openapi_get, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, &document_schema,
      "getOpenapi", "service", "This document." },
    { NULL }
};
