/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "provider/provider_mould.h"

typedef struct case_t {
    const char *cast, *data;
    const char *text;        /* NULL: does not fit */
} case_t;

static const case_t cases[] = {
    { "{\"content\":\"a\"}", "{\"content\":\"bcd\"}", "bcd" },
    { "{\"content\": \"a\"}", "{\"content\": \"b\"}", "b" },
    { "{\"content\":\"a \\\"q\\\" \\\\\"}", "{\"content\":\"b\"}", "b" },
    { "{\"a\":[{\"content\":\"a\"}],\"b\":1}", "{\"a\":[{\"content\":\"\xc3\xa4\"}],\"b\":1}", "\xc3\xa4" },
    { "{\"content\":\"a\"}", "{\"content\":\"\"}", NULL },
    { "{\"content\":\"a\"}", "{\"content\":\"b\\n\"}", NULL },
    { "{\"content\":\"a\"}", "{\"content\":\"b\",\"x\":\"\"}", NULL },
    { "{\"content\":\"a\"}", "{\"content\":\"\xff\"}", NULL },
    { "{\"content\":\"a\"}", "{\"content\":\"\t\"}", NULL },
    { "{\"content\":\"a\"}", "{\"content\":\"b\"} ", NULL },
    { "{\"content\":\"a\"}", "{\"content\":7}", NULL },
    { "{\"content\":\"a\",\"n\":1}", "{\"content\":\"b\",\"n\":2}", NULL },
    { "{\"content\":\"a\",\"b\":{\"content\":\"x\"}}", "{\"content\":\"b\",\"b\":{\"content\":\"x\"}}", NULL },
    { "{\"content\":null}", "{\"content\":\"a\"}", NULL },
    { "{\"x\":\"a\"}", "{\"x\":\"b\"}", NULL },
    { "{\"x\":\"say \\\"content\\\":\\\"a\\\"\",\"content\":\"a\"}", "{\"x\":\"say \\\"content\\\":\\\"a\\\"\","
      "\"content\":\"b\"}", "b" },
    { "{\"content\":\"a", "{\"content\":\"b", NULL },
    { "{\"content\":", "{\"content\":", NULL },
};

BM_LOOP_TEST(only_another_text_fits, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    bm_provider_mould_t *mould = bm_provider_mould_make(g_pool);
    apr_size_t len = strlen(c->data);
    const char *text;

    ck_assert_ptr_null(bm_provider_mould_fit(mould, &len, c->data, strlen(c->data)));
    bm_provider_mould_cast(mould, "content", c->cast, strlen(c->cast));
    text = bm_provider_mould_fit(mould, &len, c->data, strlen(c->data));
    ck_assert_str_eq(text ? apr_pstrmemdup(g_pool, text, len) : "(none)", c->text ? c->text : "(none)");
}
END_TEST

/* What is cast last counts, also when it is nothing. */
BM_TEST(a_mould_is_replaced)
{
    bm_provider_mould_t *mould = bm_provider_mould_make(g_pool);
    apr_size_t len;

    bm_provider_mould_cast(mould, "content", "{\"content\":\"a\"}", 15);
    ck_assert_ptr_nonnull(bm_provider_mould_fit(mould, &len, "{\"content\":\"b\"}", 15));
    bm_provider_mould_cast(mould, "content", "{\"other\":\"a\"}", 13);
    ck_assert_ptr_null(bm_provider_mould_fit(mould, &len, "{\"content\":\"b\"}", 15));
}
END_TEST

#include "test_provider_mould.reg"
