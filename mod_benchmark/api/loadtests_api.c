/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtests_api.c: /loadtests (docs/load-tests.md): plan, estimate, look at, control, delete. */
#include "api/loadtests_api.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "api/datasets_api.h"
#include "api/etag.h"
#include "api/loadtest_cost.h"
#include "api/loadtest_endpoints.h"
#include "api/loadtest_limits.h"
#include "api/page.h"
#include "api/run_location.h"
#include "api/run_order.h"
#include "base/text.h"
#include "model/loadtest_model.h"
#include "model/loadtest_plan.h"
#include "model/location.h"
#include "model/run_model.h"
#include "store/loadtest_store.h"

static const bm_schema_t loadtest_schema = { "LoadTest", bm_loadtest_fields };
static const bm_schema_t plan_schema = { "LoadTestPlan", bm_loadtest_plan_fields };
static const bm_schema_t patch_schema = { "LoadTestPatch", bm_loadtest_patch_fields };
static const bm_schema_t stop_schema = { "LoadTestStop", bm_loadtest_stop_fields };
static const bm_schema_t estimate_schema = { "LoadTestEstimate", bm_loadtest_estimate_fields };
static const bm_schema_t second_schema = { "LoadTestSecond", bm_loadtest_second_fields };
static const bm_schema_t request_schema = { "LoadTestRequest", bm_loadtest_request_fields };

/* Rows of one answer of series and requests. */
enum { ROWS = 1000, ROWS_MAX = 10000 };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "scenario_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Load tests of this scenario." },
    { "automation_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Load tests of this automation." },
    { "status", BM_QUERY_ENUM_LIST, 0, 0, BM_LOADTEST_STATUSES, "One or more states with commas between." },
    { "q", BM_QUERY_TEXT, 1, 200, NULL, "Part of the name, or a load test's number." },
    { "label", BM_QUERY_TEXT, 1, 200, NULL, "A label that they have." },
    { "location", BM_QUERY_TEXT, 1, BM_LOCATION_NAME_MAX, NULL, "Performed at this location, or waiting for it." },
    { "kind", BM_QUERY_ENUM, 0, 0, "loadtest|training", "What they are for (default loadtest); training: problems of sessions." },
    { "order", BM_QUERY_ENUM, 0, 0, "desc|asc", "Newest (default) or oldest first; after goes on in this order." },
    { NULL }
};

static const bm_query_param_t series_params[] = {
    { "after", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Seconds above this one (default: from the first)." },
    { "limit", BM_QUERY_INT, 1, ROWS_MAX, NULL, "Most elements of the answer (default 1000)." },
    { NULL }
};

static const bm_query_param_t requests_params[] = {
    { "after", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Requests behind this seq (default: from the first)." },
    { "limit", BM_QUERY_INT, 1, ROWS_MAX, NULL, "Most requests (default 1000); each comes with all its attempts." },
    { NULL }
};

static const char *etag_of(const bm_req_t *q, const bm_rows_t *rows)
{
    return bm_etag_of_version("l", bm_rows_text(rows, 0, BM_LOADTEST_ETAG), q->p);
}

/* Its tag up to what changes without users: while it runs there is another one each second. */
static const char *etag_of_users(const bm_req_t *q, const bm_rows_t *rows)
{
    const char *etag = etag_of(q, rows);

    return apr_pstrmemdup(q->p, etag, strcspn(etag, ".") + 1);
}

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_LOADTEST_FIRST, bm_loadtest_fields, etag_of(q, rows));
}

static int is_final(const char *status)
{
    return strcmp(status, "pending") != 0 && strcmp(status, "running") != 0;
}

/* --- reading */

static apr_status_t loadtests_list(bm_req_t *q)
{
    const char *order = bm_query_string_text(q->query, "order"), *kind = bm_query_string_text(q->query, "kind");
    bm_loadtest_filter_t filter;
    bm_page_t page;
    bm_rows_t *rows;
    apr_int64_t count;
    apr_status_t rv;

    bm_page_read(&page, q);
    filter.kind = kind != NULL ? bm_run_kind_find(kind) : BM_RUN_KIND_LOADTEST;
    filter.statuses = bm_query_string_list(q->query, "status");
    filter.scenario_id = bm_query_string_int(q->query, "scenario_id", -1);
    filter.automation_id = bm_query_string_int(q->query, "automation_id", -1);
    filter.q = bm_query_string_text(q->query, "q");
    filter.label = bm_query_string_text(q->query, "label");
    filter.location = bm_query_string_text(q->query, "location");
    filter.oldest_first = order != NULL && strcmp(order, "asc") == 0;
    filter.after = page.after;
    filter.limit = page.limit + 1;
    filter.skip = page.skip;
    rv = bm_loadtest_store_list(&rows, q->db, &filter, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_LOADTEST_FIRST, bm_loadtest_fields, 1, BM_LOADTEST_FIRST);
    if (!page.total)
        return APR_SUCCESS;
    rv = bm_loadtest_store_count(&count, q->db, &filter, BM_PAGE_COUNT_MAX, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, count);
    return rv;
}

