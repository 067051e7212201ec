/* SPDX-License-Identifier: Apache-2.0
 *
 * The target's TLS, asked by libcurl, which verifies the certificate. */
#include "unit.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <apr_strings.h>
#include <curl/curl.h>
#include "base/buffer.h"
#include "base/thread.h"
#include "net/outbound.h"
#include "target/target_server.h"

typedef struct server_t {
    bm_target_options_t options;
    bm_target_ring_t *ring;
    bm_thread_t *thread;
    int listen_fd, stop_fd, port;
} server_t;

static server_t g_server;
static bm_buffer_t g_heard;

static void server_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    server_t *s = baton;

    (void)thread;
    (void)p;
    bm_target_run(s->listen_fd, s->stop_fd, s->ring, &s->options);
}

/* 0: this build has no OpenSSL, nothing to test. */
static int start_server(void)
{
    bm_region_t *region;
    apr_status_t rv;

    memset(&g_server, 0, sizeof(g_server));
    rv = bm_target_tls_create(&g_server.options.tls, NULL, NULL, g_pool);
    if (rv == APR_ENOTIMPL)
        return 0;
    ck_assert_int_eq(rv, APR_SUCCESS);
    ck_assert_int_eq(bm_target_listen(&g_server.listen_fd, "127.0.0.1", &g_server.port), APR_SUCCESS);
    ck_assert_int_eq(bm_region_create(&region, bm_target_ring_size(65536), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_target_ring_create(&g_server.ring, 65536, region), APR_SUCCESS);
    g_server.stop_fd = eventfd(0, EFD_NONBLOCK);
    ck_assert_int_eq(bm_thread_start(&g_server.thread, "target", server_main, &g_server, g_pool), APR_SUCCESS);
    return 1;
}

static void stop_server(void)
{
    uint64_t two = 2;

    ck_assert_int_eq(write(g_server.stop_fd, &two, sizeof(two)), sizeof(two));
    bm_thread_join(g_server.thread);
    close(g_server.listen_fd);
    close(g_server.stop_fd);
}

static size_t hear(char *data, size_t size, size_t n, void *baton)
{
    (void)baton;
    return bm_buffer_append(&g_heard, data, size * n) == APR_SUCCESS ? size * n : 0;
}

static CURL *make_client(void)
{
    const char *pem = bm_target_tls_certificate(g_server.options.tls, g_pool);
    struct curl_blob trusted = { (char *)(uintptr_t)pem, strlen(pem), CURL_BLOB_COPY };
    CURL *curl = curl_easy_init();

    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &trusted);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    return curl;
}

static CURLcode post(CURL *curl, const char *path, const char *body, apr_size_t len)
{
    curl_easy_setopt(curl, CURLOPT_URL, apr_psprintf(g_pool, "https://127.0.0.1:%d%s", g_server.port, path));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len);
    bm_buffer_clear(&g_heard);
    return curl_easy_perform(curl);
}

static CURLcode post_chat(CURL *curl, const char *fields)
{
    const char *body = apr_psprintf(g_pool, "{\"messages\":[{}],\"stream\":true,\"x_target\":{%s}}", fields);

    return post(curl, "/v1/chat/completions", body, strlen(body));
}

static int heard(const char *text)
{
    return g_heard.len > 0 && memmem(g_heard.data, g_heard.len, text, strlen(text)) != NULL;
}

BM_TEST(streams_come_through_tls_on_one_connection)
{
    long connects, total = 0;
    CURL *curl;

    if (!start_server())
        return;
    curl = make_client();
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(post_chat(curl, "\"ttft_ms\":2,\"gap_ms\":1,\"tokens\":30,\"id\":5"), CURLE_OK);
        ck_assert(heard("[DONE]"));
        curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
        total += connects;
    }
    ck_assert_int_eq(total, 1);
    curl_easy_cleanup(curl);
    // What was sent is noted after it was sent: the client may be ahead of the notes.
    for (int i = 0; i < 500 && bm_target_ring_head(g_server.ring) < 5 * 31; i++)
        apr_sleep(10000);
    ck_assert_uint_eq(bm_target_ring_head(g_server.ring), 5 * 31);
    stop_server();
    bm_buffer_free(&g_heard);
}
END_TEST

BM_TEST(large_bodies_come_through_tls)
{
    const apr_size_t len = 3000000;
    char *body = apr_palloc(g_pool, len);
    CURL *curl;

    if (!start_server())
        return;
    memset(body, 'x', len);
    curl = make_client();
    ck_assert_int_eq(post(curl, "/echo", body, len), CURLE_OK);
    ck_assert(heard("\"body_bytes\":3000000"));
    ck_assert_uint_gt(g_heard.len, 262144);
    ck_assert_int_eq(post_chat(curl, "\"ttft_ms\":1,\"gap_ms\":0,\"tokens\":20000,\"usage\":\"always\""), CURLE_OK);
    ck_assert(heard("\"completion_tokens\":20000"));
    curl_easy_cleanup(curl);
    stop_server();
    bm_buffer_free(&g_heard);
}
END_TEST

