/* SPDX-License-Identifier: Apache-2.0
 *
 * provider_mock.c: the mock mode of the seed: no request, no key; a run lasts 500 to 2,000 ms and answers like the seed's.
 *
 * Everything follows from the run's id, so a run that is repeated is the same run. Its fields are those of TinyFish, whose
 * place it takes, and it looks at none of them. */
#include <apr_strings.h>
#include "base/json.h"
#include "base/rand.h"
#include "base/timefmt.h"
#include "provider/provider_answer.h"
#include "provider/provider_kinds.h"

enum { SHORTEST_MS = 500, LONGEST_MS = 2000, LEAST_TOKENS = 20, MOST_TOKENS = 400 };

typedef struct mock_t {
    apr_int64_t ms;
    apr_int64_t tokens;
} mock_t;

static const bm_field_t connection_fields[] = {
    { NULL }
};

static apr_status_t mock_start(bm_call_t *call, bm_next_t *next, bm_err_t *err)
{
    mock_t *mock = apr_palloc(call->p, sizeof(*mock));
    bm_rand_t r;

    (void)err;
    bm_rand_seed(&r, bm_rand_mix((apr_uint64_t)call->run_id));
    mock->ms = SHORTEST_MS + (apr_int64_t)bm_rand_below(&r, LONGEST_MS - SHORTEST_MS + 1);
    mock->tokens = LEAST_TOKENS + (apr_int64_t)bm_rand_below(&r, MOST_TOKENS - LEAST_TOKENS + 1);
    call->state = mock;
    call->answer.began_ns = bm_timefmt_monotonic_ns();
    next->step = BM_STEP_WAIT;
    next->wait_us = mock->ms * 1000;
    return APR_SUCCESS;
}

static void mock_next(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    const mock_t *mock = call->state;
    bm_answer_t *answer = &call->answer;
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    (void)x;
    answer->ended_ns = bm_timefmt_monotonic_ns();
    answer->external_id = apr_psprintf(call->p, "mock-run-%" APR_INT64_T_FMT, call->run_id);
    answer->model = "mock-model";
    answer->finish_reason = "stop";
    bm_provider_answer_complete(call);
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "run_id");
    bm_jw_string(&w, answer->external_id);
    bm_jw_key(&w, "status");
    bm_jw_string(&w, "completed");
    bm_jw_key(&w, "output");
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "response");
    bm_jw_string(&w, "This is a mock response; no target was asked.");
    bm_jw_key(&w, "tokens_generated");
    bm_jw_int(&w, mock->tokens);
    bm_jw_key(&w, "model");
    bm_jw_string(&w, answer->model);
    bm_jw_end_object(&w);
    bm_jw_key(&w, "metadata");
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "execution_time_ms");
    bm_jw_fixed(&w, (double)(answer->ended_ns - answer->began_ns) / 1e6, 3);
    bm_jw_end_object(&w);
    bm_jw_end_object(&w);
    bm_provider_answer_keep(call, &out);
    next->step = BM_STEP_DONE;
}

const bm_provider_t bm_provider_mock = {
    .name = "mock",
    .doc = "No target at all: waits 500 to 2,000 ms and answers like the mock mode of the seed system.",
    .repeatable = 1,
    .connection_fields = connection_fields,
    .start = mock_start,
    .next = mock_next,
};
