/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *dir, const char *name, const char *text)
{
    FILE *file = fopen(apr_pstrcat(g_pool, dir, "/", name, NULL), "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

/* A directory of our own with two migrations. */
static const char *make_dir(void)
{
    char *dir = apr_pstrdup(g_pool, "/tmp/bmsql.XXXXXX");

    ck_assert_ptr_nonnull(mkdtemp(dir));
    put(dir, "001_first.sql", "create table first (a integer);\ninsert into first values (1);\n");
    put(dir, "002_second.sql", "-- \xc3\xa4\ncreate table second (a integer);\n");
    put(dir, "README", "not a migration");
    put(dir, "migrate.sh", "not a migration");
    return dir;
}

static void remove_dir(const char *dir)
{
    ck_assert_int_eq(system(apr_psprintf(g_pool, "rm -rf '%s'", dir)), 0);
}

static bm_db_t *empty(const char *schema, bm_db_options_t *options)
{
    bm_db_t *db;

    *options = store_options(schema);
    db = store_connect(options, g_pool);
    store_sql(db, apr_psprintf(g_pool, "drop schema if exists \"%s\" cascade", schema));
    return db;
}

/* BM_SCHEMA_VERSION is the number of the newest file in sql/. */
BM_TEST(version_constant_fits_the_files)
{
    DIR *dir = opendir(store_env("BM_SQL_DIR"));
    struct dirent *entry;
    int newest = 0;

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        int version = 0;

        if (sscanf(entry->d_name, "%3d_%*[a-z0-9_].sql", &version) == 1 && version > newest)
            newest = version;
    }
    closedir(dir);
    ck_assert_int_eq(newest, BM_SCHEMA_VERSION);
}
END_TEST

BM_TEST(empty_again_older_newer)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_migrate_state_e state;
    bm_db_options_t options;
    bm_db_t *db = empty("mig_real", &options);
    int applied = -1, version = -1;

    ck_assert_int_eq(bm_migrate_check(&state, &version, db, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(state, BM_MIGRATE_MISSING);
    ck_assert_int_eq(version, 0);
    ck_assert_int_eq(bm_migrate_run(&applied, &options, store_env("BM_SQL_DIR"), err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(applied, BM_SCHEMA_VERSION);
    ck_assert_int_eq(bm_migrate_check(&state, &version, db, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(state, BM_MIGRATE_OK);
    ck_assert_int_eq(version, BM_SCHEMA_VERSION);
    ck_assert_int_eq(bm_migrate_run(&applied, &options, store_env("BM_SQL_DIR"), err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(applied, 0);

    store_sql(db, apr_psprintf(g_pool, "insert into schema_migration (version, name, checksum) values (%d, 'x', 'x')",
                               BM_SCHEMA_VERSION + 1));
    ck_assert_int_eq(bm_migrate_check(&state, &version, db, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(state, BM_MIGRATE_NEWER);
    ck_assert_int_eq(bm_migrate_run(&applied, &options, store_env("BM_SQL_DIR"), err, g_pool), APR_EGENERAL);
    ck_assert_str_eq(err->code, "schema_newer");

    store_sql(db, "delete from schema_migration");
    ck_assert_int_eq(bm_migrate_check(&state, &version, db, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(state, BM_MIGRATE_MISSING);
}
END_TEST

BM_TEST(changed_and_renamed_files_are_refused)
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *dir = make_dir();
    bm_db_options_t options;
    bm_db_t *db = empty("mig_changed", &options);
    int applied;

    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(applied, 2);
    put(dir, "002_second.sql", "create table second (b integer);\n");
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_EGENERAL);
    ck_assert_str_eq(err->code, "schema_changed");
    put(dir, "002_second.sql", "-- \xc3\xa4\ncreate table second (a integer);\n");
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(rename(apr_pstrcat(g_pool, dir, "/002_second.sql", NULL), apr_pstrcat(g_pool, dir, "/002_other.sql",
                                                            NULL)), 0);
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_EGENERAL);
    ck_assert_str_eq(err->code, "schema_changed");
    (void)db;
    remove_dir(dir);
}
END_TEST

BM_TEST(failed_file_leaves_nothing_and_can_be_mended)
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *dir = make_dir();
    bm_db_options_t options;
    bm_db_t *db = empty("mig_failed", &options);
    int applied;

    put(dir, "003_third.sql", "create table third (a integer); insert into third values ('top secret');");
    store_log_capture();
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_EGENERAL);
    ck_assert_str_eq(err->code, "schema_failed");
    ck_assert_int_eq(applied, 2);
    ck_assert_int_eq(store_int(db, "select max(version) from schema_migration"), 2);
    ck_assert_str_eq(store_text(db, "select coalesce(to_regclass('third')::text, 'none')"), "none");
    put(dir, "003_third.sql", "create table third (a integer); commit; create table fourth (a integer);");
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_EGENERAL);
    ck_assert_ptr_nonnull(strstr(err->detail, "003_third"));
    put(dir, "003_third.sql", "create table if not exists third (a integer);");
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(applied, 1);
    remove_dir(dir);
}
END_TEST

BM_TEST(gaps_doubles_and_missing_directories_are_refused)
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *dir = make_dir();
    bm_db_options_t options;

    empty("mig_gap", &options);
    put(dir, "004_gap.sql", "select 1;");
    ck_assert_int_eq(bm_migrate_run(NULL, &options, dir, err, g_pool), APR_EGENERAL);
    ck_assert_str_eq(err->code, "schema_files");
    unlink(apr_pstrcat(g_pool, dir, "/004_gap.sql", NULL));
    put(dir, "002_double.sql", "select 1;");
    ck_assert_int_eq(bm_migrate_run(NULL, &options, dir, err, g_pool), APR_EGENERAL);
    remove_dir(dir);
    ck_assert_int_eq(bm_migrate_run(NULL, &options, dir, err, g_pool), APR_EGENERAL);
    ck_assert_str_eq(err->code, "schema_files");
    ck_assert_int_eq(bm_migrate_run(NULL, &options, NULL, err, g_pool), APR_EGENERAL);
}
END_TEST

typedef struct racer_t {
    bm_db_options_t options;
    pthread_t thread;
    pthread_barrier_t *barrier;
    apr_status_t rv;
    int applied;
} racer_t;

static void *race(void *data)
{
    racer_t *racer = data;
    apr_pool_t *p;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    pthread_barrier_wait(racer->barrier);
    racer->rv = bm_migrate_run(&racer->applied, &racer->options, getenv("BM_SQL_DIR"), NULL, p);
    apr_pool_destroy(p);
    return NULL;
}

/* Several nodes start on an empty database at once: each file is applied once, and all of them succeed. */
BM_TEST(nodes_that_start_together)
{
    enum { NODES = 6 };
    racer_t racers[NODES];
    pthread_barrier_t barrier;
    bm_db_options_t options;
    int i, applied = 0;

    empty("mig_race", &options);
    pthread_barrier_init(&barrier, NULL, NODES);
    for (i = 0; i < NODES; i++) {
        racers[i] = (racer_t){ .options = options, .barrier = &barrier };
        ck_assert_int_eq(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (i = 0; i < NODES; i++) {
        pthread_join(racers[i].thread, NULL);
        ck_assert_int_eq(racers[i].rv, APR_SUCCESS);
        applied += racers[i].applied;
    }
    pthread_barrier_destroy(&barrier);
    ck_assert_int_eq(applied, BM_SCHEMA_VERSION);
}
END_TEST

/* A migration that waits for a table's lock gives way after 3 s and comes back. */
BM_TEST(a_held_lock_delays_but_does_not_fail)
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *dir = make_dir();
    bm_db_options_t options;
    bm_db_t *db = empty("mig_lock", &options), *holder;
    int applied;

    holder = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_SUCCESS);
    put(dir, "003_third.sql", "alter table first add b integer;");
    store_sql(holder, "set idle_in_transaction_session_timeout = '4s'");     /* holds it for longer than one try */
    ck_assert_int_eq(bm_db_begin(holder, NULL), APR_SUCCESS);
    store_sql(holder, "select * from first");
    ck_assert_int_eq(bm_migrate_run(&applied, &options, dir, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(applied, 1);
    ck_assert_int_eq(store_int(db, "select max(version) from schema_migration"), 3);
    remove_dir(dir);
}
END_TEST

/* sql/migrate.sh and the module write the same rows, so each finds the other's work done. */
BM_TEST(shell_and_module_agree)
{
    const char *script = apr_pstrcat(g_pool, store_env("BM_SQL_DIR"), "/migrate.sh", NULL);
    const char *line = apr_psprintf(g_pool, "%s '%s' mig_shell >/dev/null", script, store_env("BM_STORE_DSN"));
    bm_err_t *err = bm_err_make(g_pool);
    bm_migrate_state_e state;
    bm_db_options_t options;
    bm_db_t *db = empty("mig_shell", &options);
    const char *sums;
    int applied, version;

    ck_assert_int_eq(system(line), 0);
    ck_assert_int_eq(bm_migrate_check(&state, &version, db, err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(state, BM_MIGRATE_OK);
    ck_assert_int_eq(bm_migrate_run(&applied, &options, store_env("BM_SQL_DIR"), err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(applied, 0);
    sums = store_text(db, "select string_agg(version || name || checksum, ' ' order by version) from schema_migration");
    store_sql(db, "drop schema mig_shell cascade");
    ck_assert_int_eq(bm_migrate_run(&applied, &options, store_env("BM_SQL_DIR"), err, g_pool), APR_SUCCESS);
    ck_assert_str_eq(store_text(db, "select string_agg(version || name || checksum, ' ' order by version) from"
                                    " schema_migration"), sums);
    ck_assert_int_eq(system(line), 0);
    store_sql(db, "update schema_migration set checksum = 'x' where version = 1");
    ck_assert_int_ne(system(apr_pstrcat(g_pool, line, " 2>&1", NULL)), 0);
}
END_TEST

#include "test_migrate.reg"
