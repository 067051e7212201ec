/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "provider/provider_url.h"

static const struct {
    const char *url;
    int fine;
} urls[] = {
    { "http://h", 1 }, { "https://h:8443/a?b=c", 1 }, { "HTTPS://H", 1 }, { "http://[::1]:80/x", 1 }, { "http://[::1]", 1 },
    { "http://127.0.0.1:8081/v1", 1 }, { "https://h/a%20b", 1 }, { "https://h?x=1", 1 },
    { "https://{{env.HOST}}/v1/{{path}}", 1 }, { "https://h:{{port}}/", 1 }, { "{{env.BASE}}/v1", 1 }, {
      "https://h/?q={{a b", 0 },
    { "", 0 }, { "h", 0 }, { "//h", 0 }, { "ftp://h", 0 }, { "file:///etc/passwd", 0 }, { "http://", 0 }, { "http:///x", 0 },
    { "http://:80", 0 }, { "http://h:0", 0 }, { "http://h:65536", 0 }, { "http://h:8o", 0 }, { "http://h:", 0 },
    { "http://user@h", 0 }, { "http://user:pass@h/", 0 }, { "http://h/#f", 0 }, { "http://h/a b", 0 }, { "http://h/\r\nX: y", 0 },
    { "http://h/\x7f", 0 }, { "http://h/\xc3\xa4", 0 }, { "http://h/\"", 0 }, { "http://h/<", 0 }, { "http://h\\@x", 0 }, {
      "http://[::1", 0 },
    { "http://[]/", 0 }, { "http://[::1]x/", 0 }, { "{{", 0 },
};

BM_LOOP_TEST(urls_of_targets_are_checked, BM_COUNT(urls))
{
    bm_err_t *err = bm_err_make(g_pool);

    ck_assert_msg((bm_provider_url_check(urls[_i].url, "/connection/url", err, g_pool) == APR_SUCCESS) == urls[_i].fine, "%s",
                  urls[_i].url);
    ck_assert_int_eq(err->violations->nelts, !urls[_i].fine);
}
END_TEST

BM_TEST(a_url_has_a_limit)
{
    char *url = apr_palloc(g_pool, 9001);

    memset(url, 'a', 9000);
    memcpy(url, "http://h/", 9);
    url[9000] = '\0';
    ck_assert_int_eq(bm_provider_url_check(url, "/x", NULL, g_pool), APR_EINVAL);
    url[8000] = '\0';
    ck_assert_int_eq(bm_provider_url_check(url, "/x", NULL, g_pool), APR_SUCCESS);
}
END_TEST

BM_TEST(an_endpoint_has_others_beside_it)
{
    ck_assert_str_eq(bm_provider_url_beside("https://h", "/embeddings", "/models", g_pool), "https://h/v1/models");
    ck_assert_str_eq(bm_provider_url_beside("https://h/api/v2/?x=/y", "/embeddings", "/models", g_pool),
                     "https://h/api/v2/models?x=/y");
    ck_assert_str_eq(bm_provider_url_beside("https://h/v1/chat/completions/", "/chat/completions", "/models", g_pool),
                     "https://h/v1/models");
}
END_TEST

static const struct {
    const char *base, *endpoint, *url;
} endpoints[] = {
    { "https://h", "/messages", "https://h/v1/messages" },
    { "https://h/", "/messages", "https://h/v1/messages" },
    { "https://h/v1", "/messages", "https://h/v1/messages" },
    { "https://h/v1//", "/messages", "https://h/v1/messages" },
    { "https://h/v1/messages", "/messages", "https://h/v1/messages" },
    { "https://h/v1/messages/", "/messages", "https://h/v1/messages" },
    { "https://v1.example/", "/messages", "https://v1.example/v1/messages" },
    { "https://h/vision", "/messages", "https://h/vision/v1/messages" },
    { "https://h/api/v2?x=/v1", "/messages", "https://h/api/v2/messages?x=/v1" },
    { "https://h/v1beta/openai", "/messages", "https://h/v1beta/openai/messages" },
    { "https://h/deployments/m/messages?api-version=1", "/messages", "https://h/deployments/m/messages?api-version=1" },
};

BM_LOOP_TEST(an_endpoint_is_found_from_any_base, BM_COUNT(endpoints))
{
    ck_assert_str_eq(bm_provider_url_endpoint(endpoints[_i].base, endpoints[_i].endpoint, g_pool), endpoints[_i].url);
}
END_TEST

static const struct {
    const char *pasted, *base;
} pasted[] = {
    { "https://h", "https://h" }, { "https://h/", "https://h" }, { "https://h/v1//", "https://h/v1" },
    { "https://h/v1/chat/completions", "https://h/v1" }, { "https://h/v1/completions/", "https://h/v1" },
    { "https://h/v1/models", "https://h/v1" }, { "https://h/v1/embeddings", "https://h/v1" },
    { "https://h/v1/messages", "https://h/v1" },
    { "https://h/v1/responses", "https://h/v1" }, { "https://h/v1/automation/run-sse", "https://h/v1" },
    { "https://h/models/v1", "https://h/models/v1" }, { "https://models", "https://models" },
    { "https://h/mymodels", "https://h/mymodels" },
    { "https://h/d/m/chat/completions?api-version=1", "https://h/d/m?api-version=1" }, { "", "" }, { "h", "h" },
};

BM_LOOP_TEST(a_base_is_found_in_what_was_pasted, BM_COUNT(pasted))
{
    ck_assert_str_eq(bm_provider_url_base(pasted[_i].pasted, g_pool), pasted[_i].base);
}
END_TEST

BM_TEST(a_path_is_put_behind_a_base)
{
    ck_assert_str_eq(bm_provider_url_path("https://h", "/v1/runs", g_pool), "https://h/v1/runs");
    ck_assert_str_eq(bm_provider_url_path("https://h/v1/", "/v1/runs", g_pool), "https://h/v1/runs");
    ck_assert_str_eq(bm_provider_url_path("https://h/p?x", "/v1/runs", g_pool), "https://h/p/v1/runs");
}
END_TEST

#include "test_provider_url.reg"
