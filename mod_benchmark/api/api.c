/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include <stdarg.h>
#include <string.h>
#include <apr_atomic.h>
#include <apr_strings.h>
#include "api/audit.h"
#include "api/etag.h"
#include "api/idempotency.h"
#include "api/kpi_query.h"
#include "api/problem.h"
#include "base/log.h"
#include "db/migrate.h"
#include "parse/etag_list.h"
#include "store/row_json.h"

/* How long a look at the schema's version holds, and how often the log hears that it is the wrong one. */
enum { SCHEMA_SEEN_S = 5, SCHEMA_TELL_S = 60 };

static const bm_query_param_t no_params[] = { { NULL } };

bm_req_t *bm_api_request_make(bm_api_t *api, apr_pool_t *p)
{
    bm_req_t *q = apr_pcalloc(p, sizeof(*q));

    q->p = p;
    q->api = api;
    q->err = bm_err_make(p);
    q->headers = apr_table_make(p, 8);
    q->content_type = "application/json";
    q->now = apr_time_now();
    bm_buffer_adopt(&q->out, p);
    bm_jw_init(&q->w, &q->out);
    return q;
}

/* --- the database */

/* Once a minute and child: requests keep coming, but the cause is one. While this httpd is about to migrate it is no error. */
static void tell_log(bm_req_t *q, bm_migrate_state_e state, int version, apr_uint32_t now)
{
    int migrating = state != BM_MIGRATE_NEWER && q->api->settings->migrate && q->api->settings->engine;
    apr_uint32_t told = apr_atomic_read32(&q->api->schema_told);

    if (now - told < SCHEMA_TELL_S || apr_atomic_cas32(&q->api->schema_told, now, told) != told)
        return;
    bm_log(migrating ? BM_LOG_INFO : BM_LOG_ERR, 0, BMLOG(0100) "the database schema \"%s\" has version %d, this module needs %d "
           "(BenchmarkMigrate On, or sql/migrate.sh)", q->api->settings->schema, version, BM_SCHEMA_VERSION);
}

