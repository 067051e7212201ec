/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "policy/target_gate.h"

#define MS(x) (INT64_C(1000000) * (x))
#define S(x)  (INT64_C(1000000000) * (x))
#define START S(1000)

static bm_target_gate_t *gate_of(bm_target_gates_t *gates, apr_int64_t id, const char *connection)
{
    json_t *j;

    ck_assert_int_eq(bm_json_parse(&j, connection, strlen(connection), NULL, g_pool), APR_SUCCESS);
    return bm_target_gate_of(gates, id, j);
}

static bm_target_gate_t *new_gate(const char *connection)
{
    return gate_of(bm_target_gates_make(g_pool), 1, connection);
}

static void note(bm_target_gate_t *gate, bm_run_end_e end, const char *code, const char *headers, apr_int64_t wait_us,
                 apr_int64_t now)
{
    bm_http_request_t request = { .method = "GET", .url = "http://t/" };
    bm_exchange_t *x = bm_exchange_make(&request, g_pool);
    bm_answer_t answer = { .end = end, .error_code = code, .transient = 1, .retry_after_us = wait_us, .measured = x };

    x->http_status = end == BM_RUN_COMPLETED ? 200 : 429;
    ck_assert_int_eq(bm_buffer_append(&x->header, headers, strlen(headers)), APR_SUCCESS);
    gate->under_way++;              /* as if it had entered */
    bm_target_gate_note(gate, &answer, now, g_pool);
}

BM_TEST(without_limits_everything_goes_at_its_time)
{
    bm_target_gate_t *gate = new_gate("{}");
    int i;

    for (i = 0; i < 100; i++) {
        bm_target_place_t place = bm_target_gate_reserve(gate, START);

        ck_assert_int_eq(place.at_ns, START);
        ck_assert_int_eq(bm_target_gate_enter(gate, &place, START), BM_GATE_GO);
    }
}
END_TEST

BM_TEST(a_rate_lets_a_burst_through_and_spaces_the_rest)
{
    bm_target_gate_t *gate = new_gate("{\"rate_limit\":{\"requests_per_second\":10,\"burst\":3}}");
    int i;

    for (i = 0; i < 10; i++)
        ck_assert_int_eq(bm_target_gate_reserve(gate, START).at_ns, i < 3 ? START : START + MS(100) * (i - 2));
    ck_assert_int_eq(bm_target_gate_reserve(gate, START + S(60)).at_ns, START + S(60));
}
END_TEST

BM_TEST(targets_have_gates_of_their_own_and_follow_their_connection)
{
    bm_target_gates_t *gates = bm_target_gates_make(g_pool);
    bm_target_gate_t *gate = gate_of(gates, 1, "{\"rate_limit\":{\"requests_per_second\":1}}");

    ck_assert_int_eq(bm_target_gate_reserve(gate, START).at_ns, START);
    ck_assert_int_eq(bm_target_gate_reserve(gate, START).at_ns, START + S(1));
    ck_assert_int_eq(bm_target_gate_reserve(gate_of(gates, 2, "{}"), START).at_ns, START);
    ck_assert_ptr_eq(gate_of(gates, 1, "{}"), gate);
    ck_assert_int_eq(bm_target_gate_reserve(gate, START).at_ns, START);
}
END_TEST

/* Those that have a place already take another one behind the pause, spaced as the rate wants it. */
BM_TEST(a_target_that_asks_for_a_pause_gets_it)
{
    bm_target_gate_t *gate = new_gate("{\"rate_limit\":{\"requests_per_second\":10}}");
    bm_target_place_t places[4];
    int i;

    for (i = 0; i < 4; i++)
        places[i] = bm_target_gate_reserve(gate, START);
    ck_assert_int_eq(bm_target_gate_enter(gate, &places[0], START), BM_GATE_GO);
    ck_assert_int_eq(gate->under_way, 1);
    note(gate, BM_RUN_FAILED, "rate_limited", "", 5000000, START + MS(50));
    for (i = 1; i < 4; i++) {
        ck_assert_int_eq(bm_target_gate_enter(gate, &places[i], START + MS(60)), BM_GATE_LATER);
        ck_assert_int_eq(places[i].at_ns, START + MS(5050) + MS(100) * (i - 1));
        ck_assert_int_eq(bm_target_gate_enter(gate, &places[i], places[i].at_ns), BM_GATE_GO);
    }
    ck_assert_int_eq(bm_target_gate_reserve(gate, START + S(1)).at_ns, START + MS(5350));
}
END_TEST

/* 60 a minute, 10 left: it refills one a second. */
BM_TEST(a_target_that_says_what_is_left_is_asked_no_more)
{
    bm_target_gate_t *gate = new_gate("{}");
    int i;

    note(gate, BM_RUN_COMPLETED, NULL, "x-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: 10\r\n"
         "x-ratelimit-reset-requests: 50s\r\n", 0, START);
    for (i = 0; i < 12; i++)
        ck_assert_int_eq(bm_target_gate_reserve(gate, START).at_ns, i < 10 ? START : START + S(i - 9));
    note(gate, BM_RUN_COMPLETED, NULL, "server: x\r\n", 0, START + S(1));
    ck_assert_int_eq(bm_target_gate_reserve(gate, START + S(1)).at_ns, START + S(1));
}
END_TEST

BM_TEST(a_dead_target_is_left_alone_and_its_rate_limit_is_no_death)
{
    bm_target_gate_t *gate = new_gate("{\"circuit_breaker\":{\"failures\":2,\"open_seconds\":5}}");
    bm_call_t *call = bm_provider_call_make(bm_provider_find("http"), g_pool);
    bm_target_place_t place = bm_target_gate_reserve(gate, START);
    int i;

    for (i = 0; i < 5; i++)
        note(gate, BM_RUN_FAILED, "rate_limited", "", 0, START);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(bm_target_gate_enter(gate, &place, START), BM_GATE_GO);
        note(gate, BM_RUN_FAILED, "connection_refused", "", 0, START);
    }
    ck_assert_int_eq(bm_target_gate_enter(gate, &place, START), BM_GATE_REFUSED);
    bm_target_gate_refuse(gate, call, START + S(2));
    ck_assert_str_eq(call->answer.error_code, "circuit_open");
    ck_assert_str_eq(call->answer.error, "Nothing was sent: the target failed 2 times in a row, and is left alone for "
                     "another 3.0 s.");
    ck_assert(call->answer.transient && call->answer.effect == BM_EFFECT_NONE);
    ck_assert_int_eq(bm_target_gate_enter(gate, &place, START + S(5)), BM_GATE_GO);
}
END_TEST

#include "test_target_gate.reg"
