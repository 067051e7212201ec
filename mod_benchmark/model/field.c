/* SPDX-License-Identifier: Apache-2.0 */
#include "model/field.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/timefmt.h"

/* Longest element of a BM_TYPE_STRINGS. */
enum { STRINGS_ITEM_MAX = 200 };

/* What one check carries along: the violations go to err, everything else is in p. */
typedef struct check_t {
    bm_err_t *err;
    apr_pool_t *p;
    bm_field_mode_e mode;
} check_t;

static int check_table(check_t *c, const json_t *body, const bm_field_t *fields, const json_t *stored, const char *prefix);
static int check_value(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer);

/* prefix and one more token, escaped as RFC 6901 says. Query parameters have no levels: "?name". */
static const char *pointer_of(const char *prefix, const char *name, apr_pool_t *p)
{
    char *escaped, *to;

    if (prefix[0] == '?')
        return apr_pstrcat(p, "?", name, NULL);
    if (name[strcspn(name, "~/")] == '\0')
        return apr_pstrcat(p, prefix, "/", name, NULL);
    to = escaped = apr_palloc(p, 2 * strlen(name) + 1);
    for (; *name; name++) {
        if (*name == '~' || *name == '/') {
            *to++ = '~';
            *to++ = *name == '~' ? '0' : '1';
        }
        else
            *to++ = *name;
    }
    *to = '\0';
    return apr_pstrcat(p, prefix, "/", escaped, NULL);
}

static int has_limits(const bm_field_t *field)
{
    return field->min != 0 || field->max != 0;
}

/* Adds a violation; 0 so that a check can end with it. */
#define REFUSE(c, pointer, ...) (bm_err_violation((c)->err, pointer, __VA_ARGS__), 0)

static int check_number(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    double number = json_number_value(value);

    if (!has_limits(field) || (number >= field->min && number <= field->max))
        return 1;
    return REFUSE(c, pointer, "Must be from %s to %s.", bm_text_number(field->min, 15, c->p),
                  bm_text_number(field->max, 15, c->p));
}

static int check_string(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    size_t len = json_string_length(value);

    if (!has_limits(field) || ((double)len >= field->min && (double)len <= field->max))
        return 1;
    if (len == 0)
        return REFUSE(c, pointer, "Must not be empty.");
    return REFUSE(c, pointer, "Must have %.0f to %.0f bytes, not %lu.", field->min, field->max, (unsigned long)len);
}

/* Whether text is one of "a|b|c". */
static int is_one_of(const char *text, const char *values)
{
    size_t len = strlen(text);
    const char *at = values;

    for (;;) {
        size_t n = strcspn(at, "|");

        if (n == len && memcmp(at, text, n) == 0)
            return 1;
        if (at[n] == '\0')
            return 0;
        at += n + 1;
    }
}

static int check_count(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    size_t count = json_array_size(value);

    if (!has_limits(field) || ((double)count >= field->min && (double)count <= field->max))
        return 1;
    return REFUSE(c, pointer, "Must have %.0f to %.0f elements, not %lu.", field->min, field->max, (unsigned long)count);
}

static int check_strings(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    size_t i, j, count = json_array_size(value);
    int fine = check_count(c, value, field, pointer);

    for (i = 0; fine && i < count; i++) {
        const json_t *item = json_array_get(value, i);
        const char *at = apr_psprintf(c->p, "%s/%lu", pointer, (unsigned long)i);

        if (!json_is_string(item)) {
            fine = REFUSE(c, at, "Must be a string.");
            continue;
        }
        if (json_string_length(item) == 0 || json_string_length(item) > STRINGS_ITEM_MAX)
            fine = REFUSE(c, at, "Must have 1 to %d bytes.", STRINGS_ITEM_MAX);
        else if (field->values != NULL && !is_one_of(json_string_value(item), field->values))
            fine = REFUSE(c, at, "Must be one of %s.", field->values);
        for (j = 0; fine && j < i; j++)
            if (json_equal(item, json_array_get(value, j)))
                fine = REFUSE(c, at, "Is there twice.");
    }
    return fine;
}

