/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/json_text.h: JSON values as text for people and for requests, and how large they are.
 *
 * Thread: no state. */
#ifndef BM_PARSE_JSON_TEXT_H
#define BM_PARSE_JSON_TEXT_H

#include <jansson.h>
#include <apr_pools.h>

/** Compact JSON with 15 digits of a real where they read back alike, else 17: jansson's own 17 make a
 *  0.69999999999999996 of a 0.7. In p; NULL: no memory. */
const char *bm_json_text_compact(const json_t *value, apr_pool_t *p);

/** Bytes of value as compact JSON with 17 digits. */
apr_size_t bm_json_text_bytes(const json_t *value);

/** Whether value has no more than levels levels of arrays and objects; a scalar has 0. */
int bm_json_text_fits_depth(const json_t *value, int levels);

#endif
