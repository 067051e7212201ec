/* SPDX-License-Identifier: Apache-2.0 */
#include "api/dashboard.h"

#include <math.h>
#include <stdlib.h>
#include "api/good_json.h"
#include "api/kpi_cells.h"
#include "api/kpi_query.h"
#include "model/run_model.h"
#include "store/location_store.h"
#include "store/row_json.h"
#include "store/run_store.h"
#include "store/scenario_store.h"

enum { HOUR = 3600, SCENARIOS_MAX = 200 };

static void put_int(bm_req_t *q, const char *key, apr_uint64_t value)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, (apr_int64_t)value);
}

/* NaN is written as null; so below. */
static void put_percent(bm_req_t *q, const char *key, double value)
{
    bm_jw_key(&q->w, key);
    bm_jw_fixed(&q->w, value, 3);
}

static void put_ms(bm_req_t *q, const char *key, double value)
{
    bm_jw_key(&q->w, key);
    bm_jw_ms(&q->w, value);
}

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static const char *const quantile_names[] = { "p50", "p95", "p99" };

/* Null: too few samples for one. */
static void put_interval(bm_req_t *q, const bm_kpi_quantile_t *at)
{
    if (isnan(at->low)) {
        bm_jw_null(&q->w);
        return;
    }
    bm_jw_begin_array(&q->w);
    bm_jw_ms(&q->w, at->low);
    bm_jw_ms(&q->w, at->high);
    bm_jw_end_array(&q->w);
}

static void put_quantiles(bm_req_t *q, const char *key, const bm_dashboard_t *d, bm_kpi_metric_e metric)
{
    bm_kpi_figure_t figure;
    int i;

    bm_kpi_fold_figure(&figure, d->fold, metric);
    bm_jw_key(&q->w, key);
    bm_jw_begin_object(&q->w);
    for (i = 0; i < 3; i++)
        put_ms(q, quantile_names[i], or_zero(figure.at[i].value));
    put_int(q, "n", figure.n);
    bm_jw_key(&q->w, "intervals");
    bm_jw_begin_object(&q->w);
    for (i = 0; i < 3; i++) {
        bm_jw_key(&q->w, quantile_names[i]);
        put_interval(q, &figure.at[i]);
    }
    bm_jw_end_object(&q->w);
    bm_jw_key(&q->w, "few_samples");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < 3; i++)
        if (figure.at[i].few)
            bm_jw_string(&q->w, quantile_names[i]);
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
}

static void put_null(bm_req_t *q, const char *key)
{
    bm_jw_key(&q->w, key);
    bm_jw_null(&q->w);
}

