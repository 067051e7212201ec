/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers are columns, one array for each line of a chart, and all of a series' arrays have one element per bucket: null where
 * there was nothing, so that a gap is drawn as a gap. */
#include "api/kpi_series_api.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "api/kpi_query.h"
#include "kpi/kpi_histogram.h"

enum { HOUR = 3600, POINTS_MAX = 2000, POINTS_USUAL = 300, LINES_MAX = 50, LINES_USUAL = 10, BINS_USUAL = 50, BINS_MAX = 200,
       COLUMNS_MAX = 400, COLUMNS_USUAL = 120, CDF_POINTS = 200 };

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

#define HEAD_FIELDS \
    { "range", BM_TYPE_OBJECT, OURS, .doc = "from and to of the window, as whole hours." }, \
    { "source", BM_TYPE_ENUM, OURS, .values = "run|loadtest", .doc = "Single runs, or requests of load tests." }, \
    { "estimator", BM_TYPE_ENUM, OURS, .values = "sketch|exact", .doc = "Where quantiles come from." }, \
    { "relative_error", BM_TYPE_NUMBER, OURS, .doc = "Largest relative error of a quantile." }, \
    { "metric", BM_TYPE_STRING, OURS, .doc = "Which figure." }

#define BUCKET_PARAM(most) \
    { "bucket_seconds", BM_QUERY_INT, HOUR, 315360000, NULL, \
      "Width of a bucket, a multiple of 3600 (default: so that there are at most " most ")." }

#define BY_VALUES "scenario|automation|model|provider|location|label"

/* A figure in columns: of all buckets one member, in the order of time. */
typedef struct column_t {
    bm_kpi_group_t **groups;            /* one per bucket; NULL: no runs */
    bm_kpi_figure_t *figures;
    int n;
} column_t;

static void put_metric(bm_req_t *q, const bm_kpi_query_t *query)
{
    bm_kpi_query_put_head(q, query, 0);
    bm_jw_key(&q->w, "metric");
    bm_jw_string(&q->w, bm_kpi_metric_find(query->metrics[0])->name);
}

static void put_times(bm_req_t *q, const bm_kpi_query_t *query, int n)
{
    apr_int64_t first = bm_kpi_query_first_bucket(query);
    int i;

    bm_jw_key(&q->w, "bucket_seconds");
    bm_jw_int(&q->w, (apr_int64_t)query->bucket_hours * HOUR);
    bm_jw_key(&q->w, "at");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_jw_time(&q->w, apr_time_from_sec((first + (apr_int64_t)i * query->bucket_hours) * HOUR));
    bm_jw_end_array(&q->w);
}

static int bucket_place(const bm_kpi_query_t *query, apr_int64_t hour)
{
    return (int)((hour - bm_kpi_query_first_bucket(query)) / query->bucket_hours);
}

/* --- series */

static const bm_field_t line_fields[] = {
    { "key", BM_TYPE_OBJECT, OURS, .doc = "What it is of: scenario_id and scenario_name ...; empty without group_by." },
    { "runs", BM_TYPE_ARRAY, OURS, .doc = "Runs that ended, by bucket." },
    { "completed", BM_TYPE_ARRAY, OURS, .doc = "Those that completed." },
    { "n", BM_TYPE_ARRAY, OURS, .doc = "Values of the metric." },
    { "mean", BM_TYPE_ARRAY, OURS, .doc = "Their mean; null: none." },
    { "quantiles", BM_TYPE_ARRAY, OURS, .doc = "For each quantile q, value, low, high: arrays by bucket." },
    { NULL }
};

static const bm_field_t series_fields[] = {
    HEAD_FIELDS,
    { "bucket_seconds", BM_TYPE_INT, OURS, .doc = "Width of a bucket; buckets begin at multiples of it since 1970." },
    { "at", BM_TYPE_ARRAY, OURS, .doc = "Begin of each bucket." },
    { "series", BM_TYPE_ARRAY, OURS, .members = line_fields, .doc = "One, or with group_by those with the most runs." },
    { "omitted", BM_TYPE_INT, OURS, .doc = "Further groups, which limit leaves out." },
    { NULL }
};

static const bm_schema_t series_schema = { "KpiSeries", series_fields };

static const bm_query_param_t series_params[] = {
    BM_KPI_METRIC_PARAM,
    BM_KPI_QUANTILES_PARAM,
    BM_KPI_WINDOW_PARAMS,
    BUCKET_PARAM("max_points"),
    { "max_points", BM_QUERY_INT, 2, POINTS_MAX, NULL, "Most buckets (default 300)." },
    { "group_by", BM_QUERY_ENUM_LIST, 0, 0, BY_VALUES, "One series for each." },
    { "limit", BM_QUERY_INT, 1, LINES_MAX, NULL, "Most series (default 10)." },
    { NULL }
};

