/* SPDX-License-Identifier: Apache-2.0
 *
 * cupid_api.c: /sessions and /metrics/dashboard as clients of Cupid know them. What these read as a number is one also where
 * there is nothing. Agents are in trace_agents_api.c, the sync in trace_sources_api.c. */
#include "api/cupid_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/page.h"
#include "api/trace_detail_api.h"
#include "api/trace_figures.h"
#include "base/text.h"
#include "model/trace_source_model.h"
#include "store/row_json.h"
#include "store/trace_session_store.h"

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)
#define CUPID_LIMIT 50
#define CUPID_LIMIT_MAX 100
#define PAGES_MAX 1000000
#define SEARCH_MAX 200
#define TALK 200                         /* traces of a conversation at once */
#define TALK_MAX 1000

/* --- what it answers */

static const bm_field_t meta_fields[] = {
    { "total", BM_TYPE_INT, OURS, .doc = "How many there are." },
    { "page", BM_TYPE_INT, OURS, .doc = "Which page this is, from 1." },
    { "limit", BM_TYPE_INT, OURS, .doc = "Sessions of a page." },
    { "pages", BM_TYPE_INT, OURS, .doc = "How many pages there are." },
    { NULL }
};
static const bm_field_t sessions_fields[] = {
    { "data", BM_TYPE_ARRAY, OURS, .members = bm_cupid_session_fields, .schema = "CupidSession",
      .doc = "Those first whose last trace is newest." },
    { "meta", BM_TYPE_OBJECT, OURS, .members = meta_fields, .doc = "Which part of them this is." },
    { NULL }
};
static const bm_field_t stats_fields[] = {
    { "total_sessions", BM_TYPE_INT, OURS, .doc = "How many." },
    { "total_cost", BM_TYPE_NUMBER, OURS, .doc = "USD." },
    { "avg_duration_seconds", BM_TYPE_NUMBER, OURS, .doc = "Mean of begin to last end; 0: there is none." },
    { "avg_latency_seconds", BM_TYPE_NUMBER, OURS, .doc = "Mean of their mean latencies; 0: there is none." },
    { "complete_sessions", BM_TYPE_INT, OURS, .doc = "Of these complete by the words of their source." },
    { "incomplete_sessions", BM_TYPE_INT, OURS, .doc = "The others." },
    { NULL }
};
static const bm_field_t about_fields[] = {
    { "latency_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Begin to end; null: it has not ended." },
    { "cost", BM_TYPE_NUMBER, OURS, .doc = "USD, of the generations right below." },
    { "total_tokens", BM_TYPE_INT, OURS, .doc = "Likewise." },
    { "prompt_tokens", BM_TYPE_INT, OURS, .doc = "Likewise, in." },
    { "completion_tokens", BM_TYPE_INT, OURS, .doc = "Likewise, out." },
    { "model", BM_TYPE_STRING, MAYBE, .doc = "Model of one of these; null: not said." },
    { NULL }
};
static const bm_field_t message_fields[] = {
    { "type", BM_TYPE_ENUM, OURS, .values = "user|agent",
      .doc = "user: what a trace was asked; agent: what one of it answered." },
    { "timestamp", BM_TYPE_TIME, OURS, .doc = "When it began." },
    { "chapter", BM_TYPE_INT, MAYBE, .doc = "Stage of its trace; null: none." },
    { "agent", BM_TYPE_STRING, MAYBE, .doc = "Name of the agent, or of a trace that has none; null: a user's." },
    { "content", BM_TYPE_STRING, OURS, .doc = "Input or output, as far as the source keeps them (bodies); else empty." },
    { "trace_id", BM_TYPE_STRING, OURS, .doc = "Its trace." },
    { "metadata", BM_TYPE_OBJECT, MAYBE, .members = about_fields, .doc = "Of an agent." },
    { NULL }
};
static const bm_field_t conversation_fields[] = {
    { "session", BM_TYPE_OBJECT, OURS, .members = bm_cupid_session_fields, .schema = "CupidSession", .doc = "The session." },
    { "messages", BM_TYPE_ARRAY, OURS, .members = message_fields, .schema = "CupidMessage", .doc = "From its first trace on." },
    { "scores", BM_TYPE_ARRAY, OURS, .members = bm_trace_score_fields, .schema = "TraceScore",
      .doc = "Of the session as a whole, newest first." },
    { NULL }
};
static const bm_field_t kpi_fields[] = {
    { "unique_sessions", BM_TYPE_INT, OURS, .doc = "Sessions with a trace in the range." },
    { "total_traces", BM_TYPE_INT, OURS, .doc = "Traces." },
    { "total_cost", BM_TYPE_NUMBER, OURS, .doc = "USD." },
    { "avg_latency_seconds", BM_TYPE_NUMBER, OURS, .doc = "Mean latency of traces; 0: none has ended." },
    { "cost_per_session", BM_TYPE_NUMBER, OURS, .doc = "USD of all traces by the number of sessions." },
    { NULL }
};
static const bm_field_t chapter_fields[] = {
    { "chapter", BM_TYPE_INT, OURS, .doc = "Stage of traces." },
    { "cost", BM_TYPE_NUMBER, OURS, .doc = "USD." },
    { NULL }
};
static const bm_field_t day_fields[] = {
    { "date", BM_TYPE_STRING, OURS, .doc = "Day (UTC)." },
    { "count", BM_TYPE_INT, OURS, .doc = "Traces that began on it." },
    { NULL }
};
static const bm_field_t dashboard_fields[] = {
    { "kpis", BM_TYPE_OBJECT, OURS, .members = kpi_fields, .doc = "Of the range." },
    { "cost_by_chapter", BM_TYPE_ARRAY, OURS, .members = chapter_fields, .doc = "Ascending." },
    { "traces_per_day", BM_TYPE_ARRAY, OURS, .members = day_fields, .doc = "Oldest first; days without any are left out." },
    { NULL }
};

