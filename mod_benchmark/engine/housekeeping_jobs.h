/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/housekeeping_jobs.h: the jobs that keep the store in order. Their baton is the bm_settings_t of the process. */
#ifndef BM_ENGINE_HOUSEKEEPING_JOBS_H
#define BM_ENGINE_HOUSEKEEPING_JOBS_H

#include "job/job_kind.h"

/** NULL-terminated. */
extern const bm_job_t *const bm_housekeeping_jobs[];

#endif