typedef struct line_t {
    apr_int64_t key[BM_KPI_GROUP_PARTS];    /* the second part only */
    apr_uint64_t runs;
    column_t column;
} line_t;

static line_t *line_of(apr_array_header_t *lines, apr_int64_t key, int n, apr_pool_t *p)
{
    line_t *line;
    int i;

    for (i = 0; i < lines->nelts; i++)
        if (APR_ARRAY_IDX(lines, i, line_t).key[1] == key)
            return &APR_ARRAY_IDX(lines, i, line_t);
    line = apr_array_push(lines);
    memset(line, 0, sizeof(*line));
    line->key[1] = key;
    line->column.n = n;
    line->column.groups = apr_pcalloc(p, (apr_size_t)n * sizeof(bm_kpi_group_t *));
    return line;
}

static int by_runs(const void *a, const void *b)
{
    const line_t *one = a, *other = b;

    if (one->runs != other->runs)
        return one->runs < other->runs ? 1 : -1;
    return one->key[1] < other->key[1] ? -1 : one->key[1] > other->key[1];
}

static apr_array_header_t *lines_of(const bm_kpi_groups_t *groups, const bm_kpi_query_t *query, int n, apr_pool_t *p)
{
    apr_array_header_t *list = bm_kpi_groups_list(groups, p), *lines = apr_array_make(p, 8, sizeof(line_t));
    int i;

    for (i = 0; i < list->nelts; i++) {
        bm_kpi_group_t *group = APR_ARRAY_IDX(list, i, bm_kpi_group_t *);
        line_t *line = line_of(lines, group->key[1], n, p);
        int place = bucket_place(query, group->key[0]);

        line->runs += bm_kpi_group_runs(group);
        if (place >= 0 && place < n)
            line->column.groups[place] = group;
    }
    if (lines->nelts == 0 && query->by[1] == BM_KPI_BY_NOTHING)
        (void)line_of(lines, 0, n, p);
    qsort(lines->elts, (size_t)lines->nelts, sizeof(line_t), by_runs);
    return lines;
}

typedef enum count_e { COUNT_RUNS, COUNT_COMPLETED, COUNT_VALUES } count_e;

static void put_count(bm_req_t *q, const char *name, const column_t *column, count_e what)
{
    int i;

    bm_jw_key(&q->w, name);
    bm_jw_begin_array(&q->w);
    for (i = 0; i < column->n; i++) {
        const bm_kpi_group_t *group = column->groups[i];
        apr_uint64_t count = 0;

        if (group != NULL)
            count = what == COUNT_RUNS ? bm_kpi_group_runs(group)
                : what == COUNT_COMPLETED ? group->counts.status[BM_KPI_COMPLETED] : column->figures[i].n;
        bm_jw_int(&q->w, (apr_int64_t)count);
    }
    bm_jw_end_array(&q->w);
}

/* A member of bm_kpi_figure_t or of the quantile in it, in columns. */
static void put_column(bm_req_t *q, const char *name, const column_t *column, apr_size_t offset)
{
    int i;

    bm_jw_key(&q->w, name);
    bm_jw_begin_array(&q->w);
    for (i = 0; i < column->n; i++)
        bm_jw_fixed(&q->w, *(const double *)(const void *)((const char *)&column->figures[i] + offset), 3);
    bm_jw_end_array(&q->w);
}

static void put_quantile(bm_req_t *q, const bm_kpi_query_t *query, const column_t *column, int which)
{
    apr_size_t at = offsetof(bm_kpi_figure_t, at) + (apr_size_t)which * sizeof(bm_kpi_quantile_t);

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "q");
    bm_jw_double(&q->w, query->quantiles[which]);
    put_column(q, "value", column, at + offsetof(bm_kpi_quantile_t, value));
    put_column(q, "low", column, at + offsetof(bm_kpi_quantile_t, low));
    put_column(q, "high", column, at + offsetof(bm_kpi_quantile_t, high));
    bm_jw_end_object(&q->w);
}

static void figures_fill(column_t *column, const bm_kpi_query_t *query, apr_pool_t *p)
{
    bm_sketch_t *empty = bm_sketch_make(p);
    int i;

    column->figures = apr_palloc(p, ((apr_size_t)column->n + 1) * sizeof(*column->figures));
    for (i = 0; i < column->n; i++)
        bm_kpi_figure_of(&column->figures[i], column->groups[i] ? column->groups[i]->metrics[query->metrics[0]] : empty,
                         query->quantiles, query->quantile_count);
}

