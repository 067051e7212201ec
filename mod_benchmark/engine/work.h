/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/work.h: a kind of work the engine can do with a claimed row.
 *
 * All members run in the recorder thread and must not block. A work asks the recorder for transfers and
 * waits (bm_recorder_send, bm_recorder_wait) and ends the task with bm_recorder_finish; it is called again for
 * each transfer or wait that comes back. The list of works is given to the engine by glue/engine_process.c. */
#ifndef BM_ENGINE_WORK_H
#define BM_ENGINE_WORK_H

#include "engine/recorder.h"
#include "engine/task.h"

struct bm_work_t {
    int kind;                          /* of the queue's row */
    const char *name;
    /** Begin. May already finish the task. */
    void (*start)(bm_recorder_t *recorder, bm_task_t *task);
    /** A transfer or wait of this task came back; it is no longer in task->sent, and is freed after this call. */
    void (*returned)(bm_recorder_t *recorder, bm_task_t *task, bm_transfer_t *transfer);
    /** task->stop was set: what is under way has been cancelled and will come back through `returned`. Called at once; a work
     *  with nothing under way must finish the task here. */
    void (*stopping)(bm_recorder_t *recorder, bm_task_t *task);
};

#endif
