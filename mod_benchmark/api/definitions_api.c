/* SPDX-License-Identifier: Apache-2.0 */
#include "api/definitions_api.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "api/definition_import.h"
#include "api/projects_api.h"

static const bm_field_t document_fields[] = {
    { "format", BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = BM_DEFINITIONS_FORMAT, .doc = "What this document is." },
    { "automations", BM_TYPE_ARRAY, BM_FIELD_ABSENT, 0, BM_DEFINITIONS_MAX,
      .doc = "As in POST /automations, known by name." },
    { "scenarios", BM_TYPE_ARRAY, BM_FIELD_ABSENT, 0, BM_DEFINITIONS_MAX,
      .doc = "As in POST /scenarios, with the automation's name as `automation` instead of automation_id; known by both names." },
    { "prices", BM_TYPE_ARRAY, BM_FIELD_ABSENT, 0, BM_DEFINITIONS_MAX,
      .doc = "As in POST /prices, known by model, provider and valid_from." },
    { "datasets", BM_TYPE_ARRAY, BM_FIELD_ABSENT, 0, BM_DEFINITIONS_MAX,
      .doc = "name, format (default jsonl) and items, the entries; large ones have sha256 instead. Known by name, never "
             "changed." },
    { "views", BM_TYPE_ARRAY, BM_FIELD_ABSENT, 0, BM_DEFINITIONS_MAX, .doc = "As in POST /views, known by name and page." },
    { NULL }
};
static const bm_schema_t document_schema = { "Definitions", document_fields };

