/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_run.h: what a row of `runs` contributes to the KPIs.
 *
 * The one place where a row becomes a sample: when it is recorded and when its hour is rebuilt. Figures are taken as
 * they are stored, in whole microseconds, so that a rebuilt cell equals the first one and KPIs are those of the rows. */
#ifndef BM_KPI_RUN_H
#define BM_KPI_RUN_H

#include "kpi/kpi_sample.h"
#include "store/finish_store.h"

/** Fill *sample from a row: id, status, error class, tokens and all metrics with one value a run. Scenario, model, source and
 *  hour stay 0, gaps empty: the row does not hold them. A status that is none counts as failed. Texts are not copied.
 *  Thread: any. */
void bm_kpi_run_sample(bm_kpi_sample_t *sample, const bm_finished_run_t *row);

#endif