static void write_totals(bm_req_t *q, const bm_dashboard_t *d)
{
    const bm_kpi_counts_t *counts = &d->totals.counts;
    apr_uint64_t pending = (apr_uint64_t)bm_rows_int64(d->queued, 0, 0, 0);
    apr_uint64_t running = (apr_uint64_t)bm_rows_int64(d->queued, 0, 1, 0);
    apr_uint64_t attempts = bm_kpi_good_attempts(counts);

    put_int(q, "total_runs", d->totals.runs + pending + running);
    put_int(q, "attempts", attempts);
    put_percent(q, "success_rate", or_zero(d->totals.success_rate));
    bm_jw_key(&q->w, "success_interval");
    if (attempts == 0)
        bm_jw_null(&q->w);
    else {
        bm_jw_begin_array(&q->w);
        bm_jw_fixed(&q->w, d->totals.success_low, 3);
        bm_jw_fixed(&q->w, d->totals.success_high, 3);
        bm_jw_end_array(&q->w);
    }
    bm_jw_key(&q->w, "relative_error");
    bm_jw_double(&q->w, BM_SKETCH_ERROR);
    put_quantiles(q, "total_time_stats", d, BM_KPI_TOTAL);
    if (d->totals.ttft_ms.n > 0)
        put_quantiles(q, "ttft_stats", d, BM_KPI_TTFT);
    else
        put_null(q, "ttft_stats");
    put_ms(q, "avg_inter_token_latency", d->totals.itl_mean_ms);
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
static void write_good(bm_req_t *q, const bm_dashboard_t *d)
{
    apr_array_header_t *list = bm_kpi_fold_scenarios(d->fold, q->p);
    const bm_kpi_counts_t **tasks = apr_palloc(q->p, ((apr_size_t)list->nelts + 1) * sizeof(*tasks));
    apr_time_t to = d->has_to ? apr_time_from_sec((apr_time_t)d->range.to_hour * HOUR) : q->now;
    double seconds = d->has_from ? (double)(to < q->now ? to : q->now) / 1e6 - (double)d->range.from_hour * HOUR : NAN;
    int i;

    for (i = 0; i < list->nelts; i++)
        tasks[i] = &APR_ARRAY_IDX(list, i, bm_kpi_row_t).figures.counts;
    bm_good_json_write(&q->w, &d->totals.counts);
    bm_good_json_rates(&q->w, &d->totals.counts, seconds, tasks, list->nelts,
                       (int)bm_query_string_int(q->query, "k", BM_PASS_K_DEFAULT));
}

static void write_range(bm_req_t *q, const bm_dashboard_t *d)
{
    bm_jw_key(&q->w, "range");
    bm_jw_begin_object(&q->w);
    if (d->has_from)
        put_hour(q, "from", d->range.from_hour);
    else
        put_null(q, "from");
    if (d->has_to)
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

/* What every row of a table says. */
static void put_group(bm_req_t *q, const bm_kpi_figures_t *figures)
{
    put_percent(q, "success_rate", figures->success_rate);
    put_ms(q, "p50_ms", figures->total_ms.p50);
    put_ms(q, "p95_ms", figures->total_ms.p95);
    put_ms(q, "ttft_p95_ms", figures->ttft_ms.p95);
}

static void write_scenario(bm_req_t *q, const bm_kpi_row_t *row, const bm_rows_t *names)
{
    int place = bm_kpi_query_row(names, row->id);

    bm_jw_begin_object(&q->w);
    put_int(q, "scenario_id", (apr_uint64_t)row->id);
    bm_jw_key(&q->w, "name");
    bm_jw_string(&q->w, place >= 0 ? bm_rows_text(names, place, 1) : "");
    put_int(q, "runs", row->figures.runs);
    put_group(q, &row->figures);
    bm_jw_end_object(&q->w);
}

static apr_status_t write_scenarios(bm_req_t *q, const bm_dashboard_t *d)
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

static apr_status_t write_locations(bm_req_t *q, const bm_dashboard_t *d)
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

static void write_series(bm_req_t *q, const bm_dashboard_t *d)
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
        put_ms(q, "p50_ms", row->figures.total_ms.p50);
        put_ms(q, "p95_ms", row->figures.total_ms.p95);
        put_ms(q, "p99_ms", row->figures.total_ms.p99);
        put_ms(q, "ttft_p95_ms", row->figures.ttft_ms.p95);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
}

/* The range of the same length before. */
static apr_status_t write_previous(bm_req_t *q, const bm_dashboard_t *d)
{
    apr_int32_t end = bm_dashboard_end(d, q);
    bm_kpi_range_t range = { .label_id = d->range.label_id };
    bm_kpi_window_t read = d->read;
    bm_kpi_figures_t figures;
    bm_kpi_fold_t *fold;
    apr_status_t rv;

    if (!d->has_from || 2 * d->range.from_hour - end <= 0) {
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
    put_percent(q, "success_rate", figures.success_rate);
    put_ms(q, "p50", figures.total_ms.p50);
    put_ms(q, "p95", figures.total_ms.p95);
    put_ms(q, "p99", figures.total_ms.p99);
    put_ms(q, "ttft_p95", figures.ttft_ms.p95);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static void write_recent(bm_req_t *q, const bm_dashboard_t *d)
{
    int i;

    bm_jw_key(&q->w, "recent_runs");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(d->recent) && i < BM_DASHBOARD_RECENT; i++)
        bm_row_json_write(&q->w, d->recent, i, BM_RUN_FIRST, bm_run_fields, d->summary);
    bm_jw_end_array(&q->w);
}

apr_status_t bm_dashboard_write(bm_req_t *q, const bm_dashboard_t *d)
{
    apr_status_t rv;

    bm_jw_begin_object(&q->w);
    write_totals(q, d);
    write_good(q, d);
    write_range(q, d);
    rv = write_scenarios(q, d);
    if (rv == APR_SUCCESS)
        rv = write_locations(q, d);
    if (rv != APR_SUCCESS)
        return rv;
    write_series(q, d);
    rv = write_previous(q, d);
    write_recent(q, d);
    bm_jw_end_object(&q->w);
    return rv;
}
