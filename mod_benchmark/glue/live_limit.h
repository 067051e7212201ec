/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/live_limit.h: how many connections of live clients a child may hold without stopping all others.
 *
 * mpm_event counts connections without a thread too: a child accepts no more than ThreadsPerChild plus
 * AsyncRequestWorkerFactor for each idle thread. A client too many, and ordinary requests hang. */
#ifndef BM_GLUE_LIVE_LIMIT_H
#define BM_GLUE_LIVE_LIMIT_H

#include <httpd.h>

/** Set *limit (-1: not configured) to what it shall be; log a warning if what was configured is more than the MPM or the limit of
 *  open files can hold. post_config, once. */
void bm_live_limit_settle(int *limit, server_rec *main_server);

#endif
