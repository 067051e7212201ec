/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "engine/measure.h"
#include "engine/timeline.h"

#define NONE BM_FIGURE_NONE
#define MS(x) ((apr_int64_t)((x) * 1000000.0))

/* R role, c content, t thought, f tool, p progress, . other; at in ms of our clock; tokens -1: not said. */
typedef struct chunk_t {
    double at;
    char kind;
    int tokens;
    int wake;            /* 0: one of its own */
} chunk_t;

typedef struct case_t {
    const char *name;
    chunk_t chunks[8];
    int n;
    bm_stream_e stream;
    apr_int64_t completion;
    const char *provenance;
    /* expected, ms; -1: none. P is at 5 ms, handed over at 8, S at 10. */
    double ttft, ttfo, ttst, e2e, tpot, normalised;
    const char *gaps;    /* provenance of inter_token; NULL: none */
    int gaps_n;
    double mean, p50, p95, p99;
    int batched;
} case_t;

#define T BM_STREAM_TOKENS

static const case_t cases[] = {
    { "no chunk", { { 0 } }, 0, T, 0, "usage", -1, -1, -1, -1, -1, -1, NULL },
    { "N = 1", { { 30, 'c', -1 } }, 1, T, 1, "usage", 20, 20, -1, 20, -1, 20, NULL },
    { "N = 2, two chunks", { { 30, 'c', -1 }, { 70, 'c', -1 } }, 2, T, 2, "usage", 20, 20, 40, 60, 40, 30, "chunk", 1, 40,
      40, 40, 40 },
    { "N = 0 although there is content", { { 30, 'c', -1 }, { 70, 'c', -1 } }, 2, T, 0, "usage", 20, 20, 40, 60, -1, -1,
      "chunk", 1, 40, 40, 40, 40 },
    { "five tokens in three chunks, counts at the end only",
      { { 30, 'c', -1 }, { 40, 'c', -1 }, { 70, 'c', -1 } }, 3, T, 5, "usage", 20, 20, 10, 60, 10, 12, "chunk", 2, 20, 20,
        29, 29.8 },
    { "all tokens in one chunk", { { 30, 'c', -1 } }, 1, T, 9, "usage", 20, 20, -1, 20, -1, 20.0 / 9, NULL },
    { "first chunk with 3 of 7 tokens",     /* TPOT 40 / (7 - 3); ITL: two 0, then 20, then 20/3 thrice */
      { { 30, 'c', 3 }, { 50, 'c', 1 }, { 70, 'c', 3 } }, 3, T, 7, "usage", 20, 20, 20, 60, 10, 60.0 / 7, "usage", 6, 40.0 / 6,
      20.0 / 3, 20.0 / 3 + (20 - 20.0 / 3) * 0.75, 20.0 / 3 + (20 - 20.0 / 3) * 0.95 },
    { "one chunk, its tokens said", { { 30, 'c', 4 } }, 1, T, 4, "usage", 20, 20, -1, 20, -1, 5, "usage", 3, 0, 0, 0, 0 },
    { "a chunk without a token lends its gap", { { 30, 'c', 1 }, { 40, 'c', 0 }, { 50, 'c', 2 } }, 3, T, 3, "usage", 20, 20,
      10, 40, 10,
      40.0 / 3, "usage", 2, 10, 10, 10, 10 },
    { "one chunk says nothing: between chunks", { { 30, 'c', 1 }, { 40, 'c', -1 }, { 60, 'c', 1 } }, 3, T, 3, "usage", 20,
      20, 10, 50, 15,
      50.0 / 3, "chunk", 2, 15, 15, 19.5, 19.9 },
    { "no usage: no TPOT from counted chunks", { { 30, 'c', -1 }, { 70, 'c', -1 } }, 2, T, 2, "counted", 20, 20, 40, 60, -1,
      -1, "chunk", 1, 40,
      40, 40, 40 },
    { "no usage at all", { { 30, 'c', -1 }, { 70, 'c', -1 } }, 2, T, -1, NULL, 20, 20, 40, 60, -1, -1, "chunk", 1, 40, 40,
      40, 40 },
    { "timings of the server count", { { 30, 'c', -1 }, { 70, 'c', -1 } }, 2, T, 5, "timings", 20, 20, 40, 60, 10, 12,
      "chunk", 1, 40, 40, 40, 40 },
    { "role before, finish and usage behind do not count",
      { { 12, 'R', -1 }, { 30, 'c', -1 }, { 70, 'c', -1 }, { 90, 'e', -1 }, { 95, 'u', -1 }, { 99, '.', -1 } }, 6, T, 3,
        "usage", 20, 20, 40, 60,
      20, 20, "chunk", 1, 40, 40, 40, 40 },
    { "reasoning counts for TTFT, not for TTFO", { { 30, 't', -1 }, { 50, 't', -1 }, { 70, 'c', -1 } }, 3, T, 3, "usage",
      20, 60, 20, 60, 20, 20,
      "chunk", 2, 20, 20, 20, 20 },
    { "nothing but reasoning", { { 30, 't', -1 }, { 50, 't', -1 } }, 2, T, 2, "usage", 20, -1, 20, 40, 20, 20, "chunk", 1,
      20, 20, 20, 20 },
    { "a tool call is output", { { 30, 'f', -1 }, { 50, 'f', -1 } }, 2, T, 2, "usage", 20, 20, 20, 40, 20, 20, "chunk", 1,
      20, 20, 20, 20 },
    { "two chunks of one wake-up", { { 30, 'c', -1, 7 }, { 30, 'c', -1, 7 }, { 60, 'c', -1, 8 } }, 3, T, 3, "usage", 20, 20,
      0, 50, 15, 50.0 / 3, "chunk",
      2, 15, 15, 28.5, 29.7, 1 },
    { "role and first content of one wake-up are no batch", { { 30, 'R', -1, 7 }, { 30, 'c', -1, 7 } }, 2, T, 1, "usage",
      20, 20, -1, 20, -1, 20, NULL },
    { "one body is no stream", { { 70, 'c', -1 } }, 1, BM_STREAM_NONE, 6, "usage", -1, -1, -1, 60, -1, 10, NULL },
    { "an agent: steps, then its result", { { 20, '.', -1 }, { 30, 'p', -1 }, { 50, 'p', -1 }, { 90, 'p', -1 }, { 95, '.',
      -1 }, { 100, 'c', -1 } }, 6,
      BM_STREAM_PROGRESS, -1, NULL, 20, -1, 20, 90, -1, -1, "progress", 2, 30, 30, 39, 39.8 },
    { "an agent without steps", { { 20, '.', -1 }, { 100, 'c', -1 } }, 2, BM_STREAM_PROGRESS, -1, NULL, -1, -1, -1, 90, -1,
      -1, NULL },
    { "an agent whose end was not seen", { { 30, 'p', -1 }, { 50, 'p', -1 } }, 2, BM_STREAM_PROGRESS, -1, NULL, 20, -1, 20,
      -1, -1, -1, "progress", 1,
      20, 20, 20, 20 },
};

