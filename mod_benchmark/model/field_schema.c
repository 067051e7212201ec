/* SPDX-License-Identifier: Apache-2.0
 *
 * field_schema.c: a field table as JSON Schema (2020-12), the dialect of OpenAPI 3.1. */
#include <string.h>
#include <apr_strings.h>
#include "model/field.h"

static const char *const type_names[] = {
    [BM_TYPE_INT] = "integer", [BM_TYPE_NUMBER] = "number", [BM_TYPE_STRING] = "string", [BM_TYPE_BOOL] = "boolean",
    [BM_TYPE_ENUM] = "string", [BM_TYPE_TIME] = "string", [BM_TYPE_OBJECT] = "object", [BM_TYPE_ARRAY] = "array",
    [BM_TYPE_STRINGS] = "array", [BM_TYPE_ANY] = NULL
};

static void write_value(bm_jw_t *w, const bm_field_t *field, bm_field_view_e view);

static void key_string(bm_jw_t *w, const char *key, const char *value)
{
    bm_jw_key(w, key);
    bm_jw_string(w, value);
}

static void write_type(bm_jw_t *w, const bm_field_t *field)
{
    const char *name = type_names[field->type];

    if (name == NULL)
        return;
    bm_jw_key(w, "type");
    if (!(field->flags & BM_FIELD_NULLABLE)) {
        bm_jw_string(w, name);
        return;
    }
    bm_jw_begin_array(w);
    bm_jw_string(w, name);
    bm_jw_string(w, "null");
    bm_jw_end_array(w);
}

void bm_field_write_enum(bm_jw_t *w, const char *values, int nullable)
{
    const char *at = values;

    bm_jw_key(w, "enum");
    bm_jw_begin_array(w);
    for (;;) {
        size_t n = strcspn(at, "|");

        bm_jw_string_n(w, at, n);
        if (at[n] == '\0')
            break;
        at += n + 1;
    }
    if (nullable)
        bm_jw_null(w);
    bm_jw_end_array(w);
}

static void write_limits(bm_jw_t *w, const bm_field_t *field)
{
    static const char *const names[][2] = {
        [BM_TYPE_INT] = { "minimum", "maximum" }, [BM_TYPE_NUMBER] = { "minimum", "maximum" },
        [BM_TYPE_STRING] = { "minLength", "maxLength" }, [BM_TYPE_ARRAY] = { "minItems", "maxItems" },
        [BM_TYPE_STRINGS] = { "minItems", "maxItems" }, [BM_TYPE_ANY] = { NULL, NULL }
    };

    if ((!(field->min < 0) && !(field->min > 0) && !(field->max > 0) && !(field->max < 0)) || names[field->type][0] == NULL)
        return;
    bm_jw_key(w, names[field->type][0]);
    bm_jw_double(w, field->min);
    bm_jw_key(w, names[field->type][1]);
    bm_jw_double(w, field->max);
}

static void write_ref(bm_jw_t *w, const char *name)
{
    char ref[128];

    apr_snprintf(ref, sizeof(ref), "#/components/schemas/%s", name);
    key_string(w, "$ref", ref);
}

static void write_strings(bm_jw_t *w, const bm_field_t *field)
{
    bm_jw_key(w, "items");
    bm_jw_begin_object(w);
    key_string(w, "type", "string");
    if (field->values != NULL)
        bm_field_write_enum(w, field->values, 0);
    bm_jw_end_object(w);
    bm_jw_key(w, "uniqueItems");
    bm_jw_bool(w, 1);
}

/* Objects inside are replaced as a whole, so also in a change they are new. */
static bm_field_view_e inside(bm_field_view_e view)
{
    return view == BM_FIELD_OF_CHANGE ? BM_FIELD_OF_NEW : view;
}

static int is_each(const bm_field_t *members)
{
    return members != NULL && strcmp(members->name, BM_FIELD_EACH) == 0;
}

static int is_named(const bm_field_t *field, bm_field_view_e view)
{
    return view == BM_FIELD_OF_ANSWER && field->schema != NULL;
}

/* Exactly so many of one kind: [low, high]. */
static void write_tuple(bm_jw_t *w, const bm_field_t *field, bm_field_view_e view)
{
    int i, n = (int)field->max;

    bm_jw_key(w, "prefixItems");
    bm_jw_begin_array(w);
    for (i = 0; i < n; i++)
        write_value(w, field->members, view);
    bm_jw_end_array(w);
    bm_jw_key(w, "minItems");
    bm_jw_int(w, n);
    bm_jw_key(w, "maxItems");
    bm_jw_int(w, n);
}

