/* SPDX-License-Identifier: Apache-2.0 */
#include "db/migrate.h"

#include <stdlib.h>
#include <string.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/text.h"
#include "db/answer.h"
#include "db/failure.h"
#include "db/query.h"

#define FILE_LIMIT (4 * 1024 * 1024)
#define TRIES 10                        /* each waits at most lock_timeout for its locks */
#define PAUSE_US (500 * 1000)

typedef struct migration_t {
    int version;
    const char *name;                   /* "001_foundation" */
    const char *text;
    const char *checksum;               /* filled before it is compared */
} migration_t;

static const bm_stmt_t migrate_exists = { "migrate_exists", "select to_regclass($1::text) is not null", .unprepared = 1 };
static const bm_stmt_t migrate_version = { "migrate_version",
    "select coalesce(max(version), 0) from schema_migration", .unprepared = 1 };
static const bm_stmt_t migrate_lock = { "migrate_lock",
    "select set_config('lock_timeout', '3000', true), set_config('statement_timeout', '0', true),"
    "       pg_advisory_xact_lock(hashtextextended('mod_benchmark schema ' || $1::text, 0))", .unprepared = 1 };
static const bm_stmt_t migrate_schema_exists = { "migrate_schema_exists",
    "select 1 from pg_namespace where nspname = $1::text", .unprepared = 1 };
static const bm_stmt_t migrate_table = { "migrate_table",
    "create table if not exists schema_migration (version integer primary key, name text not null,"
    " checksum text not null, applied_at timestamptz not null default now())", .unprepared = 1 };
static const bm_stmt_t migrate_applied = { "migrate_applied",
    "select version, name, checksum from schema_migration order by version", .unprepared = 1 };
static const bm_stmt_t migrate_checksum = { "migrate_checksum",
    "select encode(sha256(convert_to($1::text, 'UTF8')), 'hex')", .unprepared = 1 };
static const bm_stmt_t migrate_note = { "migrate_note",
    "insert into schema_migration (version, name, checksum) values ($1, $2, $3)", .unprepared = 1 };

apr_status_t bm_migrate_check(bm_migrate_state_e *state, int *version, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    const char *table = apr_psprintf(p, "\"%s\".schema_migration", bm_db_schema(db));
    bm_rows_t *rows;
    apr_status_t rv;

    *state = BM_MIGRATE_MISSING;
    *version = 0;
    rv = bm_db_query(&rows, db, &migrate_exists, BM_PARAMS(bm_param_text(table)), err, p);
    if (rv != APR_SUCCESS || !bm_rows_bool(rows, 0, 0))
        return rv;
    rv = bm_db_query(&rows, db, &migrate_version, BM_NO_PARAMS, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    *version = (int)bm_rows_int64(rows, 0, 0, 0);
    if (*version > 0)
        *state = *version == BM_SCHEMA_VERSION ? BM_MIGRATE_OK
                 : *version < BM_SCHEMA_VERSION ? BM_MIGRATE_OLDER : BM_MIGRATE_NEWER;
    return APR_SUCCESS;
}

/* --- files --- */

static apr_status_t bad_files(bm_err_t *err, const char *dir, const char *what)
{
    return bm_err_set(err, APR_EGENERAL, "schema_files", "The migrations in %s cannot be used: %s.", dir, what);
}

/* "001_foundation.sql" -> 1; 0: not a migration. */
static int version_of(const char *file)
{
    apr_size_t len = strlen(file);
    char digits[4];
    apr_int64_t version;

    if (len < 9 || strcmp(file + len - 4, ".sql") != 0 || file[3] != '_' || strspn(file, "0123456789") != 3)
        return 0;
    if (strspn(file + 4, "abcdefghijklmnopqrstuvwxyz0123456789_") != len - 8)
        return 0;
    apr_cpystrn(digits, file, sizeof(digits));
    return bm_text_to_int64(&version, digits, 1, 999) == APR_SUCCESS ? (int)version : 0;
}

static apr_status_t read_whole(const char **text, const char *path, apr_pool_t *p)
{
    apr_file_t *file;
    apr_finfo_t info;
    apr_size_t len;
    char *data;
    apr_status_t rv;

    rv = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, APR_FPROT_OS_DEFAULT, p);
    if (rv != APR_SUCCESS)
        return rv;
    rv = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (rv == APR_SUCCESS && info.size > FILE_LIMIT)
        rv = APR_EINVAL;
    if (rv == APR_SUCCESS) {
        len = (apr_size_t)info.size;
        data = apr_pcalloc(p, len + 1);
        rv = apr_file_read_full(file, data, len, NULL);
        if (rv == APR_SUCCESS && !bm_text_is_utf8(data, len))
            rv = APR_EINVAL;
        *text = data;
    }
    apr_file_close(file);
    return rv;
}

