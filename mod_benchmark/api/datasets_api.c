/* SPDX-License-Identifier: Apache-2.0
 *
 * datasets_api.c: /datasets (docs/load-tests.md): upload, look at, rename, delete; and the entries that a load test takes. */
#include "api/datasets_api.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "api/page.h"
#include "api/projects_api.h"
#include "api/resource.h"
#include "model/dataset_model.h"
#include "model/loadtest_dataset.h"
#include "parse/csv_reader.h"
#include "parse/json_text.h"
#include "parse/jsonl_reader.h"
#include "store/dataset_store.h"

static const bm_schema_t dataset_schema = { "Dataset", bm_dataset_fields };
static const bm_schema_t upload_schema = { "DatasetUpload", bm_dataset_upload_fields };
static const bm_schema_t patch_schema = { "DatasetPatch", bm_dataset_patch_fields };
static const bm_schema_t entry_schema = { "DatasetEntry", bm_dataset_entry_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "q", BM_QUERY_TEXT, 1, 200, NULL, "Part of the name." },
    { NULL }
};

static const bm_query_param_t entries_params[] = {
    { "after", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Entries behind this number (default: from the first)." },
    { "limit", BM_QUERY_INT, 1, BM_PAGE_LIMIT_MAX, NULL, "Most elements of the answer (default 100)." },
    { NULL }
};

static const char *etag_of(const bm_req_t *q, const bm_rows_t *rows)
{
    return bm_resource_etag("d", rows, BM_DATASET_FIRST, q->p);
}

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_DATASET_FIRST, bm_dataset_fields, etag_of(q, rows));
}

/* --- reading */

static apr_status_t datasets_list(bm_req_t *q)
{
    const char *text = bm_query_string_text(q->query, "q");
    bm_page_t page;
    bm_rows_t *rows;
    apr_int64_t count;
    apr_status_t rv;

    bm_page_read(&page, q);
    rv = bm_dataset_store_list(&rows, q->db, text, page.after, page.limit + 1, page.skip, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_DATASET_FIRST, bm_dataset_fields, 1, BM_DATASET_FIRST);
    if (!page.total)
        return APR_SUCCESS;
    rv = bm_dataset_store_count(&count, q->db, text, BM_PAGE_COUNT_MAX, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, count);
    return rv;
}

static apr_status_t datasets_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_dataset_store_get(&rows, q->db, q->ids[0], BM_DATASET_READ, q->err, q->p);

    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t datasets_entries(bm_req_t *q)
{
    bm_page_t page = { .limit = (int)bm_query_string_int(q->query, "limit", BM_PAGE_LIMIT) };
    bm_rows_t *rows;
    apr_status_t rv = bm_dataset_store_entries(&rows, q->db, q->ids[0], bm_query_string_int(q->query, "after", 0), page.limit + 1,
                                               q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_page_reply(q, &page, rows, 0, bm_dataset_entry_fields, 0, 0);
    return rv;
}

/* --- uploading */

/* Entries as one JSON array, and what they come to. */
typedef struct collection_t {
    bm_buffer_t text;
    int count;
    apr_int64_t bytes;
    bm_err_t *err;
    apr_pool_t *scratch;       /* of one entry */
} collection_t;

/* Whether the store gives every number back as it is: jsonb writes 1e20 with all its digits, which nobody reads as a number of 64
 * bits again. */
static int numbers_fit(const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_real(value))
        return fabs(json_real_value(value)) < 9.2e18;
    json_object_foreach((json_t *)(apr_uintptr_t)value, key, member) {
        (void)key;
        if (!numbers_fit(member))
            return 0;
    }
    for (i = 0; i < json_array_size(value); i++)
        if (!numbers_fit(json_array_get(value, i)))
            return 0;
    return 1;
}

const char *bm_datasets_api_refusal(const json_t *entry, apr_pool_t *p)
{
    if (!bm_json_text_fits_depth(entry, BM_DATASET_DEPTH_MAX))
        return apr_psprintf(p, "is nested deeper than %d levels.", BM_DATASET_DEPTH_MAX);
    return numbers_fit(entry) ? NULL : "has a number that does not fit into 64 bits.";
}

