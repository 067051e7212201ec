/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_figures.h: the figures of one metric as JSON, with what is known of their certainty. Thread: no state. */
#ifndef BM_LOADTEST_LOAD_FIGURES_H
#define BM_LOADTEST_LOAD_FIGURES_H

#include "base/json.h"
#include "stat/quantile_interval.h"
#include "stat/sketch.h"

/** Write member `name`: {basis, provenance, n, mean, min, max, p50 ... p999, intervals, n_effective, certified}, as in
 *  docs/load-tests.md. serial: the series in the order of completion; NULL: values pooled over requests, which are not
 *  independent and have no intervals. basis and provenance may be NULL (left out). sketch NULL or empty: n 0 and nulls. */
void bm_load_figures_write(bm_jw_t *w, const char *name, const bm_sketch_t *sketch, const bm_autocorrelation_t *serial,
                           const char *basis, const char *provenance);

/** Write member `name`: {p50, p95, p99} only. */
void bm_load_figures_short(bm_jw_t *w, const char *name, const bm_sketch_t *sketch);

/** Write member `name`: {p50, p99, max}; nulls where there is nothing. */
void bm_load_put_waits(bm_jw_t *w, const char *name, const bm_sketch_t *waits);

/** Numbers as members. */
void bm_load_put_count(bm_jw_t *w, const char *name, apr_uint64_t n);
void bm_load_put_number(bm_jw_t *w, const char *name, double value);      /* three decimals; NaN: null */
void bm_load_put_ms(bm_jw_t *w, const char *name, double ms);             /* as bm_jw_ms writes times; NaN: null */
void bm_load_put_text(bm_jw_t *w, const char *name, const char *text);    /* NULL: null */

#endif
