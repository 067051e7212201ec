/* SPDX-License-Identifier: Apache-2.0
 *
 * The order inside one wake-up matters: first the sockets (stamps do not wait), then the inbox, then what is due, at most
 * MAX_STARTS of it, so that a burst of starts cannot keep arrivals waiting; finished transfers leave last. */
#include "engine/loop_thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include "base/log.h"
#include "base/timefmt.h"
#include "engine/host.h"

#define MAX_EVENTS 256
#define MAX_STARTS 8                 /* exchanges begun per wake-up */
#define MAX_MESSAGES 256             /* taken from the inbox per wake-up */
#define OVERFLOW_RETRY_MS 1
#define STOP_PATIENCE_NS 2000000000LL
#define TIMER_SLACK_NS 1000UL
/* The kernel stops a real-time thread that does not sleep for 50 ms in each second (sched_rt_runtime_us), so such a loop spins
 * for so much of each stretch of time only. */
#define SPIN_STRETCH_NS 5000000LL
#define SPIN_SHARE_NS   4250000LL

/* --- delivery --- */

static void forget_ticket(bm_loop_t *loop, const bm_transfer_t *transfer)
{
    if (transfer->ticket
        && apr_hash_get(loop->tickets, &transfer->ticket, sizeof(transfer->ticket)) == transfer)
        apr_hash_set(loop->tickets, &transfer->ticket, sizeof(transfer->ticket), NULL);
}

static void deliver(bm_loop_t *loop, bm_transfer_t *transfer)
{
    bm_pacer_remove(loop->pacer, &transfer->timer);
    forget_ticket(loop, transfer);
    transfer->next = NULL;
    loop->now.finished += transfer->kind == BM_TRANSFER_EXCHANGE;
    if (loop->overflow_first == NULL && bm_ring_push(loop->options.outbox, transfer) == APR_SUCCESS) {
        loop->delivered = 1;
        return;
    }
    if (loop->overflow_first == NULL)
        loop->overflow_first = transfer;
    else
        loop->overflow_last->next = transfer;
    loop->overflow_last = transfer;
    loop->now.overflow++;
}

static void retry_overflow(bm_loop_t *loop)
{
    while (loop->overflow_first) {
        bm_transfer_t *transfer = loop->overflow_first, *next = transfer->next;

        if (bm_ring_push(loop->options.outbox, transfer) != APR_SUCCESS)
            return;
        loop->overflow_first = next;     /* the transfer is no longer ours to look at */
        loop->now.overflow--;
        loop->delivered = 1;
    }
}

static void wake_outbox(bm_loop_t *loop)
{
    if (loop->delivered)
        bm_ring_wake(loop->options.outbox);
    loop->delivered = 0;
}

/* --- flights --- */

static void end_flight(bm_loop_t *loop, bm_flight_t *flight, bm_transfer_t *transfer)
{
    loop->now.in_flight--;
    bm_flights_keep(&loop->flights, flight);
    deliver(loop, transfer);
}

static void cancel_transfer(bm_loop_t *loop, bm_transfer_t *transfer)
{
    bm_flight_t *flight = transfer->flight;

    if (flight) {
        end_flight(loop, flight, bm_flight_stop(flight, loop->multi, BM_END_CANCELLED));
        return;
    }
    loop->now.planned--;
    transfer->cancelled = 1;
    if (transfer->kind == BM_TRANSFER_EXCHANGE) {
        transfer->x->end = BM_END_CANCELLED;
        transfer->x->end_ns = bm_timefmt_monotonic_ns();
        transfer->x->due_ns = transfer->planned_ns;
        if (transfer->x->planned_ns == 0)
            transfer->x->planned_ns = transfer->planned_ns;
        snprintf(transfer->x->error, sizeof(transfer->x->error), "cancelled before it was sent");
    }
    deliver(loop, transfer);
}

/* What libcurl finished in the turn just taken. */
static void collect(bm_loop_t *loop)
{
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(loop->multi, &left)) != NULL) {
        bm_flight_t *flight;

        if (msg->msg != CURLMSG_DONE)
            continue;
        flight = bm_flight_of(msg->easy_handle);
        end_flight(loop, flight, bm_flight_done(flight, loop->multi, msg->data.result));
    }
}

static void take_turn(bm_loop_t *loop, curl_socket_t fd, int events)
{
    int running;
    CURLMcode mrc;

    mrc = curl_multi_socket_action(loop->multi, fd, events, &running);
    if (mrc != CURLM_OK && !loop->multi_broken) {
        loop->multi_broken = 1;
        bm_log(BM_LOG_ERR, APR_EGENERAL, BMLOG(0301) "loop %d: libcurl: %s", loop->options.index,
               curl_multi_strerror(mrc));
    }
}

