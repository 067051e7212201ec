/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/target_ring.h: what the reference target truly did, for readers in other processes.
 *
 * The target writes one BM_TARGET_CHUNK record per content chunk, right after it was sent, and one
 * BM_TARGET_REQUEST record when a request is over (behind all of its chunks). One writer, any number of readers;
 * a reader keeps its own cursor and takes no lock, the writer never waits. A reader that is slower than one
 * turn of the ring has records overwritten under it; it is told how many it lost and goes on with the oldest.
 *
 * Every slot has a sequence word: 2 pos + 1 while record number pos is written, 2 pos + 2 when it is
 * complete. All words are C11 atomics with release stores and acquire loads, so a copy whose sequence
 * is the same before and after is whole, and no fence is needed. A writer that dies inside a record leaves a
 * slot that nobody can read; its successor writes that slot again.
 *
 * Times are nanoseconds on CLOCK_MONOTONIC, which all processes of a machine share. */
#ifndef BM_SHM_TARGET_RING_H
#define BM_SHM_TARGET_RING_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include "shm/region.h"

typedef struct bm_target_ring_t bm_target_ring_t;

typedef enum bm_target_record_e {
    BM_TARGET_CHUNK = 1,
    BM_TARGET_REQUEST = 2
} bm_target_record_e;

/** Flags of a record. Of a request: the union of its chunks' and its own. */
enum {
    BM_TARGET_BLOCKED = 1,      /* the socket was full: the bytes left later than sent_ns says */
    BM_TARGET_ABORTED = 2,      /* the client went away, or the target was stopped, before the end */
    BM_TARGET_FAULT = 4,        /* an injected fault was played */
    BM_TARGET_NOT_STREAMED = 8, /* one complete answer: chunk 0 is the whole of it */
    BM_TARGET_REFUSED = 16      /* answered with an error status; no content */
};

typedef struct bm_target_record_t {
    apr_uint64_t key;           /* correlation id of the request */
    apr_uint32_t kind;          /* bm_target_record_e */
    apr_uint32_t index;         /* chunk: number of the content chunk, from 0; request: content chunks sent */
    apr_int64_t read_ns;        /* when the request had been read completely */
    apr_int64_t planned_ns;     /* chunk: when it was due; request: when its first chunk was due (0: none was) */
    apr_int64_t sent_ns;        /* chunk: directly before send(); request: the same of its first chunk (0: none) */
    apr_int64_t end_ns;         /* request: when it was over; chunk: 0 */
    apr_uint32_t flags;         /* BM_TARGET_* bits */
    apr_uint32_t tokens;        /* chunk: tokens in it; request: tokens sent */
} bm_target_record_t;

/** Bytes that a ring of at least `records` (rounded up to a power of two, 64 to 2^24) takes of a region; 64 a record. */
apr_size_t bm_target_ring_size(apr_uint32_t records);

/** Lay a ring out in `region`. Before fork. @return APR_ENOSPC: the region has no room. */
apr_status_t bm_target_ring_create(bm_target_ring_t **pring, apr_uint32_t records, bm_region_t *region);

/** Write one record. Only the target's thread, of one process at a time. */
void bm_target_ring_put(bm_target_ring_t *ring, const bm_target_record_t *record);

/** Where the next record will be: a cursor with which a reader sees only what comes from now on. Any thread or process. */
apr_uint64_t bm_target_ring_head(bm_target_ring_t *ring);

/** The oldest record that can still be read, as a cursor. */
apr_uint64_t bm_target_ring_tail(bm_target_ring_t *ring);

/** Copy the record at *cursor and advance. *lost (may be NULL) grows by the number of records that were overwritten
 *  before they could be read. @return APR_EAGAIN: nothing new yet. Any thread; the cursor belongs to the caller. */
apr_status_t bm_target_ring_next(bm_target_ring_t *ring, apr_uint64_t *cursor, bm_target_record_t *record,
                                 apr_uint64_t *lost);

/** Append to `records` (of bm_target_record_t) every record from *cursor on whose key is in `keys` (ascending, without
 *  duplicates), up to what is written at the time of the call, and advance the cursor past all of them.
 *  @return APR_EINVAL: the keys are not ascending. What was lost is added to *lost (may be NULL). */
apr_status_t bm_target_ring_collect(bm_target_ring_t *ring, apr_uint64_t *cursor, const apr_uint64_t *keys,
                                    apr_size_t count, apr_array_header_t *records, apr_uint64_t *lost);

/** Bytes of a certificate that can be told, its end included. */
#define BM_TARGET_CERTIFICATE_MAX 4096

/** Tell which port and process serve now (port 0: none), so that a parent or reader finds an ephemeral port, and the certificate
 *  (PEM) of its TLS; NULL: it speaks none; too long a one is not told. Only the target. */
void bm_target_ring_publish(bm_target_ring_t *ring, int port, int pid, const char *certificate);

/** Port and process (may be NULL) that serve now; 0 while no target runs. Any process. */
int bm_target_ring_port(bm_target_ring_t *ring, int *pid);

/** The certificate of the target that serves now, PEM in p; NULL: none runs, or not with TLS. Any process. */
const char *bm_target_ring_certificate(bm_target_ring_t *ring, apr_pool_t *p);

#endif
