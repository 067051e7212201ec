/* SPDX-License-Identifier: Apache-2.0 */
#include "api/compare_config.h"

#include <stdlib.h>
#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "model/automation_model.h"
#include "model/scenario_model.h"
#include "store/automation_store.h"
#include "store/compare_store.h"
#include "store/row_json.h"
#include "store/scenario_store.h"

typedef struct listing_t {
    apr_array_header_t *differences;
    bm_req_t *q;
} listing_t;

static void add(const listing_t *l, const char *what, const char *a, const char *b)
{
    if (l->differences->nelts < BM_COMPARE_DIFFERENCES_MAX)
        *(bm_compare_difference_t *)apr_array_push(l->differences) = (bm_compare_difference_t){ what, a, b };
}

/* --- what the runs of a side have in a column */

/* "7@3" of scenario and version, "2" of an id, the text of a text; NULL: none. */
static const char *value_of(const bm_compare_group_t *g, int row, int column, apr_pool_t *p)
{
    if (column == BM_COMPARE_SCENARIO)
        return apr_psprintf(p, "%" APR_INT64_T_FMT "@%" APR_INT64_T_FMT, bm_rows_int64(g->rows, row, BM_COMPARE_SCENARIO, 0),
                            bm_rows_int64(g->rows, row, BM_COMPARE_VERSION, 0));
    if (column == BM_COMPARE_AUTOMATION)
        return apr_psprintf(p, "%" APR_INT64_T_FMT, bm_rows_int64(g->rows, row, BM_COMPARE_AUTOMATION, 0));
    return bm_rows_text(g->rows, row, column);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The different values, sorted (const char *). */
static apr_array_header_t *values_of(const bm_compare_group_t *g, int column, apr_pool_t *p)
{
    apr_array_header_t *values = apr_array_make(p, 4, sizeof(const char *));
    apr_hash_t *seen = apr_hash_make(p);
    apr_pool_t *ptemp;
    int i;

    apr_pool_create(&ptemp, p);
    for (i = 0; g->rows != NULL && i < g->n; i++) {
        const char *value = value_of(g, i, column, ptemp);

        if (value == NULL || apr_hash_get(seen, value, APR_HASH_KEY_STRING) != NULL)
            continue;
        value = apr_pstrdup(p, value);
        apr_hash_set(seen, value, APR_HASH_KEY_STRING, value);
        APR_ARRAY_PUSH(values, const char *) = value;
    }
    apr_pool_destroy(ptemp);
    qsort(values->elts, (size_t)values->nelts, sizeof(const char *), by_text);
    return values;
}

static int same_values(const apr_array_header_t *a, const apr_array_header_t *b)
{
    int i;

    for (i = 0; i < a->nelts && i < b->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(a, i, const char *), APR_ARRAY_IDX(b, i, const char *)) != 0)
            return 0;
    return a->nelts == b->nelts;
}

static const char *as_json(const apr_array_header_t *values, apr_pool_t *p)
{
    json_t *list = json_array();
    int i;

    for (i = 0; i < values->nelts && i < BM_COMPARE_VALUES_MAX; i++)
        json_array_append_new(list, json_string(APR_ARRAY_IDX(values, i, const char *)));
    if (values->nelts > BM_COMPARE_VALUES_MAX)
        json_array_append_new(list, json_string(apr_psprintf(p, "and %d more", values->nelts - BM_COMPARE_VALUES_MAX)));
    return bm_json_dump(NULL, bm_json_adopt(list, p), p);
}

/* --- two JSON values */

static int is_ours(const char *key)
{
    static const char *const ours[] = { "id", "version", "created_at", "updated_at", "created_by", "project_id", "labels" };
    size_t i;

    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strcmp(key, ours[i]) == 0)
            return 1;
    return 0;
}

enum { DEPTH_MAX = 6, TEXT_MAX = 300 };

static const char *shown(const json_t *value, apr_pool_t *p)
{
    const char *text = value == NULL ? "null" : bm_json_dump(NULL, value, p);

    return strlen(text) <= TEXT_MAX ? text
        : bm_json_dump(NULL, bm_json_adopt(json_sprintf("%zu bytes of JSON", strlen(text)), p), p);
}

static void add_json(const listing_t *l, const char *what, json_t *a, json_t *b, int depth)
{
    const char *key;
    json_t *value;

    if (json_equal(a, b) || (a == NULL && b == NULL))
        return;
    if (!json_is_object(a) || !json_is_object(b) || depth >= DEPTH_MAX) {
        add(l, what, shown(a, l->q->p), shown(b, l->q->p));
        return;
    }
    json_object_foreach(a, key, value)
        if (depth > 0 || !is_ours(key))
            add_json(l, apr_pstrcat(l->q->p, what, "/", key, NULL), value, json_object_get(b, key), depth + 1);
    json_object_foreach(b, key, value)
        if (json_object_get(a, key) == NULL && (depth > 0 || !is_ours(key)))
            add_json(l, apr_pstrcat(l->q->p, what, "/", key, NULL), NULL, value, depth + 1);
}

