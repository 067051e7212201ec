/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/json_schema_tree.h: a compiled schema, for the two files that make it and use it (json_schema.c, json_schema_check.c).
 *
 * A tree of the schema's own shape, so that patterns are compiled once and mistakes are found before there is a value. Without
 * $ref it is finite, and the depth of a check is bounded by that of schema and value. */
#ifndef BM_PARSE_JSON_SCHEMA_TREE_H
#define BM_PARSE_JSON_SCHEMA_TREE_H

#include <apr_hash.h>
#include <apr_tables.h>
#include "parse/json_schema.h"
#include "parse/regex.h"

/** A count that was not given. */
#define BM_JSON_SCHEMA_NO_LIMIT (-1)

/** Types of a value, as bits. A whole number is an integer however it is written. */
enum {
    BM_JSON_IS_NULL    = 1 << 0,
    BM_JSON_IS_BOOLEAN = 1 << 1,
    BM_JSON_IS_OBJECT  = 1 << 2,
    BM_JSON_IS_ARRAY   = 1 << 3,
    BM_JSON_IS_STRING  = 1 << 4,
    BM_JSON_IS_REAL    = 1 << 5,        /* has a fraction */
    BM_JSON_IS_INTEGER = 1 << 6
};

struct bm_json_schema_t {
    int refuses;                /* the schema false */
    unsigned types;             /* 0: any */
    const json_t *type;         /* as written, for the sentence */
    const json_t *choices, *constant;
    const json_t *minimum, *maximum;
    apr_int64_t min_length, max_length, min_items, max_items;
    const bm_regex_t *pattern;
    const char *pattern_text;
    const json_t *required;
    apr_hash_t *properties;     /* of bm_json_schema_t by name; NULL: none */
    bm_json_schema_t *additional, *items, *negated;
    apr_array_header_t *any_of, *all_of, *one_of;       /* of bm_json_schema_t *; NULL: none */
};

/** The type of value: one of the bits above. */
unsigned bm_json_schema_mask(const json_t *value);

#endif
