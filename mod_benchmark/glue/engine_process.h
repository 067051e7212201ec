/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/engine_process.h: the engine as a forked process: what it takes from httpd, and when it ends. */
#ifndef BM_GLUE_ENGINE_PROCESS_H
#define BM_GLUE_ENGINE_PROCESS_H

#include "glue/process.h"

/** While privileged: read the named secrets and the files of TLS. @return them, for bm_engine_process_main(). */
void *bm_engine_process_prepare(bm_generation_t *generation, apr_pool_t *p);

/** Run the engine: SIGHUP drains it, SIGTERM ends it within 8 s. */
void bm_engine_process_main(bm_generation_t *generation, void *prepared, int signals, apr_pool_t *p);

#endif
