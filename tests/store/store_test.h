/* SPDX-License-Identifier: Apache-2.0
 *
 * store_test.h: what every test of the store starts with: a schema of its own in the private cluster that run.sh started.
 *
 *   BM_TEST(claim) { bm_db_t *db = store_schema("name"); ... } END_TEST
 *
 * Environment: BM_STORE_DSN conninfo, BM_PG_DIR and BM_PG_TOOL for restarting and freezing the cluster,
 * BM_SQL_DIR the migrations. */
#ifndef BM_STORE_TEST_H
#define BM_STORE_TEST_H

#include "unit.h"
#include <apr_strings.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "db/migrate.h"
#include "db/query.h"

__attribute__((unused)) static const char *store_env(const char *name)
{
    const char *value = getenv(name);

    ck_assert_msg(value != NULL, "%s is not set: run through tests/store/run.sh", name);
    return value;
}

/* Options for connections to schema. */
__attribute__((unused)) static bm_db_options_t store_options(const char *schema)
{
    return (bm_db_options_t){ .conninfo = store_env("BM_STORE_DSN"), .schema = schema, .application_name = "store test",
                              .statement_timeout_ms = 20000 };
}

__attribute__((unused)) static bm_db_t *store_connect(const bm_db_options_t *options, apr_pool_t *p)
{
    bm_db_t *db;

    ck_assert_int_eq(bm_db_connect(&db, options, NULL, p), APR_SUCCESS);
    return db;
}

/* Run SQL that is put together here; the tests' own liberty. @return rows in g_pool. */
__attribute__((unused)) static bm_rows_t *store_sql(bm_db_t *db, const char *sql)
{
    bm_stmt_t stmt = { "test", sql, .unprepared = 1 };
    bm_rows_t *rows = NULL;

    ck_assert_msg(bm_db_query(&rows, db, &stmt, BM_NO_PARAMS, NULL, g_pool) == APR_SUCCESS, "failed: %s", sql);
    return rows;
}

__attribute__((unused)) static apr_int64_t store_int(bm_db_t *db, const char *sql)
{
    bm_rows_t *rows = store_sql(db, sql);

    ck_assert_int_eq(bm_rows_count(rows), 1);
    return bm_rows_int64(rows, 0, 0, -1);
}

__attribute__((unused)) static const char *store_text(bm_db_t *db, const char *sql)
{
    bm_rows_t *rows = store_sql(db, sql);

    ck_assert_int_eq(bm_rows_count(rows), 1);
    return bm_rows_text(rows, 0, 0);
}

/* An empty schema of this name with all migrations, and a connection to it. */
__attribute__((unused)) static bm_db_t *store_schema_with(const char *name, int engine_plans)
{
    bm_db_options_t options = store_options(name);
    bm_err_t *err = bm_err_make(g_pool);
    bm_db_t *db;

    options.engine_plans = engine_plans;
    db = store_connect(&options, g_pool);
    store_sql(db, apr_psprintf(g_pool, "drop schema if exists \"%s\" cascade", name));
    ck_assert_msg(bm_migrate_run(NULL, &options, store_env("BM_SQL_DIR"), err, g_pool) == APR_SUCCESS, "%s",
                  err->detail ? err->detail : "");
    return db;
}

__attribute__((unused)) static bm_db_t *store_schema(const char *name)
{
    return store_schema_with(name, 1);
}

/* pg_private.sh COMMAND DIR ARGUMENT on the tests' cluster. */
__attribute__((unused)) static void store_cluster(const char *command, const char *argument)
{
    const char *line = apr_psprintf(g_pool, "%s %s %s %s >/dev/null", store_env("BM_PG_TOOL"), command,
                                    store_env("BM_PG_DIR"), argument);

    ck_assert_int_eq(system(line), 0);
}

/* --- what was logged --- */

__attribute__((unused)) static char store_logged[65536];

__attribute__((unused)) static void store_log_sink(void *baton, bm_log_level_e level, apr_status_t rv, const char *message)
{
    size_t used = strlen(store_logged);

    (void)baton, (void)level, (void)rv;
    snprintf(store_logged + used, sizeof(store_logged) - used, "%s\n", message);
}

__attribute__((unused)) static int store_log_wanted(void *baton, bm_log_level_e level)
{
    (void)baton, (void)level;
    return 1;
}

/* Keep what is logged from now on in store_logged. One thread only. */
__attribute__((unused)) static void store_log_capture(void)
{
    store_logged[0] = '\0';
    bm_log_set_sink(store_log_sink, store_log_wanted, NULL);
}

#endif
