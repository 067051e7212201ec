/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json_schema.h"

#include <math.h>
#include <string.h>
#include "parse/json_pointer.h"
#include "parse/json_schema_tree.h"

static const struct {
    const char *name;
    unsigned mask;
} types[] = {
    { "null", BM_JSON_IS_NULL }, { "boolean", BM_JSON_IS_BOOLEAN }, { "object", BM_JSON_IS_OBJECT },
    { "array", BM_JSON_IS_ARRAY }, { "string", BM_JSON_IS_STRING }, { "integer", BM_JSON_IS_INTEGER },
    { "number", BM_JSON_IS_REAL | BM_JSON_IS_INTEGER },
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static unsigned type_mask(const char *name)
{
    for (int i = 0; i < TYPES; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].mask;
    return 0;
}

unsigned bm_json_schema_mask(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
        return BM_JSON_IS_NULL;
    case JSON_TRUE:
    case JSON_FALSE:
        return BM_JSON_IS_BOOLEAN;
    case JSON_OBJECT:
        return BM_JSON_IS_OBJECT;
    case JSON_ARRAY:
        return BM_JSON_IS_ARRAY;
    case JSON_STRING:
        return BM_JSON_IS_STRING;
    case JSON_INTEGER:
        return BM_JSON_IS_INTEGER;
    default:
        return floor(json_real_value(value)) == json_real_value(value) ? BM_JSON_IS_INTEGER : BM_JSON_IS_REAL;
    }
}

const char *bm_json_schema_type_of(const json_t *value)
{
    unsigned mask = bm_json_schema_mask(value);

    for (int i = 0; i < TYPES; i++)
        if (types[i].mask & mask)
            return types[i].name;
    return "nothing";
}

int bm_json_schema_is_of(const json_t *value, const char *name)
{
    return (bm_json_schema_mask(value) & type_mask(name)) != 0;
}

int bm_json_schema_is_type(const char *name)
{
    return type_mask(name) != 0;
}

/* --- compiling --- */

typedef struct compile_t {
    bm_err_t *err;
    apr_pool_t *p;
    int depth;
    int mistakes;
} compile_t;

#define MISTAKE(c, at, ...) ((c)->mistakes++, (void)bm_err_violation((c)->err, at, __VA_ARGS__))

static bm_json_schema_t *compile(compile_t *c, const json_t *j, const char *at);

static void compile_type(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;

    s->type = value;
    if (n == 0)
        MISTAKE(c, at, "must name at least one type");
    for (size_t i = 0; i < n; i++) {
        const json_t *name = json_is_array(value) ? json_array_get(value, i) : value;
        unsigned mask = json_is_string(name) ? type_mask(json_string_value(name)) : 0;

        if (mask == 0)
            MISTAKE(c, at, "must be null, boolean, object, array, string, number or integer, or a list of these");
        s->types |= mask;
    }
}

static void compile_enum(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    if (json_array_size(value) == 0)
        MISTAKE(c, at, "must be a list of values");
    s->choices = value;
}

static void compile_const(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    (void)c;
    (void)at;
    s->constant = value;
}

static void compile_properties(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    json_t *from = (json_t *)(apr_uintptr_t)value;      /* jansson's iterators take no const, but change nothing */
    const char *name;
    json_t *member;

    if (!json_is_object(value)) {
        MISTAKE(c, at, "must be an object of schemas");
        return;
    }
    s->properties = apr_hash_make(c->p);
    json_object_foreach(from, name, member)
        apr_hash_set(s->properties, name, APR_HASH_KEY_STRING, compile(c, member, bm_json_pointer_add(at, name, c->p)));
}

static void compile_required(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    size_t n = json_array_size(value), i = 0;

    while (i < n && json_is_string(json_array_get(value, i)))
        i++;
    if (!json_is_array(value) || i < n)
        MISTAKE(c, at, "must be a list of names");
    s->required = value;
}

static void compile_additional(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->additional = compile(c, value, at);
}

static void compile_items(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->items = compile(c, value, at);
}

static void compile_not(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->negated = compile(c, value, at);
}

static apr_array_header_t *schemas(compile_t *c, const json_t *value, const char *at)
{
    size_t n = json_array_size(value);
    apr_array_header_t *list = apr_array_make(c->p, (int)n, sizeof(bm_json_schema_t *));

    if (n == 0)
        MISTAKE(c, at, "must be a list of schemas");
    for (size_t i = 0; i < n; i++)
        APR_ARRAY_PUSH(list, bm_json_schema_t *) = compile(c, json_array_get(value, i), bm_json_pointer_add_index(at, i, c->p));
    return list;
}

