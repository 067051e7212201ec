/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "dataset_lines.h"
#include "parse/csv_reader.h"

static const struct {
    const char *text, *expected;
} texts[] = {
    { "", "" },
    { "\n\r\n", "" },
    { "a,b\n", "" },
    { "a,b\n1,x", "2:{\"a\":1,\"b\":\"x\"}" },
    { "a,b\r\n1,x\r\n\r\n2,y\r\n", "2:{\"a\":1,\"b\":\"x\"} 4:{\"a\":2,\"b\":\"y\"}" },
    { "\xef\xbb\xbf\"a\",\"b c\"\n,\n", "2:{\"a\":\"\",\"b c\":\"\"}" },
    { "a\n\"\"\n\n\"x\"\n", "2:{\"a\":\"\"} 4:{\"a\":\"x\"}" },
    { "a,b\n\"one\ntwo, \"\"three\"\"\",4\n5,6\n", "2:{\"a\":\"one\\ntwo, \\\"three\\\"\",\"b\":4} 4:{\"a\":5,\"b\":6}" },
    { "a,b\n\"l1\r\nl2\",1\n", "2:{\"a\":\"l1\\r\\nl2\",\"b\":1}" },
    /* what is a number and what is not */
    { "a\n0\n", "2:{\"a\":0}" },
    { "a\n-1.5e3\n", "2:{\"a\":-1500.0}" },
    { "a\n9223372036854775807\n", "2:{\"a\":9223372036854775807}" },
    { "a\n9223372036854775808\n", "2:{\"a\":\"9223372036854775808\"}" },
    { "a\n1e20\n", "2:{\"a\":\"1e20\"}" },
    { "a\n1e999\n", "2:{\"a\":\"1e999\"}" },
    { "a\n\"7\"\n", "2:{\"a\":\"7\"}" },
    { "a\n007\n", "2:{\"a\":\"007\"}" },
    { "a\n+1\n", "2:{\"a\":\"+1\"}" },
    { "a\n.5\n", "2:{\"a\":\".5\"}" },
    { "a\n5.\n", "2:{\"a\":\"5.\"}" },
    { "a\n 5\n", "2:{\"a\":\" 5\"}" },
    { "a\n1 2\n", "2:{\"a\":\"1 2\"}" },
    { "a\n0x10\n", "2:{\"a\":\"0x10\"}" },
    { "a\nNaN\ntrue\nnull\n-\n", "2:{\"a\":\"NaN\"} 3:{\"a\":\"true\"} 4:{\"a\":\"null\"} 5:{\"a\":\"-\"}" },
    { "a\n[1]\n{}\n", "2:{\"a\":\"[1]\"} 3:{\"a\":\"{}\"}" },
    /* what is refused */
    { "a,\n1,2\n", "Line 1: Column 2 has no name." },
    { "\n\na,b,a\n", "Line 3: Column 3 has the name of another one, \"a\"." },
    { "a,b\n1,2\n\n1\n", "Line 4: There are 1 values for 2 columns." },
    { "a,b\n\"x\ny\",2\n1,2,3\n", "Line 4: There are 3 values for 2 columns." },
    { "a,b\n1,2\n3,\"open\n4,5\n", "Line 3: The quote that begins here is not closed." },
    { "a\n\"x\"y\n", "Line 2: A comma or the end of the line must follow a closing quote." },
    { "a\n\"x\" \n", "Line 2: A comma or the end of the line must follow a closing quote." },
    { "a\nx\"y\n", "Line 2: A value with a quote in it must be quoted itself." },
    { "a\nx\ry\n", "Line 2: A carriage return that ends no line must be quoted." },
    { "a\nb\n\xff\n", "Line 3: It is not UTF-8, or has a NUL." },
};

BM_LOOP_TEST(records_become_objects_or_a_sentence, BM_COUNT(texts))
{
    ck_assert_str_eq(read_all(bm_csv_read, texts[_i].text, strlen(texts[_i].text)), texts[_i].expected);
}
END_TEST

BM_TEST(a_nul_is_refused_with_its_line)
{
    ck_assert_str_eq(read_all(bm_csv_read, "a\n\0\n", 4), "Line 2: It is not UTF-8, or has a NUL.");
}
END_TEST

BM_TEST(columns_and_names_have_limits)
{
    char text[1000], *to = text;
    int i;

    for (i = 0; i <= BM_CSV_COLUMNS_MAX; i++)
        to += apr_snprintf(to, 8, "%s%x", i ? "," : "", i);
    ck_assert_str_eq(read_all(bm_csv_read, text, (apr_size_t)(to - text)), "Line 1: More than 200 columns are not possible.");
    memset(text, 'n', sizeof(text));
    ck_assert_str_eq(read_all(bm_csv_read, text, BM_CSV_NAME_MAX + 1), "Line 1: The name of column 1 is longer than 200 bytes.");
    ck_assert_str_eq(read_all(bm_csv_read, text, BM_CSV_NAME_MAX), "");
}
END_TEST

BM_TEST(the_caller_can_stop_it)
{
    lines_t lines = { .text = "", .stop_at = 2 };

    ck_assert_int_eq(bm_csv_read("a\n1\n2\n3\n", 8, note_entry, &lines, bm_err_make(g_pool), g_pool), APR_ENOSPC);
    ck_assert_int_eq(lines.count, 2);
}
END_TEST

BM_TEST(damaged_text_does_no_harm)
{
    try_damaged(bm_csv_read, "\xef\xbb\xbfprompt,\"max tokens\",n\r\n\"a \"\"b\"\",\nc\",12,-1.5e3\r\n\nx,\"\",\xc3\xa4\n");
}
END_TEST

#include "test_csv_reader.reg"
