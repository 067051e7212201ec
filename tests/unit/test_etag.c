/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "api/etag.h"
#include "parse/etag_list.h"

BM_TEST(versions_are_quoted)
{
    ck_assert_str_eq(bm_etag_of_version("r", "17.1.0", g_pool), "\"r17.1.0\"");
}
END_TEST

/* Every single byte and the length matter, at each position within and across words. */
BM_TEST(any_change_changes_the_tag)
{
    char bytes[40];
    const char *tag;
    size_t len, i;

    memset(bytes, 'a', sizeof(bytes));
    for (len = 0; len < sizeof(bytes); len++) {
        tag = bm_etag_of_bytes(bytes, len, g_pool);
        ck_assert_str_eq(tag, bm_etag_of_bytes(bytes, len, g_pool));
        ck_assert_str_ne(tag, bm_etag_of_bytes(bytes, len + 1, g_pool));
        for (i = 0; i < len; i++) {
            bytes[i] = 'b';
            ck_assert_str_ne(tag, bm_etag_of_bytes(bytes, len, g_pool));
            bytes[i] = 'a';
        }
    }
    ck_assert_str_ne(bm_etag_of_bytes("\0", 1, g_pool), bm_etag_of_bytes("", 0, g_pool));
}
END_TEST

/* What mod_deflate makes of our tag still names the same answer. */
BM_TEST(a_compressed_copy_has_the_same_tag)
{
    bm_etag_list_t *list;
    const char *tag = bm_etag_of_bytes("x", 1, g_pool);
    const char *sent = apr_pstrcat(g_pool, apr_pstrmemdup(g_pool, tag, strlen(tag) - 1), "-gzip\"", NULL);

    ck_assert_int_eq(bm_etag_list_parse(&list, sent, g_pool), APR_SUCCESS);
    ck_assert(bm_etag_list_has(list, tag, 0));
}
END_TEST

#include "test_etag.reg"
