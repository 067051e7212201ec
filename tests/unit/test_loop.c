/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop against a server that misbehaves: whatever a target does is an end with a name and a sentence, in time. */
#include "unit.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <apr_strings.h>
#include <apr_time.h>
#include "bad_server.h"
#include "base/ring.h"
#include "base/timefmt.h"
#include "engine/loop.h"

#define MS 1000000LL

typedef struct fixture_t {
    bm_loop_t *loop;
    bm_ring_t *outbox;
    int port;
} fixture_t;

static int spin_us;                  /* of the loops that are started */

static void start_loop(fixture_t *f, const char *allow, apr_uint32_t outbox_size, int kernel_stamps)
{
    bm_settings_t settings = { .connect_timeout = 5000000, .first_byte_timeout = 5000000, .stall_timeout = 5000000,
                               .run_timeout = 10000000 };
    bm_loop_options_t options = { .kernel_stamps = kernel_stamps, .spin_us = spin_us };
    bm_outbound_t *outbound;

    settings.target_allow = apr_array_make(g_pool, 1, sizeof(const char *));
    if (allow)
        APR_ARRAY_PUSH(settings.target_allow, const char *) = allow;
    ck_assert_int_eq(bm_outbound_init(), APR_SUCCESS);
    ck_assert_int_eq(bm_outbound_create(&outbound, &settings, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_ring_create(&f->outbox, outbox_size, g_pool), APR_SUCCESS);
    options.outbound = outbound;
    options.outbox = f->outbox;
    ck_assert_int_eq(bm_loop_create(&f->loop, &options, g_pool), APR_SUCCESS);
    f->port = bad_server_start();
    ck_assert_int_gt(f->port, 0);
}

static void end_loop(fixture_t *f)
{
    bm_loop_stop(f->loop);
    ck_assert_uint_eq(bm_loop_join(f->loop), 0);
}

static bm_http_request_t *request_for(const fixture_t *f, const char *path)
{
    bm_http_request_t *request = apr_pcalloc(g_pool, sizeof(*request));

    request->method = "GET";
    request->url = apr_psprintf(g_pool, "http://127.0.0.1:%d%s", f->port, path);
    return request;
}

static bm_transfer_t *transfer_for(const bm_http_request_t *request)
{
    bm_transfer_t *transfer = apr_pcalloc(g_pool, sizeof(*transfer));

    transfer->x = bm_exchange_make(request, g_pool);
    return transfer;
}

static bm_transfer_t *await(fixture_t *f, int timeout_ms)
{
    apr_int64_t until = bm_timefmt_monotonic_ns() + timeout_ms * MS;

    for (;;) {
        bm_transfer_t *transfer = bm_ring_pop(f->outbox);
        apr_int64_t left = until - bm_timefmt_monotonic_ns();

        if (transfer || left <= 0)
            return transfer;
        bm_ring_wait(f->outbox, (int)(left / MS) + 1);
    }
}

/* Perform one request. */
static bm_exchange_t *ask(fixture_t *f, const bm_http_request_t *request)
{
    bm_transfer_t *transfer = transfer_for(request);

    ck_assert_int_eq(bm_loop_start_exchange(f->loop, transfer), APR_SUCCESS);
    ck_assert_ptr_eq(await(f, 30000), transfer);
    return transfer->x;
}

/* The state is published at the end of a wake-up, a moment after the outbox. */
static void stats_with(fixture_t *f, bm_loop_stats_t *stats, apr_uint64_t finished)
{
    int i;

    for (i = 0; i < 500; i++) {
        bm_loop_stats(f->loop, stats);
        if (stats->finished == finished)
            return;
        apr_sleep(10000);
    }
    ck_abort_msg("%d finished", (int)stats->finished);
}

static const char *body_of(const bm_exchange_t *x)
{
    return apr_pstrmemdup(g_pool, x->body.data ? x->body.data : "", x->body.len);
}

typedef struct end_case_t {
    const char *path;
    bm_exchange_end_e end;
    int status;
    const char *body;
    int connect_ms, first_byte_ms, stall_ms, total_ms, max_body;
    const char *end_marker;
    int about_ms;                /* how long it takes, if a limit ends it */
} end_case_t;

static const end_case_t ends[] = {
    { "/ok", BM_END_COMPLETE, 200, "hello" },
    { "/empty", BM_END_COMPLETE, 200, "" },
    { "/no-content", BM_END_COMPLETE, 204, "" },
    { "/close-delimited", BM_END_COMPLETE, 200, "until the end" },
    { "/error", BM_END_COMPLETE, 503, "busy" },
    { "/redirect", BM_END_COMPLETE, 302, "" },
    { "/interim", BM_END_COMPLETE, 200, "ok" },
    { "/silent", BM_END_FIRST_BYTE_TIMEOUT, 0, "", .first_byte_ms = 150, .about_ms = 150 },
    { "/silent", BM_END_TOTAL_TIMEOUT, 0, "", .total_ms = 150, .about_ms = 150 },
    { "/head-only", BM_END_FIRST_BYTE_TIMEOUT, 200, "", .first_byte_ms = 150, .about_ms = 150 },
    { "/stall", BM_END_STALL_TIMEOUT, 200, "data: ", .stall_ms = 150, .about_ms = 150 },
    { "/stall", BM_END_TOTAL_TIMEOUT, 200, "data: ", .first_byte_ms = 50, .stall_ms = 4000, .total_ms = 150, .about_ms = 150 },
    { "/drip", BM_END_TOTAL_TIMEOUT, 200, NULL, .first_byte_ms = 100, .stall_ms = 100, .total_ms = 400, .about_ms = 400 },
    { "/open-after-done", BM_END_COMPLETE, 200, "data: 1\n\ndata: [DONE]\n\nxx", .end_marker = "data: [DONE]" },
    { "/open-after-done", BM_END_STALL_TIMEOUT, 200, "data: 1\n\ndata: [DONE]\n\nxx", .stall_ms = 150, .about_ms = 150 },
    { "/cut-length", BM_END_CUT, 200, "only this" },
    { "/cut-chunk", BM_END_CUT, 200, "only this" },
    { "/cut-between", BM_END_CUT, 200, "four" },
    { "/cut-head", BM_END_CUT, 200, "" },
    { "/nothing", BM_END_CUT, 0, "" },
    { "/reset", BM_END_CUT, 200, "four" },
    { "/garbage", BM_END_PROTOCOL, 0, "" },
    { "/binary", BM_END_PROTOCOL, 0, "" },
    { "/bad-status", BM_END_PROTOCOL, 0, "" },
    { "/bad-chunk", BM_END_PROTOCOL, 200, "" },
    { "/large-length", BM_END_TOO_LARGE, 200, "" },
    { "/flood", BM_END_TOO_LARGE, 200, NULL, .max_body = 100000 },
    { "/header-flood", BM_END_TOO_LARGE, 200, "" },
    { "/ok", BM_END_TOO_LARGE, 200, "", .max_body = 4 },
    { "/ok", BM_END_COMPLETE, 200, "hello", .max_body = 5 },
    { "/error", BM_END_COMPLETE, 503, "busy", .end_marker = "never comes" },
};

BM_LOOP_TEST(every_misbehaviour_has_its_end, BM_COUNT(ends))
{
    const end_case_t *c = &ends[_i];
    fixture_t f;
    bm_http_request_t *request;
    bm_exchange_t *x;
    apr_int64_t took;

    start_loop(&f, "all", 64, 1);
    request = request_for(&f, c->path);
    request->connect_timeout_ms = c->connect_ms;
    request->first_byte_timeout_ms = c->first_byte_ms;
    request->stall_timeout_ms = c->stall_ms;
    request->total_timeout_ms = c->total_ms;
    request->max_body = c->max_body;
    request->end_marker = c->end_marker;
    x = ask(&f, request);
    took = x->end_ns - x->added_ns;
    ck_assert_msg(x->end == c->end, "%s: %s (%s), not %s", c->path, bm_exchange_end_code(x->end), x->error,
                  bm_exchange_end_code(c->end));
    ck_assert_msg(x->http_status == c->status, "%s: status %d", c->path, x->http_status);
    if (c->body)
        ck_assert_str_eq(body_of(x), c->body);
    if (c->max_body)
        ck_assert_uint_le(x->body.len, (apr_size_t)c->max_body);
    ck_assert_int_eq(x->error[0] == '\0', x->end == BM_END_COMPLETE);
    if (c->about_ms) {
        ck_assert_msg(took >= c->about_ms * MS, "%s: ended after %d ms", c->path, (int)(took / MS));
        ck_assert_msg(took < (c->about_ms + 2000) * MS, "%s: ended after %d ms", c->path, (int)(took / MS));
    }
    else
        ck_assert_msg(took < 3000 * MS, "%s: ended after %d ms", c->path, (int)(took / MS));
    x = ask(&f, request_for(&f, "/ok"));                 /* and the loop is as good as new */
    ck_assert_int_eq(x->end, BM_END_COMPLETE);
    end_loop(&f);
}
END_TEST

BM_TEST(nobody_listens)
{
    fixture_t f;
    bm_exchange_t *x;
    bm_http_request_t *request;
    int port, fd = bad_listen(&port, 1);

    start_loop(&f, "all", 64, 1);
    request = request_for(&f, "/");
    close(fd);
    request->url = apr_psprintf(g_pool, "http://127.0.0.1:%d/", port);
    x = ask(&f, request);
    ck_assert_int_eq(x->end, BM_END_CONNECT);
    ck_assert_int_eq(x->sent_ns, 0);
    request->url = "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/";
    ck_assert_int_eq(ask(&f, request)->end, BM_END_DNS);
    request->url = apr_psprintf(g_pool, "https://127.0.0.1:%d/ok", f.port);
    ck_assert_int_eq(ask(&f, request)->end, BM_END_TLS);
    request->url = "ftp://127.0.0.1/";
    ck_assert_int_eq(ask(&f, request)->end, BM_END_BAD_REQUEST);
    request->url = "http://127.0.0.1:99999/";
    ck_assert_int_eq(ask(&f, request)->end, BM_END_BAD_REQUEST);
    end_loop(&f);
}
END_TEST

/* A stream that would go on for long: closed by us so long after S, and not before. */
static const int abort_after_us[] = { 0, 300, 30000 };

BM_LOOP_TEST(what_is_to_be_aborted_is_closed_in_time, BM_COUNT(abort_after_us))
{
    fixture_t f;
    bm_http_request_t *request;
    bm_exchange_t *x;

    start_loop(&f, "127.0.0.1", 64, 1);
    request = request_for(&f, "/stall");
    request->abort_after_ns = abort_after_us[_i] * 1000LL + 1;
    x = ask(&f, request);
    ck_assert_msg(x->end == BM_END_ABORTED, "%s", bm_exchange_end_code(x->end));
    ck_assert_str_eq(bm_exchange_end_code(x->end), "injected_abort");
    ck_assert(x->sent_ns > 0);
    ck_assert_int_ge(x->end_ns - x->sent_ns, request->abort_after_ns);
    ck_assert_int_lt(x->end_ns - x->sent_ns, request->abort_after_ns + 500 * MS);
    end_loop(&f);
}
END_TEST

BM_TEST(a_full_backlog_is_a_connect_timeout)
{
    fixture_t f;
    bm_exchange_t *x;
    bm_http_request_t *request;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int port, i, fd = bad_listen(&port, 0);

    at.sin_port = htons((unsigned short)port);
    for (i = 0; i < 4; i++) {                            /* nobody accepts: further SYNs are dropped */
        int filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

        connect(filler, (struct sockaddr *)&at, sizeof(at));
    }
    start_loop(&f, "all", 64, 1);
    request = request_for(&f, "/");
    request->url = apr_psprintf(g_pool, "http://127.0.0.1:%d/", port);
    request->connect_timeout_ms = 200;
    x = ask(&f, request);
    ck_assert_msg(x->end == BM_END_CONNECT_TIMEOUT, "%s %s", bm_exchange_end_code(x->end), x->error);
    ck_assert_int_ge(x->end_ns - x->added_ns, 190 * MS);
    ck_assert_int_lt(x->end_ns - x->added_ns, 2000 * MS);
    close(fd);
    end_loop(&f);
}
END_TEST

BM_TEST(a_refused_address_says_so)
{
    fixture_t f;
    bm_http_request_t *request;
    bm_exchange_t *x;

    start_loop(&f, NULL, 64, 1);
    request = request_for(&f, "/ok");
    x = ask(&f, request);
    ck_assert_int_eq(x->end, BM_END_NOT_ALLOWED);
    ck_assert_ptr_nonnull(strstr(x->error, "127.0.0.1"));
    request = request_for(&f, "/ok");
    request->reference_target = 1;
    ck_assert_int_eq(ask(&f, request)->end, BM_END_COMPLETE);
    x = ask(&f, request_for(&f, "/ok"));                 /* although a warm connection is there */
    ck_assert_int_eq(x->end, BM_END_NOT_ALLOWED);
    ck_assert_int_eq(x->sent_ns, 0);
    end_loop(&f);
}
END_TEST

/* kernel: 1 all but a few segments must have a kernel stamp (one that arrived between peek and read has none), 0 none may,
 * -1 either. */
static void check_stamps(const bm_exchange_t *x, int kernel)
{
    apr_uint64_t offset = 0;
    apr_int64_t last = 0;
    apr_uint32_t i, stamped = 0;

    ck_assert_int_le(x->planned_ns, x->added_ns);
    ck_assert_int_le(x->added_ns, x->sent_ns);
    ck_assert_int_lt(x->sent_ns, x->first_byte_ns);
    ck_assert_int_le(x->first_byte_kernel_ns, x->first_byte_ns);
    for (i = 0; i < x->segment_count; i++) {
        const bm_segment_t *s = &x->segments[i];

        ck_assert_uint_eq(s->offset, offset);
        ck_assert_int_ge(s->user_ns, x->first_byte_ns);
        ck_assert_int_gt(s->user_ns, last);
        ck_assert_int_le(s->kernel_ns, s->user_ns);
        if (s->kernel_ns)
            ck_assert_int_ge(s->kernel_ns, x->added_ns);
        stamped += s->kernel_ns != 0;
        last = s->user_ns;
        offset += s->len;
    }
    ck_assert_uint_eq(offset, x->body.len);
    ck_assert_int_ge(x->end_ns, last);
    if (kernel == 0)
        ck_assert_uint_eq(stamped, 0);
    if (kernel == 1)
        ck_assert_uint_ge(stamped + 3, x->segment_count);
}

BM_LOOP_TEST(a_stream_is_stamped_piece_by_piece, 2)
{
    fixture_t f;
    bm_http_request_t *request;
    bm_exchange_t *x;
    bm_loop_stats_t stats;

    start_loop(&f, "all", 64, _i);
    request = request_for(&f, "/stream");
    request->end_marker = "data: [DONE]";
    x = ask(&f, request);
    ck_assert_int_eq(x->end, BM_END_COMPLETE);
    ck_assert_int_eq(x->connection_reused, 0);
    ck_assert_int_eq(x->http_version, 11);
    ck_assert_str_eq(x->remote_address, apr_psprintf(g_pool, "127.0.0.1:%d", f.port));
    ck_assert_uint_eq(x->body.len, 20 * 10 + 14);
    ck_assert_uint_ge(x->segment_count, 10);
    check_stamps(x, _i);
    x = ask(&f, request);
    ck_assert_int_eq(x->connection_reused, 1);           /* the marker did not cost the connection */
    ck_assert_int_eq(x->connect_us, 0);
    check_stamps(x, _i);
    stats_with(&f, &stats, 2);
    ck_assert_uint_eq(stats.in_flight, 0);
    ck_assert_int_eq(stats.kernel_stamps, _i);
    ck_assert_int_eq(stats.stamps.lag_count > 0, _i);
    ck_assert_int_gt(stats.cpu_ns, 0);
    end_loop(&f);
}
END_TEST

/* libcurl's send(): the loop's thread may lose its CPU between the call's work and its end. */
static int kept_off_us;
static apr_int64_t send_left_ns;

__attribute__((visibility("default"))) ssize_t send(int fd, const void *data, size_t len, int flags)
{
    ssize_t n = sendto(fd, data, len, flags, NULL, 0);
    char name[16] = "";

    prctl(PR_GET_NAME, name);
    if (kept_off_us && strncmp(name, "bm-loop", 7) == 0) {
        send_left_ns = bm_timefmt_monotonic_ns();
        usleep((useconds_t)kept_off_us);
    }
    return n;
}

BM_LOOP_TEST(a_request_went_when_it_went_not_when_we_came_to_know, 2)
{
    fixture_t f;
    int round;

    start_loop(&f, "all", 64, _i);
    kept_off_us = 20000;
    for (round = 0; round < 3; round++) {                /* a cold connection, then warm ones */
        bm_exchange_t *x = ask(&f, request_for(&f, "/ok"));

        ck_assert_int_eq(x->end, BM_END_COMPLETE);
        ck_assert_int_eq(x->connection_reused, round > 0);       /* no stamp was left over to spoil it */
        ck_assert_int_ge(x->sent_ns, x->added_ns);
        if (_i)
            ck_assert_int_lt(x->sent_ns, send_left_ns + MS);     /* the clocks' offset is rounded up */
        else
            ck_assert_int_ge(x->sent_ns, send_left_ns + 20 * MS);
    }
    kept_off_us = 0;
    end_loop(&f);
}
END_TEST

BM_TEST(connections_are_reused_unless_fresh_is_asked_for)
{
    fixture_t f;
    bm_http_request_t *request;

    start_loop(&f, "all", 64, 1);
    request = request_for(&f, "/ok");
    ck_assert_int_eq(ask(&f, request)->connection_reused, 0);
    ck_assert_int_eq(ask(&f, request)->connection_reused, 1);
    request->fresh_connection = 1;
    ck_assert_int_eq(ask(&f, request)->connection_reused, 0);
    request->fresh_connection = 0;
    ck_assert_int_eq(ask(&f, request)->connection_reused, 1);
    end_loop(&f);
}
END_TEST

/* A warm connection that dies under a request is replaced, however often that happens. */
BM_TEST(a_dead_warm_connection_is_no_failure)
{
    fixture_t f;
    int i;

    start_loop(&f, "all", 64, 1);
    for (i = 0; i < 20; i++) {
        bm_exchange_t *x = ask(&f, request_for(&f, "/ok-once"));

        ck_assert_msg(x->end == BM_END_COMPLETE, "request %d: %s", i, x->error);
        ck_assert_str_eq(body_of(x), "hello");
        ck_assert_int_eq(x->connection_reused, 0);
        ck_assert_int_ge(x->first_byte_ns, x->sent_ns);
    }
    end_loop(&f);
}
END_TEST

BM_TEST(plans_and_waits_are_kept)
{
    fixture_t f;
    bm_transfer_t *wait = apr_pcalloc(g_pool, sizeof(*wait)), *t;
    apr_int64_t begin = bm_timefmt_monotonic_ns();
    bm_loop_stats_t stats;

    start_loop(&f, "all", 64, 1);
    t = transfer_for(request_for(&f, "/ok"));
    t->planned_ns = begin + 60 * MS;
    wait->planned_ns = begin + 30 * MS;
    wait->owner = &f;
    ck_assert_int_eq(bm_loop_start_exchange(f.loop, t), APR_SUCCESS);
    ck_assert_int_eq(bm_loop_start_wait(f.loop, wait), APR_SUCCESS);
    ck_assert_ptr_eq(await(&f, 5000), wait);
    ck_assert_int_ge(bm_timefmt_monotonic_ns(), begin + 30 * MS);
    ck_assert_int_eq(wait->kind, BM_TRANSFER_WAIT);
    ck_assert_int_eq(wait->cancelled, 0);
    ck_assert_ptr_eq(wait->owner, &f);
    ck_assert_ptr_eq(await(&f, 5000), t);
    ck_assert_int_eq(t->x->end, BM_END_COMPLETE);
    ck_assert_int_eq(t->x->planned_ns, begin + 60 * MS);
    ck_assert_int_ge(t->x->added_ns, t->x->planned_ns);
    ck_assert_int_lt(t->x->added_ns, t->x->planned_ns + 1000 * MS);
    stats_with(&f, &stats, 1);
    ck_assert_uint_eq(stats.start_lag_count, 1);
    ck_assert_int_ge(stats.start_lag_max_ns, 0);
    end_loop(&f);
}
END_TEST

BM_TEST(a_loop_that_spins_keeps_plans_and_rests_when_nothing_is_under_way)
{
    fixture_t f;
    bm_transfer_t *t;
    bm_loop_stats_t busy, idle;
    apr_int64_t begin;

    spin_us = 30000;
    start_loop(&f, "all", 64, 1);
    spin_us = 0;
    begin = bm_timefmt_monotonic_ns();
    t = transfer_for(request_for(&f, "/ok"));
    t->planned_ns = begin + 100 * MS;
    ck_assert_int_eq(bm_loop_start_exchange(f.loop, t), APR_SUCCESS);
    ck_assert_ptr_eq(await(&f, 5000), t);
    ck_assert_int_eq(t->x->end, BM_END_COMPLETE);
    ck_assert_int_ge(t->x->added_ns, begin + 100 * MS);
    ck_assert_int_lt(t->x->added_ns, begin + 1000 * MS);
    apr_sleep(apr_time_from_msec(100));
    bm_loop_stats(f.loop, &busy);
    apr_sleep(apr_time_from_msec(300));
    bm_loop_stats(f.loop, &idle);
    ck_assert_int_ge(busy.cpu_ns, 10 * MS);
    ck_assert_int_lt(idle.cpu_ns - busy.cpu_ns, 30 * MS);
    end_loop(&f);
}
END_TEST

BM_TEST(cancelled_once_and_only_what_is_meant)
{
    fixture_t f;
    bm_transfer_t *flying, *planned, *waiting = apr_pcalloc(g_pool, sizeof(*waiting)), *other;
    apr_int64_t begin;
    int i;

    start_loop(&f, "all", 64, 1);
    flying = transfer_for(request_for(&f, "/silent"));
    flying->ticket = 1;
    planned = transfer_for(request_for(&f, "/ok"));
    planned->ticket = 2;
    planned->planned_ns = bm_timefmt_monotonic_ns() + 3600000 * MS;
    waiting->ticket = 3;
    waiting->planned_ns = planned->planned_ns;
    other = transfer_for(request_for(&f, "/stall"));
    other->ticket = 4;
    bm_loop_start_exchange(f.loop, flying);
    bm_loop_start_exchange(f.loop, planned);
    bm_loop_start_wait(f.loop, waiting);
    bm_loop_start_exchange(f.loop, other);
    apr_sleep(100000);
    begin = bm_timefmt_monotonic_ns();
    for (i = 0; i < 2; i++) {                            /* the second time there is nothing left to cancel */
        ck_assert_int_eq(bm_loop_cancel(f.loop, 1), APR_SUCCESS);
        ck_assert_int_eq(bm_loop_cancel(f.loop, 2), APR_SUCCESS);
        ck_assert_int_eq(bm_loop_cancel(f.loop, 3), APR_SUCCESS);
        ck_assert_int_eq(bm_loop_cancel(f.loop, 99), APR_SUCCESS);
    }
    ck_assert_ptr_eq(await(&f, 5000), flying);
    ck_assert_ptr_eq(await(&f, 5000), planned);
    ck_assert_ptr_eq(await(&f, 5000), waiting);
    ck_assert_int_lt(bm_timefmt_monotonic_ns() - begin, 1000 * MS);
    ck_assert_int_eq(flying->x->end, BM_END_CANCELLED);
    ck_assert_int_gt(flying->x->sent_ns, 0);
    ck_assert_int_eq(planned->x->end, BM_END_CANCELLED);
    ck_assert_int_eq(planned->x->sent_ns, 0);
    ck_assert(flying->cancelled && planned->cancelled && waiting->cancelled);
    ck_assert_ptr_null(await(&f, 100));
    end_loop(&f);
    ck_assert_ptr_eq(bm_ring_pop(f.outbox), other);      /* the stop cancelled it */
    ck_assert_int_eq(other->x->end, BM_END_CANCELLED);
    ck_assert_ptr_null(bm_ring_pop(f.outbox));
}
END_TEST

#define MANY 300

BM_TEST(many_at_once_through_a_tiny_outbox)
{
    fixture_t f;
    bm_http_request_t *request;
    int i, complete = 0;

    start_loop(&f, "all", 2, 1);
    request = request_for(&f, "/stream");
    request->end_marker = "data: [DONE]";
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(bm_loop_start_exchange(f.loop, transfer_for(request)), APR_SUCCESS);
    apr_sleep(500000);                                   /* the outbox is full for long; the loop goes on */
    for (i = 0; i < MANY; i++) {
        bm_transfer_t *t = await(&f, 30000);

        ck_assert_ptr_nonnull(t);
        ck_assert_msg(t->x->end == BM_END_COMPLETE, "%s: %s", bm_exchange_end_code(t->x->end), t->x->error);
        ck_assert_uint_eq(t->x->body.len, 214);
        check_stamps(t->x, -1);
        complete++;
    }
    ck_assert_int_eq(complete, MANY);
    ck_assert_ptr_null(await(&f, 50));
    end_loop(&f);
}
END_TEST

BM_TEST(a_stop_gives_everything_back)
{
    fixture_t f;
    bm_transfer_t *t;
    int i, back = 0;

    start_loop(&f, "all", 256, 1);
    for (i = 0; i < 60; i++) {
        t = transfer_for(request_for(&f, i % 2 ? "/silent" : "/ok"));
        t->planned_ns = i % 3 ? 0 : bm_timefmt_monotonic_ns() + 3600000 * MS;
        ck_assert_int_eq(bm_loop_start_exchange(f.loop, t), APR_SUCCESS);
    }
    bm_loop_stop(f.loop);
    ck_assert_int_eq(bm_loop_start_exchange(f.loop, transfer_for(request_for(&f, "/ok"))), APR_EAGAIN);
    ck_assert_uint_eq(bm_loop_join(f.loop), 0);
    while ((t = bm_ring_pop(f.outbox)) != NULL) {
        ck_assert(t->x->end == BM_END_CANCELLED || t->x->end == BM_END_COMPLETE);
        back++;
    }
    ck_assert_int_eq(back, 60);
}
END_TEST

BM_TEST(a_full_inbox_leaves_the_transfer_with_its_owner)
{
    bm_settings_t settings = { .connect_timeout = 1000000 };
    bm_loop_options_t options = { .inbox_size = 2, .cpus = "0,x" };
    bm_outbound_t *outbound;
    bm_transfer_t *t[64];
    fixture_t f;
    int i, taken = 0, back = 0;

    ck_assert_int_eq(bm_outbound_create(&outbound, &settings, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_ring_create(&f.outbox, 128, g_pool), APR_SUCCESS);
    options.outbound = outbound;
    options.outbox = f.outbox;
    ck_assert_int_eq(bm_loop_create(&f.loop, &options, g_pool), APR_EINVAL);     /* "x" is no CPU */
    options.cpus = "0";
    ck_assert_int_eq(bm_loop_create(&f.loop, &options, g_pool), APR_SUCCESS);
    for (i = 0; i < 64; i++) {
        t[i] = apr_pcalloc(g_pool, sizeof(*t[i]));
        t[i]->planned_ns = bm_timefmt_monotonic_ns() + 3600000 * MS;
        taken += bm_loop_start_wait(f.loop, t[i]) == APR_SUCCESS;
    }
    ck_assert_int_ge(taken, 2);
    end_loop(&f);
    while (bm_ring_pop(f.outbox) != NULL)
        back++;
    ck_assert_int_eq(back, taken);
}
END_TEST

#include "test_loop.reg"
