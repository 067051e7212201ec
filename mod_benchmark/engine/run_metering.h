/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/run_metering.h: recorded runs into the node's meters. */
#ifndef BM_ENGINE_RUN_METERING_H
#define BM_ENGINE_RUN_METERING_H

#include "kpi/kpi_sample.h"
#include "shm/meters.h"
#include "store/finish_store.h"

/** Count a run that is recorded, if it is one of source `run`. Recorder thread. */
void bm_run_metering_add(bm_meters_t *meters, const bm_kpi_sample_t *sample, const bm_finished_run_t *run);

#endif
