/* SPDX-License-Identifier: Apache-2.0
 *
 * model/project_model.h: projects, which part objects between teams. */
#ifndef BM_MODEL_PROJECT_MODEL_H
#define BM_MODEL_PROJECT_MODEL_H

#include "model/field.h"

extern const bm_field_t bm_project_fields[];

/** The member of what is made by hand and belongs to a project. */
#define BM_FIELD_PROJECT \
    { "project_id", BM_TYPE_INT, BM_FIELD_FIXED, 1, 9007199254740991.0, \
      .doc = "Project that it belongs to: given when it is made, else the first that the client sees; never changed." }

#endif
