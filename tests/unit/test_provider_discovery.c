/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"
#include "provider/provider_discovery.h"

#define OPENAI_LIST "{\"object\":\"list\",\"data\":[{\"id\":\"a\",\"object\":\"model\"}," \
                    "{\"id\":\"b\",\"object\":\"model\",\"parent\":\"a\"}]}"
#define CLAUDE_LIST "{\"data\":[{\"type\":\"model\",\"id\":\"c\",\"display_name\":\"C\"}],\"has_more\":false}"
#define CLAUDE_ERROR "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"no\"}}"
#define PLAIN_ERROR "{\"error\":{\"message\":\"no\"}}"
#define PAGE " \n<!doctype html>"

static const struct {
    const char *url, *provider;
} addresses[] = {
    { "https://api.openai.com/v1", "openai" }, { "http://127.0.0.1:8000", "openai" }, { "", "openai" }, { "h", "openai" },
    { "https://api.anthropic.com", "anthropic" }, { "https://API.Anthropic.COM:443/v1", "anthropic" },
    { "https://h/v1/messages", "anthropic" }, { "https://h/v1/messages//?x=1", "anthropic" },
    { "https://h/v1/messagesque", "openai" },
    { "https://agent.tinyfish.ai/v1/automation/run", "tinyfish" }, { "https://tinyfishes.example", "openai" },
    { "https://h/tinyfish", "openai" }, { "https://h?anthropic.", "openai" }, { "https://anthropic", "anthropic" },
};

BM_LOOP_TEST(an_address_tells_what_it_may_be, BM_COUNT(addresses))
{
    ck_assert_str_eq(bm_provider_discovery_guess(addresses[_i].url)->name, addresses[_i].provider);
}
END_TEST

static const struct {
    const char *provider, *connection, *url, *header, *value;
} requests[] = {
    { "openai", "{\"url\":\"http://h\"}", "http://h/v1/models", NULL, NULL },
    { "openai", "{\"url\":\"http://h/v1\",\"api\":\"embeddings\",\"headers\":{\"X-A\":\"b\"}}", "http://h/v1/models",
      "X-A:", "X-A: b" },
    { "anthropic", "{}", "https://api.anthropic.com/v1/models?limit=1000", "anthropic-version:",
      "anthropic-version: 2023-06-01" },
    { "anthropic", "{\"url\":\"http://h/v1?k=1\",\"version\":\"2\"}", "http://h/v1/models?k=1",
      "anthropic-version:", "anthropic-version: 2" },
    { "tinyfish", "{\"url\":\"http://h/v1\"}", "http://h/v1/runs?limit=1", NULL, NULL },
    { "http", "{\"url\":\"http://h/x?y\",\"method\":\"DELETE\"}", "http://h/x?y", NULL, NULL },
};

BM_LOOP_TEST(questions_have_no_effect, BM_COUNT(requests))
{
    bm_call_t *call = capture_call(requests[_i].provider, requests[_i].connection, "{}", g_pool);
    bm_http_request_t *request;

    ck_assert_int_eq(call->provider->discover(call, &request, NULL), APR_SUCCESS);
    ck_assert_str_eq(request->method, "GET");
    ck_assert_ptr_null(request->body);
    ck_assert_str_eq(request->url, requests[_i].url);
    if (requests[_i].header != NULL)
        ck_assert_str_eq(capture_header(request, requests[_i].header), requests[_i].value);
}
END_TEST

BM_TEST(a_provider_without_requests_asks_nothing)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_call_t *call = capture_call("openai", "{}", "{}", g_pool);
    bm_http_request_t *request;

    ck_assert_ptr_null(bm_provider_find("mock")->discover);
    ck_assert_int_eq(call->provider->discover(call, &request, err), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, 1);
}
END_TEST

