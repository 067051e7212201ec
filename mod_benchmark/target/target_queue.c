/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_queue.h"

#include <string.h>
#include <apr_strings.h>

enum { QUEUES = 64 };

struct bm_target_queue_t {
    apr_int64_t servers;
    apr_int64_t limit;
    apr_int64_t *free_ns;       /* when each server is free again; no order */
    apr_int64_t *start_ns;      /* starts of the last `limit` requests, a circle; they never decrease */
    apr_uint64_t admitted;
};

bm_target_queue_t *bm_target_queue_make(apr_int64_t servers, apr_int64_t limit, apr_pool_t *p)
{
    bm_target_queue_t *queue = apr_pcalloc(p, sizeof(*queue));

    queue->servers = servers < 1 ? 1 : servers > BM_TARGET_QUEUE_MAX_SERVERS ? BM_TARGET_QUEUE_MAX_SERVERS : servers;
    queue->limit = limit < 0 ? 0 : limit > BM_TARGET_QUEUE_MAX_LIMIT ? BM_TARGET_QUEUE_MAX_LIMIT : limit;
    queue->free_ns = apr_pcalloc(p, (apr_size_t)queue->servers * sizeof(*queue->free_ns));
    queue->start_ns = apr_pcalloc(p, (apr_size_t)(queue->limit + 1) * sizeof(*queue->start_ns));
    return queue;
}

apr_status_t bm_target_queue_admit(bm_target_queue_t *queue, apr_int64_t now_ns, apr_int64_t hold_ns,
                                   apr_int64_t *wait_ns)
{
    apr_int64_t *earliest = queue->free_ns, *start;
    apr_int64_t i, at;

    for (i = 1; i < queue->servers; i++)
        if (queue->free_ns[i] < *earliest)
            earliest = &queue->free_ns[i];
    at = *earliest > now_ns ? *earliest : now_ns;
    *wait_ns = at - now_ns;
    if (queue->limit > 0) {
        start = &queue->start_ns[queue->admitted % (apr_uint64_t)queue->limit];
        /* Starts never decrease: if the one `limit` admissions ago still waits, so do all after it. */
        if (queue->admitted >= (apr_uint64_t)queue->limit && *start > now_ns)
            return APR_EAGAIN;
        *start = at;
    }
    queue->admitted++;
    *earliest = at + hold_ns;
    return APR_SUCCESS;
}

typedef struct named_queue_t {
    char name[BM_TARGET_QUEUE_NAME_SIZE];
    bm_target_queue_t *queue;   /* NULL: the place is free */
    apr_pool_t *p;
    apr_int64_t used_ns;
} named_queue_t;

struct bm_target_queues_t {
    apr_pool_t *p;
    named_queue_t places[QUEUES];
};

bm_target_queues_t *bm_target_queues_make(apr_pool_t *p)
{
    bm_target_queues_t *queues = apr_pcalloc(p, sizeof(*queues));

    queues->p = p;
    return queues;
}

/* The place of this name, or the one to give it: free, else unused for longest. */
static named_queue_t *find_place(bm_target_queues_t *queues, const char *name)
{
    named_queue_t *oldest = &queues->places[0], *place;

    for (place = queues->places; place < queues->places + QUEUES; place++) {
        if (place->queue != NULL && strcmp(place->name, name) == 0)
            return place;
        if (oldest->queue != NULL && (place->queue == NULL || place->used_ns < oldest->used_ns))
            oldest = place;
    }
    if (oldest->queue != NULL)
        oldest->queue = NULL;
    apr_cpystrn(oldest->name, name, sizeof(oldest->name));
    return oldest;
}

bm_target_queue_t *bm_target_queues_get(bm_target_queues_t *queues, const char *name, apr_int64_t servers,
                                        apr_int64_t limit, apr_int64_t now_ns)
{
    char key[BM_TARGET_QUEUE_NAME_SIZE];
    named_queue_t *place;

    apr_cpystrn(key, name ? name : "", sizeof(key));
    place = find_place(queues, key);
    if (place->p == NULL)
        apr_pool_create(&place->p, queues->p);
    if (place->queue == NULL || place->queue->servers != servers || place->queue->limit != limit) {
        apr_pool_clear(place->p);
        place->queue = bm_target_queue_make(servers, limit, place->p);
    }
    place->used_ns = now_ns;
    return place->queue;
}