static int by_version(const void *a, const void *b)
{
    return ((const migration_t *)a)->version - ((const migration_t *)b)->version;
}

/* The migrations of dir as an array of migration_t, numbered from 1 without a gap. */
static apr_status_t list_files(apr_array_header_t **pfiles, const char *dir, bm_err_t *err, apr_pool_t *p)
{
    apr_array_header_t *files = apr_array_make(p, 16, sizeof(migration_t));
    apr_dir_t *handle;
    apr_finfo_t info;
    int i;

    if (dir == NULL || apr_dir_open(&handle, dir, p) != APR_SUCCESS)
        return bad_files(err, dir ? dir : "(no directory)", "it cannot be opened");
    while (apr_dir_read(&info, APR_FINFO_NAME, handle) == APR_SUCCESS) {
        migration_t *m;

        if (version_of(info.name) == 0)
            continue;
        m = apr_array_push(files);
        memset(m, 0, sizeof(*m));
        m->version = version_of(info.name);
        m->name = apr_pstrndup(p, info.name, strlen(info.name) - 4);
        if (read_whole(&m->text, apr_pstrcat(p, dir, "/", info.name, NULL), p) != APR_SUCCESS) {
            apr_dir_close(handle);
            return bad_files(err, dir, apr_pstrcat(p, info.name, " cannot be read", NULL));
        }
    }
    apr_dir_close(handle);
    qsort(files->elts, (size_t)files->nelts, sizeof(migration_t), by_version);
    for (i = 0; i < files->nelts; i++)
        if (APR_ARRAY_IDX(files, i, migration_t).version != i + 1)
            return bad_files(err, dir, apr_psprintf(p, "number %03d is missing or there twice", i + 1));
    if (files->nelts == 0)
        return bad_files(err, dir, "there are none");
    *pfiles = files;
    return APR_SUCCESS;
}

/* --- one step: under the lock, look what is there and apply the next file --- */

static apr_status_t checksums(bm_db_t *db, apr_array_header_t *files, bm_err_t *err, apr_pool_t *p)
{
    int i;

    for (i = 0; i < files->nelts; i++) {
        migration_t *m = &APR_ARRAY_IDX(files, i, migration_t);
        bm_rows_t *rows;
        apr_status_t rv = bm_db_query(&rows, db, &migrate_checksum, BM_PARAMS(bm_param_text(m->text)), err, p);

        if (rv != APR_SUCCESS)
            return rv;
        m->checksum = bm_rows_text(rows, 0, 0);
    }
    return APR_SUCCESS;
}

/* *applied: how many of files are in the database already. */
static apr_status_t compare(int *applied, bm_db_t *db, const apr_array_header_t *files, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &migrate_applied, BM_NO_PARAMS, err, p);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    *applied = bm_rows_count(rows);
    if (*applied > files->nelts) {
        return bm_err_set(err, APR_EGENERAL, "schema_newer", "The database's schema is version %d, this program knows %d.",
                          *applied, files->nelts);
    }
    for (i = 0; i < *applied; i++) {
        const migration_t *m = &APR_ARRAY_IDX(files, i, migration_t);

        if (bm_rows_int64(rows, i, 0, 0) == m->version && strcmp(bm_rows_text(rows, i, 1), m->name) == 0
            && strcmp(bm_rows_text(rows, i, 2), m->checksum) == 0)
            continue;
        return bm_err_set(err, APR_EGENERAL, "schema_changed",
                          "Migration %s was applied from a file with another content or name.", m->name);
    }
    return APR_SUCCESS;
}