static void put_line(bm_req_t *q, const bm_kpi_query_t *query, line_t *line)
{
    int i;

    figures_fill(&line->column, query, q->p);
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "key");
    bm_jw_begin_object(&q->w);
    bm_kpi_query_put_key(q, query, line->key);
    bm_jw_end_object(&q->w);
    put_count(q, "runs", &line->column, COUNT_RUNS);
    put_count(q, "completed", &line->column, COUNT_COMPLETED);
    put_count(q, "n", &line->column, COUNT_VALUES);
    put_column(q, "mean", &line->column, offsetof(bm_kpi_figure_t, mean));
    bm_jw_key(&q->w, "quantiles");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < query->quantile_count; i++)
        put_quantile(q, query, &line->column, i);
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
}

static apr_status_t series_get(bm_req_t *q)
{
    int limit = (int)bm_query_string_int(q->query, "limit", LINES_USUAL), n, i;
    apr_array_header_t *lines;
    bm_kpi_groups_t *groups;
    bm_kpi_group_t *total;
    bm_kpi_query_t query;
    apr_status_t rv = bm_kpi_query_read(&query, q);

    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_read_bucket(&query, (int)bm_query_string_int(q->query, "max_points", POINTS_USUAL), POINTS_MAX, q);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_read_group_by(&query, 1, 1, q);
    query.by[0] = BM_KPI_BY_BUCKET;
    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_fold(&groups, &total, &query, q);
    if (rv != APR_SUCCESS)
        return rv;
    n = bm_kpi_query_bucket_count(&query);
    lines = lines_of(groups, &query, n, q->p);
    bm_jw_begin_object(&q->w);
    put_metric(q, &query);
    put_times(q, &query, n);
    bm_jw_key(&q->w, "series");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < lines->nelts && i < limit; i++)
        put_line(q, &query, &APR_ARRAY_IDX(lines, i, line_t));
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "omitted");
    bm_jw_int(&q->w, lines->nelts > limit ? lines->nelts - limit : 0);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- distribution */

static const bm_field_t part_fields[] = {
    { "key", BM_TYPE_OBJECT, OURS, .doc = "What it is of; empty without group_by." },
    { "n", BM_TYPE_INT, OURS, .doc = "Values." },
    { "mean", BM_TYPE_NUMBER, MAYBE, .doc = "Their mean; null: none." },
    { "min", BM_TYPE_NUMBER, MAYBE, .doc = "The least." },
    { "max", BM_TYPE_NUMBER, MAYBE, .doc = "The greatest." },
    { "quantiles", BM_TYPE_ARRAY, OURS, .doc = "As of /kpis." },
    { "counts", BM_TYPE_ARRAY, OURS, .doc = "Values in each bin." },
    { "cdf", BM_TYPE_ARRAY, OURS, .doc = "[value, fraction] points of the distribution function, ascending." },
    { NULL }
};

static const bm_field_t distribution_fields[] = {
    HEAD_FIELDS,
    { "edges", BM_TYPE_ARRAY, OURS, .doc = "Edges of the bins in ms, one more than bins; equally wide on a logarithmic scale." },
    { "distributions", BM_TYPE_ARRAY, OURS, .members = part_fields, .doc = "One, or with group_by those with the most runs." },
    { "omitted", BM_TYPE_INT, OURS, .doc = "Further groups, which limit leaves out." },
    { NULL }
};

static const bm_schema_t distribution_schema = { "KpiDistribution", distribution_fields };

static const bm_query_param_t distribution_params[] = {
    BM_KPI_METRIC_PARAM,
    BM_KPI_QUANTILES_PARAM,
    BM_KPI_WINDOW_PARAMS,
    { "bins", BM_QUERY_INT, 1, BINS_MAX, NULL, "Most bins of the histogram (default 50)." },
    { "group_by", BM_QUERY_ENUM_LIST, 0, 0, BY_VALUES, "One distribution for each, with bins in common." },
    { "limit", BM_QUERY_INT, 1, LINES_MAX, NULL, "Most distributions (default 10)." },
    { NULL }
};

