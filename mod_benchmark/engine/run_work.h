/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/run_work.h: the work of a single run: ask its provider for steps, perform them, measure, end it.
 *
 * Recorder thread only. A run of an agent or a model is measured by its provider's main exchange; steps around it (polls,
 * look-ups, an abort) are performed alike but not measured. */
#ifndef BM_ENGINE_RUN_WORK_H
#define BM_ENGINE_RUN_WORK_H

#include "engine/work.h"

extern const bm_work_t bm_run_work;

#endif
