/* SPDX-License-Identifier: Apache-2.0
 *
 * model/audit_model.h: a row of the audit log. */
#ifndef BM_MODEL_AUDIT_MODEL_H
#define BM_MODEL_AUDIT_MODEL_H

#include "model/field.h"

extern const bm_field_t bm_audit_fields[];

#endif
