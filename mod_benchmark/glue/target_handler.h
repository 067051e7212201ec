/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/target_handler.h: `SetHandler benchmark-target`, the reference target as a demonstration inside a web child.
 *
 * Same formats and schedule as the process (target/target_route.h), but it holds a worker for each stream, sleeps in milliseconds
 * and logs no true send times: for people and tests, not for calibrations. At most BM_TARGET_HANDLER_STREAMS at once in a
 * child, then 503. Whatever stands before "/v1/", "/health" or "/echo" in the path is ignored. */
#ifndef BM_GLUE_TARGET_HANDLER_H
#define BM_GLUE_TARGET_HANDLER_H

#include <httpd.h>

#define BM_TARGET_HANDLER_STREAMS 8

/** Register the handler and its child_init. */
void bm_target_handler_register(apr_pool_t *p);

#endif