static void begin_exchange(bm_loop_t *loop, bm_transfer_t *transfer)
{
    bm_flight_t *flight = bm_flights_take(&loop->flights);
    apr_int64_t lag;

    loop->now.started++;
    if (flight == NULL) {
        transfer->x->end = BM_END_INTERNAL;
        snprintf(transfer->x->error, sizeof(transfer->x->error), "out of memory");
        deliver(loop, transfer);
        return;
    }
    if (bm_flight_begin(flight, transfer, loop->multi) != APR_SUCCESS) {
        bm_flights_keep(&loop->flights, flight);
        deliver(loop, transfer);
        return;
    }
    loop->now.in_flight++;
    if (transfer->planned_ns) {
        lag = transfer->x->added_ns - transfer->planned_ns;
        loop->now.start_lag_count++;
        loop->now.start_lag_sum_ns += lag;
        if (lag > loop->now.start_lag_max_ns)
            loop->now.start_lag_max_ns = lag;
    }
    /* cannot fail: it just left the heap, so there is room */
    (void)bm_pacer_put(loop->pacer, &transfer->timer, bm_flight_next_limit_ns(flight));
    /* Without this the request would go out one wake-up later. */
    bm_stamps_turn(&loop->stamps);
    take_turn(loop, CURL_SOCKET_TIMEOUT, 0);
    collect(loop);
}

static void check_limit(bm_loop_t *loop, bm_transfer_t *transfer, apr_int64_t now_ns)
{
    bm_flight_t *flight = transfer->flight;
    bm_exchange_end_e end;

    if (bm_flight_limit_passed(flight, now_ns, &end))
        end_flight(loop, flight, bm_flight_stop(flight, loop->multi, end));
    else
        (void)bm_pacer_put(loop->pacer, &transfer->timer, bm_flight_next_limit_ns(flight));
}

/* Plans that are due, limits, libcurl's own timer. */
static void run_due(bm_loop_t *loop)
{
    apr_int64_t now_ns = bm_timefmt_monotonic_ns();
    bm_pacer_item_t *item;
    int starts = 0;

    while (starts < MAX_STARTS && (item = bm_pacer_take_due(loop->pacer, now_ns)) != NULL) {
        bm_transfer_t *transfer = item->owner;

        if (transfer == NULL) {
            bm_stamps_turn(&loop->stamps);
            take_turn(loop, CURL_SOCKET_TIMEOUT, 0);
            collect(loop);
        }
        else if (transfer->flight)
            check_limit(loop, transfer, now_ns);
        else {
            loop->now.planned--;
            if (transfer->kind == BM_TRANSFER_WAIT)
                deliver(loop, transfer);
            else {
                begin_exchange(loop, transfer);
                starts++;
            }
        }
    }
}

/* --- sockets --- */

/* A transmit stamp raises EPOLLERR, which libcurl would take for a broken connection. An error that is one stays. */
static unsigned without_stamps(bm_loop_t *loop, bm_flight_t *flight, int fd, unsigned events)
{
    apr_int64_t unused;
    int taken;

    if (!(events & EPOLLERR) || !loop->stamps.kernel)
        return events;
    taken = flight ? bm_flight_take_sent(flight, fd) : bm_kernel_stamp_take_sent(&unused, fd, 1, 0, &loop->stamps.clock);
    return taken ? events & ~(unsigned)EPOLLERR : events;
}

static void serve_socket(bm_loop_t *loop, int fd, unsigned events)
{
    bm_flight_t *flight = bm_watch_owner(loop->watch, fd);
    int action, reads;

    events = without_stamps(loop, flight, fd, events);
    if (events == 0)
        return;
    action = (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) | (events & ~(unsigned)EPOLLOUT ? CURL_CSELECT_IN : 0);
    reads = flight && action & CURL_CSELECT_IN;
    bm_stamps_turn(&loop->stamps);
    if (reads)
        bm_flight_before_read(flight, fd);
    take_turn(loop, fd, action);
    if (reads) {
        bm_flight_after_read(flight);
        bm_flight_linger(flight, loop->pacer);
    }
    collect(loop);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *baton, void *unused)
{
    bm_loop_t *loop = baton;
    bm_flight_t *flight = bm_flight_of(easy);        /* NULL: libcurl closes an idle connection */
    unsigned events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);

    (void)unused;
    if (what == CURL_POLL_REMOVE)
        bm_watch_remove(loop->watch, fd);
    if (flight)
        bm_flight_socket(flight, fd, what == CURL_POLL_REMOVE);
    if (what == CURL_POLL_REMOVE)
        return 0;
    return bm_watch_set(loop->watch, fd, events, flight) == APR_SUCCESS ? 0 : -1;
}

