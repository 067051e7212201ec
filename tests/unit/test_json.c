/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/rand.h"

static bm_buffer_t out;
static bm_jw_t w;

static const char *written(void)
{
    const char *text = apr_pstrmemdup(g_pool, out.data, out.len);

    ck_assert_int_eq(w.rv, APR_SUCCESS);
    bm_buffer_free(&out);
    return text;
}

typedef struct ms_case_t {
    double ms;
    const char *text;
} ms_case_t;

static const ms_case_t times[] = {
    { 0, "0" }, { 12, "12" }, { 3.2059512, "3.20595" }, { 1234.56789, "1234.568" }, { 123.4567, "123.457" },
    { 0.0512345678, "0.0512346" },
    { -0.5, "-0.5" }, { 99.99996, "100" }, { 1e-9, "0.000000001" }, { NAN, "null" }, { 86400000.25, "86400000.25" }
};

BM_LOOP_TEST(ms_have_a_microsecond_or_six_digits, BM_COUNT(times))
{
    bm_jw_init(&w, &out);
    bm_jw_ms(&w, times[_i].ms);
    ck_assert_str_eq(written(), times[_i].text);
}
END_TEST

/* The C library's: APR's rounds otherwise. */
static const char *by_printf(int significant, int digits, double value)
{
    char text[400];

    if (significant)
        snprintf(text, sizeof(text), "%.*g", digits, value);
    else
        snprintf(text, sizeof(text), "%.*f", digits, value);
    return apr_pstrdup(g_pool, text);
}

static const char *trimmed(const char *text)
{
    apr_size_t len = strlen(text);

    if (strchr(text, '.') == NULL)
        return text;
    while (text[len - 1] == '0')
        len--;
    return apr_pstrndup(g_pool, text, text[len - 1] == '.' ? len - 1 : len);
}

/* What is written without printf is what printf writes: sums of decimals, halves, and whatever bits there are. */
BM_TEST(numbers_are_those_of_printf)
{
    bm_rand_t r;
    int i, decimals;

    bm_rand_seed(&r, 7);
    for (i = 0; i < 20000; i++) {
        double value = exp(40 * bm_rand_uniform(&r) - 12) * (bm_rand_below(&r, 8) ? 1 : -1);

        decimals = (int)bm_rand_below(&r, 10);
        if (bm_rand_below(&r, 2))
            value = floor(value * 2000) / 2000;          /* a decimal, or a half of one */
        bm_jw_init(&w, &out);
        bm_jw_fixed(&w, value, decimals);
        ck_assert_str_eq(written(), trimmed(by_printf(0, decimals, value)));
        bm_jw_init(&w, &out);
        bm_jw_double(&w, value);
        ck_assert_str_eq(written(), by_printf(1, 15, value));
        bm_jw_init(&w, &out);
        bm_jw_int(&w, (apr_int64_t)value);
        ck_assert_str_eq(written(), apr_psprintf(g_pool, "%" APR_INT64_T_FMT, (apr_int64_t)value));
    }
}
END_TEST

BM_TEST(commas_are_where_they_belong)
{
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "a");
    bm_jw_int(&w, -1);
    bm_jw_key(&w, "b");
    bm_jw_begin_array(&w);
    bm_jw_null(&w);
    bm_jw_bool(&w, 1);
    bm_jw_begin_object(&w);
    bm_jw_end_object(&w);
    bm_jw_string(&w, "x");
    bm_jw_raw(&w, "[1]", 3);
    bm_jw_end_array(&w);
    bm_jw_key(&w, "c");
    bm_jw_double(&w, NAN);
    bm_jw_key(&w, "d");
    bm_jw_fixed(&w, 1.500, 3);
    bm_jw_end_object(&w);
    ck_assert_str_eq(written(), "{\"a\":-1,\"b\":[null,true,{},\"x\",[1]],\"c\":null,\"d\":1.5}");
}
END_TEST

