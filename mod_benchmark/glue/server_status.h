/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/server_status.h: what the module tells on mod_status' page. From shared memory only: that page is looked at when something
 * hangs, so it waits for nothing. */
#ifndef BM_GLUE_SERVER_STATUS_H
#define BM_GLUE_SERVER_STATUS_H

#include <httpd.h>

/** Register the hook, which is only called where mod_status is loaded. */
void bm_server_status_register(apr_pool_t *p);

#endif
