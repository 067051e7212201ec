/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/timeline.h: the chunks of a run as packed bytes (runs.timeline) and back as JSON.
 *
 * Times are whole microseconds since the request was sent, each rounded on its own, so that no error adds up. A token
 * stream takes about six bytes a chunk.
 *
 * Form, all numbers as in base/wire.h: version 1 | flags (1 kernel stamps, 2 truncated) | chunks of the run | chunks
 * here | per chunk: head, zigzag(time - time before), [tokens], bytes, [wake - wake before].
 * head: kind + 16 if tokens are said + 32 for the next wake-up, 64 for a later one (its distance follows); neither: the
 * same wake-up.
 *
 * Thread: no state. */
#ifndef BM_ENGINE_TIMELINE_H
#define BM_ENGINE_TIMELINE_H

#include <apr_pools.h>
#include <apr_tables.h>
#include "base/json.h"
#include "provider/provider.h"

/** Chunks that are kept; of a longer stream the first ones. */
#define BM_TIMELINE_CHUNKS_MAX 65536

/** Pack chunks (of bm_chunk_t). sent_ns: S. kernel: their kernel stamps are the run's (bm_figures_t.kernel_stamped).
 *  In p; NULL and *len 0 if there are no chunks or the request was never sent. */
const void *bm_timeline_pack(apr_size_t *len, const apr_array_header_t *chunks, apr_int64_t sent_ns, int kernel,
                             apr_pool_t *p);

/** The chunks that were packed, as an array of bm_chunk_t in p: of a longer stream the first BM_TIMELINE_CHUNKS_MAX. Stamps are
 *  nanoseconds since S (whole microseconds) in user_ns, kernel_ns is 0; wake counts from 0. len 0: none.
 *  @return APR_EINVAL: damaged or of a later version. */
apr_status_t bm_timeline_unpack(apr_array_header_t **pchunks, const void *data, apr_size_t len, apr_pool_t *p);

/** Chunks that the run had, whether or not they are all here. 0: none, or damaged. Reads the head only. */
apr_int64_t bm_timeline_total(const void *data, apr_size_t len);

/** Write {chunks:[{t_us,kind,tokens,bytes,wake}], stalls:[index], truncated, total, kernel_stamped}. wake counts from 0. A stall
 *  is a gap between chunks with content that is longer than BM_TIMELINE_STALL_RATIO times their median gap and than
 *  BM_TIMELINE_STALL_LEAST_US; its index is that of the chunk behind it. len 0: an empty timeline.
 *  @return APR_EINVAL: damaged or of a later version; nothing is written. */
apr_status_t bm_timeline_write_json(bm_jw_t *w, const void *data, apr_size_t len, apr_pool_t *ptemp);

#define BM_TIMELINE_STALL_RATIO 5
#define BM_TIMELINE_STALL_LEAST_US 50000

#endif
