/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json_schema.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "parse/json_pointer.h"
#include "parse/json_same.h"
#include "parse/json_schema_tree.h"

/* What a visit of a schema to a value, or a comparison, is charged to the budget. It is not measured, so that the verdict on a
 * large answer does not depend on the machine; some 10 ns are usual. */
#define STEP_NS 50

#define GIVEN_UP "could not be checked within the limits"

/* Bytes of names and values that a sentence shows. */
#define SHOWN_MAX 100

/* Where a value is, from the inside out; it becomes a pointer only for a sentence. */
typedef struct place_t {
    const struct place_t *up;
    const char *name;           /* NULL: an element */
    size_t index;
} place_t;

typedef struct check_t {
    apr_pool_t *p;
    apr_int64_t *budget_ns;
    apr_int64_t steps_left;
    int quiet;                  /* inside anyOf, oneOf and not a mismatch is no failure: no sentences, no memory */
    const char *why;
} check_t;

static int check(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at);

static const char *pointer_to(const place_t *at, apr_pool_t *p)
{
    const char *base;

    if (at->up == NULL)
        return "";
    base = pointer_to(at->up, p);
    return at->name ? bm_json_pointer_add(base, at->name, p) : bm_json_pointer_add_index(base, at->index, p);
}

static const char *shown(const char *text, apr_pool_t *p)
{
    return bm_text_clean_utf8(text, strlen(text), SHOWN_MAX, p);
}