static const bm_schema_t sessions_schema = { "CupidSessions", sessions_fields };
static const bm_schema_t stats_schema = { "CupidSessionStats", stats_fields };
static const bm_schema_t conversation_schema = { "CupidConversation", conversation_fields };
static const bm_schema_t dashboard_schema = { "CupidDashboard", dashboard_fields };

/* --- what it takes */

#define TIME_RANGE(what) { "time_range", BM_QUERY_ENUM, 0, 0, "24h|7d|30d|all", what " (default all)." }

static const bm_query_param_t sessions_params[] = {
    TIME_RANGE("Those with a trace in it"),
    { "status", BM_QUERY_ENUM, 0, 0, "complete|incomplete|all", "By the words of their source (default all)." },
    { "search", BM_QUERY_TEXT, 0, SEARCH_MAX, NULL, "Part of id, of a label, or of a user." },
    { "page", BM_QUERY_INT, 1, PAGES_MAX, NULL, "Which page, from 1." },
    { "limit", BM_QUERY_INT, 1, CUPID_LIMIT_MAX, NULL, "Sessions of a page (default 50)." },
    { NULL }
};
static const bm_query_param_t stats_params[] = {
    TIME_RANGE("Those with a trace in it"),
    { NULL }
};
static const bm_query_param_t dashboard_params[] = {
    TIME_RANGE("24h to the second, the others by whole days (UTC) with today"),
    { NULL }
};
static const bm_query_param_t conversation_params[] = {
    BM_TRACE_SOURCE_PARAM,
    { "after", BM_QUERY_TEXT, 1, 300, NULL, "Go on behind the page before: what its Link says." },
    { "limit", BM_QUERY_INT, 1, TALK_MAX, NULL, "Most traces of the answer (default 200)." },
    { NULL }
};

/* Days of the range; 0: all. */
static int days_of(const bm_req_t *q)
{
    static const struct {
        const char *name;
        int days;
    } ranges[] = { { "24h", 1 }, { "7d", 7 }, { "30d", 30 } };
    const char *name = bm_query_string_text(q->query, "time_range");
    size_t i;

    for (i = 0; name != NULL && i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (strcmp(name, ranges[i].name) == 0)
            return ranges[i].days;
    return 0;
}

static apr_time_t begin_of(const bm_req_t *q)
{
    return days_of(q) == 0 ? 0 : q->now - apr_time_from_sec(86400) * days_of(q);
}

/* --- writing */

static void put_number(bm_req_t *q, const char *key, double value, int digits)
{
    bm_jw_key(&q->w, key);
    bm_jw_fixed(&q->w, value, digits);
}

static void put_int(bm_req_t *q, const char *key, apr_int64_t value)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, value);
}

static void put_text(bm_req_t *q, const char *key, const char *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, value);
}

