/* SPDX-License-Identifier: Apache-2.0 */
#include "model/price_model.h"

#include <stddef.h>
#include "model/automation_model.h"

#define MOST 1e9

const bm_field_t bm_price_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the price." },
    { "provider", BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = BM_AUTOMATION_PROVIDERS, .doc = "Kind of target." },
    { "model", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 500,
      .doc = "Name of the model; with a * behind it, the beginning of names. The exact name wins, then the longest beginning." },
    { "input_per_million", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, MOST, .doc = "Price of a million prompt tokens." },
    { "cached_input_per_million", BM_TYPE_NUMBER, BM_FIELD_NULLABLE, 0, MOST,
      .doc = "Of those that came from a cache; null: as the others." },
    { "output_per_million", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, MOST,
      .doc = "Price of a million output tokens, reasoning included." },
    { "currency", BM_TYPE_STRING, 0, 3, 3, .fallback = "\"USD\"", .doc = "ISO 4217 code." },
    { "valid_from", BM_TYPE_TIME, BM_FIELD_NULLABLE, .doc = "Holds for calls that end from then on; null: always did." },
    { "valid_to", BM_TYPE_TIME, BM_FIELD_NULLABLE, .doc = "Holds until then, exclusive; null: open." },
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was made." },
    { "updated_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was last changed." },
    { NULL }
};
