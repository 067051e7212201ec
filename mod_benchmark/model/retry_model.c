/* SPDX-License-Identifier: Apache-2.0 */
#include "model/retry_model.h"

#include <stddef.h>

const bm_field_t bm_retry_fields[] = {
    { "max_attempts", BM_TYPE_INT, BM_FIELD_REQUIRED, 1, 10, .doc = "Attempts in all, the first included." },
    { "on", BM_TYPE_STRINGS, 0, 1, 6, .values = BM_RETRY_CLASSES,
      .fallback = "[\"connection\", \"rate_limited\", \"overloaded\"]",
      .doc = "Failures that are tried again, where the provider's calls may be repeated." },
    { "base_ms", BM_TYPE_NUMBER, 0, 1, 600000, .fallback = "1000",
      .doc = "The wait before the second attempt is drawn from 0 to this, the span then doubles (full jitter)." },
    { "max_ms", BM_TYPE_NUMBER, 0, 1, 600000, .fallback = "60000", .doc = "Largest span." },
    { NULL }
};
