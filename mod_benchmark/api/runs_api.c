/* SPDX-License-Identifier: Apache-2.0
 *
 * runs_api.c: /runs: list, look at, queue, cancel, annotate, delete. The timeline is in timeline_api.c. */
#include "api/runs_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/audit.h"
#include "api/etag.h"
#include "api/page.h"
#include "api/resource.h"
#include "api/run_filter.h"
#include "api/run_location.h"
#include "api/run_order.h"
#include "api/timeline_api.h"
#include "api/together.h"
#include "base/timefmt.h"
#include "model/run_model.h"
#include "store/row_json.h"
#include "store/run_store.h"

static const bm_schema_t run_schema = { "Run", bm_run_fields };
static const bm_schema_t trigger_schema = { "RunTrigger", bm_run_trigger_fields };
static const bm_schema_t bulk_schema = { "RunBulk", bm_run_bulk_fields };
static const bm_schema_t bulk_answer_schema = { "RunBulkAnswer", bm_run_bulk_answer_fields };
static const bm_schema_t cancel_schema = { "RunCancel", bm_run_cancel_fields };
static const bm_schema_t cancel_answer_schema = { "RunCancelAnswer", bm_run_cancel_answer_fields };
static const bm_schema_t patch_schema = { "RunPatch", bm_run_patch_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    BM_RUN_FILTER_PARAMS,
    { "sort", BM_QUERY_ENUM, 0, 0, "id|total_duration_ms|ttft_ms|finished_at",
      "Order (default id, which is the order of creation). All but id leave out runs that have not ended." },
    { "order", BM_QUERY_ENUM, 0, 0, "asc|desc", "Direction (default desc: newest, slowest first)." },
    { NULL }
};

static const bm_query_param_t get_params[] = {
    { "view", BM_QUERY_ENUM, 0, 0, "full|summary", "summary: without inputs, request and response_json." },
    { NULL }
};

static const char *etag_of(const bm_req_t *q, const bm_rows_t *rows)
{
    return bm_etag_of_version("r", bm_rows_text(rows, 0, BM_RUN_ETAG), q->p);
}

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_RUN_FIRST, bm_run_fields, etag_of(q, rows));
}

static int is_value(const bm_req_t *q, const char *name, const char *value)
{
    const char *given = bm_query_string_text(q->query, name);

    return given != NULL && strcmp(given, value) == 0;
}

static int is_final(const char *status)
{
    return strcmp(status, "pending") != 0 && strcmp(status, "running") != 0;
}

/* A load test has more than its run, and is not to be had by halves. */
static apr_status_t refuse_loadtest(bm_req_t *q, const bm_rows_t *rows, const char *what)
{
    if (bm_rows_int64(rows, 0, BM_RUN_KIND, 0) != BM_RUN_KIND_LOADTEST)
        return APR_SUCCESS;
    return bm_err_set(q->err, APR_EEXIST, "is_loadtest", "Run %" APR_INT64_T_FMT " is a load test; %s.", q->ids[0], what);
}

/* --- reading */

static void read_filter(bm_run_filter_t *filter, const bm_page_t *page, const bm_req_t *q)
{
    bm_run_filter_read(filter, q);
    filter->sort = bm_query_string_text(q->query, "sort");
    filter->ascending = is_value(q, "order", "asc");
    filter->after = page->after;
    filter->skip = page->skip;
    filter->limit = page->limit + 1;
}

static apr_status_t runs_list(bm_req_t *q)
{
    bm_run_filter_t filter;
    bm_page_t page;
    bm_rows_t *rows;
    apr_int64_t count;
    apr_status_t rv;

    bm_page_read(&page, q);
    read_filter(&filter, &page, q);
    rv = bm_run_store_list(&rows, q->db, &filter, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_RUN_FIRST, bm_run_fields, filter.summary, BM_RUN_FIRST);
    if (!page.total)
        return APR_SUCCESS;
    rv = bm_run_store_count(&count, q->db, &filter, BM_PAGE_COUNT_MAX, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, count);
    return rv;
}

