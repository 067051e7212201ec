/* SPDX-License-Identifier: Apache-2.0
 *
 * traces_api.c: lists of what trace sources brought: traces, observations, their sessions, models, days. */
#include "api/traces_api.h"

#include <string.h>
#include "api/page.h"
#include "api/trace_figures.h"
#include "model/trace_source_model.h"
#include "store/row_json.h"
#include "store/trace_store.h"

#define OURS BM_FIELD_READ_ONLY

static const bm_field_t model_fields[] = {
    { "name", BM_TYPE_STRING, OURS, .doc = "Name of the model, as observations have it." },
    BM_TRACE_FIGURES,
    { NULL }
};
static const bm_field_t day_fields[] = {
    { "date", BM_TYPE_STRING, OURS, .doc = "Day (UTC) that the traces began on." },
    BM_TRACE_FIGURES,
    { NULL }
};

static const bm_schema_t trace_schema = { "Trace", bm_trace_fields };
static const bm_schema_t observation_schema = { "Observation", bm_observation_fields };
static const bm_schema_t session_schema = { "TraceSession", bm_trace_session_fields };
static const bm_schema_t score_schema = { "TraceScore", bm_trace_score_fields };
static const bm_schema_t model_schema = { "TraceModel", model_fields };
static const bm_schema_t day_schema = { "TraceDay", day_fields };

