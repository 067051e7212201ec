/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/task.h"

#include "base/thread.h"

bm_task_t *bm_task_make(void)
{
    apr_pool_t *p = bm_thread_pool_make("bm-task");
    bm_task_t *task = apr_pcalloc(p, sizeof(*task));

    task->p = p;
    return task;
}

void bm_task_destroy(bm_task_t *task)
{
    apr_pool_destroy(task->p);
}
