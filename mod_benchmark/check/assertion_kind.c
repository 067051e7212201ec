/* SPDX-License-Identifier: Apache-2.0 */
#include "check/assertion_kind.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "parse/json_pointer.h"
#include "parse/json_same.h"

/* Bytes of a text that a sentence shows. */
#define SHOWN_MAX 100

static const char *shown(const char *text, apr_pool_t *p)
{
    return bm_text_clean_utf8(text, strlen(text), SHOWN_MAX, p);
}

static const char *json_shown(const json_t *j, apr_pool_t *p)
{
    return shown(bm_json_dump(NULL, j, p), p);
}

/* Note a mistake in the member `name`. @return 1. */
static int mistake(const char *at, const char *name, const char *what, bm_err_t *err, apr_pool_t *p)
{
    bm_err_violation(err, bm_json_pointer_add(at, name, p), "%s", what);
    return 1;
}

/* --- status and finish_reason: a value or a list of values --- */

static int is_listed(const json_t *value_or_list, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value_or_list); i++)
        if (bm_json_same(json_array_get(value_or_list, i), value))
            return 1;
    return bm_json_same(value_or_list, value);
}

static int is_status(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 100 && json_integer_value(value) <= 599;
}

static int is_reason(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) > 0 && json_string_length(value) <= SHOWN_MAX;
}

/* Whether value is as `is` wants it, or a list of such. */
static int one_or_more(const json_t *value, int (*is)(const json_t *value))
{
    size_t n = json_array_size(value), i = 0;

    while (i < n && is(json_array_get(value, i)))
        i++;
    return json_is_array(value) ? n > 0 && i == n : is(value);
}

static int status_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    return one_or_more(a->value, is_status) ? 0
        : mistake(at, "status", "must be an HTTP status, 100 to 599, or a list of these", err, p);
}

static const char *status_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns, apr_pool_t *p)
{
    (void)budget_ns;
    if (answer->status == 0)
        return "There was no HTTP status.";
    if (is_listed(a->value, bm_json_adopt(json_integer(answer->status), p)))
        return NULL;
    return apr_psprintf(p, "The HTTP status must be %s, and is %d.", json_shown(a->value, p), answer->status);
}

static int finish_reason_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    return one_or_more(a->value, is_reason) ? 0
        : mistake(at, "finish_reason", "must be a string of 1 to 100 bytes, or a list of these", err, p);
}

static const char *finish_reason_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns,
                                     apr_pool_t *p)
{
    (void)budget_ns;
    if (answer->finish_reason == NULL)
        return "The finish reason is not known.";
    if (is_listed(a->value, bm_json_adopt(json_string(answer->finish_reason), p)))
        return NULL;
    return apr_psprintf(p, "The finish reason must be %s, and is \"%s\".", json_shown(a->value, p),
                        shown(answer->finish_reason, p));
}

/* --- contains and regex --- */

static int contains_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    size_t len = json_string_length(a->value);

    if (json_is_string(a->value) && len > 0 && len <= BM_ASSERTIONS_TEXT_MAX)
        return 0;
    return mistake(at, "contains", apr_psprintf(p, "must be a string of 1 to %d bytes", BM_ASSERTIONS_TEXT_MAX), err, p);
}

static const char *contains_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns,
                                apr_pool_t *p)
{
    (void)budget_ns;
    if (answer->text == NULL)
        return "There is no text.";
    if (bm_text_find(answer->text, answer->text_len, json_string_value(a->value), json_string_length(a->value)) != NULL)
        return NULL;
    return apr_psprintf(p, "The text does not contain \"%s\".", shown(json_string_value(a->value), p));
}

static int regex_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    const char *why = "must be a string";

    if (json_is_string(a->value) && bm_regex_compile(&a->regex, json_string_value(a->value), &why, p) == APR_SUCCESS)
        return 0;
    return mistake(at, "regex", why, err, p);
}

static const char *regex_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns, apr_pool_t *p)
{
    const char *pattern = json_string_value(a->value);

    if (answer->text == NULL)
        return "There is no text.";
    switch (bm_regex_find(a->regex, answer->text, answer->text_len, budget_ns)) {
    case BM_REGEX_FOUND:
        return NULL;
    case BM_REGEX_NOT_FOUND:
        return apr_psprintf(p, "The text does not match \"%s\".", shown(pattern, p));
    case BM_REGEX_NOT_UTF8:
        return apr_psprintf(p, "The text is not UTF-8, so \"%s\" was not looked for.", shown(pattern, p));
    default:
        return apr_psprintf(p, "The text could not be matched with \"%s\" within the limits.", shown(pattern, p));
    }
}

/* --- json_pointer --- */

static const char *const pointer_others[] = { "exists", "equals", "type", NULL };

static int json_pointer_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    const json_t *exists = json_object_get(a->all, "exists"), *type = json_object_get(a->all, "type");
    int others = json_object_get(a->all, "equals") != NULL || type != NULL, mistaken = 0;

    if (!json_is_string(a->value) || !bm_json_pointer_is_valid(json_string_value(a->value)))
        mistaken = mistake(at, "json_pointer", "must be a JSON Pointer: \"\" or \"/name/0\", with ~ as ~0 and / as ~1", err, p);
    if (exists != NULL && !json_is_boolean(exists))
        mistaken = mistake(at, "exists", "must be true or false", err, p);
    if (json_is_false(exists) && others)
        mistaken = mistake(at, "exists", "must not be false beside equals or type", err, p);
    if (type != NULL && !(json_is_string(type) && bm_json_schema_is_type(json_string_value(type))))
        mistaken = mistake(at, "type", "must be null, boolean, object, array, string, number or integer", err, p);
    if (exists == NULL && !others) {
        bm_err_violation(err, at, "must have exists, equals or type");
        mistaken = 1;
    }
    return mistaken;
}

