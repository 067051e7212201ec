/* SPDX-License-Identifier: Apache-2.0
 *
 * trend_api.c: /scenarios/{id}/trend: a figure day by day from KPI cells, where it is going, and when it breaks a limit
 * (docs/compare.md). */
#include "api/trend_api.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "api/kpi_cells.h"
#include "api/kpi_query.h"
#include "base/text.h"
#include "kpi/kpi_group.h"
#include "kpi/kpi_slo.h"
#include "kpi/trend.h"
#include "model/location.h"
#include "model/run_model.h"
#include "model/scenario_model.h"
#include "stat/quantile_interval.h"
#include "stat/wilson.h"
#include "store/row_json.h"
#include "store/scenario_store.h"

enum { DAY = 86400, DAYS = 28, VALUES_LEAST = 5 };

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t day_fields[] = {
    { "day", BM_TYPE_TIME, OURS, .doc = "Begin of the day, UTC." },
    { "n", BM_TYPE_INT, OURS, .doc = "Values of that day; of success_rate attempts." },
    { "value", BM_TYPE_NUMBER, MAYBE, .doc = "The figure; null: no values." },
    { "low", BM_TYPE_NUMBER, MAYBE, .doc = "Lower end of its 95 % interval; null: too few values." },
    { "high", BM_TYPE_NUMBER, MAYBE, .doc = "Upper end." },
    { "used", BM_TYPE_BOOL, OURS, .doc = "The line is drawn through it: the day is over and has at least 5 values." },
    { "line", BM_TYPE_NUMBER, MAYBE, .doc = "The line on that day; null: none was drawn." },
    { NULL }
};

static const bm_field_t slope_fields[] = {
    { "per_day", BM_TYPE_NUMBER, OURS, .doc = "Theil-Sen slope, in units a day." },
    { "low", BM_TYPE_NUMBER, MAYBE, .doc = "Lower end of its 95 % interval; null: too few days." },
    { "high", BM_TYPE_NUMBER, MAYBE, .doc = "Upper end." },
    { "days", BM_TYPE_INT, OURS, .doc = "Days that it was drawn through." },
    { "n_effective", BM_TYPE_NUMBER, OURS, .doc = "What they are worth, as days resemble the day before." },
    { NULL }
};

static const bm_field_t backtest_fields[] = {
    { "forecasts", BM_TYPE_INT, OURS, .doc = "Past days from which the line was drawn on." },
    { "horizon_days", BM_TYPE_INT, OURS, .doc = "How far." },
    { "error_line", BM_TYPE_NUMBER, MAYBE, .doc = "Its mean absolute error." },
    { "error_same_as_last", BM_TYPE_NUMBER, MAYBE, .doc = "That of saying that nothing changes." },
    { NULL }
};

static const bm_field_t forecast_fields[] = {
    { "status", BM_TYPE_ENUM, OURS,
      .values = "shown|already_broken|too_few_days|no_slope|moving_away|not_foretold|too_far|no_threshold",
      .doc = "Whether a day can be told, or why not." },
    { "threshold", BM_TYPE_NUMBER, MAYBE, .doc = "The limit." },
    { "threshold_from", BM_TYPE_ENUM, MAYBE, .values = "query|slo", .doc = "Where it comes from." },
    { "at", BM_TYPE_TIME, MAYBE, .doc = "When the line reaches it." },
    { "earliest", BM_TYPE_TIME, MAYBE, .doc = "With the steeper end of the slope's interval." },
    { "latest", BM_TYPE_TIME, MAYBE, .doc = "With the flatter end; null although there is a date: as good as never." },
    { NULL }
};

