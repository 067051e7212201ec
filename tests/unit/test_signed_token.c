/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "auth/access_token.h"
#include "crypt/opaque_token.h"
#include "crypt/signed_token.h"

static const unsigned char *unhex(apr_size_t *len, const char *text)
{
    apr_size_t n = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2, i;
    unsigned char *data = apr_palloc(g_pool, n + 1);

    for (i = 0; i < n; i++) {
        unsigned byte;

        ck_assert_int_eq(sscanf(text + 2 * i, "%2x", &byte), 1);
        data[i] = (unsigned char)byte;
    }
    *len = n;
    return data;
}

/* Our verifier says of each vector what it is marked as. */
BM_TEST(wycheproof_vectors_are_as_marked)
{
    FILE *file = fopen(BM_TEST_SRCDIR "/wycheproof_ed25519.txt", "r");
    static char line[70000];
    int valid = 0, invalid = 0;

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *last, *number, *verdict;
        const unsigned char *key, *message, *signature;
        apr_size_t key_len, message_len, signature_len;
        int right;

        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        number = apr_strtok(line, " ", &last);
        verdict = apr_strtok(NULL, " ", &last);
        key = unhex(&key_len, apr_strtok(NULL, " ", &last));
        message = unhex(&message_len, apr_strtok(NULL, " ", &last));
        signature = unhex(&signature_len, apr_strtok(NULL, " ", &last));
        ck_assert_uint_eq(key_len, BM_SIGN_PUBLIC);
        right = bm_sign_verify(signature, signature_len, message, message_len, key);
        ck_assert_msg(right == (strcmp(verdict, "valid") == 0), "vector %s is %s", number, verdict);
        if (right)
            valid++;
        else
            invalid++;
    }
    fclose(file);
    ck_assert_int_gt(valid, 80);
    ck_assert_int_gt(invalid, 50);
}
END_TEST