static bm_chunk_kind_e kind_of(char letter)
{
    switch (letter) {
    case 'R': return BM_CHUNK_ROLE;
    case 'c': return BM_CHUNK_CONTENT;
    case 't': return BM_CHUNK_REASONING;
    case 'f': return BM_CHUNK_TOOL;
    case 'p': return BM_CHUNK_PROGRESS;
    case 'u': return BM_CHUNK_USAGE;
    case 'e': return BM_CHUNK_FINISH;
    default: return BM_CHUNK_OTHER;
    }
}

static const bm_http_request_t a_request;

static bm_exchange_t *make_exchange(void)
{
    bm_exchange_t *x = bm_exchange_make(&a_request, g_pool);

    x->planned_ns = x->due_ns = MS(5);
    x->added_ns = MS(8);
    x->sent_ns = MS(10);
    x->first_byte_ns = MS(12);
    x->end_ns = MS(120);
    x->http_status = 200;
    return x;
}

/* lag_ms: the kernel saw every chunk that much earlier; negative: no kernel stamps. */
static bm_answer_t *make_answer(const case_t *c, double lag_ms)
{
    bm_answer_t *answer = apr_pcalloc(g_pool, sizeof(*answer));
    bm_exchange_t *x = make_exchange();
    int i;

    answer->end = BM_RUN_COMPLETED;
    answer->stream = c->stream;
    answer->measured = x;
    if (lag_ms >= 0)
        x->first_byte_kernel_ns = x->first_byte_ns - MS(lag_ms);
    answer->chunks = apr_array_make(g_pool, 8, sizeof(bm_chunk_t));
    for (i = 0; i < c->n; i++)
        APR_ARRAY_PUSH(answer->chunks, bm_chunk_t) = (bm_chunk_t){
            .user_ns = MS(c->chunks[i].at), .kernel_ns = lag_ms >= 0 ? MS(c->chunks[i].at - lag_ms) : 0,
            .wake = (apr_uint32_t)(c->chunks[i].wake ? c->chunks[i].wake : 1000 + i), .bytes = 10,
            .tokens = c->chunks[i].tokens, .kind = kind_of(c->chunks[i].kind) };
    answer->usage = (bm_usage_t){ .prompt = -1, .completion = c->completion, .reasoning = -1, .cached = -1, .provenance =
        c->provenance };
    return answer;
}

