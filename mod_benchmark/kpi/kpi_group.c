/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_group.h"

#include <stdlib.h>
#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "kpi/kpi_view.h"

struct bm_kpi_groups_t {
    apr_pool_t *p;
    apr_hash_t *groups;             /* of bm_kpi_group_t, by key */
    bm_kpi_metric_e metrics[BM_KPI_METRIC_END];
    int n;
    bm_sketch_t *scratch;           /* NULL: values stay packed */
};

bm_kpi_groups_t *bm_kpi_groups_make_packed(const bm_kpi_metric_e *metrics, int n, apr_pool_t *p)
{
    bm_kpi_groups_t *groups = apr_pcalloc(p, sizeof(*groups));

    groups->p = p;
    groups->groups = apr_hash_make(p);
    groups->n = n;
    if (n > 0)           /* else there may be no array at all */
        memcpy(groups->metrics, metrics, (size_t)n * sizeof(*metrics));
    return groups;
}

bm_kpi_groups_t *bm_kpi_groups_make(const bm_kpi_metric_e *metrics, int n, apr_pool_t *p)
{
    bm_kpi_groups_t *groups = bm_kpi_groups_make_packed(metrics, n, p);

    groups->scratch = bm_sketch_make(p);
    return groups;
}

static void sketches_make(bm_kpi_group_t *group, const bm_kpi_groups_t *groups, apr_pool_t *p)
{
    int i;

    for (i = 0; i < groups->n; i++)
        group->metrics[groups->metrics[i]] = bm_sketch_make(p);
}

bm_kpi_group_t *bm_kpi_groups_get(bm_kpi_groups_t *groups, const apr_int64_t key[BM_KPI_GROUP_PARTS])
{
    bm_kpi_group_t *group = apr_hash_get(groups->groups, key, sizeof(group->key));

    if (group == NULL) {
        group = apr_pcalloc(groups->p, sizeof(*group));
        memcpy(group->key, key, sizeof(group->key));
        if (groups->scratch != NULL)
            sketches_make(group, groups, groups->p);
        apr_hash_set(groups->groups, group->key, sizeof(group->key), group);
    }
    return group;
}

static void error_add(bm_kpi_group_t *group, const bm_kpi_error_t *error, apr_pool_t *p)
{
    bm_kpi_error_t *own;
    int i;

    if (group->errors == NULL)
        group->errors = apr_array_make(p, 4, sizeof(bm_kpi_error_t));
    for (i = 0; i < group->errors->nelts; i++) {
        own = &APR_ARRAY_IDX(group->errors, i, bm_kpi_error_t);
        if (bm_kpi_cell_error_order(own, error) == 0) {
            own->count += error->count;
            return;
        }
    }
    own = apr_array_push(group->errors);
    *own = *error;
    own->name = apr_pstrmemdup(p, error->name, error->len);
}

void bm_kpi_group_add_error(bm_kpi_group_t *group, const char *name, apr_uint64_t count, apr_pool_t *p)
{
    apr_size_t len = name != NULL ? strlen(name) : 0;

    if (len > 0 && bm_kpi_cell_is_class(name, len))
        error_add(group, &(bm_kpi_error_t){ .name = name, .len = len, .count = count }, p);
    else if (len > 0)
        group->counts.error_other += count;
}

static apr_status_t values_add(bm_kpi_groups_t *groups, bm_kpi_group_t *group, bm_kpi_metric_e metric, const bm_kpi_view_t *view)
{
    bm_kpi_packed_t packed = { view->metrics[metric].data, view->metrics[metric].len };
    apr_status_t rv;

    if (packed.data == NULL)
        return APR_SUCCESS;
    if (groups->scratch == NULL) {
        if (group->packed[metric] == NULL)
            group->packed[metric] = apr_array_make(groups->p, 1, sizeof(packed));
        APR_ARRAY_PUSH(group->packed[metric], bm_kpi_packed_t) = packed;
        return APR_SUCCESS;
    }
    rv = bm_sketch_read(groups->scratch, packed.data, packed.len);
    return rv == APR_SUCCESS ? bm_sketch_merge(group->metrics[metric], groups->scratch) : rv;
}

