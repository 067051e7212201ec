/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/thread.h"
#include "crypt/seal.h"
#include "model/secret_model.h"
#include "secret/vault.h"

static char *logged;

static void remember(void *baton, bm_log_level_e level, apr_status_t rv, const char *message)
{
    (void)baton;
    (void)level;
    (void)rv;
    logged = apr_pstrcat(g_pool, logged ? logged : "", message, "\n", NULL);
}

static int wants_all(void *baton, bm_log_level_e level)
{
    (void)baton;
    (void)level;
    return 1;
}

static const char *file_with(const char *bytes, apr_size_t len, int mode)
{
    char *path = apr_pstrdup(g_pool, "/tmp/bm-vault-XXXXXX");
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    ck_assert_int_eq(fchmod(fd, (mode_t)mode), 0);
    close(fd);
    return path;
}

static const char *value_of(bm_vault_t *vault, const char *name)
{
    const char *value;

    return bm_vault_secret(&value, vault, name, NULL, g_pool) == APR_SUCCESS ? value : NULL;
}

static const struct {
    const char *bytes;
    apr_size_t len;
    const char *value;       /* NULL: refused */
    const char *why;
} files[] = {
    { "sk-1", 4, "sk-1", NULL },
    { "sk-1\n", 5, "sk-1", NULL },
    { "sk-1\r\n\n", 7, "sk-1", NULL },
    { " a\nb ", 5, " a\nb ", NULL },
    { "", 0, NULL, "it is empty" },
    { "\n", 1, NULL, "it is empty" },
    { "a\0b", 3, NULL, "it has a NUL byte" },
};

BM_LOOP_TEST(a_file_holds_one_value, BM_COUNT(files))
{
    const char *path = file_with(files[_i].bytes, files[_i].len, 0600);
    apr_table_t *secrets = apr_table_make(g_pool, 1);
    bm_err_t *err = bm_err_make(g_pool);
    bm_vault_t *vault;
    apr_status_t rv;

    apr_table_set(secrets, "key", path);
    rv = bm_vault_load(&vault, secrets, NULL, err, g_pool);
    unlink(path);
    ck_assert_int_eq(rv, files[_i].value ? APR_SUCCESS : APR_EINVAL);
    if (files[_i].value != NULL)
        ck_assert_str_eq(value_of(vault, "key"), files[_i].value);
    else {
        ck_assert_ptr_null(value_of(vault, "key"));
        ck_assert_str_eq(err->detail, apr_pstrcat(g_pool, "Secret key cannot be used from ", path, ": ", files[_i].why, ".",
            NULL));
    }
}
END_TEST

BM_TEST(a_value_has_a_limit)
{
    char *bytes = apr_palloc(g_pool, BM_VAULT_VALUE_MAX + 1);
    apr_table_t *secrets = apr_table_make(g_pool, 1);
    bm_err_t *err = bm_err_make(g_pool);
    bm_vault_t *vault;
    const char *most, *more;

    memset(bytes, 'x', BM_VAULT_VALUE_MAX + 1);
    most = file_with(bytes, BM_VAULT_VALUE_MAX, 0600);
    more = file_with(bytes, BM_VAULT_VALUE_MAX + 1, 0600);
    apr_table_set(secrets, "most", most);
    apr_table_set(secrets, "more", more);
    ck_assert_int_eq(bm_vault_load(&vault, secrets, NULL, err, g_pool), APR_EINVAL);
    unlink(most);
    unlink(more);
    ck_assert_int_eq(strlen(value_of(vault, "most")), BM_VAULT_VALUE_MAX);
    ck_assert_ptr_null(value_of(vault, "more"));
}
END_TEST

/* The others can be used all the same; what is said names files, never values. */
BM_TEST(files_that_cannot_be_used_are_counted)
{
    const char *good = file_with("canary", 6, 0644), *empty = file_with("", 0, 0600);
    apr_table_t *secrets = apr_table_make(g_pool, 3);
    bm_err_t *err = bm_err_make(g_pool);
    bm_vault_t *vault;

    apr_table_set(secrets, "gone", "/nonexistent/file");
    apr_table_set(secrets, "good", good);
    apr_table_set(secrets, "empty", empty);
    bm_log_set_sink(remember, wants_all, NULL);
    ck_assert_int_eq(bm_vault_load(&vault, secrets, NULL, err, g_pool), APR_EINVAL);
    bm_log_set_sink(NULL, NULL, NULL);
    unlink(good);
    unlink(empty);
    ck_assert_str_eq(value_of(vault, "good"), "canary");
    ck_assert_ptr_nonnull(strstr(err->detail, "gone"));
    ck_assert_ptr_nonnull(strstr(err->detail, "(and 1 more)"));
    ck_assert_ptr_nonnull(logged);
    ck_assert_ptr_nonnull(strstr(logged, "other users may read or write"));
    ck_assert_ptr_null(strstr(logged, "canary"));
}
END_TEST