static void check_ns(const char *name, const char *figure, apr_int64_t ns, double ms)
{
    if (ms < 0)
        ck_assert_msg(ns == NONE, "%s: %s is %.6f ms, not none", name, figure, (double)ns / 1e6);
    else
        ck_assert_msg(ns != NONE && fabs((double)ns / 1e6 - ms) < 1e-5, "%s: %s is %.6f, not %.6f ms", name, figure,
            (double)ns / 1e6, ms);
}

BM_LOOP_TEST(figures_are_those_worked_out_by_hand, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    bm_figures_t *f = bm_measure(make_answer(c, -1), g_pool);

    check_ns(c->name, "ttft", f->ttft_ns, c->ttft);
    check_ns(c->name, "ttft scheduled", f->ttft_scheduled_ns, c->ttft < 0 ? -1 : c->ttft + 5);
    check_ns(c->name, "ttft cold", f->ttft_cold_ns, c->ttft < 0 ? -1 : c->ttft + 2);
    check_ns(c->name, "ttfo", f->ttfo_ns, c->ttfo);
    check_ns(c->name, "ttst", f->ttst_ns, c->ttst);
    check_ns(c->name, "e2e", f->e2e_ns, c->e2e);
    check_ns(c->name, "e2e scheduled", f->e2e_scheduled_ns, c->e2e < 0 ? -1 : c->e2e + 5);
    check_ns(c->name, "tpot", f->tpot_ns, c->tpot);
    check_ns(c->name, "normalised tpot", f->tpot_normalised_ns, c->normalised);
    if (c->tpot > 0)
        ck_assert_double_eq_tol(f->tokens_per_second, 1000 / c->tpot, 1e-6);
    else
        ck_assert(isnan(f->tokens_per_second));
    if (c->normalised > 0)
        ck_assert_double_eq_tol(f->tokens_per_second_e2e, 1000 / c->normalised, 1e-6);
    ck_assert_str_eq(f->inter_token.provenance ? f->inter_token.provenance : "", c->gaps ? c->gaps : "");
    ck_assert_int_eq(f->inter_token.n, c->gaps_n);
    ck_assert_int_eq(f->itl.n, c->gaps_n);
    ck_assert_double_eq_tol(f->inter_token.mean_ms, c->mean, 1e-9);
    ck_assert_double_eq_tol(f->inter_token.p50_ms, c->p50, 1e-9);
    ck_assert_double_eq_tol(f->inter_token.p95_ms, c->p95, 1e-9);
    ck_assert_double_eq_tol(f->inter_token.p99_ms, c->p99, 1e-9);
    ck_assert_int_eq(f->batched_events, c->batched);
    ck_assert_int_eq(f->chunks, c->n);
}
END_TEST