BM_TEST(a_value_that_was_read_is_written_as_it_was)
{
    static const char text[] = "{\"b\":[1,null,\"\u00e4\"],\"a\":{\"x\":0.95}}";
    json_t *j;

    ck_assert_int_eq(bm_json_parse(&j, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    bm_jw_init(&w, &out);
    bm_jw_begin_array(&w);
    bm_jw_json(&w, j);
    bm_jw_json(&w, NULL);
    bm_jw_json(&w, json_object_get(j, "b"));
    bm_jw_end_array(&w);
    ck_assert_str_eq(written(), apr_psprintf(g_pool, "[%s,null,[1,null,\"\u00e4\"]]", text));
}
END_TEST

BM_TEST(a_value_that_does_not_fit_is_an_error)
{
    bm_buffer_t small = { .limit = 5 };
    json_t *j;

    ck_assert_int_eq(bm_json_parse(&j, "[1,2,3]", 7, NULL, g_pool), APR_SUCCESS);
    bm_jw_init(&w, &small);
    bm_jw_json(&w, j);
    ck_assert_int_eq(w.rv, APR_ENOSPC);
    bm_buffer_free(&small);
}
END_TEST

/* Names, and what they must be when read back: short and plain ones take another way than the rest. */
static const char *const names[] = {
    "", "a", "with blank", "quote\"", "back\\slash", "line\nfeed", "tab\t", "\x01", "\x7f", "umlaut \xc3\xa4", "\xe2\x80\xa8",
    "123456789012345678901234567890123456789012345678901234567",
    "1234567890123456789012345678901234567890123456789012345678",
    "12345678901234567890123456789012345678901234567890123456789",
    "123456789012345678901234567890123456789012345678901234567890",
    "1234567890123456789012345678901234567890123456789012345678901",
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
};

BM_LOOP_TEST(any_name_reads_back, BM_COUNT(names))
{
    const char *text;
    json_t *j;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "first-name");
    bm_jw_int(&w, 1);
    bm_jw_key(&w, names[_i]);
    bm_jw_string(&w, names[_i]);
    bm_jw_end_object(&w);
    text = written();
    ck_assert_msg(bm_json_parse(&j, text, strlen(text), NULL, g_pool) == APR_SUCCESS, "%s", text);
    ck_assert_uint_eq(json_object_size(j), 2);
    ck_assert_str_eq(json_string_value(json_object_get(j, names[_i])), names[_i]);
}
END_TEST

BM_TEST(a_full_buffer_is_told)
{
    out.limit = 4;
    bm_jw_init(&w, &out);
    bm_jw_string(&w, "12");
    ck_assert_int_eq(w.rv, APR_SUCCESS);
    bm_jw_int(&w, 1);
    ck_assert(APR_STATUS_IS_ENOSPC(w.rv));
    ck_assert_uint_le(out.len, 4);
    bm_buffer_free(&out);
    out.limit = 0;
}
END_TEST

/* Numbers as people write them, where that is what they are; all digits where they are needed. */
BM_TEST(numbers_are_written_short_if_that_is_exact)
{
    static const char *const texts[] = { "0.95", "[0.1,1e-7,123456.789]", "{\"a\":{\"b\":[0.3]}}", "1.0", "[]", "86400000.5" };
    size_t i;
    json_t *j;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        j = bm_json_adopt(json_loads(texts[i], JSON_DECODE_ANY, NULL), g_pool);
        ck_assert_str_eq(bm_json_dump(NULL, j, g_pool), texts[i]);
    }
    j = bm_json_adopt(json_pack("[f,f]", 0.1 + 0.2, 1.0 / 3), g_pool);
    j = bm_json_adopt(json_loads(bm_json_dump(NULL, j, g_pool), 0, NULL), g_pool);
    ck_assert(json_real_value(json_array_get(j, 0)) == 0.1 + 0.2);
    ck_assert(json_real_value(json_array_get(j, 1)) == 1.0 / 3);
}
END_TEST

#include "test_json.reg"
