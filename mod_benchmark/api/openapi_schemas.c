/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openapi_schemas.h"

#include <apr_strings.h>
#include "api/problem.h"
#include "api/routes.h"
#include "api/scenarios_api.h"
#include "provider/provider.h"

const bm_schema_t bm_problem_schema = { "Problem", bm_problem_fields };

static const bm_field_t message_fields[] = {
    { "message", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What was done." },
    { NULL }
};
const bm_schema_t bm_message_schema = { "Message", message_fields };

/* A table that is an answer too has another schema as a body: fewer members, other ones required. */
const char *bm_openapi_body_name(const bm_openapi_doc_t *doc, const bm_route_t *route)
{
    const char *name = route->body->name;

    if (apr_hash_get(doc->answers, name, APR_HASH_KEY_STRING) == NULL)
        return name;
    return apr_pstrcat(doc->p, name, route->flags & BM_ROUTE_UPDATE ? "Change" : "Input", NULL);
}

static void collect(bm_openapi_doc_t *doc, const char *name, const bm_field_t *fields);

/* Named parts, however deep. */
static void collect_parts(bm_openapi_doc_t *doc, const bm_field_t *fields)
{
    for (; fields->name != NULL; fields++) {
        if (fields->members == NULL)
            continue;
        if (fields->schema != NULL)
            collect(doc, fields->schema, fields->members);
        else
            collect_parts(doc, fields->members);
    }
}

static void collect(bm_openapi_doc_t *doc, const char *name, const bm_field_t *fields)
{
    if (apr_hash_get(doc->answers, name, APR_HASH_KEY_STRING) != NULL)
        return;
    apr_hash_set(doc->answers, name, APR_HASH_KEY_STRING, fields);
    APR_ARRAY_PUSH(doc->names, const char *) = name;
    collect_parts(doc, fields);
}

void bm_openapi_collect(bm_openapi_doc_t *doc, bm_jw_t *w, apr_pool_t *p)
{
    const bm_route_t *const *table;
    const bm_route_t *route;

    doc->w = w;
    doc->p = p;
    doc->answers = apr_hash_make(p);
    doc->names = apr_array_make(p, 128, sizeof(const char *));
    for (table = bm_routes_all(); *table != NULL; table++)
        for (route = *table; route->method != NULL; route++)
            if (route->answer != NULL)
                collect(doc, route->answer->name, route->answer->fields);
    collect(doc, bm_message_schema.name, bm_message_schema.fields);
    collect(doc, bm_problem_schema.name, bm_problem_schema.fields);
}

static void write_bodies(const bm_openapi_doc_t *doc)
{
    apr_hash_t *seen = apr_hash_make(doc->p);
    const bm_route_t *const *table;
    const bm_route_t *route;

    for (table = bm_routes_all(); *table != NULL; table++) {
        for (route = *table; route->method != NULL; route++) {
            const char *name = route->body != NULL ? bm_openapi_body_name(doc, route) : NULL;

            if (name == NULL || apr_hash_get(seen, name, APR_HASH_KEY_STRING) != NULL)
                continue;
            apr_hash_set(seen, name, APR_HASH_KEY_STRING, route);
            bm_jw_key(doc->w, name);
            bm_field_write_schema(doc->w, route->body->fields,
                                  route->flags & BM_ROUTE_UPDATE ? BM_FIELD_OF_CHANGE : BM_FIELD_OF_NEW);
        }
    }
}

/* What has a place in the free objects of a body. */
static void write_settings(const bm_openapi_doc_t *doc)
{
    bm_jw_key(doc->w, "RunSettings");
    bm_field_write_schema(doc->w, bm_run_settings_fields, BM_FIELD_OF_NEW);
}

static void write_providers(const bm_openapi_doc_t *doc)
{
    const bm_provider_t *const *provider;

    for (provider = bm_provider_list(); *provider != NULL; provider++) {
        bm_jw_key(doc->w, apr_pstrcat(doc->p, "Connection_", (*provider)->name, NULL));
        bm_field_write_schema(doc->w, (*provider)->connection_fields, BM_FIELD_OF_NEW);
        if ((*provider)->input_fields != NULL) {
            bm_jw_key(doc->w, apr_pstrcat(doc->p, "Inputs_", (*provider)->name, NULL));
            bm_field_write_schema(doc->w, (*provider)->input_fields, BM_FIELD_OF_NEW);
        }
    }
}

const char *const bm_openapi_schemes[] = { "bearer", "session", "basic" };

static void write_scheme(bm_jw_t *w, const char *name, const char *const *members, const char *doc)
{
    bm_jw_key(w, name);
    bm_jw_begin_object(w);
    for (; *members != NULL; members += 2) {
        bm_jw_key(w, members[0]);
        bm_jw_string(w, members[1]);
    }
    bm_jw_key(w, "description");
    bm_jw_string(w, doc);
    bm_jw_end_object(w);
}

/* How a client can say who it is; which of them a server takes is its administrator's choice. */
static void write_security(bm_jw_t *w)
{
    static const char *const bearer[] = { "type", "http", "scheme", "bearer", NULL };
    static const char *const session[] = { "type", "apiKey", "in", "cookie", "name", "__Host-benchmark", NULL };
    static const char *const basic[] = { "type", "http", "scheme", "basic", NULL };

    bm_jw_key(w, "securitySchemes");
    bm_jw_begin_object(w);
    write_scheme(w, bm_openapi_schemes[0], bearer, "An API key, or the access token of a login.");
    write_scheme(w, bm_openapi_schemes[1], session, "The cookie of a login; benchmark-session over plain http.");
    write_scheme(w, bm_openapi_schemes[2], basic, "Whatever the server itself is configured for.");
    bm_jw_end_object(w);
}

/* What the rate limiter says (glue/rate_limit.c); names as in answers, for references to them. */
static void write_headers(bm_jw_t *w)
{
    static const struct {
        const char *name, *type, *doc;
    } headers[] = {
        { "RateLimit-Policy", "string", "Limits that were counted against (BenchmarkRateLimit), such as \"user\";q=1200;w=60: so"
          " many requests in so many seconds. Absent where none holds." },
        { "RateLimit", "string", "What is left of them, such as \"user\";r=1199;t=1: so many requests, and the seconds until all"
          " are there again." },
        { "Retry-After", "integer", "Of 429 and 503: seconds after which it is worth another try." }
    };
    size_t i;

    bm_jw_key(w, "headers");
    bm_jw_begin_object(w);
    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        bm_jw_key(w, headers[i].name);
        bm_jw_begin_object(w);
        bm_jw_key(w, "description");
        bm_jw_string(w, headers[i].doc);
        bm_jw_key(w, "schema");
        bm_jw_begin_object(w);
        bm_jw_key(w, "type");
        bm_jw_string(w, headers[i].type);
        bm_jw_end_object(w);
        bm_jw_end_object(w);
    }
    bm_jw_end_object(w);
}

void bm_openapi_write_schemas(const bm_openapi_doc_t *doc)
{
    int i;

    bm_jw_key(doc->w, "components");
    bm_jw_begin_object(doc->w);
    bm_jw_key(doc->w, "schemas");
    bm_jw_begin_object(doc->w);
    for (i = 0; i < doc->names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(doc->names, i, const char *);

        bm_jw_key(doc->w, name);
        bm_field_write_schema(doc->w, apr_hash_get(doc->answers, name, APR_HASH_KEY_STRING), BM_FIELD_OF_ANSWER);
    }
    write_bodies(doc);
    write_settings(doc);
    write_providers(doc);
    bm_jw_end_object(doc->w);
    write_headers(doc->w);
    write_security(doc->w);
    bm_jw_end_object(doc->w);
}