static const bm_field_t trend_fields[] = {
    { "scenario_id", BM_TYPE_INT, OURS, .doc = "The scenario." },
    { "metric", BM_TYPE_STRING, OURS, .doc = "The figure." },
    { "quantile", BM_TYPE_NUMBER, MAYBE, .doc = "Of it; null of success_rate." },
    { "unit", BM_TYPE_ENUM, OURS, .values = "ms|%", .doc = "Of values." },
    { "relative_error", BM_TYPE_NUMBER, OURS, .doc = "Largest relative error of a value." },
    { "series", BM_TYPE_ARRAY, OURS, .members = day_fields, .doc = "Every day, ascending; the last one is today." },
    { "slope", BM_TYPE_OBJECT, MAYBE, .members = slope_fields, .doc = "Null: too few days." },
    { "backtest", BM_TYPE_OBJECT, MAYBE, .members = backtest_fields, .doc = "How well the line would have foretold the past." },
    { "forecast", BM_TYPE_OBJECT, OURS, .members = forecast_fields, .doc = "When the figure breaks the limit." },
    { "sentence", BM_TYPE_STRING, OURS, .doc = "All of that in words." },
    { NULL }
};

static const bm_schema_t trend_schema = { "ScenarioTrend", trend_fields };

static const bm_query_param_t trend_params[] = {
    { "metric", BM_QUERY_ENUM, 0, 0, BM_KPI_METRIC_NAMES "|success_rate", "Which figure (default e2e_ms)." },
    { "quantile", BM_QUERY_TEXT, 1, 20, NULL, "Of the metric, above 0 and below 1 (default 0.95)." },
    { "days", BM_QUERY_INT, BM_TREND_DAYS_LEAST, BM_TREND_DAYS_MAX, NULL, "Whole days before today (default 28)." },
    { "threshold", BM_QUERY_TEXT, 1, 30, NULL,
      "Limit in ms (% of success_rate); default: that of the scenario's SLO on this metric and quantile." },
    { "location", BM_QUERY_TEXT, 1, BM_LOCATION_NAME_MAX, NULL, "Runs at this location." },
    { NULL }
};

typedef struct point_t {
    apr_uint64_t n;
    double value, low, high;         /* NaN: none */
    int used;
} point_t;

typedef struct trending_t {
    bm_req_t *q;
    const bm_kpi_metric_t *metric;   /* NULL: success */
    const char *metric_name;
    double quantile, threshold;      /* threshold NaN: none */
    const char *threshold_from;
    int days;                        /* before today */
    int first;                       /* days since 1970 */
    bm_kpi_groups_t *groups;
    point_t *points;                 /* days + 1 */
    bm_trend_t trend;
    bm_trend_forecast_t forecast;
} trending_t;

/* --- reading */

static apr_status_t read_number(double *value, const char *name, double otherwise, bm_req_t *q)
{
    const char *text = bm_query_string_text(q->query, name);

    *value = otherwise;
    return text == NULL ? APR_SUCCESS : bm_text_to_double(value, text);
}

static apr_status_t trend_read(bm_req_t *q)
{
    trending_t *t = q->asked = apr_pcalloc(q->p, sizeof(*t));
    const char *name = bm_query_string_text(q->query, "metric");
    apr_status_t rv = APR_SUCCESS;
    double most;

    t->q = q;
    t->metric_name = name != NULL ? name : "e2e_ms";
    t->metric = bm_kpi_metric_by_name(t->metric_name);
    t->days = (int)bm_query_string_int(q->query, "days", DAYS);
    t->first = (int)(apr_time_sec(q->now) / DAY) - t->days;
    most = t->metric == NULL ? 100 : BM_SKETCH_VALUE_MAX;
    if (read_number(&t->quantile, "quantile", 0.95, q) != APR_SUCCESS || !(t->quantile > 0 && t->quantile < 1))
        rv = bm_err_violation(q->err, "?quantile", "Must be a number above 0 and below 1.");
    if (read_number(&t->threshold, "threshold", NAN, q) != APR_SUCCESS || t->threshold < 0 || t->threshold > most)
        rv = bm_err_violation(q->err, "?threshold", t->metric == NULL ? "Must be a number from 0 to 100."
                                                                      : "Must be a number, not negative.");
    t->threshold_from = isnan(t->threshold) ? NULL : "query";
    return rv;
}

