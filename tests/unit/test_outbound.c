/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <apr_strings.h>
#include "bad_server.h"
#include "net/outbound.h"

static size_t swallow(char *data, size_t size, size_t n, void *baton)
{
    bm_buffer_t *body = baton;

    bm_buffer_append(body, data, size * n);
    return size * n;
}

static bm_outbound_t *policy_of(const char *allow, const char *proxy)
{
    bm_settings_t settings = { .connect_timeout = 2000000, .first_byte_timeout = 3000000, .stall_timeout = 4000000,
                               .run_timeout = 5000000, .target_proxy = proxy };
    bm_outbound_t *outbound;

    settings.target_allow = apr_array_make(g_pool, 1, sizeof(const char *));
    if (allow)
        APR_ARRAY_PUSH(settings.target_allow, const char *) = allow;
    ck_assert_int_eq(bm_outbound_create(&outbound, &settings, NULL, bm_err_make(g_pool), g_pool), APR_SUCCESS);
    return outbound;
}

/* Perform one request; @return why it ended, with the answer's body. */
static bm_exchange_end_e ask(CURL *easy, bm_outbound_call_t *call, const bm_http_request_t *request, bm_buffer_t *body)
{
    bm_exchange_end_e end;

    body->len = 0;
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    if (bm_outbound_apply(easy, call, request) != APR_SUCCESS)
        end = BM_END_BAD_REQUEST;
    else
        end = bm_outbound_end(easy, call, curl_easy_perform(easy), 1);
    bm_outbound_release(easy, call);
    return end;
}

static bm_exchange_end_e ask_once(const bm_outbound_t *outbound, const bm_http_request_t *request)
{
    bm_outbound_call_t call = { 0 };
    bm_buffer_t body = { 0 };
    bm_exchange_end_e end;
    CURL *easy;

    ck_assert_int_eq(bm_outbound_handle_create(&easy, &call, outbound), APR_SUCCESS);
    end = ask(easy, &call, request, &body);
    ck_assert_int_eq(end == BM_END_NOT_ALLOWED, call.refused);
    curl_easy_cleanup(easy);
    bm_buffer_free(&body);
    return end;
}

/* Numeric in any spelling that libcurl or the resolver understands: all must be refused by the guard. */
static const char *const numbers[] = {
    "127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0x7f000001", "017700000001", "0", "0.0.0.0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254",
    "10.0.0.1", "[fe80::1]", "[fd00::1]", "%31%32%37.0.0.1", "localhost", "LocalHost",
};

BM_LOOP_TEST(no_spelling_of_a_private_address_gets_through, BM_COUNT(numbers))
{
    bm_http_request_t request = { .method = "GET" };
    bm_exchange_end_e end;

    request.url = apr_psprintf(g_pool, "http://%s:%d/ok", numbers[_i], bad_server_start());
    end = ask_once(policy_of(NULL, NULL), &request);
    ck_assert_msg(end == BM_END_NOT_ALLOWED, "%s: %s", request.url, bm_exchange_end_code(end));
}
END_TEST

/* Whether these resolve depends on the machine; they must not answer. */
static const char *const names[] = { "localhost.", "x.localhost", "127.0.0.1.", "127.0.0.1%00.example" };

BM_LOOP_TEST(no_name_leads_to_a_private_address, BM_COUNT(names))
{
    bm_http_request_t request = { .method = "GET" };
    bm_exchange_end_e end;

    request.url = apr_psprintf(g_pool, "http://%s:%d/ok", names[_i], bad_server_start());
    end = ask_once(policy_of(NULL, NULL), &request);
    ck_assert_msg(end == BM_END_NOT_ALLOWED || end == BM_END_DNS || end == BM_END_BAD_REQUEST, "%s: %s", request.url,
                  bm_exchange_end_code(end));
}
END_TEST

BM_TEST(the_list_opens_addresses_and_names)
{
    bm_http_request_t request = { .method = "GET" };
    int port = bad_server_start();

    request.url = apr_psprintf(g_pool, "http://127.0.0.1:%d/ok", port);
    ck_assert_int_eq(ask_once(policy_of("127.0.0.0/8", NULL), &request), BM_END_COMPLETE);
    ck_assert_int_eq(ask_once(policy_of("all", NULL), &request), BM_END_COMPLETE);
    ck_assert_int_eq(ask_once(policy_of("10.0.0.0/8", NULL), &request), BM_END_NOT_ALLOWED);
    ck_assert_int_eq(ask_once(policy_of("host:localhost", NULL), &request), BM_END_NOT_ALLOWED);
    request.url = apr_psprintf(g_pool, "http://localhost:%d/ok", port);
    ck_assert_int_eq(ask_once(policy_of("host:localhost", NULL), &request), BM_END_COMPLETE);
}
END_TEST