static const bm_field_t count_fields[] = {
    { "created", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "How many were not there." },
    { "updated", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "How many were different." },
    { "unchanged", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "How many were already like this." },
    { NULL }
};
static const bm_field_t member_fields[] = {
    { "pointer", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "The member, as JSON Pointer." },
    { "from", BM_TYPE_ANY, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT, .doc = "What it was; absent: it was not there." },
    { "to", BM_TYPE_ANY, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT, .doc = "What it is now." },
    { NULL }
};
static const bm_field_t change_fields[] = {
    { "kind", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "automation|scenario|price|dataset|view",
      .doc = "Kind of the object." },
    { "name", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Its name, and its automation's or provider's in parentheses." },
    { "action", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "created|updated", .doc = "What was done." },
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Its number; null: a dry run would make it." },
    { "members", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = member_fields, .schema = "DefinitionMember",
      .doc = "What changed, at most 100; of a new one none." },
    { NULL }
};
static const bm_field_t report_fields[] = {
    { "dry_run", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether it only says what would be done." },
    { "automations", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = count_fields, .schema = "DefinitionCounts",
      .doc = "How many automations." },
    { "scenarios", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = count_fields, .schema = "DefinitionCounts",
      .doc = "How many scenarios." },
    { "prices", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = count_fields, .schema = "DefinitionCounts",
      .doc = "How many prices." },
    { "datasets", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = count_fields, .schema = "DefinitionCounts",
      .doc = "How many datasets." },
    { "views", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = count_fields, .schema = "DefinitionCounts",
      .doc = "How many views." },
    { "changes", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = change_fields, .schema = "DefinitionChange",
      .doc = "What was made and changed, in order." },
    { NULL }
};
static const bm_schema_t report_schema = { "DefinitionsReport", report_fields };

#define PROJECT_PARAM \
    { "project_id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Project that it is about (default the first that the client sees)." }

static const bm_query_param_t export_params[] = {
    { "kinds", BM_QUERY_ENUM_LIST, 0, 0, BM_DEFINITION_KIND_WORDS, "What to export (default all)." },
    PROJECT_PARAM,
    { "label", BM_QUERY_TEXT, 0, 200, NULL, "Automations and scenarios with this label only; the others have none." },
    { NULL }
};

static const bm_query_param_t import_params[] = {
    PROJECT_PARAM,
    { "dry_run", BM_QUERY_BOOL, 0, 0, NULL, "true: say what would be done, and change nothing." },
    { NULL }
};

/* --- export */

/* One kind on its way out. */
typedef struct outgoing_t {
    const bm_definition_kind_t *kind;
    bm_req_t *q;
    apr_hash_t *keys;
    int written;
} outgoing_t;

/* And what is not there to be told. */
static void drop_ours(json_t *object, const bm_field_t *fields)
{
    const bm_field_t *field;

    for (field = fields; field->name != NULL; field++)
        if ((field->flags & BM_FIELD_READ_ONLY)
            || strcmp(field->name, "project_id") == 0
            || ((field->flags & BM_FIELD_ABSENT) && json_is_null(json_object_get(object, field->name))))
            json_object_del(object, field->name);
}

/* Two that definitions could not tell apart. */
static apr_status_t check_key(outgoing_t *out, const json_t *object, apr_pool_t *p)
{
    const char *key = bm_definition_key(out->kind, object, p);

    if (apr_hash_get(out->keys, key, APR_HASH_KEY_STRING) != NULL)
        return bm_err_set(out->q->err, APR_EEXIST, "ambiguous_names",
                          "There is more than one %s '%s', and definitions know objects by their names: rename all but one.",
                          out->kind->one, json_string_value(json_object_get(object, out->kind->named_by)));
    key = apr_pstrdup(out->q->p, key);
    apr_hash_set(out->keys, key, APR_HASH_KEY_STRING, key);
    return APR_SUCCESS;
}

/* Names of the automations of these scenarios, by id of the scenario. */
static apr_status_t owners_of(apr_hash_t **powners, outgoing_t *out, const bm_rows_t *rows, apr_pool_t *p)
{
    int i, n = bm_rows_count(rows);
    apr_int64_t *ids = apr_palloc(p, ((size_t)n + 1) * sizeof(*ids));
    bm_rows_t *found;
    apr_status_t rv;

    *powners = apr_hash_make(p);
    for (i = 0; i < n; i++)
        ids[i] = bm_rows_int64(rows, i, out->kind->resource->first, 0);
    rv = bm_definition_store_automations(&found, out->q->db, ids, n, out->q->err, p);
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(found); i++) {
        apr_int64_t *id = apr_pmemdup(p, &(apr_int64_t){ bm_rows_int64(found, i, 0, 0) }, sizeof(*id));

        apr_hash_set(*powners, id, sizeof(*id), bm_rows_text(found, i, 1));
    }
    return rv;
}

static apr_status_t write_one(outgoing_t *out, const bm_rows_t *rows, int row, apr_hash_t *owners, apr_pool_t *p)
{
    const bm_resource_t *resource = out->kind->resource;
    apr_int64_t id = bm_rows_int64(rows, row, resource->first, 0);
    const char *text;
    apr_size_t len;
    json_t *object;
    apr_status_t rv = bm_resource_json(&object, rows, row, resource->first, out->kind->shown, out->q->err, p);

    if (rv == APR_SUCCESS)
        rv = check_key(out, object, p);
    if (rv != APR_SUCCESS)
        return rv;
    drop_ours(object, resource->fields);
    if (out->kind->owner) {
        const char *name = apr_hash_get(owners, &id, sizeof(id));

        json_object_del(object, out->kind->owner_id);
        json_object_set_new(object, out->kind->owner, json_string(name ? name : ""));
    }
    text = bm_json_dump(&len, object, p);
    bm_jw_raw(&out->q->w, text, len);
    out->written++;
    return APR_SUCCESS;
}

static apr_status_t write_page(outgoing_t *out, const bm_rows_t *rows, apr_pool_t *p)
{
    apr_hash_t *owners = NULL;
    apr_status_t rv = out->kind->owner ? owners_of(&owners, out, rows, p) : APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++)
        rv = write_one(out, rows, i, owners, p);
    return rv;
}

static apr_status_t write_kind(bm_req_t *q, const bm_definition_kind_t *kind)
{
    outgoing_t out = { kind, q, apr_hash_make(q->p), 0 };
    bm_listing_t listing = { .limit = kind->page };
    bm_rows_t *rows;
    apr_pool_t *p;
    apr_status_t rv;
    int n;

    if (kind->table == BM_DEFINITION_AUTOMATIONS || kind->table == BM_DEFINITION_SCENARIOS)
        listing.label = bm_query_string_text(q->query, "label");
    apr_pool_create(&p, q->p);
    bm_jw_key(&q->w, kind->member);
    bm_jw_begin_array(&q->w);
    do {
        apr_pool_clear(p);
        rv = kind->list(&rows, q->db, &listing, q->err, p);
        n = rv == APR_SUCCESS ? bm_rows_count(rows) : 0;
        if (rv == APR_SUCCESS && out.written + n > BM_DEFINITIONS_MAX)
            rv = bm_err_set(q->err, APR_EINVAL, "too_many", "There are more than %d %s: export them by label.",
                            BM_DEFINITIONS_MAX, kind->member);
        if (rv == APR_SUCCESS)
            rv = write_page(&out, rows, p);
        if (n > 0)
            listing.after = bm_rows_int64(rows, n - 1, kind->resource->first, 0);
    } while (rv == APR_SUCCESS && n >= kind->page);
    bm_jw_end_array(&q->w);
    apr_pool_destroy(p);
    return rv;
}

