/* SPDX-License-Identifier: Apache-2.0
 *
 * db/migrate.h: the schema as numbered files, forward only.
 *
 * sql/NNN_name.sql are applied in order, each in a transaction of its own, under an advisory lock of the schema
 * (several nodes may start at once: the first works, the others find it done), with a short lock_timeout and
 * retries, so that a migration waiting for a table never stops the requests behind it for long. What was applied stands
 * in schema_migration with the SHA-256 of the file; a file that changed afterwards is refused. sql/migrate.sh does the same
 * with psql. */
#ifndef BM_DB_MIGRATE_H
#define BM_DB_MIGRATE_H

#include "db/conn.h"

/** Number of the newest file in sql/ (a test compares them). */
#define BM_SCHEMA_VERSION 10

typedef enum bm_migrate_state_e {
    BM_MIGRATE_OK,          /* version == BM_SCHEMA_VERSION */
    BM_MIGRATE_MISSING,     /* nothing was ever applied */
    BM_MIGRATE_OLDER,       /* files are to be applied */
    BM_MIGRATE_NEWER        /* a newer program was here */
} bm_migrate_state_e;

/** What is there. *version: newest applied number, 0 for none. @return as bm_db_query. */
apr_status_t bm_migrate_check(bm_migrate_state_e *state, int *version, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Apply what is missing from directory dir, over a connection of its own made from options (statement_timeout is lifted).
 *  Creates the schema if it is not there. *applied (may be NULL): how many files were applied.
 *  @return APR_EAGAIN: database away, or the locks were not to be had; APR_EGENERAL with err->code "schema_newer" (the
 *  database has more than dir), "schema_changed" (an applied file has another content or name), "schema_failed" (a file
 *  does not run; its transaction was rolled back) or "schema_files" (dir cannot be read or numbers are missing). */
apr_status_t bm_migrate_run(int *applied, const bm_db_options_t *options, const char *dir, bm_err_t *err, apr_pool_t *p);

#endif