BM_TEST(a_copy_is_given_to_a_run)
{
    const char *path = file_with("v", 1, 0600);
    apr_table_t *secrets = apr_table_make(g_pool, 1);
    bm_vault_t *vault;

    apr_table_set(secrets, "key", path);
    ck_assert_int_eq(bm_vault_load(&vault, secrets, NULL, NULL, g_pool), APR_SUCCESS);
    unlink(path);
    ck_assert_str_eq(value_of(vault, "key"), "v");
    ck_assert_ptr_ne(value_of(vault, "key"), value_of(vault, "key"));
    ck_assert_ptr_null(value_of(vault, "none"));
    ck_assert_ptr_null(value_of(NULL, "key"));
    ck_assert_int_eq(bm_vault_load(&vault, NULL, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_ptr_null(value_of(vault, "key"));
}
END_TEST

static const char *code_of(bm_vault_t *vault, const char *name)
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *value;

    return bm_vault_secret(&value, vault, name, err, g_pool) == APR_SUCCESS ? value : err->code;
}

static bm_secret_book_t *book_of(const char *name, const char *sealed, apr_int64_t changed)
{
    apr_pool_t *p = bm_thread_pool_make("book");
    bm_secret_book_t *book = apr_pcalloc(p, sizeof(*book));
    bm_secret_row_t *row = apr_pcalloc(p, sizeof(*row));

    *row = (bm_secret_row_t){ .id = 7, .project_id = 1, .name = name, .sealed = apr_pstrdup(p, sealed) };
    *book = (bm_secret_book_t){ .p = p, .changed = changed, .rows = apr_hash_make(p) };
    apr_hash_set(book->rows, bm_secret_place(1, name, p), APR_HASH_KEY_STRING, row);
    return book;
}

/* Files go first, whatever the store has; projects do not see each other's. */
BM_TEST(secrets_of_the_store_come_behind_files)
{
    const char *keys = file_with("k QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n", 47, 0400), *file = file_with("f", 1, 0600);
    apr_table_t *secrets = apr_table_make(g_pool, 2);
    bm_key_ring_t *ring;
    bm_vault_t *vault;
    const char *sealed;

    apr_table_set(secrets, "file", file);
    apr_table_set(secrets, "gone", "/nonexistent");
    ck_assert_int_eq(bm_key_ring_read(&ring, keys, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_vault_load(&vault, secrets, ring, NULL, g_pool), APR_EINVAL);
    unlink(keys);
    unlink(file);
    ck_assert_str_eq(code_of(vault, "stored"), "secret_missing");
    ck_assert_int_eq(bm_vault_changed(vault), 0);
    ck_assert_int_eq(bm_seal(&sealed, ring, bm_secret_place(1, "stored", g_pool), "s", 1, NULL, g_pool), APR_SUCCESS);
    bm_vault_set_book(vault, book_of("stored", sealed, 3));
    ck_assert_int_eq(bm_vault_changed(vault), 3);
    ck_assert_str_eq(code_of(vault, "stored"), "s");
    ck_assert_str_eq(code_of(bm_vault_of_project(vault, 2, g_pool), "stored"), "secret_missing");
    ck_assert_int_eq(bm_vault_take_used(vault, g_pool)->nelts, 1);
    ck_assert_int_eq(bm_vault_take_used(vault, g_pool)->nelts, 0);
    bm_vault_set_book(vault, book_of("file", sealed, 4));
    ck_assert_str_eq(code_of(vault, "file"), "f");
    bm_vault_set_book(vault, book_of("gone", sealed, 5));
    ck_assert_str_eq(code_of(vault, "gone"), "secret_unreadable");
    bm_vault_set_book(vault, book_of("moved", sealed, 6));
    ck_assert_str_eq(code_of(vault, "moved"), "secret_damaged");
    ck_assert(bm_vault_is_file(vault, "gone") && !bm_vault_is_file(vault, "moved"));
}
END_TEST

#include "test_vault.reg"
