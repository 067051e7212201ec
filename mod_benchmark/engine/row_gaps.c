/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/row_gaps.h"

#include "base/log.h"
#include "engine/timeline.h"

/* What the chunks are does not stand in the row, but follows from it: only a stream has a first token, and only an agent's
 * has steps. */
static bm_stream_e stream_of(const bm_finished_run_t *row, const apr_array_header_t *chunks)
{
    int i;

    if (row->ttft_us == BM_FIGURE_NONE)
        return BM_STREAM_NONE;
    for (i = 0; i < chunks->nelts; i++)
        if (APR_ARRAY_IDX(chunks, i, bm_chunk_t).kind == BM_CHUNK_PROGRESS)
            return BM_STREAM_PROGRESS;
    return BM_STREAM_TOKENS;
}

apr_status_t bm_row_gaps(bm_gaps_t *itl, bm_gaps_t *icl, const bm_finished_run_t *row, apr_pool_t *p)
{
    apr_size_t len = row->timeline_len > 0 ? (apr_size_t)row->timeline_len : 0;
    apr_array_header_t *chunks;

    *itl = *icl = (bm_gaps_t){ 0 };
    if (bm_timeline_unpack(&chunks, row->timeline, len, p) != APR_SUCCESS)
        return APR_EINVAL;
    bm_measure_gaps(itl, icl, chunks, stream_of(row, chunks), p);
    if (row->ttft_us == BM_FIGURE_NONE)
        return APR_SUCCESS;                 /* came at once: it has no gaps */
    return chunks->nelts == 0 || bm_timeline_total(row->timeline, len) > chunks->nelts ? APR_INCOMPLETE : APR_SUCCESS;
}

static bm_kpi_gaps_t gaps_of(const bm_gaps_t *gaps)
{
    return (bm_kpi_gaps_t){ .ms = gaps->ms, .times = gaps->times, .count = gaps->count };
}

void bm_row_gaps_add(bm_kpi_sample_t *sample, const bm_finished_run_t *row, apr_pool_t *p)
{
    bm_gaps_t itl, icl;

    if (sample->status != BM_KPI_COMPLETED)
        return;
    if (APR_STATUS_IS_EINVAL(bm_row_gaps(&itl, &icl, row, p))) {
        bm_log(BM_LOG_WARNING, APR_SUCCESS, BMLOG(0551) "run %" APR_INT64_T_FMT ": its timeline cannot be read; it counts without"
               " its gaps", row->id);
        return;
    }
    sample->itl = gaps_of(&itl);
    sample->icl = gaps_of(&icl);
}