/* The kernel's stamps move the whole run, since all of them are used. */
BM_LOOP_TEST(kernel_stamps_are_used_for_a_whole_run, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    bm_figures_t *f = bm_measure(make_answer(c, 0.25), g_pool);

    if (c->n == 0)
        return;
    ck_assert_int_eq(f->kernel_stamped, 1);
    check_ns(c->name, "ttfb", f->ttfb_ns, 2 - 0.25);
    check_ns(c->name, "ttft", f->ttft_ns, c->ttft < 0 ? -1 : c->ttft - 0.25);
    check_ns(c->name, "e2e", f->e2e_ns, c->e2e < 0 ? -1 : c->e2e - 0.25);
    check_ns(c->name, "ttst", f->ttst_ns, c->ttst);
    check_ns(c->name, "lag", f->lag_max_ns, 0.25);
}
END_TEST

static void check_gaps(const char *name, const bm_gaps_t *a, const bm_gaps_t *b)
{
    apr_size_t i;

    ck_assert_msg(a->n == b->n && a->count == b->count, "%s: %d gaps, not %d", name, (int)a->n, (int)b->n);
    for (i = 0; i < a->count; i++) {
        ck_assert_double_eq(a->ms[i], b->ms[i]);
        ck_assert_uint_eq(a->times ? a->times[i] : 1, b->times ? b->times[i] : 1);
    }
}

/* Stamps between microseconds, through the timeline and back: the very same gaps. */
BM_LOOP_TEST(gaps_are_those_of_the_timeline, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    bm_answer_t *answer = make_answer(c, -1);
    bm_gaps_t itl, icl;
    bm_figures_t *f;
    apr_array_header_t *chunks;
    const void *data;
    apr_size_t len;
    int i;

    for (i = 0; i < c->n; i++)
        APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t).user_ns += 377 * i * i + 499;
    f = bm_measure(answer, g_pool);
    data = bm_timeline_pack(&len, answer->chunks, answer->measured->sent_ns, 0, g_pool);
    ck_assert_int_eq(bm_timeline_unpack(&chunks, data, len, g_pool), APR_SUCCESS);
    bm_measure_gaps(&itl, &icl, chunks, c->stream, g_pool);
    check_gaps(c->name, &itl, &f->itl);
    check_gaps(c->name, &icl, &f->icl);
}
END_TEST

static int has_content(bm_chunk_kind_e kind)
{
    return kind == BM_CHUNK_CONTENT || kind == BM_CHUNK_REASONING || kind == BM_CHUNK_TOOL || kind == BM_CHUNK_PROGRESS;
}

/* One stamp that is missing of a chunk with content, and none of them is used; others and the first byte may lack it. */
BM_TEST(kinds_of_stamps_are_never_mixed)
{
    const case_t *c = &cases[13];
    int i;

    for (i = 0; i <= c->n; i++) {
        bm_answer_t *answer = make_answer(c, 0.25);
        int counts = i < c->n && has_content(APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t).kind);
        double moved = counts ? 0 : 0.25;
        bm_figures_t *f;

        if (i < c->n)
            APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t).kernel_ns = 0;
        else
            ((bm_exchange_t *)(apr_uintptr_t)answer->measured)->first_byte_kernel_ns = 0;
        f = bm_measure(answer, g_pool);
        ck_assert_int_eq(f->kernel_stamped, !counts);
        check_ns(c->name, "ttfb", f->ttfb_ns, counts || i == c->n ? 2 : 2 - 0.25);
        check_ns(c->name, "ttft", f->ttft_ns, c->ttft - moved);
        check_ns(c->name, "e2e", f->e2e_ns, c->e2e - moved);
        check_ns(c->name, "lag", f->lag_max_ns, 0.25);
    }
}
END_TEST

