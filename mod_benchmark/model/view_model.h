/* SPDX-License-Identifier: Apache-2.0
 *
 * model/view_model.h: a view: what is filtered and sorted in one of the dashboard's lists, under a name, for all who use it. */
#ifndef BM_MODEL_VIEW_MODEL_H
#define BM_MODEL_VIEW_MODEL_H

#include "model/field.h"

/** The lists that have views, by their paths. */
#define BM_VIEW_PAGES "overview|runs|kpis|loadtests|automations|scenarios|datasets"

/** The resource. */
extern const bm_field_t bm_view_fields[];

#endif
