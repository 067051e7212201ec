/* SPDX-License-Identifier: Apache-2.0
 *
 * kpis_api.c: /runs/kpis/dashboard: the figures of a range from KPI cells, never from rows.
 *
 * Cells are hours, so a range is widened to whole hours; `range` says which. What the seed's clients read (total_runs,
 * success_rate, total_time_stats) is a number even where there is no sample: n and attempts tell that. */
#include "api/kpis_api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "api/good_json.h"
#include "api/kpi_cells.h"
#include "api/labels_api.h"
#include "kpi/kpi_fold.h"
#include "model/location.h"
#include "model/run_model.h"
#include "store/kpi_keep_store.h"
#include "store/location_store.h"
#include "store/row_json.h"
#include "store/run_store.h"
#include "store/scenario_store.h"
#include "store/status_store.h"

enum { HOUR = 3600, RECENT = 10, SERIES_MAX = 72, DAYS_FROM_HOURS = 14 * 24, SCENARIOS_MAX = 200 };

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t quantile_fields[] = {
    { "p50", BM_TYPE_NUMBER, OURS, .doc = "Median, in milliseconds." },
    { "p95", BM_TYPE_NUMBER, OURS, .doc = "95th percentile." },
    { "p99", BM_TYPE_NUMBER, OURS, .doc = "99th percentile." },
    { "n", BM_TYPE_INT, OURS, .doc = "Sample size; 0: the others are 0 and mean nothing." },
    { NULL }
};

