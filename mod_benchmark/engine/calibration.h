/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/calibration.h: the engine's own error, measured on the reference target.
 *
 * A calibration is a work like any other (engine/work.h): one probe (engine/probe.h) of `streams` chat completions, `concurrency`
 * at a time. Recorder thread only. */
#ifndef BM_ENGINE_CALIBRATION_H
#define BM_ENGINE_CALIBRATION_H

#include "engine/work.h"

extern const bm_work_t bm_calibration_work;

#endif
