/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/task.h: one claimed row of the queue inside the engine.
 *
 * A task lives in a pool with an allocator of its own and has one owner at a time: the director makes it and
 * hands it to the recorder, which keeps it until the row is recorded, given back or found lost. Loops see only
 * the transfers that the recorder sends them. */
#ifndef BM_ENGINE_TASK_H
#define BM_ENGINE_TASK_H

#include <apr_pools.h>
#include <apr_time.h>
#include "engine/transfer.h"

typedef struct bm_task_t bm_task_t;
typedef struct bm_work_t bm_work_t;
typedef struct bm_sent_t bm_sent_t;

/** Why a task is asked to end before its work is done. */
typedef enum bm_stop_reason_e {
    BM_STOP_NOT = 0,
    BM_STOP_CANCELLED,        /* by a user: ends as cancelled */
    BM_STOP_EMERGENCY,        /* by the emergency stop: ends as cancelled, error_code engine_stopped */
    BM_STOP_HAND_BACK,        /* the engine ends: back to the queue if it may be repeated, else failed, interrupted */
    BM_STOP_LOST              /* another engine owns the row now: forget it, record nothing */
} bm_stop_reason_e;

/** How a task ended. */
typedef enum bm_task_end_e {
    BM_TASK_OPEN = 0,
    BM_TASK_RECORD,           /* outcome is complete: goes to `runs` */
    BM_TASK_REQUEUE,          /* back to the queue after requeue_delay */
    BM_TASK_FORGET            /* nothing is written */
} bm_task_end_e;

struct bm_task_t {
    apr_pool_t *p;
    /* the row, as claimed */
    apr_int64_t id, fence, scenario_id, automation_id, project_id;
    int kind;                         /* bm_run_kind_e of model/run_model.h */
    int attempt, max_attempts;
    apr_time_t run_at, started_at;    /* database clock */
    const char *spec;                 /* JSON text */
    const char *labels;               /* likewise, an array; NULL: none */
    const char *location;             /* where it is performed; of a row that is only recorded, what it waited for; "": none */
    /* in the recorder */
    const bm_work_t *work;
    void *state;                      /* of the work */
    struct bm_sent_t *sent;           /* transfers and waits that loops still hold; NULL: none */
    bm_stop_reason_e stop;
    bm_task_end_e end;
    apr_time_t ended_at;              /* when the recorder was told (bm_timefmt_steady) */
    int refused;                      /* the store refused the outcome once */
    apr_interval_time_t requeue_delay;
    const char *requeue_why;
    struct bm_finished_run_t *outcome;   /* what goes to `runs`; made by the work or by engine/finish.h */
    struct bm_kpi_sample_t *sample;      /* what goes to the KPI delta; NULL: nothing */
    struct bm_run_trace_t *trace;        /* what is told of the run elsewhere; NULL: nothing */
    apr_size_t weight;                /* bytes it holds while it waits for the database */
    bm_task_t *next;                  /* in the recorder's lists */
};

/** A task in a pool of its own. Never NULL. */
bm_task_t *bm_task_make(void);

/** Give everything back. The owner; nothing may be under way. */
void bm_task_destroy(bm_task_t *task);

#endif