static const bm_field_t scenario_fields[] = {
    { "scenario_id", BM_TYPE_INT, OURS, .doc = "The scenario." },
    { "name", BM_TYPE_STRING, OURS, .doc = "Its name." },
    { "runs", BM_TYPE_INT, OURS, .doc = "Runs that ended." },
    { "success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "0 to 100; null: no attempts." },
    { "p50_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Median duration of completed runs." },
    { "p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of it." },
    { "ttft_p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of time to first token." },
    { NULL }
};

static const bm_field_t location_fields[] = {
    { "location", BM_TYPE_STRING, OURS, .doc = "The location." },
    { "runs", BM_TYPE_INT, OURS, .doc = "Runs that ended." },
    { "success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "0 to 100; null: no attempts." },
    { "p50_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Median duration of completed runs." },
    { "p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of it." },
    { "ttft_p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of time to first token." },
    { NULL }
};

static const bm_field_t bucket_fields[] = {
    { "at", BM_TYPE_TIME, OURS, .doc = "Begin of the bucket." },
    { "n", BM_TYPE_INT, OURS, .doc = "Runs that ended in it." },
    { "ok", BM_TYPE_INT, OURS, .doc = "Completed ones." },
    { "p50_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Median duration." },
    { "p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of it." },
    { "p99_ms", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile of it." },
    { "ttft_p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of time to first token." },
    { NULL }
};

static const bm_field_t series_fields[] = {
    { "bucket_seconds", BM_TYPE_INT, OURS, .doc = "Width of a bucket; those without runs are left out." },
    { "buckets", BM_TYPE_ARRAY, OURS, .members = bucket_fields, .doc = "Ascending by time." },
    { NULL }
};

static const bm_field_t range_fields[] = {
    { "from", BM_TYPE_TIME, MAYBE, .doc = "Begin of the range, widened to a whole hour or day; null: no bound." },
    { "to", BM_TYPE_TIME, MAYBE, .doc = "End of it, likewise." },
    { "resolution", BM_TYPE_ENUM, OURS, .values = "hour|day",
      .doc = "day: the range begins where hours are no longer kept (BenchmarkKeepHourCells), so it is one of whole days." },
    { "kept_from", BM_TYPE_TIME, MAYBE,
      .doc = "If it begins before the first day that is kept (BenchmarkKeepDayCells): that day; else null." },
    { NULL }
};

static const bm_field_t previous_fields[] = {
    { "total_runs", BM_TYPE_INT, OURS, .doc = "Runs that ended." },
    { "success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "0 to 100." },
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median duration." },
    { "p95", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of it." },
    { "p99", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile of it." },
    { "ttft_p95", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of time to first token." },
    { NULL }
};

static const bm_field_t dashboard_fields[] = {
    { "total_runs", BM_TYPE_INT, OURS, .doc = "Runs of the range, waiting and running ones included." },
    { "attempts", BM_TYPE_INT, OURS, .doc = "Runs that count for success_rate: completed, failed or timed out." },
    { "success_rate", BM_TYPE_NUMBER, OURS, .doc = "Completed of the attempts, 0 to 100; 0 if there are none." },
    { "success_interval", BM_TYPE_ARRAY, MAYBE, .doc = "95 % Wilson interval of it, [low, high]." },
    { "total_time_stats", BM_TYPE_OBJECT, OURS, .members = quantile_fields, .doc = "Duration of completed runs." },
    { "ttft_stats", BM_TYPE_OBJECT, MAYBE, .members = quantile_fields,
      .doc = "Time to first token of completed runs." },
    { "avg_inter_token_latency", BM_TYPE_NUMBER, MAYBE, .doc = "Mean gap between tokens, in milliseconds." },
    { "by_status", BM_TYPE_OBJECT, OURS, .doc = "Number of runs in each state." },
    BM_GOOD_FIELDS,
    BM_GOOD_RATE_FIELDS,
    { "range", BM_TYPE_OBJECT, OURS, .members = range_fields, .doc = "What the figures are of." },
    { "scenarios", BM_TYPE_ARRAY, OURS, .members = scenario_fields, .doc = "Most used first." },
    { "locations", BM_TYPE_ARRAY, OURS, .members = location_fields,
      .doc = "Most used first; runs at no location are in none." },
    { "series", BM_TYPE_OBJECT, OURS, .members = series_fields, .doc = "Figures over time." },
    { "previous", BM_TYPE_OBJECT, MAYBE, .members = previous_fields,
      .doc = "The range of the same length before; null without from." },
    { "recent_runs", BM_TYPE_ARRAY, OURS, .members = bm_run_fields, .doc = "The ten newest runs." },
    { NULL }
};

static const bm_schema_t dashboard_schema = { "DashboardKpis", dashboard_fields };

static const bm_query_param_t dashboard_params[] = {
    { "from", BM_QUERY_TIME, 0, 0, NULL, "Begin of the range: a time, or now-24h (default: all)." },
    { "to", BM_QUERY_TIME, 0, 0, NULL, "End of the range (default: now)." },
    { "scenario_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Runs of this scenario." },
    { "automation_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Runs of this automation." },
    { "location", BM_QUERY_TEXT, 1, BM_LOCATION_NAME_MAX, NULL, "Runs at this location." },
    { "label", BM_QUERY_TEXT, 1, 200, NULL, "Runs with this label, as far as it has figures of its own (/labels)." },
    BM_PASS_K_PARAM,
    { "view", BM_QUERY_ENUM, 0, 0, "full|summary", "summary: recent_runs without inputs, request and response_json." },
    { NULL }
};

typedef struct dashboard_t {
    bm_kpi_window_t read;
    bm_kpi_range_t range;
    apr_time_t from, to;              /* 0: no bound */
    const char *label;                /* NULL: all runs */
    bm_kpi_kept_t kept;
    int by_day;                       /* its hours are not kept any more */
    bm_kpi_fold_t *fold;
    bm_kpi_figures_t totals;
    bm_rows_t *queued, *recent;
    int summary;
} dashboard_t;

/* --- reading */

static apr_int32_t hour_of(apr_time_t t, int up)
{
    return (apr_int32_t)((apr_time_sec(t) + (up ? HOUR - 1 : 0)) / HOUR);
}

static apr_status_t read_params(dashboard_t *d, bm_req_t *q)
{
    const char *view = bm_query_string_text(q->query, "view");
    apr_int32_t end, hours;
    apr_status_t rv = APR_SUCCESS;

    memset(d, 0, sizeof(*d));
    d->summary = view != NULL && strcmp(view, "summary") == 0;
    d->from = bm_query_string_time(q->query, "from", 0);
    d->to = bm_query_string_time(q->query, "to", 0);
    if (d->to > 0 && d->to <= d->from)
        return bm_err_violation(q->err, "?to", "Must be later than from.");
    d->read.scenario_id = bm_query_string_int(q->query, "scenario_id", -1);
    d->read.automation_id = bm_query_string_int(q->query, "automation_id", -1);
    d->read.location = bm_query_string_text(q->query, "location");
    d->read.source = BM_RUN_KIND_RUN;
    d->label = bm_query_string_text(q->query, "label");
    if (d->label != NULL)
        rv = bm_label_filter(&d->read.label_id, q, d->label);
    d->range.label_id = d->read.label_id;
    d->read.from_hour = hour_of(d->from, 0);
    d->read.to_hour = d->to > 0 ? hour_of(d->to, 1) : 0;
    if (rv == APR_SUCCESS)
        rv = bm_kpi_keep_store_get(&d->kept, q->db, q->err, q->p);
    d->by_day = bm_kpi_keep_fit(&d->read, &d->kept);
    d->range.from_hour = d->read.from_hour;
    d->range.to_hour = d->read.to_hour;
    end = d->to > 0 ? d->range.to_hour : hour_of(q->now, 1);
    hours = end - d->range.from_hour;
    d->read.by_day |= hours > DAYS_FROM_HOURS;
    if (d->from == 0)
        d->range.bucket_hours = 24;
    else {
        d->range.bucket_hours = bm_kpi_fold_bucket_hours(d->range.from_hour, end, SERIES_MAX);
        if (d->read.by_day && d->range.bucket_hours % 24 != 0)
            d->range.bucket_hours = 24;
    }
    return rv;
}

static apr_status_t read_all(dashboard_t *d, bm_req_t *q)
{
    bm_run_filter_t recent = { .limit = RECENT };
    apr_status_t rv;

    rv = bm_kpi_cells_fold(&d->fold, q, &d->read, &d->range);
    if (rv != APR_SUCCESS)
        return rv;
    bm_kpi_fold_totals(&d->totals, d->fold);
    rv = bm_status_store_queued(&d->queued, q->db, BM_RUN_KIND_RUN, d->read.scenario_id, d->read.automation_id, d->read.location,
                                d->label, d->from, d->to, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    recent.scenario_id = d->read.scenario_id;
    recent.automation_id = d->read.automation_id;
    recent.location = d->read.location;
    recent.label = d->label;
    recent.from = d->from;
    recent.to = d->to;
    recent.summary = d->summary;
    return bm_run_store_list(&d->recent, q->db, &recent, q->err, q->p);
}

/* --- writing. Three decimals of a millisecond are what is measured. */

static void put_int(bm_req_t *q, const char *key, apr_uint64_t value)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, (apr_int64_t)value);
}

/* NaN is written as null. */
static void put_number(bm_req_t *q, const char *key, double value)
{
    bm_jw_key(&q->w, key);
    bm_jw_fixed(&q->w, value, 3);
}

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static void put_quantiles(bm_req_t *q, const char *key, const bm_kpi_quantiles_t *stats)
{
    bm_jw_key(&q->w, key);
    bm_jw_begin_object(&q->w);
    put_number(q, "p50", or_zero(stats->p50));
    put_number(q, "p95", or_zero(stats->p95));
    put_number(q, "p99", or_zero(stats->p99));
    put_int(q, "n", stats->n);
    bm_jw_end_object(&q->w);
}

static void put_null(bm_req_t *q, const char *key)
{
    bm_jw_key(&q->w, key);
    bm_jw_null(&q->w);
}

static void write_totals(bm_req_t *q, const dashboard_t *d)
{
    const bm_kpi_counts_t *counts = &d->totals.counts;
    apr_uint64_t pending = (apr_uint64_t)bm_rows_int64(d->queued, 0, 0, 0);
    apr_uint64_t running = (apr_uint64_t)bm_rows_int64(d->queued, 0, 1, 0);
    apr_uint64_t attempts = counts->status[BM_KPI_COMPLETED] + counts->status[BM_KPI_FAILED] + counts->status[BM_KPI_TIMED_OUT];

    put_int(q, "total_runs", d->totals.runs + pending + running);
    put_int(q, "attempts", attempts);
    put_number(q, "success_rate", or_zero(d->totals.success_rate));
    bm_jw_key(&q->w, "success_interval");
    if (attempts == 0)
        bm_jw_null(&q->w);
    else {
        bm_jw_begin_array(&q->w);
        bm_jw_fixed(&q->w, d->totals.success_low, 3);
        bm_jw_fixed(&q->w, d->totals.success_high, 3);
        bm_jw_end_array(&q->w);
    }
    put_quantiles(q, "total_time_stats", &d->totals.total_ms);
    if (d->totals.ttft_ms.n > 0)
        put_quantiles(q, "ttft_stats", &d->totals.ttft_ms);
    else
        put_null(q, "ttft_stats");
    put_number(q, "avg_inter_token_latency", d->totals.itl_mean_ms);
    bm_jw_key(&q->w, "by_status");
    bm_jw_begin_object(&q->w);
    put_int(q, "pending", pending);
    put_int(q, "running", running);
    put_int(q, "completed", counts->status[BM_KPI_COMPLETED]);
    put_int(q, "failed", counts->status[BM_KPI_FAILED]);
    put_int(q, "timed_out", counts->status[BM_KPI_TIMED_OUT]);
    put_int(q, "cancelled", counts->status[BM_KPI_CANCELLED]);
    bm_jw_end_object(&q->w);
}

static void put_hour(bm_req_t *q, const char *key, apr_int64_t hour)
{
    bm_jw_key(&q->w, key);
    bm_jw_time(&q->w, apr_time_from_sec(hour * HOUR));
}

/* The tasks of pass^k are the scenarios. */
static void write_good(bm_req_t *q, const dashboard_t *d)
{
    apr_array_header_t *list = bm_kpi_fold_scenarios(d->fold, q->p);
    const bm_kpi_counts_t **tasks = apr_palloc(q->p, ((apr_size_t)list->nelts + 1) * sizeof(*tasks));
    apr_time_t to = d->to > 0 ? apr_time_from_sec((apr_time_t)d->range.to_hour * HOUR) : q->now;
    double seconds = d->from > 0 ? (double)(to < q->now ? to : q->now) / 1e6 - (double)d->range.from_hour * HOUR : NAN;
    int i;

    for (i = 0; i < list->nelts; i++)
        tasks[i] = &APR_ARRAY_IDX(list, i, bm_kpi_row_t).figures.counts;
    bm_good_json_write(&q->w, &d->totals.counts);
    bm_good_json_rates(&q->w, &d->totals.counts, seconds, tasks, list->nelts,
                       (int)bm_query_string_int(q->query, "k", BM_PASS_K_DEFAULT));
}

static void write_range(bm_req_t *q, const dashboard_t *d)
{
    bm_jw_key(&q->w, "range");
    bm_jw_begin_object(&q->w);
    if (d->from > 0)
        put_hour(q, "from", d->range.from_hour);
    else
        put_null(q, "from");
    if (d->to > 0)
        put_hour(q, "to", d->range.to_hour);
    else
        put_null(q, "to");
    bm_jw_key(&q->w, "resolution");
    bm_jw_string(&q->w, d->by_day ? "day" : "hour");
    if (d->kept.days_from * 24 > d->range.from_hour)
        put_hour(q, "kept_from", (apr_int64_t)d->kept.days_from * 24);
    else
        put_null(q, "kept_from");
    bm_jw_end_object(&q->w);
}

static int by_runs(const void *a, const void *b)
{
    const bm_kpi_row_t *one = a, *other = b;

    if (one->figures.runs != other->figures.runs)
        return one->figures.runs < other->figures.runs ? 1 : -1;
    return one->id < other->id ? -1 : one->id > other->id;
}

static const char *name_of(const bm_rows_t *names, apr_int64_t id)
{
    int low = 0, high = bm_rows_count(names) - 1;

    while (low <= high) {
        int middle = (low + high) / 2;
        apr_int64_t found = bm_rows_int64(names, middle, 0, 0);

        if (found == id)
            return bm_rows_text(names, middle, 1);
        if (found < id)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return "";
}

/* What every row of a table says. */
static void put_group(bm_req_t *q, const bm_kpi_figures_t *figures)
{
    put_number(q, "success_rate", figures->success_rate);
    put_number(q, "p50_ms", figures->total_ms.p50);
    put_number(q, "p95_ms", figures->total_ms.p95);
    put_number(q, "ttft_p95_ms", figures->ttft_ms.p95);
}

static void write_scenario(bm_req_t *q, const bm_kpi_row_t *row, const bm_rows_t *names)
{
    bm_jw_begin_object(&q->w);
    put_int(q, "scenario_id", (apr_uint64_t)row->id);
    bm_jw_key(&q->w, "name");
    bm_jw_string(&q->w, name_of(names, row->id));
    put_int(q, "runs", row->figures.runs);
    put_group(q, &row->figures);
    bm_jw_end_object(&q->w);
}

static apr_status_t write_scenarios(bm_req_t *q, const dashboard_t *d)
{
    apr_array_header_t *list = bm_kpi_fold_scenarios(d->fold, q->p);
    int i, n = list->nelts < SCENARIOS_MAX ? list->nelts : SCENARIOS_MAX;
    apr_int64_t *ids = apr_palloc(q->p, ((size_t)n + 1) * sizeof(*ids));
    bm_rows_t *names;
    apr_status_t rv;

    qsort(list->elts, (size_t)list->nelts, sizeof(bm_kpi_row_t), by_runs);
    for (i = 0; i < n; i++)
        ids[i] = APR_ARRAY_IDX(list, i, bm_kpi_row_t).id;
    rv = bm_scenario_store_names(&names, q->db, ids, n, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_key(&q->w, "scenarios");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        write_scenario(q, &APR_ARRAY_IDX(list, i, bm_kpi_row_t), names);
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

static void write_location(bm_req_t *q, const bm_kpi_row_t *row, const bm_rows_t *names)
{
    int i;

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "location");
    for (i = 0; i < bm_rows_count(names) - 1 && bm_rows_int64(names, i, BM_LOCATION_ID, 0) != row->id; i++)
        ;
    bm_jw_string(&q->w, bm_rows_text(names, i, BM_LOCATION_NAME));
    put_int(q, "runs", row->figures.runs);
    put_group(q, &row->figures);
    bm_jw_end_object(&q->w);
}

static apr_status_t write_locations(bm_req_t *q, const dashboard_t *d)
{
    apr_array_header_t *list = bm_kpi_fold_locations(d->fold, q->p);
    bm_rows_t *names = NULL;
    apr_status_t rv = APR_SUCCESS;
    int i;

    if (list->nelts > 0)
        rv = bm_location_store_list(&names, q->db, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    qsort(list->elts, (size_t)list->nelts, sizeof(bm_kpi_row_t), by_runs);
    bm_jw_key(&q->w, "locations");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < list->nelts; i++)
        write_location(q, &APR_ARRAY_IDX(list, i, bm_kpi_row_t), names);
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

static void write_series(bm_req_t *q, const dashboard_t *d)
{
    apr_array_header_t *list = bm_kpi_fold_series(d->fold, q->p);
    int i;

    bm_jw_key(&q->w, "series");
    bm_jw_begin_object(&q->w);
    put_int(q, "bucket_seconds", (apr_uint64_t)d->range.bucket_hours * HOUR);
    bm_jw_key(&q->w, "buckets");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < list->nelts; i++) {
        const bm_kpi_row_t *row = &APR_ARRAY_IDX(list, i, bm_kpi_row_t);

        bm_jw_begin_object(&q->w);
        put_hour(q, "at", row->id);
        put_int(q, "n", row->figures.runs);
        put_int(q, "ok", row->figures.counts.status[BM_KPI_COMPLETED]);
        put_number(q, "p50_ms", row->figures.total_ms.p50);
        put_number(q, "p95_ms", row->figures.total_ms.p95);
        put_number(q, "p99_ms", row->figures.total_ms.p99);
        put_number(q, "ttft_p95_ms", row->figures.ttft_ms.p95);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
}

/* The range of the same length before. */
static apr_status_t write_previous(bm_req_t *q, const dashboard_t *d)
{
    apr_int32_t end = d->to > 0 ? d->range.to_hour : hour_of(q->now, 1);
    bm_kpi_range_t range = { .label_id = d->range.label_id };
    bm_kpi_window_t read = d->read;
    bm_kpi_figures_t figures;
    bm_kpi_fold_t *fold;
    apr_status_t rv;

    if (d->from == 0 || 2 * d->range.from_hour - end <= 0) {
        put_null(q, "previous");
        return APR_SUCCESS;
    }
    range.from_hour = read.from_hour = 2 * d->range.from_hour - end;
    range.to_hour = read.to_hour = d->range.from_hour;
    read.by_day = 1;                /* there is no series */
    (void)bm_kpi_keep_fit(&read, &d->kept);
    range.from_hour = read.from_hour;
    rv = bm_kpi_cells_fold(&fold, q, &read, &range);
    if (rv != APR_SUCCESS)
        return rv;
    bm_kpi_fold_totals(&figures, fold);
    bm_jw_key(&q->w, "previous");
    bm_jw_begin_object(&q->w);
    put_int(q, "total_runs", figures.runs);
    put_number(q, "success_rate", figures.success_rate);
    put_number(q, "p50", figures.total_ms.p50);
    put_number(q, "p95", figures.total_ms.p95);
    put_number(q, "p99", figures.total_ms.p99);
    put_number(q, "ttft_p95", figures.ttft_ms.p95);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static void write_recent(bm_req_t *q, const dashboard_t *d)
{
    int i;

    bm_jw_key(&q->w, "recent_runs");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(d->recent) && i < RECENT; i++)
        bm_row_json_write(&q->w, d->recent, i, BM_RUN_FIRST, bm_run_fields, d->summary);
    bm_jw_end_array(&q->w);
}

static apr_status_t dashboard_get(bm_req_t *q)
{
    dashboard_t d;
    apr_status_t rv = read_params(&d, q);

    if (rv == APR_SUCCESS)
        rv = read_all(&d, q);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    write_totals(q, &d);
    write_good(q, &d);
    write_range(q, &d);
    rv = write_scenarios(q, &d);
    if (rv != APR_SUCCESS)
        return rv;
    rv = write_locations(q, &d);
    if (rv != APR_SUCCESS)
        return rv;
    write_series(q, &d);
    rv = write_previous(q, &d);
    if (rv != APR_SUCCESS)
        return rv;
    write_recent(q, &d);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_kpis_api_routes[] = {
    { "GET", "/runs/kpis/dashboard", BM_ROLE_VIEWER, dashboard_get, 0, 200, dashboard_params, NULL, &dashboard_schema,
      "getDashboardKpis", "kpis", "The figures of a range: totals, scenarios, series, the range before, newest runs." },
    { NULL }
};
