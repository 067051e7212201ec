/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_merge.h"

#include "kpi/kpi_cell.h"

apr_status_t bm_kpi_merge(void *baton, bm_kpi_body_t *merged, const bm_kpi_body_t *parts, int n, apr_pool_t *p)
{
    bm_kpi_cell_t *sum, *part;
    apr_status_t rv = bm_kpi_cell_read(&sum, parts[0].data, (apr_size_t)parts[0].len, p);
    apr_size_t len;
    int i;

    (void)baton;
    for (i = 1; i < n && rv == APR_SUCCESS; i++) {
        rv = bm_kpi_cell_read(&part, parts[i].data, (apr_size_t)parts[i].len, p);
        if (rv == APR_SUCCESS)
            rv = bm_kpi_cell_merge(sum, part);
    }
    if (rv != APR_SUCCESS)
        return rv;
    merged->data = bm_kpi_cell_write(&len, sum, p);
    merged->len = (int)len;
    return APR_SUCCESS;
}
