/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/target_process.h: the reference target as a forked process: one thread, loopback listener, a throw-away certificate,
 * true send times into the generation's ring.
 *
 * It starts with the engine and sleeps until somebody connects: clients of its port ask nobody before they connect, so there
 * is no other moment to start it at. */
#ifndef BM_GLUE_TARGET_PROCESS_H
#define BM_GLUE_TARGET_PROCESS_H

#include "glue/process.h"

/** Serve until SIGTERM, or after SIGHUP until no connection is left. */
void bm_target_process_main(bm_generation_t *generation, void *prepared, int signals, apr_pool_t *p);

#endif
