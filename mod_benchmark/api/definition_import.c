/* SPDX-License-Identifier: Apache-2.0 */
#include "api/definition_import.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "parse/json_pointer.h"
#include "parse/json_same.h"

#define DIFF_DEPTH 6
#define DIFF_MEMBERS_MAX 100             /* of one object */

/** One kind of the document. */
typedef struct kind_t {
    const bm_definition_kind_t *kind;
    bm_req_t *q;
    json_t *definitions;             /* array */
    apr_hash_t *stored;              /* name -> array of ids */
    apr_hash_t *seen;                /* key -> pointer of the definition that has it */
    bm_definition_count_t *count;
    json_t *changes;
} kind_t;

/* --- names */

/* Ids of objects of that table by name, of those that are wanted. */
static apr_status_t find_names(apr_hash_t **pfound, bm_req_t *q, bm_definition_table_e table, const json_t *definitions,
                               const char *member)
{
    size_t i, n = json_array_size(definitions);
    const char **names = apr_palloc(q->p, (n + 1) * sizeof(*names));
    bm_rows_t *rows;
    int row, wanted = 0;
    apr_status_t rv;

    for (i = 0; i < n; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(definitions, i), member));

        if (name != NULL)
            names[wanted++] = name;
    }
    *pfound = apr_hash_make(q->p);
    rv = bm_definition_store_find(&rows, q->db, table, names, wanted, q->err, q->p);
    for (row = 0; rv == APR_SUCCESS && row < bm_rows_count(rows); row++) {
        const char *name = bm_rows_text(rows, row, 1);
        apr_array_header_t *ids = apr_hash_get(*pfound, name, APR_HASH_KEY_STRING);

        if (ids == NULL) {
            ids = apr_array_make(q->p, 1, sizeof(apr_int64_t));
            apr_hash_set(*pfound, name, APR_HASH_KEY_STRING, ids);
        }
        APR_ARRAY_PUSH(ids, apr_int64_t) = bm_rows_int64(rows, row, 0, 0);
    }
    return rv;
}

/* The automation that a scenario names, as its id. */
static apr_status_t resolve_owner(json_t *body, const kind_t *k, apr_hash_t *owners, const char *pointer)
{
    const bm_definition_kind_t *kind = k->kind;
    bm_req_t *q = k->q;
    const char *at = apr_pstrcat(q->p, pointer, "/", kind->owner, NULL);
    const char *name = json_string_value(json_object_get(body, kind->owner));
    const apr_array_header_t *ids = name ? apr_hash_get(owners, name, APR_HASH_KEY_STRING) : NULL;

    if (json_object_get(body, kind->owner_id) != NULL)
        return bm_err_violation(q->err, apr_pstrcat(q->p, pointer, "/", kind->owner_id, NULL),
                                "Definitions know no ids: name it in \"%s\".", kind->owner);
    if (name == NULL)
        return bm_err_violation(q->err, at, "Must be the name of an automation.");
    if (ids == NULL)
        return bm_err_violation(q->err, at, "There is no automation of that name, neither here nor in the document.");
    if (ids->nelts > 1)
        return bm_err_violation(q->err, at, "There are %d automations of that name: rename all but one.", ids->nelts);
    json_object_del(body, kind->owner);
    json_object_set_new(body, kind->owner_id, json_integer(APR_ARRAY_IDX(ids, 0, apr_int64_t)));
    return APR_SUCCESS;
}

/* --- what changes */

static void add_difference(json_t *members, const char *pointer, json_t *from, json_t *to)
{
    json_t *one = json_object();

    if (json_array_size(members) >= DIFF_MEMBERS_MAX) {
        json_decref(one);
        return;
    }
    json_object_set_new(one, "pointer", json_string(pointer));
    if (from != NULL)
        json_object_set(one, "from", from);
    if (to != NULL)
        json_object_set(one, "to", to);
    json_array_append_new(members, one);
}

