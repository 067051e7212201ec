/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers are columns, one array for each line of a chart, and all of a series' arrays have one element per bucket: null where
 * there was nothing, so that a gap is drawn as a gap. */
#include "api/kpi_series_api.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "api/kpi_query.h"
#include "model/field_values.h"

enum { POINTS_MAX = 2000, POINTS_USUAL = 300 };

#define OURS BM_FIELD_READ_ONLY

/* A figure in columns: of all buckets one member, in the order of time. */
typedef struct column_t {
    bm_kpi_group_t **groups;            /* one per bucket; NULL: no runs */
    bm_kpi_figure_t *figures;
    int n;
} column_t;

static const bm_field_t quantile_fields[] = {
    { "q", BM_TYPE_NUMBER, OURS, .doc = "Which, 0 to 1." },
    { "certified_from", BM_TYPE_INT, OURS | BM_FIELD_NULLABLE,
      .doc = "Buckets of fewer values have too few for this quantile; null: any number is too few." },
    { "value", BM_TYPE_ARRAY, OURS, .members = bm_field_numbers_or_null, .doc = "By bucket; null: no values." },
    { "low", BM_TYPE_ARRAY, OURS, .members = bm_field_numbers_or_null, .doc = "Lower end of its 95 % interval." },
    { "high", BM_TYPE_ARRAY, OURS, .members = bm_field_numbers_or_null, .doc = "Upper end." },
    { NULL }
};

static const bm_field_t line_fields[] = {
    { "key", BM_TYPE_OBJECT, OURS, .members = bm_kpi_key_fields, .schema = "KpiKey",
      .doc = "What it is of: scenario_id and scenario_name ...; empty without group_by." },
    { "runs", BM_TYPE_ARRAY, OURS, .members = bm_field_integers, .doc = "Runs that ended, by bucket." },
    { "completed", BM_TYPE_ARRAY, OURS, .members = bm_field_integers, .doc = "Those that completed." },
    { "n", BM_TYPE_ARRAY, OURS, .members = bm_field_integers, .doc = "Values of the metric." },
    { "mean", BM_TYPE_ARRAY, OURS, .members = bm_field_numbers_or_null, .doc = "Their mean; null: none." },
    { "quantiles", BM_TYPE_ARRAY, OURS, .members = quantile_fields,
      .doc = "For each quantile q and arrays by bucket." },
    { NULL }
};

static const bm_field_t series_fields[] = {
    BM_KPI_HEAD_FIELDS,
    { "metric", BM_TYPE_STRING, OURS, .doc = "Which figure." },
    { "bucket_seconds", BM_TYPE_INT, OURS, .doc = "Width of a bucket; buckets begin at multiples of it since 1970." },
    { "at", BM_TYPE_ARRAY, OURS, .members = bm_field_times, .doc = "Begin of each bucket." },
    { "series", BM_TYPE_ARRAY, OURS, .members = line_fields, .schema = "KpiSeriesLine",
      .doc = "One, or with group_by those with the most runs." },
    { "omitted", BM_TYPE_INT, OURS, .doc = "Further groups, which limit leaves out." },
    { NULL }
};

static const bm_schema_t series_schema = { "KpiSeries", series_fields };

static const bm_query_param_t series_params[] = {
    BM_KPI_METRIC_PARAM,
    BM_KPI_QUANTILES_PARAM,
    BM_KPI_WINDOW_PARAMS,
    BM_KPI_BUCKET_PARAM("max_points"),
    { "max_points", BM_QUERY_INT, 2, POINTS_MAX, NULL, "Most buckets (default 300)." },
    { "group_by", BM_QUERY_ENUM_LIST, 0, 0, BM_KPI_BY_VALUES, "One series for each." },
    { "limit", BM_QUERY_INT, 1, BM_KPI_LINES_MAX, NULL, "Most series (default 10)." },
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
        int place = bm_kpi_query_bucket_place(query, group->key[0]);

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
        bm_jw_ms(&q->w, *(const double *)(const void *)((const char *)&column->figures[i] + offset));
    bm_jw_end_array(&q->w);
}

static void put_quantile(bm_req_t *q, const bm_kpi_query_t *query, const column_t *column, int which)
{
    apr_size_t at = offsetof(bm_kpi_figure_t, at) + (apr_size_t)which * sizeof(bm_kpi_quantile_t);
    apr_uint64_t enough = bm_kpi_figure_certified_from(query->quantiles[which]);

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "q");
    bm_jw_double(&q->w, query->quantiles[which]);
    bm_jw_key(&q->w, "certified_from");
    if (enough > 0)
        bm_jw_int(&q->w, (apr_int64_t)enough);
    else
        bm_jw_null(&q->w);
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

static apr_status_t series_read(bm_req_t *q)
{
    bm_kpi_query_t *query = q->asked = apr_palloc(q->p, sizeof(*query));
    int usual = (int)bm_query_string_int(q->query, "max_points", POINTS_USUAL);
    apr_status_t rv = bm_kpi_query_read(query, q), group_rv = bm_kpi_query_read_group_by(query, 1, 1, q);

    query->by[0] = BM_KPI_BY_BUCKET;
    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_read_bucket(query, usual, POINTS_MAX, q);
    return rv != APR_SUCCESS ? rv : group_rv;
}

static apr_status_t series_get(bm_req_t *q)
{
    int limit = (int)bm_query_string_int(q->query, "limit", BM_KPI_LINES_USUAL), n, i;
    bm_kpi_query_t *query = q->asked;
    apr_array_header_t *lines;
    bm_kpi_groups_t *groups;
    bm_kpi_group_t *total;
    apr_status_t rv = bm_kpi_query_fold(&groups, &total, query, q);

    if (rv != APR_SUCCESS)
        return rv;
    n = bm_kpi_query_bucket_count(query);
    lines = lines_of(groups, query, n, q->p);
    bm_jw_begin_object(&q->w);
    bm_kpi_query_put_metric(q, query);
    bm_kpi_query_put_buckets(q, query);
    bm_jw_key(&q->w, "series");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < lines->nelts && i < limit; i++)
        put_line(q, query, &APR_ARRAY_IDX(lines, i, line_t));
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "omitted");
    bm_jw_int(&q->w, lines->nelts > limit ? lines->nelts - limit : 0);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_kpi_series_api_routes[] = {
    { "GET", "/kpis/series", BM_ROLE_VIEWER, series_get, BM_ROUTE_NO_DATABASE, 200, series_params, NULL, &series_schema,
      "getKpiSeries", "kpis", "A metric over time, in columns, one series or one for each group.",
      .read_query = series_read },
    { NULL }
};
