/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/error_figures.h: many errors of measurement, kept exactly, and what is said of them.
 *
 * One owner at a time; zero it to begin. */
#ifndef BM_ENGINE_ERROR_FIGURES_H
#define BM_ENGINE_ERROR_FIGURES_H

#include <apr.h>
#include "base/json.h"

typedef struct bm_errors_t {
    double *values;              /* malloc'ed */
    apr_size_t n, size;
    int incomplete;              /* memory ran out: some are missing */
} bm_errors_t;

/** Add one value. */
void bm_errors_add(bm_errors_t *errors, double value);

/** Write member `name`: {mean, p50, p99, max, n}, percentiles as percentile_cont (linear between ranks), microseconds with one
 *  decimal; null without a value. Sorts the values. */
void bm_errors_write(bm_jw_t *w, const char *name, bm_errors_t *errors);

/** Give the memory back. */
void bm_errors_free(bm_errors_t *errors);

#endif
