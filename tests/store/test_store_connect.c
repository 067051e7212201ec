/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include "engine/store_connect.h"

static const char *given(void *baton, apr_pool_t *p)
{
    return baton ? apr_pstrdup(p, baton) : NULL;
}

static bm_store_access_t access_to(const char *conninfo, bm_settings_t *settings, const char *schema)
{
    settings->schema = schema;
    return (bm_store_access_t){ .settings = settings, .conninfo = given, .conninfo_baton = (void *)(apr_uintptr_t)conninfo };
}

BM_TEST(what_is_the_threads_and_what_is_everybodys)
{
    bm_settings_t settings = { 0 };
    bm_store_access_t access = access_to(store_env("BM_STORE_DSN"), &settings, "store_connect");
    bm_db_options_t options = { .application_name = "a thread", .engine_plans = 1, .statement_timeout_ms = 7000,
                                .idle_in_transaction_ms = 9000 };
    bm_db_t *db;

    store_schema("store_connect");
    ck_assert_int_eq(bm_store_connect(&db, &options, &access, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(store_text(db, "show search_path"), "\"store_connect\"");
    ck_assert_str_eq(store_text(db, "show application_name"), "a thread");
    ck_assert_str_eq(store_text(db, "show statement_timeout"), "7s");
    ck_assert_str_eq(store_text(db, "show idle_in_transaction_session_timeout"), "9s");
    ck_assert_str_eq(store_text(db, "show enable_seqscan"), "off");
    ck_assert_str_eq(options.conninfo, store_env("BM_STORE_DSN"));         /* to migrate with */
}
END_TEST

BM_TEST(no_database_is_said_in_a_sentence)
{
    const char *const away[] = { NULL, "host=/nowhere/at/all dbname=none" };
    bm_settings_t settings = { 0 };
    int i;

    for (i = 0; i < 2; i++) {
        bm_store_access_t access = access_to(away[i], &settings, "public");
        bm_db_options_t options = { .application_name = "a thread" };
        bm_err_t *err = bm_err_make(g_pool);
        bm_db_t *db = (bm_db_t *)(void *)&options;

        ck_assert_int_eq(bm_store_connect(&db, &options, &access, err, g_pool), APR_EAGAIN);
        ck_assert_ptr_null(db);
        ck_assert_ptr_nonnull(err->detail);
        ck_assert_ptr_null(bm_store_connect_ready(&options, &access, g_pool));
    }
}
END_TEST

BM_TEST(ready_is_a_schema_of_this_version_only)
{
    bm_settings_t settings = { 0 };
    bm_store_access_t access = access_to(store_env("BM_STORE_DSN"), &settings, "store_ready");
    bm_db_options_t options = { .application_name = "a thread" };
    bm_db_t *db = store_schema("store_ready");

    ck_assert_ptr_nonnull(bm_store_connect_ready(&options, &access, g_pool));
    store_sql(db, apr_psprintf(g_pool, "update schema_migration set version = %d where version = %d", BM_SCHEMA_VERSION + 1,
                               BM_SCHEMA_VERSION));
    ck_assert_ptr_null(bm_store_connect_ready(&options, &access, g_pool));
    store_sql(db, apr_psprintf(g_pool, "delete from schema_migration where version = %d", BM_SCHEMA_VERSION + 1));
    ck_assert_ptr_null(bm_store_connect_ready(&options, &access, g_pool));
    settings.schema = "store_not_there";
    ck_assert_ptr_null(bm_store_connect_ready(&options, &access, g_pool));
}
END_TEST

#include "test_store_connect.reg"