static apr_status_t check_schema(bm_db_t *db, bm_req_t *q)
{
    apr_uint32_t now = (apr_uint32_t)apr_time_sec(q->now), seen = apr_atomic_read32(&q->api->schema_seen);
    bm_migrate_state_e state;
    int version;
    apr_status_t rv;

    if (now - seen <= SCHEMA_SEEN_S)
        return APR_SUCCESS;
    rv = bm_migrate_check(&state, &version, db, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    if (state == BM_MIGRATE_OK) {
        apr_atomic_set32(&q->api->schema_seen, now);
        return APR_SUCCESS;
    }
    q->err->retry_after_s = 10;
    tell_log(q, state, version, now);
    return bm_err_set(q->err, APR_EAGAIN,
                      state == BM_MIGRATE_NEWER   ? "schema_newer"
                      : state == BM_MIGRATE_OLDER ? "schema_older"
                                                  : "schema_missing",
                      "The database schema has version %d, this server needs %d.", version, BM_SCHEMA_VERSION);
}

/* A usable connection becomes q's. */
static apr_status_t take_over(bm_db_t **pdb, bm_req_t *q, apr_status_t rv)
{
    if (rv == APR_SUCCESS) {
        bm_db_tag(*pdb, apr_pstrcat(q->p, "request ", q->request_id, NULL));
        rv = check_schema(*pdb, q);
        if (rv == APR_SUCCESS && bm_db_hold(*pdb, bm_projects_text(&q->who.projects, q->p)) != APR_SUCCESS)
            rv = bm_err_set(q->err, APR_EGENERAL, NULL, "the connection cannot be held to projects");
    }
    if (rv != APR_SUCCESS) {
        q->api->source->close(*pdb, q->api->source);
        *pdb = NULL;
    }
    return rv;
}

apr_status_t bm_api_open(bm_db_t **pdb, bm_req_t *q)
{
    return take_over(pdb, q, q->api->source->open(pdb, q->api->source, q->err, q->p));
}

apr_status_t bm_api_hold_to(bm_req_t *q, apr_int64_t project_id)
{
    if (!bm_projects_has(&q->who.projects, project_id))
        return APR_NOTFOUND;
    q->who.projects = (bm_projects_t){ .n = 1, .ids = { project_id } };
    return q->db != NULL ? bm_db_hold(q->db, bm_projects_text(&q->who.projects, q->p)) : APR_SUCCESS;
}

apr_status_t bm_api_connect(bm_req_t *q)
{
    return q->db != NULL ? APR_SUCCESS : bm_api_open(&q->db, q);
}

apr_status_t bm_api_inherit(bm_db_t **pdb, bm_req_t *q)
{
    return take_over(pdb, q, bm_db_check(*pdb, q->err));
}

apr_status_t bm_api_commit(bm_req_t *q)
{
    apr_status_t rv = bm_audit_done(q);

    return rv == APR_SUCCESS ? bm_db_commit(q->db, q->err) : rv;
}

/* --- a call */

static apr_status_t read_query(bm_req_t *q)
{
    apr_status_t rv = bm_query_string_parse(&q->query, q->query_text, q->route->query ? q->route->query : no_params, 0, q->now,
                                            q->err, q->p);
    apr_status_t read_rv = q->route->read_query != NULL ? q->route->read_query(q) : APR_SUCCESS;

    return rv != APR_SUCCESS ? rv : read_rv;
}

static apr_status_t read_body(bm_req_t *q)
{
    json_t *body;
    apr_status_t rv;

    if (q->route->body == NULL || (q->route->flags & BM_ROUTE_PUSH))
        return APR_SUCCESS;
    if (q->body_len == 0 && (q->route->flags & BM_ROUTE_MAY_BE_BARE)) {
        q->body = bm_json_adopt(json_object(), q->p);
        return APR_SUCCESS;
    }
    if (q->body_len == 0)
        return bm_err_set(q->err, APR_EINVAL, "malformed_json", "The request needs a JSON body.");
    rv = bm_json_parse(&body, q->body_text, q->body_len, q->err, q->p);
    if (rv != APR_SUCCESS && (q->route->flags & BM_ROUTE_SECRET))
        return bm_err_set(q->err, APR_EINVAL, "malformed_json", "The body is not valid JSON.");     /* no more: it is secret */
    if (rv != APR_SUCCESS)
        return rv;
    q->body = body;
    if (!json_is_object(body))
        return bm_err_violation(q->err, "", "Must be an object.");
    if (q->route->flags & (BM_ROUTE_UPDATE | BM_ROUTE_OWN_CHECK))
        return APR_SUCCESS;
    return bm_field_check(body, q->route->body->fields, BM_FIELD_CREATE, NULL, "", q->err, q->p);
}

static int is_keyed(const bm_req_t *q)
{
    return (q->route->flags & BM_ROUTE_IDEMPOTENT) && q->idempotency_key != NULL;
}

/* Whether the handler itself knows when it needs a connection. */
static int begins_without(const bm_req_t *q)
{
    return (q->route->flags & BM_ROUTE_NO_DATABASE) || ((q->route->flags & BM_ROUTE_TOGETHER) && !is_keyed(q));
}

/* The handler within what its route asks for. A change and its entry in the audit log are one transaction. */
static apr_status_t call_handler(bm_req_t *q)
{
    int keyed = is_keyed(q), replayed = 0, noted = bm_audit_is_noted(q->route);
    apr_status_t rv = APR_SUCCESS;

    if (q->db == NULL || (!keyed && !noted && !(q->route->flags & BM_ROUTE_TRANSACTION))) {
        rv = q->route->handler(q);
        if (rv == APR_SUCCESS && noted)
            bm_audit_done_behind(q);
        return rv;
    }
    rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS && keyed)
        rv = bm_idempotency_begin(&replayed, q);
    if (rv == APR_SUCCESS && noted && strcmp(q->route->method, "DELETE") == 0)
        rv = bm_audit_before_delete(q);
    if (rv == APR_SUCCESS && !replayed)
        rv = q->route->handler(q);
    if (rv == APR_SUCCESS && noted && !replayed)
        rv = bm_audit_done(q);
    if (rv == APR_SUCCESS && keyed && !replayed)
        rv = bm_idempotency_end(q);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(q->db, q->err);
    if (rv != APR_SUCCESS)
        bm_db_rollback(q->db);
    return rv;
}

static apr_status_t run(bm_req_t *q)
{
    apr_status_t rv = read_query(q), body_rv = read_body(q);      /* both, so that one answer names everything */

    if (body_rv != APR_SUCCESS)
        rv = body_rv;
    if (rv != APR_SUCCESS)
        return rv;
    if (q->route->flags & BM_ROUTE_KPI)
        rv = bm_kpi_query_open(q);
    else if (!begins_without(q))
        rv = bm_api_open(&q->db, q);
    if (rv != APR_SUCCESS)
        return rv;
    rv = call_handler(q);
    if (q->route->flags & BM_ROUTE_KPI)
        bm_kpi_query_close(q);
    else
        q->api->source->close(q->db, q->api->source);
    q->db = NULL;
    if (q->access_changed)
        bm_authenticator_changed(q->api->auth);
    return rv;
}

