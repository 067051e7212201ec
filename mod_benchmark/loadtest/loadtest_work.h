/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/loadtest_work.h: a load test as a kind of work of the engine. Recorder thread only. */
#ifndef BM_LOADTEST_LOADTEST_WORK_H
#define BM_LOADTEST_LOADTEST_WORK_H

#include "engine/work.h"

/** Load tests that somebody asked for, and problems of training (training/session.h): the same, but for the source of their
 *  KPIs. */
extern const bm_work_t bm_loadtest_work;
extern const bm_work_t bm_training_work;

#endif
