/* SPDX-License-Identifier: Apache-2.0
 *
 * model/role.h: what a principal may do. Each role includes the ones below it. */
#ifndef BM_MODEL_ROLE_H
#define BM_MODEL_ROLE_H

typedef enum bm_role_e {
    BM_ROLE_NONE = 0,
    BM_ROLE_VIEWER,       /* read */
    BM_ROLE_OPERATOR,     /* create, trigger, cancel */
    BM_ROLE_ADMIN         /* delete, stop the engine, settings */
} bm_role_e;

/** Role of that name (none, viewer, operator, admin); -1: there is none. */
int bm_role_find(const char *name);

/** Name of a role. Never NULL. */
const char *bm_role_name(bm_role_e role);

#endif