/* Not one bit of a token can be changed, and no byte be added or left out. */
BM_TEST(every_bit_of_a_token_counts)
{
    bm_sign_key_t key;
    const char *token, *payload;
    apr_size_t len, i;
    int bit;

    ck_assert_int_eq(bm_sign_key_make(&key), APR_SUCCESS);
    ck_assert_int_eq(bm_signed_token_make(&token, "{\"sub\":\"anna\"}", &key, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_signed_token_verify(&payload, &len, token, &key, g_pool), APR_SUCCESS);
    ck_assert_str_eq(payload, "{\"sub\":\"anna\"}");
    ck_assert_uint_eq(len, strlen(payload));
    for (i = 0; i < strlen(token); i++) {
        for (bit = 0; bit < 8; bit++) {
            char *other = apr_pstrdup(g_pool, token);

            other[i] = (char)(other[i] ^ (1 << bit));
            ck_assert_int_eq(bm_signed_token_verify(&payload, &len, other, &key, g_pool), APR_EACCES);
        }
    }
    ck_assert_int_eq(bm_signed_token_verify(&payload, &len, apr_pstrcat(g_pool, token, "A", NULL), &key, g_pool), APR_EACCES);
    ck_assert_int_eq(bm_signed_token_verify(&payload, &len, apr_pstrcat(g_pool, token, "=", NULL), &key, g_pool), APR_EACCES);
    ck_assert_int_eq(bm_signed_token_verify(&payload, &len, apr_pstrcat(g_pool, token, "\n", NULL), &key, g_pool), APR_EACCES);
    ck_assert_int_eq(bm_signed_token_verify(&payload, &len, apr_pstrndup(g_pool, token, strlen(token) - 1), &key, g_pool),
                     APR_EACCES);
}
END_TEST

BM_TEST(the_header_chooses_among_our_keys_only)
{
    bm_sign_key_t keys[3];
    const char *token, *payload;
    apr_size_t len;
    int i;

    for (i = 0; i < 3; i++)
        ck_assert_int_eq(bm_sign_key_make(&keys[i]), APR_SUCCESS);
    ck_assert_int_eq(bm_signed_token_make(&token, "{}", &keys[1], g_pool), APR_SUCCESS);
    ck_assert_ptr_eq(bm_signed_token_key(token, keys, 3, g_pool), &keys[1]);
    ck_assert_ptr_null(bm_signed_token_key(token, keys, 1, g_pool));
    ck_assert_ptr_null(bm_signed_token_key("", keys, 3, g_pool));
    ck_assert_ptr_null(bm_signed_token_key(".e30.", keys, 3, g_pool));
    memcpy(keys[2].kid, keys[1].kid, sizeof(keys[2].kid));                /* the name of one with the signature of another */
    ck_assert_int_eq(bm_signed_token_verify(&payload, &len, token, &keys[2], g_pool), APR_EACCES);
}
END_TEST

/* What a token says is held against the clock, and a second more or less decides. */
BM_TEST(tokens_have_their_time)
{
    bm_sign_key_t key;
    bm_claims_t claims = { "issuer", "anna", "ABCDEFGHIJKLMNOPQRSTUV", 1000, 2000 }, read;
    const char *token;

    ck_assert_int_eq(bm_sign_key_make(&key), APR_SUCCESS);
    ck_assert_int_eq(bm_access_token_make(&token, &claims, &key, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_access_token_read(&read, token, "issuer", &key, 1, 1999, g_pool), APR_SUCCESS);
    ck_assert_str_eq(read.user, "anna");
    ck_assert_str_eq(read.session, claims.session);
    ck_assert_int_eq(bm_access_token_read(&read, token, "issuer", &key, 1, 2000, g_pool), APR_EACCES);
    ck_assert_int_eq(bm_access_token_read(&read, token, "issuer", &key, 1, 1000 - BM_TOKEN_LEEWAY, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_access_token_read(&read, token, "issuer", &key, 1, 999 - BM_TOKEN_LEEWAY, g_pool), APR_EACCES);
    ck_assert_int_eq(bm_access_token_read(&read, token, "another", &key, 1, 1500, g_pool), APR_EACCES);
    ck_assert_int_eq(bm_access_token_read(&read, token, "issuer", &key, 0, 1500, g_pool), APR_NOTFOUND);
}
END_TEST

/* base64url has one form for each row of bytes. */
BM_TEST(base64url_has_one_form)
{
    static const char *const refused[] = { "QQ==", "QQ=", "QR", "Q", "QQ Q", " QQ", "QQ\n", "Q+", "Q/", "QQQQQ", "\xc3\xa9",
                                          "\xdf\xdf\xdf\xdf", "-\xad--" };
    unsigned char *data;
    apr_size_t len, i;

    ck_assert_int_eq(bm_base64url_read(&data, &len, "QQ", 2, g_pool), APR_SUCCESS);
    ck_assert_str_eq((const char *)data, "A");
    ck_assert_str_eq(bm_base64url("\xfb\xff", 2, g_pool), "-_8");
    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        ck_assert_msg(bm_base64url_read(&data, &len, refused[i], strlen(refused[i]), g_pool) == APR_EINVAL, "%s", refused[i]);
}
END_TEST

BM_TEST(secrets_have_a_form_and_successors_a_key)
{
    char one[BM_OPAQUE_LENGTH + 1], two[BM_OPAQUE_LENGTH + 1], next[BM_OPAQUE_LENGTH + 1], again[BM_OPAQUE_LENGTH + 1];
    unsigned char key[BM_DIGEST_BYTES] = { 1 }, other[BM_DIGEST_BYTES] = { 2 };

    ck_assert_int_eq(bm_opaque_make(one), APR_SUCCESS);
    ck_assert_int_eq(bm_opaque_make(two), APR_SUCCESS);
    ck_assert_str_ne(one, two);
    ck_assert(bm_opaque_has_form(one, strlen(one)));
    ck_assert(!bm_opaque_has_form("", 0));
    ck_assert(!bm_opaque_has_form(one, BM_OPAQUE_LENGTH - 1));
    bm_opaque_successor(next, key, one);
    bm_opaque_successor(again, key, one);
    ck_assert_str_eq(next, again);
    ck_assert(bm_opaque_has_form(next, strlen(next)));
    bm_opaque_successor(again, other, one);
    ck_assert_str_ne(next, again);
}
END_TEST

#include "test_signed_token.reg"