static int on_curl_timer(CURLM *multi, long timeout_ms, void *baton)
{
    bm_loop_t *loop = baton;

    (void)multi;
    if (timeout_ms < 0) {
        bm_pacer_remove(loop->pacer, &loop->curl_timer);
        return 0;
    }
    if (bm_pacer_put(loop->pacer, &loop->curl_timer, bm_timefmt_monotonic_ns() + timeout_ms * 1000000LL) != APR_SUCCESS)
        return -1;
    return 0;
}

/* --- inbox --- */

static void cancel_ticket(bm_loop_t *loop, apr_uint64_t ticket)
{
    bm_transfer_t *transfer = apr_hash_get(loop->tickets, &ticket, sizeof(ticket));

    if (transfer)
        cancel_transfer(loop, transfer);
}

static void accept_transfer(bm_loop_t *loop, bm_transfer_t *transfer)
{
    apr_int64_t due = transfer->planned_ns ? transfer->planned_ns : bm_timefmt_monotonic_ns();

    transfer->timer = (bm_pacer_item_t){ .owner = transfer };
    transfer->flight = NULL;
    transfer->cancelled = 0;
    loop->now.planned++;
    if (transfer->ticket)
        apr_hash_set(loop->tickets, &transfer->ticket, sizeof(transfer->ticket), transfer);
    if (bm_pacer_put(loop->pacer, &transfer->timer, due) != APR_SUCCESS)
        cancel_transfer(loop, transfer);     /* out of memory */
}

/* @return whether there may be more. */
static int take_inbox(bm_loop_t *loop, int limit)
{
    void *message;

    while (limit-- > 0) {
        message = bm_ring_pop(loop->inbox);
        if (message == NULL)
            return 0;
        if (*(bm_transfer_kind_e *)message == BM_TRANSFER_CANCEL) {
            cancel_ticket(loop, ((bm_loop_cancel_t *)message)->ticket);
            free(message);
        }
        else
            accept_transfer(loop, message);
    }
    return 1;
}

/* --- the thread --- */

static void publish(bm_loop_t *loop)
{
    if (pthread_mutex_trylock(&loop->stats_lock) != 0)
        return;                          /* somebody reads: the next wake-up will do */
    loop->now.stamps = loop->stamps.counters;
    loop->now.clock_steps = loop->stamps.clock.steps;
    loop->published = loop->now;
    pthread_mutex_unlock(&loop->stats_lock);
}

static void set_priority(bm_loop_t *loop)
{
    const bm_loop_options_t *o = &loop->options;
    bm_host_priority_t priority;
    apr_status_t rv;

    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
    rv = bm_host_set_priority(o->nice, o->rr_priority);
    if (rv != APR_SUCCESS)
        bm_log(BM_LOG_WARNING, rv, BMLOG(0302) "loop %d: nice %d, real-time %d was refused", o->index, o->nice,
               o->rr_priority);
    rv = loop->cpu >= 0 ? bm_host_pin(loop->cpu) : APR_SUCCESS;
    if (rv != APR_SUCCESS)
        bm_log(BM_LOG_WARNING, rv, BMLOG(0303) "loop %d: CPU %d was refused", o->index, loop->cpu);
    bm_host_priority(&priority);
    loop->now.cpu = rv == APR_SUCCESS ? loop->cpu : -1;
    loop->now.policy = priority.policy;
    loop->now.rr_priority = priority.rt_priority;
    loop->now.nice = priority.nice;
    loop->now.kernel_stamps = loop->stamps.kernel;
    pthread_mutex_lock(&loop->stats_lock);
    loop->cpu_clock_known = pthread_getcpuclockid(pthread_self(), &loop->cpu_clock) == 0;
    loop->published = loop->now;
    pthread_mutex_unlock(&loop->stats_lock);
}

/* How long it may spin from now on, in ns. */
static apr_int64_t spin_left(bm_loop_t *loop, apr_int64_t now)
{
    apr_int64_t spin_ns = (apr_int64_t)loop->options.spin_us * 1000, left;

    if (loop->now.rr_priority == 0)
        return spin_ns;
    if (now - loop->spin_since >= SPIN_STRETCH_NS)
        loop->spin_since = now;
    left = loop->spin_since + SPIN_SHARE_NS - now;
    return left < 0 ? 0 : left < spin_ns ? left : spin_ns;
}

/* A processor that sleeps takes its time to wake up, on a virtual machine up to some 0.2 ms: who spins does not sleep. */
static int spin(bm_loop_t *loop, struct epoll_event *events)
{
    apr_int64_t now = bm_timefmt_monotonic_ns(), until = now + spin_left(loop, now);
    int n = 0;

    while (n == 0 && now < until && now < bm_pacer_next_ns(loop->pacer)) {
        n = bm_watch_wait(loop->watch, events, MAX_EVENTS, 0);
        now = bm_timefmt_monotonic_ns();
    }
    return n;
}

