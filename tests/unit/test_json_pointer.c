/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "base/json.h"
#include "parse/json_pointer.h"

/* The document and the answers of RFC 6901 section 5, and what is not in it. */
static const char document[] =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,"
    "\"~1\":9,\"01\":10,\"deep\":{\"list\":[[{\"x\":11}]]},\"\\u00e9\":12}";

typedef struct pointer_case_t {
    const char *pointer;
    const char *found;      /* compact JSON; NULL: nothing */
} pointer_case_t;

static const pointer_case_t finds[] = {
    { "", document }, { "/foo", "[\"bar\",\"baz\"]" }, { "/foo/0", "\"bar\"" }, { "/foo/1", "\"baz\"" }, { "/", "0" },
    { "/a~1b", "1" }, { "/c%d", "2" }, { "/e^f", "3" }, { "/g|h", "4" }, { "/i\\j", "5" }, { "/k\"l", "6" },
    { "/ ", "7" },
    { "/m~0n", "8" }, { "/~01", "9" }, { "/01", "10" }, { "/deep/list/0/0/x", "11" }, { "/\xc3\xa9", "12" },
    { "/foo/2", NULL }, { "/foo/-", NULL }, { "/foo/00", NULL }, { "/foo/01", NULL }, { "/foo/+1", NULL },
    { "/foo/", NULL },
    { "/foo/0x", NULL }, { "/foo/99999999999999999999", NULL }, { "/foo/4294967296", NULL }, { "/nope", NULL },
    { "/foo/0/x", NULL }, { "//x", NULL }, { "foo", NULL }, { "/m~n", NULL }, { "/a~", NULL }, { "/a~2b", NULL },
    { "/a~1", NULL }, { "/a~1bb", NULL }, { NULL, NULL },
};

BM_LOOP_TEST(pointers_find_what_rfc_6901_says, BM_COUNT(finds))
{
    const pointer_case_t *c = &finds[_i];
    json_t *root, *found, *expected;

    ck_assert_int_eq(bm_json_parse(&root, document, strlen(document), NULL, g_pool), APR_SUCCESS);
    found = bm_json_pointer_find(root, c->pointer);
    if (c->found == NULL) {
        ck_assert_ptr_null(found);
        return;
    }
    expected = bm_json_adopt(json_loads(c->found, JSON_DECODE_ANY, NULL), g_pool);
    ck_assert(json_equal(found, expected));
}
END_TEST

BM_TEST(a_long_key_is_found)
{
    json_t *root = bm_json_adopt(json_object(), g_pool);
    char key[300], pointer[302] = "/";

    memset(key, 'k', sizeof(key));
    key[299] = '\0';
    memcpy(pointer + 1, key, sizeof(key));
    json_object_set_new(root, key, json_integer(1));
    ck_assert_int_eq(json_integer_value(bm_json_pointer_find(root, pointer)), 1);
    pointer[299] = '\0';
    ck_assert_ptr_null(bm_json_pointer_find(root, pointer));
}
END_TEST

static const char *const keys[] = { "", "a", "a/b", "~", "~1", "/~/", "m~n", "\xc3\xa9", "a b" };

BM_LOOP_TEST(what_add_builds_find_finds, BM_COUNT(keys))
{
    json_t *root = bm_json_adopt(json_pack("{s:[i,{s:i}]}", keys[_i], 1, keys[_i], 2), g_pool);
    const char *pointer = bm_json_pointer_add("", keys[_i], g_pool);

    pointer = bm_json_pointer_add(bm_json_pointer_add_index(pointer, 1, g_pool), keys[_i], g_pool);
    ck_assert(bm_json_pointer_is_valid(pointer));
    ck_assert_int_eq(json_integer_value(bm_json_pointer_find(root, pointer)), 2);
}
END_TEST

BM_TEST(add_escapes)
{
    ck_assert_str_eq(bm_json_pointer_add("/x", "a/b~c", g_pool), "/x/a~1b~0c");
    ck_assert_str_eq(bm_json_pointer_add_index("/x", 10, g_pool), "/x/10");
}
END_TEST

#include "test_json_pointer.reg"
