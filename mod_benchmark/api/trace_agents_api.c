/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_agents_api.c: /agents: what observations of type AGENT name, over all sources that the client sees. */
#include "api/trace_agents_api.h"

#include <string.h>
#include "api/trace_figures.h"
#include "api/trace_words.h"
#include "base/text.h"
#include "store/row_json.h"
#include "store/trace_agent_store.h"
#include "store/trace_store.h"

enum { RECENT = 20, HOURS = 24, NAME_SHOWN = 200 };

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

#define CATEGORY \
    { "category", BM_TYPE_STRING, OURS, .doc = "By the words of its sources; other: no pattern fits." }

static const bm_field_t agent_fields[] = {
    { "name", BM_TYPE_STRING, OURS, .doc = "Name of the agent." },
    CATEGORY,
    BM_TRACE_FIGURES,
    { NULL }
};
static const bm_field_t agents_fields[] = {
    { "data", BM_TYPE_ARRAY, OURS, .members = agent_fields, .schema = "Agent", .doc = "Most executed first." },
    { NULL }
};

static const bm_field_t stats_fields[] = {
    BM_TRACE_FIGURES,
    { NULL }
};
static const bm_field_t execution_fields[] = {
    { "trace_id", BM_TYPE_STRING, OURS, .doc = "Its trace." },
    { "observation_id", BM_TYPE_STRING, OURS, .doc = "The observation that it is." },
    { "source_id", BM_TYPE_INT, OURS, .doc = "Source of both." },
    { "timestamp", BM_TYPE_TIME, OURS, .doc = "When it began." },
    { "latency_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Begin to end; null: it has not ended." },
    { "tokens", BM_TYPE_INT, OURS, .doc = "Of the generations right below it." },
    { "cost", BM_TYPE_NUMBER, OURS, .doc = "Likewise, USD." },
    { "status", BM_TYPE_ENUM, OURS, .values = "success|error", .doc = "error: its level is ERROR." },
    { NULL }
};
static const bm_field_t detail_fields[] = {
    { "name", BM_TYPE_STRING, OURS, .doc = "Name of the agent." },
    CATEGORY,
    { "stats", BM_TYPE_OBJECT, OURS, .members = stats_fields, .doc = "Of the days that were asked for." },
    { "recent_executions", BM_TYPE_ARRAY, OURS, .members = execution_fields, .schema = "AgentExecution",
      .doc = "The last 20, newest first." },
    { NULL }
};

static const bm_field_t latency_fields[] = {
    { "timestamp", BM_TYPE_TIME, OURS, .doc = "When it began." },
    { "latency_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Begin to end; null: it has not ended." },
    { NULL }
};
static const bm_field_t hour_fields[] = {
    { "hour", BM_TYPE_INT, OURS, .doc = "Hour of the day (UTC), 0 to 23." },
    { "count", BM_TYPE_INT, OURS, .doc = "Executions that began in it, on any day." },
    { NULL }
};
static const bm_field_t charts_fields[] = {
    { "latency_over_time", BM_TYPE_ARRAY, OURS, .members = latency_fields, .doc = "The last 20 executions, oldest first." },
    { "executions_by_hour", BM_TYPE_ARRAY, OURS, .members = hour_fields, .doc = "All 24 hours." },
    { NULL }
};

static const bm_schema_t agents_schema = { "AgentList", agents_fields };
static const bm_schema_t detail_schema = { "AgentDetail", detail_fields };
static const bm_schema_t charts_schema = { "AgentCharts", charts_fields };

static const bm_query_param_t days_params[] = {
    { "days", BM_QUERY_INT, 1, 3650, NULL, "The last so many days (UTC), with today (default: all)." },
    { NULL }
};

static void put_text(bm_req_t *q, const char *key, const char *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, value);
}

static void put_name(bm_req_t *q, bm_trace_categories_t *categories, const bm_rows_t *rows, int row)
{
    const char *name = bm_rows_text(rows, row, 0);

    put_text(q, "name", name);
    put_text(q, "category", bm_trace_category(categories, name, bm_rows_text(rows, row, BM_TRACE_NAME_SOURCES)));
}

