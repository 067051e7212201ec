/* SPDX-License-Identifier: Apache-2.0
 *
 * model/field_values.h: what maps and arrays hold, as the `members` of their row (BM_FIELD_EACH). */
#ifndef BM_MODEL_FIELD_VALUES_H
#define BM_MODEL_FIELD_VALUES_H

#include "model/field.h"

extern const bm_field_t bm_field_integers[];
extern const bm_field_t bm_field_numbers[];
extern const bm_field_t bm_field_numbers_or_null[];
extern const bm_field_t bm_field_texts[];
extern const bm_field_t bm_field_times[];
extern const bm_field_t bm_field_flags[];          /* true or false */
extern const bm_field_t bm_field_objects[];        /* free ones */
extern const bm_field_t bm_field_points[];         /* [x, y] */

/** Type, flags, limits and members of a row that is [low, high]. */
#define BM_FIELD_PAIR(flags) BM_TYPE_ARRAY, flags, 2, 2, .members = bm_field_numbers

/** The same where an end may be null. */
#define BM_FIELD_OPEN_PAIR(flags) BM_TYPE_ARRAY, flags, 2, 2, .members = bm_field_numbers_or_null

#endif