static void write_items(bm_jw_t *w, const bm_field_t *field, bm_field_view_e view)
{
    if (view == BM_FIELD_OF_ANSWER && is_each(field->members) && field->max > 0 && !(field->min < field->max)) {
        write_tuple(w, field, view);
        return;
    }
    bm_jw_key(w, "items");
    if (is_each(field->members)) {
        write_value(w, field->members, inside(view));
        return;
    }
    if (field->members != NULL && !is_named(field, view)) {
        bm_field_write_schema(w, field->members, inside(view));
        return;
    }
    bm_jw_begin_object(w);
    if (field->members != NULL)
        write_ref(w, field->schema);
    bm_jw_end_object(w);
}

static int is_there(const bm_field_t *field, bm_field_view_e view)
{
    return view != BM_FIELD_OF_NEW || !(field->flags & BM_FIELD_READ_ONLY);
}

static int is_required(const bm_field_t *field, bm_field_view_e view)
{
    if (view == BM_FIELD_OF_ANSWER)
        return !(field->flags & (BM_FIELD_BULKY | BM_FIELD_ABSENT));
    return view == BM_FIELD_OF_NEW && (field->flags & BM_FIELD_REQUIRED);
}

/* Behind members that are named, it describes all others. */
static int is_other(const bm_field_t *field)
{
    return strcmp(field->name, BM_FIELD_EACH) == 0;
}

static void write_members(bm_jw_t *w, const bm_field_t *fields, bm_field_view_e view)
{
    const bm_field_t *field, *others = NULL;
    int required = 0;

    bm_jw_key(w, "properties");
    bm_jw_begin_object(w);
    for (field = fields; field->name != NULL; field++) {
        if (is_other(field))
            others = field;
        if (!is_there(field, view) || is_other(field))
            continue;
        required |= is_required(field, view);
        bm_jw_key(w, field->name);
        write_value(w, field, view);
    }
    bm_jw_end_object(w);
    if (required) {
        bm_jw_key(w, "required");
        bm_jw_begin_array(w);
        for (field = fields; field->name != NULL; field++)
            if (is_required(field, view))
                bm_jw_string(w, field->name);
        bm_jw_end_array(w);
    }
    if (view != BM_FIELD_OF_ANSWER || others != NULL)
        bm_jw_key(w, "additionalProperties");
    if (others != NULL)
        write_value(w, others, view);
    else if (view != BM_FIELD_OF_ANSWER)
        bm_jw_bool(w, 0);
}

/* Answers may have further members some day, so that only bodies are closed. */
static void write_object(bm_jw_t *w, const bm_field_t *field, bm_field_view_e view)
{
    if (field->members != NULL && !is_each(field->members)) {
        write_members(w, field->members, inside(view));
        return;
    }
    bm_jw_key(w, "additionalProperties");
    if (field->members != NULL)
        write_value(w, field->members, inside(view));
    else
        bm_jw_bool(w, 1);
}

static void write_named(bm_jw_t *w, const bm_field_t *field)
{
    if (!(field->flags & BM_FIELD_NULLABLE)) {
        write_ref(w, field->schema);
        return;
    }
    bm_jw_key(w, "anyOf");
    bm_jw_begin_array(w);
    bm_jw_begin_object(w);
    write_ref(w, field->schema);
    bm_jw_end_object(w);
    bm_jw_begin_object(w);
    key_string(w, "type", "null");
    bm_jw_end_object(w);
    bm_jw_end_array(w);
}

static void write_plain(bm_jw_t *w, const bm_field_t *field, bm_field_view_e view)
{
    write_type(w, field);
    if (field->type == BM_TYPE_ENUM)
        bm_field_write_enum(w, field->values, field->flags & BM_FIELD_NULLABLE);
    if (field->type == BM_TYPE_TIME)
        key_string(w, "format", "date-time");
    if (view != BM_FIELD_OF_ANSWER)
        write_limits(w, field);
    if (field->type == BM_TYPE_STRINGS)
        write_strings(w, field);
    if (field->type == BM_TYPE_ARRAY)
        write_items(w, field, view);
    if (field->type == BM_TYPE_OBJECT)
        write_object(w, field, view);
    if (view == BM_FIELD_OF_NEW && field->fallback != NULL) {
        bm_jw_key(w, "default");
        bm_jw_raw(w, field->fallback, strlen(field->fallback));
    }
}

static void write_value(bm_jw_t *w, const bm_field_t *field, bm_field_view_e view)
{
    bm_jw_begin_object(w);
    if (is_named(field, view) && field->type == BM_TYPE_OBJECT)
        write_named(w, field);
    else
        write_plain(w, field, view);
    if (field->doc != NULL)
        key_string(w, "description", field->doc);
    bm_jw_end_object(w);
}

void bm_field_write_schema(bm_jw_t *w, const bm_field_t *fields, bm_field_view_e view)
{
    bm_jw_begin_object(w);
    key_string(w, "type", "object");
    write_members(w, fields, view);
    bm_jw_end_object(w);
}
