/* SPDX-License-Identifier: Apache-2.0 */
#include "net/kernel_stamp.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "base/timefmt.h"

#define SAMPLES 20
#define RESAMPLE_NS 250000000LL
#define STEP_NS 5000
#define SWITCH_ON_TRIES 100      /* of a millisecond each */

typedef struct keeper_t {
    int fd;
} keeper_t;

static apr_int64_t realtime_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static apr_status_t keeper_cleanup(void *baton)
{
    close(((keeper_t *)baton)->fd);
    return APR_SUCCESS;
}

apr_status_t bm_kernel_stamp_enable(int fd)
{
    /* TSONLY: the stamp comes without a copy of what was sent. */
    int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE
                | SOF_TIMESTAMPING_OPT_TSONLY;

    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)) == 0 ? APR_SUCCESS : errno;
}

static apr_int64_t stamp_of(struct msghdr *msg)
{
    struct cmsghdr *c;

    for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
        struct scm_timestamping stamps;

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING || c->cmsg_len < CMSG_LEN(sizeof(stamps)))
            continue;
        memcpy(&stamps, CMSG_DATA(c), sizeof(stamps));
        return stamps.ts[0].tv_sec * 1000000000LL + stamps.ts[0].tv_nsec;
    }
    return 0;
}

/* When the datagram that waits on fd arrived, and take it; 0: it has no stamp, or did not come within ms. */
static apr_int64_t datagram_stamp(int fd, int ms)
{
    union { char bytes[256]; struct cmsghdr align; } control;
    struct msghdr msg = { .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    if (poll(&wait, 1, ms) <= 0 || recvmsg(fd, &msg, MSG_DONTWAIT) < 0)
        return 0;
    return stamp_of(&msg);
}

/* The kernel switches its stamps on by a work item of its own, some time after the first socket that asked: send ourselves
 * datagrams until one has a stamp. A kernel that has none costs the whole wait, once. */
static void await_switch_on(int fd)
{
    struct sockaddr_in self = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int receive_only = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE, tries;
    socklen_t len = sizeof(self);

    if (bind(fd, (struct sockaddr *)&self, len) != 0 || getsockname(fd, (struct sockaddr *)&self, &len) != 0
        || connect(fd, (struct sockaddr *)&self, len) != 0
        || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &receive_only, sizeof(receive_only)) != 0)
        return;
    for (tries = 0; tries < SWITCH_ON_TRIES; tries++) {
        if (send(fd, "", 1, MSG_DONTWAIT) == 1 && datagram_stamp(fd, 1) > 0)
            return;
        usleep(1000);
    }
}

apr_status_t bm_kernel_clock_init(bm_kernel_clock_t *clock, apr_pool_t *p)
{
    apr_status_t rv;
    keeper_t *keeper = apr_palloc(p, sizeof(*keeper));

    memset(clock, 0, sizeof(*clock));
    clock->nowhere = apr_palloc(p, BM_KERNEL_STAMP_PEEK);
    bm_kernel_clock_sample(clock);
    keeper->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (keeper->fd < 0)
        return errno;
    apr_pool_cleanup_register(p, keeper, keeper_cleanup, apr_pool_cleanup_null);
    rv = bm_kernel_stamp_enable(keeper->fd);
    if (rv == APR_SUCCESS)
        await_switch_on(keeper->fd);
    return rv;
}

void bm_kernel_clock_sample(bm_kernel_clock_t *clock)
{
    apr_int64_t best_width = APR_INT64_MAX, best_offset = 0;
    int i;

    for (i = 0; i < SAMPLES; i++) {
        apr_int64_t before = bm_timefmt_monotonic_ns();
        apr_int64_t real = realtime_ns();
        apr_int64_t after = bm_timefmt_monotonic_ns();

        if (after - before < best_width) {
            best_width = after - before;
            best_offset = after - real;      /* the truth lies in [before, after] - real: take the late end */
        }
    }
    clock->offset_ns = best_offset;
    clock->width_ns = best_width;
    clock->sampled_ns = bm_timefmt_monotonic_ns();
}

void bm_kernel_clock_check(bm_kernel_clock_t *clock, apr_int64_t now_ns)
{
    apr_int64_t seen = now_ns - realtime_ns();       /* too small by the time between the two readings */
    apr_int64_t before = clock->offset_ns;
    int suspect = seen > before || seen < before - STEP_NS;

    if (!suspect && now_ns - clock->sampled_ns < RESAMPLE_NS)
        return;
    bm_kernel_clock_sample(clock);
    if (clock->offset_ns > before + STEP_NS || clock->offset_ns < before - STEP_NS)
        clock->steps++;
}

apr_int64_t bm_kernel_clock_monotonic(const bm_kernel_clock_t *clock, apr_int64_t realtime)
{
    return realtime + clock->offset_ns;
}

void bm_kernel_stamp_peek(bm_kernel_peek_t *peek, int fd, apr_size_t len, const bm_kernel_clock_t *clock)
{
    union { char bytes[256]; struct cmsghdr align; } control;
    struct iovec iov = { .iov_base = clock->nowhere, .iov_len = len };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
                          .msg_controllen = sizeof(control.bytes) };
    ssize_t n = recvmsg(fd, &msg, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    apr_int64_t real;

    peek->ns = 0;
    peek->bytes = n > 0 ? (apr_size_t)n : 0;
    if (n <= 0)
        return;
    real = stamp_of(&msg);
    if (real > 0)
        peek->ns = bm_kernel_clock_monotonic(clock, real);
}

int bm_kernel_stamp_take_sent(apr_int64_t *ns, int fd, apr_int64_t from_ns, apr_int64_t until_ns,
                              const bm_kernel_clock_t *clock)
{
    int taken;

    for (taken = 0;; taken++) {
        union { char bytes[256]; struct cmsghdr align; } control;
        struct msghdr msg = { .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };
        apr_int64_t real, sent;

        /* Without that flag: no TCP socket, such as a resolver's. It has no such queue. */
        if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0 || !(msg.msg_flags & MSG_ERRQUEUE))
            return taken;
        real = stamp_of(&msg);
        sent = real > 0 ? bm_kernel_clock_monotonic(clock, real) : 0;
        if (sent >= from_ns && sent <= until_ns)
            *ns = sent;
    }
}

apr_status_t bm_kernel_stamp_arrivals(apr_uint64_t *bytes, apr_uint32_t *out_of_order, int fd)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);

    memset(&info, 0, sizeof(info));
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return errno;
    if (len < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received))
        return APR_ENOTIMPL;
    *bytes = info.tcpi_bytes_received;
    *out_of_order = info.tcpi_rcv_ooopack;           /* 0 on kernels before 5.5 */
    return APR_SUCCESS;
}
