/* SPDX-License-Identifier: Apache-2.0 */
#include "check/assertion.h"

#include <string.h>
#include "check/assertion_kind.h"
#include "parse/json_pointer.h"

struct bm_assertions_t {
    bm_assertion_t *list;
    int n;
};

static const bm_assertion_kind_t *kind_find(const char *name)
{
    const bm_assertion_kind_t *kind = bm_assertion_kinds;

    while (kind->name != NULL && strcmp(kind->name, name) != 0)
        kind++;
    return kind->name ? kind : NULL;
}

static int may_stand_beside(const bm_assertion_kind_t *kind, const char *name)
{
    for (int i = 0; kind->others != NULL && kind->others[i] != NULL; i++)
        if (strcmp(kind->others[i], name) == 0)
            return 1;
    return 0;
}

/* The kind whose name is a member. @return NULL: there is none, or several; err says so. */
static const bm_assertion_kind_t *kind_of(const json_t *j, const char *at, bm_err_t *err)
{
    json_t *from = (json_t *)(apr_uintptr_t)j;      /* jansson's iterators take no const, but change nothing */
    const bm_assertion_kind_t *found = NULL;
    const char *name;
    json_t *value;
    int n = 0;

    json_object_foreach(from, name, value) {
        const bm_assertion_kind_t *kind = kind_find(name);

        found = kind ? kind : found;
        n += kind != NULL;
    }
    if (n == 1)
        return found;
    bm_err_violation(err, at, "must have exactly one of status, contains, regex, json_pointer, json_schema, max_latency_ms, "
                     "min_tokens, max_tokens and finish_reason");
    return NULL;
}

/* @return whether there was a mistake. */
static int compile_one(bm_assertion_t *a, const json_t *j, const char *at, bm_err_t *err, apr_pool_t *p)
{
    json_t *from = (json_t *)(apr_uintptr_t)j, *value;
    const char *name;
    int mistaken = 0;

    if (!json_is_object(j)) {
        bm_err_violation(err, at, "must be an object");
        return 1;
    }
    a->kind = kind_of(j, at, err);
    if (a->kind == NULL)
        return 1;
    json_object_foreach(from, name, value)
        if (strcmp(name, a->kind->name) != 0 && !may_stand_beside(a->kind, name)) {
            bm_err_violation(err, bm_json_pointer_add(at, name, p), "is not a member of an assertion of this kind");
            mistaken = 1;
        }
    a->all = j;
    a->value = json_object_get(j, a->kind->name);
    return a->kind->compile(a, at, err, p) || mistaken;
}

apr_status_t bm_assertions_compile(bm_assertions_t **passertions, const json_t *list, const char *prefix, bm_err_t *err,
                                   apr_pool_t *p)
{
    bm_assertions_t *assertions = apr_pcalloc(p, sizeof(*assertions));
    size_t n = json_array_size(list);
    int mistakes = 0;

    *passertions = NULL;
    if (list != NULL && !json_is_null(list) && !json_is_array(list))
        return bm_err_violation(err, prefix, "must be a list of assertions");
    if (n > BM_ASSERTIONS_MAX)
        return bm_err_violation(err, prefix, "must have at most %d assertions", BM_ASSERTIONS_MAX);
    assertions->list = apr_pcalloc(p, sizeof(*assertions->list) * (n + 1));
    for (size_t i = 0; i < n; i++)
        mistakes += compile_one(&assertions->list[i], json_array_get(list, i), bm_json_pointer_add_index(prefix, i, p), err, p);
    if (mistakes > 0)
        return APR_EINVAL;
    assertions->n = (int)n;
    *passertions = assertions;
    return APR_SUCCESS;
}

apr_status_t bm_assertions_check(const json_t *list, const char *prefix, bm_err_t *err, apr_pool_t *p)
{
    bm_assertions_t *unused;
    apr_pool_t *ptemp;
    apr_status_t rv;

    apr_pool_create(&ptemp, p);                     /* err copies what it keeps into its own pool */
    rv = bm_assertions_compile(&unused, list, prefix, err, ptemp);
    apr_pool_destroy(ptemp);
    return rv;
}

apr_array_header_t *bm_assertions_run(const bm_assertions_t *assertions, const bm_assertion_answer_t *answer, apr_pool_t *p)
{
    apr_array_header_t *failures = apr_array_make(p, 1, sizeof(bm_assertion_failure_t));
    apr_int64_t budget_ns = BM_ASSERTIONS_BUDGET_NS;

    for (int i = 0; i < assertions->n; i++) {
        const bm_assertion_t *a = &assertions->list[i];
        const char *detail = a->kind->run(a, answer, &budget_ns, p);

        if (detail != NULL)
            APR_ARRAY_PUSH(failures, bm_assertion_failure_t) = (bm_assertion_failure_t){ i, a->kind->name, detail };
    }
    return failures;
}
