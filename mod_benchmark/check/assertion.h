/* SPDX-License-Identifier: Apache-2.0
 *
 * check/assertion.h: what an answer must be like to count as a success: a list of assertions, and the verdict.
 *
 * A list is a JSON array of objects, each with exactly one of these members, which says its kind:
 *
 *   {"status": 200}, {"status": [200, 201]}        the HTTP status is (one of) these
 *   {"contains": "text"}                           the text has these bytes somewhere
 *   {"regex": "pattern"}                           the pattern is found in the text (parse/regex.h)
 *   {"json_pointer": "/a/0", ...}                  of the value that this RFC 6901 pointer names in the answer as JSON:
 *        "exists": true|false                          it is there, or it is not
 *        "equals": any value                           it is this (1 is 1.0)
 *        "type": "string"                              its JSON type: null, boolean, object, array, string, number, integer
 *      at least one of these; several must all hold, but "exists": false stands alone
 *   {"json_schema": {...}}                         the answer as JSON is as this schema says (parse/json_schema.h)
 *   {"max_latency_ms": 500}                        the answer was complete within this time
 *   {"min_tokens": 1}, {"max_tokens": 100}         output tokens
 *   {"finish_reason": "stop"} or a list            the reason is (one of) these
 *
 * What is not known of an answer (no JSON, tokens not counted) fails the assertions that ask for it.
 *
 * Thread: a compiled list may be run by many at a time. Running may take BM_ASSERTIONS_BUDGET_NS of processor time,
 * and in bad cases twice that, so it does not belong into a thread that stamps arrivals. */
#ifndef BM_CHECK_ASSERTION_H
#define BM_CHECK_ASSERTION_H

#include <jansson.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include "base/err.h"
#include "model/field.h"

/** Assertions of one list; bytes of the text that one looks for. */
#define BM_ASSERTIONS_MAX 50
#define BM_ASSERTIONS_TEXT_MAX 10000

/** Processor time for all patterns and schemas of a list, in one run of it. */
#define BM_ASSERTIONS_BUDGET_NS (APR_INT64_C(100) * 1000 * 1000)

typedef struct bm_assertions_t bm_assertions_t;

/** For the reference: the members of one. That exactly one says the kind, and what may stand beside it, is not in the table. */
extern const bm_field_t bm_assertion_fields[];

/** What is known of an answer. BM_ASSERTION_ANSWER_INIT is an answer of which nothing is. */
typedef struct bm_assertion_answer_t {
    int status;                      /* HTTP; 0: not known */
    const char *text;                /* what a model said, or the body; NULL: not known */
    apr_size_t text_len;
    const json_t *json;              /* the same as JSON; NULL: it is none */
    double latency_ms;               /* until the last content; NaN: not known */
    apr_int64_t tokens;              /* output; -1: not known */
    const char *finish_reason;       /* NULL: not known */
} bm_assertion_answer_t;

#define BM_ASSERTION_ANSWER_INIT { .latency_ms = __builtin_nan(""), .tokens = -1 }

/** An assertion that did not hold. */
typedef struct bm_assertion_failure_t {
    int index;                       /* in the list, from 0 */
    const char *kind;                /* "contains" ... */
    const char *detail;              /* a sentence: The text does not contain "total". */
} bm_assertion_failure_t;

/** Check a list without running it. Each mistake is added to err (may be NULL) with a JSON Pointer below prefix. NULL and null
 *  are empty lists. @return APR_EINVAL: there was one. */
apr_status_t bm_assertions_check(const json_t *list, const char *prefix, bm_err_t *err, apr_pool_t *p);

/** Compile a list, which must live as long as the result; in p. @return as bm_assertions_check (*passertions is then NULL). */
apr_status_t bm_assertions_compile(bm_assertions_t **passertions, const json_t *list, const char *prefix, bm_err_t *err,
                                   apr_pool_t *p);

/** The assertions that answer does not meet, as bm_assertion_failure_t in the order of the list, in p; empty: it meets
 *  all. Never NULL. */
apr_array_header_t *bm_assertions_run(const bm_assertions_t *assertions, const bm_assertion_answer_t *answer, apr_pool_t *p);

#endif
