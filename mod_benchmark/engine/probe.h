/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/probe.h: streams of the reference target whose truth is known: what the engine measures of them, compared with it.
 *
 * A calibration is one probe; a load test takes one before and one after itself. The streams go through the same provider, loops
 * and stamps that every run uses; the target writes its true times into its ring:
 *
 *   send_lag   S - P: the request left later than it was meant to
 *   ttft       |(C1 - S) - (true first send - true end of reading the request)|
 *   gap        |measured gap - true gap| of every two neighbouring chunks
 *   stamp      arrival - true send of each chunk: how late chunks were seen
 *
 * all in microseconds. The probe belongs to a task; what comes back with a tag that is not the task's own work's is the probe's
 * (bm_probe_returned). Recorder thread only. */
#ifndef BM_ENGINE_PROBE_H
#define BM_ENGINE_PROBE_H

#include "base/json.h"
#include "engine/work.h"

typedef struct bm_probe_plan_t {
    apr_uint32_t streams, concurrency;   /* concurrency: of a closed load, ignored with offsets_ns */
    apr_uint32_t tokens;                 /* of each stream */
    double gap_ms;                       /* between tokens, uniform around it */
    const apr_int64_t *offsets_ns;       /* planned sends since the begin, ascending, one per stream; NULL: closed load */
    apr_uint32_t first;                  /* number of the first stream: probes of one task must not overlap */
    int tls;                             /* over TLS; a first request's send_lag then has the handshake in it */
} bm_probe_plan_t;

typedef struct bm_probe_t bm_probe_t;

/** Streams x tokens, and number of a stream. */
#define BM_PROBE_CHUNKS_MAX 4000000
#define BM_PROBE_STREAM_MAX 0xfffff

/** A probe for task. *obstacle: why it cannot be made, a sentence; NULL: it can. offsets_ns must live as long. Release it. */
bm_probe_t *bm_probe_make(bm_recorder_t *recorder, bm_task_t *task, const bm_probe_plan_t *plan, const char **obstacle);

/** Send the first streams. */
void bm_probe_start(bm_probe_t *probe);

/** A transfer of the task came back that is not its work's own. */
void bm_probe_returned(bm_probe_t *probe, bm_transfer_t *transfer);

/** Whether all streams are back and the target had its moment to write; after a stop: whether nothing is under way. */
int bm_probe_is_done(const bm_probe_t *probe);

/** Streams that failed, and a sentence about the last; 0: none. */
apr_uint32_t bm_probe_failed(const bm_probe_t *probe, const char **error);

/** Chunks that came in one read with another. */
apr_uint64_t bm_probe_batched(const bm_probe_t *probe);

/** Microseconds since it began. */
apr_int64_t bm_probe_age_us(const bm_probe_t *probe);

/** Write the members errors, early_stamps, streams_completed, streams_kernel_stamped, truth_lost, tls, priority and host into the
 *  open object. Once. */
void bm_probe_write(bm_jw_t *w, bm_probe_t *probe);

/** Give its memory back (it is not the pool's); nothing may be under way. */
void bm_probe_release(bm_probe_t *probe);

#endif
