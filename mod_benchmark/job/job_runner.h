/* SPDX-License-Identifier: Apache-2.0
 *
 * job/job_runner.h: runs what is due of a table of jobs, one at a time.
 *
 * An engine's jobs thread calls bm_job_runner_tick about once a second with its own connection. Engines need no leader: the
 * lease in a job's row decides. Thread: the jobs thread; only bm_job_runner_stop may be called from another. */
#ifndef BM_JOB_JOB_RUNNER_H
#define BM_JOB_JOB_RUNNER_H

#include "job/job_kind.h"

typedef struct bm_job_runner_t bm_job_runner_t;

/** A runner of the jobs of a NULL-terminated table. owner: id of the engine; baton: handed to every job. Never NULL. */
bm_job_runner_t *bm_job_runner_make(const bm_job_t *const *jobs, const char *owner, void *baton, apr_pool_t *p);

/** Run the job that has been due longest, if any. *ran: 1 if there was one (call again soon), else 0. A job's own failure is
 *  logged and kept in its row, not returned. @return as bm_db_query: the table of jobs could not be used. */
apr_status_t bm_job_runner_tick(int *ran, bm_job_runner_t *runner, bm_db_t *db, bm_err_t *err);

/** Ask the job at work to return soon and start no other. Any thread. */
void bm_job_runner_stop(bm_job_runner_t *runner);

#endif
