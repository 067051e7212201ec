/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/calibration.h: the engine's own error, measured on the reference target.
 *
 * A calibration is a work like any other (engine/work.h). It performs `streams` chat completions, `concurrency` at a
 * time, through the same provider, loops and stamps that every run uses, and compares what was measured with what the
 * target wrote into its ring:
 *
 *   send_lag   S - P: the request left later than it was meant to
 *   ttft       |(C1 - S) - (true first send - true end of reading the request)|
 *   gap        |measured gap - true gap| of every two neighbouring chunks
 *   stamp      arrival - true send of each chunk: how late chunks were seen
 *
 * all in microseconds. Recorder thread only. */
#ifndef BM_ENGINE_CALIBRATION_H
#define BM_ENGINE_CALIBRATION_H

#include "engine/work.h"

extern const bm_work_t bm_calibration_work;

#endif