/* Tag, and 304 where the client has it already. */
static void finish_get(bm_req_t *q)
{
    bm_etag_list_t *list;

    if (q->status != 200 || q->more != NULL || q->live != NULL)
        return;
    if (q->etag == NULL)
        q->etag = bm_etag_of_bytes(q->out.data, q->out.len, q->p);
    if (q->if_none_match != NULL && bm_etag_list_parse(&list, q->if_none_match, q->p) == APR_SUCCESS
        && bm_etag_list_has(list, q->etag, 0)) {
        q->status = 304;
        bm_buffer_clear(&q->out);
    }
}

/* As far as it can be reached: the bytes that were read, and the strings that were made of them. */
static void wipe_body(bm_req_t *q)
{
    const char *key;
    json_t *value;

    if (q->body_text != NULL)
        explicit_bzero((char *)(apr_uintptr_t)q->body_text, q->body_len);
    json_object_foreach((json_t *)(apr_uintptr_t)q->body, key, value) {
        (void)key;
        if (json_is_string(value))
            explicit_bzero((char *)(apr_uintptr_t)json_string_value(value), json_string_length(value));
    }
}

void bm_api_call(bm_req_t *q)
{
    apr_status_t rv;

    q->status = q->route->status;
    rv = run(q);
    if (q->route->flags & BM_ROUTE_SECRET)
        wipe_body(q);
    if (rv == APR_SUCCESS && q->w.rv != APR_SUCCESS)
        rv = bm_err_set(q->err, APR_EGENERAL, NULL, "The answer does not fit in memory.");
    if (rv != APR_SUCCESS) {
        bm_api_fail(q, rv);
        return;
    }
    if (strcmp(q->route->method, "GET") == 0)
        finish_get(q);
    if ((q->route->flags & BM_ROUTE_WAKES) && q->api->poke != NULL)
        q->api->poke();
}

void bm_api_resume(bm_req_t *q, int last)
{
    apr_status_t rv = q->then(q, last);

    if (rv == APR_SUCCESS && q->w.rv != APR_SUCCESS)
        rv = bm_err_set(q->err, APR_EGENERAL, NULL, "The answer does not fit in memory.");
    if (rv != APR_SUCCESS)
        bm_api_fail(q, rv);
}

void bm_api_fail(bm_req_t *q, apr_status_t rv)
{
    int seconds;

    q->status = bm_problem_status(rv, q->err);
    seconds = bm_problem_retry_after(q->status, q->err);
    if (q->status == 500)
        bm_log(BM_LOG_ERR, rv, BMLOG(0101) "request %s: %s", q->request_id,
               q->err->detail ? q->err->detail : "no reason was given");
    apr_table_clear(q->headers);
    if (seconds > 0)
        apr_table_setn(q->headers, "Retry-After", apr_itoa(q->p, seconds));
    q->etag = NULL;
    q->more = NULL;
    q->live = NULL;
    q->content_type = BM_PROBLEM_TYPE;
    bm_buffer_clear(&q->out);
    bm_problem_write(&q->out, q->status, q->err, NULL, q->request_id);
    if (q->route != NULL && q->route->failed != NULL)
        q->route->failed(q);
}

/* --- replies */

void bm_api_reply_row(bm_req_t *q, const bm_rows_t *rows, int row, int first, const bm_field_t *fields, const char *etag)
{
    bm_row_json_write(&q->w, rows, row, first, fields, 0);
    q->etag = etag;
}

void bm_api_reply_message(bm_req_t *q, const char *fmt, ...)
{
    va_list args;

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "message");
    va_start(args, fmt);
    bm_jw_string(&q->w, apr_pvsprintf(q->p, fmt, args));
    va_end(args);
    bm_jw_end_object(&q->w);
}

void bm_api_set_location(bm_req_t *q, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    apr_table_setn(q->headers, "Location", apr_pstrcat(q->p, q->prefix, apr_pvsprintf(q->p, fmt, args), NULL));
    va_end(args);
}

apr_status_t bm_api_check_match(bm_req_t *q, const char *etag)
{
    return bm_api_check_match_begin(q, etag, NULL);
}

apr_status_t bm_api_check_match_begin(bm_req_t *q, const char *etag, const char *begin)
{
    bm_etag_list_t *list;

    if (q->if_match == NULL)
        return APR_SUCCESS;
    if (bm_etag_list_parse(&list, q->if_match, q->p) != APR_SUCCESS)
        return bm_err_set(q->err, APR_EINVAL, "bad_header", "If-Match must be a list of entity tags in quotes.");
    if (begin != NULL ? bm_etag_list_begins(list, begin) : bm_etag_list_has(list, etag, 1))
        return APR_SUCCESS;
    return bm_err_set(q->err, APR_EINVAL, "precondition_failed", "It was changed meanwhile: its entity tag is %s now.", etag);
}
