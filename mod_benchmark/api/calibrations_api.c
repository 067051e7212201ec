/* SPDX-License-Identifier: Apache-2.0
 *
 * calibrations_api.c: /calibrations. A calibration is a run of the hidden scenario 0 on the reference target. */
#include "api/calibrations_api.h"

#include <string.h>
#include "api/etag.h"
#include "api/page.h"
#include "api/projects_api.h"
#include "model/calibration_model.h"
#include "model/run_model.h"
#include "store/run_order_store.h"

static const bm_schema_t calibration_schema = { "Calibration", bm_calibration_fields };
static const bm_schema_t request_schema = { "CalibrationRequest", bm_calibration_request_fields };

static const bm_query_param_t list_params[] = { BM_PAGE_PARAMS, { NULL } };

static apr_status_t calibrations_list(bm_req_t *q)
{
    bm_page_t page;
    bm_rows_t *rows;
    apr_status_t rv;

    bm_page_read(&page, q);
    rv = bm_run_store_calibrations(&rows, q->db, page.after, page.limit + 1, page.skip, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_RUN_FIRST, bm_calibration_fields, 0, BM_RUN_FIRST);
    if (page.total) {
        bm_run_filter_t filter = { .scenario_id = 0, .automation_id = -1 };
        apr_array_header_t *kinds = apr_array_make(q->p, 1, sizeof(const char *));
        apr_int64_t count;

        APR_ARRAY_PUSH(kinds, const char *) = "calibration";
        filter.kinds = kinds;
        rv = bm_run_store_count(&count, q->db, &filter, BM_PAGE_COUNT_MAX, q->err, q->p);
        if (rv == APR_SUCCESS)
            bm_page_set_total(q, count);
    }
    return rv;
}

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_RUN_FIRST, bm_calibration_fields,
                     bm_etag_of_version("c", bm_rows_text(rows, 0, BM_RUN_ETAG), q->p));
}

static apr_status_t calibrations_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_run_store_get(&rows, q->db, q->ids[0], bm_calibration_fields, 0, NULL, q->p);

    if (rv == APR_NOTFOUND)
        return bm_err_set(q->err, rv, NULL, "There is no calibration %" APR_INT64_T_FMT ".", q->ids[0]);
    if (rv != APR_SUCCESS)
        return bm_err_set(q->err, rv, NULL, "The calibration cannot be read now.");
    reply(q, rows);
    return APR_SUCCESS;
}

/* The request is kept as the run's inputs, too, so that lists can show it. */
static apr_status_t calibrations_create(bm_req_t *q)
{
    json_t *request = bm_field_complete(q->body, bm_calibration_request_fields, q->p);
    json_t *spec = bm_json_adopt(json_object(), q->p);
    bm_run_order_t order = { .kind = BM_RUN_KIND_CALIBRATION, .scenario_version = 1, .max_attempts = 1,
                             .priority = 1000 };
    bm_rows_t *rows;
    apr_status_t rv;

    if (json_integer_value(json_object_get(request, "concurrency")) > json_integer_value(json_object_get(request, "streams")))
        return bm_err_violation(q->err, "/concurrency", "Must not be more than streams.");
    rv = bm_project_of_new(&order.project_id, q, NULL);
    if (rv != APR_SUCCESS)
        return rv;
    json_object_set_new(spec, "provider", json_string("openai"));
    json_object_set_new(spec, "mock", json_false());
    json_object_set_new(spec, "connection", json_object());
    json_object_set(spec, "inputs", request);
    json_object_set(spec, "calibration", request);
    order.spec = bm_json_dump(NULL, spec, q->p);
    order.created_by = q->who.user;
    rv = bm_run_order_store_add(&rows, q->db, &order, bm_calibration_fields, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/calibrations/%s", bm_rows_text(rows, 0, BM_RUN_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

const bm_route_t bm_calibrations_api_routes[] = {
    { "GET", "/calibrations", BM_ROLE_VIEWER, calibrations_list, BM_ROUTE_LIST, 200, list_params, NULL, &calibration_schema,
      "listCalibrations", "calibrations", "Calibrations, newest first." },
    { "POST", "/calibrations", BM_ROLE_OPERATOR, calibrations_create, BM_ROUTE_IDEMPOTENT | BM_ROUTE_WAKES, 202, NULL,
      &request_schema, &calibration_schema, "createCalibration", "calibrations",
      "Measure the engine's own error on the reference target." },
    { "GET", "/calibrations/{id}", BM_ROLE_VIEWER, calibrations_get, 0, 200, NULL, NULL, &calibration_schema,
      "getCalibration", "calibrations", "One calibration." },
    { NULL }
};
