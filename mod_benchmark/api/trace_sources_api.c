/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_sources_api.c: /trace-sources: Langfuse servers whose traces are mirrored, and their sync, and what traces are sent to
 * (api/push_api.c); /sync is what clients of Cupid know of it. PUT and PATCH are the same: members that are not given stay as
 * they are. */
#include "api/trace_sources_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/page.h"
#include "api/projects_api.h"
#include "api/resource.h"
#include "api/trace_words.h"
#include "model/secret_model.h"
#include "model/trace_source_model.h"
#include "provider/provider_url.h"
#include "store/row_json.h"
#include "store/trace_source_store.h"

static const bm_field_t status_fields[] = {
    { "status", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = BM_SYNC_STATES,
      .doc = "The worst of all sources': error, rate_limited, running, idle." },
    { "last_sync_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "Since when the newest of every source was read; null: of one it never was, or there is none." },
    { "next_sync_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "When the first of them is gone on with; null: none will." },
    { "error_message", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "What the first one that is in trouble ran into." },
    { "is_stale", BM_TYPE_BOOL, BM_FIELD_READ_ONLY,
      .doc = "Of one that is not paused the newest was not read for twice its interval." },
    { "sources", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = bm_trace_sync_fields, .schema = "TraceSync",
      .doc = "Each source." },
    { NULL }
};

static const bm_field_t trigger_fields[] = {
    { "status", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "started", .doc = "It was asked for." },
    { "message", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "How many sources are synced." },
    { NULL }
};

static const bm_schema_t source_schema = { "TraceSource", bm_trace_source_fields };
static const bm_schema_t sync_schema = { "TraceSync", bm_trace_sync_fields };
static const bm_schema_t pass_schema = { "TracePass", bm_trace_pass_fields };
static const bm_schema_t status_schema = { "SyncStatus", status_fields };
static const bm_schema_t trigger_schema = { "SyncTrigger", trigger_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "q", BM_QUERY_TEXT, 0, 200, NULL, "Part of name or description." },
    { NULL }
};

static const bm_query_param_t pass_params[] = {
    { "after", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Passes before this one." },
    { "limit", BM_QUERY_INT, 1, BM_PAGE_LIMIT_MAX, NULL, "Most elements of the answer (default 100)." },
    { NULL }
};

/* --- sources */

/* Slashes at its end, and /api/public, which people paste with it, are ours to put behind it. */
static void trim_url(json_t *source, apr_pool_t *p)
{
    static const char ending[] = "/api/public";
    char *url = apr_pstrdup(p, json_string_value(json_object_get(source, "url")));
    size_t len = strlen(url), own = sizeof(ending) - 1;

    while (len > 0 && url[len - 1] == '/')
        len--;
    if (len > own && memcmp(url + len - own, ending, own) == 0)
        len -= own;
    while (len > 0 && url[len - 1] == '/')
        len--;
    url[len] = '\0';
    json_object_set_new(source, "url", json_string(url));
}

static int is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~' || *text == ':')
            return 0;
    return 1;
}

static const char *const of_servers[] = { "url", "public_key", "secret" };

static int is_said(const json_t *source, const char *name)
{
    return json_is_string(json_object_get(source, name));
}

/* One that is pushed has no server. */
static void check_pushed(bm_req_t *q, const json_t *source)
{
    size_t i;

    for (i = 0; i < sizeof(of_servers) / sizeof(of_servers[0]); i++)
        if (is_said(source, of_servers[i]))
            bm_err_violation(q->err, apr_pstrcat(q->p, "/", of_servers[i], NULL),
                             "Must be null: nothing is read for a source that is pushed.");
}

static void check_server(bm_req_t *q, json_t *source)
{
    const char *url, *secret = json_string_value(json_object_get(source, "secret"));
    size_t i;

    for (i = 0; i < sizeof(of_servers) / sizeof(of_servers[0]); i++)
        if (!is_said(source, of_servers[i]))
            bm_err_violation(q->err, apr_pstrcat(q->p, "/", of_servers[i], NULL), "Must be there: a server is to be read.");
    if (bm_err_is_set(q->err))
        return;
    trim_url(source, q->p);
    url = json_string_value(json_object_get(source, "url"));
    bm_provider_url_check(url, "/url", q->err, q->p);
    if (strpbrk(url, "?{") != NULL)
        bm_err_violation(q->err, "/url", "Must be an address without a query and without placeholders.");
    if (!is_printable(json_string_value(json_object_get(source, "public_key"))))
        bm_err_violation(q->err, "/public_key", "Must be printable ASCII without blanks and colons.");
    if (!bm_secret_is_name(secret))
        bm_err_violation(q->err, "/secret", "Must be the name of a secret: letters, digits, _ . and -, with a letter or _"
        " first.");
}

/* What a table cannot say. */
static apr_status_t check_source(bm_req_t *q, json_t *source)
{
    int has;
    apr_status_t rv = bm_project_settle(q, source);

    if (rv != APR_SUCCESS)
        return rv;
    if (strcmp(json_string_value(json_object_get(source, "kind")), "pushed") == 0)
        check_pushed(q, source);
    else
        check_server(q, source);
    bm_trace_bodies_check(json_object_get(source, "bodies"), q->err, q->p);
    bm_trace_words_check(json_object_get(source, "words"), q->err, q->p);
    if (bm_err_is_set(q->err))
        return APR_EINVAL;
    rv = bm_trace_source_store_has_name(&has, q->db, json_integer_value(json_object_get(source, "project_id")),
                                        json_string_value(json_object_get(source, "name")),
                                        json_integer_value(json_object_get(source, "id")), q->err, q->p);
    if (rv != APR_SUCCESS || !has)
        return rv;
    return bm_err_violation(q->err, "/name", "There is a source of this name already.");
}

static apr_status_t source_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    return bm_trace_source_store_list(prows, q->db, listing, q->err, q->p);
}

