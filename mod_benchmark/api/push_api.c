/* SPDX-License-Identifier: Apache-2.0
 *
 * push_api.c: POST /otlp/v1/traces and POST /ingestion, which Langfuse's SDKs call by names of their own (/public/...): what they
 * send goes the way of what is mirrored (store/observation_store.c), into a source of the kind "pushed". A request is one
 * transaction: it is stored before it is answered, or not at all. */
#include "api/push_api.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "api/audit.h"
#include "api/problem.h"
#include "base/text.h"
#include "parse/basic_auth.h"
#include "parse/gunzip.h"
#include "store/project_store.h"
#include "store/push_store.h"
#include "sync/langfuse_page.h"
#include "sync/push_batch.h"
#include "sync/push_span.h"

#define PATIENCE apr_time_from_sec(2)            /* for a place */
#define PROTOBUF "application/x-protobuf"
#define SOURCE_HEADER "X-Trace-Source"
enum { AT_ONCE = 500, SOURCE_NAME_MAX = 100, REASON_MAX = 500 };

/* What a request did. */
typedef struct pushed_t {
    int received, changed, refused;
} pushed_t;

static const char *header_of(const bm_req_t *q, const char *name)
{
    return q->header != NULL ? q->header(q->request, name) : NULL;
}

static int is_protobuf(const bm_req_t *q)
{
    const char *type = header_of(q, "Content-Type");

    return type != NULL && strncasecmp(type, PROTOBUF, strlen(PROTOBUF)) == 0;
}

static apr_status_t too_large(bm_req_t *q, const char *what)
{
    return bm_err_set(q->err, APR_EINVAL, "body_too_large", "%s", what);
}

/* The body, unpacked; *ptext may be changed. */
static apr_status_t body_of(char **ptext, apr_size_t *plen, bm_req_t *q)
{
    const char *encoding = header_of(q, "Content-Encoding");
    bm_buffer_t *unpacked;
    apr_status_t rv;

    *ptext = (char *)(apr_uintptr_t)q->body_text;
    *plen = q->body_len;
    if (encoding == NULL || strcasecmp(encoding, "gzip") != 0)
        return APR_SUCCESS;
    unpacked = apr_pcalloc(q->p, sizeof(*unpacked));
    unpacked->limit = (apr_size_t)q->api->settings->max_body * BM_API_PUSH_BODIES;
    bm_buffer_adopt(unpacked, q->p);
    rv = bm_gunzip(unpacked, q->body_text, q->body_len);
    *ptext = unpacked->data;
    *plen = unpacked->len;
    if (APR_STATUS_IS_ENOSPC(rv))
        return too_large(q, apr_psprintf(q->p, "The body is larger than %" APR_SIZE_T_FMT " bytes when it is unpacked.",
                                         unpacked->limit));
    if (APR_STATUS_IS_ENOTIMPL(rv))
        return bm_err_set(q->err, APR_EINVAL, "unsupported_media_type", "This server was built without zlib: send it as it is.");
    return rv == APR_SUCCESS ? rv : bm_err_set(q->err, APR_EINVAL, "bad_request",
                                               "The body cannot be unpacked: it is cut, or no gzip.");
}

/* --- where to */

/* Of `source`, the header, or the public key that a client of Langfuse shows beside an API key of ours. NULL: not said. */
static const char *source_name(bm_req_t *q)
{
    const char *name = bm_query_string_text(q->query, "source"), *password;

    if (name == NULL)
        name = header_of(q, SOURCE_HEADER);
    if (name == NULL && bm_basic_auth_read(&name, &password, header_of(q, "Authorization"), q->p) == APR_SUCCESS
        && strncmp(password, BM_KEY_MARK, strlen(BM_KEY_MARK)) != 0)
        name = NULL;
    return name != NULL && name[0] != '\0' ? name : NULL;
}

