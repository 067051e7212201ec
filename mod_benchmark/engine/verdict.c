/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verdict.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"

enum { NAMED_MAX = 10 };

/* The member of a kept answer that is what was answered: each provider has one of them. */
static const json_t *said(const json_t *response)
{
    static const char *const members[] = { "content", "body", "result", "output", "embeddings", "reasoning" };
    size_t i;

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const json_t *value = json_object_get(response, members[i]);

        if (value != NULL && !json_is_null(value))
            return value;
    }
    return NULL;
}

/* As text and, where it is that, as JSON. */
static void read_answer(bm_assertion_answer_t *answer, const bm_answer_t *kept, apr_pool_t *p)
{
    const json_t *value;
    json_t *response, *json;

    if (kept->response == NULL || bm_json_parse(&response, kept->response, strlen(kept->response), NULL, p) != APR_SUCCESS)
        return;
    value = said(response);
    if (value == NULL)
        return;
    if (!json_is_string(value)) {
        answer->json = value;
        answer->text = bm_json_dump(NULL, value, p);
        answer->text_len = strlen(answer->text);
        return;
    }
    answer->text = json_string_value(value);
    answer->text_len = json_string_length(value);
    if (bm_json_parse(&json, answer->text, answer->text_len, NULL, p) == APR_SUCCESS)
        answer->json = json;
}

static const char *sentence(const apr_array_header_t *failures, apr_pool_t *p)
{
    const char *text = "";
    int i;

    for (i = 0; i < failures->nelts && i < NAMED_MAX; i++) {
        const bm_assertion_failure_t *failure = &APR_ARRAY_IDX(failures, i, bm_assertion_failure_t);

        text = apr_psprintf(p, "%s%sAssertion %d (%s): %s", text, *text ? " " : "", failure->index + 1, failure->kind,
                            failure->detail);
    }
    return failures->nelts > NAMED_MAX ? apr_psprintf(p, "%s And %d more.", text, failures->nelts - NAMED_MAX) : text;
}

bm_figures_t *bm_verdict(bm_call_t *call, const bm_assertions_t *assertions, bm_figures_t *figures)
{
    bm_assertion_answer_t answer = BM_ASSERTION_ANSWER_INIT;
    apr_array_header_t *failures;
    apr_int64_t latency_ns;

    if (assertions == NULL || call->answer.end != BM_RUN_COMPLETED)
        return figures;
    read_answer(&answer, &call->answer, call->p);
    latency_ns = figures->e2e_ns != BM_FIGURE_NONE ? figures->e2e_ns : figures->total_ns;
    if (latency_ns != BM_FIGURE_NONE)
        answer.latency_ms = (double)latency_ns / 1e6;
    if (figures->http_status != BM_FIGURE_NONE)
        answer.status = (int)figures->http_status;
    answer.tokens = call->answer.usage.completion;
    answer.finish_reason = call->answer.finish_reason;
    failures = bm_assertions_run(assertions, &answer, call->p);
    if (failures->nelts == 0)
        return figures;
    call->answer.end = BM_RUN_FAILED;
    call->answer.error_code = "assertion_failed";
    call->answer.error = sentence(failures, call->p);
    call->answer.transient = 0;
    call->answer.effect = BM_EFFECT_SETTLED;
    return bm_measure(&call->answer, call->p);
}
