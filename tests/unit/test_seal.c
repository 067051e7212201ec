/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <apr_strings.h>
#include "crypt/seal.h"

#define KEY_A "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
#define KEY_B "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
#define PLACE "secrets|1|openai|value"

static bm_key_ring_t *ring_of(const char *text, int mode, const char **why)
{
    char *path = apr_pstrdup(g_pool, "/tmp/bm-ring-XXXXXX");
    int fd = mkstemp(path);
    bm_err_t *err = bm_err_make(g_pool);
    bm_key_ring_t *ring;

    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(fd, (mode_t)mode), 0);
    close(fd);
    if (bm_key_ring_read(&ring, path, err, g_pool) == APR_SUCCESS)
        ck_assert_ptr_null(bm_key_ring_trouble(ring));
    else
        ck_assert_str_eq(err->detail, bm_key_ring_trouble(ring));
    unlink(path);
    if (why != NULL)
        *why = bm_key_ring_trouble(ring);
    return ring;
}

static const struct {
    const char *text;
    int mode;
    const char *why;         /* NULL: it can be used */
} rings[] = {
    { "a " KEY_A "\n", 0400, NULL },
    { "# ours\n\n  \na\t" KEY_A "\r\nb-2 " KEY_B, 0640, NULL },
    { "", 0400, "there is no key in it" },
    { "# nothing\n", 0400, "there is no key in it" },
    { "a " KEY_A "\n", 0404, "others may read it" },
    { "a " KEY_A "\n", 0660, "group may write it" },
    { "a " KEY_A "\na " KEY_B "\n", 0400, "line 2: its id was there before" },
    { "a QUFB\n", 0400, "line 1: its key is not 32 bytes" },
    { "a " KEY_A "QUFB\n", 0400, "line 1: its key is not 32 bytes" },
    { "a " KEY_A " more\n", 0400, "line 1: its key is not 32 bytes" },
    { "a " KEY_A "\nkey with-blanks\n", 0400, "line 2: its key is not 32 bytes" },
    { "a\n", 0400, "line 1: it does not begin with the id of a key" },
    { "a.b " KEY_A "\n", 0400, "line 1: it does not begin with the id of a key" },
    { "a|b " KEY_A "\n", 0400, "line 1: it does not begin with the id of a key" },
};

BM_LOOP_TEST(a_ring_is_used_whole_or_not_at_all, BM_COUNT(rings))
{
    const char *why;
    bm_key_ring_t *ring = ring_of(rings[_i].text, rings[_i].mode, &why);

    if (rings[_i].why == NULL) {
        ck_assert_msg(why == NULL, "%s", why);
        ck_assert_str_eq(bm_key_ring_active(ring), "a");
        ck_assert_int_eq(memcmp(bm_key_ring_find(ring, "a"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 32), 0);
        ck_assert_ptr_null(bm_key_ring_find(ring, "c"));
        return;
    }
    ck_assert_msg(why != NULL && strstr(why, rings[_i].why) != NULL, "%s", why ? why : "it was used");
    ck_assert_ptr_null(strstr(why, "QUFB"));
    ck_assert_ptr_null(bm_key_ring_active(ring));
    ck_assert_ptr_null(bm_key_ring_find(ring, "a"));
}
END_TEST

BM_TEST(no_file_is_no_ring)
{
    bm_key_ring_t *ring;

    ck_assert_int_eq(bm_key_ring_read(&ring, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_ptr_nonnull(strstr(bm_key_ring_trouble(ring), "BenchmarkSecretKeys"));
    ck_assert_int_eq(bm_key_ring_read(&ring, "/nonexistent", NULL, g_pool), APR_EINVAL);
    ck_assert_ptr_nonnull(strstr(bm_key_ring_trouble(ring), "/nonexistent"));
    ring = ring_of("a " KEY_A, 0400, NULL);
    bm_key_ring_forget(ring);
    ck_assert_ptr_null(bm_key_ring_find(ring, "a"));
    bm_key_ring_forget(ring);
    bm_key_ring_forget(NULL);
}
END_TEST

BM_TEST(what_was_sealed_opens_where_it_belongs)
{
    bm_key_ring_t *ring = ring_of("a " KEY_A "\n", 0400, NULL), *both = ring_of("b " KEY_B "\na " KEY_A, 0400, NULL);
    const char *sealed, *again, *text;
    apr_size_t len;

    ck_assert_int_eq(bm_seal(&sealed, ring, PLACE, "sk-canary", 9, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_seal(&again, ring, PLACE, "sk-canary", 9, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_ne(sealed, again);
    ck_assert_ptr_eq(strstr(sealed, "v1.a."), sealed);
    ck_assert_str_eq(bm_seal_key_id(sealed, g_pool), "a");
    ck_assert_ptr_null(strstr(sealed, "canary"));
    ck_assert_int_eq(bm_seal_open(&text, &len, ring, PLACE, sealed, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(text, "sk-canary");
    ck_assert_uint_eq(len, 9);
    ck_assert_int_eq(bm_seal_open(&text, &len, both, PLACE, sealed, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(text, "sk-canary");
}
END_TEST

static void refuse(const bm_key_ring_t *ring, const char *place, const char *sealed, const char *code)
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *text;
    apr_size_t len;

    ck_assert_int_ne(bm_seal_open(&text, &len, ring, place, sealed, err, g_pool), APR_SUCCESS);
    ck_assert_str_eq(err->code, code);
}

BM_TEST(nothing_else_opens)
{
    bm_key_ring_t *ring = ring_of("a " KEY_A "\nb " KEY_B "\n", 0400, NULL), *other = ring_of("b " KEY_B "\n", 0400, NULL);
    bm_key_ring_t *renamed = ring_of("b " KEY_A "\n", 0400, NULL);
    const char *sealed;
    size_t i, len;
    char *bad;

    ck_assert_int_eq(bm_seal(&sealed, ring, PLACE, "sk-canary", 9, NULL, g_pool), APR_SUCCESS);
    len = strlen(sealed);
    for (i = 0; i < len; i++) {
        bad = apr_pstrdup(g_pool, sealed);
        bad[i] = bad[i] == 'x' ? 'w' : 'x';
        refuse(ring, PLACE, bad, i == 3 ? "secret_key_unknown" : "secret_damaged");
        refuse(ring, PLACE, apr_pstrndup(g_pool, sealed, i), "secret_damaged");
    }
    refuse(ring, PLACE, apr_pstrcat(g_pool, sealed, "A", NULL), "secret_damaged");
    refuse(ring, "secrets|2|openai|value", sealed, "secret_damaged");
    refuse(ring, "secrets|1|openai2|value", sealed, "secret_damaged");
    bad = apr_pstrdup(g_pool, sealed);
    bad[3] = 'b';
    refuse(ring, PLACE, bad, "secret_damaged");
    refuse(renamed, PLACE, bad, "secret_damaged");      /* the same key under another id */
    refuse(other, PLACE, sealed, "secret_key_unknown");
    refuse(NULL, PLACE, sealed, "secret_keys_unusable");
}
END_TEST

#include "test_seal.reg"
