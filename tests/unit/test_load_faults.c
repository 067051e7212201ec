/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults of a plan: drawn as often as it says, the same again by seed and place, and told apart from the target's. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include "loadtest/load_faults.h"
#include "policy/retry.h"

enum { DRAWS = 20000 };

static bm_load_faults_t read_faults(const char *text)
{
    bm_load_faults_t faults;
    json_t *json = json_loads(text, 0, NULL);

    ck_assert_ptr_nonnull(json);
    bm_load_faults_read(&faults, json);
    json_decref(json);
    return faults;
}

/* Within five standard deviations. */
static void check_share(const char *what, int count, double share)
{
    double sd = sqrt(DRAWS * share * (1 - share));

    ck_assert_msg(fabs(count - DRAWS * share) <= 5 * sd, "%s: %d of %d, not %g", what, count, DRAWS, share);
}

BM_TEST(each_fault_comes_as_often_as_its_rate)
{
    bm_load_faults_t faults = read_faults("{\"dead_rate\":0.1,\"abort_rate\":0.5,\"timeout_rate\":0.2,\"timeout_ms\":5,"
                                          "\"loss_rate\":0.25}");
    int kinds[4] = { 0 }, lost[4] = { 0 }, i, k;

    for (i = 0; i < DRAWS; i++) {
        bm_load_fault_t fault = bm_load_faults_draw(&faults, 7, i, 1);

        kinds[fault.kind]++;
        for (k = 0; k < 4; k++)
            lost[k] += fault.losses > k;
        /* 200 ms, doubling with each loss */
        ck_assert_int_eq(fault.delay_ns, 200000000LL * ((1LL << fault.losses) - 1));
        ck_assert_int_le(fault.losses, 6);
    }
    check_share("dead", kinds[BM_LOAD_FAULT_DEAD], 0.1);
    check_share("abort", kinds[BM_LOAD_FAULT_ABORT], 0.5);
    check_share("timeout", kinds[BM_LOAD_FAULT_TIMEOUT], 0.2);
    check_share("none", kinds[BM_LOAD_FAULT_NONE], 0.2);
    for (k = 0; k < 4; k++)
        check_share("lost again", lost[k], pow(0.25, k + 1));
}
END_TEST

BM_TEST(delays_are_normal_and_never_negative)
{
    bm_load_faults_t faults = read_faults("{\"delay_ms\":100,\"jitter_ms\":20}"), wide = read_faults("{\"jitter_ms\":50}");
    double sum = 0, squares = 0;
    int i, at_once = 0;

    for (i = 0; i < DRAWS; i++) {
        double ms = (double)bm_load_faults_draw(&faults, 1, i, 1).delay_ns / 1e6;

        sum += ms;
        squares += ms * ms;
        at_once += bm_load_faults_draw(&wide, 1, i, 1).delay_ns == 0;
        ck_assert_int_ge(bm_load_faults_draw(&wide, 1, i, 1).delay_ns, 0);
    }
    sum /= DRAWS;
    ck_assert_double_eq_tol(sum, 100, 1);
    ck_assert_double_eq_tol(sqrt(squares / DRAWS - sum * sum), 20, 1);
    check_share("cut at 0", at_once, 0.5);
}
END_TEST

BM_TEST(the_same_plan_has_the_same_faults)
{
    bm_load_faults_t faults = read_faults("{\"delay_ms\":10,\"jitter_ms\":5,\"abort_rate\":0.5}");
    int i, by_seed = 0, by_attempt = 0;

    for (i = 0; i < DRAWS; i++) {
        bm_load_fault_t one = bm_load_faults_draw(&faults, 3, i, 1), same = bm_load_faults_draw(&faults, 3, i, 1);

        ck_assert(one.kind == same.kind && one.delay_ns == same.delay_ns && one.losses == same.losses);
        by_seed += one.kind == bm_load_faults_draw(&faults, 4, i, 1).kind;
        by_attempt += one.kind == bm_load_faults_draw(&faults, 3, i, 2).kind;
    }
    check_share("another seed agrees", by_seed, 0.5);
    check_share("another attempt agrees", by_attempt, 0.5);
}
END_TEST

BM_TEST(a_plan_without_faults_has_none)
{
    bm_load_faults_t faults;
    bm_load_fault_t fault;

    bm_load_faults_read(&faults, NULL);
    fault = bm_load_faults_draw(&faults, 1, 0, 1);
    ck_assert(fault.kind == BM_LOAD_FAULT_NONE && fault.delay_ns == 0 && !faults.any);
}
END_TEST

static const struct {
    bm_load_fault_e kind;
    bm_exchange_end_e end;
    bm_run_end_e answered;
    const char *code;                /* NULL: it is not ours */
} hits[] = {
    { BM_LOAD_FAULT_ABORT, BM_END_ABORTED, BM_RUN_FAILED, "injected_abort" },
    { BM_LOAD_FAULT_DEAD, BM_END_CONNECT, BM_RUN_FAILED, "injected_dead" },
    { BM_LOAD_FAULT_TIMEOUT, BM_END_TOTAL_TIMEOUT, BM_RUN_TIMED_OUT, "injected_timeout" },
    { BM_LOAD_FAULT_ABORT, BM_END_CUT, BM_RUN_FAILED, NULL },            /* the target was first */
    { BM_LOAD_FAULT_NONE, BM_END_CONNECT, BM_RUN_FAILED, NULL },
    { BM_LOAD_FAULT_NONE, BM_END_TOTAL_TIMEOUT, BM_RUN_TIMED_OUT, NULL },
    { BM_LOAD_FAULT_ABORT, BM_END_COMPLETE, BM_RUN_COMPLETED, NULL },
    { BM_LOAD_FAULT_TIMEOUT, BM_END_CANCELLED, BM_RUN_CANCELLED, NULL },
};

BM_LOOP_TEST(only_what_we_did_is_ours, BM_COUNT(hits))
{
    bm_load_faults_t faults = read_faults("{\"timeout_rate\":0.5,\"timeout_ms\":50,\"abort_rate\":0.5}");
    bm_load_fault_t fault = { .kind = hits[_i].kind };
    bm_http_request_t request = { .total_timeout_ms = 1000 };
    bm_exchange_t x = { .request = &request, .end = hits[_i].end };
    bm_answer_t answer = { .end = hits[_i].answered, .error_code = "theirs", .measured = &x };

    bm_load_faults_inject(&faults, &fault, &request);
    ck_assert_int_eq(request.total_timeout_ms, hits[_i].kind == BM_LOAD_FAULT_TIMEOUT ? 50 : 1000);
    bm_load_faults_tell(&faults, &fault, &answer);
    ck_assert_int_eq(answer.injected, hits[_i].code != NULL);
    ck_assert_str_eq(answer.error_code, hits[_i].code ? hits[_i].code : "theirs");
    if (hits[_i].code != NULL)
        ck_assert_uint_ne(bm_retry_class_of(hits[_i].code) & BM_RETRY_CONNECTION, 0);
}
END_TEST

#include "test_load_faults.reg"
