/* SPDX-License-Identifier: Apache-2.0
 *
 * model/discovery_model.h: what a target is and which models it offers, and the request for it. Its row comes from the view
 * `run`: a discovery is a run of the hidden scenario BM_DISCOVERY_SCENARIO. */
#ifndef BM_MODEL_DISCOVERY_MODEL_H
#define BM_MODEL_DISCOVERY_MODEL_H

#include "model/field.h"

/** The hidden scenario, and the hidden automation that it belongs to. */
#define BM_DISCOVERY_SCENARIO (-1)

/** Kinds of target that can be asked. */
#define BM_DISCOVERY_PROVIDERS "openai|anthropic|tinyfish|http"

extern const bm_field_t bm_discovery_fields[];
extern const bm_field_t bm_discovery_request_fields[];

#endif