/* Who changed it is in the audit log. */
static apr_status_t source_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                               bm_err_t *err, apr_pool_t *p)
{
    (void)changed_by;
    return bm_trace_source_store_put(prows, db, id, body, err, p);
}

static const bm_resource_t sources = {
    .letter = "o",
    .path = "/trace-sources",
    .fields = bm_trace_source_fields,
    .first = BM_TRACE_SOURCE_FIRST,
    .check = check_source,
    .list = source_list,
    .get = bm_trace_source_store_get,
    .add = bm_trace_source_store_add,
    .put = source_put
};

static apr_status_t sources_list(bm_req_t *q)
{
    return bm_resource_list(q, &sources);
}

static apr_status_t sources_get(bm_req_t *q)
{
    return bm_resource_get(q, &sources);
}

static apr_status_t sources_create(bm_req_t *q)
{
    return bm_resource_create(q, &sources);
}

static apr_status_t sources_update(bm_req_t *q)
{
    return bm_resource_update(q, &sources);
}

static apr_status_t sources_delete(bm_req_t *q)
{
    apr_status_t rv = bm_resource_lock(q, &sources);

    if (rv == APR_SUCCESS)
        rv = bm_trace_source_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Trace source %" APR_INT64_T_FMT " was deleted, with all that it brought.", q->ids[0]);
    return rv;
}

/* --- sync */

static apr_status_t sync_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_trace_source_store_sync(&rows, q->db, q->ids[0], q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_api_reply_row(q, rows, 0, 0, bm_trace_sync_fields, NULL);
    return rv;
}

static apr_status_t sync_start(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_trace_source_store_wake(&rows, q->db, q->ids[0], q->err, q->p);

    return rv == APR_SUCCESS ? sync_get(q) : rv;
}

