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
    entry->denied = 1;
    entry->status = status;
    rv = bm_audit_store_add(q->db, entry, q->err, q->p);
    q->noted = rv == APR_SUCCESS;
    return rv;
}

void bm_audit_denied(bm_db_source_t *source, const bm_principal_t *who, const char *address, const char *action,
                     const char *object, int status, const char *request_id, apr_pool_t *p)
{
    bm_audit_entry_t entry = {
        .actor = who->user, .role = bm_role_name(who->role), .address = address, .action = action,
        .object = bm_text_clean_utf8(object, strlen(object), OBJECT_MAX, p), .denied = 1, .status = status,
        .request_id = request_id
    };
    bm_err_t *err = bm_err_make(p);
    bm_db_t *db;
    apr_status_t rv = source->open(&db, source, err, p);

    add_members(&entry, NULL, p);
    if (rv == APR_SUCCESS) {
        rv = bm_audit_store_add(db, &entry, err, p);
        source->close(db, source);
    }
    if (rv != APR_SUCCESS)
        tell_log(&entry);
}