/* A row as the resource that the API shows. */
static json_t *as_resource(const bm_rows_t *rows, int first, const bm_field_t *fields, bm_req_t *q)
{
    bm_buffer_t text = { 0 };
    json_t *resource = NULL;
    bm_jw_t w;

    bm_jw_init(&w, &text);
    bm_row_json_write(&w, rows, 0, first, fields, 0);
    if (w.rv == APR_SUCCESS)
        (void)bm_json_parse(&resource, text.data, text.len, NULL, q->p);
    bm_buffer_free(&text);
    return resource;
}

/* What is gone meanwhile has nothing to say. */
static apr_status_t read_version(json_t **pbody, const bm_compare_group_t *g, bm_req_t *q)
{
    bm_rows_t *rows;
    apr_int64_t version = bm_rows_int64(g->rows, 0, BM_COMPARE_VERSION, 0);
    apr_status_t rv = APR_NOTFOUND;

    *pbody = NULL;
    if (version > 0)
        rv = bm_scenario_store_versions(&rows, q->db, bm_rows_int64(g->rows, 0, BM_COMPARE_SCENARIO, 0), version, q->err, q->p);
    if (rv == APR_SUCCESS)
        *pbody = json_object_get(as_resource(rows, 0, bm_scenario_version_fields, q), "body");
    return rv == APR_NOTFOUND ? APR_SUCCESS : rv;
}

static apr_status_t read_automation(json_t **pbody, const bm_compare_group_t *g, bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_automation_store_get(&rows, q->db, bm_rows_int64(g->rows, 0, BM_COMPARE_AUTOMATION, 0), 0, q->err, q->p);

    *pbody = NULL;
    if (rv == APR_SUCCESS)
        *pbody = as_resource(rows, BM_AUTOMATION_FIRST, bm_automation_fields, q);
    return rv == APR_NOTFOUND ? APR_SUCCESS : rv;
}

/* --- all */

typedef apr_status_t read_fn(json_t **pbody, const bm_compare_group_t *g, bm_req_t *q);

static apr_status_t add_content(const listing_t *l, const char *what, const bm_compare_group_t *a, const bm_compare_group_t *b,
                                read_fn *read)
{
    json_t *of_a, *of_b;
    apr_status_t rv = read(&of_a, a, l->q);

    if (rv == APR_SUCCESS)
        rv = read(&of_b, b, l->q);
    if (rv == APR_SUCCESS && of_a != NULL && of_b != NULL)
        add_json(l, what, of_a, of_b, 0);
    return rv;
}

static void add_plans(const listing_t *l, const bm_compare_group_t *a, const bm_compare_group_t *b)
{
    json_t *of_a, *of_b;

    if (a->plan == NULL || b->plan == NULL)
        return;
    if (bm_json_parse(&of_a, a->plan, strlen(a->plan), NULL, l->q->p) == APR_SUCCESS
        && bm_json_parse(&of_b, b->plan, strlen(b->plan), NULL, l->q->p) == APR_SUCCESS)
        add_json(l, "plan", of_a, of_b, 0);
}

apr_status_t bm_compare_config(apr_array_header_t **pdifferences, const bm_compare_group_t *a, const bm_compare_group_t *b,
                               bm_req_t *q)
{
    static const struct {
        int column;
        const char *what;
        read_fn *read;           /* what stands behind one value */
    } columns[] = {
        { BM_COMPARE_SCENARIO, "scenario", read_version }, { BM_COMPARE_AUTOMATION, "automation", read_automation },
        { BM_COMPARE_PROVIDER, "provider", NULL }, { BM_COMPARE_MODEL, "model", NULL },
        { BM_COMPARE_LOCATION, "location", NULL }, { BM_COMPARE_ENGINE, "engine", NULL }
    };
    listing_t l = { apr_array_make(q->p, 8, sizeof(bm_compare_difference_t)), q };
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    *pdifferences = l.differences;
    if (a->rows == NULL || b->rows == NULL)
        return APR_SUCCESS;
    for (i = 0; i < sizeof(columns) / sizeof(columns[0]) && rv == APR_SUCCESS; i++) {
        const apr_array_header_t *of_a = values_of(a, columns[i].column, q->p), *of_b = values_of(b, columns[i].column, q->p);

        if (same_values(of_a, of_b))
            continue;
        add(&l, columns[i].what, as_json(of_a, q->p), as_json(of_b, q->p));
        if (columns[i].read != NULL && of_a->nelts == 1 && of_b->nelts == 1)
            rv = add_content(&l, columns[i].what, a, b, columns[i].read);
    }
    add_plans(&l, a, b);
    return rv;
}