static apr_status_t collect(void *baton, json_t *entry, apr_int64_t line)
{
    collection_t *c = baton;
    apr_size_t len;
    const char *text, *why = bm_datasets_api_refusal(entry, c->scratch);

    if (why != NULL)
        return bm_err_set(c->err, APR_EINVAL, NULL, "Line %" APR_INT64_T_FMT " %s", line, why);
    if (c->count == BM_DATASET_ENTRIES_MAX)
        return bm_err_set(c->err, APR_EINVAL, NULL, "Line %" APR_INT64_T_FMT " is beyond the %d entries that a dataset may have.",
                          line, BM_DATASET_ENTRIES_MAX);
    text = bm_json_dump(&len, entry, c->scratch);
    c->bytes += (apr_int64_t)len;
    if (bm_buffer_append(&c->text, c->count++ > 0 ? "," : "[", 1) != APR_SUCCESS
        || bm_buffer_append(&c->text, text, len) != APR_SUCCESS)
        return bm_err_set(c->err, APR_EINVAL, NULL,
                          "Line %" APR_INT64_T_FMT " is beyond the %d MiB of JSON that a dataset may have.", line,
                          BM_DATASET_BYTES_MAX / 1024 / 1024);
    apr_pool_clear(c->scratch);
    return APR_SUCCESS;
}

/* The file as an array. */
static apr_status_t read_content(collection_t *c, bm_req_t *q)
{
    const json_t *content = json_object_get(q->body, "content");
    const char *text = json_string_value(content), *format = json_string_value(json_object_get(q->body, "format"));
    apr_size_t len = json_string_length(content);
    apr_status_t rv;

    memset(c, 0, sizeof(*c));
    c->err = bm_err_make(q->p);
    c->text.limit = BM_DATASET_BYTES_MAX;
    bm_buffer_adopt(&c->text, q->p);
    apr_pool_create(&c->scratch, q->p);
    rv = strcmp(format, "csv") == 0 ? bm_csv_read(text, len, collect, c, c->err, q->p)
                                    : bm_jsonl_read(text, len, collect, c, c->err, q->p);
    apr_pool_destroy(c->scratch);
    if (rv == APR_EINVAL)
        return bm_err_violation(q->err, "/content", "%s", c->err->detail);
    if (rv == APR_SUCCESS && c->count == 0)
        return bm_err_violation(q->err, "/content", "Has no entries.");
    c->text.limit = 0;
    return rv == APR_SUCCESS ? bm_buffer_append(&c->text, "]", 2) : rv;
}

