/* SPDX-License-Identifier: Apache-2.0
 *
 * base/json.h: jansson behind one door, and our own writer.
 *
 * In: jansson values that belong to a pool, so no caller ever counts references. Out: a writer that
 * appends to one buffer and copies stored JSON verbatim; jansson on the way out cost a factor of
 * 4.8 on lists when measured. Only json.c includes what it wraps by reference counting; the other
 * rooms may use jansson's read accessors (json_object_get, json_string_value ...) freely. */
#ifndef BM_BASE_JSON_H
#define BM_BASE_JSON_H

#include <jansson.h>
#include <apr_pools.h>
#include <apr_time.h>
#include "base/buffer.h"
#include "base/err.h"

/** Deepest nesting that bm_json_parse accepts. */
#define BM_JSON_MAX_DEPTH 64

/** Give j (a new reference, may be NULL) to pool p. @return j. */
json_t *bm_json_adopt(json_t *j, apr_pool_t *p);

/** Parse exactly one JSON text, any value: no duplicate keys, no bytes behind it, at most BM_JSON_MAX_DEPTH deep.
 *  *pj belongs to p. @return APR_EINVAL with code "malformed_json" and line and column in err. */
apr_status_t bm_json_parse(json_t **pj, const char *text, apr_size_t len, bm_err_t *err, apr_pool_t *p);

/** The same of what somebody else's server sent, which is made the best of: bytes that are no UTF-8, NUL
 *  and halves of surrogate pairs become U+FFFD, of members of one name the last counts, integers beyond 64 bits are reals, and it
 *  may be nested as deep as jansson can. text is changed. @return APR_EINVAL: it is no JSON. */
apr_status_t bm_json_parse_foreign(json_t **pj, char *text, apr_size_t len, bm_err_t *err, apr_pool_t *p);

/** Compact text of j (object keys in their order), in pool p. len may be NULL. Never NULL: "null" for NULL. */
const char *bm_json_dump(apr_size_t *len, const json_t *j, apr_pool_t *p);

/** Deep copy with the members of overlay laid over those of base (first level only); either may be NULL. In p. */
json_t *bm_json_overlay(const json_t *base, const json_t *overlay, apr_pool_t *p);

/** --- writer ---
 * Commas are put by the writer. Strings must be UTF-8; control characters are escaped (RFC 8259), and
 * so is U+2028/9. NaN and infinities are written as null. An append that fails is remembered in rv. */
typedef struct bm_jw_t {
    bm_buffer_t *out;
    apr_status_t rv;      /* APR_SUCCESS, or why the text is not complete */
    unsigned comma;       /* internal: the next value needs a comma first */
} bm_jw_t;

/** A writer that appends to out. */
void bm_jw_init(bm_jw_t *w, bm_buffer_t *out);

void bm_jw_begin_object(bm_jw_t *w);
void bm_jw_end_object(bm_jw_t *w);
void bm_jw_begin_array(bm_jw_t *w);
void bm_jw_end_array(bm_jw_t *w);
/** Member name; the next call writes its value. */
void bm_jw_key(bm_jw_t *w, const char *key);
void bm_jw_null(bm_jw_t *w);
void bm_jw_bool(bm_jw_t *w, int value);
void bm_jw_int(bm_jw_t *w, apr_int64_t value);
/** Shortest of up to 15 digits that reads back alike ("%.15g"). */
void bm_jw_double(bm_jw_t *w, double value);
/** value with `decimals` digits behind the point, trailing zeros dropped. */
void bm_jw_fixed(bm_jw_t *w, double value, int decimals);
/** A time in milliseconds: to the microsecond, and where that were fewer than six significant digits, to six of them; so rounding
 *  adds next to nothing to the error of a sketch, however small the value. Not finite: null. */
void bm_jw_ms(bm_jw_t *w, double ms);
/** NULL is written as null. */
void bm_jw_string(bm_jw_t *w, const char *value);
void bm_jw_string_n(bm_jw_t *w, const char *value, apr_size_t len);
/** A finished JSON text, copied as it is; NULL or empty is written as null. */
void bm_jw_raw(bm_jw_t *w, const char *json, apr_size_t len);
/** As bm_json_dump gives it, without a pool. */
void bm_jw_json(bm_jw_t *w, const json_t *j);
/** RFC 3339 in UTC with microseconds. */
void bm_jw_time(bm_jw_t *w, apr_time_t t);

#endif