static void differences(json_t *members, const char *pointer, json_t *from, json_t *to, int depth, apr_pool_t *p)
{
    const char *name;
    json_t *value;

    if (bm_json_same(from, to))
        return;
    if (!json_is_object(from) || !json_is_object(to) || depth >= DIFF_DEPTH) {
        add_difference(members, pointer, from, to);
        return;
    }
    json_object_foreach(from, name, value)
        differences(members, bm_json_pointer_add(pointer, name, p), value, json_object_get(to, name), depth + 1, p);
    json_object_foreach(to, name, value)
        if (json_object_get(from, name) == NULL)
            add_difference(members, bm_json_pointer_add(pointer, name, p), NULL, value);
}

static void note_change(const kind_t *k, const json_t *definition, const char *action, const char *id, json_t *members)
{
    json_t *one = json_object();

    json_object_set_new(one, "kind", json_string(k->kind->one));
    json_object_set_new(one, "name", json_string(bm_definition_name(k->kind, definition, k->q->p)));
    json_object_set_new(one, "action", json_string(action));
    json_object_set_new(one, "id", json_integer(apr_atoi64(id)));
    json_object_set_new(one, "members", members);
    json_array_append_new(k->changes, one);
}

/* --- one definition */

/* What the table of fields cannot say; its violations are named as in the document. */
static apr_status_t check(const kind_t *k, json_t *body, const char *pointer)
{
    bm_req_t *q = k->q;
    bm_err_t *all = q->err, *own = bm_err_make(q->p);
    apr_status_t rv;
    int i;

    q->err = own;
    rv = k->kind->resource->check(q, body);
    q->err = all;
    if (rv == APR_SUCCESS)
        return rv;
    for (i = 0; i < own->violations->nelts; i++) {
        const bm_violation_t *violation = &APR_ARRAY_IDX(own->violations, i, bm_violation_t);

        bm_err_violation(all, apr_pstrcat(q->p, pointer, violation->pointer, NULL), "%s", violation->detail);
    }
    if (own->violations->nelts > 0)
        return APR_EINVAL;
    return rv == APR_EINVAL ? bm_err_violation(all, pointer, "%s", own->detail ? own->detail : "Cannot be.")
                            : bm_err_set(all, rv, own->code, "%s", own->detail ? own->detail : "");
}

/* The stored object that is meant: of those of its name the one with the same key. *pstored NULL: there is none. */
static apr_status_t find_stored(json_t **pstored, const kind_t *k, const json_t *body, const char *pointer)
{
    const bm_resource_t *resource = k->kind->resource;
    bm_req_t *q = k->q;
    const char *name = json_string_value(json_object_get(body, k->kind->named_by));
    const apr_array_header_t *ids = name ? apr_hash_get(k->stored, name, APR_HASH_KEY_STRING) : NULL;
    const char *key = bm_definition_key(k->kind, body, q->p);
    int i;

    *pstored = NULL;
    for (i = 0; ids != NULL && i < ids->nelts; i++) {
        json_t *stored;
        bm_rows_t *rows;
        apr_status_t rv = resource->get(&rows, q->db, APR_ARRAY_IDX(ids, i, apr_int64_t), 1, q->err, q->p);

        if (rv == APR_SUCCESS)
            rv = bm_resource_stored(&stored, q, rows, 0, resource->first, resource->fields);
        if (rv != APR_SUCCESS)
            return rv;
        if (strcmp(bm_definition_key(k->kind, stored, q->p), key) != 0)
            continue;
        if (*pstored != NULL)
            return bm_err_violation(q->err, pointer, "There are several %ss like this one: rename all but one.", k->kind->one);
        *pstored = stored;
    }
    return APR_SUCCESS;
}

