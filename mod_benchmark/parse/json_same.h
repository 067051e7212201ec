/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/json_same.h: whether two JSON values are one, numbers by their value: 1 is 1.0 (as in the data model of
 * JSON Schema 2020-12, core 4.2.2; jansson's own comparison tells them apart). Thread-safe. */
#ifndef BM_PARSE_JSON_SAME_H
#define BM_PARSE_JSON_SAME_H

#include <jansson.h>

/** Whether a and b are the same value; members may be in any order. NULL is the same as nothing. */
int bm_json_same(const json_t *a, const json_t *b);

/** a minus b of two numbers by sign: -1, 0 or 1. Exact, also beyond 2^53. */
int bm_json_compare_numbers(const json_t *a, const json_t *b);

#endif
