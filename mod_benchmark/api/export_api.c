/* SPDX-License-Identifier: Apache-2.0
 *
 * export_api.c: runs, and requests of load tests, as CSV or JSON Lines (docs/export.md). An export is read by pages in the order
 * of ids while it is sent, so it holds no more than a page in memory, and no connection to the database while its reader is
 * slow. One that cannot go on is cut off (api.h, bm_req_t.more), and JSON Lines have a last line that says they are whole. */
#include "api/export_api.h"

#include <string.h>
#include <apr_atomic.h>
#include <apr_strings.h>
#include "api/audit_api.h"
#include "api/run_filter.h"
#include "base/csv.h"
#include "model/audit_model.h"
#include "model/loadtest_model.h"
#include "parse/accept.h"
#include "store/loadtest_store.h"
#include "store/row_csv.h"
#include "store/row_json.h"

/* Rows of a page. A whole run may have an answer of BenchmarkMaxStoredResponse. */
enum { PAGE = 1000, PAGE_OF_WHOLE = 20, PAGE_MS = 10000, RETRY_AFTER_S = 5 };

typedef struct export_t export_t;

struct export_t {
    apr_status_t (*read)(bm_rows_t **prows, bm_db_t *db, export_t *e, bm_req_t *q);
    const bm_field_t *fields;
    int first;                       /* column of the fields; that of the id is the same */
    int summary;
    int is_csv;
    bm_run_filter_t filter;          /* of runs */
    bm_audit_filter_t audit;         /* of the audit log */
    apr_int64_t after, count;
    apr_pool_t *p;                   /* of one page */
    bm_rows_t *rows;                 /* page that was read and not written yet */
};

static const char *const types[] = { "text/csv", "application/jsonl", "application/x-ndjson" };

/* --- pages */

static apr_status_t read_runs(bm_rows_t **prows, bm_db_t *db, export_t *e, bm_req_t *q)
{
    e->filter.after = e->after;
    return bm_run_store_list(prows, db, &e->filter, q->err, e->p);
}

static apr_status_t read_requests(bm_rows_t **prows, bm_db_t *db, export_t *e, bm_req_t *q)
{
    return bm_loadtest_store_requests(prows, db, q->ids[0], e->after, PAGE, q->err, e->p);
}

static apr_status_t read_audit(bm_rows_t **prows, bm_db_t *db, export_t *e, bm_req_t *q)
{
    e->audit.after = e->after;
    return bm_audit_store_list(prows, db, &e->audit, q->err, e->p);
}

apr_status_t bm_export_open(bm_db_t **pdb, bm_req_t *q)
{
    apr_status_t rv = bm_api_open(pdb, q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_db_begin_limited(*pdb, PAGE_MS, q->err);
    if (rv != APR_SUCCESS)
        q->api->source->close(*pdb, q->api->source);
    return rv;
}

/* The next page into e->rows. */
static apr_status_t read_page(export_t *e, bm_req_t *q)
{
    bm_db_t *db;
    apr_status_t rv = bm_export_open(&db, q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = e->read(&e->rows, db, e, q);
    q->api->source->close(db, q->api->source);
    if (rv == APR_SUCCESS && bm_rows_count(e->rows) > 0)
        e->after = bm_rows_int64(e->rows, bm_rows_count(e->rows) - 1, e->first, 0);
    return rv;
}

static apr_status_t write_csv(bm_buffer_t *out, const export_t *e)
{
    bm_csv_t w;
    int i;

    bm_csv_init(&w, out);
    for (i = 0; i < bm_rows_count(e->rows); i++)
        bm_row_csv_write(&w, e->rows, i, e->first, e->fields, e->summary);
    return w.rv;
}

static apr_status_t write_lines(bm_buffer_t *out, const export_t *e)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < bm_rows_count(e->rows) && rv == APR_SUCCESS; i++) {
        bm_jw_t w;

        bm_jw_init(&w, out);
        bm_row_json_write(&w, e->rows, i, e->first, e->fields, e->summary);
        rv = w.rv == APR_SUCCESS ? bm_buffer_append(out, "\n", 1) : w.rv;
    }
    return rv;
}

static apr_status_t write_end(bm_buffer_t *out, const export_t *e)
{
    const char *line = apr_psprintf(e->p, "{\"end\":{\"rows\":%" APR_INT64_T_FMT "}}\n", e->count);

    return e->is_csv ? APR_SUCCESS : bm_buffer_append(out, line, strlen(line));
}

static apr_status_t write_page(bm_req_t *q, int *done)
{
    export_t *e = q->more_baton;
    apr_status_t rv;

    if (e->rows == NULL) {
        apr_pool_clear(e->p);
        rv = read_page(e, q);
        if (rv != APR_SUCCESS)
            return rv;
    }
    e->count += bm_rows_count(e->rows);
    *done = bm_rows_count(e->rows) == 0;
    rv = *done ? write_end(&q->out, e) : e->is_csv ? write_csv(&q->out, e) : write_lines(&q->out, e);
    e->rows = NULL;
    return rv;
}

/* --- the begin */

static apr_status_t leave(void *api)
{
    apr_atomic_dec32(&((bm_api_t *)api)->exports);
    return APR_SUCCESS;
}

