/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: a byte that chooses the form, then a help text and values of labels with NULs between. Whatever they hold, every line is
 * whole, and undoing the escapes of the format gives them back. */
#include "fuzz.h"

#include <string.h>
#include "export/prometheus.h"

enum { TEXTS = 4 };                    /* the help, three labels */

/* Reads `expected` off the text, which must have it. */
static const char *past(const char *s, const char *expected)
{
    size_t n = strlen(expected);

    BM_FUZZ_CHECK(strncmp(s, expected, n) == 0);
    return s + n;
}

/* An escaped text up to a byte that ends it, which must be one that was not escaped. */
static const char *past_escaped(const char *s, const char *original, char end, int quotes)
{
    for (; *s != end; s++, original++) {
        BM_FUZZ_CHECK(*s != '\n' && *s != '\0');
        if (*s != '\\') {
            BM_FUZZ_CHECK(*s == *original);
            continue;
        }
        s++;
        BM_FUZZ_CHECK(*s == '\\' || *s == 'n' || (quotes && *s == '"'));
        BM_FUZZ_CHECK(*original == (*s == 'n' ? '\n' : *s));
    }
    BM_FUZZ_CHECK(*original == '\0');
    return s;
}

static const char *past_sample(const char *s, const char *name, const char *const texts[TEXTS], const char *value)
{
    s = past(s, name);
    s = past(past_escaped(past(s, "{a=\""), texts[1], '"', 1), "\",b=\"");
    s = past(past_escaped(s, texts[2], '"', 1), "\",c=\"");
    return past(past(past(past_escaped(s, texts[3], '"', 1), "\"} "), value), "\n");
}

static void check_text(const char *s, const char *const texts[TEXTS], int open_metrics)
{
    const char *name = open_metrics ? "x" : "x_total";

    s = past(past(past(s, "# HELP "), name), " ");
    s = past(past_escaped(s, texts[0], '\n', open_metrics), "\n");
    s = past(past(past(s, "# TYPE "), name), " counter\n");
    s = past_sample(s, "x_total", texts, "7");
    if (open_metrics)
        s = past(past_sample(s, "x_created", texts, "1.500"), "# EOF\n");
    BM_FUZZ_CHECK(*s == '\0');
}

static void check_written(const char *const texts[TEXTS], int open_metrics)
{
    const bm_prometheus_family_t family = { BM_PROMETHEUS_COUNTER, "x", NULL, texts[0], 0 };
    bm_buffer_t out = { 0 };
    bm_prometheus_t w;

    bm_prometheus_begin(&w, &out, open_metrics, 1500000);
    bm_prometheus_family(&w, &family);
    bm_prometheus_count(&w, BM_PROMETHEUS_LABELS({ "a", texts[1] }, { "b", texts[2] }, { "c", texts[3] }), 7);
    BM_FUZZ_CHECK(bm_prometheus_end(&w) == APR_SUCCESS && bm_buffer_append(&out, "", 1) == APR_SUCCESS);
    BM_FUZZ_CHECK(strlen(out.data) == out.len - 1);
    check_text(out.data, texts, open_metrics);
    bm_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *texts[TEXTS] = { "", "", "", "" }, *at, *end;
    char *copy;

    if (size == 0)
        return 0;
    copy = malloc(size);
    memcpy(copy, data + 1, size - 1);
    copy[size - 1] = '\0';
    at = copy;
    end = copy + size - 1;
    for (int i = 0; i < TEXTS && at < end; i++, at += strlen(at) + 1)
        texts[i] = at;
    check_written(texts, data[0] & 1);
    free(copy);
    return 0;
}
