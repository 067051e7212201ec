/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"
#include "provider/provider_mask.h"

typedef struct mask_case_t {
    const char *secrets[3];
    const char *text, *masked;
} mask_case_t;

static const mask_case_t cases[] = {
    { { NULL }, "nothing to hide", "nothing to hide" },
    { { "abc" }, "xabcxabc", "x***x***" },
    { { "abc" }, "ab", "ab" },
    { { "abc", "abcdef" }, "abcdef abc", "*** ***" },
    { { "abcdef", "abc" }, "abcdef", "***" },
    { { "a b/c" }, "https://h/?k=a%20b%2Fc&x=a b/c", "https://h/?k=***&x=***" },
    { { "q\"u\\o\n" }, "{\"k\":\"q\\\"u\\\\o\\n\"}", "{\"k\":\"***\"}" },
    { { "aa" }, "aaa", "***a" },
    { { "\xc3\xa4" }, "x\xc3\xa4y", "x***y" },
};

BM_LOOP_TEST(secrets_are_replaced_in_every_form, BM_COUNT(cases))
{
    const mask_case_t *c = &cases[_i];
    bm_call_t *call = capture_call("openai", "{}", "{}", g_pool);
    apr_size_t len = strlen(c->text);
    const char *masked;
    int i;

    for (i = 0; i < 3; i++)
        bm_provider_mask_add(call, c->secrets[i]);
    masked = bm_provider_mask_text(call, c->text, &len);
    ck_assert_int_eq(len, strlen(c->masked));
    ck_assert_int_eq(memcmp(masked, c->masked, len), 0);
}
END_TEST

static const struct {
    const char *name;
    int hidden;
} headers[] = {
    { "Authorization", 1 }, { "x-api-key", 1 }, { "X-Auth-Token", 1 }, { "Cookie", 1 }, { "Proxy-Authorization", 1 },
    { "Content-Type", 0 }, { "Accept", 0 }, { "anthropic-version", 0 }, { "X-Signature", 1 }, { "Client-Secret", 1 },
};

BM_LOOP_TEST(headers_with_credentials_are_known_by_name, BM_COUNT(headers))
{
    ck_assert_int_eq(bm_provider_mask_header(headers[_i].name, strlen(headers[_i].name)), headers[_i].hidden);
}
END_TEST

static bm_http_request_t *request_of(const char *url, const char *body)
{
    bm_http_request_t *request = apr_pcalloc(g_pool, sizeof(*request));

    request->method = "POST";
    request->url = url;
    request->headers = apr_array_make(g_pool, 2, sizeof(const char *));
    request->body = body;
    request->body_len = body ? strlen(body) : 0;
    return request;
}

BM_TEST(a_request_is_kept_without_its_secrets)
{
    bm_call_t *call = capture_call("openai", "{}", "{}", g_pool);
    bm_http_request_t *request = request_of("https://h/?k=s%2F1", "{\"a\": [\"s/1\", 1, \"xs\\/1\"], \"s/1\": null}");

    bm_provider_mask_add(call, "s/1");
    APR_ARRAY_PUSH(request->headers, const char *) = "Authorization: Bearer abc";
    APR_ARRAY_PUSH(request->headers, const char *) = "X-Api-Key: abc";
    APR_ARRAY_PUSH(request->headers, const char *) = "X-Other: is s/1 \"q\"";
    ck_assert_str_eq(bm_provider_request_json(call, request),
                     "{\"method\":\"POST\",\"url\":\"https://h/?k=***\",\"headers\":{\"Authorization\":\"Bearer ***\","
                         "\"X-Api-Key\":\"***\","
                     "\"X-Other\":\"is *** \\\"q\\\"\"},\"body\":{\"a\":[\"***\",1,\"x***\"],\"***\":null}}");
}
END_TEST

BM_TEST(a_body_that_is_no_json_is_kept_as_text)
{
    bm_call_t *call = capture_call("openai", "{}", "{}", g_pool);

    ck_assert_str_eq(bm_provider_request_json(call, request_of("https://h", "a=1\xff")),
                     "{\"method\":\"POST\",\"url\":\"https://h\",\"headers\":{},\"body\":\"a=1\xef\xbf\xbd\"}");
    ck_assert_str_eq(bm_provider_request_json(call, request_of("https://h", NULL)),
                     "{\"method\":\"POST\",\"url\":\"https://h\",\"headers\":{},\"body\":null}");
}
END_TEST

/* A secret that looks like JSON syntax cannot break the text, since strings are masked before they are written. */
BM_TEST(any_secret_leaves_valid_json)
{
    static const char *const secrets[] = { "\"", ":", "{", "a", "1", "\\", "method" };
    apr_size_t i;

    for (i = 0; i < BM_COUNT(secrets); i++) {
        bm_call_t *call = capture_call("openai", "{}", "{}", g_pool);
        const char *text;
        json_t *j;

        bm_provider_mask_add(call, secrets[i]);
        text = bm_provider_request_json(call, request_of("https://h/a", "{\"a\":\"1:{\\\"\"}"));
        ck_assert_int_eq(bm_json_parse(&j, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    }
}
END_TEST

#include "test_provider_mask.reg"
