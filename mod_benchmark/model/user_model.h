/* SPDX-License-Identifier: Apache-2.0
 *
 * model/user_model.h: users of our own, and the keys of programs. */
#ifndef BM_MODEL_USER_MODEL_H
#define BM_MODEL_USER_MODEL_H

#include "model/field.h"

/** The resource, without a password: that only goes in. */
extern const bm_field_t bm_user_fields[];

/** What a body may have: the resource and `password`. */
extern const bm_field_t bm_user_body_fields[];

/** The row of each number in a list of projects. */
extern const bm_field_t bm_each_project[];

/** What somebody may change of himself. */
extern const bm_field_t bm_me_body_fields[];

/** An API key as it is listed, and as it is asked for. */
extern const bm_field_t bm_api_key_fields[];

/** A session as it is listed. */
extern const bm_field_t bm_session_fields[];

/** What the table cannot say of a user's name or address: no character that Basic, logs or a terminal would take for something
 *  else. @return NULL, or what is wrong. */
const char *bm_user_name_trouble(const char *name);

#endif
