/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/metering.h: the meters of this configuration, and the one thing that only httpd can count: its requests. */
#ifndef BM_GLUE_METERING_H
#define BM_GLUE_METERING_H

#include <httpd.h>
#include "shm/meters.h"

/** Make the meters, in shared memory that lives with pconf. post_config, before anything is forked. */
apr_status_t bm_metering_start(server_rec *main_server, apr_pool_t *pconf);

/** The meters; NULL before bm_metering_start. Parent, children and forked processes; look once and keep it. */
bm_meters_t *bm_metering_meters(void);

/** Register the hook that counts requests. */
void bm_metering_register(apr_pool_t *p);

#endif