static apr_status_t create(const kind_t *k, const json_t *definition, const json_t *body, const char *pointer)
{
    const bm_resource_t *resource = k->kind->resource;
    bm_req_t *q = k->q;
    json_t *complete;
    bm_rows_t *rows;
    apr_status_t rv = bm_field_check(body, resource->fields, BM_FIELD_CREATE, NULL, pointer, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    complete = bm_field_complete(body, resource->fields, q->p);
    rv = check(k, complete, pointer);
    if (rv == APR_SUCCESS)
        rv = resource->add(&rows, q->db, complete, q->who.user, q->err, q->p);
    if (rv == APR_SUCCESS) {
        k->count->created++;
        note_change(k, definition, "created", bm_rows_text(rows, 0, resource->first), json_array());
    }
    return rv;
}

static apr_status_t update(const kind_t *k, const json_t *definition, const json_t *body, json_t *stored, const char *pointer)
{
    const bm_resource_t *resource = k->kind->resource;
    apr_int64_t id = json_integer_value(json_object_get(stored, "id"));
    bm_req_t *q = k->q;
    json_t *merged, *members;
    bm_rows_t *rows;
    apr_status_t rv = bm_field_check(body, resource->fields, BM_FIELD_UPDATE, stored, pointer, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    merged = bm_json_overlay(stored, body, q->p);
    if (bm_json_same(stored, merged)) {
        k->count->unchanged++;
        return APR_SUCCESS;
    }
    rv = check(k, merged, pointer);
    if (rv == APR_SUCCESS)
        rv = resource->put(&rows, q->db, id, merged, q->who.user, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    members = json_array();
    differences(members, "", stored, merged, 0, q->p);
    k->count->updated++;
    note_change(k, definition, "updated", bm_rows_text(rows, 0, resource->first), members);
    return APR_SUCCESS;
}

static apr_status_t import_one(const kind_t *k, size_t i, apr_hash_t *owners)
{
    bm_req_t *q = k->q;
    json_t *definition = json_array_get(k->definitions, i);
    const char *pointer = bm_json_pointer_add_index(apr_pstrcat(q->p, "/", k->kind->member, NULL), i, q->p);
    const char *key, *twin;
    json_t *body, *stored;
    apr_status_t rv;

    if (!json_is_object(definition))
        return bm_err_violation(q->err, pointer, "Must be an object.");
    if (json_object_get(definition, "project_id") != NULL)
        return bm_err_violation(q->err, apr_pstrcat(q->p, pointer, "/project_id", NULL),
                                "Definitions know no projects: ?project_id= says which.");
    body = bm_json_adopt(json_copy(definition), q->p);
    rv = k->kind->owner ? resolve_owner(body, k, owners, pointer) : APR_SUCCESS;
    if (rv != APR_SUCCESS)
        return rv;
    key = bm_definition_key(k->kind, body, q->p);
    twin = apr_hash_get(k->seen, key, APR_HASH_KEY_STRING);
    if (twin != NULL)
        return bm_err_violation(q->err, pointer, "Is the same as %s.", twin);
    apr_hash_set(k->seen, key, APR_HASH_KEY_STRING, pointer);
    rv = find_stored(&stored, k, body, pointer);
    if (rv != APR_SUCCESS)
        return rv;
    return stored ? update(k, definition, body, stored, pointer) : create(k, definition, body, pointer);
}

/* Goes on behind a definition that is wrong, so that one answer names them all. */
static apr_status_t import_kind(kind_t *k)
{
    apr_hash_t *owners = NULL;
    apr_status_t rv = APR_SUCCESS, one;
    size_t i;

    k->seen = apr_hash_make(k->q->p);
    if (json_array_size(k->definitions) == 0)
        return APR_SUCCESS;
    one = find_names(&k->stored, k->q, k->kind->table, k->definitions, k->kind->named_by);
    if (one == APR_SUCCESS && k->kind->owner)
        one = find_names(&owners, k->q, BM_DEFINITION_AUTOMATIONS, k->definitions, k->kind->owner);
    if (one != APR_SUCCESS)
        return one;
    for (i = 0; i < json_array_size(k->definitions); i++) {
        one = import_one(k, i, owners);
        if (one == APR_SUCCESS)
            continue;
        rv = one;
        if (one != APR_EINVAL)
            break;
    }
    return rv;
}

apr_status_t bm_definition_import(bm_definition_report_t *report, bm_req_t *q)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    *report = (bm_definition_report_t){ .changes = bm_json_adopt(json_array(), q->p) };
    for (i = 0; i < BM_DEFINITION_KINDS; i++) {
        kind_t k = { .kind = &bm_definition_kinds[i], .q = q, .count = &report->counts[i], .changes = report->changes };
        apr_status_t one;

        k.definitions = json_object_get(q->body, k.kind->member);
        one = import_kind(&k);
        if (one != APR_SUCCESS)
            rv = one;
        if (one != APR_SUCCESS && one != APR_EINVAL)
            break;
    }
    return rv;
}