static int wait_for_work(bm_loop_t *loop, struct epoll_event *events, int timeout_ms)
{
    int n = 0;

    if (loop->options.spin_us > 0 && timeout_ms < 0 && loop->now.in_flight + loop->now.planned > 0) {
        n = spin(loop, events);
        if (n == 0 && bm_pacer_next_ns(loop->pacer) <= bm_timefmt_monotonic_ns())
            timeout_ms = 0;
    }
    return n > 0 ? n : bm_watch_wait(loop->watch, events, MAX_EVENTS, timeout_ms);
}

/* One wake-up. @return how long the next may sleep, in ms. */
static int turn_once(bm_loop_t *loop, int timeout_ms)
{
    struct epoll_event events[MAX_EVENTS];
    int i, more = timeout_ms == 0, n = wait_for_work(loop, events, timeout_ms);

    bm_stamps_wake(&loop->stamps, bm_timefmt_monotonic_ns());
    for (i = 0; i < n; i++) {
        int fd = events[i].data.fd;

        if (fd == bm_ring_fd(loop->inbox)) {
            bm_ring_drain_wake(loop->inbox);
            more = 1;
        }
        else if (fd == bm_pacer_fd(loop->pacer))
            bm_pacer_fired(loop->pacer);
        else
            serve_socket(loop, fd, events[i].events);
    }
    more = more && take_inbox(loop, MAX_MESSAGES);
    run_due(loop);
    retry_overflow(loop);
    wake_outbox(loop);
    publish(loop);
    if (more || bm_pacer_next_ns(loop->pacer) <= bm_timefmt_monotonic_ns())
        return 0;
    bm_pacer_arm(loop->pacer);
    return loop->overflow_first ? OVERFLOW_RETRY_MS : -1;
}

/* Every transfer in the loop is in the pacer. */
static void cancel_all(bm_loop_t *loop)
{
    bm_pacer_item_t *item;

    while (take_inbox(loop, MAX_MESSAGES))
        ;
    while ((item = bm_pacer_take_any(loop->pacer)) != NULL)
        if (item->owner)
            cancel_transfer(loop, item->owner);
}

/* Everything that is still here comes back cancelled. */
static void give_all_back(bm_loop_t *loop)
{
    apr_int64_t until = bm_timefmt_monotonic_ns() + STOP_PATIENCE_NS;

    cancel_all(loop);
    for (;;) {
        retry_overflow(loop);
        wake_outbox(loop);
        if (loop->overflow_first == NULL || bm_timefmt_monotonic_ns() > until)
            break;
        apr_sleep(apr_time_from_msec(OVERFLOW_RETRY_MS));
    }
    publish(loop);
}

void bm_loop_thread_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_loop_t *loop = baton;
    int timeout_ms = -1;

    (void)p;
    set_priority(loop);
    while (!bm_thread_stopping(thread))
        timeout_ms = turn_once(loop, timeout_ms);
    give_all_back(loop);
    bm_flights_clear(&loop->flights);
    curl_multi_cleanup(loop->multi);
    pthread_mutex_lock(&loop->stats_lock);
    loop->cpu_clock_known = 0;           /* the clock ends with the thread */
    pthread_mutex_unlock(&loop->stats_lock);
}

void bm_loop_thread_give_back_rest(bm_loop_t *loop)
{
    cancel_all(loop);
    wake_outbox(loop);
}

/* --- before it starts --- */

static apr_status_t make_multi(bm_loop_t *loop)
{
    long connections = loop->options.capacity > 0 ? loop->options.capacity : 1024;
    int bad = 0;

    loop->multi = curl_multi_init();
    if (loop->multi == NULL)
        return APR_EGENERAL;
    bad |= curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    bad |= curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    bad |= curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    bad |= curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    bad |= curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    bad |= curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, connections);
    return bad ? APR_EGENERAL : APR_SUCCESS;
}

static apr_status_t watch_own(bm_loop_t *loop)
{
    apr_status_t rv = bm_watch_create(&loop->watch, loop->p);

    if (rv == APR_SUCCESS)
        rv = bm_watch_set(loop->watch, bm_ring_fd(loop->inbox), EPOLLIN, NULL);
    if (rv == APR_SUCCESS)
        rv = bm_watch_set(loop->watch, bm_pacer_fd(loop->pacer), EPOLLIN, NULL);
    return rv;
}

apr_status_t bm_loop_thread_prepare(bm_loop_t *loop)
{
    apr_status_t rv = watch_own(loop);

    return rv == APR_SUCCESS ? make_multi(loop) : rv;
}
