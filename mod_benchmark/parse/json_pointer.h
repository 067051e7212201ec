/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/json_pointer.h: JSON Pointer (RFC 6901): find a value, and say where one is.
 *
 * Thread: no state; a json_t that nobody changes may be searched by many. */
#ifndef BM_PARSE_JSON_POINTER_H
#define BM_PARSE_JSON_POINTER_H

#include <jansson.h>
#include <apr_pools.h>

/** Whether text is a pointer: "" or a list of "/token" in which every "~" is followed by 0 or 1. NULL is none. */
int bm_json_pointer_is_valid(const char *pointer);

/** The value that pointer (UTF-8) names in root ("" is root itself); it belongs to root. NULL: there is none, or the
 *  pointer is not valid, or it is NULL. Array tokens are 0 or digits without a leading 0; "-" names
 *  nothing that is there. */
json_t *bm_json_pointer_find(const json_t *root, const char *pointer);

/** base, "/" and token with "~" and "/" escaped; in p. */
const char *bm_json_pointer_add(const char *base, const char *token, apr_pool_t *p);

/** base, "/" and an array index; in p. */
const char *bm_json_pointer_add_index(const char *base, apr_size_t index, apr_pool_t *p);

#endif
