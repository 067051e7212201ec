/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_target.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_strings.h>
#include "engine/host.h"
#include "target/target_server.h"

static void target_main(const bench_target_t *b, int listen_fd, int stop_fd, bm_target_tls_t *tls)
{
    bm_target_options_t options = { .tls = tls, .max_connections = 20000 };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (b->setup.target_cpu >= 0)
        (void)bm_host_pin(b->setup.target_cpu);
    (void)bm_host_set_priority(b->setup.nice, b->setup.rr);
    _exit(bm_target_run(listen_fd, stop_fd, b->ring, &options) == APR_SUCCESS ? 0 : 1);
}

/* The target's certificate, in a file that the loop's policy trusts. */
static apr_status_t make_tls(bench_target_t *b, bm_target_tls_t **tls, apr_pool_t *p)
{
    apr_status_t rv = bm_target_tls_create(tls, NULL, NULL, p);
    const char *pem;
    ssize_t n;
    int fd;

    if (rv != APR_SUCCESS)
        return rv;
    apr_cpystrn(b->ca_file, "/tmp/bm-bench-XXXXXX", sizeof(b->ca_file));
    fd = mkstemp(b->ca_file);
    if (fd < 0)
        return APR_EGENERAL;
    pem = bm_target_tls_certificate(*tls, p);
    n = write(fd, pem, strlen(pem));
    close(fd);
    return n == (ssize_t)strlen(pem) ? APR_SUCCESS : APR_EGENERAL;
}

static apr_status_t start_target(bench_target_t *b, apr_uint32_t records, apr_pool_t *p)
{
    int listen_fd, stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    bm_target_tls_t *tls = NULL;
    bm_region_t *region;
    apr_status_t rv = b->setup.tls ? make_tls(b, &tls, p) : APR_SUCCESS;

    if (rv == APR_SUCCESS)
        rv = bm_region_create(&region, bm_target_ring_size(records) + 4096, p);
    if (rv == APR_SUCCESS)
        rv = bm_target_ring_create(&b->ring, records, region);
    if (rv == APR_SUCCESS)
        rv = bm_target_listen(&listen_fd, "127.0.0.1", &b->port);
    if (rv != APR_SUCCESS)
        return rv;
    b->pid = fork();
    if (b->pid == 0)
        target_main(b, listen_fd, stop_fd, tls);
    close(listen_fd);
    close(stop_fd);
    return b->pid > 0 ? APR_SUCCESS : APR_EGENERAL;
}

static apr_status_t start_loop(bench_target_t *b, apr_pool_t *p)
{
    bm_settings_t settings = { .connect_timeout = 10000000, .first_byte_timeout = 60000000, .stall_timeout = 60000000,
                               .target_ca = b->setup.tls ? b->ca_file : NULL };
    bm_loop_options_t options = { .kernel_stamps = b->setup.kernel_stamps, .nice = b->setup.nice,
                                  .rr_priority = b->setup.rr, .spin_us = b->setup.spin, .capacity = 20000, .inbox_size = 65536 };
    bm_outbound_t *outbound;
    apr_status_t rv = bm_outbound_init();

    if (rv == APR_SUCCESS)
        rv = bm_outbound_create(&outbound, &settings, NULL, NULL, p);
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&b->outbox, 65536, p);
    if (rv != APR_SUCCESS)
        return rv;
    options.outbound = outbound;
    options.outbox = b->outbox;
    options.cpus = b->setup.loop_cpu >= 0 ? apr_psprintf(p, "%d", b->setup.loop_cpu) : NULL;
    return bm_loop_create(&b->loop, &options, p);
}

int bench_target_start(bench_target_t *b, const bench_setup_t *setup, apr_uint32_t records, apr_pool_t *p)
{
    struct rlimit files;
    char reason[120];
    apr_status_t rv;

    *b = (bench_target_t){ .setup = *setup };
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    signal(SIGPIPE, SIG_IGN);
    rv = start_target(b, records, p);
    if (rv == APR_SUCCESS)
        rv = start_loop(b, p);
    if (rv == APR_SUCCESS)
        return 1;
    fprintf(stderr, "the target or the loop could not start: %s\n", apr_strerror(rv, reason, sizeof(reason)));
    return 0;
}

void bench_target_stop(bench_target_t *b)
{
    bm_loop_stop(b->loop);
    bm_loop_join(b->loop);
    kill(b->pid, SIGKILL);
    waitpid(b->pid, NULL, 0);
    if (b->ca_file[0])
        unlink(b->ca_file);
}

bm_http_request_t *bench_target_request(const bench_target_t *b, const bench_stream_t *stream, apr_uint64_t key, apr_pool_t *p)
{
    bm_http_request_t *request = apr_pcalloc(p, sizeof(*request));

    request->method = "POST";
    request->url = apr_psprintf(p, "%s://127.0.0.1:%d/v1/chat/completions", b->setup.tls ? "https" : "http", b->port);
    request->headers = apr_array_make(p, 1, sizeof(const char *));
    APR_ARRAY_PUSH(request->headers, const char *) = "Content-Type: application/json";
    request->body = apr_psprintf(p, "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                                 "\"x_target\":{\"id\":%" APR_UINT64_T_FMT ",\"seed\":%" APR_UINT64_T_FMT ",\"tokens\":%d,"
                                 "\"ttft_ms\":%.3f,\"ttft_dist\":\"uniform\",\"gap_ms\":%.3f,\"gap_dist\":\"uniform\"}}",
                                 key, key, stream->tokens, stream->ttft_ms, stream->gap_ms);
    request->body_len = strlen(request->body);
    request->end_marker = "data: [DONE]";
    request->reference_target = 1;
    return request;
}
