/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <string.h>
#include <apr_strings.h>
#include "export/prometheus.h"

static const bm_prometheus_family_t gauge = { BM_PROMETHEUS_GAUGE, "a_gauge", NULL, "With \\ and \"quotes\"\nand a line." };
static const bm_prometheus_family_t counter = { BM_PROMETHEUS_COUNTER, "some_things", NULL, "Things." };
static const bm_prometheus_family_t seconds = { BM_PROMETHEUS_HISTOGRAM, "wait_seconds", "seconds", "Waits." };
static const bm_prometheus_family_t info = { BM_PROMETHEUS_INFO, "build", NULL, "Version." };

#define CREATED (apr_time_from_sec(1767225600) + 250000)

static const char *text_of(const bm_buffer_t *out)
{
    return apr_pstrmemdup(g_pool, out->data ? out->data : "", out->len);
}

/* The buffer must be there as long as the pool that frees it. */
static bm_buffer_t *begin(bm_prometheus_t *w, int open_metrics)
{
    bm_buffer_t *out = apr_pcalloc(g_pool, sizeof(*out));

    bm_buffer_adopt(out, g_pool);
    bm_prometheus_begin(w, out, open_metrics, CREATED);
    return out;
}

static void write_some(bm_prometheus_t *w)
{
    bm_prometheus_family(w, &gauge);
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "name", "a \"b\" \\ c\nd" }, { "empty", "" }), -3);
    bm_prometheus_family(w, &counter);
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS(), 12);
    bm_prometheus_family(w, &info);
    bm_prometheus_count(w, BM_PROMETHEUS_LABELS({ "version", "1" }), 1);
    ck_assert_int_eq(bm_prometheus_end(w), APR_SUCCESS);
}

BM_TEST(text_is_escaped_and_named_as_0_0_4_wants_it)
{
    bm_buffer_t *out;
    bm_prometheus_t w;

    out = begin(&w, 0);
    write_some(&w);
    ck_assert_str_eq(text_of(out),
        "# HELP a_gauge With \\\\ and \"quotes\"\\nand a line.\n# TYPE a_gauge gauge\n"
        "a_gauge{name=\"a \\\"b\\\" \\\\ c\\nd\",empty=\"\"} -3\n"
        "# HELP some_things_total Things.\n# TYPE some_things_total counter\nsome_things_total 12\n"
        "# HELP build_info Version.\n# TYPE build_info gauge\nbuild_info{version=\"1\"} 1\n");
}
END_TEST

BM_TEST(openmetrics_has_families_creation_times_and_an_end)
{
    bm_buffer_t *out;
    bm_prometheus_t w;

    out = begin(&w, 1);
    write_some(&w);
    ck_assert_str_eq(text_of(out),
        "# HELP a_gauge With \\\\ and \\\"quotes\\\"\\nand a line.\n# TYPE a_gauge gauge\n"
        "a_gauge{name=\"a \\\"b\\\" \\\\ c\\nd\",empty=\"\"} -3\n"
        "# HELP some_things Things.\n# TYPE some_things counter\nsome_things_total 12\nsome_things_created 1767225600.250\n"
        "# HELP build Version.\n# TYPE build info\nbuild_info{version=\"1\"} 1\n# EOF\n");
}
END_TEST

