/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_server.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "target/target_conn.h"

#define LONGEST_SLEEP_NS APR_INT64_C(3600000000000)     /* whoever has nothing due sleeps until somebody connects */
#define ACCEPT_PAUSE_NS APR_INT64_C(100000000)
#define END_MS 500                              /* for clients that end, too, to hang up: else they would say that we did */

enum { EVENTS = 256, ACCEPTS_PER_TURN = 32, PLAYS_PER_TURN = 256, TIMER_SLACK_NS = 1000 };

/* State of bm_target_run() beside what connections share. */
typedef struct server_t {
    bm_target_loop_t loop;
    int listen_fd;
    int stop_fd;
    int accepting;                  /* listen_fd is in the epoll set */
    apr_int64_t resume_ns;          /* accept again then; 0: when a connection ends */
    apr_int64_t drain_until_ns;
    int over;
} server_t;

apr_status_t bm_target_listen(int *pfd, const char *address, int *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } sa;
    socklen_t len = sizeof(sa.v4);
    int fd, on = 1, rv;

    *pfd = -1;
    memset(&sa, 0, sizeof(sa));
    if (inet_pton(AF_INET, address, &sa.v4.sin_addr) == 1) {
        sa.v4.sin_family = AF_INET;
        sa.v4.sin_port = htons((uint16_t)*port);
    }
    else if (inet_pton(AF_INET6, address, &sa.v6.sin6_addr) == 1) {
        sa.v6.sin6_family = AF_INET6;
        sa.v6.sin6_port = htons((uint16_t)*port);
        len = sizeof(sa.v6);
    }
    else
        return APR_EINVAL;
    fd = socket(sa.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, &sa.any, len) != 0 || listen(fd, 4096) != 0 || getsockname(fd, &sa.any, &len) != 0) {
        rv = errno;
        close(fd);
        return rv;
    }
    *port = ntohs(sa.any.sa_family == AF_INET ? sa.v4.sin_port : sa.v6.sin6_port);
    *pfd = fd;
    return APR_SUCCESS;
}

static int port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } sa;
    socklen_t len = sizeof(sa);

    if (getsockname(fd, &sa.any, &len) != 0)
        return 0;
    return ntohs(sa.any.sa_family == AF_INET ? sa.v4.sin_port : sa.v6.sin6_port);
}

/* The loop's own descriptors carry the address of their member as data. */
static int watch(server_t *server, int fd, int *mark)
{
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = mark };

    return epoll_ctl(server->loop.epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0 ? 0 : errno;
}

static void pause_accepting(server_t *server, apr_int64_t resume_ns)
{
    if (server->accepting)
        epoll_ctl(server->loop.epoll_fd, EPOLL_CTL_DEL, server->listen_fd, NULL);
    server->accepting = 0;
    server->resume_ns = resume_ns;
}

static void resume_accepting(server_t *server)
{
    if (!server->loop.draining && watch(server, server->listen_fd, &server->listen_fd) == 0)
        server->accepting = 1;
}

static void accept_some(server_t *server)
{
    int i, fd, on = 1;

    for (i = 0; i < ACCEPTS_PER_TURN; i++) {
        if (server->loop.active >= server->loop.options.max_connections) {
            pause_accepting(server, 0);
            return;
        }
        fd = accept4(server->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                bm_log(BM_LOG_WARNING, errno, BMLOG(0601) "the reference target cannot accept a connection, "
                       "trying again in 100 ms");
                pause_accepting(server, bm_timefmt_monotonic_ns() + ACCEPT_PAUSE_NS);
            }
            return;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        bm_target_conn_open(&server->loop, fd);
    }
}

/* Play what is due, earliest first; not without end, for a loop that is behind must still read. */
static void run_due(server_t *server)
{
    bm_target_timer_t *timer;
    int n = 0;

    while (n++ < PLAYS_PER_TURN && (timer = bm_target_heap_top(&server->loop.heap)) != NULL
           && timer->due_ns <= bm_timefmt_monotonic_ns())
        bm_target_conn_due((bm_target_conn_t *)(void *)timer);
}

static void each_open(server_t *server, void (*act)(bm_target_conn_t *conn))
{
    bm_target_conn_t *conn;

    for (conn = server->loop.all_conns; conn != NULL; conn = conn->next)
        if (conn->fd >= 0)
            act(conn);
}

/* What stop_fd says: how long streams may go on. */
static apr_int64_t read_stop(const server_t *server)
{
    apr_int64_t drain_ms = server->loop.options.drain_ms;
    union {
        uint64_t count;                         /* of an eventfd */
        struct signalfd_siginfo info;
    } u;
    ssize_t n = read(server->stop_fd, &u, sizeof(u));

    if (n == (ssize_t)sizeof(u.info))
        return u.info.ssi_signo == SIGHUP || drain_ms < END_MS ? drain_ms : END_MS;
    return server->loop.draining || (n == (ssize_t)sizeof(u.count) && u.count > 1) ? 0 : drain_ms;
}

static void stop(server_t *server)
{
    apr_int64_t until_ns = bm_timefmt_monotonic_ns() + read_stop(server) * 1000000;

    if (!server->loop.draining || until_ns < server->drain_until_ns)
        server->drain_until_ns = until_ns;
    if (server->loop.ring != NULL && !server->loop.draining)
        bm_target_ring_publish(server->loop.ring, 0, 0, NULL);      /* whoever asks the port now is not answered by us */
    server->loop.draining = 1;
    pause_accepting(server, 0);
    each_open(server, bm_target_conn_drain);
}

