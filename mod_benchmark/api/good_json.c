/* SPDX-License-Identifier: Apache-2.0 */
#include "api/good_json.h"

#include <math.h>
#include "stat/pass_k.h"
#include "stat/wilson.h"

const bm_field_t bm_pass_k_fields[] = {
    { "k", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Trials." },
    { "value", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "Mean over tasks of C(c,k) / C(n,k) with c of n attempts completed; null: no task has k attempts." },
    { "tasks", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Tasks (scenarios) of k attempts or more." },
    { NULL }
};

static void put_number(bm_jw_t *w, const char *name, double value, int decimals)
{
    bm_jw_key(w, name);
    bm_jw_fixed(w, value, decimals);
}

void bm_good_json_write(bm_jw_t *w, const bm_kpi_counts_t *counts)
{
    apr_uint64_t attempts = bm_kpi_good_attempts(counts);
    double low, high;

    bm_jw_key(w, "good");
    bm_jw_int(w, (apr_int64_t)counts->good);
    put_number(w, "attainment", 100 * bm_kpi_good_attainment(counts), 4);
    bm_jw_key(w, "attainment_interval");
    if (attempts == 0)
        bm_jw_null(w);
    else {
        (void)bm_wilson_interval(&low, &high, counts->good, attempts, BM_WILSON_Z95);
        bm_jw_begin_array(w);
        bm_jw_fixed(w, 100 * low, 4);
        bm_jw_fixed(w, 100 * high, 4);
        bm_jw_end_array(w);
    }
    put_number(w, "cost_per_good_result", bm_kpi_good_cost(counts), 9);
}

void bm_good_json_rates(bm_jw_t *w, const bm_kpi_counts_t *counts, double seconds, const bm_kpi_counts_t *const *tasks, int n,
                        int k)
{
    bm_pass_k_sum_t sum = { 0 };
    int i;

    for (i = 0; i < n; i++)
        bm_pass_k_add(&sum, bm_kpi_good_attempts(tasks[i]), tasks[i]->status[BM_KPI_COMPLETED], k);
    put_number(w, "goodput_per_second", bm_kpi_good_put(counts, seconds), 9);
    bm_jw_key(w, "pass_k");
    bm_jw_begin_object(w);
    bm_jw_key(w, "k");
    bm_jw_int(w, k);
    put_number(w, "value", bm_pass_k_mean(&sum), 6);
    bm_jw_key(w, "tasks");
    bm_jw_int(w, (apr_int64_t)sum.tasks);
    bm_jw_end_object(w);
}
