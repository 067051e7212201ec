/* SPDX-License-Identifier: Apache-2.0
 *
 * report_api.c: /loadtests/{id}/report, /compare/report, /training/sessions/{id}/report, and the distributions of a load test
 * and of KPI cells as .hgrm
 * (docs/export.md). */
#include "api/report_api.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "api/compare_api.h"
#include "api/export_api.h"
#include "api/kpi_query.h"
#include "api/loadtest_values.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "export/compare_report.h"
#include "export/hgrm.h"
#include "export/loadtest_report.h"
#include "export/report.h"
#include "export/training_report.h"
#include "model/loadtest_model.h"
#include "model/training_model.h"
#include "store/loadtest_store.h"
#include "store/row_json.h"
#include "store/training_store.h"

/* Seconds of one read of the series and of all; requests up to which a report has their distribution. */
enum { SECONDS_PAGE = 10000, SECONDS_MAX = 100000, DISTRIBUTION_MAX = 1000000, NONCE_BYTES = 16, PROBLEMS_MAX = 1000 };

/* --- .hgrm */

static apr_status_t reply_hgrm(bm_req_t *q, const bm_loadtest_values_t *values, const char *name, const char *metric)
{
    q->content_type = "text/plain; charset=us-ascii";
    apr_table_setn(q->headers, "Content-Disposition", apr_pstrcat(q->p, "attachment; filename=\"", name, "-", metric,
                                                                  ".hgrm\"", NULL));
    return bm_hgrm_write(&q->out, values->sketch, values->deviation, values->kept_rows_only);
}

static const char *metric_of(const bm_req_t *q)
{
    const char *metric = bm_query_string_text(q->query, "metric");

    return metric != NULL ? metric : "e2e_ms";
}

static apr_status_t loadtests_hgrm(bm_req_t *q)
{
    bm_loadtest_values_t values;
    apr_status_t rv = bm_export_enter(q);

    if (rv == APR_SUCCESS)
        rv = bm_loadtest_values(&values, q, q->ids[0], metric_of(q), (int)bm_query_string_int(q->query, "step", -1));
    if (rv != APR_SUCCESS)
        return rv;
    return reply_hgrm(q, &values, apr_psprintf(q->p, "loadtest-%" APR_INT64_T_FMT, q->ids[0]), metric_of(q));
}

static apr_status_t kpis_hgrm_read(bm_req_t *q)
{
    return bm_kpi_query_read(q->asked = apr_palloc(q->p, sizeof(bm_kpi_query_t)), q);
}

/* Without group_by there is one group: all runs of the window. */
static apr_status_t kpis_hgrm(bm_req_t *q)
{
    bm_loadtest_values_t values = { .deviation = NAN };
    bm_kpi_query_t *query = q->asked;
    bm_kpi_groups_t *groups;
    bm_kpi_group_t *total;
    apr_status_t rv = bm_kpi_query_fold(&groups, &total, query, q);

    if (rv != APR_SUCCESS)
        return rv;
    values.sketch = total->metrics[query->metrics[0]];
    return reply_hgrm(q, &values, "kpis", bm_kpi_metric_find(query->metrics[0])->name);
}

/* --- the report */

static apr_status_t add_seconds(apr_array_header_t *seconds, const bm_rows_t *rows, bm_req_t *q, apr_pool_t *p)
{
    int i;

    for (i = 0; i < bm_rows_count(rows); i++) {
        json_t *element;
        apr_status_t rv = bm_json_parse(&element, bm_rows_text(rows, i, 1), (apr_size_t)bm_rows_length(rows, i, 1), q->err, p);

        if (rv != APR_SUCCESS)
            return rv;
        bm_report_second(apr_array_push(seconds), element);
    }
    return APR_SUCCESS;
}

