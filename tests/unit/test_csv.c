/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "base/csv.h"

/* A cell of text and what it becomes. */
static const struct {
    const char *text, *expected;
} cells[] = {
    { "plain", "plain" },
    { "", "\"\"" },
    { "a,b", "\"a,b\"" },
    { "a;b", "\"a;b\"" },
    { "say \"hi\"", "\"say \"\"hi\"\"\"" },
    { "\"", "\"\"\"\"" },
    { "two\nlines", "\"two\nlines\"" },
    { "two\r\nlines", "\"two\r\nlines\"" },
    { " blank", "\" blank\"" },
    { "blank ", "\"blank \"" },
    { "a=b", "a=b" },
    { "gr\xc3\xbc\xc3\x9f\x65", "gr\xc3\xbc\xc3\x9f\x65" },
    /* what a spreadsheet would compute */
    { "=1+1", "\"'=1+1\"" },
    { "+1", "\"'+1\"" },
    { "-1", "\"'-1\"" },
    { "@SUM(A1)", "\"'@SUM(A1)\"" },
    { "\t=1", "\"'\t=1\"" },
    { "\r=1", "\"'\r=1\"" },
    { "=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"" },
};

BM_TEST(text_is_quoted_and_neutralised)
{
    bm_buffer_t out = { 0 };
    size_t i;

    for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        bm_csv_t w;

        bm_buffer_clear(&out);
        bm_csv_init(&w, &out);
        bm_csv_text(&w, cells[i].text, strlen(cells[i].text));
        ck_assert_int_eq(w.rv, APR_SUCCESS);
        ck_assert_msg(out.len == strlen(cells[i].expected) && memcmp(out.data, cells[i].expected, out.len) == 0,
                      "%s became %.*s", cells[i].text, (int)out.len, out.data);
    }
    bm_buffer_free(&out);
}
END_TEST

BM_TEST(numbers_stay_numbers_and_null_is_nothing)
{
    bm_buffer_t out = { 0 };
    bm_csv_t w;

    bm_csv_init(&w, &out);
    bm_csv_plain(&w, "-1.5", 4);
    bm_csv_plain(&w, NULL, 0);
    bm_csv_text(&w, NULL, 0);
    bm_csv_plain(&w, "[\"a\"]", 5);
    bm_csv_end_row(&w);
    bm_csv_plain(&w, "2", 1);
    bm_csv_end_row(&w);
    ck_assert_int_eq(out.len, strlen("-1.5,,,\"[\"\"a\"\"]\"\r\n2\r\n"));
    ck_assert_mem_eq(out.data, "-1.5,,,\"[\"\"a\"\"]\"\r\n2\r\n", out.len);
    bm_buffer_free(&out);
}
END_TEST

BM_TEST(a_full_buffer_is_told)
{
    bm_buffer_t out = { .limit = 4 };
    bm_csv_t w;

    bm_csv_init(&w, &out);
    bm_csv_text(&w, "abc", 3);
    bm_csv_text(&w, "def", 3);
    ck_assert_int_eq(w.rv, APR_ENOSPC);
    bm_buffer_free(&out);
}
END_TEST

#include "test_csv.reg"