static apr_status_t agents_list(bm_req_t *q)
{
    bm_trace_categories_t *categories;
    bm_rows_t *rows;
    int i;
    apr_status_t rv = bm_trace_store_names(&rows, q->db, "agent", bm_trace_figures_first_day(q, 0), q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_trace_categories_read(&categories, q);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "data");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++) {
        bm_jw_begin_object(&q->w);
        put_name(q, categories, rows, i);
        bm_trace_figures_put(q, rows, i);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* Its figures, and that there is one of that name. */
static apr_status_t find(bm_rows_t **prows, bm_req_t *q, int from_day)
{
    apr_status_t rv = bm_trace_agent_store_get(prows, q->db, q->text, from_day, q->err, q->p);

    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        return bm_err_set(q->err, APR_NOTFOUND, NULL, "There is no agent %s.",
                          bm_text_clean_utf8(q->text, strlen(q->text), NAME_SHOWN, q->p));
    return rv;
}

static void put_when(bm_req_t *q, const bm_rows_t *rows, int row)
{
    bm_jw_key(&q->w, "timestamp");
    bm_row_json_time(&q->w, bm_rows_text(rows, row, BM_AGENT_START));
    bm_jw_key(&q->w, "latency_ms");
    bm_row_json_micros(&q->w, bm_rows_text(rows, row, BM_AGENT_LATENCY_US));
}

static void put_execution(bm_req_t *q, const bm_rows_t *rows, int row)
{
    bm_jw_begin_object(&q->w);
    put_text(q, "trace_id", bm_rows_text(rows, row, BM_AGENT_TRACE));
    put_text(q, "observation_id", bm_rows_text(rows, row, BM_AGENT_OBSERVATION));
    bm_trace_figures_put_raw(q, "source_id", rows, row, BM_AGENT_SOURCE);
    put_when(q, rows, row);
    bm_trace_figures_put_raw(q, "tokens", rows, row, BM_AGENT_TOKENS);
    bm_trace_figures_put_raw(q, "cost", rows, row, BM_AGENT_COST);
    put_text(q, "status", bm_rows_bool(rows, row, BM_AGENT_FAILED) ? "error" : "success");
    bm_jw_end_object(&q->w);
}

static apr_status_t agent_get(bm_req_t *q)
{
    bm_trace_categories_t *categories;
    bm_rows_t *stats, *recent;
    int i;
    apr_status_t rv = find(&stats, q, bm_trace_figures_first_day(q, 0));

    if (rv == APR_SUCCESS)
        rv = bm_trace_agent_store_recent(&recent, q->db, q->text, RECENT, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_trace_categories_read(&categories, q);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    put_name(q, categories, stats, 0);
    bm_jw_key(&q->w, "stats");
    bm_jw_begin_object(&q->w);
    bm_trace_figures_put(q, stats, 0);
    bm_jw_end_object(&q->w);
    bm_jw_key(&q->w, "recent_executions");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(recent); i++)
        put_execution(q, recent, i);
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static void put_hours(bm_req_t *q, const bm_rows_t *rows)
{
    apr_int64_t counts[HOURS] = { 0 };
    int i;

    for (i = 0; i < bm_rows_count(rows); i++) {
        apr_int64_t hour = bm_rows_int64(rows, i, 0, 0);

        if (hour >= 0 && hour < HOURS)
            counts[hour] = bm_rows_int64(rows, i, 1, 0);
    }
    bm_jw_begin_array(&q->w);
    for (i = 0; i < HOURS; i++) {
        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "hour");
        bm_jw_int(&q->w, i);
        bm_jw_key(&q->w, "count");
        bm_jw_int(&q->w, counts[i]);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
}

static apr_status_t agent_charts(bm_req_t *q)
{
    bm_rows_t *stats, *recent, *hours;
    int i;
    apr_status_t rv = find(&stats, q, 0);

    if (rv == APR_SUCCESS)
        rv = bm_trace_agent_store_recent(&recent, q->db, q->text, RECENT, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_trace_agent_store_hours(&hours, q->db, q->text, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "latency_over_time");
    bm_jw_begin_array(&q->w);
    for (i = bm_rows_count(recent); i-- > 0; ) {
        bm_jw_begin_object(&q->w);
        put_when(q, recent, i);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "executions_by_hour");
    put_hours(q, hours);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_trace_agents_api_routes[] = {
    { "GET", "/agents", BM_ROLE_VIEWER, agents_list, 0, 200, days_params, NULL, &agents_schema, "listAgents", "traces",
      "Agents, which are observations of type AGENT, with the cost and tokens of the generations right below them." },
    { "GET", "/agents/{name}", BM_ROLE_VIEWER, agent_get, 0, 200, days_params, NULL, &detail_schema, "getAgent", "traces",
      "One agent and its last executions." },
    { "GET", "/agents/{name}/charts", BM_ROLE_VIEWER, agent_charts, 0, 200, NULL, NULL, &charts_schema, "getAgentCharts",
      "traces", "What one agent's charts show." },
    { NULL }
};
