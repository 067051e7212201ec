/* SPDX-License-Identifier: Apache-2.0
 *
 * model/engine_model.h: the engines, the queue and whether anything may be claimed. */
#ifndef BM_MODEL_ENGINE_MODEL_H
#define BM_MODEL_ENGINE_MODEL_H

#include "model/field.h"

/** One engine process; its row comes from the table `engines`. */
extern const bm_field_t bm_engine_node_fields[];

/** GET /engine. */
extern const bm_field_t bm_engine_fields[];

/** What the daily comparison of KPIs with runs found; columns of the table kpi_check. */
extern const bm_field_t bm_engine_check_fields[];

#endif