static apr_status_t runs_get(bm_req_t *q)
{
    int summary = is_value(q, "view", "summary");
    bm_rows_t *rows;
    apr_status_t rv = bm_together_get(&rows, q, q->ids[0], summary);

    if (rv != APR_SUCCESS)
        return rv;
    bm_row_json_write(&q->w, rows, 0, BM_RUN_FIRST, bm_run_fields, summary);
    q->etag = etag_of(q, rows);
    return APR_SUCCESS;
}

/* --- queueing */

/* `count` runs at each location; none are queued if they are too many. */
static apr_status_t queue_many(bm_req_t *q, const bm_run_order_t *order, apr_int64_t count)
{
    apr_int64_t n = count * (order->locations != NULL ? order->location_count : 1);
    const char **ids;
    bm_rows_t *rows;
    apr_status_t rv;
    int i;

    if (n > BM_RUN_BULK_MAX)
        return bm_err_violation(q->err, "/count", "Makes %" APR_INT64_T_FMT " runs with these locations; at most %d are queued at"
                                " once.", n, BM_RUN_BULK_MAX);
    rv = bm_api_connect(q);
    if (rv == APR_SUCCESS)
        rv = bm_run_order_store_add_many(&rows, q->db, order, (int)count, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    ids = apr_palloc(q->p, ((apr_size_t)bm_rows_count(rows) + 1) * sizeof(*ids));
    for (i = 0; i < bm_rows_count(rows); i++)
        ids[i] = bm_rows_text(rows, i, 0);
    bm_run_location_reply(q, order, ids, bm_rows_count(rows));
    if (bm_rows_count(rows) == 1)
        bm_api_set_location(q, "/runs/%s", ids[0]);
    return APR_SUCCESS;
}

/* At several places: beside nobody else's. A connection that was ours before is in the transaction of its key. */
static apr_status_t trigger_at_all(bm_req_t *q, const bm_run_order_t *order)
{
    apr_status_t rv;

    if (q->idempotency_key != NULL)
        return queue_many(q, order, 1);
    rv = bm_api_connect(q);
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = queue_many(q, order, 1);
    return rv == APR_SUCCESS ? bm_api_commit(q) : rv;
}

static apr_status_t runs_trigger(bm_req_t *q)
{
    bm_run_order_t order;
    bm_rows_t *rows;
    apr_status_t rv = bm_run_order_create(&order, q, json_integer_value(json_object_get(q->body, "scenario_id")),
                                          json_object_get(q->body, "inputs_override"), NULL, q->body);

    if (rv == APR_SUCCESS && order.group != NULL)
        return trigger_at_all(q, &order);
    order.entry = bm_audit_entry_of(q);
    if (rv == APR_SUCCESS)
        rv = bm_together_add(&rows, q, &order);
    if (rv != APR_SUCCESS)
        return rv;
    q->noted = 1;                        /* by the same statement */
    bm_api_set_location(q, "/runs/%s", bm_rows_text(rows, 0, BM_RUN_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

static apr_status_t runs_create(bm_req_t *q)
{
    json_t *body = bm_field_complete(q->body, bm_run_bulk_fields, q->p);
    const json_t *run_at = json_object_get(body, "run_at");
    bm_run_order_t order;
    apr_status_t rv = bm_run_order_create(&order, q, json_integer_value(json_object_get(body, "scenario_id")),
                                          json_object_get(body, "inputs_override"), NULL, body);

    if (rv != APR_SUCCESS)
        return rv;
    order.priority = (int)json_integer_value(json_object_get(body, "priority"));
    bm_run_order_add_labels(&order, json_object_get(body, "labels"), q->p);
    if (json_is_string(run_at))
        bm_timefmt_parse(&order.run_at, json_string_value(run_at));      /* the table has checked it */
    return queue_many(q, &order, json_integer_value(json_object_get(body, "count")));
}

/* The inputs that the run had, asked of scenario and automation as they are now; at its location, if it was meant for one. */
static apr_status_t runs_requeue(bm_req_t *q)
{
    bm_run_order_t order;
    bm_rows_t *rows;
    json_t *run;
    const char *status;
    const json_t *inputs;
    apr_status_t rv = bm_run_store_get(&rows, q->db, q->ids[0], bm_run_fields, 0, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    rv = refuse_loadtest(q, rows, "POST its plan to /loadtests instead");
    if (rv != APR_SUCCESS)
        return rv;
    status = bm_rows_text(rows, 0, BM_RUN_STATUS);
    if (strcmp(status, "failed") != 0 && strcmp(status, "timed_out") != 0 && strcmp(status, "cancelled") != 0)
        return bm_err_set(q->err, APR_EEXIST, "not_failed",
                          "Run %" APR_INT64_T_FMT " is %s; only a run that failed, timed out or was "
                          "cancelled can be run again.",
                          q->ids[0], status);
    rv = bm_resource_stored(&run, q, rows, 0, BM_RUN_FIRST, bm_run_fields);
    if (rv != APR_SUCCESS)
        return rv;
    inputs = json_object_get(run, "inputs");
    rv = bm_run_order_create(&order, q, json_integer_value(json_object_get(run, "scenario_id")), NULL,
                             json_is_object(inputs) ? inputs : NULL, json_is_true(json_object_get(run, "pinned")) ? run : NULL);
    if (rv != APR_SUCCESS)
        return rv;
    order.priority = (int)json_integer_value(json_object_get(run, "priority"));
    bm_run_order_add_labels(&order, json_object_get(run, "labels"), q->p);
    rv = bm_run_order_store_add(&rows, q->db, &order, bm_run_fields, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/runs/%s", bm_rows_text(rows, 0, BM_RUN_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

/* --- cancelling */

static apr_status_t runs_cancel(bm_req_t *q)
{
    bm_rows_t *rows;
    const char *status;
    apr_status_t rv = bm_run_store_cancel(&rows, q->db, q->ids[0], q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    status = bm_rows_text(rows, 0, BM_RUN_STATUS);
    if (is_final(status) && strcmp(status, "cancelled") != 0)
        return bm_err_set(q->err, APR_EEXIST, "already_finished", "Run %" APR_INT64_T_FMT " has already %s.", q->ids[0],
                          strcmp(status, "timed_out") == 0 ? "timed out" : status);
    reply(q, rows);
    return APR_SUCCESS;
}

static int has_id(const bm_rows_t *rows, apr_int64_t id)
{
    int low = 0, high = bm_rows_count(rows) - 1;      /* the statement's order is by id */

    while (low <= high) {
        int middle = (low + high) / 2;
        apr_int64_t found = bm_rows_int64(rows, middle, 0, 0);

        if (found == id)
            return 1;
        if (found < id)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return 0;
}

static void read_ids(apr_int64_t **pids, int *pn, bm_req_t *q)
{
    const json_t *list = json_object_get(q->body, "run_ids");
    size_t i, n = json_array_size(list);

    *pids = apr_palloc(q->p, (n + 1) * sizeof(**pids));
    *pn = (int)n;
    for (i = 0; i < n; i++)
        (*pids)[i] = json_integer_value(json_array_get(list, i));
}

static apr_status_t runs_cancel_many(bm_req_t *q)
{
    bm_rows_t *queued, *ended;
    apr_int64_t *ids;
    int i, n;
    apr_status_t rv;

    read_ids(&ids, &n, q);
    rv = bm_run_store_cancel_many(&queued, &ended, q->db, ids, n, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "cancelled");
    bm_jw_int(&q->w, bm_rows_count(queued));
    bm_jw_key(&q->w, "already_finished");
    bm_jw_int(&q->w, bm_rows_count(ended));
    bm_jw_key(&q->w, "not_found");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        if (!has_id(queued, ids[i]) && !has_id(ended, ids[i]))
            bm_jw_int(&q->w, ids[i]);
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- finished runs */

/* The run as it is; 409 if it has not ended, as requests write nothing to a run that an engine owns. */
static apr_status_t read_final(bm_rows_t **prows, bm_req_t *q)
{
    const char *status;
    apr_status_t rv = bm_run_store_get(prows, q->db, q->ids[0], bm_run_fields, 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_api_check_match(q, etag_of(q, *prows));
    if (rv != APR_SUCCESS)
        return rv;
    status = bm_rows_text(*prows, 0, BM_RUN_STATUS);
    if (!is_final(status))
        return bm_err_set(q->err, APR_EEXIST, "not_finished",
                          "Run %" APR_INT64_T_FMT " is %s; this can be done when it has ended.", q->ids[0], status);
    return APR_SUCCESS;
}

/* A run that was cancelled while it waited is "cancelled" at once, but an engine has yet to record it. */
static apr_status_t not_recorded(bm_req_t *q, apr_status_t rv)
{
    if (rv != APR_NOTFOUND)
        return rv;
    return bm_err_set(q->err, APR_EEXIST, "not_finished",
                      "Run %" APR_INT64_T_FMT " is about to be recorded; try again in a moment.", q->ids[0]);
}

static apr_status_t runs_patch(bm_req_t *q)
{
    const json_t *note = json_object_get(q->body, "note");
    bm_rows_t *rows;
    apr_status_t rv = bm_field_check(q->body, bm_run_patch_fields, BM_FIELD_UPDATE, NULL, "", q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = read_final(&rows, q);
    if (rv == APR_SUCCESS)
        rv = not_recorded(q, bm_run_store_annotate(q->db, q->ids[0], json_object_get(q->body, "labels"), note != NULL,
                                                   json_string_value(note), q->err, q->p));
    if (rv == APR_SUCCESS)
        rv = bm_run_store_get(&rows, q->db, q->ids[0], bm_run_fields, 0, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t runs_delete(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = read_final(&rows, q);

    if (rv == APR_SUCCESS)
        rv = refuse_loadtest(q, rows, "delete it at /loadtests");
    if (rv == APR_SUCCESS)
        rv = not_recorded(q, bm_run_store_delete(q->db, q->ids[0], q->err, q->p));
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Run %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

const bm_route_t bm_runs_api_routes[] = {
    { "GET", "/runs", BM_ROLE_VIEWER, runs_list, BM_ROUTE_LIST, 200, list_params, NULL, &run_schema, "listRuns", "runs",
      "Runs, newest first." },
    { "POST", "/runs", BM_ROLE_OPERATOR, runs_create, BM_ROUTE_IDEMPOTENT | BM_ROUTE_WAKES, 202, NULL, &bulk_schema,
      &bulk_answer_schema, "createRuns", "runs", "Queue one or many runs of a scenario." },
    { "POST", "/runs/trigger", BM_ROLE_OPERATOR, runs_trigger,
      BM_ROUTE_IDEMPOTENT | BM_ROUTE_WAKES | BM_ROUTE_FANS_OUT | BM_ROUTE_TOGETHER, 200, NULL,
      &trigger_schema, &run_schema, "triggerRun", "runs", "Queue one run and answer it as it is: pending." },
    { "POST", "/runs/cancel", BM_ROLE_OPERATOR, runs_cancel_many, BM_ROUTE_WAKES, 200, NULL,
      &cancel_schema, &cancel_answer_schema, "cancelRuns", "runs", "Cancel many runs." },
    { "GET", "/runs/{id}", BM_ROLE_VIEWER, runs_get, BM_ROUTE_TOGETHER, 200, get_params, NULL, &run_schema, "getRun", "runs",
      "One run." },
    { "PATCH", "/runs/{id}", BM_ROLE_OPERATOR, runs_patch, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &patch_schema, &run_schema, "patchRun", "runs", "Label and note of a run that has ended." },
    { "DELETE", "/runs/{id}", BM_ROLE_ADMIN, runs_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL, "deleteRun",
      "runs", "Delete a run that has ended; the figures of its hour are computed anew." },
    { "GET", "/runs/{id}/timeline", BM_ROLE_VIEWER, bm_timeline_api_get, 0, 200, NULL, NULL, &bm_timeline_api_schema,
      "getRunTimeline", "runs", "When each chunk of the answer came." },
    { "POST", "/runs/{id}/cancel", BM_ROLE_OPERATOR, runs_cancel, BM_ROUTE_WAKES, 200, NULL, NULL, &run_schema,
      "cancelRun", "runs", "Cancel a run; 409 if it ended otherwise before." },
    { "POST", "/runs/{id}/requeue", BM_ROLE_OPERATOR, runs_requeue, BM_ROUTE_IDEMPOTENT | BM_ROUTE_WAKES, 202, NULL,
      NULL, &run_schema, "requeueRun", "runs",
      "Run a failed, timed out or cancelled run again, as a new run with the same inputs." },
    { NULL }
};
