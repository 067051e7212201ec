/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: one byte that chooses the provider (0 openai, 1 anthropic, 2 tinyfish, 3 http; bits 0 and 1), how the transfer ended
 * (bits 2 and 3) and how the body was cut (bits 4 to 7: pieces of at most that many bytes; 0: one), one byte that
 * chooses the status, then the body. Whatever a target sends, there is an answer, what is kept is JSON, the figures are
 * finite, and neither kinds nor verdict depend on how the body was cut. */
#include "fuzz.h"

#include <math.h>
#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/json.h"
#include "engine/measure.h"
#include "engine/timeline.h"
#include "provider/provider.h"

enum { SECOND_NS = 1000000000 };

typedef struct setup_t {
    const char *provider, *connection;
} setup_t;

static const setup_t setups[] = {
    { "openai", "{\"url\":\"http://h\"}" },
    { "anthropic", "{\"model\":\"m\"}" },
    { "tinyfish", "{\"goal\":\"g\",\"target_url\":\"http://h\",\"timeout_seconds\":600}" },
    { "http", "{\"url\":\"http://h\",\"stream\":\"sse\"}" },
};

static const bm_exchange_end_e ends[] = { BM_END_COMPLETE, BM_END_CUT, BM_END_STALL_TIMEOUT, BM_END_CANCELLED };
static const int statuses[] = { 200, 200, 200, 200, 200, 200, 200, 429, 400, 500, 503, 302, 0, 204, 401, 404 };

static json_t *parse(const char *text, apr_size_t len, apr_pool_t *p)
{
    json_t *j;

    return bm_json_parse(&j, text, len, NULL, p) == APR_SUCCESS ? j : NULL;
}

static bm_exchange_t *capture(const bm_http_request_t *request, const uint8_t *data, size_t size, size_t most, int status,
                              bm_exchange_end_e end, apr_pool_t *p)
{
    bm_exchange_t *x = bm_exchange_make(request, p);
    size_t at = 0, len, k = 0;

    x->planned_ns = x->added_ns = SECOND_NS;
    x->sent_ns = SECOND_NS + 1000000;
    x->first_byte_ns = SECOND_NS + 2000000;
    x->http_status = status;
    x->end = end;
    bm_buffer_append(&x->body, data, size);
    while (at < size) {
        len = most ? 1 + k % most : size;
        if (len > size - at)
            len = size - at;
        k++;
        bm_exchange_add_segment(x, at, (apr_uint32_t)len, (apr_uint32_t)(k / 2), SECOND_NS + 3000000 + (apr_int64_t)k * 1000,
                                k % 7 ? SECOND_NS + 2999000 + (apr_int64_t)k * 1000 : 0);
        at += len;
    }
    x->end_ns = SECOND_NS + 4000000 + (apr_int64_t)k * 1000;
    return x;
}

static void check_figures(const bm_call_t *call)
{
    bm_figures_t *f = bm_measure(&call->answer, call->p);
    apr_uint64_t n = 0;
    apr_size_t i;

    for (i = 0; i < f->itl.count; i++) {
        BM_FUZZ_CHECK(isfinite(f->itl.ms[i]) && f->itl.ms[i] >= 0);
        n += f->itl.times ? f->itl.times[i] : 1;
    }
    BM_FUZZ_CHECK(n == f->itl.n);
    BM_FUZZ_CHECK(f->inter_token.provenance == NULL || (f->inter_token.p50_ms <= f->inter_token.p99_ms && f->inter_token.n == n));
    BM_FUZZ_CHECK(f->tpot_ns == BM_FIGURE_NONE || f->tpot_ns >= 0);
    BM_FUZZ_CHECK(f->ttft_ns == BM_FIGURE_NONE || f->e2e_ns == BM_FIGURE_NONE || f->ttft_ns <= f->e2e_ns);
}

static void check_timeline(const bm_call_t *call)
{
    bm_buffer_t out = { 0 };
    const void *data;
    apr_size_t len;
    bm_jw_t w;

    data = bm_timeline_pack(&len, call->answer.chunks, SECOND_NS, 0, call->p);
    bm_jw_init(&w, &out);
    BM_FUZZ_CHECK(bm_timeline_write_json(&w, data, len, call->p) == APR_SUCCESS);
    BM_FUZZ_CHECK(parse(out.data, out.len, call->p) != NULL);
    bm_buffer_free(&out);
}

/* What was understood, as text, for comparing. */
static const char *understood(const bm_call_t *call, const bm_next_t *next)
{
    const bm_answer_t *a = &call->answer;
    char *kinds = apr_pcalloc(call->p, (apr_size_t)a->chunks->nelts + 1);
    int i;

    for (i = 0; i < a->chunks->nelts; i++)
        kinds[i] = (char)('a' + (int)APR_ARRAY_IDX(a->chunks, i, bm_chunk_t).kind);
    return apr_psprintf(call->p, "%d %d %s %s %s %" APR_INT64_T_FMT " %s", next->step, a->end, kinds, a->error_code ?
        a->error_code : "-",
                        a->response ? a->response : "-", a->usage.completion, a->external_id ? a->external_id : "-");
}

static const char *run(const setup_t *setup, const uint8_t *data, size_t size, size_t most, int status, bm_exchange_end_e end,
                       apr_pool_t *p)
{
    bm_call_t *call = bm_provider_call_make(bm_provider_find(setup->provider), p);
    bm_next_t next = { .step = BM_STEP_DONE };
    bm_err_t *err = bm_err_make(p);

    call->connection = parse(setup->connection, strlen(setup->connection), p);
    call->inputs = parse("{\"prompt\":\"x\"}", 14, p);
    call->response_max = 512;
    BM_FUZZ_CHECK(call->provider->start(call, &next, err) == APR_SUCCESS);
    call->provider->next(call, capture(next.request, data, size, most, status, end, p), &next);
    BM_FUZZ_CHECK(next.step != BM_STEP_DONE || call->answer.end == BM_RUN_COMPLETED || call->answer.error_code != NULL);
    BM_FUZZ_CHECK(call->answer.response == NULL || parse(call->answer.response, call->answer.response_len, p) != NULL);
    BM_FUZZ_CHECK(next.step != BM_STEP_EXCHANGE || strncmp(next.request->url, "https://agent.tinyfish.ai/v1/runs/", 34) == 0);
    check_figures(call);
    check_timeline(call);
    return understood(call, &next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    const char *whole, *cut;
    apr_pool_t *p;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    if (size < 2)
        return 0;
    apr_pool_create(&p, process);
    whole = run(&setups[data[0] & 3], data + 2, size - 2, 0, statuses[data[1] & 15], ends[data[0] >> 2 & 3], p);
    cut = run(&setups[data[0] & 3], data + 2, size - 2, data[0] >> 4, statuses[data[1] & 15], ends[data[0] >> 2 & 3], p);
    BM_FUZZ_CHECK(strcmp(whole, cut) == 0);
    apr_pool_destroy(p);
    return 0;
}