static int is_wanted(const bm_req_t *q, const char *kind)
{
    const apr_array_header_t *kinds = bm_query_string_list(q->query, "kinds");
    int i;

    for (i = 0; kinds != NULL && i < kinds->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(kinds, i, const char *), kind) == 0)
            return 1;
    return kinds == NULL;
}

/* A document is of one project: nothing of another is found, and names need be told apart in it only. */
static apr_status_t hold_to_one(bm_req_t *q)
{
    json_t *given = bm_query_string_has(q->query, "project_id")
        ? json_pack("{s:I}", "project_id", (json_int_t)bm_query_string_int(q->query, "project_id", 0)) : json_object();
    apr_int64_t project_id;
    apr_status_t rv = bm_project_of_new(&project_id, q, bm_json_adopt(given, q->p));

    if (rv == APR_EINVAL)
        return bm_err_set(q->err, APR_NOTFOUND, NULL, "There is no project %" APR_INT64_T_FMT ".", project_id);
    return rv == APR_SUCCESS ? bm_api_hold_to(q, project_id) : rv;
}

static apr_status_t definitions_get(bm_req_t *q)
{
    apr_status_t rv = hold_to_one(q);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "format");
    bm_jw_string(&q->w, BM_DEFINITIONS_FORMAT);
    for (i = 0; rv == APR_SUCCESS && i < BM_DEFINITION_KINDS; i++)
        if (is_wanted(q, bm_definition_kinds[i].member))
            rv = write_kind(q, &bm_definition_kinds[i]);
    bm_jw_end_object(&q->w);
    return rv;
}

/* --- import */

static void write_count(bm_jw_t *w, const char *member, const bm_definition_count_t *count)
{
    bm_jw_key(w, member);
    bm_jw_begin_object(w);
    bm_jw_key(w, "created");
    bm_jw_int(w, count->created);
    bm_jw_key(w, "updated");
    bm_jw_int(w, count->updated);
    bm_jw_key(w, "unchanged");
    bm_jw_int(w, count->unchanged);
    bm_jw_end_object(w);
}

static void write_report(bm_req_t *q, const bm_definition_report_t *report, int dry_run)
{
    const char *text;
    apr_size_t len;
    json_t *change;
    size_t at;
    int i;

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "dry_run");
    bm_jw_bool(&q->w, dry_run);
    for (i = 0; i < BM_DEFINITION_KINDS; i++)
        write_count(&q->w, bm_definition_kinds[i].member, &report->counts[i]);
    json_array_foreach(report->changes, at, change)
        if (dry_run && strcmp(json_string_value(json_object_get(change, "action")), "created") == 0)
            json_object_set_new(change, "id", json_null());      /* the number goes back with the transaction */
    bm_jw_key(&q->w, "changes");
    text = bm_json_dump(&len, report->changes, q->p);
    bm_jw_raw(&q->w, text, len);
    bm_jw_end_object(&q->w);
}

/* A dry run does it all, and takes it back. */
static apr_status_t definitions_post(bm_req_t *q)
{
    int dry_run = bm_query_string_bool(q->query, "dry_run", 0);
    bm_definition_report_t report;
    int held = !q->who.projects.all;
    apr_status_t rv = bm_api_open(&q->db, q);

    if (rv == APR_SUCCESS)
        rv = hold_to_one(q);
    if (rv == APR_SUCCESS && held && json_array_size(json_object_get(q->body, "prices")) > 0)
        rv = bm_err_violation(q->err, "/prices", "Prices are of all projects; they are not for who sees some projects only.");
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = bm_definition_import(&report, q);
    if (rv == APR_SUCCESS && !dry_run)
        rv = bm_api_commit(q);
    q->api->source->close(q->db, q->api->source);       /* rolls back what is not committed */
    q->db = NULL;
    q->noted |= dry_run;
    if (rv == APR_SUCCESS)
        write_report(q, &report, dry_run);
    return rv;
}

const bm_route_t bm_definitions_api_routes[] = {
    { "GET", "/definitions", BM_ROLE_VIEWER, definitions_get, 0, 200, export_params, NULL, &document_schema, "exportDefinitions",
      "definitions",
      "Automations, scenarios, prices, datasets and views as one document, without ids; it can be kept and imported anywhere." },
    { "POST", "/definitions", BM_ROLE_OPERATOR, definitions_post, BM_ROUTE_NO_DATABASE, 200, import_params, &document_schema,
      &report_schema, "importDefinitions", "definitions",
      "Make what a document names, and change what is different; all or nothing. What it does not name stays." },
    { NULL }
};
