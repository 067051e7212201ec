/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include <unistd.h>
#include "auth/credential_cache.h"

static bm_identity_t named(const char *user)
{
    bm_identity_t who = { .credential = BM_CREDENTIAL_KEY, .most = BM_ROLE_VIEWER };

    apr_cpystrn(who.user, user, sizeof(who.user));
    return who;
}

BM_TEST(what_was_put_is_found_while_nothing_changed)
{
    bm_credential_cache_t *cache = bm_credential_cache_make(g_pool);
    bm_identity_t anna = named("anna"), found;
    bm_credential_key_t key, other;

    bm_credential_cache_key(&key, cache, 'k', "secret", 6);
    bm_credential_cache_key(&other, cache, 'c', "secret", 6);            /* the same text as another kind of credential */
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &key, 1), BM_CACHED_NOT);
    bm_credential_cache_put(cache, &key, &anna, 1);
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &key, 1), BM_CACHED);
    ck_assert_str_eq(found.user, "anna");
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &other, 1), BM_CACHED_NOT);
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &key, 2), BM_CACHED_DATED);
    bm_credential_cache_put(cache, &key, &anna, 1);                       /* asked before the change, answered behind it */
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &key, 2), BM_CACHED_DATED);
    bm_credential_cache_drop(cache, &key);
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &key, 1), BM_CACHED_NOT);
}
END_TEST

BM_TEST(nothing_counts_behind_its_end)
{
    bm_credential_cache_t *cache = bm_credential_cache_make(g_pool);
    bm_identity_t anna = named("anna"), found;
    bm_credential_key_t key;

    anna.until = apr_time_now() + 100000;
    bm_credential_cache_key(&key, cache, 'k', "secret", 6);
    bm_credential_cache_put(cache, &key, &anna, 1);
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &key, 1), BM_CACHED);
    usleep(110000);
    ck_assert_int_eq(bm_credential_cache_get(&found, cache, &key, 1), BM_CACHED_DATED);
}
END_TEST

/* More credentials than places: some are pushed out, none is taken for another. */
BM_TEST(many_credentials_are_never_mixed_up)
{
    bm_credential_cache_t *cache = bm_credential_cache_make(g_pool);
    bm_credential_key_t key;
    bm_identity_t who;
    int i, kept = 0;

    for (i = 0; i < 20000; i++) {
        who = named(apr_itoa(g_pool, i));
        bm_credential_cache_key(&key, cache, 'k', &i, sizeof(i));
        bm_credential_cache_put(cache, &key, &who, 1);
    }
    for (i = 0; i < 20000; i++) {
        bm_credential_cache_key(&key, cache, 'k', &i, sizeof(i));
        if (bm_credential_cache_get(&who, cache, &key, 1) == BM_CACHED_NOT)
            continue;
        kept++;
        ck_assert_str_eq(who.user, apr_itoa(g_pool, i));
    }
    ck_assert_int_gt(kept, 3500);
    ck_assert_int_le(kept, 4096);
}
END_TEST

BM_TEST(an_empty_cache_is_made)
{
    ck_assert_ptr_nonnull(bm_credential_cache_make(g_pool));
}
END_TEST

#include "test_credential_cache.reg"
