/* SPDX-License-Identifier: Apache-2.0
 *
 * The target on a real socket, in a thread of the test. Times are compared with the ring, never with the test's own speed. */
#include "unit.h"
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/thread.h"
#include "base/timefmt.h"
#include "target/target_server.h"
#include "target/target_spec.h"

typedef struct server_t {
    bm_target_options_t options;
    bm_target_ring_t *ring;
    bm_thread_t *thread;
    int listen_fd, stop_fd, port;
} server_t;

static server_t g_server;

static void server_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    server_t *s = baton;

    (void)thread;
    (void)p;
    ck_assert_int_eq(bm_target_run(s->listen_fd, s->stop_fd, s->ring, &s->options), APR_SUCCESS);
}

static void start_server_with(bm_target_options_t options, int stop_fd)
{
    bm_region_t *region;

    memset(&g_server, 0, sizeof(g_server));
    options.log_all = 1;
    g_server.options = options;
    ck_assert_int_eq(bm_target_listen(&g_server.listen_fd, "127.0.0.1", &g_server.port), APR_SUCCESS);
    ck_assert_int_eq(bm_region_create(&region, bm_target_ring_size(65536), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_target_ring_create(&g_server.ring, 65536, region), APR_SUCCESS);
    g_server.stop_fd = stop_fd;
    ck_assert_int_eq(bm_thread_start(&g_server.thread, "target", server_main, &g_server, g_pool), APR_SUCCESS);
}

static void start_server(bm_target_options_t options)
{
    start_server_with(options, eventfd(0, EFD_NONBLOCK));
}

static void stop_server(uint64_t how)
{
    ck_assert_int_eq(write(g_server.stop_fd, &how, sizeof(how)), sizeof(how));
    bm_thread_join(g_server.thread);
    close(g_server.listen_fd);
    close(g_server.stop_fd);
}

static int connect_client(int receive_buffer)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons((uint16_t)g_server.port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval limit = { 10, 0 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (receive_buffer > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void post(int fd, const char *headers, const char *fields)
{
    const char *body = apr_psprintf(g_pool, "{\"messages\":[{}],\"stream\":true,\"x_target\":{%s}}", fields);

    say(fd, apr_psprintf(g_pool, "POST /v1/chat/completions HTTP/1.1\r\n%sContent-Length: %" APR_SIZE_T_FMT "\r\n\r\n%s",
                         headers, strlen(body), body));
}

/* Read until `end` has come or the connection ends. *error: 0 at the end, else errno. */
static const char *hear(int fd, const char *end, int *error)
{
    static char text[8 << 20];
    size_t len = 0;
    ssize_t n = 1;

    text[0] = '\0';
    while (strstr(text + (len > 100 ? len - 100 : 0), end) == NULL && len < sizeof(text) - 1
           && (n = recv(fd, text + len, sizeof(text) - 1 - len < 50 ? sizeof(text) - 1 - len : 50, 0)) > 0) {
        len += (size_t)n;
        text[len] = '\0';
    }
    *error = n < 0 ? errno : n == 0 ? 0 : -1;
    return apr_pstrmemdup(g_pool, text, len);
}

static const char *hear_all(int fd, int *error)
{
    return hear(fd, "no such text", error);
}

/* Records of a key after the server has stopped or the request has ended. */
static apr_array_header_t *records_of(apr_uint64_t key)
{
    apr_array_header_t *records = apr_array_make(g_pool, 64, sizeof(bm_target_record_t));
    apr_uint64_t cursor = 0;

    for (int i = 0; i < 500; i++) {
        int n;

        ck_assert_int_eq(bm_target_ring_collect(g_server.ring, &cursor, &key, 1, records, NULL), APR_SUCCESS);
        n = records->nelts;
        if (n > 0 && APR_ARRAY_IDX(records, n - 1, bm_target_record_t).kind == BM_TARGET_REQUEST)
            return records;
        usleep(10000);
    }
    ck_abort_msg("the request was never recorded");
    return records;
}

BM_TEST(every_chunk_is_sent_when_due_and_recorded)
{
    bm_target_options_t options = { 0 };
    apr_array_header_t *records;
    bm_target_record_t *r, *request;
    bm_target_schedule_t s;
    bm_target_spec_t spec;
    bm_target_step_t step;
    int fd, error, i = 0;

    start_server(options);
    fd = connect_client(0);
    post(fd, "X-Bm-Id: 77\r\n", "\"seed\":5,\"ttft_ms\":20,\"gap_ms\":4,\"gap_dist\":\"exponential\",\"tokens\":40");
    ck_assert_ptr_nonnull(strstr(hear(fd, "0\r\n\r\n", &error), "[DONE]"));
    records = records_of(77);
    bm_target_spec_init(&spec);
    spec.seed = 5;
    spec.ttft_ms = 20;
    spec.gap_ms = 4;
    spec.gap_dist = BM_TARGET_EXPONENTIAL;
    spec.tokens = 40;
    bm_target_schedule_init(&s, &spec, 0);
    while (bm_target_schedule_next(&s, &step)) {
        if (step.kind != BM_TARGET_STEP_TEXT)
            continue;
        r = &APR_ARRAY_IDX(records, i++, bm_target_record_t);
        ck_assert_uint_eq(r->index, step.index);
        ck_assert_int_eq(r->planned_ns - r->read_ns, step.at_ns);
        ck_assert_int_ge(r->sent_ns, r->planned_ns);
        ck_assert_int_eq(r->flags, 0);
    }
    ck_assert_int_eq(records->nelts, 41);
    request = &APR_ARRAY_IDX(records, 40, bm_target_record_t);
    r = &APR_ARRAY_IDX(records, 0, bm_target_record_t);
    ck_assert_uint_eq(request->index, 40);
    ck_assert_uint_eq(request->tokens, 40);
    ck_assert_int_eq(request->sent_ns, r->sent_ns);
    ck_assert_int_eq(request->planned_ns, r->planned_ns);
    ck_assert_int_ge(request->end_ns, APR_ARRAY_IDX(records, 39, bm_target_record_t).sent_ns);
    close(fd);
    stop_server(1);
}
END_TEST

BM_TEST(a_connection_serves_many_requests)
{
    bm_target_options_t options = { 0 };
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    for (int i = 0; i < 20; i++) {
        post(fd, "", "\"ttft_ms\":1,\"gap_ms\":0,\"tokens\":3");
        ck_assert_ptr_nonnull(strstr(hear(fd, "0\r\n\r\n", &error), "[DONE]"));
    }
    ck_assert_int_eq(bm_target_ring_port(g_server.ring, NULL), g_server.port);
    say(fd, "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(hear_all(fd, &error), "Connection: close\r\n\r\n{\"status\":\"ok\"}"));
    ck_assert_int_eq(error, 0);
    close(fd);
    stop_server(1);
    ck_assert_int_eq(bm_target_ring_port(g_server.ring, NULL), 0);
}
END_TEST

BM_TEST(an_old_client_gets_an_unframed_stream)
{
    bm_target_options_t options = { 0 };
    const char *text;
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    say(fd, "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: 46\r\n\r\n"
        "{\"messages\":[{}],\"stream\":true,\"max_tokens\":3}");
    text = hear_all(fd, &error);
    ck_assert_int_eq(error, 0);
    ck_assert_ptr_null(strstr(text, "chunked"));
    ck_assert_ptr_nonnull(strstr(text, "\r\n\r\ndata: {"));
    ck_assert_str_eq(text + strlen(text) - 14, "data: [DONE]\n\n");
    close(fd);
    stop_server(1);
}
END_TEST

BM_TEST(pipelining_is_refused)
{
    bm_target_options_t options = { 0 };
    const char *text;
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    say(fd, "GET /health HTTP/1.1\r\n\r\nGET /health HTTP/1.1\r\n\r\n");
    text = hear_all(fd, &error);
    ck_assert_int_eq(error, 0);
    ck_assert_ptr_nonnull(strstr(text, "400 Bad Request"));
    close(fd);
    fd = connect_client(0);
    post(fd, "", "\"ttft_ms\":30,\"tokens\":1");
    ck_assert_ptr_nonnull(strstr(hear(fd, "\r\n\r\n", &error), "200 OK"));
    say(fd, "GET /health HTTP/1.1\r\n\r\n");                 /* during the answer: it ends, then the connection does */
    ck_assert_ptr_nonnull(strstr(hear_all(fd, &error), "[DONE]"));
    ck_assert_int_eq(error, 0);
    close(fd);
    stop_server(1);
}
END_TEST

typedef struct fault_case_t {
    const char *fault;
    const char *contains, *lacks;
    int error;
} fault_case_t;

static const fault_case_t faults[] = {
    { "cut", "content\":\"bell\"", "0\r\n\r\n", 0 },
    { "reset", "content\":\"bell\"", "0\r\n\r\n", ECONNRESET },
    { "not_http", "data: ", "HTTP/1.1", 0 },
    { "error", "\"error\":{\"message\"", "finish_reason\":\"stop", -1 },
    { "garbage", "\xff\xfe\x01", "no such", -1 },
};

BM_LOOP_TEST(faults_happen_on_the_wire, BM_COUNT(faults))
{
    const fault_case_t *c = &faults[_i];
    bm_target_options_t options = { 0 };
    const char *text;
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    post(fd, "X-Bm-Id: 9\r\n", apr_psprintf(g_pool, "\"fault\":\"%s\",\"fault_at\":1,\"gap_ms\":30,\"ttft_ms\":1,\"tokens\":3",
                                             c->fault));
    text = hear(fd, "\r\n0\r\n\r\n", &error);
    ck_assert_msg(strstr(text, c->contains) != NULL, "%s", text);
    ck_assert_ptr_null(strstr(text, c->lacks));
    ck_assert_int_eq(error, c->error);
    close(fd);
    ck_assert_int_ne(APR_ARRAY_IDX(records_of(9), records_of(9)->nelts - 1, bm_target_record_t).flags & BM_TARGET_FAULT, 0);
    stop_server(1);
}
END_TEST

BM_TEST(hangs_end_by_the_limit)
{
    static const char *const fields[] = { "\"fault\":\"silent\"", "\"fault\":\"hang\",\"fault_at\":1,\"ttft_ms\":1" };
    bm_target_options_t options = { .hang_ms = 100 };
    const char *text;
    int fd, error;

    start_server(options);
    for (int i = 0; i < 2; i++) {
        fd = connect_client(0);
        post(fd, i == 0 ? "X-Bm-Id: 1\r\n" : "X-Bm-Id: 2\r\n", fields[i]);
        text = hear_all(fd, &error);
        ck_assert_int_eq(error, 0);
        ck_assert_int_eq(text[0] == '\0', i == 0);
        ck_assert_int_ne(APR_ARRAY_IDX(records_of((apr_uint64_t)i + 1), i, bm_target_record_t).flags & BM_TARGET_ABORTED, 0);
        close(fd);
    }
    stop_server(1);
}
END_TEST

/* A client that does not read: the bytes wait in the target, keep their order, and the chunks are marked. */
BM_TEST(a_slow_reader_gets_everything_in_order)
{
    enum { TOKENS = 20000 };
    bm_target_options_t options = { 0 };
    apr_array_header_t *records;
    const char *text, *s;
    int fd, error, chunks = 0;

    start_server(options);
    fd = connect_client(2048);
    post(fd, "X-Bm-Id: 3\r\n", "\"ttft_ms\":1,\"gap_ms\":0.01,\"tokens\":20000,\"usage\":\"always\"");
    usleep(500000);
    text = hear(fd, "\r\n0\r\n\r\n", &error);
    ck_assert_ptr_nonnull(strstr(text, "\"completion_tokens\":20000"));
    for (s = text; (s = strstr(s, "\"delta\":{\"content\":\"")) != NULL; s += 10)
        chunks++;
    ck_assert_int_eq(chunks, TOKENS);
    records = records_of(3);
    ck_assert_int_eq(records->nelts, TOKENS + 1);
    ck_assert_int_ne(APR_ARRAY_IDX(records, TOKENS, bm_target_record_t).flags & BM_TARGET_BLOCKED, 0);
    close(fd);
    stop_server(1);
}
END_TEST

BM_TEST(a_client_that_leaves_is_recorded_as_aborted)
{
    bm_target_options_t options = { 0 };
    apr_array_header_t *records;
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    post(fd, "X-Bm-Id: 4\r\n", "\"ttft_ms\":1,\"gap_ms\":50,\"tokens\":1000");
    hear(fd, "content\":\"bell", &error);
    close(fd);
    records = records_of(4);
    ck_assert_int_ne(APR_ARRAY_IDX(records, records->nelts - 1, bm_target_record_t).flags & BM_TARGET_ABORTED, 0);
    ck_assert_int_lt(records->nelts, 100);
    stop_server(1);
}
END_TEST

BM_TEST(limits_of_time_and_size)
{
    bm_target_options_t options = { .read_ms = 100, .idle_ms = 100, .max_body = 1000 };
    const char *text;
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    say(fd, "POST /v1/chat/completions HTTP/1.1\r\nContent-Len");
    text = hear_all(fd, &error);
    ck_assert_ptr_nonnull(strstr(text, " 408 "));
    ck_assert_int_eq(error, 0);
    close(fd);
    fd = connect_client(0);
    ck_assert_str_eq(hear_all(fd, &error), "");              /* idle: closed without a word */
    ck_assert_int_eq(error, 0);
    close(fd);
    fd = connect_client(0);
    say(fd, "POST /echo HTTP/1.1\r\nContent-Length: 2000\r\n\r\n");
    usleep(20000);
    say(fd, apr_psprintf(g_pool, "%2000s", ""));             /* the answer arrives although its body was not wanted */
    ck_assert_ptr_nonnull(strstr(hear_all(fd, &error), " 413 "));
    ck_assert_int_eq(error, 0);
    close(fd);
    stop_server(1);
}
END_TEST

BM_TEST(a_client_may_wait_for_100)
{
    bm_target_options_t options = { 0 };
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    say(fd, "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    ck_assert_str_eq(hear(fd, "\r\n\r\n", &error), "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "abc");
    ck_assert_ptr_nonnull(strstr(hear(fd, "\"body\":\"abc\"}", &error), " 200 OK"));
    close(fd);
    stop_server(1);
}
END_TEST

BM_TEST(further_connections_wait_for_a_place)
{
    bm_target_options_t options = { .max_connections = 2 };
    int fds[4], error;

    start_server(options);
    for (int i = 0; i < 4; i++)
        fds[i] = connect_client(0);
    for (int i = 0; i < 4; i++) {
        say(fds[i], "GET /health HTTP/1.1\r\n\r\n");
        ck_assert_ptr_nonnull(strstr(hear(fds[i], "\"ok\"}", &error), " 200 OK"));
        close(fds[i]);
    }
    stop_server(1);
}
END_TEST

BM_TEST(a_drain_lets_streams_end)
{
    bm_target_options_t options = { .drain_ms = 5000 };
    uint64_t one = 1;
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    post(fd, "", "\"ttft_ms\":1,\"gap_ms\":100,\"tokens\":4");
    hear(fd, "content\":\"bell", &error);
    ck_assert_int_eq(write(g_server.stop_fd, &one, sizeof(one)), sizeof(one));
    ck_assert_ptr_nonnull(strstr(hear(fd, "\r\n0\r\n\r\n", &error), "[DONE]"));
    close(fd);
    bm_thread_join(g_server.thread);
    close(g_server.listen_fd);
}
END_TEST

/* Of three connections only the one that waits between two requests is closed. */
BM_TEST(a_drain_answers_what_is_on_its_way)
{
    bm_target_options_t options = { .drain_ms = 5000 };
    uint64_t one = 1;
    int fresh, partial, kept, error;

    start_server(options);
    fresh = connect_client(0);
    partial = connect_client(0);
    kept = connect_client(0);
    say(kept, "GET /health HTTP/1.1\r\n\r\n");
    hear(kept, "\"ok\"}", &error);
    say(partial, "GET /health HT");
    apr_sleep(apr_time_from_msec(50));
    ck_assert_int_eq(write(g_server.stop_fd, &one, sizeof(one)), sizeof(one));
    ck_assert_str_eq(hear_all(kept, &error), "");
    say(partial, "TP/1.1\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(hear_all(partial, &error), "Connection: close"));
    say(fresh, "GET /health HTTP/1.1\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(hear_all(fresh, &error), "\"ok\"}"));
    close(fresh);
    close(partial);
    close(kept);
    bm_thread_join(g_server.thread);
    close(g_server.listen_fd);
}
END_TEST

BM_TEST(a_stop_at_once_does_not_wait)
{
    bm_target_options_t options = { .drain_ms = 60000 };
    apr_int64_t before;
    int fd, error;

    start_server(options);
    fd = connect_client(0);
    post(fd, "X-Bm-Id: 6\r\n", "\"ttft_ms\":1,\"gap_ms\":1000,\"tokens\":100");
    hear(fd, "content\":\"bell", &error);
    before = bm_timefmt_monotonic_ns();
    stop_server(2);
    ck_assert_int_lt(bm_timefmt_monotonic_ns() - before, 5 * APR_INT64_C(1000000000));
    ck_assert_int_ne(APR_ARRAY_IDX(records_of(6), 1, bm_target_record_t).flags & BM_TARGET_ABORTED, 0);
    close(fd);
}
END_TEST

/* The engine gets its signal at the same moment, and hangs up by itself. */
BM_TEST(a_signal_to_end_leaves_clients_time_to_hang_up)
{
    bm_target_options_t options = { .drain_ms = 60000 };
    apr_int64_t before;
    sigset_t signals;
    int fd, error;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    start_server_with(options, signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
    fd = connect_client(0);
    post(fd, "", "\"ttft_ms\":1,\"gap_ms\":100,\"tokens\":100");
    hear(fd, "content\":\"bell", &error);
    before = bm_timefmt_monotonic_ns();
    kill(getpid(), SIGTERM);
    ck_assert_ptr_nonnull(strstr(hear_all(fd, &error), "content\":\""));
    ck_assert_int_gt(bm_timefmt_monotonic_ns() - before, 300 * APR_INT64_C(1000000));
    ck_assert_int_lt(bm_timefmt_monotonic_ns() - before, 3 * APR_INT64_C(1000000000));
    close(fd);
    bm_thread_join(g_server.thread);
    close(g_server.listen_fd);
    close(g_server.stop_fd);
}
END_TEST

BM_TEST(many_streams_at_once)
{
    enum { STREAMS = 300 };
    bm_target_options_t options = { 0 };
    int fds[STREAMS], error;

    start_server(options);
    for (int i = 0; i < STREAMS; i++) {
        fds[i] = connect_client(0);
        post(fds[i], "", apr_psprintf(g_pool, "\"id\":%d,\"seed\":%d,\"ttft_ms\":20,\"gap_ms\":3,"
                                       "\"gap_dist\":\"uniform\",\"tokens\":20",
                                       1000 + i, i));
    }
    for (int i = 0; i < STREAMS; i++) {
        ck_assert_ptr_nonnull(strstr(hear(fds[i], "\r\n0\r\n\r\n", &error), "[DONE]"));
        close(fds[i]);
    }
    for (int i = 0; i < STREAMS; i += 37)
        ck_assert_int_eq(records_of((apr_uint64_t)(1000 + i))->nelts, 21);
    stop_server(1);
}
END_TEST

BM_TEST(listen_takes_numeric_addresses_only)
{
    int fd, port = 0;

    ck_assert_int_eq(bm_target_listen(&fd, "localhost", &port), APR_EINVAL);
    ck_assert_int_eq(bm_target_listen(&fd, "127.0.0.1", &port), APR_SUCCESS);
    ck_assert_int_gt(port, 0);
    close(fd);
}
END_TEST

#include "test_target_server.reg"
