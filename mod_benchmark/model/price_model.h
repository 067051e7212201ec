/* SPDX-License-Identifier: Apache-2.0
 *
 * model/price_model.h: a price: what calls of a model cost from when until when. */
#ifndef BM_MODEL_PRICE_MODEL_H
#define BM_MODEL_PRICE_MODEL_H

#include "model/field.h"

/** The resource. */
extern const bm_field_t bm_price_fields[];

#endif
