/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "dataset_lines.h"
#include "parse/jsonl_reader.h"

static const struct {
    const char *text, *expected;
} texts[] = {
    { "", "" },
    { "\n \r\n\t\n", "" },
    { "{\"a\":1}", "1:{\"a\":1}" },
    { "{\"a\":1}\n", "1:{\"a\":1}" },
    { "{\"a\":1}\r\n\r\n{\"b\":[{}]}\r\n", "1:{\"a\":1} 3:{\"b\":[{}]}" },
    { "\xef\xbb\xbf{\"a\":\"\\n\\u00e4\"}\n{}", "1:{\"a\":\"\\n\xc3\xa4\"} 2:{}" },
    { "  {\"a\" : 1.5 , \"b\":null}  \n", "1:{\"a\":1.5,\"b\":null}" },
    { "{}\n{\"a\":1\n{}", "Line 2, column 6: '}' expected near end of file." },
    { "{}\n\n{\"a\":tru}\n", "Line 3, column 8: invalid token near 'tru'." },
    { "{}\n[]\n", "Line 2 is not a JSON object." },
    { "\"text\"\n", "Line 1 is not a JSON object." },
    { "{}{}\n", "Line 1, column 3: end of file expected near '{'." },
    { "{\"a\":1,\"a\":2}", "Line 1, column 10: duplicate object key near '\"a\"'." },
    { "{\"a\":\"\\u0000\"}", "Line 1, column 13: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"\\u0000\"'." },
    { "{\"a\":1e999}", "Line 1, column 10: real number overflow near '1e999'." },
    { "{\"a\":99999999999999999999}", "Line 1, column 25: too big integer near '99999999999999999999'." },
    { "{\"a\":\"\xff\"}", "Line 1, column 6: unable to decode byte 0xff near '\"'." },
};

BM_LOOP_TEST(lines_become_objects_or_a_sentence, BM_COUNT(texts))
{
    ck_assert_str_eq(read_all(bm_jsonl_read, texts[_i].text, strlen(texts[_i].text)), texts[_i].expected);
}
END_TEST

BM_TEST(a_line_that_is_nested_too_deep_is_named)
{
    char text[300];

    memset(text, '[', sizeof(text));
    memcpy(text, "{}\n{\"a\":", 8);
    ck_assert_str_eq(read_all(bm_jsonl_read, text, sizeof(text)), "Line 2: The JSON text is nested deeper than 64 levels.");
}
END_TEST

BM_TEST(the_caller_can_stop_it)
{
    lines_t lines = { .text = "", .stop_at = 2 };

    ck_assert_int_eq(bm_jsonl_read("{}\n{}\n{}\n", 9, note_entry, &lines, bm_err_make(g_pool), g_pool), APR_ENOSPC);
    ck_assert_int_eq(lines.count, 2);
}
END_TEST

BM_TEST(damaged_text_does_no_harm)
{
    try_damaged(bm_jsonl_read,
                "\xef\xbb\xbf{\"prompt\":\"a \\\"b\\\" \xc3\xa4\",\"n\":-1.5e3}\r\n\n{\"c\":[1,{\"d\":null}]}\n{}");
}
END_TEST

#include "test_jsonl_reader.reg"
