/* SPDX-License-Identifier: Apache-2.0
 *
 * model/run_model.h: a run, from the queue to its figures. Its row comes from the view `run`. */
#ifndef BM_MODEL_RUN_MODEL_H
#define BM_MODEL_RUN_MODEL_H

#include "model/field.h"

/** What runs are made for; the numbers are those of the columns `kind` and `source`. */
typedef enum bm_run_kind_e {
    BM_RUN_KIND_RUN = 0,
    BM_RUN_KIND_LOADTEST,
    BM_RUN_KIND_TRAINING,
    BM_RUN_KIND_WORKFLOW,
    BM_RUN_KIND_CALIBRATION,
    BM_RUN_KIND_TRACE,               /* a source of figures only */
    BM_RUN_KIND_DISCOVERY,
    BM_RUN_KIND_COUNT
} bm_run_kind_e;

#define BM_RUN_KINDS "run|loadtest|training|workflow|calibration|discovery"
/* The same in SQL: [kind + 1]. */
#define BM_RUN_KINDS_SQL "(array['run','loadtest','training','workflow','calibration','trace','discovery'])"
/* Kinds that are load tests: what somebody asked for, and the problems of training. bm_run_kind_is_load(). */
#define BM_KINDS_LOAD "(1, 2)"
/* Sources that are in no KPI, and kinds whose runs are in none: of load tests the requests count. bm_run_kind_is_counted(). */
#define BM_SOURCES_UNCOUNTED "(4, 6)"
#define BM_KINDS_UNCOUNTED "(1, 2, 4, 6)"
#define BM_RUN_STATUSES "pending|running|completed|failed|cancelled|timed_out"

/** Most runs of one bulk request. */
#define BM_RUN_BULK_MAX 10000

/** The resource. */
extern const bm_field_t bm_run_fields[];

/** Bodies of POST /runs/trigger, POST /runs, PATCH /runs/{id} and POST /runs/cancel. */
extern const bm_field_t bm_run_trigger_fields[];
extern const bm_field_t bm_run_bulk_fields[];
extern const bm_field_t bm_run_patch_fields[];
extern const bm_field_t bm_run_cancel_fields[];

/** Answers of the bulk requests. */
extern const bm_field_t bm_run_bulk_answer_fields[];
extern const bm_field_t bm_run_cancel_answer_fields[];

/** Members of `inter_token_stats`. */
extern const bm_field_t bm_run_inter_token_fields[];

/** Whether KPIs have something of this source. Calibrations measure ourselves, discoveries nothing that anybody runs. */
int bm_run_kind_is_counted(int kind);

/** Whether such a run is a load test: it has a row in `loadtests`, and its figures are those of its requests. */
int bm_run_kind_is_load(int kind);

/** "run", "loadtest" ...; NULL: there is no such kind. */
const char *bm_run_kind_name(int kind);

/** Number of a kind; -1: there is none of that name. */
int bm_run_kind_find(const char *name);

#endif
