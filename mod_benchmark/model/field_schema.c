/* SPDX-License-Identifier: Apache-2.0
 *
 * field_schema.c: a field table as JSON Schema (2020-12), the dialect of OpenAPI 3.1. */
#include <string.h>
#include "model/field.h"

static const char *const type_names[] = {
    [BM_TYPE_INT] = "integer", [BM_TYPE_NUMBER] = "number", [BM_TYPE_STRING] = "string", [BM_TYPE_BOOL] = "boolean",
    [BM_TYPE_ENUM] = "string", [BM_TYPE_TIME] = "string", [BM_TYPE_OBJECT] = "object", [BM_TYPE_ARRAY] = "array",
    [BM_TYPE_STRINGS] = "array", [BM_TYPE_ANY] = NULL
};

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

static void write_items(bm_jw_t *w, const bm_field_t *field)
{
    if (field->type == BM_TYPE_STRINGS) {
        bm_jw_key(w, "items");
        bm_jw_begin_object(w);
        bm_jw_key(w, "type");
        bm_jw_string(w, "string");
        if (field->values != NULL)
            bm_field_write_enum(w, field->values, 0);
        bm_jw_end_object(w);
        bm_jw_key(w, "uniqueItems");
        bm_jw_bool(w, 1);
    }
    else if (field->type == BM_TYPE_ARRAY && field->members != NULL) {
        bm_jw_key(w, "items");
        bm_field_write_schema(w, field->members);
    }
}

static void write_members(bm_jw_t *w, const bm_field_t *fields)
{
    const bm_field_t *field;
    int required = 0;

    bm_jw_key(w, "properties");
    bm_jw_begin_object(w);
    for (field = fields; field->name != NULL; field++) {
        required |= (field->flags & BM_FIELD_REQUIRED) != 0;
        bm_jw_key(w, field->name);
        bm_jw_begin_object(w);
        write_type(w, field);
        if (field->type == BM_TYPE_ENUM)
            bm_field_write_enum(w, field->values, field->flags & BM_FIELD_NULLABLE);
        if (field->type == BM_TYPE_TIME) {
            bm_jw_key(w, "format");
            bm_jw_string(w, "date-time");
        }
        write_limits(w, field);
        write_items(w, field);
        if (field->type == BM_TYPE_OBJECT && field->members != NULL)
            write_members(w, field->members);
        if (field->fallback != NULL) {
            bm_jw_key(w, "default");
            bm_jw_raw(w, field->fallback, strlen(field->fallback));
        }
        if (field->flags & BM_FIELD_READ_ONLY) {
            bm_jw_key(w, "readOnly");
            bm_jw_bool(w, 1);
        }
        if (field->doc != NULL) {
            bm_jw_key(w, "description");
            bm_jw_string(w, field->doc);
        }
        bm_jw_end_object(w);
    }
    bm_jw_end_object(w);
    if (required) {
        bm_jw_key(w, "required");
        bm_jw_begin_array(w);
        for (field = fields; field->name != NULL; field++)
            if (field->flags & BM_FIELD_REQUIRED)
                bm_jw_string(w, field->name);
        bm_jw_end_array(w);
    }
}

void bm_field_write_schema(bm_jw_t *w, const bm_field_t *fields)
{
    bm_jw_begin_object(w);
    bm_jw_key(w, "type");
    bm_jw_string(w, "object");
    write_members(w, fields);
    bm_jw_end_object(w);
}