static apr_status_t project_of(apr_int64_t *pproject_id, bm_req_t *q)
{
    const bm_projects_t *seen = &q->who.projects;
    bm_projects_t wanted = { .n = 1, .ids = { bm_query_string_int(q->query, "project_id", 0) } };
    apr_int64_t missing = 0;
    apr_status_t rv;

    *pproject_id = wanted.ids[0];
    if (wanted.ids[0] == 0) {
        *pproject_id = seen->all ? BM_PROJECT_DEFAULT : seen->ids[0];
        return seen->all || seen->n > 0 ? APR_SUCCESS
               : bm_err_set(q->err, APR_EACCES, "no_project", "You see no project into which it could be sent.");
    }
    rv = bm_project_store_missing(&missing, q->db, &wanted, q->err, q->p);
    return rv == APR_SUCCESS && missing != 0
           ? bm_err_violation(q->err, "?project_id", "There is no project %" APR_INT64_T_FMT ".", missing) : rv;
}

/* The source that was made by the way is noted as if somebody had made it. */
static apr_status_t note_made(bm_req_t *q, const bm_observation_place_t *place)
{
    apr_status_t rv;

    bm_api_set_location(q, "/trace-sources/%" APR_INT64_T_FMT, place->source_id);
    rv = bm_audit_done(q);
    apr_table_unset(q->headers, "Location");
    return rv;
}

static apr_status_t open_source(bm_observation_place_t *place, bm_req_t *q)
{
    const char *name = source_name(q);
    apr_int64_t project_id;
    int made = 0;
    apr_status_t rv = name != NULL && (strlen(name) > SOURCE_NAME_MAX || !bm_text_is_utf8(name, strlen(name)))
                      ? bm_err_set(q->err, APR_EINVAL, "bad_header", "The name of a source has at most %d bytes of UTF-8.",
                                   SOURCE_NAME_MAX)
                      : project_of(&project_id, q);

    if (rv == APR_SUCCESS)
        rv = bm_push_store_open(place, &made, q->db, project_id, name, q->who.user, q->err, q->p);
    return rv == APR_SUCCESS && made ? note_made(q, place) : rv;
}

typedef apr_status_t work_fn(bm_req_t *q, const bm_observation_place_t *place, pushed_t *pushed, void *baton);

