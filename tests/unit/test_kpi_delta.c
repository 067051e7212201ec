/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "kpi_samples.h"
#include "kpi_alike.h"
#include "kpi/kpi_delta.h"

static const int batches[] = { 0, 1, 2, 50, 1000 };

static apr_array_header_t *deltas_of(const bm_kpi_sample_t *samples, int count)
{
    apr_array_header_t *deltas = NULL;
    apr_pool_t *ptemp;

    apr_pool_create(&ptemp, g_pool);
    ck_assert_int_eq(bm_kpi_delta_create(&deltas, samples, count, g_pool, ptemp), APR_SUCCESS);
    apr_pool_destroy(ptemp);                        /* the result must not live there */
    return deltas;
}

BM_LOOP_TEST(merged_deltas_equal_one_cell_of_everything, BM_COUNT(batches))
{
    bm_kpi_sample_t *samples = samples_make(batches[_i], 6);
    apr_array_header_t *deltas = deltas_of(samples, batches[_i]);
    bm_kpi_cell_t *all = bm_kpi_cell_make(g_pool), *merged = bm_kpi_cell_make(g_pool), *part;
    apr_uint32_t n = 0;

    for (int i = 0; i < batches[_i]; i++)
        bm_kpi_cell_add_run(all, &samples[i]);
    for (int i = 0; i < deltas->nelts; i++) {
        const bm_kpi_delta_t *d = &APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);

        ck_assert_int_eq(bm_kpi_cell_read(&part, d->body, d->len, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_kpi_cell_merge(merged, part), APR_SUCCESS);
        n += d->n;
    }
    ck_assert_uint_eq(n, (apr_uint32_t)batches[_i]);
    assert_cells_alike(merged, all);
}
END_TEST

BM_LOOP_TEST(each_delta_holds_exactly_the_runs_of_its_key, BM_COUNT(batches))
{
    bm_kpi_sample_t *samples = samples_make(batches[_i], 60);
    apr_array_header_t *deltas = deltas_of(samples, batches[_i]);

    for (int i = 0; i < deltas->nelts; i++) {
        const bm_kpi_delta_t *d = &APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);
        bm_kpi_cell_t *expected = bm_kpi_cell_make(g_pool), *got;
        apr_int64_t min = 0, max = 0;
        apr_uint32_t n = 0;

        for (int k = 0; k < batches[_i]; k++) {
            const bm_kpi_sample_t *s = &samples[k];

            if (s->scenario_id != d->key.scenario_id || s->model_id != d->key.model_id || s->source != d->key.source
                || s->finished_hour != d->key.hour)
                continue;
            bm_kpi_cell_add_run(expected, s);
            min = n == 0 ? s->run_id : min;         /* ids ascend in the batch */
            max = s->run_id;
            n++;
        }
        ck_assert_uint_gt(n, 0);
        ck_assert_uint_eq(d->n, n);
        ck_assert_int_eq(d->min_id, min);
        ck_assert_int_eq(d->max_id, max);
        ck_assert_int_eq(d->key.label_id, 0);
        ck_assert_int_eq(bm_kpi_cell_read(&got, d->body, d->len, g_pool), APR_SUCCESS);
        assert_cells_alike(got, expected);
        if (i > 0)
            ck_assert_int_lt(bm_kpi_delta_key_order(&APR_ARRAY_IDX(deltas, i - 1, bm_kpi_delta_t).key, &d->key), 0);
    }
    if (batches[_i] == 1000)
        ck_assert_int_eq(deltas->nelts, SAMPLE_SCENARIOS * SAMPLE_MODELS * 2 * SAMPLE_HOURS);
}
END_TEST

BM_TEST(a_location_is_a_part_of_the_key)
{
    bm_kpi_sample_t samples[4] = { { .run_id = 1, .location_id = 2 }, { .run_id = 2 }, { .run_id = 3, .location_id = 2 },
                                   { .run_id = 4, .location_id = 1 } };
    apr_array_header_t *deltas = deltas_of(samples, 4);

    ck_assert_int_eq(deltas->nelts, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t).key.location_id, i);
        ck_assert_uint_eq(APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t).n, i == 2 ? 2 : 1);
    }
}
END_TEST

BM_TEST(ids_need_not_ascend)
{
    bm_kpi_sample_t samples[3] = { { .run_id = 5 }, { .run_id = 9 }, { .run_id = 2 } };
    const bm_kpi_delta_t *d = &APR_ARRAY_IDX(deltas_of(samples, 3), 0, bm_kpi_delta_t);

    ck_assert_int_eq(d->min_id, 2);
    ck_assert_int_eq(d->max_id, 9);
}
END_TEST

BM_TEST(a_sample_without_a_status_refuses_the_batch)
{
    bm_kpi_sample_t samples[2] = { { .run_id = 1 }, { .run_id = 2, .status = BM_KPI_STATUS_END } };
    apr_array_header_t *deltas = (apr_array_header_t *)samples;

    ck_assert_int_eq(bm_kpi_delta_create(&deltas, samples, 2, g_pool, g_pool), APR_EINVAL);
    ck_assert_ptr_null(deltas);
}
END_TEST

#include "test_kpi_delta.reg"
