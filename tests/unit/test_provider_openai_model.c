/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"
#include "engine/measure.h"

/* llama-server with several models (router) */
#define NO_MODEL "{\"error\":{\"code\":400,\"message\":\"model name is missing from the request\"," \
                 "\"type\":\"invalid_request_error\"}}"
/* vLLM before 0.8 */
#define FIELD_REQUIRED "{\"object\":\"error\",\"message\":\"[{'type': 'missing', 'loc': ('body', 'model'), " \
                       "'msg': 'Field required'}]\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}"
#define ENTRY(id) "{\"id\":\"" id "\",\"object\":\"model\",\"parent\":null}"
#define LIST(entries) "{\"object\":\"list\",\"data\":[" entries "]}"
#define ANSWER "data: {\"model\":\"one\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}," \
               "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"

typedef struct step_t {
    bm_call_t *call;
    bm_http_request_t *request;      /* of the exchange under way */
    bm_next_t next;
} step_t;

static step_t begin(const char *connection)
{
    step_t s = { .call = capture_call("openai", connection, "{\"prompt\":\"x\"}", g_pool) };

    s.request = capture_start(s.call);
    return s;
}

/* Answer what is under way; NULL body: no answer at all. The exchange. */
static bm_exchange_t *answer(step_t *s, int status, bm_exchange_end_e end, const char *body)
{
    bm_exchange_t *x = capture_whole(s->request, status, end, NULL, body, g_pool);

    s->next = (bm_next_t){ .step = BM_STEP_WAIT };
    s->call->provider->next(s->call, x, &s->next);
    s->request = s->next.request;
    return x;
}

static const char *const refusals[] = { NO_MODEL, FIELD_REQUIRED };

BM_LOOP_TEST(the_only_model_is_asked_for, BM_COUNT(refusals))
{
    step_t s = begin("{\"url\":\"http://h/gw/v1?k=1\",\"headers\":{\"X-A\":\"b\"},\"timeout_seconds\":9}");
    bm_exchange_t *refused, *x;

    refused = answer(&s, 400, BM_END_COMPLETE, refusals[_i]);
    ck_assert_int_eq(s.next.step, BM_STEP_EXCHANGE);
    ck_assert_str_eq(s.request->method, "GET");
    ck_assert_str_eq(s.request->url, "http://h/gw/v1/models?k=1");
    ck_assert_str_eq(capture_header(s.request, "X-A:"), "X-A: b");
    ck_assert_ptr_null(s.request->body);
    x = answer(&s, 200, BM_END_COMPLETE, LIST(ENTRY("one") ",{\"id\":\"lora\",\"parent\":\"one\"}"));
    ck_assert_int_eq(s.next.step, BM_STEP_EXCHANGE);
    ck_assert_str_eq(s.request->url, "http://h/gw/v1/chat/completions?k=1");
    ck_assert_str_eq(s.request->body, "{\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                     "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"model\":\"one\"}");
    /* the limit is the call's, not each exchange's */
    ck_assert_int_eq(s.request->total_timeout_ms, 9000 - (x->end_ns - refused->added_ns) / 1000000);
    x = capture_whole(s.request, 200, BM_END_COMPLETE, NULL, ANSWER, g_pool);
    refused->planned_ns = 123;
    s.call->provider->next(s.call, x, &s.next);
    ck_assert_int_eq(s.next.step, BM_STEP_DONE);
    ck_assert_int_eq(s.call->answer.end, BM_RUN_COMPLETED);
    ck_assert_ptr_null(s.call->answer.error);
    ck_assert_str_eq(s.call->answer.model, "one");
    ck_assert_int_eq(s.call->answer.usage.completion, 1);
    /* the figures are those of the last exchange, but it was planned when the call was */
    ck_assert_int_eq(s.call->answer.measured->sent_ns, x->sent_ns);
    ck_assert_int_eq(s.call->answer.measured->planned_ns, 123);
    ck_assert_int_eq(bm_measure(&s.call->answer, g_pool)->total_ns, x->end_ns - refused->added_ns);
}
END_TEST

BM_TEST(embeddings_find_their_model_too)
{
    step_t s = begin("{\"url\":\"http://h/v1/embeddings\",\"api\":\"embeddings\"}");

    (void)answer(&s, 422, BM_END_COMPLETE,
                 "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"model\"],\"msg\":\"Field required\"}]}");
    ck_assert_str_eq(s.request->url, "http://h/v1/models");
    (void)answer(&s, 200, BM_END_COMPLETE, LIST(ENTRY("e")));
    ck_assert_str_eq(s.request->body, "{\"input\":\"x\",\"model\":\"e\"}");
    (void)answer(&s, 200, BM_END_COMPLETE, "{\"data\":[{\"embedding\":[1]}],\"model\":\"e\"}");
    ck_assert_int_eq(s.next.step, BM_STEP_DONE);
    ck_assert_int_eq(s.call->answer.end, BM_RUN_COMPLETED);
}
END_TEST

