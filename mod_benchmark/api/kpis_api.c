/* SPDX-License-Identifier: Apache-2.0
 *
 * kpis_api.c: /runs/kpis/dashboard: the figures of a range from KPI cells, never from rows.
 *
 * Cells are hours, so a range is widened to whole hours; `range` says which. What the seed's clients read (total_runs,
 * success_rate, total_time_stats) is a number even where there is no sample: n and attempts tell that. */
#include "api/kpis_api.h"

#include <string.h>
#include "api/dashboard.h"
#include "api/good_json.h"
#include "api/kpi_cells.h"
#include "api/labels_api.h"
#include "base/timefmt.h"
#include "model/field_values.h"
#include "model/location.h"
#include "model/run_model.h"
#include "store/run_store.h"
#include "store/status_store.h"

enum { SERIES_MAX = 72, DAYS_FROM_HOURS = 14 * 24 };

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t interval_fields[] = {
    { "p50", BM_TYPE_ARRAY, MAYBE, .doc = "[low, high] in milliseconds; null: too few samples." },
    { "p95", BM_TYPE_ARRAY, MAYBE, .doc = "Likewise." },
    { "p99", BM_TYPE_ARRAY, MAYBE, .doc = "Likewise." },
    { NULL }
};

static const bm_field_t quantile_fields[] = {
    { "p50", BM_TYPE_NUMBER, OURS, .doc = "Median, in milliseconds." },
    { "p95", BM_TYPE_NUMBER, OURS, .doc = "95th percentile." },
    { "p99", BM_TYPE_NUMBER, OURS, .doc = "99th percentile." },
    { "n", BM_TYPE_INT, OURS, .doc = "Sample size; 0: the others are 0 and mean nothing." },
    { "intervals", BM_TYPE_OBJECT, OURS, .members = interval_fields, .doc = "95 % intervals by order statistics." },
    { "few_samples", BM_TYPE_STRINGS, OURS, .doc = "Those of p50, p95 and p99 that so few samples do not certify." },
    { NULL }
};

