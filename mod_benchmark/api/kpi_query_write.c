/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_query.h"

#include "model/run_model.h"
#include "store/kpi_names_store.h"
#include "store/label_store.h"
#include "store/location_store.h"

enum { HOUR = 3600 };

#define OURS BM_FIELD_READ_ONLY

const bm_field_t bm_kpi_range_fields[] = {
    { "from", BM_TYPE_TIME, OURS, .doc = "Begin, a whole hour." },
    { "to", BM_TYPE_TIME, OURS, .doc = "End, a whole hour." },
    { "resolution", BM_TYPE_ENUM, OURS, .values = "hour|day",
      .doc = "day: the window begins where hours are no longer kept (BenchmarkKeepHourCells), so it is one of whole days." },
    { NULL }
};

const bm_field_t bm_kpi_key_fields[] = { BM_KPI_KEY_FIELDS, { NULL } };

const bm_field_t bm_kpi_quantile_fields[] = {
    { "q", BM_TYPE_NUMBER, OURS, .doc = "Which, 0 to 1." },
    { "value", BM_TYPE_NUMBER, OURS | BM_FIELD_NULLABLE, .doc = "The quantile; null: no values." },
    { "low", BM_TYPE_NUMBER, OURS | BM_FIELD_NULLABLE,
      .doc = "Lower end of its 95 % interval by order statistics; null: too few values." },
    { "high", BM_TYPE_NUMBER, OURS | BM_FIELD_NULLABLE, .doc = "Upper end." },
    { "few_samples", BM_TYPE_BOOL, OURS, .doc = "Too few values for this quantile." },
    { NULL }
};

static void put_text(bm_req_t *q, const char *name, const char *text)
{
    bm_jw_key(&q->w, name);
    if (text == NULL || text[0] == '\0')
        bm_jw_null(&q->w);
    else
        bm_jw_string(&q->w, text);
}

static void put_named(bm_req_t *q, const char *id_name, apr_int64_t id, const char *name_name, const char *name)
{
    bm_jw_key(&q->w, id_name);
    bm_jw_int(&q->w, id);
    put_text(q, name_name, name);
}

static const char *text_at(const bm_rows_t *rows, int row, int column)
{
    return row >= 0 ? bm_rows_text(rows, row, column) : NULL;
}

static const char *automation_name(const bm_kpi_query_t *query, apr_int64_t id)
{
    int i;

    for (i = 0; i < bm_rows_count(query->scenarios); i++)
        if (bm_rows_int64(query->scenarios, i, BM_KPI_SCENARIO_AUTOMATION, 0) == id)
            return bm_rows_text(query->scenarios, i, BM_KPI_SCENARIO_AUTOMATION_NAME);
    return NULL;
}

static const char *location_name(const bm_kpi_query_t *query, apr_int64_t id)
{
    int i;

    for (i = 0; i < bm_rows_count(query->locations); i++)
        if (bm_rows_int64(query->locations, i, BM_LOCATION_ID, 0) == id)
            return bm_rows_text(query->locations, i, BM_LOCATION_NAME);
    return NULL;
}

static void put_part(bm_req_t *q, const bm_kpi_query_t *query, int by, apr_int64_t part)
{
    int row;

    switch (by) {
    case BM_KPI_BY_SCENARIO:
        put_named(q, "scenario_id", part, "scenario_name", text_at(query->scenarios, bm_kpi_query_row(query->scenarios, part),
                                                                   BM_KPI_SCENARIO_NAME));
        break;
    case BM_KPI_BY_AUTOMATION:
        put_named(q, "automation_id", part, "automation_name", automation_name(query, part));
        break;
    case BM_KPI_BY_MODEL:
        row = bm_kpi_query_row(query->models, part);
        put_text(q, "model", text_at(query->models, row, BM_KPI_MODEL_NAME));
        put_text(q, "provider", text_at(query->models, row, BM_KPI_MODEL_PROVIDER));
        break;
    case BM_KPI_BY_PROVIDER:
        put_text(q, "provider", APR_ARRAY_IDX(query->providers, part, const char *));
        break;
    case BM_KPI_BY_LOCATION:
        put_text(q, "location", location_name(query, part));
        break;
    case BM_KPI_BY_LABEL:
        row = bm_kpi_query_row(query->labels, part);
        put_text(q, "label", text_at(query->labels, row, BM_LABEL_NAME));
        break;
    case BM_KPI_BY_HOUR:
    case BM_KPI_BY_DAY:
        bm_jw_key(&q->w, by == BM_KPI_BY_HOUR ? "hour" : "day");
        bm_jw_time(&q->w, apr_time_from_sec(part * HOUR));
        break;
    default:
        break;
    }
}