static apr_status_t passes_list(bm_req_t *q)
{
    bm_page_t page = { .limit = (int)bm_query_string_int(q->query, "limit", BM_PAGE_LIMIT) };
    bm_rows_t *rows;
    apr_status_t rv = bm_trace_source_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_trace_source_store_passes(&rows, q->db, q->ids[0], bm_query_string_int(q->query, "after", 0), page.limit + 1,
                                          q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_reply(q, &page, rows, 0, bm_trace_pass_fields, 0, 0);
    return rv;
}

/* --- all sources together, as clients of Cupid ask */

/* Columns of bm_trace_sync_fields. */
enum { STATUS = 2, PAUSED, MESSAGE, LAST, NEXT, STALE };

static int rank_of(const char *state)
{
    static const char *const states[] = { "idle", "running", "rate_limited", "error" };
    int i;

    for (i = 3; i > 0; i--)
        if (strcmp(states[i], state) == 0)
            return i;
    return 0;
}

/* Times as text of one form; anything is before NULL. */
static int is_before(const char *a, const char *b)
{
    return b == NULL || strcmp(a, b) < 0;
}

static apr_status_t status_get(bm_req_t *q)
{
    const char *last = NULL, *next = NULL, *message = NULL, *status = "idle";
    int i, n, never = 0, stale = 0;
    bm_rows_t *rows;
    apr_status_t rv = bm_trace_source_store_sync(&rows, q->db, 0, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    n = bm_rows_count(rows);
    for (i = 0; i < n; i++) {
        const char *state = bm_rows_text(rows, i, STATUS), *at = bm_rows_text(rows, i, LAST), *then = bm_rows_text(rows, i, NEXT);

        if (rank_of(state) > rank_of(status))
            status = state;
        if (message == NULL)
            message = bm_rows_text(rows, i, MESSAGE);
        never |= at == NULL;
        if (at != NULL && is_before(at, last))
            last = at;
        if (then != NULL && is_before(then, next))
            next = then;
        stale |= bm_rows_bool(rows, i, STALE) && !bm_rows_bool(rows, i, PAUSED);
    }
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "status");
    bm_jw_string(&q->w, status);
    bm_jw_key(&q->w, "last_sync_at");
    bm_row_json_time(&q->w, never ? NULL : last);
    bm_jw_key(&q->w, "next_sync_at");
    bm_row_json_time(&q->w, next);
    bm_jw_key(&q->w, "error_message");
    bm_jw_string(&q->w, message);
    bm_jw_key(&q->w, "is_stale");
    bm_jw_bool(&q->w, stale);
    bm_jw_key(&q->w, "sources");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_row_json_write(&q->w, rows, i, 0, bm_trace_sync_fields, 0);
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t trigger_post(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_trace_source_store_wake(&rows, q->db, 0, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "status");
    bm_jw_string(&q->w, "started");
    bm_jw_key(&q->w, "message");
    bm_jw_string(&q->w, bm_rows_count(rows) == 1 ? "One source is synced."
                                                 : apr_psprintf(q->p, "%d sources are synced.", bm_rows_count(rows)));
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_trace_sources_api_routes[] = {
    { "GET", "/trace-sources", BM_ROLE_VIEWER, sources_list, BM_ROUTE_LIST, 200, list_params, NULL, &source_schema,
      "listTraceSources", "traces", "Servers whose traces are mirrored, and what traces are sent to, by id." },
    { "POST", "/trace-sources", BM_ROLE_OPERATOR, sources_create, BM_ROUTE_TRANSACTION | BM_ROUTE_IDEMPOTENT, 201, NULL,
      &source_schema, &source_schema, "createTraceSource", "traces", "Mirror the traces of a Langfuse project, from now on and"
      " of the past, or make something that traces are sent to." },
    { "GET", "/trace-sources/{id}", BM_ROLE_VIEWER, sources_get, 0, 200, NULL, NULL, &source_schema, "getTraceSource", "traces",
      "One source." },
    { "PUT", "/trace-sources/{id}", BM_ROLE_OPERATOR, sources_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &source_schema, &source_schema, "putTraceSource", "traces",
      "Change a source; members that are not given stay as they are. Another url or key is read from the start." },
    { "PATCH", "/trace-sources/{id}", BM_ROLE_OPERATOR, sources_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL,
      &source_schema, &source_schema, "patchTraceSource", "traces",
      "Change a source; members that are not given stay as they are. Another url or key is read from the start." },
    { "DELETE", "/trace-sources/{id}", BM_ROLE_ADMIN, sources_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL,
      "deleteTraceSource", "traces", "Delete a source and everything that it brought." },
    { "GET", "/trace-sources/{id}/sync", BM_ROLE_VIEWER, sync_get, 0, 200, NULL, NULL, &sync_schema, "getTraceSync", "traces",
      "How far its sync is." },
    { "POST", "/trace-sources/{id}/sync", BM_ROLE_OPERATOR, sync_start, BM_ROUTE_TRANSACTION, 202, NULL, NULL, &sync_schema,
      "startTraceSync", "traces", "Read the newest now, also of one that is paused; one that the server tells to wait waits." },
    { "GET", "/trace-sources/{id}/passes", BM_ROLE_VIEWER, passes_list, BM_ROUTE_LIST, 200, pass_params, NULL, &pass_schema,
      "listTracePasses", "traces", "The history of its sync, newest first." },
    { "GET", "/sync/status", BM_ROLE_VIEWER, status_get, 0, 200, NULL, NULL, &status_schema, "getSyncStatus", "traces",
      "How far the sync of all sources is." },
    { "POST", "/sync/trigger", BM_ROLE_OPERATOR, trigger_post, BM_ROUTE_TRANSACTION | BM_ROUTE_MAY_BE_BARE, 200, NULL, NULL,
      &trigger_schema, "triggerSync", "traces", "Read the newest of all sources now." },
    { NULL }
};
