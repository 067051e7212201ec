/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "api/kpi_exact_gaps.h"
#include "base/text.h"
#include "model/run_model.h"
#include "store/location_store.h"

#define MS 1000.0

typedef struct exact_t {
    bm_kpi_query_t *query;
    bm_kpi_exact_t what;
    bm_kpi_groups_t *groups;            /* counts only: their sketches stay empty */
    apr_array_header_t *answers;        /* of bm_kpi_answer_t, one for each group, ascending by key */
    bm_req_t *q;
} exact_t;

static apr_int64_t location_id(const bm_rows_t *locations, const char *name)
{
    int i;

    for (i = 0; i < bm_rows_count(locations); i++)
        if (strcmp(bm_rows_text(locations, i, BM_LOCATION_NAME), name) == 0)
            return bm_rows_int64(locations, i, BM_LOCATION_ID, 0);
    return 0;
}

static void key_read(apr_int64_t key[BM_KPI_GROUP_PARTS], const exact_t *exact, const bm_rows_t *rows, int row)
{
    int k;

    for (k = 0; k < BM_KPI_GROUP_PARTS; k++) {
        const char *text = bm_rows_text(rows, row, k);

        key[k] = 0;
        if (exact->what.by[k] == BM_KPI_BY_PROVIDER)
            key[k] = bm_kpi_query_place(exact->query->providers, text ? text : "", exact->q->p);
        else if (exact->what.by[k] == BM_KPI_BY_LOCATION)
            key[k] = location_id(exact->query->locations, text);
        else if (text != NULL && text[0] != '\0')
            (void)bm_text_to_int64(&key[k], text, APR_INT64_MIN, APR_INT64_MAX);
    }
}

static bm_kpi_status_e status_of(const char *status)
{
    int i;

    for (i = 0; i < BM_KPI_STATUS_END; i++)
        if (strcmp(bm_kpi_status_names[i], status) == 0)
            return (bm_kpi_status_e)i;
    return BM_KPI_FAILED;
}

static apr_status_t read_counts(exact_t *exact)
{
    bm_req_t *q = exact->q;
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_exact_store_counts(&rows, q->db, &exact->what, q->err, q->p);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        apr_int64_t key[BM_KPI_GROUP_PARTS];
        bm_kpi_group_t *group;
        bm_kpi_counts_t *counts;

        key_read(key, exact, rows, i);
        group = bm_kpi_groups_get(exact->groups, key);
        counts = &group->counts;
        counts->status[status_of(bm_rows_text(rows, i, BM_KPI_EXACT_STATUS))]
            += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_COUNT, 0);
        counts->prompt_tokens += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_PROMPT, 0);
        counts->completion_tokens += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_COMPLETION, 0);
        counts->good += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_GOOD, 0);
        counts->cost += (double)bm_rows_int64(rows, i, BM_KPI_EXACT_COST, 0) / 1e9;
        bm_kpi_group_add_error(group, bm_rows_text(rows, i, BM_KPI_EXACT_ERROR),
                               (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_COUNT, 0), q->p);
    }
    return rv;
}

static void figure_read(bm_kpi_answer_t *answer, int which, const bm_kpi_query_t *query, const bm_rows_t *rows, int row)
{
    bm_kpi_figure_t *figure = &answer->figures[which];
    int i;

    figure->n = (apr_uint64_t)bm_rows_int64(rows, row, BM_KPI_EXACT_N, 0);
    figure->mean = bm_rows_double(rows, row, BM_KPI_EXACT_MEAN, NAN) / MS;
    figure->min = bm_rows_double(rows, row, BM_KPI_EXACT_MIN, NAN) / MS;
    figure->max = bm_rows_double(rows, row, BM_KPI_EXACT_MAX, NAN) / MS;
    answer->within[which] = (bm_kpi_within_t){ (apr_uint64_t)bm_rows_int64(rows, row, BM_KPI_EXACT_SATISFIED, 0),
                                               (apr_uint64_t)bm_rows_int64(rows, row, BM_KPI_EXACT_TOLERATED, 0) };
    for (i = 0; i < query->quantile_count; i++) {
        int first = BM_KPI_EXACT_QUANTILES + i * BM_KPI_EXACT_PER_QUANTILE;
        double rank = query->quantiles[i] * ((double)figure->n - 1);
        double low = bm_rows_double(rows, row, first + BM_KPI_EXACT_FLOOR, NAN);
        double high = bm_rows_double(rows, row, first + BM_KPI_EXACT_CEIL, NAN);

        figure->at[i] = (bm_kpi_quantile_t){
            .value = (low + (high - low) * (rank - floor(rank))) / MS,
            .low = bm_rows_double(rows, row, first + BM_KPI_EXACT_LOW, NAN) / MS,
            .high = bm_rows_double(rows, row, first + BM_KPI_EXACT_HIGH, NAN) / MS,
            .few = bm_kpi_figure_is_few(figure->n, query->quantiles[i])
        };
    }
}

static int by_key(const void *key, const void *element)
{
    const apr_int64_t *wanted = key, *has = ((const bm_kpi_answer_t *)element)->group->key;
    int k;

    for (k = 0; k < BM_KPI_GROUP_PARTS; k++)
        if (wanted[k] != has[k])
            return wanted[k] < has[k] ? -1 : 1;
    return 0;
}

/* The answer that a row belongs to; NULL: its group was not there when they were counted. */
static bm_kpi_answer_t *answer_of(void *baton, const bm_rows_t *rows, int row)
{
    const exact_t *exact = baton;
    apr_int64_t key[BM_KPI_GROUP_PARTS];

    key_read(key, exact, rows, row);
    return bsearch(key, exact->answers->elts, (size_t)exact->answers->nelts, sizeof(bm_kpi_answer_t), by_key);
}

