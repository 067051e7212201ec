/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/stamps.h"

#include "base/log.h"
#include "base/timefmt.h"

void bm_stamps_init(bm_stamps_t *stamps, int kernel, apr_pool_t *p)
{
    apr_status_t rv;

    *stamps = (bm_stamps_t){ .kernel = kernel };
    if (!kernel)
        return;
    rv = bm_kernel_clock_init(&stamps->clock, p);
    if (rv != APR_SUCCESS) {
        stamps->kernel = 0;
        bm_log(BM_LOG_WARNING, rv,
               BMLOG(0300) "no kernel receive stamps on this system: results carry the loop's stamps only");
    }
}

void bm_stamps_wake(bm_stamps_t *stamps, apr_int64_t now_ns)
{
    stamps->wake++;
    stamps->counters.wakes++;
    if (stamps->kernel)
        bm_kernel_clock_check(&stamps->clock, now_ns);
}

void bm_stamps_turn(bm_stamps_t *stamps)
{
    stamps->turn++;
}

void bm_stamps_attach(const bm_stamps_t *stamps, bm_read_t *read, int fd)
{
    apr_uint64_t bytes;

    if (stamps->kernel)
        read->order_known = bm_kernel_stamp_arrivals(&bytes, &read->out_of_order, fd) == APR_SUCCESS;
}

static void begin_turn(const bm_stamps_t *stamps, bm_read_t *read)
{
    read->turn = stamps->turn;
    read->wake = stamps->wake;
    read->user_ns = read->kernel_ns = read->first_kernel_ns = 0;
    read->taken = read->queued = 0;
    read->pieces = 0;
}

void bm_stamps_before_read(bm_stamps_t *stamps, bm_read_t *read, const bm_exchange_t *x, int fd)
{
    bm_kernel_peek_t peek;
    apr_uint32_t out_of_order;

    begin_turn(stamps, read);
    read->fd = fd;
    if (!stamps->kernel)
        return;
    if (read->opaque && bm_kernel_stamp_arrivals(&read->arrived, &out_of_order, fd) != APR_SUCCESS)
        return;
    if (x->first_byte_ns == 0 && !read->opaque) {
        bm_kernel_stamp_peek(&peek, fd, 1, &stamps->clock);
        read->first_kernel_ns = peek.ns;
    }
    bm_kernel_stamp_peek(&peek, fd, BM_KERNEL_STAMP_PEEK, &stamps->clock);
    read->kernel_ns = peek.ns;
    read->queued = peek.bytes;
    /* Nothing arrives before it was asked for, nor before what preceded it: such a stamp is a set clock's. */
    if (peek.ns < x->added_ns || (x->segment_count && peek.ns < x->segments[x->segment_count - 1].kernel_ns))
        read->kernel_ns = read->first_kernel_ns = 0;
}

/* libcurl also reads on its own timers and right after sending: then nobody looked before, and only our own stamp is known. */
void bm_stamps_took(bm_stamps_t *stamps, bm_read_t *read, const bm_exchange_t *x, apr_size_t bytes, int fresh)
{
    if (read->turn != stamps->turn)
        begin_turn(stamps, read);
    if (fresh || read->user_ns == 0) {
        stamps->counters.reads++;
        read->user_ns = bm_timefmt_monotonic_ns();
        read->pieces = 0;
        if (read->kernel_ns > read->user_ns)
            read->kernel_ns = 0;
        /* Left over from the queue that the last read had already seen: it arrived together with that. */
        if (read->kernel_ns && x->segment_count && x->segments[x->segment_count - 1].kernel_ns == read->kernel_ns)
            read->wake = x->segments[x->segment_count - 1].wake;
    }
    read->taken += bytes;
    if (!read->opaque && read->taken > read->queued)
        read->kernel_ns = 0;             /* more arrived between peek and read */
}

/* A byte that the peek cannot have seen may be among those that were read. */
static void withdraw(bm_read_t *read, bm_exchange_t *x, apr_uint32_t first_segment)
{
    apr_uint32_t i;

    if (x->first_byte_kernel_ns == read->kernel_ns)
        x->first_byte_kernel_ns = 0;
    for (i = first_segment; i < x->segment_count; i++)
        x->segments[i].kernel_ns = 0;
    read->kernel_ns = 0;
}

void bm_stamps_after_read(bm_stamps_t *stamps, bm_read_t *read, bm_exchange_t *x, apr_uint32_t first_segment)
{
    apr_uint64_t arrived = 0;
    apr_uint32_t out_of_order;

    if (read->user_ns == 0)
        return;                          /* nothing of an answer: a handshake, half a record */
    if (read->opaque && read->kernel_ns
        && (bm_kernel_stamp_arrivals(&arrived, &out_of_order, read->fd) != APR_SUCCESS || arrived != read->arrived))
        withdraw(read, x, first_segment);
    if (read->kernel_ns) {
        apr_int64_t lag = read->user_ns - read->kernel_ns;

        stamps->counters.lag_count++;
        stamps->counters.lag_sum_ns += lag;
        if (lag > stamps->counters.lag_max_ns)
            stamps->counters.lag_max_ns = lag;
    }
    else if (stamps->kernel)
        stamps->counters.unknown++;
}

void bm_stamps_check_order(const bm_read_t *read, bm_exchange_t *x, int fd)
{
    apr_uint64_t bytes;
    apr_uint32_t out_of_order, i;

    if (!read->order_known || bm_kernel_stamp_arrivals(&bytes, &out_of_order, fd) != APR_SUCCESS
        || out_of_order == read->out_of_order)
        return;
    x->first_byte_kernel_ns = 0;
    for (i = 0; i < x->segment_count; i++)
        x->segments[i].kernel_ns = 0;
}
