/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/timefmt.h"
#include "net/kernel_stamp.h"

static apr_int64_t realtime_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Two ends of a TCP connection; ours has stamps. */
static void tcp_pair(int *ours, int *theirs)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(at);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, len), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    getsockname(listener, (struct sockaddr *)&at, &len);
    *ours = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bm_kernel_stamp_enable(*ours), APR_SUCCESS);
    ck_assert_int_eq(connect(*ours, (struct sockaddr *)&at, len), 0);
    *theirs = accept(listener, NULL, NULL);
    ck_assert_int_ge(*theirs, 0);
    setsockopt(*theirs, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    close(listener);
}

BM_TEST(the_offset_never_makes_a_time_early)
{
    bm_kernel_clock_t clock;
    int i;

    ck_assert_int_eq(bm_kernel_clock_init(&clock, g_pool), APR_SUCCESS);
    ck_assert_int_ge(clock.width_ns, 0);
    for (i = 0; i < 1000; i++) {
        apr_int64_t before = bm_timefmt_monotonic_ns();
        apr_int64_t moved = bm_kernel_clock_monotonic(&clock, realtime_ns());
        apr_int64_t after = bm_timefmt_monotonic_ns();

        ck_assert_int_ge(moved, before);
        ck_assert_int_le(moved, after + clock.width_ns);
    }
}
END_TEST

BM_TEST(a_set_clock_is_noticed_at_the_next_wake_up)
{
    bm_kernel_clock_t clock;
    apr_int64_t truth;

    ck_assert_int_eq(bm_kernel_clock_init(&clock, g_pool), APR_SUCCESS);
    truth = clock.offset_ns;
    bm_kernel_clock_check(&clock, bm_timefmt_monotonic_ns());
    ck_assert_uint_eq(clock.steps, 0);
    clock.offset_ns += 3000000;                      /* as if the clock had been set forward by 3 ms */
    bm_kernel_clock_check(&clock, bm_timefmt_monotonic_ns());
    ck_assert_uint_eq(clock.steps, 1);
    ck_assert_int_lt(llabs(clock.offset_ns - truth), 100000);
    clock.offset_ns -= 3000000;
    bm_kernel_clock_check(&clock, bm_timefmt_monotonic_ns());
    ck_assert_uint_eq(clock.steps, 2);
    ck_assert_int_lt(llabs(clock.offset_ns - truth), 100000);
}
END_TEST

BM_TEST(the_stamp_is_when_it_came_not_when_it_is_read)
{
    bm_kernel_clock_t clock;
    bm_kernel_peek_t peek;
    apr_int64_t before, after, first;
    int ours, theirs;
    char bytes[8];

    ck_assert_int_eq(bm_kernel_clock_init(&clock, g_pool), APR_SUCCESS);
    tcp_pair(&ours, &theirs);
    bm_kernel_stamp_peek(&peek, ours, BM_KERNEL_STAMP_PEEK, &clock);
    ck_assert_int_eq(peek.ns, 0);
    ck_assert_uint_eq(peek.bytes, 0);
    before = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(write(theirs, "abc", 3), 3);
    usleep(30000);
    bm_kernel_stamp_peek(&peek, ours, BM_KERNEL_STAMP_PEEK, &clock);
    ck_assert_uint_eq(peek.bytes, 3);
    ck_assert_int_ge(peek.ns, before);
    ck_assert_int_lt(peek.ns, bm_timefmt_monotonic_ns() - 15000000);
    first = peek.ns;
    after = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(write(theirs, "defg", 4), 4);
    usleep(20000);
    bm_kernel_stamp_peek(&peek, ours, BM_KERNEL_STAMP_PEEK, &clock);
    ck_assert_uint_eq(peek.bytes, 7);
    ck_assert_int_ge(peek.ns, after);                /* of the last that is queued */
    ck_assert_int_gt(peek.ns, first);
    ck_assert_int_eq(read(ours, bytes, sizeof(bytes)), 7);       /* nothing was taken away */
    ck_assert_int_eq(memcmp(bytes, "abcdefg", 7), 0);
    close(ours);
    close(theirs);
    bm_kernel_stamp_peek(&peek, -1, BM_KERNEL_STAMP_PEEK, &clock);
    ck_assert_int_eq(peek.ns, 0);
}
END_TEST

/* How late we look does not matter, what was sent outside the asked time is passed over, and none is left behind. */
BM_TEST(a_transmit_stamp_is_when_it_went_and_is_taken_once)
{
    bm_kernel_clock_t clock;
    apr_int64_t before, after, ns = 7, late;
    int ours, theirs, one = 1;

    ck_assert_int_eq(bm_kernel_clock_init(&clock, g_pool), APR_SUCCESS);
    tcp_pair(&ours, &theirs);
    setsockopt(ours, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    ck_assert_int_eq(bm_kernel_stamp_take_sent(&ns, ours, 0, APR_INT64_MAX, &clock), 0);
    ck_assert_int_eq(ns, 7);
    ck_assert_int_eq(write(ours, "earlier", 7), 7);
    usleep(5000);
    before = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(write(ours, "abc", 3), 3);
    after = bm_timefmt_monotonic_ns() + clock.width_ns;
    usleep(5000);
    late = bm_timefmt_monotonic_ns();
    ck_assert_int_eq(write(ours, "later", 5), 5);
    usleep(5000);
    ck_assert_int_eq(bm_kernel_stamp_take_sent(&ns, ours, before, late, &clock), 3);
    ck_assert_int_ge(ns, before);
    ck_assert_int_le(ns, after);
    ck_assert_int_eq(bm_kernel_stamp_take_sent(&ns, ours, 0, APR_INT64_MAX, &clock), 0);
    close(ours);
    close(theirs);
    ck_assert_int_eq(bm_kernel_stamp_take_sent(&ns, -1, 0, APR_INT64_MAX, &clock), 0);
}
END_TEST

BM_TEST(arrivals_count_bytes)
{
    apr_uint64_t bytes;
    apr_uint32_t out_of_order;
    int ours, theirs;

    tcp_pair(&ours, &theirs);
    ck_assert_int_eq(bm_kernel_stamp_arrivals(&bytes, &out_of_order, ours), APR_SUCCESS);
    ck_assert_uint_eq(bytes, 0);
    ck_assert_uint_eq(out_of_order, 0);
    ck_assert_int_eq(write(theirs, "0123456789", 10), 10);
    usleep(20000);
    ck_assert_int_eq(bm_kernel_stamp_arrivals(&bytes, &out_of_order, ours), APR_SUCCESS);
    ck_assert_uint_eq(bytes, 10);
    close(ours);
    close(theirs);
    ck_assert_int_ne(bm_kernel_stamp_arrivals(&bytes, &out_of_order, ours), APR_SUCCESS);
}
END_TEST

#include "test_kernel_stamp.reg"