BM_TEST(the_reference_target_is_exempt_on_loopback_only)
{
    bm_http_request_t request = { .method = "GET", .reference_target = 1 };

    request.url = apr_psprintf(g_pool, "http://127.0.0.1:%d/ok", bad_server_start());
    ck_assert_int_eq(ask_once(policy_of(NULL, NULL), &request), BM_END_COMPLETE);
    request.url = "http://169.254.169.254/";
    ck_assert_int_eq(ask_once(policy_of("all", NULL), &request), BM_END_NOT_ALLOWED);
}
END_TEST

/* What a load test asks for as a dead endpoint: really refused, whatever the URL, the list and the proxy say, and never reached
 * over a warm connection to the living one. */
BM_TEST(nobody_is_at_the_dead_end)
{
    const char *url = apr_psprintf(g_pool, "http://127.0.0.1:%d/ok", bad_server_start());
    bm_http_request_t alive = { .method = "GET", .url = url }, dead = { .method = "GET", .url = url, .dead_end = 1 };
    bm_outbound_call_t call = { 0 };
    bm_buffer_t body = { 0 };
    CURL *easy;
    int i;

    ck_assert_int_eq(bm_outbound_handle_create(&easy, &call, policy_of("127.0.0.1", NULL)), APR_SUCCESS);
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(ask(easy, &call, &alive, &body), BM_END_COMPLETE);
        ck_assert_int_eq(ask(easy, &call, &dead, &body), BM_END_CONNECT);
    }
    curl_easy_cleanup(easy);
    bm_buffer_free(&body);
    ck_assert_int_eq(ask_once(policy_of(NULL, NULL), &dead), BM_END_CONNECT);
    ck_assert_int_eq(ask_once(policy_of("all", apr_psprintf(g_pool, "http://127.0.0.1:%d", bad_server_start())), &dead),
                     BM_END_CONNECT);
    ck_assert_int_eq(ask_once(policy_of(NULL, NULL), &alive), BM_END_NOT_ALLOWED);
}
END_TEST

BM_TEST(a_warm_connection_is_vetted_again)
{
    bm_http_request_t exempt = { .method = "GET", .reference_target = 1 }, other = { .method = "GET" };
    bm_outbound_call_t call = { 0 };
    bm_buffer_t body = { 0 };
    long connects = -1;
    CURL *easy;

    exempt.url = other.url = apr_psprintf(g_pool, "http://127.0.0.1:%d/ok", bad_server_start());
    ck_assert_int_eq(bm_outbound_handle_create(&easy, &call, policy_of(NULL, NULL)), APR_SUCCESS);
    ck_assert_int_eq(ask(easy, &call, &exempt, &body), BM_END_COMPLETE);
    ck_assert_int_eq(ask(easy, &call, &exempt, &body), BM_END_COMPLETE);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    ck_assert_int_eq(connects, 0);
    ck_assert_int_eq(ask(easy, &call, &other, &body), BM_END_NOT_ALLOWED);
    ck_assert_str_eq(call.refused_address, "127.0.0.1");
    curl_easy_cleanup(easy);
    bm_buffer_free(&body);
}
END_TEST

BM_TEST(redirects_are_answers)
{
    bm_http_request_t request = { .method = "GET" };
    bm_outbound_call_t call = { 0 };
    bm_buffer_t body = { 0 };
    long status = 0;
    CURL *easy;

    request.url = apr_psprintf(g_pool, "http://127.0.0.1:%d/redirect", bad_server_start());
    ck_assert_int_eq(bm_outbound_handle_create(&easy, &call, policy_of("all", NULL)), APR_SUCCESS);
    ck_assert_int_eq(ask(easy, &call, &request, &body), BM_END_COMPLETE);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    ck_assert_int_eq(status, 302);
    curl_easy_cleanup(easy);
    bm_buffer_free(&body);
}
END_TEST

typedef struct sent_case_t {
    const char *method, *body, *header;
    const char *expect;          /* must be in what the server got */
    const char *never;           /* must not */
} sent_case_t;

