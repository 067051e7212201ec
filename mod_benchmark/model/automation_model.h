/* SPDX-License-Identifier: Apache-2.0
 *
 * model/automation_model.h: an automation is a target: how to reach it and what it is asked by default. */
#ifndef BM_MODEL_AUTOMATION_MODEL_H
#define BM_MODEL_AUTOMATION_MODEL_H

#include "model/field.h"

/** Names of the providers, as BM_TYPE_ENUM wants them. */
#define BM_AUTOMATION_PROVIDERS "openai|anthropic|tinyfish|http|mock"

/** The resource. */
extern const bm_field_t bm_automation_fields[];

/** Slots that targets are spread over (id modulo this); engines take slots in turn. */
#define BM_AUTOMATION_SLOTS 16

#endif
