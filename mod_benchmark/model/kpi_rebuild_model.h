/* SPDX-License-Identifier: Apache-2.0
 *
 * model/kpi_rebuild_model.h: members of a window whose KPI cells are made again from rows. */
#ifndef BM_MODEL_KPI_REBUILD_MODEL_H
#define BM_MODEL_KPI_REBUILD_MODEL_H

#include "model/field.h"

/** What is answered; columns of the table kpi_rebuilds r. */
extern const bm_field_t bm_kpi_rebuild_fields[];

/** What is asked for. */
extern const bm_field_t bm_kpi_rebuild_order_fields[];

#endif
