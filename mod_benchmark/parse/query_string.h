/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/query_string.h: a request's query string against a table of what is allowed.
 *
 * The table is the documentation: it validates here and describes the parameters in the OpenAPI
 * document. Encoding: application/x-www-form-urlencoded. Every violation of the query is found in
 * one pass; their pointer is "?name".
 *
 * Thread: no state; a parsed query may be read by many. */
#ifndef BM_PARSE_QUERY_STRING_H
#define BM_PARSE_QUERY_STRING_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>
#include "base/err.h"

typedef enum bm_query_type_e {
    BM_QUERY_TEXT = 1,      /* min and max: bytes; max 0: BM_QUERY_TEXT_MAX */
    BM_QUERY_INT,           /* min and max: of the value; both 0: any 64-bit integer */
    BM_QUERY_TIME,          /* RFC 3339, a date (midnight UTC), now, now-6h (parse/range_expr.h) */
    BM_QUERY_BOOL,          /* true, false, 1, 0 */
    BM_QUERY_ENUM,          /* one of values */
    BM_QUERY_ENUM_LIST,     /* one or more of values with commas between, each once */
    BM_QUERY_INT_LIST       /* integers with commas between; min and max as for BM_QUERY_INT */
} bm_query_type_e;

/** One parameter; a table of them ends with a NULL name. */
typedef struct bm_query_param_t {
    const char *name;
    bm_query_type_e type;
    apr_int64_t min, max;
    const char *values;     /* "a|b|c" for the enums, else NULL */
    const char *doc;        /* one sentence for the OpenAPI document */
} bm_query_param_t;

#define BM_QUERY_TEXT_MAX 1000     /* bytes of a text whose row names no maximum */
#define BM_QUERY_LIST_MAX 1000     /* elements of a list */
#define BM_QUERY_VIOLATIONS_MAX 64 /* one answer names no more than these */

/** Do not refuse unknown names, but list them (bm_query_string_unknown). */
#define BM_QUERY_ALLOW_UNKNOWN 1

typedef struct bm_query_string_t bm_query_string_t;

/** Parse text (as received, without the "?"; NULL: empty) against params, which must outlive the result. now: what
 *  relative times count from. A space in a time is read as the "+" that it was before decoding. *pq and all that it
 *  returns is in p.
 *  @return APR_EINVAL: violations are in err (may be NULL); what was refused counts as not given, the others can be looked at, so
 *  that whoever checks more than a table can names all that is wrong at once. Refused are unknown and repeated names, values
 *  that do not fit their row, "%" without two hex digits, and what decodes to NUL or to other than UTF-8. */
apr_status_t bm_query_string_parse(bm_query_string_t **pq, const char *text, const bm_query_param_t *params, int flags,
                                   apr_time_t now, bm_err_t *err, apr_pool_t *p);

/** Whether it was given, but refused. */
int bm_query_string_refused(const bm_query_string_t *q, const char *name);

/** Whether the parameter was given. In this and all below: name must be in the table, else it counts as not given. */
int bm_query_string_has(const bm_query_string_t *q, const char *name);

/** Decoded value of a parameter of any type; NULL: not given. */
const char *bm_query_string_text(const bm_query_string_t *q, const char *name);

/** Value of a BM_QUERY_INT. */
apr_int64_t bm_query_string_int(const bm_query_string_t *q, const char *name, apr_int64_t otherwise);

/** Value of a BM_QUERY_TIME. */
apr_time_t bm_query_string_time(const bm_query_string_t *q, const char *name, apr_time_t otherwise);

/** Value of a BM_QUERY_BOOL, 0 or 1. */
int bm_query_string_bool(const bm_query_string_t *q, const char *name, int otherwise);

/** Elements of a BM_QUERY_INT_LIST (apr_int64_t) or BM_QUERY_ENUM_LIST (const char *), in the order given; NULL: not
 *  given. */
const apr_array_header_t *bm_query_string_list(const bm_query_string_t *q, const char *name);

/** Unknown names (const char *), in the order given; never NULL, empty unless BM_QUERY_ALLOW_UNKNOWN. */
const apr_array_header_t *bm_query_string_unknown(const bm_query_string_t *q);

/** Decode len bytes of a name or value: "+" is a space, "%XX" a byte. *ptext is in p.
 *  @return APR_EINVAL: "%" without two hex digits, a NUL, or not UTF-8. */
apr_status_t bm_query_string_decode(const char **ptext, const char *encoded, apr_size_t len, apr_pool_t *p);

#endif