typedef struct no_model_case_t {
    int status;
    const char *list, *tail;         /* what the sentence says behind the target's own words */
} no_model_case_t;

#define TWO ENTRY("a") "," ENTRY("b")

static const no_model_case_t no_models[] = {
    { 200, LIST(TWO), "; the target offers a, b" },
    { 200, LIST(TWO "," TWO "," TWO "," TWO "," TWO), "; the target offers a, b, a, b, a, b, a, b ..." },
    { 200, LIST(ENTRY("a\\nb") "," ENTRY("c")), "; the target offers a b, c" },
    { 200, LIST(""), ", and the target did not say which it has." },
    { 200, "<html>", ", and the target did not say which it has." },
    { 200, "{\"data\":{}}", ", and the target did not say which it has." },
    { 404, "{\"error\":\"no\"}", ", and the target did not say which it has." },
    { 0, NULL, ", and the target did not say which it has." },
};

/* The refusal stays what the run failed with; it is told what to do. */
BM_LOOP_TEST(without_an_only_model_the_refusal_stands, BM_COUNT(no_models))
{
    const no_model_case_t *c = &no_models[_i];
    step_t s = begin("{\"url\":\"http://h\"}");
    bm_exchange_t *refused = answer(&s, 400, BM_END_COMPLETE, NO_MODEL);

    (void)answer(&s, c->status, c->status ? BM_END_COMPLETE : BM_END_CONNECT, c->list);
    ck_assert_int_eq(s.next.step, BM_STEP_DONE);
    ck_assert_int_eq(s.call->answer.end, BM_RUN_FAILED);
    ck_assert_str_eq(s.call->answer.error_code, "request_refused");
    ck_assert_str_eq(s.call->answer.error,
                     apr_pstrcat(g_pool, "The target answered 400: model name is missing from the request - "
                                 "connection.model names none", c->tail, NULL));
    ck_assert_int_eq(s.call->answer.transient, 0);
    ck_assert_ptr_eq(s.call->answer.measured, refused);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(capture_response(s.call), "error"), "http_status")), 400);
}
END_TEST

BM_TEST(a_cancelled_question_for_models_is_a_cancelled_run)
{
    step_t s = begin("{\"url\":\"http://h\"}");

    (void)answer(&s, 400, BM_END_COMPLETE, NO_MODEL);
    (void)answer(&s, 0, BM_END_CANCELLED, NULL);
    ck_assert_int_eq(s.next.step, BM_STEP_DONE);
    ck_assert_int_eq(s.call->answer.end, BM_RUN_CANCELLED);
}
END_TEST

typedef struct final_case_t {
    const char *connection;
    int status;
    const char *body;
} final_case_t;

static const final_case_t finals[] = {
    { "{\"url\":\"http://h\",\"model\":\"m\"}", 400, NO_MODEL },
    { "{\"url\":\"http://h\",\"body\":{\"model\":\"m\"}}", 404, NO_MODEL },
    { "{\"url\":\"http://h\"}", 400, "{\"error\":{\"message\":\"temperature is too high\"}}" },
    { "{\"url\":\"http://h\"}", 400, "" },
    { "{\"url\":\"http://h\"}", 400,
      "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"longer than the model's\"}}" },
    { "{\"url\":\"http://h\"}", 401, NO_MODEL },
    { "{\"url\":\"http://h\"}", 503, "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}" },
};

BM_LOOP_TEST(other_refusals_are_final, BM_COUNT(finals))
{
    step_t s = begin(finals[_i].connection);

    (void)answer(&s, finals[_i].status, BM_END_COMPLETE, finals[_i].body);
    ck_assert_int_eq(s.next.step, BM_STEP_DONE);
    ck_assert_int_eq(s.call->answer.end, BM_RUN_FAILED);
}
END_TEST

/* A second refusal is not asked about again. */
BM_TEST(a_model_that_is_refused_is_final)
{
    step_t s = begin("{\"url\":\"http://h\"}");

    (void)answer(&s, 400, BM_END_COMPLETE, NO_MODEL);
    (void)answer(&s, 200, BM_END_COMPLETE, LIST(ENTRY("one")));
    (void)answer(&s, 404, BM_END_COMPLETE,
                 "{\"error\":{\"message\":\"The model `one` does not exist.\",\"code\":\"model_not_found\"}}");
    ck_assert_int_eq(s.next.step, BM_STEP_DONE);
    ck_assert_str_eq(s.call->answer.error_code, "model_not_found");
}
END_TEST

#include "test_provider_openai_model.reg"