static apr_status_t transact(bm_req_t *q, work_fn *work, pushed_t *pushed, void *baton)
{
    bm_observation_place_t place;
    apr_status_t rv = bm_api_connect(q);

    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = open_source(&place, q);
    if (rv == APR_SUCCESS)
        rv = work(q, &place, pushed, baton);
    if (rv == APR_SUCCESS)
        rv = bm_push_store_note(q->db, &place, pushed->received, pushed->changed, pushed->refused, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(q->db, q->err);
    if (rv != APR_SUCCESS)
        bm_db_rollback(q->db);
    return rv;
}

/* In one of so many places, so that whoever sends much leaves connections to the others: requests to one source wait for each
 * other in the store. */
static apr_status_t store(bm_req_t *q, work_fn *work, pushed_t *pushed, void *baton)
{
    apr_status_t rv;

    if (q->api->push_places != NULL && !bm_places_take(q->api->push_places, PATIENCE)) {
        q->err->retry_after_s = 2;
        return bm_err_set(q->err, APR_EAGAIN, "busy", "Too many traces are being stored; send them again.");
    }
    rv = transact(q, work, pushed, baton);
    if (q->api->push_places != NULL)
        bm_places_give(q->api->push_places);
    return rv;
}

/* --- what is stored */

typedef apr_status_t put_fn(bm_req_t *q, const bm_observation_place_t *place, const json_t *body, pushed_t *pushed,
                            apr_pool_t *p);

static apr_status_t put_observations(bm_req_t *q, const bm_observation_place_t *place, const json_t *body, pushed_t *pushed,
                                     apr_pool_t *p)
{
    bm_langfuse_page_t *page;
    int changed = 0;
    apr_status_t rv = bm_langfuse_page_observations(&page, body, NULL, q->err, p);

    if (rv == APR_SUCCESS)
        rv = bm_observation_store_put(&changed, q->db, place, page->observations, page->observation_count, q->err, p);
    if (rv == APR_SUCCESS)
        pushed->refused += page->refused;
    pushed->changed += changed;
    return rv;
}

static apr_status_t put_traces(bm_req_t *q, const bm_observation_place_t *place, const json_t *body, pushed_t *pushed,
                               apr_pool_t *p)
{
    const json_t *data = json_object_get(body, "data");
    const char **ids = apr_palloc(p, (json_array_size(data) + 1) * sizeof(*ids));
    apr_int64_t *times = apr_palloc(p, (json_array_size(data) + 1) * sizeof(*times));
    bm_langfuse_page_t *page;
    int changed = 0, i, n = (int)json_array_size(data);
    apr_status_t rv = bm_langfuse_page_traces(&page, body, NULL, q->err, p);

    for (i = 0; i < n; i++) {
        const json_t *trace = json_array_get(data, (size_t)i);
        apr_time_t at = 0;

        ids[i] = json_string_value(json_object_get(trace, "id"));
        (void)bm_timefmt_parse(&at, json_string_value(json_object_get(trace, "updatedAt")));
        times[i] = at;
    }
    if (rv == APR_SUCCESS)
        rv = bm_observation_store_put_traces(&changed, q->db, place, page->traces, page->trace_count, q->err, p);
    if (rv == APR_SUCCESS)
        rv = bm_push_store_told(q->db, place->source_id, ids, times, n, q->err, p);
    if (rv == APR_SUCCESS)
        pushed->refused += page->refused;
    pushed->changed += changed;
    return rv;
}

/* In pages, so that what is read of them is not all in memory at once. */
static apr_status_t put_pages(bm_req_t *q, const bm_observation_place_t *place, const json_t *data, put_fn *put, pushed_t *pushed)
{
    apr_status_t rv = APR_SUCCESS;
    size_t i, at = 0, n = json_array_size(data);
    apr_pool_t *p;

    apr_pool_create(&p, q->p);
    while (at < n && rv == APR_SUCCESS) {
        json_t *page = json_array(), *body = bm_json_adopt(json_object(), p);

        for (i = 0; i < AT_ONCE && at < n; i++, at++)
            json_array_append(page, json_array_get(data, at));
        json_object_set_new(body, "data", page);
        rv = put(q, place, body, pushed, p);
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    return rv;
}

/* --- OTLP */

static apr_status_t store_spans(bm_req_t *q, const bm_observation_place_t *place, pushed_t *pushed, void *baton)
{
    return put_pages(q, place, baton, put_observations, pushed);
}

static apr_status_t read_spans(bm_push_spans_t *spans, bm_req_t *q)
{
    apr_size_t len;
    char *text;
    apr_status_t rv = body_of(&text, &len, q);

    bm_push_spans_init(spans, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    if (!is_protobuf(q) && len == 0)
        return bm_err_set(q->err, APR_EINVAL, "malformed_json", "The request needs a JSON body.");
    rv = is_protobuf(q) ? bm_push_read_protobuf(spans, text, len, q->err, q->p)
                        : bm_push_read_json(spans, text, len, q->err, q->p);
    if (APR_STATUS_IS_ENOSPC(rv))
        return too_large(q, apr_psprintf(q->p, "The body has more in it than is taken at once: at most %d spans.",
                                         BM_PUSH_SPANS_MAX));
    if (APR_STATUS_IS_ENOTIMPL(rv))
        return bm_err_set(q->err, APR_EINVAL, "unsupported_media_type", "This server was built without protobuf: send JSON.");
    return rv;
}

static void answer_in_json(bm_req_t *q, int rejected, const char *why)
{
    bm_jw_begin_object(&q->w);
    if (rejected > 0) {
        bm_jw_key(&q->w, "partialSuccess");
        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "rejectedSpans");
        bm_jw_string(&q->w, apr_itoa(q->p, rejected));       /* an int64, as protobuf has it in JSON */
        bm_jw_key(&q->w, "errorMessage");
        bm_jw_string(&q->w, why);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_object(&q->w);
}

static apr_status_t otlp_post(bm_req_t *q)
{
    bm_push_spans_t spans;
    pushed_t pushed = { 0 };
    const char *why;
    apr_status_t rv = read_spans(&spans, q);

    pushed.received = spans.received - spans.rejected;
    pushed.refused = spans.rejected;
    if (rv == APR_SUCCESS)
        rv = store(q, store_spans, &pushed, spans.data);
    if (rv != APR_SUCCESS)
        return rv;
    why = spans.why != NULL ? bm_text_clean_utf8(spans.why, strlen(spans.why), REASON_MAX, q->p) : NULL;
    if (!is_protobuf(q)) {
        answer_in_json(q, pushed.refused, why != NULL ? why : "");
        return APR_SUCCESS;
    }
    q->content_type = PROTOBUF;
    return bm_push_write_protobuf(&q->out, pushed.refused, why);
}

/* Codes of gRPC, which a Status has. */
static int grpc_code(int status)
{
    static const struct {
        int status, code;
    } codes[] = { { 400, 3 }, { 401, 16 }, { 403, 7 }, { 404, 5 }, { 409, 9 }, { 413, 8 }, { 415, 3 }, { 422, 3 }, { 429, 8 },
                  { 500, 13 }, { 503, 14 } };
    size_t i;

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].status == status)
            return codes[i].code;
    return 2;
}

/* The code of our own, for programs. */
static void write_reason(bm_jw_t *w, const char *reason)
{
    bm_jw_key(w, "details");
    bm_jw_begin_array(w);
    bm_jw_begin_object(w);
    bm_jw_key(w, "@type");
    bm_jw_string(w, "type.googleapis.com/google.rpc.ErrorInfo");
    bm_jw_key(w, "reason");
    bm_jw_string(w, reason);
    bm_jw_key(w, "domain");
    bm_jw_string(w, "mod_benchmark");
    bm_jw_end_object(w);
    bm_jw_end_array(w);
}

/* What went wrong as a google.rpc.Status, in the form of the request, as OTLP has it. */
static void otlp_failed(bm_req_t *q)
{
    const char *message = q->status != 500 && q->err->detail != NULL ? q->err->detail : bm_problem_title(q->status);
    int code = grpc_code(q->status);

    if (q->status != 500 && q->err->violations->nelts > 0) {
        const bm_violation_t *first = &APR_ARRAY_IDX(q->err->violations, 0, bm_violation_t);

        message = apr_pstrcat(q->p, first->pointer, ": ", first->detail, NULL);
    }
    message = bm_text_clean_utf8(message, strlen(message), REASON_MAX, q->p);
    bm_buffer_clear(&q->out);
    q->content_type = PROTOBUF;
    if (is_protobuf(q) && bm_push_write_status(&q->out, code, message) == APR_SUCCESS)
        return;
    q->content_type = "application/json";
    bm_jw_init(&q->w, &q->out);
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "code");
    bm_jw_int(&q->w, code);
    bm_jw_key(&q->w, "message");
    bm_jw_string(&q->w, message);
    if (q->err->code != NULL && q->status != 500)
        write_reason(&q->w, q->err->code);
    bm_jw_end_object(&q->w);
}

