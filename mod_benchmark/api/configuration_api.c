/* SPDX-License-Identifier: Apache-2.0 */
#include "api/configuration_api.h"

#define OURS BM_FIELD_READ_ONLY
#define MAY_BE_NULL (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t configured_fields[] = {
    { "directive", BM_TYPE_STRING, OURS, .doc = "Its name." },
    { "value", BM_TYPE_STRING, MAY_BE_NULL, .doc = "What it says; null where it stands nowhere or is hidden." },
    { "hidden", BM_TYPE_BOOL, OURS, .doc = "Whether what it says holds a password, and so is not told." },
    { "default", BM_TYPE_STRING, MAY_BE_NULL, 
      .doc = "What holds where it stands nowhere; null: nothing, or as `description` says." },
    { "description", BM_TYPE_STRING, OURS, .doc = "What it is for." },
    { "file", BM_TYPE_STRING, MAY_BE_NULL, .doc = "File of httpd's configuration that it stands in; null: none." },
    { "line", BM_TYPE_INT, MAY_BE_NULL, .doc = "Line of that file." },
    { "section", BM_TYPE_STRING, MAY_BE_NULL, .doc = "Section that it stands in, such as a virtual host." },
    { NULL }
};

static const bm_schema_t configured_schema = { "ConfiguredDirective", configured_fields };

static void put_text(bm_req_t *q, const char *key, const char *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, value);
}

static void write_one(bm_req_t *q, const bm_configured_t *c)
{
    bm_jw_begin_object(&q->w);
    put_text(q, "directive", c->directive);
    put_text(q, "value", c->value);
    bm_jw_key(&q->w, "hidden");
    bm_jw_bool(&q->w, c->hidden);
    put_text(q, "default", c->fallback);
    put_text(q, "description", c->doc);
    put_text(q, "file", c->file);
    bm_jw_key(&q->w, "line");
    if (c->file != NULL)
        bm_jw_int(&q->w, c->line);
    else
        bm_jw_null(&q->w);
    put_text(q, "section", c->section);
    bm_jw_end_object(&q->w);
}

static apr_status_t configuration(bm_req_t *q)
{
    int i;

    bm_jw_begin_array(&q->w);
    for (i = 0; i < q->api->configuration->nelts; i++)
        write_one(q, &APR_ARRAY_IDX(q->api->configuration, i, bm_configured_t));
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_configuration_api_routes[] = {
    { "GET", "/configuration", BM_ROLE_ADMIN, configuration, BM_ROUTE_LIST | BM_ROUTE_NO_DATABASE | BM_ROUTE_WHOLE, 200, NULL,
      NULL, &configured_schema, "listConfiguration", "service",
      "Every directive with what this server's configuration says and where, or its default." },
    { NULL }
};
