/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/dbd.h: mod_dbd as a source of connections for requests, and as the place where the engine learns
 * what DBDParams says.
 *
 * ap_dbd_open blocks without limit when DBDMax connections are in use, so at most BenchmarkPoolLimit are taken, and who
 * finds none free gives up after two seconds. One source per child, thread-safe. */
#ifndef BM_GLUE_DBD_H
#define BM_GLUE_DBD_H

#include <httpd.h>
#include "db/conn.h"
#include "shm/meters.h"

/** Look up mod_dbd's functions. post_config. @return a sentence if something is missing, NULL if all is well. */
const char *bm_dbd_check(server_rec *main_server, apr_pool_t *ptemp);

/** The child's source. child_init, after mod_dbd's; lives with pchild. Never NULL. */
bm_db_source_t *bm_dbd_source_make(server_rec *main_server, bm_meters_t *meters, apr_pool_t *pchild);

/** How a thread of a child makes a connection of its own, unpooled where BenchmarkDirectDSN says so. conninfo:
 *  BenchmarkDirectDSN, BenchmarkDSN, or NULL: ask bm_dbd_source_conninfo when it is needed. In pchild. */
bm_db_options_t *bm_dbd_own_options(const char *application_name, bm_meters_t *meters, apr_pool_t *pchild);

/** Connection string of mod_dbd's connections, learnt by borrowing one from the child's source (a bm_db_source_t *). In p.
 *  NULL: the database is away, or all are in use. Blocks as the source does. Any thread. */
const char *bm_dbd_source_conninfo(void *source, apr_pool_t *p);

/** Connection string of DBDParams with everything libpq knows of it, learnt by borrowing one connection in this
 *  (forked) process; mod_dbd's child_init hook is run for that and no other. In p. NULL: the database is away. Blocks up to
 *  connect_timeout. One thread. */
const char *bm_dbd_conninfo(server_rec *main_server, apr_pool_t *p);

#endif
