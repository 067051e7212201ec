/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: the wire form of a KPI cell. Either it is refused, or its own wire form is these very bytes; then it can be
 * merged, and the dashboard's fold takes it too and shows as many runs. */
#include "fuzz.h"

#include <math.h>
#include <string.h>
#include <apr_general.h>
#include "kpi/kpi_fold.h"
#include "kpi/kpi_view.h"

static apr_uint64_t runs_of(const bm_kpi_cell_t *cell)
{
    apr_uint64_t runs = 0;

    for (int i = 0; i < BM_KPI_STATUS_END; i++)
        runs += bm_kpi_cell_counts(cell)->status[i];
    return runs;
}

static void check_bytes(const bm_kpi_cell_t *cell, const uint8_t *data, size_t size, apr_pool_t *p)
{
    size_t len;
    const unsigned char *bytes = bm_kpi_cell_write(&len, cell, p);

    BM_FUZZ_CHECK(len == size && memcmp(bytes, data, size) == 0);
}

/* The merge of any two cells can be written and read again. */
static void check_merge(const bm_kpi_cell_t *cell, apr_pool_t *p)
{
    bm_kpi_sample_t run = { .status = BM_KPI_FAILED, .error_class = "m", .prompt_tokens = 3 };
    bm_kpi_cell_t *other = bm_kpi_cell_make(p), *back;
    const unsigned char *bytes;
    size_t len;

    bm_kpi_sample_set(&run, BM_KPI_QUEUE, 5);
    BM_FUZZ_CHECK(bm_kpi_cell_add_run(other, &run) == APR_SUCCESS);
    for (int i = 0; i < 2; i++)
        (void)bm_kpi_cell_merge(other, cell);
    bytes = bm_kpi_cell_write(&len, other, p);
    BM_FUZZ_CHECK(bm_kpi_cell_read(&back, bytes, len, p) == APR_SUCCESS);
}

static void check_fold(const uint8_t *data, size_t size, const bm_kpi_cell_t *cell, apr_pool_t *p)
{
    const bm_kpi_range_t range = { .bucket_hours = 24 };
    const bm_kpi_key_t key = { .scenario_id = 1, .hour = 7 };
    bm_kpi_fold_t *fold = bm_kpi_fold_make(&range, p);
    apr_status_t rv = bm_kpi_fold_add(fold, &key, data, size);
    bm_kpi_figures_t totals;

    BM_FUZZ_CHECK(rv == APR_SUCCESS || cell == NULL);
    bm_kpi_fold_totals(&totals, fold);
    BM_FUZZ_CHECK(rv == APR_SUCCESS || totals.runs == 0);
    BM_FUZZ_CHECK(cell == NULL || totals.runs == runs_of(cell));
    BM_FUZZ_CHECK(isnan(totals.success_rate) || (totals.success_rate >= 0 && totals.success_rate <= 100));
    BM_FUZZ_CHECK(bm_kpi_fold_series(fold, p)->nelts == (rv == APR_SUCCESS));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    bm_kpi_cell_t *cell;
    bm_kpi_view_t view;
    apr_pool_t *p;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    apr_pool_create(&p, process);
    if (bm_kpi_cell_read(&cell, data, size, p) == APR_SUCCESS) {
        BM_FUZZ_CHECK(bm_kpi_view_read(&view, data, size) == APR_SUCCESS);
        check_bytes(cell, data, size, p);
        check_merge(cell, p);
    }
    else
        BM_FUZZ_CHECK(cell == NULL);
    check_fold(data, size, cell, p);
    apr_pool_destroy(p);
    return 0;
}
