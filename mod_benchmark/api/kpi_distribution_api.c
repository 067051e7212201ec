/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_distribution_api.h"

#include <stdlib.h>
#include "api/kpi_query.h"
#include "kpi/kpi_histogram.h"
#include "model/field_values.h"

enum { BINS_USUAL = 50, BINS_MAX = 200, COLUMNS_MAX = 400, COLUMNS_USUAL = 120, CDF_POINTS = 200 };

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

/* --- distribution */

static const bm_field_t part_fields[] = {
    { "key", BM_TYPE_OBJECT, OURS, .members = bm_kpi_key_fields, .schema = "KpiKey",
      .doc = "What it is of; empty without group_by." },
    BM_KPI_FIGURE_FIELDS,
    { "counts", BM_TYPE_ARRAY, OURS, .members = bm_field_integers, .doc = "Values in each bin." },
    { "cdf", BM_TYPE_ARRAY, OURS, .members = bm_field_points,
      .doc = "[value, fraction] points of the distribution function, ascending." },
    { NULL }
};

static const bm_field_t distribution_fields[] = {
    BM_KPI_HEAD_FIELDS,
    { "metric", BM_TYPE_STRING, OURS, .doc = "Which figure." },
    { "edges", BM_TYPE_ARRAY, OURS, .members = bm_field_numbers,
      .doc = "Edges of the bins in ms, one more than bins; equally wide on a logarithmic scale." },
    { "distributions", BM_TYPE_ARRAY, OURS, .members = part_fields, .schema = "KpiDistributionPart",
      .doc = "One, or with group_by those with the most runs." },
    { "omitted", BM_TYPE_INT, OURS, .doc = "Further groups, which limit leaves out." },
    { NULL }
};

static const bm_schema_t distribution_schema = { "KpiDistribution", distribution_fields };

static const bm_query_param_t distribution_params[] = {
    BM_KPI_METRIC_PARAM,
    BM_KPI_QUANTILES_PARAM,
    BM_KPI_WINDOW_PARAMS,
    { "bins", BM_QUERY_INT, 1, BINS_MAX, NULL, "Most bins of the histogram (default 50)." },
    { "group_by", BM_QUERY_ENUM_LIST, 0, 0, BM_KPI_BY_VALUES, "One distribution for each, with bins in common." },
    { "limit", BM_QUERY_INT, 1, BM_KPI_LINES_MAX, NULL, "Most distributions (default 10)." },
    { NULL }
};

static void put_edges(bm_req_t *q, const bm_kpi_bins_t *bins)
{
    int i;

    bm_jw_key(&q->w, "edges");
    bm_jw_begin_array(&q->w);
    for (i = 0; bins->count > 0 && i <= bins->count; i++)
        bm_jw_ms(&q->w, bm_kpi_bins_edge(bins, i));
    bm_jw_end_array(&q->w);
}

static void put_counts(bm_req_t *q, const bm_kpi_bins_t *bins, const bm_sketch_t *sketch)
{
    apr_uint64_t *counts = apr_palloc(q->p, ((apr_size_t)bins->count + 1) * sizeof(*counts));
    int i;

    bm_kpi_bins_count(counts, bins, sketch);
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bins->count; i++)
        bm_jw_int(&q->w, (apr_int64_t)counts[i]);
    bm_jw_end_array(&q->w);
}

static void put_cdf(bm_req_t *q, const bm_sketch_t *sketch)
{
    apr_array_header_t *points = bm_kpi_cdf(sketch, CDF_POINTS, q->p);
    int i;

    bm_jw_key(&q->w, "cdf");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < points->nelts; i++) {
        const bm_kpi_cdf_point_t *point = &APR_ARRAY_IDX(points, i, bm_kpi_cdf_point_t);

        bm_jw_begin_array(&q->w);
        bm_jw_ms(&q->w, point->value);
        bm_jw_fixed(&q->w, point->fraction, 6);
        bm_jw_end_array(&q->w);
    }
    bm_jw_end_array(&q->w);
}

static void put_distribution(bm_req_t *q, const bm_kpi_query_t *query, const bm_kpi_bins_t *bins, const bm_kpi_group_t *group)
{
    const bm_sketch_t *sketch = group->metrics[query->metrics[0]];
    bm_kpi_figure_t figure;

    bm_kpi_figure_of(&figure, sketch, query->quantiles, query->quantile_count);
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "key");
    bm_jw_begin_object(&q->w);
    bm_kpi_query_put_key(q, query, group->key);
    bm_jw_end_object(&q->w);
    bm_kpi_query_put_figure(q, query, &figure);
    bm_jw_key(&q->w, "counts");
    put_counts(q, bins, sketch);
    put_cdf(q, sketch);
    bm_jw_end_object(&q->w);
}

static int more_runs(const void *a, const void *b)
{
    const bm_kpi_group_t *one = *(const bm_kpi_group_t *const *)a, *other = *(const bm_kpi_group_t *const *)b;
    apr_uint64_t runs = bm_kpi_group_runs(one), others = bm_kpi_group_runs(other);

    return runs < others ? 1 : runs > others ? -1 : one->key[1] < other->key[1] ? -1 : one->key[1] > other->key[1];
}

static apr_status_t distribution_read(bm_req_t *q)
{
    bm_kpi_query_t *query = q->asked = apr_palloc(q->p, sizeof(*query));
    apr_status_t rv = bm_kpi_query_read(query, q), group_rv = bm_kpi_query_read_group_by(query, 1, 1, q);

    return rv != APR_SUCCESS ? rv : group_rv;
}