static const sent_case_t sent_cases[] = {
    { "GET", NULL, "X-A: b", "GET /echo HTTP/1.1\r\n", "Content-Length" },
    { "GET", NULL, "X-A: b", "\r\nX-A: b\r\n", "Accept-Encoding" },
    { "GET", NULL, "X-Empty:", "\r\nX-Empty:\r\n", "Expect" },
    { "GET", NULL, "User-Agent: me", "\r\nUser-Agent: me\r\n", "mod_benchmark" },
    { "GET", NULL, "Host: other.example", "\r\nHost: other.example\r\n", "Host: 127.0.0.1" },
    { "POST", "body", "Content-Type: application/json", "\r\nContent-Length: 4\r\n", "Expect" },
    { "POST", "body", "Content-Type: application/json", "\r\n\r\nbody", "x-www-form" },
    { "POST", NULL, "Content-Type: a/b", "\r\nContent-Length: 0\r\n", "Transfer-Encoding" },
    { "PUT", "body", "Content-Type: a/b", "PUT /echo HTTP/1.1\r\n", "POST" },
    { "DELETE", NULL, "X-A: b", "DELETE /echo HTTP/1.1\r\n", "Content-Length" },
    { "GET", "body", "Content-Type: a/b", "GET /echo HTTP/1.1\r\n", "POST" },
};

/* All on one handle: nothing of a request may stick to the next. */
BM_TEST(requests_are_sent_as_described)
{
    bm_outbound_call_t call = { 0 };
    bm_buffer_t body = { 0 };
    CURL *easy;
    const char *url = apr_psprintf(g_pool, "http://127.0.0.1:%d/echo", bad_server_start());
    apr_size_t i, round;

    setenv("http_proxy", "http://127.0.0.1:1", 1);       /* the environment must not count */
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    ck_assert_int_eq(bm_outbound_handle_create(&easy, &call, policy_of("all", NULL)), APR_SUCCESS);
    for (round = 0; round < 2; round++)
        for (i = 0; i < BM_COUNT(sent_cases); i++) {
            const sent_case_t *c = &sent_cases[(i * 7) % BM_COUNT(sent_cases)];
            bm_http_request_t request = { .method = c->method, .url = url, .body = c->body,
                                          .body_len = c->body ? strlen(c->body) : 0 };

            request.headers = apr_array_make(g_pool, 1, sizeof(const char *));
            APR_ARRAY_PUSH(request.headers, const char *) = c->header;
            ck_assert_int_eq(ask(easy, &call, &request, &body), BM_END_COMPLETE);
            bm_buffer_append(&body, "", 1);
            ck_assert_msg(strstr(body.data, c->expect) != NULL, "%s: no %s in:\n%s", c->method, c->expect, body.data);
            ck_assert_msg(strstr(body.data, c->never) == NULL, "%s: %s in:\n%s", c->method, c->never, body.data);
        }
    curl_easy_cleanup(easy);
    bm_buffer_free(&body);
}
END_TEST

static const char *const bad_requests[][3] = {      /* URL, method, header */
    { "ftp://api.example.com/", "GET", "A: b" },
    { "file:///etc/passwd", "GET", "A: b" },
    { "api.example.com/v1", "GET", "A: b" },
    { "/v1", "GET", "A: b" },
    { "", "GET", "A: b" },
    { "http://u@api.example.com/", "GET", "A: b" },
    { "http://u:p@api.example.com/", "GET", "A: b" },
    { "http://:p@api.example.com/", "GET", "A: b" },
    { "http://api.example.com/\r\nX: y", "GET", "A: b" },
    { "http://api.example.com/", "GET\r\n", "A: b" },
    { "http://api.example.com/", "GET", "A: b\r\nC: d" },
    { "http://api.example.com/", "GET", "Transfer-Encoding: chunked" },
};

BM_LOOP_TEST(bad_requests_are_never_sent, BM_COUNT(bad_requests))
{
    bm_http_request_t request = { .method = bad_requests[_i][1], .url = bad_requests[_i][0] };
    bm_exchange_end_e end;

    request.headers = apr_array_make(g_pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(request.headers, const char *) = bad_requests[_i][2];
    end = ask_once(policy_of(NULL, NULL), &request);
    ck_assert_msg(end != BM_END_COMPLETE && end != BM_END_CONNECT, "%s: %s", request.url, bm_exchange_end_code(end));
}
END_TEST

BM_TEST(limits_are_the_requests_or_the_policys)
{
    bm_http_request_t request = { .method = "GET", .stall_timeout_ms = 7, .max_body = 9 };
    bm_outbound_limits_t limits;

    bm_outbound_limits(&limits, policy_of(NULL, NULL), &request);
    ck_assert_int_eq(limits.connect_ns, 2000000000LL);
    ck_assert_int_eq(limits.first_byte_ns, 3000000000LL);
    ck_assert_int_eq(limits.stall_ns, 7000000LL);
    ck_assert_int_eq(limits.total_ns, 5000000000LL);
    ck_assert_int_eq(limits.max_body, 9);
}
END_TEST

#include "test_outbound.reg"
