/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/template.h: {{name}} filling that a value cannot break out of.
 *
 *   {{name}}        the input "name"; blanks inside the braces do not matter
 *   {{a.b}}         the input "a.b" if there is one, else member "b" of the object "a"
 *   {{secret.NAME}} {{env.NAME}}   what the caller's lookup says; never an input
 *   {{{{            two literal braces
 *   {{{name}}}      a brace, the placeholder, a brace
 *
 * Names are [A-Za-z_][A-Za-z0-9_.-]*, at most 200 bytes. Anything else behind two braces is a violation, so that a slip
 * of the pen is not sent to a paid service. What is filled in is never searched for placeholders.
 *
 * In JSON a string that is nothing but one placeholder becomes the value with its type; within a longer
 * string the text form is put: strings as they are, all others as compact JSON. Member names are left alone.
 *
 * Thread: no state; template and inputs may be shared if nobody changes them. */
#ifndef BM_PARSE_TEMPLATE_H
#define BM_PARSE_TEMPLATE_H

#include <jansson.h>
#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include "base/err.h"

/** Where plain text is going. */
typedef enum bm_template_context_e {
    BM_TEMPLATE_RAW = 1,     /* as it is; only a NUL is refused */
    BM_TEMPLATE_URL,         /* part of a URL: every byte but A-Z a-z 0-9 - . _ ~ is percent-encoded; a value of nothing
                                but dots, which could walk up the path, is refused */
    BM_TEMPLATE_HEADER       /* a header's value: control characters are refused, also in the template itself */
} bm_template_context_e;

/** Value of "secret.NAME" or "env.NAME". *pvalue in p or living longer; *psecret: whether it must never be shown.
 *  @return APR_NOTFOUND: there is none; APR_EACCES: it may not be used here; any other ends the filling with that
 *  status. */
typedef apr_status_t bm_template_lookup_fn(const char **pvalue, int *psecret, void *baton, const char *name,
                                           apr_pool_t *p);

/** What a template is filled from. */
typedef struct bm_template_scope_t {
    const json_t *inputs;             /* an object; NULL: no inputs */
    bm_template_lookup_fn *lookup;    /* NULL: no secret.* and no env.* */
    void *baton;                      /* of lookup */
    const char *mask;                 /* not NULL: put in place of every secret value (a copy to store and show) */
    const char *pointer;              /* JSON Pointer of the template, the start of those in violations; NULL: "" */
    apr_size_t max_bytes;             /* of the result; 0: BM_TEMPLATE_MAX_BYTES */
    apr_array_header_t *secrets;      /* of const char *: secret values used are added, each once; may be NULL */
} bm_template_scope_t;

#define BM_TEMPLATE_MAX_BYTES (4 * 1024 * 1024)
#define BM_TEMPLATE_NAME_MAX 200         /* bytes of a name */
#define BM_TEMPLATE_VIOLATIONS_MAX 64    /* one answer names no more than these */

/** Fill every string of tmpl. *presult is a new tree in p that shares nothing with tmpl or inputs.
 *  @return APR_EINVAL: violations in err (may be NULL), one for each placeholder that is malformed, has no value, may
 *  not be used, or would make the result deeper than BM_JSON_MAX_DEPTH or longer than max_bytes (compact JSON, escapes
 *  not counted); other: from lookup. *presult is then NULL. */
apr_status_t bm_template_fill_json(json_t **presult, const json_t *tmpl, const bm_template_scope_t *scope,
                                   bm_err_t *err, apr_pool_t *p);

/** Fill plain text. *presult is in p. @return as bm_template_fill_json, and APR_EINVAL for what context refuses. */
apr_status_t bm_template_fill_text(const char **presult, const char *tmpl, bm_template_context_e context,
                                   const bm_template_scope_t *scope, bm_err_t *err, apr_pool_t *p);

/** Names used in all strings of tmpl (const char *), each once, in the order of their first use. *pnames is never NULL.
 *  @return APR_EINVAL: malformed placeholders are in err, with pointers that start with pointer. */
apr_status_t bm_template_names_json(apr_array_header_t **pnames, const json_t *tmpl, const char *pointer, bm_err_t *err,
                                    apr_pool_t *p);

/** The same for plain text. */
apr_status_t bm_template_names_text(apr_array_header_t **pnames, const char *tmpl, const char *pointer, bm_err_t *err,
                                    apr_pool_t *p);

/** Whether name is answered by the lookup ("secret." or "env."), not by the inputs. */
int bm_template_is_reserved(const char *name);

#endif
