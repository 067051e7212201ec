/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/finish.h: ended tasks into the store: rows, KPI deltas and event in one transaction.
 *
 * Recorder thread only; owns the recorder's connection. */
#ifndef BM_ENGINE_FINISH_H
#define BM_ENGINE_FINISH_H

#include <apr_errno.h>
#include "engine/recorder.h"
#include "engine/task.h"

typedef struct bm_finish_t bm_finish_t;

/** Without a connection yet: the first batch opens it. Never NULL. */
bm_finish_t *bm_finish_make(const bm_recorder_options_t *options, apr_pool_t *p);

/** Write a chain of n ended tasks: those to requeue and those to record. Rows whose fence the queue refuses are
 *  logged once and count as done. @return APR_SUCCESS: all of it is in the store; else nothing is, or it is not known:
 *  calling again with the same tasks is safe. */
apr_status_t bm_finish_batch(bm_finish_t *finish, bm_task_t *first, int n);

/** Close the connection. */
void bm_finish_close(bm_finish_t *finish);

#endif
