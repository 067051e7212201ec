/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <stdio.h>
#include <apr_strings.h>
#include "export/hgrm.h"

static const char *written(const bm_sketch_t *sketch, double deviation)
{
    bm_buffer_t out = { 0 };
    const char *text;

    ck_assert_int_eq(bm_hgrm_write(&out, sketch, deviation, 0), APR_SUCCESS);
    text = apr_pstrmemdup(g_pool, out.data, out.len);
    bm_buffer_free(&out);
    return text;
}

BM_TEST(no_value_has_no_line)
{
    ck_assert_str_eq(written(bm_sketch_make(g_pool), NAN),
                     "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
                     "#[Mean    =        0.000, StdDeviation   =          NaN]\n"
                     "#[Max     =        0.000, Total count    =            0]\n"
                     "#[Buckets =           34, SubBuckets     =           70]\n");
}
END_TEST

BM_TEST(one_value_is_the_largest)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);

    bm_sketch_add(sketch, 12.5, 1);
    ck_assert_ptr_nonnull(strstr(written(sketch, 0), "\n\n      12.500 1.000000000000          1\n#[Mean    =       12.500, "
                                                     "StdDeviation "
                                                     "  =        0.000]\n"));
}
END_TEST

BM_TEST(of_kept_rows_only_the_last_line_says_so)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);
    bm_buffer_t out = { 0 };

    bm_sketch_add(sketch, 12.5, 1);
    ck_assert_int_eq(bm_hgrm_write(&out, sketch, 0, 1), APR_SUCCESS);
    bm_buffer_append(&out, "", 1);
    ck_assert_str_eq(strstr(out.data, "#[Rows"), "#[Rows    =         kept, of some requests no row was kept]\n");
    ck_assert_ptr_null(strstr(written(sketch, 0), "#[Rows"));
    bm_buffer_free(&out);
}
END_TEST

BM_TEST(deviation_by_buckets)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);
    double deviation;
    int i;

    for (i = 1; i <= 1000; i++)
        bm_sketch_add(sketch, i, 1);
    ck_assert_int_eq(sscanf(strstr(written(sketch, NAN), "StdDeviation   = "), "StdDeviation   = %lf", &deviation), 1);
    ck_assert_double_le(fabs(deviation - 288.675), 1);
}
END_TEST

/* Percentiles, counts and values rise; every line is as the plotters read it; the last is the maximum. */
BM_TEST(lines_rise_to_the_maximum)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);
    double value, percentile, inverse, last_value = -1, last_percentile = -1;
    long count, last_count = 0;
    int i, lines = 0, fields;
    char *line, *last;

    for (i = 1; i <= 100000; i++)
        bm_sketch_add(sketch, i / 100.0, 1);
    line = apr_strtok(apr_pstrdup(g_pool, written(sketch, 288.7)), "\n", &last);
    while ((line = apr_strtok(NULL, "\n", &last)) != NULL && line[0] != '#') {
        fields = sscanf(line, "%lf %lf %ld %lf", &value, &percentile, &count, &inverse);
        ck_assert_int_ge(fields, 3);
        ck_assert(value >= last_value && percentile > last_percentile && count >= last_count);
        ck_assert_double_le(fabs(value - (1 + percentile * 99999) / 100), 0.0051 * value);
        if (fields == 4)
            ck_assert_double_le(fabs(inverse - 1 / (1 - percentile)), 0.006 + 0.001 * inverse);
        last_value = value;
        last_percentile = percentile;
        last_count = count;
        lines++;
    }
    ck_assert_int_eq(last_count, 100000);
    ck_assert_double_eq(last_percentile, 1);
    ck_assert_double_eq(last_value, 1000);
    ck_assert_int_ge(lines, 5 * 16);
    ck_assert_int_le(lines, 5 * 18 + 1);
}
END_TEST

/* The most that there can be comes to an end. */
BM_TEST(very_many_values)
{
    bm_sketch_t *sketch = bm_sketch_make(g_pool);

    bm_sketch_add(sketch, 1, BM_SKETCH_COUNT_MAX - 1);
    bm_sketch_add(sketch, 2, 1);
    ck_assert_ptr_nonnull(strstr(written(sketch, 0), "       2.000 1.000000000000 9007199254740992\n"));
}
END_TEST

#include "test_hgrm.reg"
