/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: bytes that a client sends to the reference target; the first byte says where they are cut. The parser must come to
 * the same end as without the cut. A complete request is answered: its steps are in order, and what is
 * no stream is valid JSON. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_pools.h>
#include "target/target_route.h"

enum { BODY_LIMIT = 65536, STEPS = 3000 };

static apr_status_t feed(bm_target_request_t *request, const char *text, size_t len, size_t cut, apr_size_t *used, apr_pool_t *p)
{
    apr_size_t more = 0;
    apr_status_t rv;

    memset(request, 0, sizeof(*request));
    bm_target_request_begin(request, BODY_LIMIT, p);
    rv = bm_target_request_feed(request, text, cut, used);
    if (rv != APR_EAGAIN)
        return rv;
    BM_FUZZ_CHECK(*used == cut);
    rv = bm_target_request_feed(request, text + cut, len - cut, &more);
    *used += more;
    return rv;
}

static void check_json(const bm_target_reply_t *reply, const bm_buffer_t *body, apr_pool_t *p)
{
    json_t *j;

    if (reply->spec.fault != BM_TARGET_FAULT_GARBAGE)
        BM_FUZZ_CHECK(body->len > 0 && bm_json_parse(&j, body->data, body->len, NULL, p) == APR_SUCCESS);
}

/* Play the reply as far as is sensible. */
static void play(bm_target_reply_t *reply, apr_pool_t *p)
{
    bm_buffer_t body = { 0 };
    bm_target_step_t step;
    apr_int64_t before = 0;
    int n = 0;

    while (n++ < STEPS && bm_target_schedule_next(&reply->schedule, &step)) {
        BM_FUZZ_CHECK(step.at_ns >= before);
        before = step.at_ns;
        bm_buffer_clear(&body);
        bm_target_reply_render(reply, &step, &body);
        if (step.kind == BM_TARGET_STEP_WHOLE)
            check_json(reply, &body, p);
    }
    BM_FUZZ_CHECK(n > 1);
    bm_buffer_free(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bm_target_request_t cut, whole;
    apr_size_t used_cut, used_whole;
    apr_status_t rv;
    apr_pool_t *p;

    if (size < 1)
        return 0;
    apr_initialize();
    apr_pool_create(&p, NULL);
    rv = feed(&whole, (const char *)data + 1, size - 1, size - 1, &used_whole, p);
    BM_FUZZ_CHECK(feed(&cut, (const char *)data + 1, size - 1, (size - 1) * data[0] / 256, &used_cut, p) == rv);
    if (rv == APR_SUCCESS) {
        BM_FUZZ_CHECK(used_cut == used_whole && cut.body_len == whole.body_len);
        BM_FUZZ_CHECK(memcmp(cut.body, whole.body, whole.body_len) == 0);
        play(bm_target_route(bm_target_app_make(p), &whole, 1000, p), p);
    }
    else if (rv == APR_EINVAL) {
        BM_FUZZ_CHECK(cut.status == whole.status && whole.status >= 400);
        play(bm_target_route_refusal(bm_target_app_make(p), whole.status, whole.problem, 1000, p), p);
    }
    bm_target_request_free(&cut);
    bm_target_request_free(&whole);
    apr_pool_destroy(p);
    apr_terminate();
    return 0;
}
