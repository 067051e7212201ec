/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_labels.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "base/json.h"
#include "store/label_store.h"

#define GROUP "group:"

struct bm_kpi_labels_t {
    apr_pool_t *p;
    apr_hash_t *ids;             /* name -> apr_int32_t *; no more than there are numbers */
    int per_run;
    int full;                    /* whoever is not in ids has no number and gets none */
};

bm_kpi_labels_t *bm_kpi_labels_make(int per_run, apr_pool_t *p)
{
    bm_kpi_labels_t *labels = apr_pcalloc(p, sizeof(*labels));

    labels->p = p;
    labels->ids = apr_hash_make(p);
    labels->per_run = per_run > BM_KPI_LABELS_MAX ? BM_KPI_LABELS_MAX : per_run;
    return labels;
}

static void add_id(bm_kpi_sample_t *sample, apr_int32_t id)
{
    int i;

    for (i = 0; i < sample->label_count; i++)
        if (sample->label_ids[i] == id)
            return;
    sample->label_ids[sample->label_count++] = id;
}

void bm_kpi_labels_set(bm_kpi_sample_t *sample, const bm_kpi_labels_t *labels, const char *json, apr_array_header_t *unknown,
                       apr_pool_t *ptemp)
{
    json_t *list;
    size_t i;
    int taken = 0, other = 0;

    sample->label_count = 0;
    if (json == NULL || labels->per_run == 0 || bm_json_parse(&list, json, strlen(json), NULL, ptemp) != APR_SUCCESS)
        return;
    for (i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        const apr_int32_t *id;

        if (name == NULL || name[0] == '\0' || strncmp(name, GROUP, strlen(GROUP)) == 0)
            continue;
        if (taken++ >= labels->per_run) {
            other = 1;
            break;
        }
        id = apr_hash_get(labels->ids, name, APR_HASH_KEY_STRING);
        if (id != NULL)
            add_id(sample, *id);
        else {
            other = 1;
            if (!labels->full)
                APR_ARRAY_PUSH(unknown, const char *) = apr_pstrdup(unknown->pool, name);
        }
    }
    if (other)
        add_id(sample, BM_LABEL_OTHER);
}

static void remember(bm_kpi_labels_t *labels, const bm_rows_t *rows)
{
    int i;

    for (i = 0; i < bm_rows_count(rows); i++) {
        const char *name = bm_rows_text(rows, i, BM_LABEL_NAME);
        apr_int32_t *id;

        if (apr_hash_get(labels->ids, name, APR_HASH_KEY_STRING) != NULL)
            continue;
        id = apr_palloc(labels->p, sizeof(*id));
        *id = (apr_int32_t)bm_rows_int64(rows, i, BM_LABEL_ID, 0);
        apr_hash_set(labels->ids, apr_pstrdup(labels->p, name), APR_HASH_KEY_STRING, id);
    }
}

/* Those of names that are not known, in ptemp. */
static apr_array_header_t *still_unknown(const bm_kpi_labels_t *labels, const apr_array_header_t *names, apr_pool_t *ptemp)
{
    apr_array_header_t *left = apr_array_make(ptemp, names->nelts + 1, sizeof(const char *));
    int i;

    for (i = 0; i < names->nelts; i++)
        if (apr_hash_get(labels->ids, APR_ARRAY_IDX(names, i, const char *), APR_HASH_KEY_STRING) == NULL)
            APR_ARRAY_PUSH(left, const char *) = APR_ARRAY_IDX(names, i, const char *);
    return left;
}

apr_status_t bm_kpi_labels_learn(bm_kpi_labels_t *labels, const apr_array_header_t *names, bm_db_t *db, bm_err_t *err,
                                 apr_pool_t *ptemp)
{
    apr_array_header_t *left = still_unknown(labels, names, ptemp);
    apr_status_t rv = APR_SUCCESS;
    bm_rows_t *rows;
    int id, adding;

    for (adding = 0; adding <= 1 && rv == APR_SUCCESS && left->nelts > 0 && !labels->full; adding++) {
        if (adding)
            rv = bm_label_store_add(db, (const char *const *)left->elts, left->nelts, err, ptemp);
        if (rv == APR_SUCCESS)
            rv = bm_label_store_find(&rows, db, (const char *const *)left->elts, left->nelts, err, ptemp);
        if (rv == APR_SUCCESS)
            remember(labels, rows);
        left = still_unknown(labels, left, ptemp);
    }
    /* With no room left all that have numbers are known once and for all, and nothing need be asked again. */
    if (rv == APR_SUCCESS && left->nelts > 0 && !labels->full)
        rv = bm_label_store_id(&id, &labels->full, db, "", err, ptemp);
    if (rv == APR_SUCCESS && left->nelts > 0 && labels->full) {
        labels->full = 0;
        rv = bm_label_store_list(&rows, db, err, ptemp);
        if (rv == APR_SUCCESS)
            remember(labels, rows);
        labels->full = rv == APR_SUCCESS;
    }
    return rv;
}
