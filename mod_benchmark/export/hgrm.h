/* SPDX-License-Identifier: Apache-2.0
 *
 * export/hgrm.h: the percentile distribution as text that HdrHistogram's plotters read (".hgrm"). Thread: no state. */
#ifndef BM_EXPORT_HGRM_H
#define BM_EXPORT_HGRM_H

#include "base/buffer.h"
#include "stat/sketch.h"

/** Append it: lines of value, percentile, count of values up to there and 1/(1-percentile), five for each halving of what is
 *  left, then mean, standard deviation, maximum, count and buckets. Values in the sketch's milliseconds. deviation: NaN: it is
 *  estimated from the buckets. kept_rows_only: a line at the end says that the values are those of the requests whose rows were
 *  kept. @return as bm_buffer_append. */
apr_status_t bm_hgrm_write(bm_buffer_t *out, const bm_sketch_t *sketch, double deviation, int kept_rows_only);

#endif
