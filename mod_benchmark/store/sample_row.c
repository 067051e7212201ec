/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sample_row.h"

#include <stddef.h>

#define AS_OFFSET(name) offsetof(bm_finished_run_t, name),

int bm_sample_row_figures(bm_finished_run_t *row, const bm_rows_t *rows, int i, int column)
{
    static const size_t figures[] = { BM_SAMPLE_FIGURES(AS_OFFSET) };
    size_t k;

    for (k = 0; k < sizeof(figures) / sizeof(figures[0]); k++)
        *(apr_int64_t *)(void *)((char *)row + figures[k]) = bm_rows_int64(rows, i, column++, BM_FIGURE_NONE);
    return column;
}
