/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "parse/metrics_text.h"

static const struct {
    const char *text;
    double sum;                      /* NaN: there is none */
} pages[] = {
    { "", NAN },
    { "cpu 1.5\n", 1.5 },
    { "cpu 1.5", 1.5 },
    { "# HELP cpu Seconds.\n# TYPE cpu counter\ncpu 2e3 1395066363000\n", 2000 },
    { "cpus 7\ncp 8\n", NAN },
    { "cpu{pid=\"1\"} 1\ncpus 9\ncpu{pid=\"2\",x=\"a\"}\t2.25\n", 3.25 },
    { "cpu{x=\"a } 9 \\\" b\"} 4\n", 4 },
    { "cpu{x=\"never ends 4\n", NAN },
    { "cpu\n", NAN },
    { "cpu \n", NAN },
    { "cpu many\n", NAN },
    { "cpu 1\ncpu broken\n", NAN },
    { "cpu 1\r\nmem 5\r\n", 1 },
};

BM_LOOP_TEST(series_of_a_name_are_summed, BM_COUNT(pages))
{
    double sum = bm_metrics_text_sum(pages[_i].text, strlen(pages[_i].text), "cpu");

    if (isnan(pages[_i].sum))
        ck_assert_msg(isnan(sum), "%s: %g", pages[_i].text, sum);
    else
        ck_assert_double_eq_tol(sum, pages[_i].sum, 1e-9);
}
END_TEST

BM_TEST(nothing_is_read_behind_the_end)
{
    /* on the heap, so that the sanitizer sees it */
    char *text = malloc(9);

    memcpy(text, "cpu{a=\"\\", 8);
    ck_assert(isnan(bm_metrics_text_sum(text, 8, "cpu")));
    memcpy(text, "x 1\ncpu 7", 9);
    ck_assert_double_eq_tol(bm_metrics_text_sum(text, 9, "cpu"), 7, 1e-9);
    ck_assert(isnan(bm_metrics_text_sum(text, 7, "cpu")));
    free(text);
}
END_TEST

#include "test_metrics_text.reg"