static apr_status_t datasets_create(bm_req_t *q)
{
    bm_dataset_upload_t upload;
    collection_t *c = apr_palloc(q->p, sizeof(*c));
    apr_int64_t project_id;
    bm_rows_t *rows;
    apr_status_t rv = read_content(c, q);

    if (rv == APR_SUCCESS)
        rv = bm_project_of_new(&project_id, q, q->body);
    if (rv != APR_SUCCESS)
        return rv;
    upload = (bm_dataset_upload_t){ .project_id = project_id, .name = json_string_value(json_object_get(q->body, "name")),
                                    .format = json_string_value(json_object_get(q->body, "format")),
                                    .entries = c->text.data, .count = c->count, .bytes = c->bytes, .created_by = q->who.user };
    rv = bm_dataset_store_add(&rows, q->db, &upload, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/datasets/%s", bm_rows_text(rows, 0, BM_DATASET_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

/* --- changes */

static apr_status_t datasets_patch(bm_req_t *q)
{
    const char *name = json_string_value(json_object_get(q->body, "name"));
    bm_rows_t *rows;
    apr_status_t rv = bm_field_check(q->body, bm_dataset_patch_fields, BM_FIELD_UPDATE, NULL, "", q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_dataset_store_get(&rows, q->db, q->ids[0], BM_DATASET_CHANGE, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_api_check_match(q, etag_of(q, rows));
    if (rv == APR_SUCCESS && name != NULL)
        rv = bm_dataset_store_rename(&rows, q->db, q->ids[0], name, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t check_users(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_dataset_store_users(&rows, q->db, q->ids[0], q->err, q->p);

    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv;
    return bm_err_set(q->err, APR_EEXIST, "still_referenced", "Load tests that wait or run still refer to it: %s.",
                      bm_resource_names(rows, bm_rows_count(rows), q->p));
}

static apr_status_t datasets_delete(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_dataset_store_get(&rows, q->db, q->ids[0], BM_DATASET_CHANGE, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_api_check_match(q, etag_of(q, rows));
    if (rv == APR_SUCCESS)
        rv = check_users(q);
    if (rv == APR_SUCCESS)
        rv = bm_dataset_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Dataset %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

/* --- for load tests */

static apr_status_t check_size(bm_req_t *q, apr_int64_t id, const bm_rows_t *rows)
{
    int entries = (int)(bm_field_find(bm_dataset_fields, "entries") - bm_dataset_fields) + BM_DATASET_FIRST;
    int bytes = (int)(bm_field_find(bm_dataset_fields, "bytes") - bm_dataset_fields) + BM_DATASET_FIRST;

    if (bm_rows_int64(rows, 0, entries, 0) > BM_LOADTEST_ENTRIES_MAX)
        return bm_err_violation(q->err, "/dataset/dataset_id", "Dataset %" APR_INT64_T_FMT " has %s entries; a load test takes a"
                                " dataset of at most %d.", id, bm_rows_text(rows, 0, entries), BM_LOADTEST_ENTRIES_MAX);
    if (bm_rows_int64(rows, 0, bytes, 0) > BM_DATASET_LOADTEST_BYTES_MAX)
        return bm_err_violation(q->err, "/dataset/dataset_id", "Dataset %" APR_INT64_T_FMT " has %s bytes; a load test takes a"
                                " dataset of at most %d.", id, bm_rows_text(rows, 0, bytes), BM_DATASET_LOADTEST_BYTES_MAX);
    return APR_SUCCESS;
}

static apr_status_t read_entries(const json_t **pitems, bm_req_t *q, apr_int64_t id)
{
    json_t *items = bm_json_adopt(json_array(), q->p), *entry;
    bm_rows_t *rows;
    int i;
    apr_status_t rv = bm_dataset_store_entries(&rows, q->db, id, 0, BM_LOADTEST_ENTRIES_MAX, q->err, q->p);

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        rv = bm_json_parse(&entry, bm_rows_text(rows, i, 1), (apr_size_t)bm_rows_length(rows, i, 1), NULL, q->p);
        if (rv == APR_SUCCESS)
            json_array_append(items, entry);
        else
            rv = bm_err_set(q->err, APR_EGENERAL, NULL, "entry %s of dataset %" APR_INT64_T_FMT " cannot be read back",
                            bm_rows_text(rows, i, 0), id);
    }
    *pitems = items;
    return rv;
}

apr_status_t bm_datasets_api_items(const json_t **pitems, apr_int64_t *pproject_id, bm_req_t *q, const json_t *plan)
{
    int project = (int)(bm_field_find(bm_dataset_fields, "project_id") - bm_dataset_fields) + BM_DATASET_FIRST;
    const json_t *dataset = json_object_get(plan, "dataset"), *named = json_object_get(dataset, "dataset_id");
    apr_int64_t id = json_integer_value(named);
    bm_rows_t *rows;
    apr_status_t rv;

    *pitems = json_object_get(dataset, "inline");
    *pproject_id = 0;
    if (named == NULL)
        return APR_SUCCESS;
    rv = bm_dataset_store_get(&rows, q->db, id, BM_DATASET_KEEP, NULL, q->p);
    if (rv == APR_NOTFOUND)
        return bm_err_violation(q->err, "/dataset/dataset_id", "There is no dataset %" APR_INT64_T_FMT ".", id);
    if (rv != APR_SUCCESS)
        return rv;
    *pproject_id = bm_rows_int64(rows, 0, project, 0);
    rv = check_size(q, id, rows);
    return rv == APR_SUCCESS ? read_entries(pitems, q, id) : rv;
}

const bm_route_t bm_datasets_api_routes[] = {
    { "GET", "/datasets", BM_ROLE_VIEWER, datasets_list, BM_ROUTE_LIST, 200, list_params, NULL, &dataset_schema,
      "listDatasets", "datasets", "Datasets, by id; without their entries." },
    { "POST", "/datasets", BM_ROLE_OPERATOR, datasets_create, BM_ROUTE_TRANSACTION | BM_ROUTE_IDEMPOTENT, 200, NULL,
      &upload_schema, &dataset_schema, "createDataset", "datasets", "Upload what load tests are to ask." },
    { "GET", "/datasets/{id}", BM_ROLE_VIEWER, datasets_get, 0, 200, NULL, NULL, &dataset_schema, "getDataset", "datasets",
      "One dataset, with its first entries." },
    { "PATCH", "/datasets/{id}", BM_ROLE_OPERATOR, datasets_patch, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &patch_schema, &dataset_schema, "patchDataset", "datasets", "Name of a dataset." },
    { "DELETE", "/datasets/{id}", BM_ROLE_ADMIN, datasets_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL,
      "deleteDataset", "datasets", "Delete a dataset; 409 while a load test that refers to it waits or runs." },
    { "GET", "/datasets/{id}/entries", BM_ROLE_VIEWER, datasets_entries, BM_ROUTE_LIST, 200, entries_params, NULL,
      &entry_schema, "getDatasetEntries", "datasets", "Its entries, by number." },
    { NULL }
};
