/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/works.h: the kinds of work this build of the engine knows. */
#ifndef BM_ENGINE_WORKS_H
#define BM_ENGINE_WORKS_H

#include "engine/work.h"

/** NULL-terminated. */
const bm_work_t *const *bm_works_list(void);

#endif
