/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "base/timefmt.h"
#include "capture.h"
#include "engine/measure.h"

static apr_int64_t wait_of(apr_int64_t run_id)
{
    bm_call_t *call = capture_call("mock", "{}", "{}", g_pool);
    bm_next_t next = { 0 };

    call->run_id = run_id;
    ck_assert_int_eq(call->provider->start(call, &next, NULL), APR_SUCCESS);
    ck_assert_int_eq(next.step, BM_STEP_WAIT);
    return next.wait_us;
}

/* As the seed's mock: 500 to 2,000 ms; here the same for the same run. */
BM_TEST(a_mock_run_lasts_half_a_second_to_two)
{
    apr_int64_t id, us, least = 1 << 30, most = 0;

    for (id = 1; id <= 2000; id++) {
        us = wait_of(id);
        ck_assert(us >= 500000 && us <= 2000000);
        ck_assert_int_eq(wait_of(id), us);
        least = us < least ? us : least;
        most = us > most ? us : most;
    }
    ck_assert_int_lt(least, 520000);
    ck_assert_int_gt(most, 1980000);
}
END_TEST

BM_TEST(a_mock_run_answers_like_the_seeds)
{
    bm_call_t *call = capture_call("mock", "{}", "{}", g_pool);
    bm_next_t next = { 0 };
    const json_t *output;
    bm_figures_t *f;
    double ms;

    call->provider->start(call, &next, NULL);
    apr_sleep(20000);
    call->provider->next(call, NULL, &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
    ck_assert_str_eq(call->answer.external_id, "mock-run-42");
    ck_assert_str_eq(capture_member(call, "run_id"), "mock-run-42");
    ck_assert_str_eq(capture_member(call, "status"), "completed");
    output = json_object_get(capture_response(call), "output");
    ck_assert(json_is_string(json_object_get(output, "response")));
    ck_assert(json_is_integer(json_object_get(output, "tokens_generated")));
    ck_assert(json_is_string(json_object_get(output, "model")));
    ms = json_number_value(json_object_get(json_object_get(capture_response(call), "metadata"), "execution_time_ms"));
    f = bm_measure(&call->answer, g_pool);
    ck_assert_double_eq_tol((double)f->total_ns / 1e6, ms, 0.001);
    ck_assert_double_ge(ms, 20);
    ck_assert_int_eq(f->ttft_ns, BM_FIGURE_NONE);
    ck_assert_int_eq(f->kernel_stamped, -1);
}
END_TEST

BM_TEST(the_list_of_providers_finds_each)
{
    const bm_provider_t *const *provider;
    int n = 0;

    for (provider = bm_provider_list(); *provider != NULL; provider++, n++) {
        ck_assert_ptr_eq(bm_provider_find((*provider)->name), *provider);
        ck_assert_ptr_nonnull((*provider)->doc);
        ck_assert_ptr_nonnull((*provider)->connection_fields);
        ck_assert_ptr_nonnull((*provider)->start);
        ck_assert_ptr_nonnull((*provider)->next);
    }
    ck_assert_int_eq(n, 5);
    ck_assert_ptr_null(bm_provider_find("none"));
    ck_assert_ptr_null(bm_provider_find(NULL));
}
END_TEST

#include "test_provider_mock.reg"