/* --- Langfuse's batches */

/* A document of the store without what it does not say. */
static bm_push_stored_t *stored_of(const bm_rows_t *rows, int row, apr_pool_t *p)
{
    bm_push_stored_t *stored = apr_pcalloc(p, sizeof(*stored));
    char *text = apr_pstrdup(p, bm_rows_text(rows, row, 1));
    const char *member;
    json_t *value;
    void *next;

    stored->at = bm_rows_time(rows, row, 2);
    if (bm_json_parse_foreign(&stored->document, text, strlen(text), NULL, p) != APR_SUCCESS)
        return NULL;
    json_object_foreach_safe(stored->document, next, member, value)
        if (json_is_null(value))
            json_object_del(stored->document, member);
    return stored;
}

static apr_status_t merge_kind(bm_req_t *q, const bm_observation_place_t *place, const bm_push_batch_t *batch, int traces,
                               pushed_t *pushed)
{
    apr_hash_t *stored = apr_hash_make(q->p);
    bm_rows_t *rows;
    int i, n;
    const char **ids = bm_push_batch_keys(&n, batch, traces, q->p);
    apr_status_t rv = n > 0 ? bm_push_store_documents(&rows, q->db, place->source_id, traces, ids, n, q->err, q->p) : APR_SUCCESS;

    if (rv != APR_SUCCESS || n == 0)
        return rv;
    for (i = 0; i < bm_rows_count(rows); i++)
        apr_hash_set(stored, bm_rows_text(rows, i, 0), APR_HASH_KEY_STRING, stored_of(rows, i, q->p));
    return put_pages(q, place, bm_push_batch_merge(batch, traces, stored, q->p), traces ? put_traces : put_observations, pushed);
}