void bm_kpi_query_put_key(bm_req_t *q, const bm_kpi_query_t *query, const apr_int64_t key[BM_KPI_GROUP_PARTS])
{
    int k;

    for (k = 0; k < BM_KPI_GROUP_PARTS; k++)
        put_part(q, query, query->by[k], key[k]);
}

static void put_ms(bm_req_t *q, const char *name, double value)
{
    bm_jw_key(&q->w, name);
    bm_jw_ms(&q->w, value);
}

void bm_kpi_query_put_figure(bm_req_t *q, const bm_kpi_query_t *query, const bm_kpi_figure_t *figure)
{
    int i;

    bm_jw_key(&q->w, "n");
    bm_jw_int(&q->w, (apr_int64_t)figure->n);
    put_ms(q, "mean", figure->mean);
    put_ms(q, "min", figure->min);
    put_ms(q, "max", figure->max);
    bm_jw_key(&q->w, "quantiles");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < query->quantile_count; i++) {
        const bm_kpi_quantile_t *at = &figure->at[i];

        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "q");
        bm_jw_double(&q->w, query->quantiles[i]);
        put_ms(q, "value", at->value);
        put_ms(q, "low", at->low);
        put_ms(q, "high", at->high);
        bm_jw_key(&q->w, "few_samples");
        bm_jw_bool(&q->w, at->few);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
}

static void put_time(bm_req_t *q, const char *name, apr_int32_t hour)
{
    bm_jw_key(&q->w, name);
    bm_jw_time(&q->w, apr_time_from_sec((apr_int64_t)hour * HOUR));
}

void bm_kpi_query_put_head(bm_req_t *q, const bm_kpi_query_t *query, int exact)
{
    bm_jw_key(&q->w, "range");
    bm_jw_begin_object(&q->w);
    put_time(q, "from", query->window.from_hour);
    put_time(q, "to", query->window.to_hour);
    bm_jw_key(&q->w, "resolution");
    bm_jw_string(&q->w, query->is_by_day ? "day" : "hour");
    bm_jw_end_object(&q->w);
    bm_jw_key(&q->w, "source");
    bm_jw_string(&q->w, bm_run_kind_name(query->window.source));
    bm_jw_key(&q->w, "estimator");
    bm_jw_string(&q->w, exact ? "exact" : "sketch");
    bm_jw_key(&q->w, "relative_error");
    bm_jw_double(&q->w, exact ? 0 : BM_SKETCH_ERROR);
}

void bm_kpi_query_put_metric(bm_req_t *q, const bm_kpi_query_t *query)
{
    bm_kpi_query_put_head(q, query, 0);
    bm_jw_key(&q->w, "metric");
    bm_jw_string(&q->w, bm_kpi_metric_find(query->metrics[0])->name);
}

void bm_kpi_query_put_buckets(bm_req_t *q, const bm_kpi_query_t *query)
{
    apr_int64_t first = bm_kpi_query_first_bucket(query);
    int i, n = bm_kpi_query_bucket_count(query);

    bm_jw_key(&q->w, "bucket_seconds");
    bm_jw_int(&q->w, (apr_int64_t)query->bucket_hours * HOUR);
    bm_jw_key(&q->w, "at");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_jw_time(&q->w, apr_time_from_sec((first + (apr_int64_t)i * query->bucket_hours) * HOUR));
    bm_jw_end_array(&q->w);
}