static apr_status_t loadtests_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_loadtest_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t loadtests_series(bm_req_t *q)
{
    int i, n, limit = (int)bm_query_string_int(q->query, "limit", ROWS);
    bm_rows_t *rows;
    apr_status_t rv = bm_loadtest_store_series(&rows, q->db, q->ids[0], bm_query_string_int(q->query, "after", -1), limit + 1,
                                               q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    n = bm_rows_count(rows);
    if (n > limit) {
        n = limit;
        bm_page_set_next(q, "after", bm_rows_int64(rows, n - 1, 0, 0));
    }
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_jw_raw(&q->w, bm_rows_text(rows, i, 1), (apr_size_t)bm_rows_length(rows, i, 1));
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

/* Where the page ends: the attempts of one request stay together. */
static int rows_of_places(const bm_rows_t *rows, int places)
{
    int i, n = bm_rows_count(rows);

    for (i = 0; i < n; i++)
        if ((i == 0 || bm_rows_int64(rows, i, 0, 0) != bm_rows_int64(rows, i - 1, 0, 0)) && places-- == 0)
            break;
    return i;
}

static apr_status_t loadtests_requests(bm_req_t *q)
{
    bm_page_t page = { .limit = (int)bm_query_string_int(q->query, "limit", ROWS) };
    bm_rows_t *rows;
    apr_status_t rv = bm_loadtest_store_requests(&rows, q->db, q->ids[0], bm_query_string_int(q->query, "after", -1),
                                                 page.limit + 1, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    page.limit = rows_of_places(rows, page.limit);
    bm_page_reply(q, &page, rows, 0, bm_loadtest_request_fields, 0, 0);
    return APR_SUCCESS;
}

/* --- plans */

/* Who may send this much, must have been asked. */
static apr_status_t check_consent(bm_req_t *q, const json_t *plan, const bm_run_order_t *order)
{
    double limit = q->api->settings->confirm_above, places = order->locations != NULL ? order->location_count : 1;
    double peak = bm_loadtest_plan_peak(plan) * places;      /* they all ask the same target */

    if (limit <= 0 || peak <= fmax(limit, isnan(order->confirmed_rate) ? 0 : order->confirmed_rate))
        return APR_SUCCESS;
    return bm_err_violation(q->err, "/load_model", "A load of %s (requests a second, or under way) needs the consent of an "
                            "operator: set confirmed_rate of automation %" APR_INT64_T_FMT " to at least that. Without it the "
                            "limit is %s.", bm_text_number(peak, 10, q->p), order->automation_id,
                            bm_text_number(limit, 10, q->p));
}

/* The body as a plan with its defaults, the entries of its dataset, and what the engine would be given. */
static apr_status_t read_plan(json_t **pplan, bm_run_order_t *order, json_t **pinputs, const json_t **pitems, bm_req_t *q)
{
    const bm_price_t *price;
    apr_int64_t of_dataset;
    apr_status_t rv;

    *pplan = bm_json_overlay(q->body, NULL, q->p);
    rv = bm_loadtest_plan_check(*pplan, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_datasets_api_items(pitems, &of_dataset, q, *pplan);
    if (rv == APR_SUCCESS)
        rv = bm_run_order_create_loadtest(order, pinputs, q, *pplan, *pitems);
    if (rv == APR_SUCCESS && of_dataset != 0 && of_dataset != order->project_id)
        rv = bm_err_violation(q->err, "/dataset/dataset_id", "The dataset belongs to another project than the scenario.");
    if (rv == APR_SUCCESS)
        rv = bm_loadtest_endpoints_check(q, json_object_get(json_object_get(*pplan, "endpoints"), "urls"), "/endpoints/urls",
                                         order->provider);
    if (rv == APR_SUCCESS)
        rv = bm_loadtest_hedge_check(q, *pplan, order->provider);
    if (rv == APR_SUCCESS)
        rv = check_consent(q, *pplan, order);
    if (rv == APR_SUCCESS)
        rv = bm_loadtest_limits_check(q, *pplan, *pinputs, *pitems);
    if (rv == APR_SUCCESS && json_object_get(*pplan, "max_cost") != NULL)
        rv = bm_loadtest_cost_price(&price, q, order, "/max_cost");
    return rv;
}

/* One for each location; the plan of each says its own. */
static apr_status_t create_many(bm_req_t *q, const bm_run_order_t *order, json_t *plan)
{
    const char **ids = apr_palloc(q->p, (apr_size_t)order->location_count * sizeof(*ids));
    int i;

    json_object_del(plan, "locations");
    for (i = 0; i < order->location_count; i++) {
        bm_run_order_t one = *order;
        bm_rows_t *rows;
        apr_status_t rv;

        one.locations = &order->locations[i];
        one.location_count = 1;
        json_object_set_new(plan, "location", json_string(order->locations[i]));
        rv = bm_loadtest_store_add(&rows, q->db, &one, plan, q->err, q->p);
        if (rv != APR_SUCCESS)
            return rv;
        ids[i] = bm_rows_text(rows, 0, BM_LOADTEST_FIRST);
    }
    bm_run_location_reply(q, order, ids, order->location_count);
    return APR_SUCCESS;
}

static apr_status_t loadtests_create(bm_req_t *q)
{
    json_t *plan, *inputs;
    const json_t *items;
    bm_run_order_t order;
    bm_rows_t *rows;
    apr_status_t rv = read_plan(&plan, &order, &inputs, &items, q);

    if (rv == APR_SUCCESS && order.group != NULL)
        return create_many(q, &order, plan);
    if (rv == APR_SUCCESS)
        rv = bm_loadtest_store_add(&rows, q->db, &order, plan, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/loadtests/%s", bm_rows_text(rows, 0, BM_LOADTEST_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

static void key_number(bm_req_t *q, const char *key, double value, int decimals)
{
    bm_jw_key(&q->w, key);
    if (value < 0)
        bm_jw_null(&q->w);
    else
        bm_jw_fixed(&q->w, value, decimals);
}

static apr_status_t loadtests_estimate(bm_req_t *q)
{
    bm_loadtest_estimate_t e;
    bm_run_order_t order;
    json_t *plan, *inputs;
    const json_t *items;
    const bm_price_t *price;
    double tokens, money;
    apr_status_t rv = read_plan(&plan, &order, &inputs, &items, q);

    if (rv != APR_SUCCESS)
        return rv;
    bm_loadtest_estimate(&e, plan);
    rv = bm_loadtest_cost_price(&price, q, &order, NULL);
    if (rv != APR_SUCCESS)
        return rv;
    tokens = bm_loadtest_cost_tokens(inputs, plan, items);
    money = e.requests < 0 || price == NULL ? -1 : bm_loadtest_cost_each(price, inputs, plan, items);
    bm_jw_begin_object(&q->w);
    key_number(q, "requests", e.requests, 0);
    key_number(q, "seconds", e.seconds, 3);
    key_number(q, "peak_in_flight", (double)e.peak_in_flight, 0);
    key_number(q, "output_tokens", e.requests < 0 || tokens < 0 ? -1 : round(e.requests) * tokens, 0);
    key_number(q, "money", money < 0 ? -1 : round(e.requests) * money, 6);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- changes */

static apr_status_t loadtests_patch(bm_req_t *q)
{
    const char *name = json_string_value(json_object_get(q->body, "name"));
    bm_rows_t *rows;
    apr_status_t rv = bm_field_check(q->body, bm_loadtest_patch_fields, BM_FIELD_UPDATE, NULL, "", q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_loadtest_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_api_check_match_begin(q, etag_of(q, rows), etag_of_users(q, rows));
    if (rv == APR_SUCCESS && name != NULL)
        rv = bm_loadtest_store_rename(&rows, q->db, q->ids[0], name, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

/* 409 where it is too late. One that was cancelled is answered as it is: it will stop anyway. */
static apr_status_t control(bm_req_t *q, bm_loadtest_wish_e wish)
{
    const char *status;
    bm_rows_t *rows;
    apr_status_t rv = bm_loadtest_store_control(&rows, q->db, q->ids[0], wish, q->err, q->p);
    int stops = wish == BM_LOADTEST_DRAIN || wish == BM_LOADTEST_CANCEL;

    if (rv != APR_SUCCESS)
        return rv;
    status = bm_rows_text(rows, 0, BM_LOADTEST_STATUS);
    if (is_final(status) && !(stops && strcmp(status, "cancelled") == 0))
        return bm_err_set(q->err, APR_EEXIST, "already_finished", "Load test %" APR_INT64_T_FMT " has already ended: %s.",
                          q->ids[0], status);
    if (!stops && strcmp(bm_rows_text(rows, 0, BM_LOADTEST_CONTROL), "drain") == 0)
        return bm_err_set(q->err, APR_EEXIST, "stopping", "Load test %" APR_INT64_T_FMT " is being stopped.", q->ids[0]);
    reply(q, rows);
    return APR_SUCCESS;
}

static apr_status_t loadtests_pause(bm_req_t *q)
{
    return control(q, BM_LOADTEST_PAUSE);
}

static apr_status_t loadtests_resume(bm_req_t *q)
{
    return control(q, BM_LOADTEST_RUN);
}

static apr_status_t loadtests_stop(bm_req_t *q)
{
    const char *mode = json_string_value(json_object_get(q->body, "mode"));

    return control(q, mode != NULL && strcmp(mode, "cancel") == 0 ? BM_LOADTEST_CANCEL : BM_LOADTEST_DRAIN);
}

static apr_status_t loadtests_delete(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_loadtest_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_api_check_match(q, etag_of(q, rows));
    if (rv != APR_SUCCESS)
        return rv;
    if (!bm_rows_bool(rows, 0, BM_LOADTEST_RECORDED)) {
        const char *status = bm_rows_text(rows, 0, BM_LOADTEST_STATUS);

        return bm_err_set(q->err, APR_EEXIST, "not_finished",
                          "Load test %" APR_INT64_T_FMT " %s%s; this can be done when it has ended.", q->ids[0],
                          is_final(status) ? "is about to be recorded as " : "is ", status);
    }
    rv = bm_loadtest_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Load test %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

const bm_route_t bm_loadtests_api_routes[] = {
    { "GET", "/loadtests", BM_ROLE_VIEWER, loadtests_list, BM_ROUTE_LIST, 200, list_params, NULL, &loadtest_schema,
      "listLoadTests", "loadtests", "Load tests, newest first; without results." },
    { "POST", "/loadtests", BM_ROLE_OPERATOR, loadtests_create,
      BM_ROUTE_TRANSACTION | BM_ROUTE_IDEMPOTENT | BM_ROUTE_WAKES | BM_ROUTE_OWN_CHECK | BM_ROUTE_FANS_OUT, 202, NULL,
      &plan_schema, &loadtest_schema, "createLoadTest", "loadtests", "Queue a load test, or one at each of several locations." },
    { "POST", "/loadtests/estimate", BM_ROLE_OPERATOR, loadtests_estimate, BM_ROUTE_OWN_CHECK | BM_ROUTE_NO_AUDIT, 200, NULL,
      &plan_schema, &estimate_schema, "estimateLoadTest", "loadtests", "What a plan would send; nothing is queued." },
    { "GET", "/loadtests/{id}", BM_ROLE_VIEWER, loadtests_get, 0, 200, NULL, NULL, &loadtest_schema, "getLoadTest",
      "loadtests", "One load test; its progress while it runs, its results afterwards." },
    { "PATCH", "/loadtests/{id}", BM_ROLE_OPERATOR, loadtests_patch, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &patch_schema, &loadtest_schema, "patchLoadTest", "loadtests", "Name of a load test." },
    { "DELETE", "/loadtests/{id}", BM_ROLE_ADMIN, loadtests_delete, 0, 200, NULL, NULL, NULL, "deleteLoadTest", "loadtests",
      "Delete a load test that has ended, with its requests and series." },
    { "POST", "/loadtests/{id}/pause", BM_ROLE_OPERATOR, loadtests_pause, BM_ROUTE_WAKES, 200, NULL, NULL, &loadtest_schema,
      "pauseLoadTest", "loadtests", "Send nothing more for now; what is in flight goes on." },
    { "POST", "/loadtests/{id}/resume", BM_ROLE_OPERATOR, loadtests_resume, BM_ROUTE_WAKES, 200, NULL, NULL, &loadtest_schema,
      "resumeLoadTest", "loadtests", "Go on after a pause; the schedule is shifted by it." },
    { "POST", "/loadtests/{id}/stop", BM_ROLE_OPERATOR, loadtests_stop, BM_ROUTE_WAKES | BM_ROUTE_MAY_BE_BARE, 200, NULL,
      &stop_schema, &loadtest_schema, "stopLoadTest", "loadtests",
      "End it: await the answers of what was sent, or cancel everything; 409 if it ended before." },
    { "GET", "/loadtests/{id}/series", BM_ROLE_VIEWER, loadtests_series, BM_ROUTE_LIST, 200, series_params, NULL, &second_schema,
      "getLoadTestSeries", "loadtests", "Figures of each second, ascending." },
    { "GET", "/loadtests/{id}/requests", BM_ROLE_VIEWER, loadtests_requests, BM_ROUTE_LIST, 200, requests_params, NULL,
      &request_schema, "getLoadTestRequests", "loadtests", "Its requests by their place in the plan." },
    { NULL }
};