BM_TEST(lag_has_percentiles_of_its_own)
{
    bm_answer_t *answer = make_answer(&cases[13], 0);
    static const double lags[] = { 0.1, 0.2, 0.3, 0.4, 0.5, 1.5 };
    bm_figures_t *f;
    int i;

    for (i = 0; i < 6; i++)
        APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t).kernel_ns = APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t).user_ns -
            MS(lags[i]);
    f = bm_measure(answer, g_pool);
    check_ns("lag", "p50", f->lag_p50_ns, 0.35);
    check_ns("lag", "p99", f->lag_p99_ns, 0.5 + 0.95);
    check_ns("lag", "max", f->lag_max_ns, 1.5);
}
END_TEST

BM_TEST(phases_add_up_to_the_total)
{
    bm_answer_t *answer = make_answer(&cases[2], -1);
    bm_exchange_t *x = (bm_exchange_t *)(apr_uintptr_t)answer->measured;
    bm_figures_t *f;

    x->dns_us = 300;
    x->connect_us = 500;
    x->tls_us = 700;
    f = bm_measure(answer, g_pool);
    check_ns("phases", "dns", f->dns_ns, 0.3);
    check_ns("phases", "connect", f->connect_ns, 0.5);
    check_ns("phases", "tls", f->tls_ns, 0.7);
    check_ns("phases", "send", f->send_ns, 0.5);
    check_ns("phases", "wait", f->wait_ns, 2);
    check_ns("phases", "stream", f->stream_ns, 108);
    check_ns("phases", "total", f->total_ns, 112);
    ck_assert_int_eq(f->dns_ns + f->connect_ns + f->tls_ns + f->send_ns + f->wait_ns + f->stream_ns, f->total_ns);
    check_ns("phases", "send lag", f->send_lag_ns, 5);
    check_ns("phases", "held", f->held_ns, -1);
    x->due_ns += MS(3);                 /* a limit held it back for 3 of the 5 ms */
    f = bm_measure(answer, g_pool);
    check_ns("held", "send lag", f->send_lag_ns, 2);
    check_ns("held", "held", f->held_ns, 3);
    ck_assert_int_eq(f->connection_reused, 0);
    ck_assert_int_eq(f->http_status, 200);
    x->connection_reused = 1;
    f = bm_measure(answer, g_pool);
    ck_assert_int_eq(f->connection_reused, 1);
    ck_assert_int_eq(f->ttft_cold_ns, NONE);
}
END_TEST

BM_TEST(a_run_that_did_not_complete_has_no_latency)
{
    bm_answer_t *answer = make_answer(&cases[4], -1);
    bm_figures_t *f;
    int end;

    for (end = BM_RUN_FAILED; end <= BM_RUN_CANCELLED; end++) {
        answer->end = (bm_run_end_e)end;
        f = bm_measure(answer, g_pool);
        ck_assert(f->ttft_ns == NONE && f->e2e_ns == NONE && f->ttst_ns == NONE && f->tpot_ns == NONE && f->ttfo_ns == NONE);
        ck_assert(f->ttft_scheduled_ns == NONE && f->e2e_scheduled_ns == NONE && f->tpot_normalised_ns == NONE);
        ck_assert_ptr_null(f->inter_token.provenance);
        ck_assert_int_eq(f->itl.n + f->icl.n, 0);
        check_ns("failed", "ttfb", f->ttfb_ns, 2);
        check_ns("failed", "total", f->total_ns, 112);
        ck_assert_int_eq(f->chunks, 3);
    }
}
END_TEST

BM_TEST(a_request_that_was_never_sent_has_almost_nothing)
{
    bm_answer_t *answer = make_answer(&cases[0], -1);
    bm_exchange_t *x = (bm_exchange_t *)(apr_uintptr_t)answer->measured;
    bm_figures_t *f;

    x->sent_ns = x->first_byte_ns = 0;
    x->http_status = 0;
    answer->end = BM_RUN_FAILED;
    f = bm_measure(answer, g_pool);
    ck_assert(f->ttfb_ns == NONE && f->wait_ns == NONE && f->send_ns == NONE && f->send_lag_ns == NONE && f->http_status == NONE);
    ck_assert_int_eq(f->connection_reused, -1);
    ck_assert_int_eq(f->kernel_stamped, -1);
    check_ns("never sent", "total", f->total_ns, 112);
}
END_TEST