#define WINDOW(what) \
    { "after", BM_QUERY_TEXT, 1, 400, NULL, "Go on behind the page before: what its Link says." }, \
    { "limit", BM_QUERY_INT, 1, BM_PAGE_LIMIT_MAX, NULL, "Most elements of the answer (default 100)." }, \
    { "from", BM_QUERY_TIME, 0, 0, NULL, what " at this time or later: a time, or now-7d." }, \
    { "to", BM_QUERY_TIME, 0, 0, NULL, "And before this one." }, \
    { "source_id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "From this source." }, \
    { "id", BM_QUERY_TEXT, 1, 255, NULL, "With this id." }, \
    { "errors", BM_QUERY_BOOL, 0, 0, NULL, "true: with errors." }

#define VIEW { "view", BM_QUERY_ENUM, 0, 0, "full|summary", "summary: without metadata and details." }

static const bm_query_param_t trace_params[] = {
    WINDOW("Begun"),
    VIEW,
    { "name", BM_QUERY_TEXT, 1, 1000, NULL, "Of this name." },
    { "user_id", BM_QUERY_TEXT, 1, 1000, NULL, "Of this user." },
    { "session_id", BM_QUERY_TEXT, 1, 255, NULL, "Of this session." },
    { "environment", BM_QUERY_TEXT, 1, 1000, NULL, "In this environment." },
    { "tag", BM_QUERY_TEXT, 1, 1000, NULL, "With this tag." },
    { NULL }
};

static const bm_query_param_t observation_params[] = {
    WINDOW("Begun"),
    VIEW,
    { "trace_id", BM_QUERY_TEXT, 1, 255, NULL, "Of this trace." },
    { "name", BM_QUERY_TEXT, 1, 1000, NULL, "Of this name." },
    { "type", BM_QUERY_TEXT, 1, 50, NULL, "Of this type: GENERATION, AGENT, TOOL ..." },
    { "level", BM_QUERY_TEXT, 1, 50, NULL, "Of this level: DEBUG, DEFAULT, WARNING, ERROR." },
    { "model", BM_QUERY_TEXT, 1, 1000, NULL, "Of this model." },
    { "environment", BM_QUERY_TEXT, 1, 1000, NULL, "In this environment." },
    { NULL }
};

static const bm_query_param_t session_params[] = {
    WINDOW("With a last trace"),
    { "user_id", BM_QUERY_TEXT, 1, 1000, NULL, "With this user." },
    { NULL }
};

static const bm_query_param_t score_params[] = {
    { "after", BM_QUERY_TEXT, 1, 400, NULL, "Go on behind the page before: what its Link says." },
    { "limit", BM_QUERY_INT, 1, BM_PAGE_LIMIT_MAX, NULL, "Most elements of the answer (default 100)." },
    { "from", BM_QUERY_TIME, 0, 0, NULL, "Given at this time or later: a time, or now-7d." },
    { "to", BM_QUERY_TIME, 0, 0, NULL, "And before this one." },
    { "source_id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "From this source." },
    { "id", BM_QUERY_TEXT, 1, 255, NULL, "With this id." },
    { "name", BM_QUERY_TEXT, 1, 1000, NULL, "Of this name." },
    { "trace_id", BM_QUERY_TEXT, 1, 255, NULL, "Of this trace or an observation of it." },
    { "observation_id", BM_QUERY_TEXT, 1, 255, NULL, "Of this observation." },
    { "session_id", BM_QUERY_TEXT, 1, 255, NULL, "Of this session." },
    { NULL }
};

static const bm_query_param_t days_params[] = {
    { "days", BM_QUERY_INT, 1, 3650, NULL, "The last so many days (UTC), with today (default 30)." },
    { NULL }
};

/* --- lists */

typedef apr_status_t list_fn(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *filter, bm_err_t *err, apr_pool_t *p);

static apr_status_t list(bm_req_t *q, list_fn *ask, const bm_field_t *fields)
{
    const char *view = bm_query_string_text(q->query, "view");
    int i, n, limit = (int)bm_query_string_int(q->query, "limit", BM_PAGE_LIMIT);
    bm_trace_filter_t filter = {
        .source_id = bm_query_string_int(q->query, "source_id", 0), .id = bm_query_string_text(q->query, "id"),
        .name = bm_query_string_text(q->query, "name"), .user_id = bm_query_string_text(q->query, "user_id"),
        .session_id = bm_query_string_text(q->query, "session_id"), .environment = bm_query_string_text(q->query, "environment"),
        .tag = bm_query_string_text(q->query, "tag"), .trace_id = bm_query_string_text(q->query, "trace_id"),
        .observation_id = bm_query_string_text(q->query, "observation_id"), .type = bm_query_string_text(q->query, "type"),
        .level = bm_query_string_text(q->query, "level"),
        .model = bm_query_string_text(q->query, "model"), .errors = bm_query_string_bool(q->query, "errors", 0),
        .from = bm_query_string_time(q->query, "from", 0), .to = bm_query_string_time(q->query, "to", 0),
        .after = bm_query_string_text(q->query, "after"), .limit = limit + 1,
        .summary = view != NULL && strcmp(view, "summary") == 0
    };
    bm_rows_t *rows;
    apr_status_t rv = ask(&rows, q->db, &filter, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    n = bm_rows_count(rows);
    if (n > limit) {
        bm_page_set_next_text(q, "after", bm_rows_text(rows, limit - 1, BM_TRACE_PLACE));
        n = limit;
    }
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_row_json_write(&q->w, rows, i, BM_TRACE_FIRST, fields, filter.summary);
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

static apr_status_t traces_list(bm_req_t *q)
{
    return list(q, bm_trace_store_traces, bm_trace_fields);
}

static apr_status_t observations_list(bm_req_t *q)
{
    return list(q, bm_trace_store_observations, bm_observation_fields);
}

static apr_status_t sessions_list(bm_req_t *q)
{
    return list(q, bm_trace_store_sessions, bm_trace_session_fields);
}

static apr_status_t scores_list(bm_req_t *q)
{
    return list(q, bm_trace_store_scores, bm_trace_score_fields);
}

/* --- figures of days */

static apr_status_t models_list(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_trace_store_names(&rows, q->db, "model", bm_trace_figures_first_day(q, 30), q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_trace_figures_put_all(q, rows, "name");
    return rv;
}

static apr_status_t days_list(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_trace_store_days(&rows, q->db, bm_trace_figures_first_day(q, 30), q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_trace_figures_put_all(q, rows, "date");
    return rv;
}

const bm_route_t bm_traces_api_routes[] = {
    { "GET", "/traces", BM_ROLE_VIEWER, traces_list, BM_ROUTE_LIST, 200, trace_params, NULL, &trace_schema, "listTraces",
      "traces", "Traces, newest first." },
    { "GET", "/traces/sessions", BM_ROLE_VIEWER, sessions_list, BM_ROUTE_LIST, 200, session_params, NULL, &session_schema,
      "listTraceSessions", "traces", "Sessions of traces, those first that had one last." },
    { "GET", "/traces/models", BM_ROLE_VIEWER, models_list, BM_ROUTE_LIST, 200, days_params, NULL, &model_schema,
      "listTraceModels", "traces", "Models that observations name, most used first." },
    { "GET", "/traces/daily", BM_ROLE_VIEWER, days_list, BM_ROUTE_LIST, 200, days_params, NULL, &day_schema, "listTraceDays",
      "traces", "Traces of each day, oldest first." },
    { "GET", "/observations", BM_ROLE_VIEWER, observations_list, BM_ROUTE_LIST, 200, observation_params, NULL,
      &observation_schema, "listObservations", "traces", "Observations, newest first; with trace_id those of one trace." },
    { "GET", "/traces/scores", BM_ROLE_VIEWER, scores_list, BM_ROUTE_LIST, 200, score_params, NULL, &score_schema,
      "listTraceScores", "traces", "Scores of traces, observations and sessions, newest first." },
    { NULL }
};
