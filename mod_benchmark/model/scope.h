/* SPDX-License-Identifier: Apache-2.0
 *
 * model/scope.h: what a credential may be used for, beside the role of whoever has it. Each stands for itself. */
#ifndef BM_MODEL_SCOPE_H
#define BM_MODEL_SCOPE_H

enum {
    BM_SCOPE_READ  = 1 << 0,         /* everything that only reads */
    BM_SCOPE_RUN   = 1 << 1,         /* start and stop runs, load tests and calibrations; gates */
    BM_SCOPE_WRITE = 1 << 2,         /* make and change objects */
    BM_SCOPE_ADMIN = 1 << 3,         /* what only administrators may */
    BM_SCOPE_PUSH  = 1 << 4,         /* send traces */
    BM_SCOPE_ALL   = (1 << 5) - 1
};

#define BM_SCOPES "read|run|write|admin|push"

/** Scope of that name; 0: there is none. */
unsigned bm_scope_find(const char *name);

/** Name of one scope. Never NULL. */
const char *bm_scope_name(unsigned scope);

#endif
