/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/error_figures.h"

#include <stdlib.h>

void bm_errors_add(bm_errors_t *errors, double value)
{
    if (errors->n == errors->size) {
        apr_size_t size = errors->size ? errors->size * 2 : 1024;
        double *values = realloc(errors->values, size * sizeof(*values));

        if (values == NULL) {
            errors->incomplete = 1;
            return;
        }
        errors->values = values;
        errors->size = size;
    }
    errors->values[errors->n++] = value;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double percentile(const bm_errors_t *errors, double q)
{
    double rank = q * (double)(errors->n - 1);
    apr_size_t below = (apr_size_t)rank;
    double part = rank - (double)below;

    if (below + 1 >= errors->n)
        return errors->values[errors->n - 1];
    return errors->values[below] + part * (errors->values[below + 1] - errors->values[below]);
}

void bm_errors_write(bm_jw_t *w, const char *name, bm_errors_t *errors)
{
    double sum = 0;
    apr_size_t i;

    bm_jw_key(w, name);
    if (errors->n == 0 || errors->incomplete) {
        bm_jw_null(w);
        return;
    }
    qsort(errors->values, errors->n, sizeof(*errors->values), by_value);
    for (i = 0; i < errors->n; i++)
        sum += errors->values[i];
    bm_jw_begin_object(w);
    bm_jw_key(w, "mean");
    bm_jw_fixed(w, sum / (double)errors->n, 1);
    bm_jw_key(w, "p50");
    bm_jw_fixed(w, percentile(errors, 0.5), 1);
    bm_jw_key(w, "p99");
    bm_jw_fixed(w, percentile(errors, 0.99), 1);
    bm_jw_key(w, "max");
    bm_jw_fixed(w, errors->values[errors->n - 1], 1);
    bm_jw_key(w, "n");
    bm_jw_int(w, (apr_int64_t)errors->n);
    bm_jw_end_object(w);
}

void bm_errors_free(bm_errors_t *errors)
{
    free(errors->values);
    errors->values = NULL;
    errors->n = errors->size = 0;
}
