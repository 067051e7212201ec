/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/push_batch.h: batches of events as Langfuse's SDKs send them to POST /ingestion, and what they make of what is stored.
 *
 * An event says something about a trace or an observation, which is known by the id in its body: all of it, or a part, now
 * or later. What a later event says counts (by the time of the envelope, a creation before a change of that time); an earlier one
 * that arrives behind it only says what nobody has said since. Metadata are merged by their members, tags added up. So a batch
 * that comes twice changes nothing the second time. Thread: no state. */
#ifndef BM_SYNC_PUSH_BATCH_H
#define BM_SYNC_PUSH_BATCH_H

#include <apr_hash.h>
#include <apr_time.h>
#include "base/json.h"

/** Most events of a batch. */
#define BM_PUSH_EVENTS_MAX 10000

typedef struct bm_push_event_t {
    const char *id;                          /* of the envelope; never NULL */
    int status;                              /* 201: it counts; else what is wrong with it */
    const char *message;                     /* a sentence; NULL: nothing is wrong */
    int is_trace, is_create;
    const char *key;                         /* id of what it is about; NULL: nothing that is stored */
    apr_time_t at;
    int order;                               /* in its batch */
    json_t *body;                            /* as sync/langfuse_page.h reads it; NULL without a key */
} bm_push_event_t;

typedef struct bm_push_batch_t {
    bm_push_event_t *events;
    int n;
} bm_push_batch_t;

/** What is stored of one of them: as langfuse_page.h reads it, and the time of the last event (0: none). */
typedef struct bm_push_stored_t {
    json_t *document;
    apr_time_t at;
} bm_push_stored_t;

/** Read a batch, in p. What is wrong with an event is in the event.
 *  @return APR_EINVAL: it is no batch; APR_ENOSPC: it is too long. */
apr_status_t bm_push_batch_read(bm_push_batch_t **pbatch, const json_t *body, bm_err_t *err, apr_pool_t *p);

/** Ids of the traces or observations that it is about, each once; *n of them, in p. */
const char **bm_push_batch_keys(int *n, const bm_push_batch_t *batch, int traces, apr_pool_t *p);

/** What becomes of them, an array of those that change, in p; each has `updatedAt`. stored: bm_push_stored_t by id. */
json_t *bm_push_batch_merge(const bm_push_batch_t *batch, int traces, apr_hash_t *stored, apr_pool_t *p);

#endif