/* What is read from one answer of the provider that was asked, and who is asked next if nobody else was. */
static const struct {
    const char *provider;
    int status;
    bm_exchange_end_e end;
    const char *header, *body, *code, *models, *next;      /* code NULL: completed; models NULL: no list */
} answers[] = {
    { "openai", 200, BM_END_COMPLETE, NULL, OPENAI_LIST, NULL, "a b", NULL },
    { "openai", 200, BM_END_COMPLETE, NULL, "[{\"id\":\"a\"}]", NULL, "a", NULL },
    { "openai", 200, BM_END_COMPLETE, NULL, "{\"data\":[]}", NULL, "", NULL },
    { "openai", 200, BM_END_COMPLETE, NULL, "{\"data\":[{\"id\":\"a\\u0007\"},{\"id\":\"\"},{\"id\":\"\\u00e4\"}]}",
      NULL, "\xc3\xa4", NULL },
    { "openai", 200, BM_END_COMPLETE, NULL, CLAUDE_LIST, NULL, "c", NULL },
    { "openai", 200, BM_END_COMPLETE, NULL, "{\"data\":[{\"id\":1}]}", "malformed_answer", NULL, "http" },
    { "openai", 200, BM_END_COMPLETE, NULL, "{\"data\":[{\"name\":\"a\"}]}", "malformed_answer", NULL, "http" },
    { "openai", 200, BM_END_COMPLETE, NULL, "{\"models\":[]}", "malformed_answer", NULL, "http" },
    { "openai", 200, BM_END_COMPLETE, NULL, "{\"data\":[{\"id\":\"a\"}", "malformed_answer", NULL, "http" },
    { "openai", 200, BM_END_COMPLETE, NULL, "", "malformed_answer", NULL, "http" },
    { "openai", 200, BM_END_COMPLETE, NULL, "null", "malformed_answer", NULL, "http" },
    { "openai", 200, BM_END_COMPLETE, NULL, PAGE, "malformed_answer", NULL, "http" },
    { "openai", 204, BM_END_COMPLETE, NULL, NULL, "malformed_answer", NULL, "http" },
    { "openai", 404, BM_END_COMPLETE, NULL, PLAIN_ERROR, "not_found", NULL, "http" },
    { "openai", 404, BM_END_COMPLETE, NULL, CLAUDE_ERROR, "not_found", NULL, "anthropic" },
    { "openai", 401, BM_END_COMPLETE, NULL, CLAUDE_ERROR, "unauthorized", NULL, "anthropic" },
    { "openai", 401, BM_END_COMPLETE, NULL, PLAIN_ERROR, "unauthorized", NULL, NULL },
    { "openai", 403, BM_END_COMPLETE, NULL, PAGE, "forbidden", NULL, NULL },
    { "openai", 429, BM_END_COMPLETE, NULL, PLAIN_ERROR, "rate_limited", NULL, NULL },
    { "openai", 503, BM_END_COMPLETE, NULL, PLAIN_ERROR, "unavailable", NULL, NULL },
    { "openai", 307, BM_END_COMPLETE, "Location: http://elsewhere/\r\n", NULL, "redirected", NULL, "http" },
    { "openai", 0, BM_END_CONNECT, NULL, NULL, "connection_refused", NULL, NULL },
    { "openai", 200, BM_END_TOO_LARGE, NULL, "[", "answer_too_large", NULL, NULL },
    { "openai", 200, BM_END_CUT, NULL, "{\"data\":[]}", "connection_lost", NULL, NULL },
    { "anthropic", 200, BM_END_COMPLETE, NULL, CLAUDE_LIST, NULL, "c", NULL },
    { "anthropic", 404, BM_END_COMPLETE, NULL, PLAIN_ERROR, "not_found", NULL, "openai" },
    { "anthropic", 401, BM_END_COMPLETE, NULL, CLAUDE_ERROR, "unauthorized", NULL, NULL },
    { "tinyfish", 200, BM_END_COMPLETE, NULL, "{\"data\":[],\"pagination\":{}}", NULL, NULL, NULL },
    { "tinyfish", 200, BM_END_COMPLETE, NULL, "[]", "malformed_answer", NULL, "openai" },
    { "http", 200, BM_END_COMPLETE, NULL, PAGE, NULL, NULL, NULL },
    { "http", 405, BM_END_COMPLETE, NULL, NULL, NULL, NULL, NULL },
    { "http", 200, BM_END_TOO_LARGE, NULL, "x", NULL, NULL, NULL },
    { "http", 404, BM_END_COMPLETE, NULL, PAGE, "not_found", NULL, "openai" },
    { "http", 0, BM_END_TLS, NULL, NULL, "tls_error", NULL, NULL },
};