/* With what its deployment calls things. */
static apr_status_t put_session(bm_req_t *q, const bm_rows_t *rows, int row)
{
    const char *text = bm_rows_text(rows, row, BM_SESSION_LABELS), *name;
    json_t *labels, *value;
    apr_status_t rv = bm_json_parse(&labels, text, (apr_size_t)bm_rows_length(rows, row, BM_SESSION_LABELS), q->err, q->p);

    if (rv != APR_SUCCESS)
        return APR_EGENERAL;
    bm_jw_begin_object(&q->w);
    bm_row_json_write_members(&q->w, rows, row, BM_SESSION_FIRST, bm_cupid_session_fields, 0);
    json_object_foreach(labels, name, value) {
        bm_jw_key(&q->w, name);
        bm_jw_json(&q->w, value);
    }
    name = bm_rows_text(rows, row, BM_SESSION_STAGE_NAME);
    if (name != NULL)
        bm_trace_figures_put_raw(q, name, rows, row, BM_SESSION_STAGE);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- /sessions */

static apr_status_t sessions_list(bm_req_t *q)
{
    const char *status = bm_query_string_text(q->query, "status"), *search = bm_query_string_text(q->query, "search");
    apr_int64_t page = bm_query_string_int(q->query, "page", 1), total;
    int i, limit = (int)bm_query_string_int(q->query, "limit", CUPID_LIMIT);
    const bm_session_range_t range = {
        .from = begin_of(q), .search = search != NULL && search[0] != '\0' ? search : NULL,
        .status = status == NULL || strcmp(status, "all") == 0 ? 0 : strcmp(status, "complete") == 0 ? 1 : -1
    };
    bm_rows_t *rows, *count;
    apr_status_t rv = bm_trace_session_store_list(&count, q->db, &range, 0, 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_trace_session_store_list(&rows, q->db, &range, (page - 1) * limit, limit, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    total = bm_rows_int64(count, 0, 0, 0);
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "data");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows) && rv == APR_SUCCESS; i++)
        rv = put_session(q, rows, i);
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "meta");
    bm_jw_begin_object(&q->w);
    put_int(q, "total", total);
    put_int(q, "page", page);
    put_int(q, "limit", limit);
    put_int(q, "pages", (total + limit - 1) / limit);
    bm_jw_end_object(&q->w);
    bm_jw_end_object(&q->w);
    return rv;
}

static apr_status_t stats_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_int64_t total, complete;
    apr_status_t rv = bm_trace_session_store_stats(&rows, q->db, begin_of(q), q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    total = bm_rows_int64(rows, 0, BM_SESSIONS_N, 0);
    complete = bm_rows_int64(rows, 0, BM_SESSIONS_COMPLETE, 0);
    bm_jw_begin_object(&q->w);
    put_int(q, "total_sessions", total);
    bm_trace_figures_put_raw(q, "total_cost", rows, 0, BM_SESSIONS_COST);
    put_number(q, "avg_duration_seconds", bm_rows_double(rows, 0, BM_SESSIONS_DURATION, 0), 6);
    put_number(q, "avg_latency_seconds", bm_rows_double(rows, 0, BM_SESSIONS_LATENCY, 0), 6);
    put_int(q, "complete_sessions", complete);
    put_int(q, "incomplete_sessions", total - complete);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- /sessions/{session_id}/conversation */

static void put_head(bm_req_t *q, const char *type, const bm_rows_t *rows, int row, const char *agent, int said)
{
    bm_jw_begin_object(&q->w);
    put_text(q, "type", type);
    bm_jw_key(&q->w, "timestamp");
    bm_row_json_time(&q->w, bm_rows_text(rows, row, BM_TALK_START));
    put_text(q, "agent", agent);
    put_text(q, "content", bm_rows_is_null(rows, row, said) ? "" : bm_rows_text(rows, row, said));
    put_text(q, "trace_id", bm_rows_text(rows, row, BM_TALK_TRACE));
}

static void put_agent(bm_req_t *q, const bm_rows_t *rows, int row, const bm_rows_t *traces, int trace, const char *model)
{
    put_head(q, "agent", rows, row, bm_rows_text(rows, row, BM_TALK_NAME), BM_TALK_ANSWERED);
    bm_trace_figures_put_raw(q, "chapter", traces, trace, BM_TALK_STAGE);
    bm_jw_key(&q->w, "metadata");
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "latency_ms");
    bm_row_json_micros(&q->w, bm_rows_text(rows, row, BM_TALK_LATENCY_US));
    bm_trace_figures_put_raw(q, "cost", rows, row, BM_TALK_COST);
    bm_trace_figures_put_raw(q, "total_tokens", rows, row, BM_TALK_TOKENS);
    bm_trace_figures_put_raw(q, "prompt_tokens", rows, row, BM_TALK_INPUT_TOKENS);
    bm_trace_figures_put_raw(q, "completion_tokens", rows, row, BM_TALK_OUTPUT_TOKENS);
    put_text(q, "model", model);
    bm_jw_end_object(&q->w);
    bm_jw_end_object(&q->w);
}