apr_status_t bm_kpi_group_unpack(bm_sketch_t *sketch, const bm_kpi_group_t *group, bm_kpi_metric_e metric)
{
    const apr_array_header_t *list = group->packed[metric];
    apr_status_t rv = APR_SUCCESS;
    int i;

    bm_sketch_clear(sketch);
    for (i = 0; list != NULL && i < list->nelts && rv == APR_SUCCESS; i++) {
        const bm_kpi_packed_t *packed = &APR_ARRAY_IDX(list, i, bm_kpi_packed_t);

        rv = bm_sketch_add_wire(sketch, packed->data, packed->len);
    }
    if (rv != APR_SUCCESS)
        bm_sketch_clear(sketch);
    return rv;
}

apr_status_t bm_kpi_groups_add(bm_kpi_groups_t *groups, const apr_int64_t key[BM_KPI_GROUP_PARTS], const void *data,
                               apr_size_t len)
{
    bm_kpi_group_t *group;
    bm_kpi_view_t view;
    apr_status_t rv = bm_kpi_view_read(&view, data, len);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    group = bm_kpi_groups_get(groups, key);
    bm_kpi_cell_counts_add(&group->counts, &view.counts);
    for (i = 0; i < view.error_count; i++)
        error_add(group, &view.errors[i], groups->p);
    for (i = 0; i < groups->n && rv == APR_SUCCESS; i++)
        rv = values_add(groups, group, groups->metrics[i], &view);
    return rv;
}

static int by_key(const void *a, const void *b)
{
    const bm_kpi_group_t *one = *(const bm_kpi_group_t *const *)a, *other = *(const bm_kpi_group_t *const *)b;
    int i;

    for (i = 0; i < BM_KPI_GROUP_PARTS; i++)
        if (one->key[i] != other->key[i])
            return one->key[i] < other->key[i] ? -1 : 1;
    return 0;
}

apr_array_header_t *bm_kpi_groups_list(const bm_kpi_groups_t *groups, apr_pool_t *p)
{
    apr_array_header_t *list = apr_array_make(p, (int)apr_hash_count(groups->groups) + 1, sizeof(bm_kpi_group_t *));
    apr_hash_index_t *hi;

    for (hi = apr_hash_first(p, groups->groups); hi != NULL; hi = apr_hash_next(hi))
        APR_ARRAY_PUSH(list, bm_kpi_group_t *) = apr_hash_this_val(hi);
    qsort(list->elts, (size_t)list->nelts, sizeof(bm_kpi_group_t *), by_key);
    return list;
}

bm_kpi_group_t *bm_kpi_groups_total(const bm_kpi_groups_t *groups, apr_pool_t *p)
{
    bm_kpi_group_t *total = apr_pcalloc(p, sizeof(*total));
    apr_hash_index_t *hi;
    int i;

    sketches_make(total, groups, p);
    for (hi = apr_hash_first(p, groups->groups); hi != NULL; hi = apr_hash_next(hi)) {
        const bm_kpi_group_t *group = apr_hash_this_val(hi);

        bm_kpi_cell_counts_add(&total->counts, &group->counts);
        for (i = 0; group->errors != NULL && i < group->errors->nelts; i++)
            error_add(total, &APR_ARRAY_IDX(group->errors, i, bm_kpi_error_t), p);
        /* more values than a sketch counts do not occur: 2^53 runs */
        for (i = 0; groups->scratch != NULL && i < groups->n; i++)
            (void)bm_sketch_merge(total->metrics[groups->metrics[i]], group->metrics[groups->metrics[i]]);
    }
    return total;
}

apr_uint64_t bm_kpi_group_attempts(const bm_kpi_group_t *group)
{
    const apr_uint64_t *status = group->counts.status;

    return status[BM_KPI_COMPLETED] + status[BM_KPI_FAILED] + status[BM_KPI_TIMED_OUT];
}

apr_uint64_t bm_kpi_group_runs(const bm_kpi_group_t *group)
{
    return bm_kpi_group_attempts(group) + group->counts.status[BM_KPI_CANCELLED];
}
