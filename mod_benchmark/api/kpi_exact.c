/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_exact.h"

#include <math.h>
#include <string.h>
#include "base/text.h"
#include "model/run_model.h"
#include "store/location_store.h"

#define MS 1000.0

typedef struct exact_t {
    bm_kpi_query_t *query;
    bm_kpi_exact_t what;
    bm_kpi_groups_t *groups;            /* counts only: their sketches stay empty */
    bm_req_t *q;
} exact_t;

static apr_status_t check(const bm_kpi_query_t *query, bm_req_t *q)
{
    int i;

    if (query->by[0] == BM_KPI_BY_LABEL || query->by[1] == BM_KPI_BY_LABEL)
        return bm_err_violation(q->err, "?group_by", "By label without exact only.");
    if (query->label != NULL && query->window.source != BM_RUN_KIND_RUN)
        return bm_err_violation(q->err, "?label", "Requests of load tests by label without exact only.");

    for (i = 0; i < query->metric_count; i++) {
        const bm_kpi_metric_t *metric = bm_kpi_metric_find(query->metrics[i]);

        if (!bm_kpi_exact_store_has(metric->name))
            return bm_err_violation(q->err, "?metric", "A run has many values of %s, which are not kept as rows: without exact "
                                    "only.", metric->name);
    }
    return APR_SUCCESS;
}

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
        bm_kpi_counts_t *counts;

        key_read(key, exact, rows, i);
        counts = &bm_kpi_groups_get(exact->groups, key)->counts;
        counts->status[status_of(bm_rows_text(rows, i, BM_KPI_EXACT_STATUS))]
            += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_COUNT, 0);
        counts->prompt_tokens += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_PROMPT, 0);
        counts->completion_tokens += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_COMPLETION, 0);
        counts->good += (apr_uint64_t)bm_rows_int64(rows, i, BM_KPI_EXACT_GOOD, 0);
        counts->cost += (double)bm_rows_int64(rows, i, BM_KPI_EXACT_COST, 0) / 1e9;
    }
    return rv;
}

static void figure_read(bm_kpi_figure_t *figure, const bm_kpi_query_t *query, const bm_rows_t *rows, int row)
{
    int i;

    figure->n = (apr_uint64_t)bm_rows_int64(rows, row, BM_KPI_EXACT_N, 0);
    figure->mean = bm_rows_double(rows, row, BM_KPI_EXACT_MEAN, NAN) / MS;
    figure->min = bm_rows_double(rows, row, BM_KPI_EXACT_MIN, NAN) / MS;
    figure->max = bm_rows_double(rows, row, BM_KPI_EXACT_MAX, NAN) / MS;
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

static bm_kpi_answer_t *answer_of(const apr_array_header_t *answers, const apr_int64_t key[BM_KPI_GROUP_PARTS])
{
    int i;

    for (i = 0; i < answers->nelts; i++)
        if (memcmp(APR_ARRAY_IDX(answers, i, bm_kpi_answer_t).group->key, key, sizeof(apr_int64_t) * BM_KPI_GROUP_PARTS) == 0)
            return &APR_ARRAY_IDX(answers, i, bm_kpi_answer_t);
    return NULL;
}

static apr_status_t read_metric(exact_t *exact, const apr_array_header_t *answers, int which)
{
    const bm_kpi_metric_t *metric = bm_kpi_metric_find(exact->query->metrics[which]);
    bm_req_t *q = exact->q;
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_exact_store_metric(&rows, q->db, &exact->what, metric->name, metric->of == BM_KPI_OF_COMPLETED,
                                                exact->query->quantiles, exact->query->quantile_count, q->err, q->p);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        apr_int64_t key[BM_KPI_GROUP_PARTS];
        bm_kpi_answer_t *answer;

        key_read(key, exact, rows, i);
        answer = answer_of(answers, key);
        if (answer != NULL)
            figure_read(&answer->figures[which], exact->query, rows, i);
    }
    return rv;
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
    rv = bm_kpi_query_check_groups((unsigned)groups->nelts, exact->q);
    *panswers = apr_array_make(exact->q->p, groups->nelts + 1, sizeof(bm_kpi_answer_t));
    for (i = 0; rv == APR_SUCCESS && i < groups->nelts; i++) {
        bm_kpi_answer_t *answer = apr_array_push(*panswers);

        answer->group = APR_ARRAY_IDX(groups, i, bm_kpi_group_t *);
        answer->figures = no_figures(query, exact->q->p);
    }
    for (i = 0; rv == APR_SUCCESS && i < query->metric_count; i++)
        rv = read_metric(exact, *panswers, i);
    return rv;
}

apr_status_t bm_kpi_exact(apr_array_header_t **panswers, bm_kpi_answer_t *total, bm_kpi_query_t *query, bm_req_t *q)
{
    exact_t exact = { .query = query, .q = q,
                      .what = { .window = query->window, .model = query->model, .provider = query->provider,
                                .label = query->label } };
    apr_array_header_t *all;
    apr_status_t rv = check(query, q);

    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_open(q);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_kpi_query_read_names(query, q);
    if (rv == APR_SUCCESS)
        rv = read_all(&all, &exact);
    exact.what.by[0] = query->by[0] == BM_KPI_BY_STATUS ? BM_KPI_BY_NOTHING : (bm_kpi_by_e)query->by[0];
    exact.what.by[1] = query->by[1] == BM_KPI_BY_STATUS ? BM_KPI_BY_NOTHING : (bm_kpi_by_e)query->by[1];
    if (rv == APR_SUCCESS && all->nelts > 0)
        rv = read_all(panswers, &exact);
    else
        *panswers = rv == APR_SUCCESS ? all : NULL;
    bm_kpi_query_close(q);
    if (rv == APR_SUCCESS && all->nelts > 0)
        *total = APR_ARRAY_IDX(all, 0, bm_kpi_answer_t);
    else {
        total->group = bm_kpi_groups_total(bm_kpi_groups_make(query->metrics, query->metric_count, q->p), q->p);
        total->figures = no_figures(query, q->p);
    }
    return rv;
}