static apr_status_t distribution_get(bm_req_t *q)
{
    int limit = (int)bm_query_string_int(q->query, "limit", BM_KPI_LINES_USUAL), i;
    bm_kpi_query_t *query = q->asked;
    bm_kpi_groups_t *groups;
    apr_array_header_t *list;
    bm_kpi_group_t *total;
    bm_kpi_bins_t bins;
    apr_status_t rv = bm_kpi_query_fold(&groups, &total, query, q);

    if (rv != APR_SUCCESS)
        return rv;
    list = bm_kpi_groups_list(groups, q->p);
    if (list->nelts == 0 && query->by[1] == BM_KPI_BY_NOTHING)
        APR_ARRAY_PUSH(list, bm_kpi_group_t *) = total;
    qsort(list->elts, (size_t)list->nelts, sizeof(bm_kpi_group_t *), more_runs);
    bins = bm_kpi_bins_for(total->metrics[query->metrics[0]], (int)bm_query_string_int(q->query, "bins", BINS_USUAL));
    bm_jw_begin_object(&q->w);
    bm_kpi_query_put_metric(q, query);
    put_edges(q, &bins);
    bm_jw_key(&q->w, "distributions");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < list->nelts && i < limit; i++)
        put_distribution(q, query, &bins, APR_ARRAY_IDX(list, i, bm_kpi_group_t *));
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "omitted");
    bm_jw_int(&q->w, list->nelts > limit ? list->nelts - limit : 0);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- heatmap */

static const bm_field_t column_fields[] = {
    { BM_FIELD_EACH, BM_TYPE_ARRAY, BM_FIELD_NULLABLE, .members = bm_field_integers }, { NULL }
};

static const bm_field_t heatmap_fields[] = {
    BM_KPI_HEAD_FIELDS,
    { "metric", BM_TYPE_STRING, OURS, .doc = "Which figure." },
    { "bucket_seconds", BM_TYPE_INT, OURS, .doc = "Width of a column." },
    { "at", BM_TYPE_ARRAY, OURS, .members = bm_field_times, .doc = "Begin of each column." },
    { "edges", BM_TYPE_ARRAY, OURS, .members = bm_field_numbers,
      .doc = "Edges of the rows in ms, one more than rows; equally high on a logarithmic scale." },
    { "counts", BM_TYPE_ARRAY, OURS, .members = column_fields,
      .doc = "For each column the number of values in each row; null: no values." },
    { NULL }
};

static const bm_schema_t heatmap_schema = { "KpiHeatmap", heatmap_fields };

static const bm_query_param_t heatmap_params[] = {
    BM_KPI_METRIC_PARAM,
    BM_KPI_WINDOW_PARAMS,
    BM_KPI_BUCKET_PARAM("120"),
    { "bins", BM_QUERY_INT, 1, BINS_MAX, NULL, "Most rows (default 50)." },
    { NULL }
};

static apr_status_t heatmap_read(bm_req_t *q)
{
    bm_kpi_query_t *query = q->asked = apr_palloc(q->p, sizeof(*query));
    apr_status_t rv = bm_kpi_query_read(query, q);

    query->by[0] = BM_KPI_BY_BUCKET;
    return rv == APR_SUCCESS ? bm_kpi_query_read_bucket(query, COLUMNS_USUAL, COLUMNS_MAX, q) : rv;
}

static apr_status_t heatmap_get(bm_req_t *q)
{
    bm_kpi_query_t *query = q->asked;
    bm_kpi_groups_t *groups;
    apr_array_header_t *list;
    bm_kpi_group_t *total;
    bm_kpi_bins_t bins;
    int n, i, place;
    apr_status_t rv = bm_kpi_query_fold(&groups, &total, query, q);

    if (rv != APR_SUCCESS)
        return rv;
    n = bm_kpi_query_bucket_count(query);
    list = bm_kpi_groups_list(groups, q->p);
    bins = bm_kpi_bins_for(total->metrics[query->metrics[0]], (int)bm_query_string_int(q->query, "bins", BINS_USUAL));
    bm_jw_begin_object(&q->w);
    bm_kpi_query_put_metric(q, query);
    bm_kpi_query_put_buckets(q, query);
    put_edges(q, &bins);
    bm_jw_key(&q->w, "counts");
    bm_jw_begin_array(&q->w);
    for (i = 0, place = 0; place < n; place++) {
        const bm_kpi_group_t *group = i < list->nelts ? APR_ARRAY_IDX(list, i, bm_kpi_group_t *) : NULL;

        if (group != NULL && bm_kpi_query_bucket_place(query, group->key[0]) == place)
            i++;
        else
            group = NULL;
        if (group != NULL && bm_sketch_head(group->metrics[query->metrics[0]])->n > 0)
            put_counts(q, &bins, group->metrics[query->metrics[0]]);
        else
            bm_jw_null(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_kpi_distribution_api_routes[] = {
    { "GET", "/kpis/distribution", BM_ROLE_VIEWER, distribution_get, BM_ROUTE_NO_DATABASE, 200, distribution_params, NULL,
      &distribution_schema, "getKpiDistribution", "kpis", "Histogram and distribution function of a metric.",
      .read_query = distribution_read },
    { "GET", "/kpis/heatmap", BM_ROLE_VIEWER, heatmap_get, BM_ROUTE_NO_DATABASE, 200, heatmap_params, NULL, &heatmap_schema,
      "getKpiHeatmap", "kpis", "How the values of a metric are spread, over time.", .read_query = heatmap_read },
    { NULL }
};
