/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hive_api.h"

#include <string.h>
#include "api/training_begin.h"
#include "model/field_values.h"
#include "model/training_model.h"
#include "shm/meters.h"
#include "store/hive_store.h"

enum { OURS = BM_FIELD_READ_ONLY, MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE };

/* --- what it answers */

static const bm_field_t start_fields[] = {
    { "scenario_id", BM_TYPE_INT, 0,
      .doc = "Absent: that of the last session, else the only one whose automation has a confirmed_rate." },
    { "policy", BM_TYPE_ENUM, 0, .values = BM_TRAINING_POLICIES, .doc = "As for a session." },
    { "types", BM_TYPE_STRINGS, 0, 1, 8, .values = BM_TRAINING_TYPES, .doc = "As for a session." },
    { "difficulty", BM_TYPE_ENUM, 0, .values = BM_TRAINING_DIFFICULTIES, .doc = "As for a session." },
    { "seed", BM_TYPE_INT, 0, 0, 9007199254740991, .doc = "As for a session." },
    { "duration_scale", BM_TYPE_NUMBER, 0, 0.001, 1, .doc = "As for a session." },
    { "budget", BM_TYPE_OBJECT, 0, .doc = "As for a session." },
    { NULL }
};

static const bm_field_t started_fields[] = {
    { "status", BM_TYPE_ENUM, OURS, .values = "training_started", .doc = "Always." },
    { "session_id", BM_TYPE_INT, OURS, .doc = "Number of the session." },
    { NULL }
};

static const bm_field_t stopped_fields[] = {
    { "status", BM_TYPE_ENUM, OURS, .values = "training_stopped", .doc = "Always." },
    { "sessions", BM_TYPE_ARRAY, OURS, .members = bm_field_integers, .doc = "Sessions that were under way." },
    { NULL }
};