apr_status_t bm_export_enter(bm_req_t *q)
{
    apr_uint32_t before = apr_atomic_inc32(&q->api->exports);

    apr_pool_cleanup_register(q->p, q->api, leave, apr_pool_cleanup_null);
    if (before < (apr_uint32_t)q->api->settings->export_limit)
        return APR_SUCCESS;
    q->err->retry_after_s = RETRY_AFTER_S;
    return bm_err_set(q->err, APR_EAGAIN, "too_many_exports", "As many exports as BenchmarkExportLimit allows are under way.");
}

static int wants_csv(const bm_req_t *q)
{
    const char *format = bm_query_string_text(q->query, "format");

    return format != NULL ? strcmp(format, "csv") == 0 : bm_accept_best(q->accept, types, 3) <= 0;
}

/* The first page is read here, so that what is wrong is a problem rather than half an answer. name: of the file. */
static apr_status_t begin(export_t *e, bm_req_t *q, const char *name)
{
    apr_status_t rv = bm_export_enter(q);

    if (rv != APR_SUCCESS)
        return rv;
    e->is_csv = wants_csv(q);
    apr_pool_create(&e->p, q->p);
    rv = read_page(e, q);
    if (rv != APR_SUCCESS)
        return rv;
    if (e->is_csv) {
        bm_csv_t w;

        bm_csv_init(&w, &q->out);
        bm_row_csv_head(&w, e->fields, e->summary);
    }
    q->content_type = e->is_csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl; charset=utf-8";
    apr_table_setn(q->headers, "Content-Disposition",
                   apr_pstrcat(q->p, "attachment; filename=\"", name, e->is_csv ? ".csv\"" : ".jsonl\"", NULL));
    apr_table_setn(q->headers, "Vary", "Accept");
    q->more = write_page;
    q->more_baton = e;
    return APR_SUCCESS;
}

static apr_status_t runs_export(bm_req_t *q)
{
    export_t *e = apr_pcalloc(q->p, sizeof(*e));
    const char *order = bm_query_string_text(q->query, "order"), *view = bm_query_string_text(q->query, "view");

    e->read = read_runs;
    e->fields = bm_run_fields;
    e->first = BM_RUN_FIRST;
    bm_run_filter_read(&e->filter, q);
    e->filter.ascending = order != NULL && strcmp(order, "asc") == 0;
    if (e->filter.ascending && e->filter.to == 0)
        e->filter.to = q->now;           /* or it would never come to an end while runs are made faster than it is read */
    e->summary = e->filter.summary = view == NULL || e->filter.summary;
    e->filter.limit = e->summary ? PAGE : PAGE_OF_WHOLE;
    return begin(e, q, "runs");
}

static apr_status_t requests_export(bm_req_t *q)
{
    export_t *e = apr_pcalloc(q->p, sizeof(*e));

    e->read = read_requests;
    e->fields = bm_loadtest_request_fields;
    e->after = -1;
    return begin(e, q, apr_psprintf(q->p, "loadtest-%" APR_INT64_T_FMT "-requests", q->ids[0]));
}

static apr_status_t audit_export(bm_req_t *q)
{
    export_t *e = apr_pcalloc(q->p, sizeof(*e));

    e->read = read_audit;
    e->fields = bm_audit_fields;
    bm_audit_filter_read(&e->audit, q);
    if (e->audit.to == 0)
        e->audit.to = q->now;
    e->audit.limit = PAGE;
    return begin(e, q, "audit");
}

#define FORMAT_PARAM \
    { "format", BM_QUERY_ENUM, 0, 0, "csv|jsonl", "What it comes as; absent: as Accept says, else CSV." }

static const bm_query_param_t runs_params[] = {
    FORMAT_PARAM,
    BM_RUN_FILTER_PARAMS,
    { "order", BM_QUERY_ENUM, 0, 0, "asc|desc",
      "Order of ids (default desc: newest first); asc leaves out what comes meanwhile." },
    { NULL }
};

static const bm_query_param_t requests_params[] = { FORMAT_PARAM, { NULL } };

static const bm_query_param_t audit_params[] = { FORMAT_PARAM, BM_AUDIT_FILTER_PARAMS, { NULL } };

#define ANSWERS "text/csv|application/jsonl"

const bm_route_t bm_export_api_routes[] = {
    { "GET", "/runs/export", BM_ROLE_VIEWER, runs_export, BM_ROUTE_NO_DATABASE, 200, runs_params, NULL, NULL, "exportRuns",
      "runs", "All runs of a filter as CSV or JSON Lines; without inputs, request and response_json unless view=full.", ANSWERS },
    { "GET", "/loadtests/{id}/requests/export", BM_ROLE_VIEWER, requests_export, BM_ROUTE_NO_DATABASE, 200, requests_params, NULL,
      NULL, "exportLoadTestRequests", "loadtests", "All requests of a load test as CSV or JSON Lines.", ANSWERS },
    { "GET", "/audit/export", BM_ROLE_ADMIN, audit_export, BM_ROUTE_NO_DATABASE, 200, audit_params, NULL,
      NULL, "exportAudit", "audit", "The audit log as CSV or JSON Lines, oldest first.", ANSWERS },
    { NULL }
};
