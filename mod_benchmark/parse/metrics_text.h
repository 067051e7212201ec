/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/metrics_text.h: figures in Prometheus' text format (and OpenMetrics, as far as they are alike). Thread: no state. */
#ifndef BM_PARSE_METRICS_TEXT_H
#define BM_PARSE_METRICS_TEXT_H

#include <apr.h>

/** The sum of all series of a metric: of several processes, all that they use. The text need not end in a zero byte.
 *  @return NaN: there is none, or one is no number. */
double bm_metrics_text_sum(const char *text, apr_size_t len, const char *name);

#endif