static void compile_any_of(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->any_of = schemas(c, value, at);
}

static void compile_all_of(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->all_of = schemas(c, value, at);
}

static void compile_one_of(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->one_of = schemas(c, value, at);
}

static void compile_pattern(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    bm_regex_t *regex = NULL;
    const char *why = "";

    if (!json_is_string(value))
        MISTAKE(c, at, "must be a string");
    else if (bm_regex_compile(&regex, json_string_value(value), &why, c->p) != APR_SUCCESS)
        MISTAKE(c, at, "%s", why);
    s->pattern = regex;
    s->pattern_text = json_string_value(value);
}

static const json_t *number(compile_t *c, const json_t *value, const char *at)
{
    if (!json_is_number(value))
        MISTAKE(c, at, "must be a number");
    return value;
}

static void compile_minimum(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->minimum = number(c, value, at);
}

static void compile_maximum(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->maximum = number(c, value, at);
}

static apr_int64_t count(compile_t *c, const json_t *value, const char *at)
{
    double number_value = json_number_value(value);         /* 2.0 is a count too */

    if (!json_is_number(value) || number_value < 0 || number_value > 1e15 || floor(number_value) != number_value) {
        MISTAKE(c, at, "must be a whole number, not negative");
        return BM_JSON_SCHEMA_NO_LIMIT;
    }
    return (apr_int64_t)number_value;
}

static void compile_min_length(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->min_length = count(c, value, at);
}

static void compile_max_length(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->max_length = count(c, value, at);
}

static void compile_min_items(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->min_items = count(c, value, at);
}

static void compile_max_items(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at)
{
    s->max_items = count(c, value, at);
}

static const struct {
    const char *name;
    void (*compile)(compile_t *c, bm_json_schema_t *s, const json_t *value, const char *at);    /* NULL: a note */
} keywords[] = {
    { "type", compile_type }, { "properties", compile_properties }, { "required", compile_required },
    { "additionalProperties", compile_additional }, { "items", compile_items }, { "enum", compile_enum },
    { "const", compile_const }, { "minimum", compile_minimum }, { "maximum", compile_maximum },
    { "minLength", compile_min_length }, { "maxLength", compile_max_length }, { "pattern", compile_pattern },
    { "minItems", compile_min_items }, { "maxItems", compile_max_items }, { "anyOf", compile_any_of },
    { "allOf", compile_all_of }, { "oneOf", compile_one_of }, { "not", compile_not },
    { "$schema", NULL }, { "$comment", NULL }, { "title", NULL }, { "description", NULL }, { "default", NULL },
    { "examples", NULL }, { "deprecated", NULL }, { "readOnly", NULL }, { "writeOnly", NULL },
};

enum { KEYWORDS = sizeof(keywords) / sizeof(keywords[0]) };

static void compile_members(compile_t *c, bm_json_schema_t *s, const json_t *j, const char *at)
{
    json_t *from = (json_t *)(apr_uintptr_t)j;
    const char *name;
    json_t *value;

    json_object_foreach(from, name, value) {
        const char *here = bm_json_pointer_add(at, name, c->p);
        int i = 0;

        while (i < KEYWORDS && strcmp(keywords[i].name, name) != 0)
            i++;
        if (i == KEYWORDS)
            MISTAKE(c, here, "is not a keyword that is checked here");
        else if (keywords[i].compile != NULL)
            keywords[i].compile(c, s, value, here);
    }
}

static bm_json_schema_t *compile(compile_t *c, const json_t *j, const char *at)
{
    bm_json_schema_t *s = apr_pcalloc(c->p, sizeof(*s));

    s->min_length = s->max_length = s->min_items = s->max_items = BM_JSON_SCHEMA_NO_LIMIT;
    s->refuses = json_is_false(j);
    if (json_is_boolean(j))
        return s;
    if (!json_is_object(j))
        MISTAKE(c, at, "must be a schema: an object, true or false");
    else if (c->depth >= BM_JSON_SCHEMA_DEPTH_MAX)
        MISTAKE(c, at, "is nested deeper than %d schemas", BM_JSON_SCHEMA_DEPTH_MAX);
    else {
        c->depth++;
        compile_members(c, s, j, at);
        c->depth--;
    }
    return s;
}

apr_status_t bm_json_schema_compile(bm_json_schema_t **pschema, const json_t *schema, const char *prefix, bm_err_t *err,
                                    apr_pool_t *p)
{
    compile_t c = { .err = err, .p = p };
    bm_json_schema_t *s = compile(&c, schema, prefix);

    *pschema = c.mistakes == 0 ? s : NULL;
    return c.mistakes == 0 ? APR_SUCCESS : APR_EINVAL;
}