static void read_slo(trending_t *t, const bm_rows_t *rows)
{
    bm_buffer_t text = { 0 };
    bm_kpi_slo_t slos[BM_SLOS_MAX];
    json_t *scenario = NULL;
    bm_jw_t w;
    int i, n;

    bm_jw_init(&w, &text);
    bm_row_json_write(&w, rows, 0, BM_SCENARIO_FIRST, bm_scenario_fields, 0);
    if (w.rv == APR_SUCCESS)
        (void)bm_json_parse(&scenario, text.data, text.len, NULL, t->q->p);
    bm_buffer_free(&text);
    n = bm_kpi_slos_read(slos, json_object_get(scenario, "slos"), t->q->p);
    for (i = 0; i < n && isnan(t->threshold); i++) {
        if (t->metric == NULL && slos[i].of == BM_KPI_SLO_OF_SUCCESS)
            t->threshold = 100 * slos[i].target;
        else if (t->metric != NULL && slos[i].of == BM_KPI_SLO_OF_METRIC && slos[i].metric == t->metric->id
                 && fabs(slos[i].target - t->quantile) < 1e-9)
            t->threshold = slos[i].max;
    }
    t->threshold_from = isnan(t->threshold) ? NULL : "slo";
}

static apr_status_t add_cell(void *baton, const bm_kpi_key_t *key, const void *body, apr_size_t len)
{
    trending_t *t = baton;
    apr_int64_t day[BM_KPI_GROUP_PARTS] = { key->hour / 24, 0 };

    return bm_kpi_groups_add(t->groups, day, body, len);
}

static apr_status_t read_cells(trending_t *t)
{
    bm_kpi_window_t window = { .source = BM_RUN_KIND_RUN, .scenario_id = t->q->ids[0], .automation_id = -1, .by_day = 1 };
    bm_rows_t *rows;
    apr_status_t rv = bm_scenario_store_get(&rows, t->q->db, t->q->ids[0], 0, t->q->err, t->q->p);

    if (rv != APR_SUCCESS)
        return rv;
    if (isnan(t->threshold))
        read_slo(t, rows);
    window.metrics = 1 | (t->metric != NULL ? 1u << t->metric->id : 0);
    window.from_hour = t->first * 24;
    window.to_hour = (t->first + t->days + 1) * 24;
    window.location = bm_query_string_text(t->q->query, "location");
    t->groups = bm_kpi_groups_make(t->metric != NULL ? &t->metric->id : NULL, t->metric != NULL, t->q->p);
    return bm_kpi_cells_each(t->q, &window, add_cell, t);
}

static void put_quantile(point_t *point, const bm_sketch_t *sketch, const trending_t *t)
{
    apr_uint64_t low, high, n = sketch != NULL ? bm_sketch_head(sketch)->n : 0;

    point->n = n;
    if (n == 0)
        return;
    point->value = bm_sketch_quantile(sketch, t->quantile);
    if (t->metric->pooled || !bm_quantile_interval(&low, &high, n, (double)n, t->quantile))
        return;
    point->low = bm_sketch_rank_low(sketch, low);
    point->high = bm_sketch_rank_high(sketch, high);
}

static void put_rate(point_t *point, const bm_kpi_group_t *group)
{
    point->n = bm_kpi_group_attempts(group);
    if (point->n == 0)
        return;
    point->value = 100 * (double)group->counts.status[BM_KPI_COMPLETED] / (double)point->n;
    (void)bm_wilson_interval(&point->low, &point->high, group->counts.status[BM_KPI_COMPLETED], point->n, BM_WILSON_Z95);
    point->low *= 100;
    point->high *= 100;
}

static void fit(trending_t *t)
{
    double day[BM_TREND_DAYS_MAX + 1], value[BM_TREND_DAYS_MAX + 1];
    int i, n = 0;

    t->points = apr_palloc(t->q->p, ((apr_size_t)t->days + 1) * sizeof(*t->points));
    for (i = 0; i <= t->days; i++) {
        const apr_int64_t key[BM_KPI_GROUP_PARTS] = { t->first + i, 0 };
        const bm_kpi_group_t *group = bm_kpi_groups_get(t->groups, key);
        point_t *point = &t->points[i];

        *point = (point_t){ .value = NAN, .low = NAN, .high = NAN };
        if (t->metric == NULL)
            put_rate(point, group);
        else
            put_quantile(point, group->metrics[t->metric->id], t);
        point->used = i < t->days && point->n >= VALUES_LEAST;
        if (point->used) {
            day[n] = t->first + i;
            value[n++] = point->value;
        }
    }
    bm_trend_fit(&t->trend, day, value, n, t->q->p);
    if (!isnan(t->threshold))
        bm_trend_forecast(&t->forecast, &t->trend, t->threshold, t->metric == NULL);
}