static const char *names_of(const bm_discovery_t *found)
{
    return found->models != NULL ? apr_array_pstrcat(g_pool, found->models, ' ') : NULL;
}

BM_LOOP_TEST(answers_are_understood, BM_COUNT(answers))
{
    bm_call_t *call = capture_call(answers[_i].provider, "{\"url\":\"http://h\"}", "{}", g_pool);
    const bm_provider_t *asked[] = { call->provider, NULL }, *next;
    bm_http_request_t *request;
    bm_discovery_t found;
    bm_exchange_t *x;

    ck_assert_int_eq(call->provider->discover(call, &request, NULL), APR_SUCCESS);
    x = capture_whole(request, answers[_i].status, answers[_i].end, answers[_i].header, answers[_i].body, g_pool);
    bm_provider_discovery_read(&found, call, x);
    ck_assert_ptr_eq(call->answer.measured, x);
    ck_assert_int_eq(call->answer.end == BM_RUN_COMPLETED, answers[_i].code == NULL);
    ck_assert_pstr_eq(call->answer.error_code, answers[_i].code);
    ck_assert_pstr_eq(names_of(&found), answers[_i].models);
    next = bm_provider_discovery_next(asked, &found, call, x);
    ck_assert_pstr_eq(next != NULL ? next->name : NULL, answers[_i].next);
}
END_TEST

BM_TEST(nobody_is_asked_twice)
{
    const bm_provider_t *asked[] = { bm_provider_find("openai"), bm_provider_find("anthropic"), bm_provider_find("http"), NULL };
    bm_call_t *call = capture_call("http", "{\"url\":\"http://h\"}", "{}", g_pool);
    bm_http_request_t *request;
    bm_discovery_t found;
    bm_exchange_t *x;

    ck_assert_int_eq(call->provider->discover(call, &request, NULL), APR_SUCCESS);
    x = capture_whole(request, 404, BM_END_COMPLETE, NULL, CLAUDE_ERROR, g_pool);
    bm_provider_discovery_read(&found, call, x);
    found.is_anthropic = 1;
    ck_assert_ptr_null(bm_provider_discovery_next(asked, &found, call, x));
}
END_TEST

BM_TEST(long_lists_and_names_have_a_limit)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{}", g_pool);
    apr_array_header_t *entries = apr_array_make(g_pool, 1100, sizeof(const char *));
    const char *list;
    bm_http_request_t *request;
    bm_discovery_t found;
    int i;

    for (i = 0; i < 1100; i++)
        APR_ARRAY_PUSH(entries, const char *) = apr_psprintf(g_pool, "{\"id\":\"%0*d\"}", i < 50 ? 501 : 500, i);
    list = apr_pstrcat(g_pool, "[", apr_array_pstrcat(g_pool, entries, ','), "]", NULL);
    ck_assert_int_eq(call->provider->discover(call, &request, NULL), APR_SUCCESS);
    bm_provider_discovery_read(&found, call, capture_whole(request, 200, BM_END_COMPLETE, NULL, list, g_pool));
    ck_assert_int_eq(found.count, 1050);
    ck_assert_int_eq(found.models->nelts, BM_DISCOVERY_MODELS_MAX);
}
END_TEST

#include "test_provider_discovery.reg"
