/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "crypt/password.h"

BM_TEST(a_password_is_every_byte_of_it)
{
    char longest[BM_PASSWORD_MAX + 2];
    const char *hash;

    memset(longest, 'x', BM_PASSWORD_MAX);
    longest[BM_PASSWORD_MAX] = '\0';
    ck_assert_int_eq(bm_password_hash(&hash, longest, g_pool), APR_SUCCESS);
    ck_assert(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
    ck_assert(bm_password_verify(hash, longest));
    longest[BM_PASSWORD_MAX - 1] = 'y';
    ck_assert(!bm_password_verify(hash, longest));
    longest[BM_PASSWORD_MAX] = 'z';
    longest[BM_PASSWORD_MAX + 1] = '\0';
    ck_assert_int_eq(bm_password_hash(&hash, longest, g_pool), APR_EINVAL);
}
END_TEST

/* Nobody's hash is one of today's, or it would be verified in another time. */
BM_TEST(nobody_is_never_right)
{
    ck_assert(!bm_password_verify(NULL, ""));
    ck_assert(!bm_password_verify(NULL, "password"));
    ck_assert(!bm_password_verify("no hash", "password"));
    ck_assert(!bm_password_is_dated(NULL));
}
END_TEST

BM_TEST(other_parameters_are_noticed)
{
    const char *hash;

    ck_assert_int_eq(bm_password_hash(&hash, "password", g_pool), APR_SUCCESS);
    ck_assert(!bm_password_is_dated(hash));
    ck_assert(bm_password_is_dated("$argon2id$v=19$m=8192,t=1,p=1$rkyvt0JSDTLCjTB/nRr5GA"
                                   "$i208uPeJHwCqki4HTABoOAy8dY5X8MpQJlMAOckPF+Y"));
    ck_assert(bm_password_is_dated("no hash"));
}
END_TEST

#include "test_password.reg"