/* Whether a table is one row for all values. */
static int is_each(const bm_field_t *members)
{
    return members != NULL && strcmp(members->name, BM_FIELD_EACH) == 0;
}

static int is_full(const check_t *c)
{
    return c->err != NULL && c->err->violations->nelts >= BM_ERR_VIOLATIONS_MAX;
}

static int check_array(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    size_t i, count = json_array_size(value);
    int fine = check_count(c, value, field, pointer);

    if (!fine || field->members == NULL)
        return fine;
    for (i = 0; i < count && !is_full(c); i++) {
        const json_t *item = json_array_get(value, i);
        const char *at = apr_psprintf(c->p, "%s/%lu", pointer, (unsigned long)i);

        fine = (is_each(field->members) ? check_value(c, item, field->members, at)
                                        : check_table(c, item, field->members, NULL, at)) && fine;
    }
    return fine;
}

static int check_object(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    const char *key;
    json_t *member;
    int fine = 1;

    if (field->members == NULL)
        return 1;
    if (!is_each(field->members))
        return check_table(c, value, field->members, NULL, pointer);
    json_object_foreach((json_t *)(apr_uintptr_t)value, key, member) {
        if (is_full(c))
            return 0;
        fine = check_value(c, member, field->members, pointer_of(pointer, key, c->p)) && fine;
    }
    return fine;
}

static int check_time(check_t *c, const json_t *value, const char *pointer)
{
    apr_time_t t;

    if (json_is_string(value) && bm_timefmt_parse(&t, json_string_value(value)) == APR_SUCCESS)
        return 1;
    return REFUSE(c, pointer, "Must be a time such as 2026-01-31T12:00:00Z (RFC 3339).");
}

static int check_enum(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    if (json_is_string(value) && is_one_of(json_string_value(value), field->values))
        return 1;
    return REFUSE(c, pointer, "Must be one of %s.", field->values);
}

static int check_value(check_t *c, const json_t *value, const bm_field_t *field, const char *pointer)
{
    if (json_is_null(value)) {
        if ((field->flags & BM_FIELD_NULLABLE) || field->type == BM_TYPE_ANY)
            return 1;
        return REFUSE(c, pointer, "Must not be null.");
    }
    switch (field->type) {
    case BM_TYPE_INT:
        return json_is_integer(value) ? check_number(c, value, field, pointer)
                                      : REFUSE(c, pointer, "Must be a whole number.");
    case BM_TYPE_NUMBER:
        return json_is_number(value) ? check_number(c, value, field, pointer) : REFUSE(c, pointer, "Must be a number.");
    case BM_TYPE_STRING:
        return json_is_string(value) ? check_string(c, value, field, pointer) : REFUSE(c, pointer, "Must be a string.");
    case BM_TYPE_BOOL:
        return json_is_boolean(value) ? 1 : REFUSE(c, pointer, "Must be true or false.");
    case BM_TYPE_ENUM:
        return check_enum(c, value, field, pointer);
    case BM_TYPE_TIME:
        return check_time(c, value, pointer);
    case BM_TYPE_OBJECT:
        return json_is_object(value) ? check_object(c, value, field, pointer) : REFUSE(c, pointer, "Must be an object.");
    case BM_TYPE_ARRAY:
        return json_is_array(value) ? check_array(c, value, field, pointer) : REFUSE(c, pointer, "Must be an array.");
    case BM_TYPE_STRINGS:
        return json_is_array(value) ? check_strings(c, value, field, pointer)
                                    : REFUSE(c, pointer, "Must be an array of strings.");
    case BM_TYPE_ANY:
        return 1;
    }
    return 1;
}