static apr_status_t store_batch(bm_req_t *q, const bm_observation_place_t *place, pushed_t *pushed, void *baton)
{
    apr_status_t rv = merge_kind(q, place, baton, 0, pushed);

    return rv == APR_SUCCESS ? merge_kind(q, place, baton, 1, pushed) : rv;
}

static void answer_batch(bm_req_t *q, const bm_push_batch_t *batch, const char *list, int wrong)
{
    int i;

    bm_jw_key(&q->w, list);
    bm_jw_begin_array(&q->w);
    for (i = 0; i < batch->n; i++) {
        const bm_push_event_t *e = &batch->events[i];

        if ((e->message != NULL) != wrong)
            continue;
        bm_jw_begin_object(&q->w);
        bm_jw_key(&q->w, "id");
        bm_jw_string(&q->w, e->id);
        bm_jw_key(&q->w, "status");
        bm_jw_int(&q->w, e->status);
        if (wrong) {
            bm_jw_key(&q->w, "message");
            bm_jw_string(&q->w, "Invalid request data");
            bm_jw_key(&q->w, "error");
            bm_jw_string(&q->w, e->message);
        }
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
}

static apr_status_t ingestion_post(bm_req_t *q)
{
    bm_push_batch_t *batch;
    pushed_t pushed = { 0 };
    json_t *body;
    apr_size_t len;
    char *text;
    int i;
    apr_status_t rv = body_of(&text, &len, q);

    if (rv == APR_SUCCESS && len == 0)
        return bm_err_set(q->err, APR_EINVAL, "malformed_json", "The request needs a JSON body.");
    if (rv == APR_SUCCESS && bm_push_is_too_much(text, len))
        rv = APR_ENOSPC;
    else if (rv == APR_SUCCESS)
        rv = bm_json_parse_foreign(&body, text, len, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_push_batch_read(&batch, body, q->err, q->p);
    if (APR_STATUS_IS_ENOSPC(rv))
        return too_large(q, apr_psprintf(q->p, "The body has more in it than is taken at once: at most %d events.",
                                         BM_PUSH_EVENTS_MAX));
    if (rv != APR_SUCCESS)
        return rv;
    for (i = 0; i < batch->n; i++) {
        pushed.received += batch->events[i].key != NULL;
        pushed.refused += batch->events[i].message != NULL;
    }
    rv = store(q, store_batch, &pushed, batch);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    answer_batch(q, batch, "successes", 0);
    answer_batch(q, batch, "errors", 1);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- routes */

static const bm_field_t otlp_fields[] = {
    { "resourceSpans", BM_TYPE_ARRAY, 0, .doc = "As opentelemetry-proto has it: resource, scopeSpans with scope and spans." },
    { NULL }
};
static const bm_field_t partial_fields[] = {
    { "rejectedSpans", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "How many spans could not be stored: a number as text." },
    { "errorMessage", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Why, of the first of them." },
    { NULL }
};
static const bm_field_t otlp_answer_fields[] = {
    { "partialSuccess", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT, .members = partial_fields,
      .doc = "Absent: all spans were stored." },
    { NULL }
};
static const bm_field_t event_fields[] = {
    { "id", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 255, .doc = "Of the event: one that comes again changes nothing." },
    { "type", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100, .doc = "trace-create, span-create, span-update, generation-create ..." },
    { "timestamp", BM_TYPE_TIME, BM_FIELD_REQUIRED, 
      .doc = "When it happened: of two that contradict each other the later counts." },
    { "body", BM_TYPE_OBJECT, BM_FIELD_REQUIRED, .doc = "What it says of the trace or observation `id`." },
    { NULL }
};
static const bm_field_t batch_fields[] = {
    { "batch", BM_TYPE_ARRAY, BM_FIELD_REQUIRED, .members = event_fields, .doc = "Events." },
    { "metadata", BM_TYPE_ANY, BM_FIELD_NULLABLE, .doc = "What an SDK says of itself; not kept." },
    { NULL }
};
static const bm_field_t success_fields[] = {
    { "id", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Event." },
    { "status", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "201." },
    { NULL }
};
static const bm_field_t error_fields[] = {
    { "id", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Event; unknown, if it has no id." },
    { "status", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "400." },
    { "message", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What Langfuse says of it." },
    { "error", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What is wrong with it." },
    { NULL }
};
static const bm_field_t batch_answer_fields[] = {
    { "successes", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = success_fields, .doc = "Events that count." },
    { "errors", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = error_fields, .doc = "Events that do not." },
    { NULL }
};

static const bm_schema_t otlp_schema = { "OtlpTraces", otlp_fields };
static const bm_schema_t otlp_answer_schema = { "OtlpAnswer", otlp_answer_fields };
static const bm_schema_t batch_schema = { "IngestionBatch", batch_fields };
static const bm_schema_t batch_answer_schema = { "IngestionAnswer", batch_answer_fields };

static const bm_query_param_t push_params[] = {
    { "source", BM_QUERY_TEXT, 1, SOURCE_NAME_MAX, NULL,
      "Name of a source of the kind pushed; also as header X-Trace-Source, or as public key (default: pushed, which is made)." },
    { "project_id", BM_QUERY_INT, 1, 9007199254740991, NULL, "Its project (default: your first)." },
    { NULL }
};

#define HOW (BM_ROUTE_TOGETHER | BM_ROUTE_PUSH | BM_ROUTE_NO_AUDIT)

const bm_route_t bm_push_api_routes[] = {
    { "POST", "/otlp/v1/traces", BM_ROLE_OPERATOR, otlp_post, HOW | BM_ROUTE_PROTOBUF, 200, push_params, &otlp_schema,
      &otlp_answer_schema, "pushTraces", "traces", "Send spans by OTLP, in JSON or protobuf, also compressed with gzip.",
      .failed = otlp_failed },
    { "POST", "/public/otel/v1/traces", BM_ROLE_OPERATOR, otlp_post, HOW | BM_ROUTE_PROTOBUF, 200, push_params, &otlp_schema,
      &otlp_answer_schema, "pushTracesAsLangfuse", "traces", "The same by the name that it has in Langfuse.",
      .failed = otlp_failed },
    { "POST", "/ingestion", BM_ROLE_OPERATOR, ingestion_post, HOW, 207, push_params, &batch_schema, &batch_answer_schema,
      "pushBatch", "traces", "Send events as Langfuse's older SDKs do." },
    { "POST", "/public/ingestion", BM_ROLE_OPERATOR, ingestion_post, HOW, 207, push_params, &batch_schema, &batch_answer_schema,
      "pushBatchAsLangfuse", "traces", "The same by the name that it has in Langfuse." },
    { NULL }
};
