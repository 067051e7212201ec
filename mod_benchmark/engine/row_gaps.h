/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/row_gaps.h: the gaps between the chunks of a recorded run (or request of a load test) from the timeline in its row.
 *
 * They are those that were counted when it was recorded, for both are taken between stamps in whole microseconds and by the same
 * code; but of a run with more chunks than a timeline holds, only the first. Thread: no state. */
#ifndef BM_ENGINE_ROW_GAPS_H
#define BM_ENGINE_ROW_GAPS_H

#include "engine/measure.h"
#include "kpi/kpi_run.h"

/** Gaps of a completed run, in p; of row ttft_us and the timeline are read. What is not there is empty.
 *  @return APR_INCOMPLETE: these are not all of its gaps, as its chunks were more than BM_TIMELINE_CHUNKS_MAX or are not kept;
 *  APR_EINVAL: its timeline cannot be read. */
apr_status_t bm_row_gaps(bm_gaps_t *itl, bm_gaps_t *icl, const bm_finished_run_t *row, apr_pool_t *p);

/** Set those of a sample, if it completed; they live in p. Gaps that the row does not hold are left out. */
void bm_row_gaps_add(bm_kpi_sample_t *sample, const bm_finished_run_t *row, apr_pool_t *p);

#endif