/* Equal values; numbers by value and times by the moment they name, so that a client may write them its own way. */
static int is_same(const json_t *a, const json_t *b, bm_field_type_e type)
{
    apr_time_t ta, tb;

    if (json_is_number(a) && json_is_number(b))
        return !(json_number_value(a) < json_number_value(b)) && !(json_number_value(a) > json_number_value(b));
    if (type == BM_TYPE_TIME && json_is_string(a) && json_is_string(b)
        && bm_timefmt_parse(&ta, json_string_value(a)) == APR_SUCCESS
        && bm_timefmt_parse(&tb, json_string_value(b)) == APR_SUCCESS)
        return ta == tb;
    return json_equal(a, b);
}

/* Read-only members, and on updates those that were fixed at creation, may only repeat what is stored. */
static int check_kept(check_t *c, const json_t *value, const bm_field_t *field, const json_t *stored, const char *pointer)
{
    const json_t *kept = json_object_get(stored, field->name);

    if (stored != NULL && kept != NULL && is_same(value, kept, field->type))
        return 1;
    if (field->flags & BM_FIELD_READ_ONLY)
        return REFUSE(c, pointer, "Is set by the server.");
    return REFUSE(c, pointer, "Cannot be changed.");
}

static int check_members(check_t *c, const json_t *body, const bm_field_t *fields, const json_t *stored, const char *prefix)
{
    const char *key;
    json_t *value;
    int fine = 1;

    /* jansson's iteration macro takes a non-const pointer and only reads */
    json_object_foreach((json_t *)(apr_uintptr_t)body, key, value) {
        const bm_field_t *field = bm_field_find(fields, key);
        const char *pointer;

        if (is_full(c))
            return 0;
        pointer = pointer_of(prefix, key, c->p);
        if (field == NULL)
            fine = REFUSE(c, pointer, "There is no member of this name.");
        else if ((field->flags & BM_FIELD_READ_ONLY) || ((field->flags & BM_FIELD_FIXED) && c->mode == BM_FIELD_UPDATE))
            fine = check_kept(c, value, field, stored, pointer) && fine;
        else
            fine = check_value(c, value, field, pointer) && fine;
    }
    return fine;
}

/* stored NULL: a new object or one inside another, whose required members must be there. */
static int check_table(check_t *c, const json_t *body, const bm_field_t *fields, const json_t *stored, const char *prefix)
{
    const bm_field_t *field;
    int fine;

    if (!json_is_object(body))
        return REFUSE(c, prefix, "Must be an object.");
    fine = check_members(c, body, fields, stored, prefix);
    for (field = fields; stored == NULL && field->name != NULL; field++)
        if ((field->flags & BM_FIELD_REQUIRED) && json_object_get(body, field->name) == NULL)
            fine = REFUSE(c, pointer_of(prefix, field->name, c->p), "Is missing.");
    return fine;
}

apr_status_t bm_field_check(const json_t *body, const bm_field_t *fields, bm_field_mode_e mode, const json_t *stored,
                            const char *prefix, bm_err_t *err, apr_pool_t *p)
{
    check_t c = { err, p, mode };
    static const char nothing[] = "{}";
    json_t *none = NULL;

    /* an update without a stored resource: no member is required, none of ours may be repeated */
    if (mode == BM_FIELD_UPDATE && stored == NULL && bm_json_parse(&none, nothing, 2, NULL, p) != APR_SUCCESS)
        return APR_EGENERAL;
    return check_table(&c, body, fields, mode == BM_FIELD_UPDATE ? (stored ? stored : none) : NULL, prefix)
        ? APR_SUCCESS : APR_EINVAL;
}

const bm_field_t *bm_field_find(const bm_field_t *fields, const char *name)
{
    for (; fields->name != NULL; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

json_t *bm_field_complete(const json_t *body, const bm_field_t *fields, apr_pool_t *p)
{
    json_t *whole = bm_json_overlay(body, NULL, p);

    for (; fields->name != NULL; fields++)
        if (fields->fallback != NULL && json_object_get(whole, fields->name) == NULL)
            json_object_set_new(whole, fields->name,
                                json_loads(fields->fallback, JSON_DECODE_ANY, NULL));
    return whole;
}