/* Rows of agents by their trace. */
static apr_hash_t *by_trace(const bm_rows_t *agents, apr_pool_t *p)
{
    apr_hash_t *found = apr_hash_make(p);
    int i;

    for (i = bm_rows_count(agents); i-- > 0; ) {         /* the first of each stays */
        int *row = apr_palloc(p, sizeof(*row));

        *row = i;
        apr_hash_set(found, bm_rows_text(agents, i, BM_TALK_TRACE), APR_HASH_KEY_STRING, row);
    }
    return found;
}

/* What it was asked, then its agents, or, where it has none, itself. */
static void put_trace(bm_req_t *q, const bm_rows_t *traces, int trace, const bm_rows_t *agents, const int *first)
{
    const char *id = bm_rows_text(traces, trace, BM_TALK_TRACE);
    int i;

    put_head(q, "user", traces, trace, NULL, BM_TALK_ASKED);
    bm_trace_figures_put_raw(q, "chapter", traces, trace, BM_TALK_STAGE);
    bm_jw_key(&q->w, "metadata");
    bm_jw_null(&q->w);
    bm_jw_end_object(&q->w);
    if (first == NULL)
        put_agent(q, traces, trace, traces, trace, NULL);
    else
        for (i = *first; i < bm_rows_count(agents) && strcmp(bm_rows_text(agents, i, BM_TALK_TRACE), id) == 0; i++)
            put_agent(q, agents, i, traces, trace, bm_rows_text(agents, i, BM_TALK_MODEL));
}

/* "microseconds.id" */
static apr_status_t read_after(bm_talk_after_t *after, bm_req_t *q)
{
    const char *text = bm_query_string_text(q->query, "after"), *dot = text ? strchr(text, '.') : NULL;

    *after = (bm_talk_after_t){ .id = "" };
    if (text == NULL)
        return APR_SUCCESS;
    if (dot == NULL || bm_text_to_int64(&after->start, apr_pstrmemdup(q->p, text, (apr_size_t)(dot - text)), 0, APR_INT64_MAX / 2)
        != APR_SUCCESS)
        return bm_err_violation(q->err, "?after", "Must be what the Link of the page before says.");
    after->id = dot + 1;
    return APR_SUCCESS;
}

static apr_status_t read_talk(bm_rows_t **ptraces, bm_rows_t **pagents, int *n, bm_req_t *q, apr_int64_t source_id)
{
    int i, limit = (int)bm_query_string_int(q->query, "limit", TALK);
    const char **ids;
    bm_talk_after_t after;
    apr_status_t rv = read_after(&after, q);

    if (rv == APR_SUCCESS)
        rv = bm_trace_session_store_traces(ptraces, q->db, source_id, q->text, &after, limit + 1, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    *n = bm_rows_count(*ptraces);
    if (*n > limit) {
        *n = limit;
        bm_page_set_next_text(q, "after", apr_psprintf(q->p, "%" APR_INT64_T_FMT ".%s",
                                                       (apr_int64_t)bm_rows_time(*ptraces, limit - 1, BM_TALK_START),
                                                       bm_rows_text(*ptraces, limit - 1, BM_TALK_TRACE)));
    }
    ids = apr_palloc(q->p, ((size_t)*n + 1) * sizeof(*ids));
    for (i = 0; i < *n; i++)
        ids[i] = bm_rows_text(*ptraces, i, BM_TALK_TRACE);
    return bm_trace_session_store_agents(pagents, q->db, source_id, ids, *n, q->err, q->p);
}

static apr_status_t conversation_get(bm_req_t *q)
{
    bm_rows_t *session, *traces, *agents, *scores;
    apr_hash_t *firsts;
    int i, n;
    apr_status_t rv = bm_trace_session_store_get(&session, q->db, bm_query_string_int(q->query, "source_id", 0), q->text, q->err,
                                                 q->p);

    if (rv == APR_SUCCESS)
        rv = bm_trace_detail_one(q, session, BM_SESSION_FIRST + 1, "session");
    if (rv == APR_SUCCESS)
        rv = read_talk(&traces, &agents, &n, q, bm_rows_int64(session, 0, BM_SESSION_FIRST + 1, 0));
    if (rv == APR_SUCCESS)
        rv = bm_trace_detail_scores(&scores, q, &(const bm_trace_filter_t){
            .source_id = bm_rows_int64(session, 0, BM_SESSION_FIRST + 1, 0), .session_id = q->text });
    if (rv != APR_SUCCESS)
        return rv;
    firsts = by_trace(agents, q->p);
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "session");
    rv = put_session(q, session, 0);
    bm_jw_key(&q->w, "messages");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        put_trace(q, traces, i, agents, apr_hash_get(firsts, bm_rows_text(traces, i, BM_TALK_TRACE), APR_HASH_KEY_STRING));
    bm_jw_end_array(&q->w);
    bm_trace_detail_put_scores(q, scores);
    bm_jw_end_object(&q->w);
    return rv;
}

