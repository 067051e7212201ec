/* SPDX-License-Identifier: Apache-2.0
 *
 * model/secret_model.h: a named secret as the API shows it, without its value, and what a body may say. */
#ifndef BM_MODEL_SECRET_MODEL_H
#define BM_MODEL_SECRET_MODEL_H

#include "model/field.h"

/** Longest value, in bytes. */
#define BM_SECRET_VALUE_MAX 65536

/** The resource; no field of it has the value. */
extern const bm_field_t bm_secret_fields[];

/** Bodies of POST, and of PUT and PATCH. */
extern const bm_field_t bm_secret_new_fields[];
extern const bm_field_t bm_secret_change_fields[];

/** Something that names a secret. */
extern const bm_field_t bm_secret_use_fields[];

/** Whether it can stand behind "secret." in a placeholder: A-Z a-z 0-9 _ . -, not a digit, dot or dash first. */
int bm_secret_is_name(const char *name);

/** What the seal of a secret's value is bound to, in p. */
const char *bm_secret_place(apr_int64_t project_id, const char *name, apr_pool_t *p);

#endif
