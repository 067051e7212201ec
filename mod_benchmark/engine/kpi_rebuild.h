/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/kpi_rebuild.h: the KPI cells of hours whose runs were deleted, made again from the rows that are left.
 *
 * A rebuilt cell equals the one that recording the same runs makes: figures and timelines are both taken in whole
 * microseconds, and by the same code. Two things a row cannot give back: gaps behind the BM_TIMELINE_CHUNKS_MAX-th chunk of
 * a run, and the figures of runs that retention has dropped. An hour that lost runs to retention (its cells name an id below
 * the oldest partition) therefore keeps its cells as they are, deleted runs included, and only its mark goes; if its scenario
 * is gone too, its cells go.
 *
 * Of load tests it is the requests that count. */
#ifndef BM_ENGINE_KPI_REBUILD_H
#define BM_ENGINE_KPI_REBUILD_H

#include "job/job_kind.h"
#include "kpi/kpi_labels.h"
#include "kpi/kpi_run.h"

/** The job kpi-rebuild; its baton is a bm_settings_t. */
extern const bm_job_t bm_kpi_rebuild_job;

/** Settle the mark that has waited longest, in one transaction of its own. *done: 0: none is due, or compaction is at work;
 *  else 1, also if its hour cannot be rebuilt: that is logged, and its mark waits an hour.
 *  labels: numbers that are known; it learns what it meets.
 *  @return as bm_db_query: nothing was changed. Thread: that of db. */
apr_status_t bm_kpi_rebuild_hour(int *done, bm_kpi_labels_t *labels, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
