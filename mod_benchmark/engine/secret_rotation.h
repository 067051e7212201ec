/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/secret_rotation.h: secrets of the store that another key than this node's active one encrypted are encrypted anew,
 * while runs and changes go on: both keys are in the ring meanwhile, and a value that was set anew in between stays as it is.
 * Cut off, it goes on where rows are left. Thread: that of jobs. */
#ifndef BM_ENGINE_SECRET_ROTATION_H
#define BM_ENGINE_SECRET_ROTATION_H

#include "job/job_kind.h"

extern const bm_job_t bm_secret_rotation_job;

#endif