static void put_edges(bm_req_t *q, const bm_kpi_bins_t *bins)
{
    int i;

    bm_jw_key(&q->w, "edges");
    bm_jw_begin_array(&q->w);
    for (i = 0; bins->count > 0 && i <= bins->count; i++)
        bm_jw_fixed(&q->w, bm_kpi_bins_edge(bins, i), 4);
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
        bm_jw_fixed(&q->w, point->value, 3);
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

static apr_status_t distribution_get(bm_req_t *q)
{
    int limit = (int)bm_query_string_int(q->query, "limit", LINES_USUAL), i;
    bm_kpi_groups_t *groups;
    apr_array_header_t *list;
    bm_kpi_group_t *total;
    bm_kpi_query_t query;
    bm_kpi_bins_t bins;
    apr_status_t rv = bm_kpi_query_read(&query, q);

    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_read_group_by(&query, 1, 1, q);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_fold(&groups, &total, &query, q);
    if (rv != APR_SUCCESS)
        return rv;
    list = bm_kpi_groups_list(groups, q->p);
    if (list->nelts == 0 && query.by[1] == BM_KPI_BY_NOTHING)
        APR_ARRAY_PUSH(list, bm_kpi_group_t *) = total;
    qsort(list->elts, (size_t)list->nelts, sizeof(bm_kpi_group_t *), more_runs);
    bins = bm_kpi_bins_for(total->metrics[query.metrics[0]], (int)bm_query_string_int(q->query, "bins", BINS_USUAL));
    bm_jw_begin_object(&q->w);
    put_metric(q, &query);
    put_edges(q, &bins);
    bm_jw_key(&q->w, "distributions");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < list->nelts && i < limit; i++)
        put_distribution(q, &query, &bins, APR_ARRAY_IDX(list, i, bm_kpi_group_t *));
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "omitted");
    bm_jw_int(&q->w, list->nelts > limit ? list->nelts - limit : 0);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- heatmap */

static const bm_field_t heatmap_fields[] = {
    HEAD_FIELDS,
    { "bucket_seconds", BM_TYPE_INT, OURS, .doc = "Width of a column." },
    { "at", BM_TYPE_ARRAY, OURS, .doc = "Begin of each column." },
    { "edges", BM_TYPE_ARRAY, OURS, .doc = "Edges of the rows in ms, one more than rows; equally high on a logarithmic scale." },
    { "counts", BM_TYPE_ARRAY, OURS, .doc = "For each column the number of values in each row; null: no values." },
    { NULL }
};

static const bm_schema_t heatmap_schema = { "KpiHeatmap", heatmap_fields };

static const bm_query_param_t heatmap_params[] = {
    BM_KPI_METRIC_PARAM,
    BM_KPI_WINDOW_PARAMS,
    BUCKET_PARAM("120"),
    { "bins", BM_QUERY_INT, 1, BINS_MAX, NULL, "Most rows (default 50)." },
    { NULL }
};

static apr_status_t heatmap_get(bm_req_t *q)
{
    bm_kpi_groups_t *groups;
    apr_array_header_t *list;
    bm_kpi_group_t *total;
    bm_kpi_query_t query;
    bm_kpi_bins_t bins;
    apr_status_t rv = bm_kpi_query_read(&query, q);
    int n, i, place;

    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_read_bucket(&query, COLUMNS_USUAL, COLUMNS_MAX, q);
    query.by[0] = BM_KPI_BY_BUCKET;
    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_fold(&groups, &total, &query, q);
    if (rv != APR_SUCCESS)
        return rv;
    n = bm_kpi_query_bucket_count(&query);
    list = bm_kpi_groups_list(groups, q->p);
    bins = bm_kpi_bins_for(total->metrics[query.metrics[0]], (int)bm_query_string_int(q->query, "bins", BINS_USUAL));
    bm_jw_begin_object(&q->w);
    put_metric(q, &query);
    put_times(q, &query, n);
    put_edges(q, &bins);
    bm_jw_key(&q->w, "counts");
    bm_jw_begin_array(&q->w);
    for (i = 0, place = 0; place < n; place++) {
        const bm_kpi_group_t *group = i < list->nelts ? APR_ARRAY_IDX(list, i, bm_kpi_group_t *) : NULL;

        if (group != NULL && bucket_place(&query, group->key[0]) == place)
            i++;
        else
            group = NULL;
        if (group != NULL && bm_sketch_head(group->metrics[query.metrics[0]])->n > 0)
            put_counts(q, &bins, group->metrics[query.metrics[0]]);
        else
            bm_jw_null(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_kpi_series_api_routes[] = {
    { "GET", "/kpis/series", BM_ROLE_VIEWER, series_get, BM_ROUTE_NO_DATABASE, 200, series_params, NULL, &series_schema,
      "getKpiSeries", "kpis", "A metric over time, in columns, one series or one for each group." },
    { "GET", "/kpis/distribution", BM_ROLE_VIEWER, distribution_get, BM_ROUTE_NO_DATABASE, 200, distribution_params, NULL,
      &distribution_schema, "getKpiDistribution", "kpis", "Histogram and distribution function of a metric." },
    { "GET", "/kpis/heatmap", BM_ROLE_VIEWER, heatmap_get, BM_ROUTE_NO_DATABASE, 200, heatmap_params, NULL, &heatmap_schema,
      "getKpiHeatmap", "kpis", "How the values of a metric are spread, over time." },
    { NULL }
};