BM_TEST(a_cut_is_a_cut_in_tls_too)
{
    CURL *curl;

    if (!start_server())
        return;
    curl = make_client();
    ck_assert_int_ne(post_chat(curl, "\"fault\":\"cut\",\"fault_at\":2,\"ttft_ms\":1,\"gap_ms\":2"), CURLE_OK);
    ck_assert(heard("content"));
    ck_assert_int_ne(post_chat(curl, "\"fault\":\"reset\",\"fault_at\":2,\"ttft_ms\":1,\"gap_ms\":2"), CURLE_OK);
    ck_assert_int_eq(post_chat(curl, "\"tokens\":1,\"ttft_ms\":1"), CURLE_OK);
    curl_easy_cleanup(curl);
    stop_server();
    bm_buffer_free(&g_heard);
}
END_TEST

BM_TEST(plain_clients_are_served_beside_and_the_distrustful_go)
{
    CURL *curl, *plain;

    if (!start_server())
        return;
    plain = make_client();
    curl_easy_setopt(plain, CURLOPT_URL, apr_psprintf(g_pool, "http://127.0.0.1:%d/health", g_server.port));
    ck_assert_int_eq(curl_easy_perform(plain), CURLE_OK);
    ck_assert(heard("\"status\""));
    curl_easy_cleanup(plain);
    curl = curl_easy_init();                    /* trusts nobody: the handshake fails, the target goes on */
    ck_assert_int_ne(post_chat(curl, ""), CURLE_OK);
    curl_easy_cleanup(curl);
    curl = make_client();
    ck_assert_int_eq(post_chat(curl, "\"tokens\":1,\"ttft_ms\":1"), CURLE_OK);
    curl_easy_cleanup(curl);
    stop_server();
    bm_buffer_free(&g_heard);
}
END_TEST

/* Trust in the reference target's certificate is that of one request, and only of one that is for it. */
static bm_exchange_end_e ask(CURL *easy, bm_outbound_call_t *call, int reference_target, const char *certificate)
{
    bm_http_request_t request = { .method = "GET", .reference_target = reference_target, .reference_certificate = certificate,
                                  .fresh_connection = 1 };
    bm_exchange_end_e end;

    request.url = apr_psprintf(g_pool, "https://127.0.0.1:%d/health", g_server.port);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, hear);
    ck_assert_int_eq(bm_outbound_apply(easy, call, &request), APR_SUCCESS);
    end = bm_outbound_end(easy, call, curl_easy_perform(easy), 0);
    bm_outbound_release(easy, call);
    return end;
}

BM_TEST(the_certificate_is_trusted_for_the_reference_target_alone)
{
    bm_settings_t settings = { .run_timeout = 5000000 };
    bm_target_tls_t *other;
    bm_outbound_call_t call = { 0 };
    bm_outbound_t *outbound;
    const char *pem;
    CURL *easy;

    if (!start_server())
        return;
    pem = bm_target_ring_certificate(g_server.ring, g_pool);
    for (int i = 0; i < 500 && pem == NULL; i++) {
        apr_sleep(10000);
        pem = bm_target_ring_certificate(g_server.ring, g_pool);
    }
    ck_assert_str_eq(pem, bm_target_tls_certificate(g_server.options.tls, g_pool));
    settings.target_allow = apr_array_make(g_pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(settings.target_allow, const char *) = "all";
    ck_assert_int_eq(bm_outbound_create(&outbound, &settings, NULL, bm_err_make(g_pool), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_outbound_handle_create(&easy, &call, outbound), APR_SUCCESS);
    ck_assert_int_eq(bm_target_tls_create(&other, NULL, NULL, g_pool), APR_SUCCESS);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(ask(easy, &call, 0, NULL), BM_END_TLS);
        ck_assert_int_eq(ask(easy, &call, 1, pem), BM_END_COMPLETE);
        ck_assert_int_eq(ask(easy, &call, 0, pem), BM_END_TLS);
        ck_assert_int_eq(ask(easy, &call, 1, NULL), BM_END_TLS);
        ck_assert_int_eq(ask(easy, &call, 1, bm_target_tls_certificate(other, g_pool)), BM_END_TLS);
    }
    curl_easy_cleanup(easy);
    stop_server();
    bm_buffer_free(&g_heard);
}
END_TEST

BM_TEST(files_that_are_no_certificate_are_refused)
{
    bm_target_tls_t *tls;

    ck_assert_int_ne(bm_target_tls_create(&tls, "/nonexistent.pem", "/nonexistent.pem", g_pool), APR_SUCCESS);
    ck_assert_ptr_null(tls);
}
END_TEST

#include "test_target_tls.reg"
