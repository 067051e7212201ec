/* SPDX-License-Identifier: Apache-2.0 */
#include "api/audit.h"

#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/text.h"

enum { MEMBERS_MAX = 50, OBJECT_MAX = 300, NAME_MAX_BYTES = 200 };

int bm_audit_is_noted(const bm_route_t *route)
{
    return strcmp(route->method, "GET") != 0 && !(route->flags & BM_ROUTE_NO_AUDIT);
}

/* Names alone: what stands in them may be secret. */
static void add_members(bm_audit_entry_t *entry, const json_t *body, apr_pool_t *p)
{
    const char **names = apr_pcalloc(p, MEMBERS_MAX * sizeof(*names)), *key;
    json_t *value;

    json_object_foreach((json_t *)(apr_uintptr_t)body, key, value) {
        (void)value;
        if (entry->member_count < MEMBERS_MAX)
            names[entry->member_count++] = bm_text_clean_utf8(key, strlen(key), NAME_MAX_BYTES, p);
    }
    entry->members = names;
}

/* Where something new is, else what was asked for. */
static const char *object_of(const bm_req_t *q)
{
    const char *location = apr_table_get(q->headers, "Location");
    size_t len = strlen(q->prefix);

    return location != NULL && strncmp(location, q->prefix, len) == 0 ? location + len : q->path;
}

/* "/automations/7/uses" -> "automations" */
static const char *first_word(const char *path, apr_pool_t *p)
{
    return path[0] == '/' ? apr_pstrmemdup(p, path + 1, strcspn(path + 1, "/")) : NULL;
}

void bm_audit_object(const char **pkind, apr_int64_t *pid, const bm_req_t *q)
{
    const char *object = object_of(q), *number;
    const json_t *scenario = json_object_get(q->body, "scenario_id");

    *pkind = NULL;
    *pid = 0;
    if (object != q->path && (number = strchr(object + 1, '/')) != NULL) {
        *pkind = first_word(object, q->p);
        *pid = apr_atoi64(number + 1);
    }
    else if (strstr(q->route->path, "{id}") != NULL) {
        *pkind = first_word(q->path, q->p);
        *pid = q->ids[0];
    }
    else if (json_is_integer(scenario)) {        /* runs of it that have no address together */
        *pkind = "scenarios";
        *pid = json_integer_value(scenario);
    }
}

apr_status_t bm_audit_before_delete(bm_req_t *q)
{
    const char *kind;
    apr_int64_t id, project_id;
    apr_status_t rv;

    bm_audit_object(&kind, &id, q);
    rv = bm_audit_store_project_of(&project_id, q->db, kind, id, q->err, q->p);
    q->deleted_from = (bm_projects_t){ .n = project_id != 0, .ids = { project_id } };
    return rv;
}

static void tell_log(const bm_audit_entry_t *entry)
{
    bm_log(BM_LOG_ERR, 0, BMLOG(0421) "request %s is missing in the audit log: %s %s of %s, by %s", entry->request_id,
           entry->action, entry->denied ? "denied" : "done", entry->object, entry->actor ? entry->actor : "nobody who is known");
}

bm_audit_entry_t *bm_audit_entry_of(bm_req_t *q)
{
    bm_audit_entry_t *entry = apr_pcalloc(q->p, sizeof(*entry));

    entry->actor = q->who.user;
    entry->role = bm_role_name(q->who.role);
    entry->address = q->client;
    entry->action = apr_pstrcat(q->p, q->route->method, " ", q->route->path, NULL);
    entry->object = object_of(q);
    entry->status = q->status;
    entry->request_id = q->request_id;
    entry->projects = q->deleted_from.n > 0 ? &q->deleted_from : &q->who.projects;
    bm_audit_object(&entry->kind, &entry->id, q);
    add_members(entry, q->body, q->p);
    return entry;
}

apr_status_t bm_audit_done(bm_req_t *q)
{
    apr_status_t rv;

    if (q->noted)
        return APR_SUCCESS;
    rv = bm_audit_store_add(q->db, bm_audit_entry_of(q), q->err, q->p);
    q->noted = rv == APR_SUCCESS;
    return rv;
}

void bm_audit_done_behind(bm_req_t *q)
{
    const bm_audit_entry_t *entry = bm_audit_entry_of(q);
    bm_db_source_t *source = q->api->source;
    bm_err_t *err = bm_err_make(q->p);
    bm_db_t *db;
    apr_status_t rv;

    if (q->noted)
        return;
    rv = source->open(&db, source, err, q->p);
    if (rv == APR_SUCCESS) {
        rv = bm_audit_store_add(db, entry, err, q->p);
        source->close(db, source);
    }
    if (rv != APR_SUCCESS)
        tell_log(entry);
}

apr_status_t bm_audit_refused(bm_req_t *q, const char *actor, const char *object, int status)
{
    bm_audit_entry_t *entry = bm_audit_entry_of(q);
    apr_status_t rv;

    entry->actor = actor;
    entry->object = object;
    entry->kind = NULL;
    entry->projects = NULL;              /* those of actor are not known here */
    entry->denied = 1;
    entry->status = status;
    rv = bm_audit_store_add(q->db, entry, q->err, q->p);
    q->noted = rv == APR_SUCCESS;
    return rv;
}

/* One that is not there is no attempt, nor one of his own that lacks a part. What is another's belongs to its own project's log,
 * and is not told to whoever asked for it. */
static apr_status_t find_foreign(bm_projects_t *projects, bm_db_t *db, const bm_audit_denial_t *denial, bm_err_t *err,
                                 apr_pool_t *p)
{
    apr_int64_t project_id;
    apr_status_t rv = bm_audit_store_project_of(&project_id, db, denial->kind, denial->id, err, p);

    *projects = (bm_projects_t){ .n = project_id != 0 && !bm_projects_has(denial->projects, project_id), .ids = { project_id } };
    return rv;
}

void bm_audit_denied(bm_db_source_t *source, const bm_audit_denial_t *denial, apr_pool_t *p)
{
    bm_audit_entry_t entry = {
        .actor = denial->actor, .role = bm_role_name(denial->role), .address = denial->address, .action = denial->action,
        .object = bm_text_clean_utf8(denial->object, strlen(denial->object), OBJECT_MAX, p), .denied = 1,
        .status = denial->status, .request_id = denial->request_id, .projects = denial->projects
    };
    bm_err_t *err = bm_err_make(p);
    bm_projects_t foreign = { .n = 1 };
    bm_db_t *db;
    apr_status_t rv = source->open(&db, source, err, p);

    add_members(&entry, NULL, p);
    if (rv == APR_SUCCESS) {
        if (denial->kind != NULL) {
            rv = find_foreign(&foreign, db, denial, err, p);
            entry.projects = &foreign;
        }
        if (rv == APR_SUCCESS && foreign.n > 0)
            rv = bm_audit_store_add(db, &entry, err, p);
        source->close(db, source);
    }
    if (rv != APR_SUCCESS)
        tell_log(&entry);
}