static const char *json_pointer_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns,
                                    apr_pool_t *p)
{
    const json_t *equals = json_object_get(a->all, "equals"), *type = json_object_get(a->all, "type"), *found;
    const char *pointer = json_string_value(a->value);

    (void)budget_ns;
    if (answer->json == NULL)
        return "The answer is not JSON.";
    found = bm_json_pointer_find(answer->json, pointer);
    if (json_is_false(json_object_get(a->all, "exists")))
        return found ? apr_psprintf(p, "There must be nothing at \"%s\".", shown(pointer, p)) : NULL;
    if (found == NULL)
        return apr_psprintf(p, "There is nothing at \"%s\".", shown(pointer, p));
    if (type != NULL && !bm_json_schema_is_of(found, json_string_value(type)))
        return apr_psprintf(p, "The value at \"%s\" must be of type %s, and is %s.", shown(pointer, p), json_string_value(type),
                            bm_json_schema_type_of(found));
    if (equals != NULL && !bm_json_same(found, equals))
        return apr_psprintf(p, "The value at \"%s\" must be %s.", shown(pointer, p), json_shown(equals, p));
    return NULL;
}

/* --- json_schema --- */

static int json_schema_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    return bm_json_schema_compile(&a->schema, a->value, bm_json_pointer_add(at, "json_schema", p), err, p) != APR_SUCCESS;
}

static const char *json_schema_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns,
                                   apr_pool_t *p)
{
    return answer->json ? bm_json_schema_check(a->schema, answer->json, budget_ns, p) : "The answer is not JSON.";
}

/* --- figures --- */

static int max_latency_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    double ms = json_number_value(a->value);

    return ms > 0 && ms <= 86400e3 ? 0 : mistake(at, "max_latency_ms", "must be a number above 0, at most 86400000", err, p);
}

static const char *max_latency_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns,
                                   apr_pool_t *p)
{
    (void)budget_ns;
    if (isnan(answer->latency_ms))
        return "The latency is not known.";
    if (answer->latency_ms <= json_number_value(a->value))
        return NULL;
    return apr_psprintf(p, "The answer took %.3f ms, more than %s.", answer->latency_ms, json_shown(a->value, p));
}

static int tokens_compile(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p)
{
    json_int_t tokens = json_integer_value(a->value);

    if (json_is_integer(a->value) && tokens >= 0 && tokens <= 1000000000)
        return 0;
    return mistake(at, a->kind->name, "must be a whole number, 0 to 1000000000", err, p);
}

static const char *min_tokens_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns,
                                  apr_pool_t *p)
{
    (void)budget_ns;
    if (answer->tokens < 0)
        return "The number of tokens is not known.";
    if (answer->tokens >= json_integer_value(a->value))
        return NULL;
    return apr_psprintf(p, "The answer has %" APR_INT64_T_FMT " tokens, fewer than %s.", answer->tokens, json_shown(a->value, p));
}

static const char *max_tokens_run(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns,
                                  apr_pool_t *p)
{
    (void)budget_ns;
    if (answer->tokens < 0)
        return "The number of tokens is not known.";
    if (answer->tokens <= json_integer_value(a->value))
        return NULL;
    return apr_psprintf(p, "The answer has %" APR_INT64_T_FMT " tokens, more than %s.", answer->tokens, json_shown(a->value, p));
}

const bm_field_t bm_assertion_fields[] = {
    { "status", BM_TYPE_ANY, .doc = "HTTP status that it must have, or a list of these." },
    { "contains", BM_TYPE_STRING, 0, 1, BM_ASSERTIONS_TEXT_MAX, .doc = "Text that it must have somewhere." },
    { "regex", BM_TYPE_STRING, .doc = "Pattern (PCRE2) that must be found in its text." },
    { "json_pointer", BM_TYPE_STRING, .doc = "Place in the answer as JSON; exists, equals or type say what must be there." },
    { "exists", BM_TYPE_BOOL, .doc = "With json_pointer: whether there is something." },
    { "equals", BM_TYPE_ANY, .doc = "With json_pointer: the value that it must be." },
    { "type", BM_TYPE_ENUM, .values = "null|boolean|object|array|string|number|integer",
      .doc = "With json_pointer: its JSON type." },
    { "json_schema", BM_TYPE_ANY, .doc = "Schema that the answer as JSON must keep." },
    { "max_latency_ms", BM_TYPE_NUMBER, 0, 0, 86400e3, .doc = "It must be complete within so many milliseconds." },
    { "min_tokens", BM_TYPE_INT, 0, 0, 1e9, .doc = "Output tokens that it must have at least." },
    { "max_tokens", BM_TYPE_INT, 0, 0, 1e9, .doc = "Output tokens that it may have at most." },
    { "finish_reason", BM_TYPE_ANY, .doc = "Why the answer must have ended, or a list of reasons." },
    { NULL }
};

const bm_assertion_kind_t bm_assertion_kinds[] = {
    { "status", NULL, status_compile, status_run },
    { "contains", NULL, contains_compile, contains_run },
    { "regex", NULL, regex_compile, regex_run },
    { "json_pointer", pointer_others, json_pointer_compile, json_pointer_run },
    { "json_schema", NULL, json_schema_compile, json_schema_run },
    { "max_latency_ms", NULL, max_latency_compile, max_latency_run },
    { "min_tokens", NULL, tokens_compile, min_tokens_run },
    { "max_tokens", NULL, tokens_compile, max_tokens_run },
    { "finish_reason", NULL, finish_reason_compile, finish_reason_run },
    { NULL }
};
