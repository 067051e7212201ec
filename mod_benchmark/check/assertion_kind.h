/* SPDX-License-Identifier: Apache-2.0
 *
 * check/assertion_kind.h: the kinds of assertions: a row each of how it is read and how it is run. For assertion.c. */
#ifndef BM_CHECK_ASSERTION_KIND_H
#define BM_CHECK_ASSERTION_KIND_H

#include "check/assertion.h"
#include "parse/json_schema.h"
#include "parse/regex.h"

typedef struct bm_assertion_kind_t bm_assertion_kind_t;

/** One compiled assertion. */
typedef struct bm_assertion_t {
    const bm_assertion_kind_t *kind;
    const json_t *value;             /* of the member that says the kind */
    const json_t *all;               /* the whole object */
    bm_regex_t *regex;
    bm_json_schema_t *schema;
} bm_assertion_t;

struct bm_assertion_kind_t {
    const char *name;                /* of the member */
    const char *const *others;       /* members that may stand beside it; NULL-terminated; NULL: none */

    /** Check value, and compile what needs it. at points to the assertion. @return whether there was a mistake (then in err). */
    int (*compile)(bm_assertion_t *a, const char *at, bm_err_t *err, apr_pool_t *p);

    /** @return NULL: it holds; else a sentence in p. */
    const char *(*run)(const bm_assertion_t *a, const bm_assertion_answer_t *answer, apr_int64_t *budget_ns, apr_pool_t *p);
};

/** All kinds, ended by one without a name. */
extern const bm_assertion_kind_t bm_assertion_kinds[];

#endif
