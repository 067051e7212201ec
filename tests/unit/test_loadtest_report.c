/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <apr_strings.h>
#include "base/json.h"
#include "export/chart.h"
#include "export/compare_report.h"
#include "export/loadtest_report.h"
#include "export/report.h"

#define EVIL "<script>alert('x')</script>\\\" onload=\\\"x&amp;"
#define NONCE "0123456789abcdef0123456789abcdef"

static const char *text_of(bm_buffer_t *out)
{
    const char *text = apr_pstrmemdup(g_pool, out->data, out->len);

    bm_buffer_free(out);
    return text;
}

static const char *report_of(const char *json, const bm_sketch_t *sketch, const apr_array_header_t *seconds)
{
    bm_buffer_t out = { 0 };
    json_t *test = bm_json_adopt(json_loads(json, 0, NULL), g_pool);
    bm_loadtest_report_t report = { .test = test, .seconds = seconds, .sketch = sketch, .sketch_of = "ttft_ms", .made_at = "now",
                                    .made_of = "http://host/loadtests/1", .nonce = NONCE };

    ck_assert_ptr_nonnull(test);
    ck_assert_int_eq(bm_loadtest_report_write(&out, &report, g_pool), APR_SUCCESS);
    return text_of(&out);
}

static apr_array_header_t *seconds_of(int n)
{
    apr_array_header_t *seconds = apr_array_make(g_pool, n + 1, sizeof(bm_report_second_t));
    int i;

    for (i = 0; i < n; i++) {
        json_t *element = bm_json_adopt(json_pack("{s:i, s:i, s:{s:f}}", "second", i, "completed", i % 7, "ttft_ms", "p50",
                                                  i * 0.5), g_pool);

        bm_report_second(apr_array_push(seconds), element);
    }
    return seconds;
}

static int occurs(const char *text, const char *word)
{
    int n = 0;

    for (; (text = strstr(text, word)) != NULL; text++)
        n++;
    return n;
}

BM_TEST(text_is_only_text)
{
    bm_buffer_t out = { 0 };
    bm_html_t h;

    bm_html_init(&h, &out);
    bm_html_text(&h, "<a href=\"x\">&'\x01\n");
    bm_html_text(&h, NULL);
    ck_assert_str_eq(text_of(&out), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\xef\xbf\xbd\n\xe2\x80\x93");
}
END_TEST

BM_TEST(numbers_for_people)
{
    static const struct { double value; const char *number, *count; } cases[] = {
        { 0, "0", "0" }, { 0.12345, "0.123", "0" }, { 12.345, "12.35", "12" }, { 1234.56, "1234.6", "1,235" },
        { 12345678, "12345678", "12,345,678" }, { -1234, "-1234.0", "-1,234" }, { -123, "-123.00", "-123" },
        { NAN, "\xe2\x80\x93", "\xe2\x80\x93" }, { INFINITY, "\xe2\x80\x93", "\xe2\x80\x93" } };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bm_buffer_t out = { 0 };
        bm_html_t h;

        bm_html_init(&h, &out);
        bm_html_number(&h, cases[i].value);
        bm_html_put(&h, " ");
        bm_html_count(&h, cases[i].value);
        ck_assert_str_eq(text_of(&out), apr_pstrcat(g_pool, cases[i].number, " ", cases[i].count, NULL));
    }
}
END_TEST