BM_TEST(a_call_of_several_exchanges_has_the_total_of_all)
{
    bm_answer_t *answer = make_answer(&cases[0], -1);

    answer->began_ns = MS(8);
    answer->ended_ns = MS(5008);
    check_ns("several", "total", bm_measure(answer, g_pool)->total_ns, 5000);
    answer->measured = NULL;
    check_ns("several", "total", bm_measure(answer, g_pool)->total_ns, 5000);
    answer->began_ns = 0;
    ck_assert_int_eq(bm_measure(answer, g_pool)->total_ns, NONE);
}
END_TEST

static const struct {
    double values[6];
    int n;
    double q, value;     /* by PostgreSQL's percentile_cont */
} quantiles[] = {
    { { 7 }, 1, 0.5, 7 }, { { 1, 2 }, 2, 0.5, 1.5 }, { { 1, 2, 4 }, 3, 0.5, 2 }, { { 1, 2, 4, 8 }, 4, 0.5, 3 },
    { { 1, 2, 4, 8, 16 }, 5, 0.95, 14.4 }, { { 1, 2, 4, 8, 16 }, 5, 0, 1 }, { { 1, 2, 4, 8, 16 }, 5, 1, 16 },
    { { 1, 2, 4, 8, 16, 32 }, 6, 0.99, 31.2 },
};

BM_LOOP_TEST(percentiles_are_linear_between_ranks, BM_COUNT(quantiles))
{
    bm_gaps_t g = { quantiles[_i].values, NULL, (apr_size_t)quantiles[_i].n, (apr_uint64_t)quantiles[_i].n };

    ck_assert_double_eq_tol(bm_measure_percentile(&g, quantiles[_i].q), quantiles[_i].value, 1e-9);
}
END_TEST

/* Repetitions are values: {0 x 3, 5 x 2, 9} is 0 0 0 5 5 9. */
BM_TEST(percentiles_count_repetitions)
{
    static const double ms[] = { 0, 5, 9 };
    static const apr_uint32_t times[] = { 3, 2, 1 };
    bm_gaps_t g = { ms, times, 3, 6 }, none = { NULL, NULL, 0, 0 };

    ck_assert_double_eq_tol(bm_measure_percentile(&g, 0.5), 2.5, 1e-12);
    ck_assert_double_eq_tol(bm_measure_percentile(&g, 0.6), 5, 1e-12);
    ck_assert_double_eq_tol(bm_measure_percentile(&g, 0.9), 7, 1e-12);
    ck_assert_double_eq_tol(bm_measure_percentile(&g, 1.0), 9, 1e-12);
    ck_assert(isnan(bm_measure_percentile(&none, 0.5)));
}
END_TEST

BM_TEST(microseconds_are_rounded)
{
    ck_assert_int_eq(bm_measure_us(1499), 1);
    ck_assert_int_eq(bm_measure_us(1500), 2);
    ck_assert_int_eq(bm_measure_us(-1500), -2);
    ck_assert_int_eq(bm_measure_us(NONE), NONE);
}
END_TEST

BM_TEST(gaps_become_json)
{
    bm_figures_t *f = bm_measure(make_answer(&cases[4], -1), g_pool);

    ck_assert_str_eq(bm_measure_inter_token_json(&f->inter_token, g_pool),
                     "{\"mean_ms\":20,\"p50_ms\":20,\"p95_ms\":29,\"p99_ms\":29.8,\"n\":2,\"provenance\":\"chunk\"}");
    f = bm_measure(make_answer(&cases[1], -1), g_pool);
    ck_assert_ptr_null(bm_measure_inter_token_json(&f->inter_token, g_pool));
}
END_TEST

#include "test_measure.reg"
