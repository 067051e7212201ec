/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_delta.h"

#include <stdlib.h>
#include <apr_hash.h>

typedef struct growing_t {
    bm_kpi_delta_t delta;
    bm_kpi_cell_t *cell;
} growing_t;

/* The members fill the struct, so its bytes can be a hash key. */
_Static_assert(sizeof(bm_kpi_key_t) == sizeof(apr_int64_t) + 6 * sizeof(apr_int32_t), "padding in a hash key");

int bm_kpi_delta_key_order(const bm_kpi_key_t *a, const bm_kpi_key_t *b)
{
    if (a->scenario_id != b->scenario_id)
        return a->scenario_id < b->scenario_id ? -1 : 1;
    if (a->model_id != b->model_id)
        return a->model_id < b->model_id ? -1 : 1;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->label_id != b->label_id)
        return a->label_id < b->label_id ? -1 : 1;
    if (a->location_id != b->location_id)
        return a->location_id < b->location_id ? -1 : 1;
    return (a->hour > b->hour) - (a->hour < b->hour);
}

static int delta_order(const void *a, const void *b)
{
    const bm_kpi_delta_t *x = a, *y = b;

    return bm_kpi_delta_key_order(&x->key, &y->key);
}

struct bm_kpi_delta_set_t {
    apr_pool_t *p;
    apr_hash_t *all;             /* bm_kpi_key_t -> growing_t * */
};

bm_kpi_delta_set_t *bm_kpi_delta_set_make(apr_pool_t *p)
{
    bm_kpi_delta_set_t *set = apr_palloc(p, sizeof(*set));

    set->p = p;
    set->all = apr_hash_make(p);
    return set;
}

static growing_t *growing_get(bm_kpi_delta_set_t *set, const bm_kpi_sample_t *sample, apr_int32_t label_id)
{
    bm_kpi_key_t key = { .scenario_id = sample->scenario_id, .model_id = sample->model_id, .label_id = label_id,
                         .source = sample->source, .location_id = sample->location_id, .hour = sample->finished_hour };
    growing_t *g = apr_hash_get(set->all, &key, sizeof(key));

    if (g != NULL)
        return g;
    g = apr_pcalloc(set->p, sizeof(*g));
    g->delta.key = key;
    g->delta.min_id = g->delta.max_id = sample->run_id;
    g->cell = bm_kpi_cell_make(set->p);
    apr_hash_set(set->all, &g->delta.key, sizeof(g->delta.key), g);
    return g;
}

static apr_status_t growing_add(bm_kpi_delta_set_t *set, const bm_kpi_sample_t *sample, apr_int32_t label_id)
{
    growing_t *g = growing_get(set, sample, label_id);
    apr_status_t rv = bm_kpi_cell_add_run(g->cell, sample);

    if (rv != APR_SUCCESS)
        return rv;
    g->delta.n++;
    g->delta.min_id = sample->run_id < g->delta.min_id ? sample->run_id : g->delta.min_id;
    g->delta.max_id = sample->run_id > g->delta.max_id ? sample->run_id : g->delta.max_id;
    return APR_SUCCESS;
}

apr_status_t bm_kpi_delta_set_add(bm_kpi_delta_set_t *set, const bm_kpi_sample_t *sample)
{
    apr_status_t rv;
    int i;

    if ((int)sample->status < 0 || sample->status >= BM_KPI_STATUS_END)
        return APR_EINVAL;                   /* before a cell is made for it */
    rv = growing_add(set, sample, 0);
    for (i = 0; i < sample->label_count && rv == APR_SUCCESS; i++)
        rv = growing_add(set, sample, sample->label_ids[i]);
    return rv;
}

static void sort_deltas(apr_array_header_t *deltas)
{
    if (deltas->nelts > 1)
        qsort(deltas->elts, (size_t)deltas->nelts, sizeof(bm_kpi_delta_t), delta_order);
}

apr_array_header_t *bm_kpi_delta_set_list(const bm_kpi_delta_set_t *set, apr_pool_t *p)
{
    apr_array_header_t *deltas = apr_array_make(p, (int)apr_hash_count(set->all), sizeof(bm_kpi_delta_t));

    for (apr_hash_index_t *hi = apr_hash_first(p, set->all); hi != NULL; hi = apr_hash_next(hi)) {
        const growing_t *g = apr_hash_this_val(hi);
        bm_kpi_delta_t *delta = apr_array_push(deltas);

        *delta = g->delta;
        delta->body = bm_kpi_cell_write(&delta->len, g->cell, p);
    }
    sort_deltas(deltas);
    return deltas;
}

apr_status_t bm_kpi_delta_create(apr_array_header_t **pdeltas, const bm_kpi_sample_t *samples, int count,
                                 apr_pool_t *p, apr_pool_t *ptemp)
{
    bm_kpi_delta_set_t *set = bm_kpi_delta_set_make(ptemp);

    *pdeltas = NULL;
    for (int i = 0; i < count; i++) {
        apr_status_t rv = bm_kpi_delta_set_add(set, &samples[i]);

        if (rv != APR_SUCCESS)
            return rv;
    }
    *pdeltas = bm_kpi_delta_set_list(set, p);
    return APR_SUCCESS;
}

void bm_kpi_delta_copy_to_labels(apr_array_header_t *deltas, const apr_int32_t *label_ids, int n)
{
    int count = deltas->nelts, i, k;

    for (i = 0; i < count; i++) {
        for (k = 0; k < n; k++) {
            bm_kpi_delta_t copy = APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);

            copy.key.label_id = label_ids[k];
            APR_ARRAY_PUSH(deltas, bm_kpi_delta_t) = copy;
        }
    }
    if (n > 0)
        sort_deltas(deltas);
}