static int fail(check_t *c, const place_t *at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Note the failure. @return 0, so that a caller can return it. */
static int fail(check_t *c, const place_t *at, const char *fmt, ...)
{
    va_list args;

    if (c->quiet || c->why != NULL)
        return 0;
    va_start(args, fmt);
    c->why = apr_pstrcat(c->p, at->up ? "The value at \"" : "The value", at->up ? shown(pointer_to(at, c->p), c->p) : "",
                         at->up ? "\" " : " ", apr_pvsprintf(c->p, fmt, args), ".", NULL);
    va_end(args);
    return 0;
}

static const char *json_shown(const json_t *j, const check_t *c)
{
    return c->quiet ? "" : shown(bm_json_dump(NULL, j, c->p), c->p);
}

/* Whether the check is given up; then nothing matches any more, not even what is negated. */
static int given_up(check_t *c, const place_t *at, const char *why)
{
    c->quiet = 0;
    c->steps_left = -1;
    return fail(c, at, "%s", why);
}

static int over(const check_t *c)
{
    return c->steps_left < 0;
}

static int check_choices(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at)
{
    size_t n = json_array_size(s->choices), i = 0;

    while (i < n && !bm_json_same(json_array_get(s->choices, i), value))
        i++;
    c->steps_left -= (apr_int64_t)(i < n ? i : n);
    if (over(c))
        return given_up(c, at, GIVEN_UP);
    return i < n || fail(c, at, "must be one of %s", json_shown(s->choices, c));
}

static int check_number(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at)
{
    if (s->minimum != NULL && bm_json_compare_numbers(value, s->minimum) < 0)
        return fail(c, at, "must be at least %s", json_shown(s->minimum, c));
    if (s->maximum != NULL && bm_json_compare_numbers(value, s->maximum) > 0)
        return fail(c, at, "must be at most %s", json_shown(s->maximum, c));
    return 1;
}

static apr_int64_t characters(const json_t *string)
{
    const char *text = json_string_value(string);
    apr_int64_t n = 0;

    for (size_t i = 0; i < json_string_length(string); i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

static int check_string(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at)
{
    if (s->min_length > 0 && characters(value) < s->min_length)
        return fail(c, at, "must have at least %" APR_INT64_T_FMT " characters", s->min_length);
    if (s->max_length != BM_JSON_SCHEMA_NO_LIMIT && characters(value) > s->max_length)
        return fail(c, at, "must have at most %" APR_INT64_T_FMT " characters", s->max_length);
    if (s->pattern == NULL)
        return 1;
    switch (bm_regex_find(s->pattern, json_string_value(value), json_string_length(value), c->budget_ns)) {
    case BM_REGEX_FOUND:
        return 1;
    case BM_REGEX_NOT_FOUND:
        return fail(c, at, "must match \"%s\"", c->quiet ? "" : shown(s->pattern_text, c->p));
    default:
        return given_up(c, at, "could not be matched with its pattern within the limits");
    }
}

static int check_array(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at)
{
    apr_int64_t n = (apr_int64_t)json_array_size(value);

    if (n < s->min_items)
        return fail(c, at, "must have at least %" APR_INT64_T_FMT " items", s->min_items);
    if (s->max_items != BM_JSON_SCHEMA_NO_LIMIT && n > s->max_items)
        return fail(c, at, "must have at most %" APR_INT64_T_FMT " items", s->max_items);
    for (apr_int64_t i = 0; s->items != NULL && i < n; i++) {
        place_t here = { .up = at, .index = (size_t)i };

        if (!check(c, s->items, json_array_get(value, (size_t)i), &here))
            return 0;
    }
    return 1;
}

static int check_object(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at)
{
    json_t *from = (json_t *)(apr_uintptr_t)value, *member;
    const char *name;

    c->steps_left -= (apr_int64_t)json_array_size(s->required);
    for (size_t i = 0; i < json_array_size(s->required); i++) {
        name = json_string_value(json_array_get(s->required, i));
        if (json_object_get(value, name) == NULL)
            return fail(c, at, "must have the member \"%s\"", c->quiet ? "" : shown(name, c->p));
    }
    if (s->properties == NULL && s->additional == NULL)
        return 1;
    json_object_foreach(from, name, member) {
        const bm_json_schema_t *property = s->properties ? apr_hash_get(s->properties, name, APR_HASH_KEY_STRING) : NULL;
        place_t here = { .up = at, .name = name };

        if (property == NULL)
            property = s->additional;
        if (property != NULL && property->refuses)
            return fail(c, at, "must not have the member \"%s\"", c->quiet ? "" : shown(name, c->p));
        if (property != NULL && !check(c, property, member, &here))
            return 0;
    }
    return 1;
}

static int matches(check_t *c, const apr_array_header_t *list, const json_t *value, const place_t *at, int enough)
{
    int n = 0;

    c->quiet++;
    for (int i = 0; i < list->nelts && n < enough && !over(c); i++)
        n += check(c, APR_ARRAY_IDX(list, i, const bm_json_schema_t *), value, at);
    if (!over(c))
        c->quiet--;
    return n;
}

static int check_combinations(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at)
{
    for (int i = 0; s->all_of != NULL && i < s->all_of->nelts; i++)
        if (!check(c, APR_ARRAY_IDX(s->all_of, i, const bm_json_schema_t *), value, at))
            return 0;
    if (s->any_of != NULL && matches(c, s->any_of, value, at, 1) == 0)
        return fail(c, at, "must match one of the %d schemas in anyOf", s->any_of->nelts);
    if (s->one_of != NULL) {
        int n = matches(c, s->one_of, value, at, 2);

        if (n != 1)
            return fail(c, at, "must match exactly one schema in oneOf, and matches %s", n == 0 ? "none" : "several");
    }
    if (s->negated != NULL) {
        int matched;

        c->quiet++;
        matched = check(c, s->negated, value, at);
        if (over(c))
            return 0;
        c->quiet--;
        if (matched)
            return fail(c, at, "must not match the schema in not");
    }
    return 1;
}

static int check(check_t *c, const bm_json_schema_t *s, const json_t *value, const place_t *at)
{
    c->steps_left--;
    if (over(c))
        return given_up(c, at, GIVEN_UP);
    if (s->refuses)
        return fail(c, at, "must not be there");
    if (s->types != 0 && (bm_json_schema_mask(value) & s->types) == 0)
        return fail(c, at, "must be of type %s, and is %s", json_shown(s->type, c), bm_json_schema_type_of(value));
    if (s->constant != NULL && !bm_json_same(s->constant, value))
        return fail(c, at, "must be %s", json_shown(s->constant, c));
    if (s->choices != NULL && !check_choices(c, s, value, at))
        return 0;
    if (json_is_number(value) && !check_number(c, s, value, at))
        return 0;
    if (json_is_string(value) && !check_string(c, s, value, at))
        return 0;
    if (json_is_array(value) && !check_array(c, s, value, at))
        return 0;
    if (json_is_object(value) && !check_object(c, s, value, at))
        return 0;
    return check_combinations(c, s, value, at);
}

const char *bm_json_schema_check(const bm_json_schema_t *schema, const json_t *value, apr_int64_t *budget_ns, apr_pool_t *p)
{
    const apr_int64_t steps = *budget_ns / STEP_NS;
    check_t c = { .p = p, .budget_ns = budget_ns, .steps_left = steps };
    const place_t root = { 0 };
    int matched = check(&c, schema, value, &root) && !over(&c);

    *budget_ns -= (steps - (over(&c) ? 0 : c.steps_left)) * STEP_NS;
    return matched ? NULL : c.why;
}