#define GROUP_FIELDS \
    { "runs", BM_TYPE_INT, OURS, .doc = "Runs that ended." }, \
    { "success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "0 to 100; null: no attempts." }, \
    { "p50_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Median duration of completed runs." }, \
    { "p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of it." }, \
    { "ttft_p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile of time to first token." }

static const bm_field_t scenario_fields[] = {
    { "scenario_id", BM_TYPE_INT, OURS, .doc = "The scenario." },
    { "name", BM_TYPE_STRING, OURS, .doc = "Its name." },
    GROUP_FIELDS,
    { NULL }
};

static const bm_field_t location_fields[] = {
    { "location", BM_TYPE_STRING, OURS, .doc = "The location." },
    GROUP_FIELDS,
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
    { "success_interval", BM_FIELD_PAIR(MAYBE), .doc = "95 % Wilson interval of it, [low, high]." },
    { "relative_error", BM_TYPE_NUMBER, OURS, .doc = "Largest relative error of a quantile; everything else is exact." },
    { "total_time_stats", BM_TYPE_OBJECT, OURS, .members = quantile_fields, .schema = "DurationQuantiles",
      .doc = "Duration of completed runs." },
    { "ttft_stats", BM_TYPE_OBJECT, MAYBE, .members = quantile_fields, .schema = "DurationQuantiles",
      .doc = "Time to first token of completed runs." },
    { "avg_inter_token_latency", BM_TYPE_NUMBER, MAYBE, .doc = "Mean gap between tokens, in milliseconds." },
    { "by_status", BM_TYPE_OBJECT, OURS, .members = bm_field_integers, .doc = "Number of runs in each state." },
    BM_GOOD_FIELDS(0),
    BM_GOOD_RATE_FIELDS,
    { "range", BM_TYPE_OBJECT, OURS, .members = range_fields, .doc = "What the figures are of." },
    { "scenarios", BM_TYPE_ARRAY, OURS, .members = scenario_fields, .doc = "Most used first." },
    { "locations", BM_TYPE_ARRAY, OURS, .members = location_fields,
      .doc = "Most used first; runs at no location are in none." },
    { "series", BM_TYPE_OBJECT, OURS, .members = series_fields, .doc = "Figures over time." },
    { "previous", BM_TYPE_OBJECT, MAYBE, .members = previous_fields,
      .doc = "The range of the same length before; null without from." },
    { "recent_runs", BM_TYPE_ARRAY, OURS, .members = bm_run_fields, .schema = "Run", .doc = "The ten newest runs." },
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

/* --- reading */

apr_int32_t bm_dashboard_end(const bm_dashboard_t *d, const bm_req_t *q)
{
    return d->has_to ? d->range.to_hour : bm_timefmt_hour(q->now, 1);
}

static apr_status_t dashboard_read(bm_req_t *q)
{
    bm_dashboard_t *d = q->asked = apr_pcalloc(q->p, sizeof(*d));
    const char *view = bm_query_string_text(q->query, "view");

    d->summary = view != NULL && strcmp(view, "summary") == 0;
    d->has_from = bm_query_string_has(q->query, "from");
    d->has_to = bm_query_string_has(q->query, "to");
    d->from = bm_query_string_time(q->query, "from", 0);
    d->to = bm_query_string_time(q->query, "to", 0);
    d->label = bm_query_string_text(q->query, "label");
    d->read = (bm_kpi_window_t){
        .from_hour = bm_timefmt_hour(d->from, 0), .to_hour = d->has_to ? bm_timefmt_hour(d->to, 1) : 0, .source = BM_RUN_KIND_RUN,
        .scenario_id = bm_query_string_int(q->query, "scenario_id", -1),
        .automation_id = bm_query_string_int(q->query, "automation_id", -1),
        .location = bm_query_string_text(q->query, "location")
    };
    if (d->has_to && d->to <= d->from && !bm_query_string_refused(q->query, "from"))
        return bm_err_violation(q->err, "?to", "Must be later than from.");
    return APR_SUCCESS;
}

/* What is kept decides how wide the range becomes. */
static apr_status_t fit(bm_dashboard_t *d, bm_req_t *q)
{
    apr_int32_t end;
    apr_status_t rv = d->label != NULL ? bm_label_filter(&d->read.label_id, q, "?label", d->label) : APR_SUCCESS;

    if (rv == APR_SUCCESS)
        rv = bm_kpi_keep_store_get(&d->kept, q->db, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    d->by_day = bm_kpi_keep_fit(&d->read, &d->kept);
    d->range = (bm_kpi_range_t){ .from_hour = d->read.from_hour, .to_hour = d->read.to_hour, .label_id = d->read.label_id,
                                 .bucket_hours = 24 };
    end = bm_dashboard_end(d, q);
    d->read.by_day |= end - d->range.from_hour > DAYS_FROM_HOURS;
    if (d->has_from) {
        d->range.bucket_hours = bm_kpi_fold_bucket_hours(d->range.from_hour, end, SERIES_MAX);
        if (d->read.by_day && d->range.bucket_hours % 24 != 0)
            d->range.bucket_hours = 24;
    }
    return APR_SUCCESS;
}

static apr_status_t read_all(bm_dashboard_t *d, bm_req_t *q)
{
    bm_run_filter_t recent = {
        .limit = BM_DASHBOARD_RECENT, .scenario_id = d->read.scenario_id, .automation_id = d->read.automation_id,
        .location = d->read.location, .label = d->label, .from = d->from, .to = d->to, .summary = d->summary
    };
    apr_status_t rv;

    rv = bm_kpi_cells_fold(&d->fold, q, &d->read, &d->range);
    if (rv != APR_SUCCESS)
        return rv;
    bm_kpi_fold_totals(&d->totals, d->fold);
    rv = bm_status_store_queued(&d->queued, q->db, BM_RUN_KIND_RUN, d->read.scenario_id, d->read.automation_id, d->read.location,
                                d->label, d->from, d->to, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    return bm_run_store_list(&d->recent, q->db, &recent, q->err, q->p);
}

static apr_status_t dashboard_get(bm_req_t *q)
{
    bm_dashboard_t *d = q->asked;
    apr_status_t rv = fit(d, q);

    if (rv == APR_SUCCESS)
        rv = read_all(d, q);
    return rv == APR_SUCCESS ? bm_dashboard_write(q, d) : rv;
}

const bm_route_t bm_kpis_api_routes[] = {
    { "GET", "/runs/kpis/dashboard", BM_ROLE_VIEWER, dashboard_get, BM_ROUTE_KPI, 200, dashboard_params, NULL, &dashboard_schema,
      "getDashboardKpis", "kpis", "The figures of a range: totals, scenarios, series, the range before, newest runs.",
      .read_query = dashboard_read },
    { NULL }
};