static apr_status_t read_metric(exact_t *exact, int which)
{
    const bm_kpi_metric_t *metric = bm_kpi_metric_find(exact->query->metrics[which]);
    bm_req_t *q = exact->q;
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_exact_store_metric(&rows, q->db, &exact->what, metric->name, metric->of == BM_KPI_OF_COMPLETED,
                                                exact->query->quantiles, exact->query->quantile_count, q->err, q->p);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        bm_kpi_answer_t *answer = answer_of(exact, rows, i);

        if (answer != NULL)
            figure_read(answer, which, exact->query, rows, i);
    }
    return rv;
}

static apr_status_t read_metrics(exact_t *exact)
{
    const bm_kpi_query_t *query = exact->query;
    apr_status_t rv = APR_SUCCESS;
    int i, gaps = 0;

    for (i = 0; rv == APR_SUCCESS && i < query->metric_count; i++) {
        if (bm_kpi_metric_find(query->metrics[i])->pooled)
            gaps = 1;
        else
            rv = read_metric(exact, i);
    }
    return rv == APR_SUCCESS && gaps ? bm_kpi_exact_gaps(&exact->what, query, answer_of, exact, exact->q) : rv;
}

static bm_kpi_figure_t *no_figures(const bm_kpi_query_t *query, apr_pool_t *p)
{
    bm_kpi_figure_t *figures = apr_pcalloc(p, (apr_size_t)query->metric_count * sizeof(*figures));
    bm_sketch_t *empty = bm_sketch_make(p);
    int i;

    for (i = 0; i < query->metric_count; i++)
        bm_kpi_figure_of(&figures[i], empty, query->quantiles, query->quantile_count);
    return figures;
}

static void answer_make(bm_kpi_answer_t *answer, const bm_kpi_group_t *group, const bm_kpi_query_t *query, apr_pool_t *p)
{
    answer->group = group;
    answer->figures = no_figures(query, p);
    answer->within = apr_pcalloc(p, (apr_size_t)query->metric_count * sizeof(*answer->within));
    answer->gaps = NULL;
}

/* By the keys that exact->what names. */
static apr_status_t read_all(apr_array_header_t **panswers, exact_t *exact)
{
    bm_kpi_query_t *query = exact->query;
    apr_array_header_t *groups;
    apr_status_t rv;
    int i;

    exact->groups = bm_kpi_groups_make(NULL, 0, exact->q->p);
    rv = read_counts(exact);
    if (rv != APR_SUCCESS)
        return rv;
    groups = bm_kpi_groups_list(exact->groups, exact->q->p);
    rv = bm_kpi_query_check_groups(query, (unsigned)groups->nelts, exact->q);
    if (rv != APR_SUCCESS)
        return rv;
    *panswers = exact->answers = apr_array_make(exact->q->p, groups->nelts + 1, sizeof(bm_kpi_answer_t));
    for (i = 0; i < groups->nelts; i++)
        answer_make(apr_array_push(exact->answers), APR_ARRAY_IDX(groups, i, bm_kpi_group_t *), query, exact->q->p);
    return read_metrics(exact);
}

/* Status is no part of a key: a group holds all of them. */
static bm_kpi_by_e key_part(int by)
{
    return by == BM_KPI_BY_STATUS ? BM_KPI_BY_NOTHING : (bm_kpi_by_e)by;
}

static apr_status_t read_answers(apr_array_header_t **panswers, apr_array_header_t **pall, exact_t *exact)
{
    bm_kpi_query_t *query = exact->query;
    bm_req_t *q = exact->q;
    apr_status_t rv = bm_kpi_query_read_names(query, q);

    if (rv == APR_SUCCESS)
        rv = read_all(pall, exact);
    if (rv != APR_SUCCESS)
        return rv;
    *panswers = *pall;
    exact->what.by[0] = key_part(query->by[0]);
    exact->what.by[1] = key_part(query->by[1]);
    if ((*pall)->nelts == 0 || (exact->what.by[0] == BM_KPI_BY_NOTHING && exact->what.by[1] == BM_KPI_BY_NOTHING))
        return APR_SUCCESS;
    rv = read_all(panswers, exact);
    return rv == APR_SUCCESS ? bm_kpi_query_read_labels(query, exact->groups, q) : rv;
}

apr_status_t bm_kpi_exact(apr_array_header_t **panswers, bm_kpi_answer_t *total, int *kept_rows_only, bm_kpi_query_t *query,
                          bm_req_t *q)
{
    exact_t exact = { .query = query, .q = q,
                      .what = { .window = query->window, .model = query->model, .provider = query->provider,
                                .label = query->label, .labels_max = q->api->settings->max_labels,
                                .apdex_t_ms = query->apdex_t_ms } };
    apr_array_header_t *all;
    apr_status_t rv = bm_kpi_query_open(q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = read_answers(panswers, &all, &exact);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_exact_store_lacks(kept_rows_only, q->db, &exact.what, q->err, q->p);
    bm_kpi_query_close(q);
    if (rv != APR_SUCCESS)
        return rv;
    if (all->nelts > 0)
        *total = APR_ARRAY_IDX(all, 0, bm_kpi_answer_t);
    else
        answer_make(total, bm_kpi_groups_total(bm_kpi_groups_make(query->metrics, query->metric_count, q->p), q->p), query, q->p);
    return rv;
}
