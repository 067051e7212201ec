/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/lifecycle.h: what happens when the server starts, and what a web child keeps. */
#ifndef BM_GLUE_LIFECYCLE_H
#define BM_GLUE_LIFECYCLE_H

#include <httpd.h>
#include <apr_thread_pool.h>
#include "auth/authenticator.h"
#include "base/settings.h"
#include "db/conn.h"
#include "shm/meters.h"

/** What every request of a child uses. Made in child_init, read-only afterwards; what it points to is thread-safe. */
typedef struct bm_web_t {
    server_rec *main_server;
    apr_pool_t *pchild;
    const bm_settings_t *settings;
    bm_db_source_t *source;
    bm_meters_t *meters;
    bm_authenticator_t *auth;
    apr_thread_pool_t *behind;           /* one thread, begun when it is needed, for what no answer waits for */
} bm_web_t;

/** The child's root. NULL outside a web child and where nothing of ours is mounted. */
bm_web_t *bm_lifecycle_web(void);

/** Register post_config and child_init. */
void bm_lifecycle_register(apr_pool_t *p);

#endif