static apr_status_t prepare_schema(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_stmt_t create = { "migrate_create_schema", NULL, .unprepared = 1 };
    bm_rows_t *rows;
    apr_status_t rv;

    /* "if not exists" wants the right to create even when there is nothing to do. */
    rv = bm_db_query(&rows, db, &migrate_schema_exists, BM_PARAMS(bm_param_text(bm_db_schema(db))), err, p);
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0) {
        create.sql = apr_psprintf(p, "create schema \"%s\"", bm_db_schema(db));
        rv = bm_db_query(NULL, db, &create, BM_NO_PARAMS, err, p);
    }
    return rv == APR_SUCCESS ? bm_db_query(NULL, db, &migrate_table, BM_NO_PARAMS, err, p) : rv;
}

/* A whole file at once, which only the simple protocol takes. */
static apr_status_t run_file(bm_db_t *db, const migration_t *m, bm_err_t *err)
{
    PGresult *res, *failed = NULL;
    apr_status_t rv = PQsendQuery(bm_db_conn(db), m->text) ? bm_answer_next(&res, db) : APR_EAGAIN;

    while (rv == APR_SUCCESS && res != NULL) {
        if (failed == NULL && PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
            failed = res;
        else
            PQclear(res);
        rv = bm_answer_next(&res, db);
    }
    if (rv != APR_SUCCESS || failed != NULL) {
        rv = bm_failure_report(db, m->name, failed, err);
        if (rv != APR_EAGAIN)
            rv = bm_err_set(err, APR_EGENERAL, "schema_failed", "Migration %s failed; nothing of it was kept.", m->name);
    } else if (PQtransactionStatus(bm_db_conn(db)) != PQTRANS_INTRANS) {
        rv = bm_err_set(err, APR_EGENERAL, "schema_failed", "Migration %s ended its own transaction.", m->name);
    }
    PQclear(failed);
    return rv;
}

/* *done: nothing was left to apply. The caller has begun the transaction and ends it. */
static apr_status_t step(int *done, bm_db_t *db, apr_array_header_t *files, bm_err_t *err, apr_pool_t *p)
{
    const migration_t *m;
    int applied;
    apr_status_t rv;

    rv = bm_db_query(NULL, db, &migrate_lock, BM_PARAMS(bm_param_text(bm_db_schema(db))), err, p);
    if (rv == APR_SUCCESS)
        rv = prepare_schema(db, err, p);
    if (rv == APR_SUCCESS)
        rv = checksums(db, files, err, p);
    if (rv == APR_SUCCESS)
        rv = compare(&applied, db, files, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    *done = applied == files->nelts;
    if (*done)
        return APR_SUCCESS;
    m = &APR_ARRAY_IDX(files, applied, migration_t);
    rv = run_file(db, m, err);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(NULL, db, &migrate_note, BM_PARAMS(bm_param_int(m->version), bm_param_text(m->name),
                         bm_param_text(m->checksum)), err, p);
    if (rv == APR_SUCCESS)
        bm_log(BM_LOG_NOTICE, APR_SUCCESS, BMLOG(0209) "schema %s: applied %s", bm_db_schema(db), m->name);
    return rv;
}

static apr_status_t step_in_transaction(int *done, bm_db_t *db, apr_array_header_t *files, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_check(db, err);

    *done = 0;
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = step(done, db, files, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(db, err);
    if (rv != APR_SUCCESS)
        bm_db_rollback(db);
    return rv;
}

apr_status_t bm_migrate_run(int *applied, const bm_db_options_t *options, const char *dir, bm_err_t *err, apr_pool_t *p)
{
    bm_db_options_t own = *options;
    apr_array_header_t *files = NULL;
    int done = 0, tries = 0, count = 0;
    apr_pool_t *ptemp;
    bm_db_t *db;
    apr_status_t rv;

    own.statement_timeout_ms = 0;       /* building an index may take its time; waiting for locks may not */
    own.unnamed_statements = 0;
    own.application_name = "mod_benchmark migrate";
    apr_pool_create(&ptemp, p);
    rv = list_files(&files, dir, err, ptemp);
    if (rv == APR_SUCCESS)
        rv = bm_db_connect(&db, &own, err, ptemp);
    while (rv == APR_SUCCESS && !done) {
        rv = step_in_transaction(&done, db, files, err, ptemp);
        if (rv == APR_EAGAIN && ++tries < TRIES) {
            apr_sleep(PAUSE_US);
            rv = APR_SUCCESS;
        } else if (rv == APR_SUCCESS && !done) {
            count++;
        }
    }
    apr_pool_destroy(ptemp);
    if (applied != NULL)
        *applied = count;
    return rv;
}