BM_TEST(a_histogram_is_cumulated_in_seconds)
{
    bm_histogram_t histogram = { 0 };
    bm_histogram_copy_t copy;
    bm_buffer_t *out;
    bm_prometheus_t w;
    const char *text;

    bm_histogram_add(&histogram, 50000, 2);
    bm_histogram_add(&histogram, 2000000000LL, 1);
    bm_histogram_add(&histogram, 700000000000LL, 1);
    bm_histogram_read(&copy, &histogram);
    out = begin(&w, 1);
    bm_prometheus_family(&w, &seconds);
    bm_prometheus_histogram(&w, BM_PROMETHEUS_LABELS({ "x", "y" }), &copy);
    text = text_of(out);
    ck_assert_ptr_nonnull(strstr(text, "# UNIT wait_seconds seconds\nwait_seconds_bucket{x=\"y\",le=\"0.0001\"} 2\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nwait_seconds_bucket{x=\"y\",le=\"1.0\"} 2\n"
                                       "wait_seconds_bucket{x=\"y\",le=\"2.5\"} 3\n"));
    ck_assert_ptr_nonnull(strstr(text, "{x=\"y\",le=\"600.0\"} 3\nwait_seconds_bucket{x=\"y\",le=\"+Inf\"} 4\n"
                                       "wait_seconds_sum{x=\"y\"} 702.0001\nwait_seconds_count{x=\"y\"} 4\n"
                                       "wait_seconds_created{x=\"y\"} 1767225600.250\n"));
}
END_TEST

BM_TEST(times_have_the_digits_they_need)
{
    static const struct {
        apr_int64_t ns;
        const char *text;
    } rows[] = { { 0, "a_gauge 0.0\n" }, { 1, "a_gauge 0.000000001\n" }, { -1500000000LL, "a_gauge -1.5\n" },
                 { 1767225600000000000LL, "a_gauge 1767225600.0\n" }, { APR_INT64_MAX, "a_gauge 9223372036.854775807\n" } };
    bm_buffer_t *out;
    bm_prometheus_t w;

    for (size_t i = 0; i < BM_COUNT(rows); i++) {
        out = begin(&w, 0);
        bm_prometheus_family(&w, &gauge);
        bm_buffer_clear(out);
        bm_prometheus_time(&w, BM_PROMETHEUS_LABELS(), rows[i].ns);
        ck_assert_str_eq(text_of(out), rows[i].text);
    }
}
END_TEST

BM_TEST(long_values_of_labels_are_whole)
{
    char value[5000];
    bm_buffer_t *out;
    bm_prometheus_t w;

    memset(value, '"', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    out = begin(&w, 0);
    bm_prometheus_family(&w, &gauge);
    bm_buffer_clear(out);
    bm_prometheus_count(&w, BM_PROMETHEUS_LABELS({ "x", value }), 1);
    ck_assert_uint_eq(out->len, strlen("a_gauge{x=\"\"} 1\n") + 2 * (sizeof(value) - 1));
}
END_TEST

BM_TEST(a_full_buffer_is_a_failure)
{
    bm_buffer_t *out;
    bm_prometheus_t w;

    out = begin(&w, 0);
    out->limit = 40;
    bm_prometheus_family(&w, &gauge);
    bm_prometheus_count(&w, BM_PROMETHEUS_LABELS(), 1);
    ck_assert_int_eq(bm_prometheus_end(&w), APR_ENOSPC);
}
END_TEST

static const struct {
    const char *accept;
    int wants;
} accepts[] = {
    { NULL, 0 }, { "", 0 }, { "*/*", 0 }, { "text/plain", 0 }, { "application/openmetrics-text", 1 },
    { "Application/OpenMetrics-Text ; Version=1.0.0 ; q=0.5", 1 },
    { "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
      "text/plain;q=0.5,*/*;q=0.1", 1 },
    { "application/openmetrics-text;q=0.4, text/plain;q=0.5", 0 }, { "text/plain;q=0.5, application/openmetrics-text;q=0.5", 1 },
    { "application/openmetrics-text;q=0", 0 }, { "application/openmetrics-text;version=2.0.0", 0 },
    { "application/openmetrics-textual", 0 }, { ",,,;q=,;", 0 }, { "application/openmetrics-text;q=nan", 0 },
    { "application/openmetrics-text;q=0.12345678901234567890", 0 }, { "application/openmetrics-text;q", 1 },
};

BM_LOOP_TEST(accept_chooses_the_form, BM_COUNT(accepts))
{
    ck_assert_int_eq(bm_prometheus_wants_open_metrics(accepts[_i].accept), accepts[_i].wants);
}
END_TEST

#include "test_prometheus.reg"
