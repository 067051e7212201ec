/* SPDX-License-Identifier: Apache-2.0 */
#include "model/field_values.h"

#include <stddef.h>

const bm_field_t bm_field_integers[] = { { BM_FIELD_EACH, BM_TYPE_INT }, { NULL } };
const bm_field_t bm_field_numbers[] = { { BM_FIELD_EACH, BM_TYPE_NUMBER }, { NULL } };
const bm_field_t bm_field_numbers_or_null[] = { { BM_FIELD_EACH, BM_TYPE_NUMBER, BM_FIELD_NULLABLE }, { NULL } };
const bm_field_t bm_field_texts[] = { { BM_FIELD_EACH, BM_TYPE_STRING }, { NULL } };
const bm_field_t bm_field_times[] = { { BM_FIELD_EACH, BM_TYPE_TIME }, { NULL } };
const bm_field_t bm_field_flags[] = { { BM_FIELD_EACH, BM_TYPE_BOOL }, { NULL } };
const bm_field_t bm_field_objects[] = { { BM_FIELD_EACH, BM_TYPE_OBJECT }, { NULL } };
const bm_field_t bm_field_points[] = { { BM_FIELD_EACH, BM_FIELD_PAIR(0) }, { NULL } };
