/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: the wire form of a sketch. As text for HdrHistogram's plotters it has lines of four numbers that ascend, the last of
 * them the maximum and the number of values, and a foot that says the same. */
#include "fuzz.h"

#include <math.h>
#include <string.h>
#include <apr_general.h>
#include "export/hgrm.h"

static const char head[] = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";

/* Less than the three decimals of the text, or than the digits of a double. */
static int is_near(double a, double b)
{
    return fabs(a - b) <= 0.00051 + 1e-12 * fabs(b);
}

/* The value of a percentile that was written with twelve digits, between ranks that may lie far apart. */
static int is_quantile(double value, double percentile, const bm_sketch_t *s)
{
    const bm_sketch_head_t *h = bm_sketch_head(s);
    double slack = 0.00051 + 1e-11 * (double)h->n * (h->max - h->min) + 1e-12 * fabs(value);

    return fabs(value - bm_sketch_quantile(s, percentile)) <= slack;
}

/* @return the begin of the foot. */
static const char *check_lines(const char *text, const bm_sketch_t *s)
{
    const bm_sketch_head_t *h = bm_sketch_head(s);
    double value, percentile, count, rest, last_value = -INFINITY, last_percentile = -1, last_count = 0;
    int n, used;

    for (; *text != '#'; text += used + 1) {
        used = (int)strcspn(text, "\n");
        BM_FUZZ_CHECK(text[used] == '\n');
        n = sscanf(text, "%lf %lf %lf %lf", &value, &percentile, &count, &rest);
        BM_FUZZ_CHECK(percentile >= 0 && percentile <= 1 && count >= last_count && count <= (double)h->n);
        BM_FUZZ_CHECK(value >= last_value && percentile > last_percentile);
        BM_FUZZ_CHECK(is_quantile(value, percentile, s));
        BM_FUZZ_CHECK(fabs(count - percentile * ((double)h->n - 1) - 0.5) < 0.51 + 1e-9 * count);
        BM_FUZZ_CHECK(percentile == 1 ? text[used + 1] == '#' : n >= 4 && rest >= 1);
        last_value = value;
        last_percentile = percentile;
        last_count = count;
    }
    BM_FUZZ_CHECK(h->n == 0 ? last_percentile == -1 : last_percentile == 1 && is_near(last_value, h->max)
                  && last_count == (double)h->n);
    return text;
}

static void check_foot(const char *text, const bm_sketch_head_t *h, const bm_sketch_t *s)
{
    double mean, spread, max, n, octaves, buckets;

    BM_FUZZ_CHECK(sscanf(text, "#[Mean    = %lf, StdDeviation   = %lf]\n#[Max     = %lf, Total count    = %lf]\n"
                         "#[Buckets = %lf, SubBuckets     = %lf]\n", &mean, &spread, &max, &n, &octaves, &buckets) == 6);
    BM_FUZZ_CHECK(n == (double)h->n && is_near(max, h->max) && is_near(mean, h->n > 0 ? bm_sketch_mean(s) : 0));
    BM_FUZZ_CHECK(h->n == 0 ? isnan(spread) : spread >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    bm_buffer_t out = { 0 };
    bm_sketch_t *s;
    apr_pool_t *p;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    apr_pool_create(&p, process);
    s = bm_sketch_make(p);
    if (bm_sketch_read(s, data, size) == APR_SUCCESS) {
        BM_FUZZ_CHECK(bm_hgrm_write(&out, s, NAN, 0) == APR_SUCCESS);
        BM_FUZZ_CHECK(bm_buffer_append(&out, "", 1) == APR_SUCCESS);
        BM_FUZZ_CHECK(strlen(out.data) == out.len - 1 && strncmp(out.data, head, sizeof(head) - 1) == 0);
        check_foot(check_lines(out.data + sizeof(head) - 1, s), bm_sketch_head(s), s);
        bm_buffer_free(&out);
    }
    apr_pool_destroy(p);
    return 0;
}