/* Nanoseconds that the loop may sleep. */
static apr_int64_t time_to_sleep(server_t *server)
{
    const bm_target_timer_t *timer = bm_target_heap_top(&server->loop.heap);
    apr_int64_t now_ns = bm_timefmt_monotonic_ns(), sleep_ns = LONGEST_SLEEP_NS;

    if (timer != NULL && timer->due_ns - now_ns < sleep_ns)
        sleep_ns = timer->due_ns - now_ns;
    if (server->resume_ns != 0 && server->resume_ns - now_ns < sleep_ns)
        sleep_ns = server->resume_ns - now_ns;
    if (server->loop.draining && server->drain_until_ns - now_ns < sleep_ns)
        sleep_ns = server->drain_until_ns - now_ns;
    sleep_ns -= sleep_ns < server->loop.options.spin_us * 1000 ? sleep_ns : server->loop.options.spin_us * 1000;
    return sleep_ns > 0 ? sleep_ns : 0;
}

/* epoll_wait with a deadline in nanoseconds. */
static int wait_events(int epoll_fd, struct epoll_event *events, apr_int64_t sleep_ns)
{
    struct timespec timeout = { sleep_ns / 1000000000, sleep_ns % 1000000000 };
    struct pollfd pfd = { .fd = epoll_fd, .events = POLLIN };

#ifdef HAVE_EPOLL_PWAIT2
    int n = epoll_pwait2(epoll_fd, events, EVENTS, &timeout, NULL);

    if (n >= 0 || errno != ENOSYS)
        return n;
#endif
    if (ppoll(&pfd, 1, &timeout, NULL) <= 0)    /* older kernels: an epoll set can itself be polled */
        return 0;
    return epoll_wait(epoll_fd, events, EVENTS, 0);
}

static void turn(server_t *server)
{
    struct epoll_event events[EVENTS];
    int n, i;

    run_due(server);
    n = wait_events(server->loop.epoll_fd, events, time_to_sleep(server));
    for (i = 0; i < n; i++) {
        run_due(server);                        /* reading requests must not make due chunks late */
        if (events[i].data.ptr == &server->listen_fd) {
            if (!server->loop.draining)         /* else reported before the drain began: its successor's */
                accept_some(server);
        }
        else if (events[i].data.ptr == &server->stop_fd)
            stop(server);
        else
            bm_target_conn_event(events[i].data.ptr, events[i].events);
    }
    if (!server->accepting && !server->loop.draining && server->loop.active < server->loop.options.max_connections
        && (server->resume_ns == 0 || server->resume_ns <= bm_timefmt_monotonic_ns())) {
        server->resume_ns = 0;
        resume_accepting(server);
    }
    if (server->loop.draining && (server->loop.active == 0 || server->drain_until_ns <= bm_timefmt_monotonic_ns()))
        server->over = 1;
}

static void fill_defaults(bm_target_options_t *o, const bm_target_options_t *given)
{
    if (given != NULL)
        *o = *given;
    o->max_connections = o->max_connections > 0 ? o->max_connections : 4000;
    o->max_body = o->max_body > 0 ? o->max_body : 4194304;
    o->max_memory = o->max_memory > 0 ? o->max_memory : 268435456;
    o->idle_ms = o->idle_ms > 0 ? o->idle_ms : 75000;
    o->read_ms = o->read_ms > 0 ? o->read_ms : 30000;
    o->hang_ms = o->hang_ms > 0 ? o->hang_ms : 600000;
}

static apr_status_t set_up(server_t *server)
{
    bm_target_loop_t *loop = &server->loop;
    apr_status_t rv;

    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0)
        return errno;
    bm_target_heap_init(&loop->heap, loop->options.max_connections, loop->p);
    loop->app = bm_target_app_make(loop->p);
    rv = watch(server, server->listen_fd, &server->listen_fd);
    if (rv == APR_SUCCESS)
        rv = watch(server, server->stop_fd, &server->stop_fd);
    server->accepting = rv == APR_SUCCESS;
    if (rv != APR_SUCCESS)
        close(loop->epoll_fd);
    return rv;
}

/* OpenSSL writes without MSG_NOSIGNAL. */
static void block_sigpipe(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

apr_status_t bm_target_run(int listen_fd, int stop_fd, bm_target_ring_t *ring, const bm_target_options_t *options)
{
    apr_pool_t *p = bm_thread_pool_make("target");
    server_t *server = apr_pcalloc(p, sizeof(*server));
    int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    apr_status_t rv;

    server->loop.p = p;
    server->loop.ring = ring;
    server->listen_fd = listen_fd;
    server->stop_fd = stop_fd;
    fill_defaults(&server->loop.options, options);
    rv = set_up(server);
    if (rv != APR_SUCCESS) {
        bm_log(BM_LOG_ERR, rv, BMLOG(0600) "the reference target cannot start");
        apr_pool_destroy(p);
        return rv;
    }
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
    block_sigpipe();
    if (ring != NULL)
        bm_target_ring_publish(ring, port_of(listen_fd), (int)getpid(),
                               server->loop.options.tls ? bm_target_tls_certificate(server->loop.options.tls, p) : NULL);
    while (!server->over)
        turn(server);
    if (ring != NULL && !server->loop.draining)
        bm_target_ring_publish(ring, 0, 0, NULL);
    each_open(server, bm_target_conn_close);
    close(server->loop.epoll_fd);
    bm_buffer_free(&server->loop.body);
    bm_buffer_free(&server->loop.frame);
    bm_buffer_free(&server->loop.records);
    if (slack > 0)
        prctl(PR_SET_TIMERSLACK, slack, 0, 0, 0);
    apr_pool_destroy(p);
    return APR_SUCCESS;
}