/* --- /metrics/dashboard */

/* Columns of bm_trace_session_store_days. */
enum { DAY, DAY_TRACES, DAY_COST, DAY_LATENCY };

static void put_kpis(bm_req_t *q, const bm_rows_t *sessions, const bm_rows_t *days)
{
    int any = bm_rows_count(days) > 0;
    apr_int64_t n = bm_rows_int64(sessions, 0, BM_SESSIONS_N, 0);
    double cost = any ? bm_rows_double(days, 0, DAY_COST, 0) : 0;

    bm_jw_key(&q->w, "kpis");
    bm_jw_begin_object(&q->w);
    put_int(q, "unique_sessions", n);
    put_int(q, "total_traces", any ? bm_rows_int64(days, 0, DAY_TRACES, 0) : 0);
    put_number(q, "total_cost", cost, 9);
    put_number(q, "avg_latency_seconds", any ? bm_rows_double(days, 0, DAY_LATENCY, 0) : 0, 6);
    put_number(q, "cost_per_session", n > 0 ? cost / (double)n : 0, 9);
    bm_jw_end_object(&q->w);
}

static apr_status_t dashboard_get(bm_req_t *q)
{
    int i, exact = days_of(q) == 1;
    apr_time_t today = q->now - q->now % apr_time_from_sec(86400);
    apr_time_t from = exact ? begin_of(q) : days_of(q) > 0 ? today - apr_time_from_sec(86400) * (days_of(q) - 1) : 0;
    bm_rows_t *sessions, *days, *stages;
    apr_status_t rv = bm_trace_session_store_stats(&sessions, q->db, from, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_trace_session_store_days(&days, q->db, from, exact, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_trace_session_store_stages(&stages, q->db, from, exact, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    put_kpis(q, sessions, days);
    bm_jw_key(&q->w, "cost_by_chapter");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(stages); i++) {
        bm_jw_begin_object(&q->w);
        bm_trace_figures_put_raw(q, "chapter", stages, i, 0);
        bm_trace_figures_put_raw(q, "cost", stages, i, 1);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "traces_per_day");
    bm_jw_begin_array(&q->w);
    for (i = 1; i < bm_rows_count(days); i++) {
        bm_jw_begin_object(&q->w);
        put_text(q, "date", bm_rows_text(days, i, DAY));
        bm_trace_figures_put_raw(q, "count", days, i, DAY_TRACES);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_cupid_api_routes[] = {
    { "GET", "/sessions", BM_ROLE_VIEWER, sessions_list, 0, 200, sessions_params, NULL, &sessions_schema, "listCupidSessions",
      "traces", "Sessions of traces in pages, as clients of Cupid know them." },
    { "GET", "/sessions/stats", BM_ROLE_VIEWER, stats_get, 0, 200, stats_params, NULL, &stats_schema, "getCupidSessionStats",
      "traces", "Figures of sessions of traces." },
    { "GET", "/sessions/{session_id}/conversation", BM_ROLE_VIEWER, conversation_get, 0, 200, conversation_params, NULL,
      &conversation_schema, "getCupidConversation", "traces", "What was asked and answered in a session, trace by trace." },
    { "GET", "/metrics/dashboard", BM_ROLE_VIEWER, dashboard_get, 0, 200, dashboard_params, NULL, &dashboard_schema,
      "getCupidDashboard", "traces", "Figures of traces and their sessions." },
    { NULL }
};
