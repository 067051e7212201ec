/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/json_schema.h: a subset of JSON Schema draft 2020-12: what an answer of a model is held against.
 *
 *   any value    type (a name or a list of names), enum, const, anyOf, allOf, oneOf, not
 *   objects      properties, required, additionalProperties
 *   arrays       items, minItems, maxItems
 *   strings      minLength, maxLength (in characters), pattern (found anywhere; PCRE2, see parse/regex.h)
 *   numbers      minimum, maximum
 *   notes        $schema, $comment, title, description, default, examples, deprecated, readOnly, writeOnly: read past
 *
 * true and false are schemas. A number with the fraction 0 is an integer, and 1 is 1.0. Other keywords ($ref, format ...) are
 * refused, though the draft would ignore unknown ones: a rule that is silently not checked would pass everything. So are an
 * empty anyOf, allOf, oneOf or enum.
 *
 * Thread: a compiled schema may be used by many at a time. */
#ifndef BM_PARSE_JSON_SCHEMA_H
#define BM_PARSE_JSON_SCHEMA_H

#include <jansson.h>
#include <apr_pools.h>
#include "base/err.h"

/** Deepest nesting of a schema. */
#define BM_JSON_SCHEMA_DEPTH_MAX 64

typedef struct bm_json_schema_t bm_json_schema_t;

/** Compile schema, which must live as long as the result, in p. Each mistake is added to err (may be NULL) with a JSON Pointer
 *  below prefix. @return APR_EINVAL: there was one (*pschema is NULL). */
apr_status_t bm_json_schema_compile(bm_json_schema_t **pschema, const json_t *schema, const char *prefix, bm_err_t *err,
                                    apr_pool_t *p);

/** Hold value against the schema. *budget_ns bounds the work: patterns lower it by the time that they
 *  took (parse/regex.h), and each step of the check by 50. @return NULL: it is as the schema says; else
 *  the first thing that is not, as a sentence in p that names the place: The value at "/a/0" must be a string. */
const char *bm_json_schema_check(const bm_json_schema_t *schema, const json_t *value, apr_int64_t *budget_ns, apr_pool_t *p);

/** The name of a value's JSON type as the draft has it: "integer" for whole numbers, "number" for others. */
const char *bm_json_schema_type_of(const json_t *value);

/** Whether value is of the type of that name ("number" holds integers too). name must be one of the draft. */
int bm_json_schema_is_of(const json_t *value, const char *name);

/** Whether name is a type of the draft. */
int bm_json_schema_is_type(const char *name);

#endif
