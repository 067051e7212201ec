/* SPDX-License-Identifier: Apache-2.0 */
#include "api/dataset_definition.h"

#include <string.h>
#include <apr_strings.h>
#include "api/datasets_api.h"
#include "api/projects_api.h"
#include "model/dataset_model.h"
#include "store/dataset_store.h"

apr_status_t bm_dataset_definition_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err,
                                        apr_pool_t *p)
{
    return bm_dataset_store_export(prows, db, listing->after, listing->limit, err, p);
}

/* Bytes of the entries, each as compact JSON. */
static apr_int64_t bytes_of(const json_t *items, apr_pool_t *p)
{
    apr_int64_t bytes = 0;
    apr_pool_t *scratch;
    apr_size_t i, len;

    apr_pool_create(&scratch, p);
    for (i = 0; i < json_array_size(items); i++) {
        (void)bm_json_dump(&len, json_array_get(items, i), scratch);
        bytes += (apr_int64_t)len;
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return bytes;
}

/* Only of one that is to be made: a dataset is never changed. */
static apr_status_t check(bm_req_t *q, json_t *dataset)
{
    const json_t *items = json_object_get(dataset, "items");
    apr_status_t rv = bm_project_settle(q, dataset);
    const char *why;
    size_t i;

    if (rv != APR_SUCCESS)
        return rv;
    if (!json_is_array(items))
        return bm_err_violation(q->err, "/items", "Is missing: the document has no entries for it. Upload it by POST /datasets.");
    for (i = 0; i < json_array_size(items) && q->err->violations->nelts < BM_ERR_VIOLATIONS_MAX; i++) {
        why = bm_datasets_api_refusal(json_array_get(items, i), q->p);
        if (why != NULL)
            rv = bm_err_violation(q->err, apr_psprintf(q->p, "/items/%lu", (unsigned long)i), "It %s", why);
    }
    if (rv == APR_SUCCESS && bytes_of(items, q->p) > BM_DATASET_DEFINED_BYTES)
        rv = bm_err_violation(q->err, "/items", "Has more than %d bytes: upload it by POST /datasets.", BM_DATASET_DEFINED_BYTES);
    return rv;
}

/* A hash that is given with the entries must be theirs. */
static apr_status_t check_hash(const bm_rows_t *rows, const json_t *dataset, bm_err_t *err)
{
    int column = (int)(bm_field_find(bm_dataset_definition_fields, "sha256") - bm_dataset_definition_fields) + BM_DATASET_FIRST;
    const char *given = json_string_value(json_object_get(dataset, "sha256")), *is = bm_rows_text(rows, 0, column);

    if (given == NULL || (is != NULL && strcmp(given, is) == 0))
        return APR_SUCCESS;
    return bm_err_set(err, APR_EEXIST, "hash_mismatch",
                      "The entries of dataset '%s' do not have the sha256 that stands with them.",
                      json_string_value(json_object_get(dataset, "name")));
}

static apr_status_t add(bm_rows_t **prows, bm_db_t *db, const json_t *dataset, const char *created_by, bm_err_t *err,
                        apr_pool_t *p)
{
    const json_t *items = json_object_get(dataset, "items");
    bm_dataset_upload_t upload = { .project_id = json_integer_value(json_object_get(dataset, "project_id")),
                                   .name = json_string_value(json_object_get(dataset, "name")),
                                   .format = json_string_value(json_object_get(dataset, "format")),
                                   .entries = bm_json_dump(NULL, items, p), .count = (int)json_array_size(items),
                                   .bytes = bytes_of(items, p), .created_by = created_by };
    bm_rows_t *made;
    apr_status_t rv = bm_dataset_store_add(&made, db, &upload, err, p);

    if (rv == APR_SUCCESS)
        rv = bm_dataset_store_definition(prows, db, bm_rows_int64(made, 0, BM_DATASET_FIRST, 0), 0, err, p);
    return rv == APR_SUCCESS ? check_hash(*prows, dataset, err) : rv;
}

/* All members but the name are fixed, and the name is what it was found by: what differs was refused before. */
static apr_status_t put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *dataset, const char *changed_by,
                        bm_err_t *err, apr_pool_t *p)
{
    (void)dataset;
    (void)changed_by;
    return bm_dataset_store_definition(prows, db, id, 0, err, p);
}

const bm_resource_t bm_dataset_definition_resource = {
    .letter = "d",
    .path = "/datasets",
    .fields = bm_dataset_definition_fields,
    .first = BM_DATASET_FIRST,
    .check = check,
    .get = bm_dataset_store_definition,
    .add = add,
    .put = put
};