/* --- words */

static const char *amount(const trending_t *t, double value)
{
    double size = fabs(value);

    return apr_psprintf(t->q->p, "%.*f %s", size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3, value,
                        t->metric != NULL ? "ms" : "%");
}

static const char *subject(const trending_t *t)
{
    if (t->metric == NULL)
        return "The success rate";
    return apr_psprintf(t->q->p, "p%s of %s", bm_text_number(100 * t->quantile, 6, t->q->p), t->metric_name);
}

static apr_time_t after(const trending_t *t, double days)
{
    return apr_time_from_sec((apr_time_t)((t->trend.last_day + days) * DAY));
}

static const char *date_of(const trending_t *t, double days)
{
    char text[BM_TIMEFMT_SIZE];

    bm_timefmt_rfc3339(text, after(t, days));
    return apr_pstrmemdup(t->q->p, text, 10);
}

static const char *limit_words(const trending_t *t)
{
    const char *limit = isnan(t->threshold) ? "" : amount(t, t->threshold);

    if (isnan(t->threshold))
        return "";
    switch (t->forecast.status) {
    case BM_TREND_SHOWN:
        return apr_psprintf(t->q->p, " If it goes on like this, it breaks %s on %s (between %s and %s).", limit,
                            date_of(t, t->forecast.days), date_of(t, t->forecast.earliest),
                            isfinite(t->forecast.latest) ? date_of(t, t->forecast.latest) : "never");
    case BM_TREND_BROKEN: return apr_psprintf(t->q->p, " It is beyond %s already.", limit);
    case BM_TREND_AWAY: return apr_psprintf(t->q->p, " It moves away from %s.", limit);
    case BM_TREND_NOT_FORETOLD:
        return apr_psprintf(t->q->p, " When it breaks %s is not foretold: on past days \"same as last\" was as good as the line.",
                            limit);
    case BM_TREND_TOO_FAR: return apr_psprintf(t->q->p, " It does not reach %s within %d days.", limit, t->trend.days);
    case BM_TREND_NO_SLOPE:
    case BM_TREND_TOO_SHORT:
    default: return "";
    }
}

static const char *words(const trending_t *t)
{
    const bm_theil_sen_t *line = &t->trend.line;
    const char *interval;

    if (!t->trend.is_fitted)
        return apr_psprintf(t->q->p, "Too few days for a trend: %d with at least %d values, %d are needed.", t->trend.days,
                            VALUES_LEAST, BM_TREND_DAYS_LEAST);
    if (!isfinite(line->low) || !isfinite(line->high))
        interval = "no interval, too few days";
    else
        interval = apr_psprintf(t->q->p, "95 %% interval %s to %s", amount(t, line->low), amount(t, line->high));
    if (!(line->low > 0) && !(line->high < 0))
        return apr_psprintf(t->q->p, "%s shows no trend over %d days: %s a day (%s).%s", subject(t), t->trend.days,
                            amount(t, line->slope), interval, limit_words(t));
    return apr_psprintf(t->q->p, "%s %s by %s a day over %d days (%s).%s", subject(t), line->slope > 0 ? "rises" : "falls",
                        amount(t, fabs(line->slope)), t->trend.days, interval, limit_words(t));
}

/* --- writing */

static void put_number(bm_req_t *q, const char *key, double value)
{
    bm_jw_key(&q->w, key);
    bm_jw_fixed(&q->w, value, 6);
}

static void put_count(bm_req_t *q, const char *key, apr_uint64_t n)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, (apr_int64_t)n);
}

static void put_text(bm_req_t *q, const char *key, const char *text)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, text);
}

