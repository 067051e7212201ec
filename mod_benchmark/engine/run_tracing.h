/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/run_tracing.h: what a run leaves for the trace of it. Recorder thread. */
#ifndef BM_ENGINE_RUN_TRACING_H
#define BM_ENGINE_RUN_TRACING_H

#include "engine/measure.h"
#include "engine/task.h"
#include "model/run_trace.h"
#include "provider/provider.h"

/** Begin a trace: its ids, and when the run was due and taken up. task->trace stays NULL where nobody is told (sink NULL). */
void bm_run_tracing_begin(bm_task_t *task, const bm_trace_sink_t *sink);

/** Add the traceparent to a request that has none of its own, if the sink wants it. */
void bm_run_tracing_mark(const bm_task_t *task, bm_http_request_t *request, const bm_trace_sink_t *sink);

/** The call is over: what was asked and when what happened. figures may be NULL. */
void bm_run_tracing_answer(bm_task_t *task, const bm_call_t *call, const bm_figures_t *figures);

/** The run is recorded: tell the sink. */
void bm_run_tracing_end(const bm_task_t *task, const bm_trace_sink_t *sink);

#endif
