/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_queue.h: first come, first served before c servers, so that a target has a capacity and a knee.
 *
 * A request that arrives gets the earliest free server and holds it for a time known in advance, whether or not its
 * client stays; so its wait is known on arrival and the calibrator can replay a whole queue from arrival times.
 * With exponential services this is M/M/c under Poisson arrivals.
 *
 * Thread: one owner at a time. */
#ifndef BM_TARGET_TARGET_QUEUE_H
#define BM_TARGET_TARGET_QUEUE_H

#include <apr_errno.h>
#include <apr_pools.h>

#define BM_TARGET_QUEUE_MAX_SERVERS 1024
#define BM_TARGET_QUEUE_MAX_LIMIT 10000
#define BM_TARGET_QUEUE_NAME_SIZE 32

typedef struct bm_target_queue_t bm_target_queue_t;

/** An idle queue. servers: 1 to BM_TARGET_QUEUE_MAX_SERVERS; limit: most that wait, 0 (none) to BM_TARGET_QUEUE_MAX_LIMIT. */
bm_target_queue_t *bm_target_queue_make(apr_int64_t servers, apr_int64_t limit, apr_pool_t *p);

/** One arrival at now_ns (never less than the one before) that holds a server for hold_ns: *wait_ns until it gets one.
 *  @return APR_EAGAIN: `limit` requests wait already; nothing is changed. */
apr_status_t bm_target_queue_admit(bm_target_queue_t *queue, apr_int64_t now_ns, apr_int64_t hold_ns,
                                   apr_int64_t *wait_ns);

/** --- the queues of a target, by name --- */
typedef struct bm_target_queues_t bm_target_queues_t;

/** No queues yet; at most 64, then the one unused for longest is replaced. */
bm_target_queues_t *bm_target_queues_make(apr_pool_t *p);

/** The queue of this name (cut to 31 bytes). It starts anew, idle, when servers or limit differ from before. Never NULL. */
bm_target_queue_t *bm_target_queues_get(bm_target_queues_t *queues, const char *name, apr_int64_t servers,
                                        apr_int64_t limit, apr_int64_t now_ns);

#endif