static void put_day(const trending_t *t, const char *key, double days)
{
    bm_jw_key(&t->q->w, key);
    if (!isfinite(days))
        bm_jw_null(&t->q->w);
    else
        bm_jw_time(&t->q->w, after(t, days));
}

static void write_series(const trending_t *t)
{
    bm_req_t *q = t->q;
    int i;

    bm_jw_key(&q->w, "series");
    bm_jw_begin_array(&q->w);
    for (i = 0; i <= t->days; i++) {
        const point_t *point = &t->points[i];
        double line = t->trend.line.intercept + t->trend.line.slope * (t->first + i);

        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "day");
        bm_jw_time(&q->w, apr_time_from_sec((apr_time_t)(t->first + i) * DAY));
        put_count(q, "n", point->n);
        put_number(q, "value", point->value);
        put_number(q, "low", point->low);
        put_number(q, "high", point->high);
        bm_jw_key(&q->w, "used");
        bm_jw_bool(&q->w, point->used);
        put_number(q, "line", t->trend.is_fitted ? line : NAN);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
}

static void write_line(const trending_t *t)
{
    const bm_trend_t *trend = &t->trend;
    bm_req_t *q = t->q;

    bm_jw_key(&q->w, "slope");
    if (!trend->is_fitted) {
        bm_jw_null(&q->w);
        bm_jw_key(&q->w, "backtest");
        bm_jw_null(&q->w);
        return;
    }
    bm_jw_begin_object(&q->w);
    put_number(q, "per_day", trend->line.slope);
    put_number(q, "low", isfinite(trend->line.low) ? trend->line.low : NAN);
    put_number(q, "high", isfinite(trend->line.high) ? trend->line.high : NAN);
    put_count(q, "days", (apr_uint64_t)trend->days);
    put_number(q, "n_effective", trend->line.n_effective);
    bm_jw_end_object(&q->w);
    bm_jw_key(&q->w, "backtest");
    bm_jw_begin_object(&q->w);
    put_count(q, "forecasts", (apr_uint64_t)trend->backtests);
    put_count(q, "horizon_days", (apr_uint64_t)trend->horizon);
    put_number(q, "error_line", trend->error_line);
    put_number(q, "error_same_as_last", trend->error_last);
    bm_jw_end_object(&q->w);
}

static void write_forecast(const trending_t *t)
{
    bm_req_t *q = t->q;
    int has_limit = !isnan(t->threshold);

    bm_jw_key(&q->w, "forecast");
    bm_jw_begin_object(&q->w);
    put_text(q, "status", has_limit ? bm_trend_break_name(t->forecast.status) : "no_threshold");
    put_number(q, "threshold", t->threshold);
    put_text(q, "threshold_from", t->threshold_from);
    put_day(t, "at", has_limit ? t->forecast.days : NAN);
    put_day(t, "earliest", has_limit ? t->forecast.earliest : NAN);
    put_day(t, "latest", has_limit ? t->forecast.latest : NAN);
    bm_jw_end_object(&q->w);
}

static apr_status_t trend_get(bm_req_t *q)
{
    trending_t *t = q->asked;
    apr_status_t rv = bm_kpi_query_open(q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = read_cells(t);
    bm_kpi_query_close(q);
    if (rv != APR_SUCCESS)
        return rv;
    fit(t);
    bm_jw_begin_object(&q->w);
    put_count(q, "scenario_id", (apr_uint64_t)q->ids[0]);
    put_text(q, "metric", t->metric_name);
    put_number(q, "quantile", t->metric != NULL ? t->quantile : NAN);
    put_text(q, "unit", t->metric != NULL ? "ms" : "%");
    put_number(q, "relative_error", t->metric != NULL ? BM_SKETCH_ERROR : 0);
    write_series(t);
    write_line(t);
    write_forecast(t);
    put_text(q, "sentence", words(t));
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_trend_api_routes[] = {
    { "GET", "/scenarios/{id}/trend", BM_ROLE_VIEWER, trend_get, BM_ROUTE_NO_DATABASE, 200, trend_params, NULL, &trend_schema,
      "getScenarioTrend", "kpis", "A figure day by day, its slope with an interval, and when it breaks a limit.",
      .read_query = trend_read },
    { NULL }
};
