/* SPDX-License-Identifier: Apache-2.0 */
#include "model/project_model.h"

#include <stddef.h>

const bm_field_t bm_project_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the project; 1 is the one that every installation has." },
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100, .doc = "Name for people; no other project has it." },
    { "description", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 2000, .doc = "What it is for." },
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was made." },
    { "updated_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was last changed." },
    { NULL }
};