static const bm_field_t status_fields[] = {
    { "is_running", BM_TYPE_BOOL, OURS, .doc = "Whether a session is under way." },
    { "current_scenario", BM_TYPE_STRING, MAYBE, .doc = "Key of the problem under way." },
    { "scenarios_completed", BM_TYPE_INT, OURS, .doc = "Problems that were judged." },
    { "total_runtime", BM_TYPE_NUMBER, OURS, .doc = "Seconds." },
    { "average_success_rate", BM_TYPE_NUMBER, OURS, .doc = "0 to 1." },
    { "current_difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .doc = "Of the last problem." },
    { NULL }
};

static const bm_field_t metric_fields[] = {
    { "timestamp", BM_TYPE_TIME, OURS, .doc = "End of the second that it was measured in." },
    { "type", BM_TYPE_ENUM, OURS, .values = "response_time|throughput|error_rate|success_rate|cpu_usage|memory_usage",
      .doc = "What; response_time in ms, rates 0 to 1, CPU in percent of a processor, memory in MB." },
    { "value", BM_TYPE_NUMBER, OURS, .doc = "How much." },
    { "scenario_id", BM_TYPE_STRING, OURS, .doc = "Key of the problem." },
    { NULL }
};

static const bm_field_t latest_fields[] = {
    { "metrics", BM_TYPE_ARRAY, OURS, .members = metric_fields, .schema = "HiveMetric", .doc = "The latest 100, newest first." },
    { NULL }
};

static const bm_field_t summary_fields[] = {
    { "total_scenarios", BM_TYPE_INT, OURS, .doc = "Problems that were executed, of the latest 1,000." },
    { "average_response_time", BM_TYPE_NUMBER, OURS, .doc = "Mean of their mean times until the last content, ms." },
    { "average_throughput", BM_TYPE_NUMBER, OURS, .doc = "Mean of their completed requests a second." },
    { "average_success_rate", BM_TYPE_NUMBER, OURS, .doc = "0 to 1." },
    { "total_errors", BM_TYPE_INT, OURS, .doc = "Requests that failed." },
    { "uptime", BM_TYPE_NUMBER, OURS, .doc = "Seconds that this configuration of the server has served." },
    { "last_updated", BM_TYPE_TIME, OURS, .doc = "When the last of them ended." },
    { NULL }
};

static const bm_field_t figures_fields[] = {
    { "min", BM_TYPE_NUMBER, OURS, .doc = "The least." },
    { "max", BM_TYPE_NUMBER, OURS, .doc = "The greatest." },
    { "mean", BM_TYPE_NUMBER, OURS, .doc = "Mean." },
    { "median", BM_TYPE_NUMBER, OURS, .doc = "Median." },
    { "std_dev", BM_TYPE_NUMBER, OURS, .doc = "Standard deviation." },
    { NULL }
};

static const bm_field_t each_figures[] = {
    { BM_FIELD_EACH, BM_TYPE_OBJECT, OURS, .members = figures_fields, .doc = "Over seconds." },
    { NULL }
};

static const bm_field_t performance_fields[] = {
    { "metrics", BM_TYPE_OBJECT, OURS, .members = each_figures, .doc = "By type." },
    { "scenarios_completed", BM_TYPE_INT, OURS, .doc = "Problems that were judged." },
    { "current_difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .doc = "Of the last problem." },
    { "training_duration", BM_TYPE_NUMBER, OURS, .doc = "Seconds." },
    { NULL }
};

static const bm_field_t recent_problem_fields[] = {
    { "id", BM_TYPE_STRING, OURS, .doc = "Key of the problem." },
    { "type", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_TYPES, .doc = "What it is about." },
    { "difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .doc = "How hard it is." },
    { "description", BM_TYPE_STRING, OURS, .doc = "What it does, in words." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When it was made." },
    { NULL }
};

static const bm_field_t recent_fields[] = {
    { "problems", BM_TYPE_ARRAY, OURS, .members = recent_problem_fields, .schema = "HiveProblem", .doc = "The latest 20." },
    { NULL }
};

static const bm_schema_t start_schema = { "HiveStart", start_fields };
static const bm_schema_t started_schema = { "HiveStarted", started_fields };
static const bm_schema_t stopped_schema = { "HiveStopped", stopped_fields };
static const bm_schema_t status_schema = { "HiveStatus", status_fields };
static const bm_schema_t latest_schema = { "HiveMetrics", latest_fields };
static const bm_schema_t summary_schema = { "HiveSummary", summary_fields };
static const bm_schema_t performance_schema = { "HivePerformance", performance_fields };
static const bm_schema_t recent_schema = { "HiveProblems", recent_fields };

/* --- handlers */

static apr_status_t reply(bm_req_t *q, apr_status_t rv, const char *json)
{
    if (rv == APR_SUCCESS)
        bm_jw_raw(&q->w, json, strlen(json));
    return rv;
}

typedef apr_status_t reader_fn(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

static apr_status_t read_with(bm_req_t *q, reader_fn *reader)
{
    const char *json = NULL;
    apr_status_t rv = reader(&json, q->db, q->err, q->p);

    return reply(q, rv, json);
}

static apr_status_t status_get(bm_req_t *q)
{
    return read_with(q, bm_hive_store_status);
}

static apr_status_t latest_get(bm_req_t *q)
{
    return read_with(q, bm_hive_store_latest);
}

static apr_status_t performance_get(bm_req_t *q)
{
    return read_with(q, bm_hive_store_performance);
}

static apr_status_t recent_get(bm_req_t *q)
{
    return read_with(q, bm_hive_store_recent);
}

static apr_status_t summary_get(bm_req_t *q)
{
    double uptime = (double)(q->now - q->api->meters->started) / APR_USEC_PER_SEC;
    const char *json = NULL;
    apr_status_t rv = bm_hive_store_summary(&json, q->db, uptime, q->err, q->p);

    return reply(q, rv, json);
}

static apr_status_t training_start(bm_req_t *q)
{
    json_t *body = bm_json_overlay(q->body, NULL, q->p);
    apr_int64_t scenario_id;
    bm_rows_t *rows;
    apr_status_t rv = APR_SUCCESS;

    if (json_object_get(body, "scenario_id") == NULL) {
        rv = bm_hive_store_scenario(&scenario_id, q->db, q->err, q->p);
        if (rv == APR_SUCCESS && scenario_id == 0)
            return bm_err_violation(q->err, "/scenario_id", "Must be given: there is no session yet to take it from, and not"
                " exactly "
                                    "one scenario whose automation has a confirmed_rate.");
        json_object_set_new(body, "scenario_id", json_integer(scenario_id));
    }
    if (rv == APR_SUCCESS)
        rv = bm_field_check(body, bm_training_plan_fields, BM_FIELD_CREATE, NULL, "", q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_training_begin(&rows, q, body);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "status");
    bm_jw_string(&q->w, "training_started");
    bm_jw_key(&q->w, "session_id");
    bm_jw_int(&q->w, bm_rows_int64(rows, 0, BM_TRAINING_FIRST, 0));
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t training_stop(bm_req_t *q)
{
    const char *stopped;
    apr_status_t rv = bm_hive_store_stop(&stopped, q->db, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "status");
    bm_jw_string(&q->w, "training_stopped");
    bm_jw_key(&q->w, "sessions");
    bm_jw_raw(&q->w, stopped, strlen(stopped));
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_hive_api_routes[] = {
    { "POST", "/training/start", BM_ROLE_OPERATOR, training_start, BM_ROUTE_TRANSACTION | BM_ROUTE_MAY_BE_BARE, 200, NULL,
        &start_schema,
      &started_schema, "startTraining", "training", "Begin a session with what is usual; POST /training/sessions says more." },
    { "POST", "/training/stop", BM_ROLE_OPERATOR, training_stop, BM_ROUTE_TRANSACTION | BM_ROUTE_MAY_BE_BARE, 200, NULL, NULL,
      &stopped_schema, "stopTraining", "training", "End all sessions." },
    { "GET", "/training/status", BM_ROLE_VIEWER, status_get, 0, 200, NULL, NULL, &status_schema, "getTrainingStatus", "training",
      "The session under way that was begun last, else the last one." },
    { "GET", "/problems/recent", BM_ROLE_VIEWER, recent_get, 0, 200, NULL, NULL, &recent_schema, "listRecentProblems", "training",
      "The latest 20 problems." },
    { "GET", "/metrics/latest", BM_ROLE_VIEWER, latest_get, 0, 200, NULL, NULL, &latest_schema, "getLatestMetrics", "training",
      "The latest 100 values of training, one a second and metric." },
    { "GET", "/metrics/summary", BM_ROLE_VIEWER, summary_get, 0, 200, NULL, NULL, &summary_schema, "getMetricsSummary",
        "training",
      "What all problems came to." },
    { "GET", "/analytics/performance", BM_ROLE_VIEWER, performance_get, 0, 200, NULL, NULL, &performance_schema,
      "getPerformanceAnalytics", "training", "How the metrics of a session are spread." },
    { NULL }
};
