/* SPDX-License-Identifier: Apache-2.0 */
#include "api/trace_words.h"

#include <ctype.h>
#include <string.h>
#include <apr_strings.h>
#include "model/trace_source_model.h"
#include "parse/json_pointer.h"
#include "parse/regex.h"
#include "store/trace_agent_store.h"

#define BUDGET_NS 100000000              /* of all patterns on all names of an answer */
#define OTHER "other"

/* --- the check */

/* A member of sessions, beside those that they have. */
static void check_name(const char *name, const char *at, bm_err_t *err)
{
    size_t i, len = strlen(name);

    for (i = 0; i < len; i++)
        if (!(islower((unsigned char)name[i]) || name[i] == '_' || (i > 0 && isdigit((unsigned char)name[i]))))
            break;
    if (len == 0 || len > BM_WORDS_NAME_MAX || i < len)
        bm_err_violation(err, at, "Must be a name of at most %d lower-case letters, digits and _, without a digit first.",
                         BM_WORDS_NAME_MAX);
    else if (bm_field_find(bm_cupid_session_fields, name) != NULL)
        bm_err_violation(err, at, "Is what sessions have already.");
}

static void check_labels(const json_t *labels, const json_t *stage, bm_err_t *err, apr_pool_t *p)
{
    const char *name, *taken = json_string_value(json_object_get(stage, "name"));
    json_t *pointer;

    if (json_object_size(labels) > BM_WORDS_LABELS_MAX)
        bm_err_violation(err, "/words/labels", "Must have at most %d members.", BM_WORDS_LABELS_MAX);
    json_object_foreach((json_t *)(apr_uintptr_t)labels, name, pointer) {
        const char *at = bm_json_pointer_add("/words/labels", name, p), *text = json_string_value(pointer);

        check_name(name, at, err);
        if (taken != NULL && strcmp(taken, name) == 0)
            bm_err_violation(err, at, "Is the name of the stage.");
        if (text == NULL || text[0] != '/' || !bm_json_pointer_is_valid(text))
            bm_err_violation(err, at, "Must be a JSON Pointer, such as /player/name.");
    }
}

static void check_complete(const json_t *complete, const json_t *stage, bm_err_t *err)
{
    const json_t *reached = json_object_get(complete, "stage"), *observation = json_object_get(complete, "observation");

    if (complete != NULL && reached == NULL && observation == NULL)
        bm_err_violation(err, "/words/complete", "Must have a stage or an observation.");
    if (reached != NULL && stage == NULL)
        bm_err_violation(err, "/words/complete/stage", "Needs words of a stage.");
    if (observation != NULL && json_object_size(observation) == 0)
        bm_err_violation(err, "/words/complete/observation", "Must have a type or a name.");
}

static void check_pattern(const json_t *pattern, const char *at, bm_err_t *err, apr_pool_t *p)
{
    const char *why;
    bm_regex_t *regex;

    if (json_is_string(pattern) && bm_regex_compile(&regex, json_string_value(pattern), &why, p) != APR_SUCCESS)
        bm_err_violation(err, at, "Must be a regular expression: %s.", why);
}

static void check_categories(const json_t *categories, bm_err_t *err, apr_pool_t *p)
{
    size_t i;

    for (i = 0; i < json_array_size(categories); i++)
        check_pattern(json_object_get(json_array_get(categories, i), "pattern"),
                      apr_psprintf(p, "/words/categories/%" APR_SIZE_T_FMT "/pattern", i), err, p);
}

void bm_trace_bodies_check(const json_t *bodies, bm_err_t *err, apr_pool_t *p)
{
    const json_t *redact = json_object_get(bodies, "redact");
    size_t i;

    for (i = 0; i < json_array_size(redact); i++)
        check_pattern(json_array_get(redact, i), apr_psprintf(p, "/bodies/redact/%" APR_SIZE_T_FMT, i), err, p);
}

void bm_trace_words_check(const json_t *words, bm_err_t *err, apr_pool_t *p)
{
    const json_t *stage = json_object_get(words, "stage");
    const char *name = json_string_value(json_object_get(stage, "name"));

    check_labels(json_object_get(words, "labels"), stage, err, p);
    if (name != NULL)
        check_name(name, "/words/stage/name", err);
    check_complete(json_object_get(words, "complete"), stage, err);
    check_categories(json_object_get(words, "categories"), err, p);
}

/* --- categories of agents */

typedef struct pattern_t {
    const char *source;                  /* ",1," */
    bm_regex_t *regex;
    const char *category;
} pattern_t;

struct bm_trace_categories_t {
    pattern_t *patterns;
    int n;
    apr_int64_t budget_ns;
};

apr_status_t bm_trace_categories_read(bm_trace_categories_t **pcategories, bm_req_t *q)
{
    bm_trace_categories_t *c = *pcategories = apr_pcalloc(q->p, sizeof(*c));
    const char *why;
    bm_rows_t *rows;
    int i;
    apr_status_t rv = bm_trace_agent_store_categories(&rows, q->db, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    c->budget_ns = BUDGET_NS;
    c->patterns = apr_palloc(q->p, ((size_t)bm_rows_count(rows) + 1) * sizeof(*c->patterns));
    for (i = 0; i < bm_rows_count(rows); i++) {
        pattern_t *pattern = &c->patterns[c->n];

        pattern->source = apr_pstrcat(q->p, ",", bm_rows_text(rows, i, 0), ",", NULL);
        pattern->category = bm_rows_text(rows, i, 2);
        if (bm_regex_compile(&pattern->regex, bm_rows_text(rows, i, 1), &why, q->p) == APR_SUCCESS)
            c->n++;                      /* another build may know no patterns */
    }
    return APR_SUCCESS;
}

const char *bm_trace_category(bm_trace_categories_t *c, const char *name, const char *sources)
{
    int i;

    for (i = 0; i < c->n && c->budget_ns > 0; i++)
        if (strstr(sources, c->patterns[i].source) != NULL
            && bm_regex_find(c->patterns[i].regex, name, strlen(name), &c->budget_ns) == BM_REGEX_FOUND)
            return c->patterns[i].category;
    return OTHER;
}