/* Whatever stands in any text of a load test, the markup is the same. */
BM_TEST(hostile_texts_stay_texts)
{
    const char *text = report_of("{\"id\": 1, \"name\": \"" EVIL "\", \"status\": \"" EVIL "\", \"labels\": [\"" EVIL "\"],"
        " \"error\": \"" EVIL "\", \"validity\": {\"status\": \"" EVIL "\", \"reasons\": [\"" EVIL "\"]},"
        " \"plan\": {\"" EVIL "\": {\"" EVIL "\": \"" EVIL "\"}, \"slos\": [{\"" EVIL "\": 1}]},"
        " \"results\": {\"metrics\": {\"" EVIL "\": {\"n\": 2, \"basis\": \"" EVIL "\", \"provenance\": \"" EVIL "\"}},"
        " \"errors\": {\"" EVIL "\": 1}, \"throughput\": {\"provenance\": \"" EVIL "\"},"
        " \"goodput\": {\"slos\": [{\"metric\": \"" EVIL "\"}]}, \"steps\": [{\"value\": \"" EVIL "\"}]},"
        " \"certificate\": {\"before\": {\"errors\": {\"" EVIL "\": {\"n\": \"" EVIL "\"}}}, \"reason\": \"" EVIL "\"}}",
        NULL, seconds_of(0));

    ck_assert_ptr_null(strstr(text, "<script"));
    ck_assert_ptr_null(strstr(text, "\" onload"));
    ck_assert_int_gt(occurs(text, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;x&amp;amp;"), 12);
}
END_TEST

BM_TEST(hostile_texts_of_a_comparison)
{
    bm_buffer_t out = { 0 };
    json_t *found = bm_json_adopt(json_loads("{\"a\": {\"side\": \"" EVIL "\"}, \"b\": {\"side\": \"" EVIL "\"}, "
                                             "\"verdict\": \"" EVIL
        "\", \"sentence\": \"" EVIL "\", \"metrics\": [{\"metric\": \"" EVIL "\", \"verdict\": \"" EVIL "\", \"test\": \"" EVIL
        "\", \"effect\": {\"name\": \"" EVIL "\", \"magnitude\": \"" EVIL "\"}, \"a\": {\"curve\": [1]}}],"
        " \"configuration\": [{\"what\": \"" EVIL "\", \"a\": \"" EVIL "\", \"b\": {\"" EVIL "\": 1}}], \"notes\": "
        "[\"" EVIL "\"]}",
        0, NULL), g_pool);
    bm_compare_report_t report = { found, "now", "http://host/compare?a=<x>", NONCE };
    const char *text;

    ck_assert_ptr_nonnull(found);
    ck_assert_int_eq(bm_compare_report_write(&out, &report, g_pool), APR_SUCCESS);
    text = text_of(&out);
    ck_assert_ptr_null(strstr(text, "<script"));
    ck_assert_ptr_null(strstr(text, "\" onload"));
    ck_assert_ptr_null(strstr(text, "<x>"));
    ck_assert_int_gt(occurs(text, "&lt;script&gt;alert(&#39;x&#39;)"), 11);
}
END_TEST

BM_TEST(one_file_with_nothing_from_elsewhere)
{
    const char *text = report_of("{\"id\": 1, \"name\": \"a\", \"results\": {\"attempted\": 3}}", NULL, seconds_of(5));

    ck_assert_ptr_null(strstr(text, " src="));
    ck_assert_ptr_null(strstr(text, " href="));
    ck_assert_ptr_null(strstr(text, "url("));
    ck_assert_ptr_null(strstr(text, "@import"));
    ck_assert_ptr_null(strstr(text, " style="));
    ck_assert_int_eq(occurs(text, "<style nonce=\"" NONCE "\">"), 1);
    ck_assert_ptr_nonnull(strstr(text, "default-src &#39;none&#39;; style-src &#39;nonce-" NONCE "&#39;"));
    ck_assert_int_eq(occurs(text, "<figure>"), 5);
    ck_assert_int_eq(occurs(text, "</figure>"), 5);
}
END_TEST

BM_TEST(what_is_not_there_is_a_dash)
{
    ck_assert_ptr_nonnull(strstr(report_of("{}", NULL, seconds_of(1)), "There are no results yet."));
    ck_assert_ptr_nonnull(strstr(report_of("{\"results\": {}, \"plan\": null, \"certificate\": 7}", NULL, seconds_of(0)),
                                 "Too few points"));
    ck_assert_ptr_nonnull(strstr(report_of("{\"results\": {\"metrics\": [], \"steps\": [1, 2]}, \"plan\": [[[]]]}", NULL,
                                           seconds_of(2)),
                                 "</html>"));
}
END_TEST

/* A day of seconds is drawn by no more points than there is room for, and its peak is among them. */
BM_TEST(many_points_are_thinned_out)
{
    enum { DAY = 86400 };
    double *x = apr_palloc(g_pool, DAY * sizeof(*x)), *y = apr_palloc(g_pool, DAY * sizeof(*y));
    bm_chart_t chart = { "Day", "seconds", x, DAY, { { "y", y } }, 1, 0, 0 };
    bm_buffer_t out = { 0 };
    const char *text;
    bm_html_t h;
    int i;

    for (i = 0; i < DAY; i++) {
        x[i] = i;
        y[i] = i == 777 ? 90 : i > 40000 && i < 50000 ? NAN : 1;
    }
    bm_html_init(&h, &out);
    bm_chart_write(&h, &chart, g_pool);
    text = text_of(&out);
    ck_assert_uint_lt(strlen(text), 20000);
    ck_assert_ptr_nonnull(strstr(text, ">100</text>"));               /* the axis reaches over the peak */
    ck_assert_int_eq(occurs(strstr(text, "<svg viewBox"), "M"), 2);     /* one gap */
    ck_assert_ptr_null(strstr(text, "nan"));
    ck_assert_ptr_null(strstr(text, "inf"));
}
END_TEST

BM_TEST(distribution_of_a_sketch)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);
    const char *text;
    int i;

    for (i = 1; i <= 5000; i++)
        bm_sketch_add(sketch, i, 1);
    text = report_of("{\"results\": {}}", sketch, seconds_of(0));
    ck_assert_ptr_nonnull(strstr(text, ">99.9 %</text>"));
    ck_assert_ptr_null(strstr(text, ">99.99 %</text>"));
}
END_TEST

#include "test_loadtest_report.reg"