static apr_status_t read_seconds(apr_array_header_t **pseconds, bm_req_t *q, bm_db_t *db)
{
    apr_int64_t after = -1;
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *p;
    int more = 1;

    *pseconds = apr_array_make(q->p, 256, sizeof(bm_report_second_t));
    apr_pool_create(&p, q->p);
    while (rv == APR_SUCCESS && more && (*pseconds)->nelts < SECONDS_MAX) {
        bm_rows_t *rows;

        apr_pool_clear(p);
        rv = bm_loadtest_store_series(&rows, db, q->ids[0], after, SECONDS_PAGE, q->err, p);
        if (rv != APR_SUCCESS)
            break;
        rv = add_seconds(*pseconds, rows, q, p);
        more = bm_rows_count(rows) >= SECONDS_PAGE;
        if (more)
            after = bm_rows_int64(rows, bm_rows_count(rows) - 1, 0, 0);
    }
    apr_pool_destroy(p);
    return rv;
}

/* The load test as its resource is answered, and its seconds. */
static apr_status_t read_test(bm_loadtest_report_t *report, bm_req_t *q)
{
    apr_array_header_t *seconds = NULL;
    bm_buffer_t text = { 0 };
    bm_rows_t *rows;
    json_t *test = NULL;
    bm_db_t *db;
    bm_jw_t w;
    apr_status_t rv = bm_export_open(&db, q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_loadtest_store_get(&rows, db, q->ids[0], 0, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = read_seconds(&seconds, q, db);
    q->api->source->close(db, q->api->source);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_init(&w, &text);
    bm_row_json_write(&w, rows, 0, BM_LOADTEST_FIRST, bm_loadtest_fields, 0);
    rv = w.rv == APR_SUCCESS ? bm_json_parse(&test, text.data, text.len, q->err, q->p) : w.rv;
    bm_buffer_free(&text);
    report->test = test;
    report->seconds = seconds;
    return rv;
}

/* Of the figure that readers look at first, from when requests were sent; none where requests are too many or gone. */
static apr_status_t read_distribution(bm_loadtest_report_t *report, bm_req_t *q)
{
    const json_t *results = json_object_get(report->test, "results");
    bm_loadtest_values_t values;
    apr_status_t rv;

    if (!json_is_object(results) || bm_html_number_at(results, "attempted") > DISTRIBUTION_MAX
        || json_is_string(json_object_get(report->test, "requests_dropped_at"))
        || json_number_value(json_object_get(json_object_get(report->test, "plan"), "keep_rows")) < 1)
        return APR_SUCCESS;
    report->sketch_of = bm_html_number_at(results, "metrics.ttft_service_ms.n") > 0 ? "ttft_ms" : "total_ms";
    rv = bm_loadtest_values(&values, q, q->ids[0], report->sketch_of, -1);
    report->sketch = rv == APR_SUCCESS ? values.sketch : NULL;
    return rv;
}

/* What reports have in common: their policy, its nonce, when and where they were made. name: of the file. */
static apr_status_t prepare(const char **pnonce, const char **pmade_at, bm_req_t *q, const char *name)
{
    unsigned char nonce[NONCE_BYTES];
    char now[BM_TIMEFMT_SIZE];
    apr_status_t rv = apr_generate_random_bytes(nonce, sizeof(nonce));

    if (rv != APR_SUCCESS)
        return rv;
    bm_timefmt_rfc3339(now, q->now);
    *pmade_at = apr_pstrdup(q->p, now);
    *pnonce = bm_text_hex(nonce, sizeof(nonce), q->p);
    q->content_type = "text/html; charset=utf-8";
    apr_table_setn(q->headers, "Content-Security-Policy",
                   apr_pstrcat(q->p, bm_report_policy(*pnonce, q->p), "; frame-ancestors 'none'; sandbox", NULL));
    apr_table_setn(q->headers, "Content-Disposition", apr_pstrcat(q->p, "inline; filename=\"", name, ".html\"", NULL));
    return APR_SUCCESS;
}

static apr_status_t loadtests_report(bm_req_t *q)
{
    const char *name = apr_psprintf(q->p, "loadtest-%" APR_INT64_T_FMT, q->ids[0]);
    bm_loadtest_report_t report = { 0 };
    apr_status_t rv = bm_export_enter(q);

    if (rv == APR_SUCCESS)
        rv = read_test(&report, q);
    if (rv == APR_SUCCESS)
        rv = read_distribution(&report, q);
    if (rv == APR_SUCCESS)
        rv = prepare(&report.nonce, &report.made_at, q, name);
    if (rv != APR_SUCCESS)
        return rv;
    report.made_of = apr_psprintf(q->p, "%s/loadtests/%" APR_INT64_T_FMT, q->base_url, q->ids[0]);
    return bm_loadtest_report_write(&q->out, &report, q->p);
}

static apr_status_t compare_report(bm_req_t *q)
{
    bm_compare_report_t report = { 0 };
    json_t *found = NULL;
    apr_status_t rv = bm_export_enter(q);

    if (rv == APR_SUCCESS)
        rv = bm_compare_api_answer(q, 1);
    if (rv == APR_SUCCESS)
        rv = q->w.rv;
    if (rv == APR_SUCCESS)
        rv = bm_json_parse(&found, q->out.data, q->out.len, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = prepare(&report.nonce, &report.made_at, q, "comparison");
    if (rv != APR_SUCCESS)
        return rv;
    bm_buffer_clear(&q->out);
    report.found = found;
    report.made_of = apr_pstrcat(q->p, q->base_url, "/api/v1/compare", q->query_text != NULL ? "?" : NULL, q->query_text, NULL);
    return bm_compare_report_write(&q->out, &report, q->p);
}

/* --- the report of a session of training */

/* Row `row`, or all rows as an array (-1), as JSON. */
static apr_status_t rows_json(json_t **pjson, bm_req_t *q, const bm_rows_t *rows, int row, int first, const bm_field_t *fields,
                              int most)
{
    bm_buffer_t text = { 0 };
    apr_status_t rv;
    bm_jw_t w;
    int i;

    bm_jw_init(&w, &text);
    if (row >= 0)
        bm_row_json_write(&w, rows, row, first, fields, 0);
    else {
        bm_jw_begin_array(&w);
        for (i = 0; i < bm_rows_count(rows) && i < most; i++)
            bm_row_json_write(&w, rows, i, first, fields, 0);
        bm_jw_end_array(&w);
    }
    rv = w.rv == APR_SUCCESS ? bm_json_parse(pjson, text.data, text.len, q->err, q->p) : w.rv;
    bm_buffer_free(&text);
    return rv;
}

/* Columns of bm_training_second_fields. */
enum { OF_PROBLEM = 1, OF_SECOND, OF_RESPONSE_TIME, OF_THROUGHPUT, OF_ERROR_RATE };

static void add_training_seconds(bm_training_report_seconds_t *s, const bm_rows_t *rows)
{
    int i;

    for (i = 0; i < bm_rows_count(rows) && s->count < SECONDS_MAX; i++, s->count++) {
        s->number[s->count] = s->count + 1;
        s->response_time[s->count] = bm_rows_double(rows, i, OF_RESPONSE_TIME, NAN);
        s->throughput[s->count] = bm_rows_double(rows, i, OF_THROUGHPUT, NAN);
        s->error_rate[s->count] = 100 * bm_rows_double(rows, i, OF_ERROR_RATE, NAN);
    }
}

static apr_status_t read_training_seconds(bm_training_report_seconds_t *s, bm_req_t *q, bm_db_t *db)
{
    double *values = apr_palloc(q->p, 4 * SECONDS_MAX * sizeof(*values));
    apr_int64_t problem = 0, second = -1;
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *p;
    int more = 1;

    *s = (bm_training_report_seconds_t){ values, values + SECONDS_MAX, values + 2 * SECONDS_MAX, values + 3 * SECONDS_MAX, 0 };
    apr_pool_create(&p, q->p);
    while (more && s->count < SECONDS_MAX) {
        bm_rows_t *rows;

        apr_pool_clear(p);
        rv = bm_training_store_seconds(&rows, db, q->ids[0], problem, second, SECONDS_PAGE, q->err, p);
        if (rv != APR_SUCCESS)
            break;
        add_training_seconds(s, rows);
        more = bm_rows_count(rows) >= SECONDS_PAGE;
        if (more) {
            problem = bm_rows_int64(rows, bm_rows_count(rows) - 1, OF_PROBLEM, 0);
            second = bm_rows_int64(rows, bm_rows_count(rows) - 1, OF_SECOND, 0);
        }
    }
    apr_pool_destroy(p);
    return rv;
}

static apr_status_t read_session(bm_training_report_t *report, bm_req_t *q)
{
    bm_rows_t *session, *problems = NULL;
    json_t *json;
    bm_db_t *db;
    apr_status_t rv = bm_export_open(&db, q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_training_store_get(&session, db, q->ids[0], 0, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_problems(&problems, db, q->ids[0], 0, 0, PROBLEMS_MAX + 1, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = read_training_seconds(&report->seconds, q, db);
    q->api->source->close(db, q->api->source);
    if (rv == APR_SUCCESS)
        rv = rows_json(&json, q, session, 0, BM_TRAINING_FIRST, bm_training_fields, 1);
    if (rv != APR_SUCCESS)
        return rv;
    report->session = json;
    rv = rows_json(&json, q, problems, -1, 0, bm_training_problem_fields, PROBLEMS_MAX);
    report->problems = rv == APR_SUCCESS ? json : NULL;
    report->more_problems = bm_rows_count(problems) > PROBLEMS_MAX;
    return rv;
}

static apr_status_t training_report(bm_req_t *q)
{
    const char *name = apr_psprintf(q->p, "training-%" APR_INT64_T_FMT, q->ids[0]);
    bm_training_report_t report = { 0 };
    apr_status_t rv = bm_export_enter(q);

    if (rv == APR_SUCCESS)
        rv = read_session(&report, q);
    if (rv == APR_SUCCESS)
        rv = prepare(&report.nonce, &report.made_at, q, name);
    if (rv != APR_SUCCESS)
        return rv;
    report.made_of = apr_psprintf(q->p, "%s/training/%" APR_INT64_T_FMT, q->base_url, q->ids[0]);
    return bm_training_report_write(&q->out, &report, q->p);
}

/* --- routes */

static const bm_query_param_t loadtest_params[] = {
    BM_KPI_METRIC_PARAM,
    { "step", BM_QUERY_INT, 0, 100000, NULL, "Requests of this step of a ramp, sweep or search (default: of all)." },
    { NULL }
};

static const bm_query_param_t kpis_params[] = { BM_KPI_METRIC_PARAM, BM_KPI_WINDOW_PARAMS, { NULL } };

const bm_route_t bm_report_api_routes[] = {
    { "GET", "/loadtests/{id}/report", BM_ROLE_VIEWER, loadtests_report, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, NULL,
      "getLoadTestReport", "loadtests", "A report as one HTML file, for screens and paper.", "text/html" },
    { "GET", "/loadtests/{id}/hgrm", BM_ROLE_VIEWER, loadtests_hgrm, BM_ROUTE_NO_DATABASE, 200, loadtest_params, NULL, NULL,
      "getLoadTestHgrm", "loadtests", "Percentile distribution of a metric, as HdrHistogram's plotters read it.", "text/plain" },
    { "GET", "/compare/report", BM_ROLE_VIEWER, compare_report, BM_ROUTE_NO_DATABASE, 200, bm_compare_api_params, NULL, NULL,
      "getCompareReport", "kpis", "A comparison as one HTML file, for screens and paper.", "text/html",
      bm_compare_api_read },
    { "GET", "/training/sessions/{id}/report", BM_ROLE_VIEWER, training_report, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, NULL,
      "getTrainingReport", "training", "A session as one HTML file, for screens and paper.", "text/html" },
    { "GET", "/kpis/hgrm", BM_ROLE_VIEWER, kpis_hgrm, BM_ROUTE_NO_DATABASE, 200, kpis_params, NULL, NULL, "getKpisHgrm", "kpis",
      "Percentile distribution of a metric over a window, as HdrHistogram's plotters read it.", "text/plain", kpis_hgrm_read },
    { NULL }
};
