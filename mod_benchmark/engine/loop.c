/* SPDX-License-Identifier: Apache-2.0
 *
 * loop.c: what others call. What the thread does is in loop_thread.c. */
#include "engine/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"
#include "engine/host.h"
#include "engine/loop_thread.h"

/* With the owner's pool, not with the join: whoever hands something over in that moment must still find the inbox. */
static apr_status_t release(void *baton)
{
    bm_loop_t *loop = baton;

    pthread_mutex_destroy(&loop->stats_lock);
    apr_pool_destroy(loop->p);
    return APR_SUCCESS;
}

apr_status_t bm_loop_create(bm_loop_t **ploop, const bm_loop_options_t *options, apr_pool_t *p)
{
    bm_loop_t *loop = apr_pcalloc(p, sizeof(*loop));
    char name[16];
    apr_status_t rv;

    *ploop = NULL;
    loop->options = *options;
    loop->p = bm_thread_pool_make("bm-loop");
    loop->tickets = apr_hash_make(loop->p);
    pthread_mutex_init(&loop->stats_lock, NULL);
    bm_stamps_init(&loop->stamps, options->kernel_stamps, loop->p);
    loop->flights = (bm_flights_t){ .outbound = options->outbound, .stamps = &loop->stamps };
    rv = bm_host_choose_cpu(&loop->cpu, options->cpus, options->index, loop->p);
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&loop->inbox, options->inbox_size ? options->inbox_size : 16384, loop->p);
    if (rv == APR_SUCCESS)
        rv = bm_pacer_create(&loop->pacer, loop->p);
    if (rv == APR_SUCCESS)
        rv = bm_loop_thread_prepare(loop);
    snprintf(name, sizeof(name), "bm-loop-%d", options->index);
    if (rv == APR_SUCCESS)
        rv = bm_thread_start(&loop->thread, name, bm_loop_thread_main, loop, p);
    if (rv != APR_SUCCESS) {
        if (loop->multi)
            curl_multi_cleanup(loop->multi);
        release(loop);
        return rv;
    }
    apr_pool_cleanup_register(p, loop, release, apr_pool_cleanup_null);
    *ploop = loop;
    return APR_SUCCESS;
}

static apr_status_t hand_over(bm_loop_t *loop, void *message)
{
    apr_status_t rv = bm_thread_stopping(loop->thread) ? APR_EAGAIN : bm_ring_push(loop->inbox, message);

    if (rv == APR_SUCCESS)
        bm_ring_wake(loop->inbox);
    return rv;
}

apr_status_t bm_loop_start_exchange(bm_loop_t *loop, bm_transfer_t *transfer)
{
    transfer->kind = BM_TRANSFER_EXCHANGE;
    return hand_over(loop, transfer);
}

apr_status_t bm_loop_start_wait(bm_loop_t *loop, bm_transfer_t *transfer)
{
    transfer->kind = BM_TRANSFER_WAIT;
    return hand_over(loop, transfer);
}

apr_status_t bm_loop_cancel(bm_loop_t *loop, apr_uint64_t ticket)
{
    bm_loop_cancel_t *cancel = malloc(sizeof(*cancel));
    apr_status_t rv;

    if (cancel == NULL)
        return APR_ENOMEM;
    *cancel = (bm_loop_cancel_t){ .kind = BM_TRANSFER_CANCEL, .ticket = ticket };
    rv = hand_over(loop, cancel);
    if (rv != APR_SUCCESS)
        free(cancel);
    return rv;
}

void bm_loop_stop(bm_loop_t *loop)
{
    bm_thread_stop(loop->thread);
    bm_ring_wake(loop->inbox);
}

apr_uint32_t bm_loop_join(bm_loop_t *loop)
{
    apr_uint32_t undelivered;

    bm_thread_join(loop->thread);
    bm_loop_thread_give_back_rest(loop);
    undelivered = loop->now.overflow;
    if (undelivered)
        bm_log(BM_LOG_WARNING, APR_SUCCESS, BMLOG(0304) "loop %d: %u finished exchanges found no reader",
               loop->options.index, undelivered);
    return undelivered;
}

void bm_loop_stats(bm_loop_t *loop, bm_loop_stats_t *stats)
{
    struct timespec ts;

    pthread_mutex_lock(&loop->stats_lock);
    *stats = loop->published;
    stats->cpu_ns = loop->cpu_clock_known && clock_gettime(loop->cpu_clock, &ts) == 0
                    ? ts.tv_sec * 1000000000LL + ts.tv_nsec : 0;
    pthread_mutex_unlock(&loop->stats_lock);
}
