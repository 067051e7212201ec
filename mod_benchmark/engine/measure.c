/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"

/* A content chunk on the run's one clock. */
typedef struct arrival_t {
    apr_int64_t at_ns;
    apr_int32_t tokens;       /* -1: not said */
    bm_chunk_kind_e kind;
    apr_uint32_t wake;
} arrival_t;

typedef struct measure_t {
    const bm_answer_t *answer;
    const bm_exchange_t *x;
    bm_figures_t *f;
    apr_pool_t *p;
    arrival_t *c;             /* C1..Cn */
    apr_size_t n;
    apr_size_t first, count;  /* those of c between which gaps are measured: all, or an agent's progress events */
} measure_t;

apr_int64_t bm_measure_us(apr_int64_t ns)
{
    if (ns == BM_FIGURE_NONE)
        return BM_FIGURE_NONE;
    return ns >= 0 ? (ns + 500) / 1000 : -((-ns + 500) / 1000);
}

static apr_int64_t difference(apr_int64_t later, apr_int64_t earlier)
{
    return later == 0 || earlier == 0 ? BM_FIGURE_NONE : later - earlier;
}

static void clear(bm_figures_t *f)
{
    apr_int64_t *const none[] = {
        &f->total_ns, &f->e2e_ns, &f->e2e_scheduled_ns, &f->ttfb_ns, &f->ttft_ns, &f->ttft_scheduled_ns, &f->ttft_cold_ns,
        &f->ttfo_ns, &f->ttst_ns, &f->tpot_ns, &f->tpot_normalised_ns, &f->dns_ns, &f->connect_ns, &f->tls_ns, &f->send_ns,
        &f->wait_ns, &f->stream_ns, &f->send_lag_ns, &f->held_ns, &f->lag_p50_ns, &f->lag_p99_ns, &f->lag_max_ns, &f->chunks,
        &f->content_chunks, &f->batched_events, &f->http_status
    };
    size_t i;

    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        *none[i] = BM_FIGURE_NONE;
    f->tokens_per_second = f->tokens_per_second_e2e = NAN;
    f->kernel_stamped = f->connection_reused = -1;
}

/* --- percentiles */

/* Value of rank `rank` (from 0). */
static double value_at(const bm_gaps_t *g, apr_uint64_t rank)
{
    apr_size_t i;

    if (g->times == NULL)
        return g->ms[rank];
    for (i = 0; i + 1 < g->count && rank >= g->times[i]; i++)
        rank -= g->times[i];
    return g->ms[i];
}

double bm_measure_percentile(const bm_gaps_t *ascending, double q)
{
    double rank, low, a, b;

    if (ascending->n == 0)
        return NAN;
    rank = q * (double)(ascending->n - 1);
    low = floor(rank);
    a = value_at(ascending, (apr_uint64_t)low);
    b = low < rank ? value_at(ascending, (apr_uint64_t)low + 1) : a;
    return a + (b - a) * (rank - low);
}

typedef struct entry_t {
    double ms;
    apr_uint32_t times;
} entry_t;

static int by_ms(const void *a, const void *b)
{
    double x = ((const entry_t *)a)->ms, y = ((const entry_t *)b)->ms;

    return (x > y) - (x < y);
}

static bm_gaps_t sorted(const bm_gaps_t *g, apr_pool_t *p)
{
    entry_t *entries = apr_palloc(p, g->count * sizeof(*entries) + 1);
    apr_uint32_t *times = apr_palloc(p, g->count * sizeof(*times) + 1);
    double *ms = apr_palloc(p, g->count * sizeof(*ms) + 1);
    apr_size_t i;

    for (i = 0; i < g->count; i++)
        entries[i] = (entry_t){ g->ms[i], g->times ? g->times[i] : 1 };
    qsort(entries, g->count, sizeof(*entries), by_ms);
    for (i = 0; i < g->count; i++) {
        ms[i] = entries[i].ms;
        times[i] = entries[i].times;
    }
    return (bm_gaps_t){ ms, times, g->count, g->n };
}

static void summarise(bm_gap_stats_t *stats, const bm_gaps_t *g, const char *provenance, apr_pool_t *p)
{
    bm_gaps_t ascending;
    double sum = 0;
    apr_size_t i;

    if (g->n == 0)
        return;
    ascending = sorted(g, p);
    for (i = 0; i < ascending.count; i++)
        sum += ascending.ms[i] * ascending.times[i];
    stats->mean_ms = sum / (double)g->n;
    stats->p50_ms = bm_measure_percentile(&ascending, 0.50);
    stats->p95_ms = bm_measure_percentile(&ascending, 0.95);
    stats->p99_ms = bm_measure_percentile(&ascending, 0.99);
    stats->n = g->n;
    stats->provenance = provenance;
}

/* --- stamps */

static int has_content(bm_chunk_kind_e kind)
{
    return kind == BM_CHUNK_CONTENT || kind == BM_CHUNK_REASONING || kind == BM_CHUNK_TOOL || kind == BM_CHUNK_PROGRESS;
}

/* The kernel's stamps count if every chunk with content has one (without any: every chunk); else all are ours. What has no
 * content may lack it: on a warm connection libcurl reads an answer that is there at once without being told to. */
static int all_kernel_stamped(const bm_answer_t *answer)
{
    int i, content = 0, stamped = 0, others = 0;

    for (i = 0; i < answer->chunks->nelts; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t);

        content += has_content(chunk->kind);
        stamped += has_content(chunk->kind) && chunk->kernel_ns != 0;
        others += !has_content(chunk->kind) && chunk->kernel_ns == 0;
    }
    return content > 0 ? stamped == content : others == 0 && answer->chunks->nelts > 0;
}

static void read_chunks(measure_t *m)
{
    const apr_array_header_t *chunks = m->answer->chunks;
    int i;

    m->c = apr_palloc(m->p, (apr_size_t)chunks->nelts * sizeof(*m->c) + 1);
    m->f->batched_events = 0;
    for (i = 0; i < chunks->nelts; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

        if (!has_content(chunk->kind))
            continue;
        if (m->n > 0 && m->c[m->n - 1].wake == chunk->wake)
            m->f->batched_events++;
        m->c[m->n++] = (arrival_t){ m->f->kernel_stamped ? chunk->kernel_ns : chunk->user_ns, chunk->tokens, chunk->kind,
                                    chunk->wake };
    }
    m->f->chunks = chunks->nelts;
    m->f->content_chunks = (apr_int64_t)m->n;
}

/* Gaps of an agent are those between its steps; the result that follows them is the end, not a step. */
static void choose_range(measure_t *m)
{
    apr_size_t i, to = 0;

    m->count = m->n;
    if (m->answer->stream != BM_STREAM_PROGRESS)
        return;
    for (i = 0; i < m->n; i++)
        if (m->c[i].kind == BM_CHUNK_PROGRESS)
            m->c[to++] = m->c[i];
    m->count = to;
}

/* --- our own delay */

static int by_value(const void *a, const void *b)
{
    apr_int64_t x = *(const apr_int64_t *)a, y = *(const apr_int64_t *)b;

    return (x > y) - (x < y);
}

/* percentile_cont in whole nanoseconds */
static apr_int64_t lag_at(const apr_int64_t *lags, int n, double q)
{
    double rank = q * (n - 1);
    int low = (int)rank;
    apr_int64_t above = low + 1 < n ? lags[low + 1] - lags[low] : 0;

    return lags[low] + (apr_int64_t)llround((double)above * (rank - low));
}

static void measure_lag(measure_t *m)
{
    const apr_array_header_t *chunks = m->answer->chunks;
    apr_int64_t *lags = apr_palloc(m->p, (apr_size_t)chunks->nelts * sizeof(*lags) + 1);
    int i, n = 0;

    for (i = 0; i < chunks->nelts; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

        if (chunk->kernel_ns != 0)
            lags[n++] = chunk->user_ns - chunk->kernel_ns;
    }
    if (n == 0)
        return;
    qsort(lags, (size_t)n, sizeof(*lags), by_value);
    m->f->lag_p50_ns = lag_at(lags, n, 0.50);
    m->f->lag_p99_ns = lag_at(lags, n, 0.99);
    m->f->lag_max_ns = lags[n - 1];
}

/* --- the exchange */

static void measure_exchange(measure_t *m)
{
    const bm_exchange_t *x = m->x;
    bm_figures_t *f = m->f;
    /* an answer that is there at once may have been read before it was stamped, or be stamped before S by the clocks' offset */
    int kernel = f->kernel_stamped == 1 && x->first_byte_kernel_ns > x->sent_ns;
    apr_int64_t first_byte = kernel ? x->first_byte_kernel_ns : x->first_byte_ns;

    f->total_ns = difference(x->end_ns, x->added_ns);
    f->ttfb_ns = difference(first_byte, x->sent_ns);
    f->send_lag_ns = difference(x->sent_ns, x->due_ns);
    if (x->due_ns > x->planned_ns)
        f->held_ns = x->due_ns - x->planned_ns;
    f->dns_ns = x->dns_us * 1000;
    f->connect_ns = x->connect_us * 1000;
    f->tls_ns = x->tls_us * 1000;
    f->send_ns = difference(x->sent_ns, x->added_ns);
    if (f->send_ns != BM_FIGURE_NONE) {
        f->send_ns -= f->dns_ns + f->connect_ns + f->tls_ns;
        if (f->send_ns < 0)             /* libcurl's split is in whole microseconds */
            f->send_ns = 0;
    }
    f->wait_ns = difference(x->first_byte_ns, x->sent_ns);
    f->stream_ns = difference(x->end_ns, x->first_byte_ns);
    f->connection_reused = x->sent_ns != 0 ? x->connection_reused != 0 : -1;
    if (x->http_status > 0)
        f->http_status = x->http_status;
}

/* --- tokens */

/* Output tokens by the target's own count; 0: not said. Counted chunks are no token count: a chunk may hold several. */
static apr_int64_t tokens_of(const bm_answer_t *answer)
{
    const char *provenance = answer->usage.provenance;

    if (provenance == NULL || strcmp(provenance, "counted") == 0 || answer->usage.completion < 0)
        return 0;
    return answer->usage.completion;
}

static int all_tokens_said(const measure_t *m)
{
    apr_size_t i;

    for (i = 0; i < m->count; i++)
        if (m->c[i].tokens < 0)
            return 0;
    return m->count > 0;
}

static void measure_tokens(measure_t *m)
{
    bm_figures_t *f = m->f;
    apr_int64_t tokens = tokens_of(m->answer), later;

    if (tokens < 1 || f->e2e_ns == BM_FIGURE_NONE)
        return;
    f->tpot_normalised_ns = (apr_int64_t)llround((double)f->e2e_ns / (double)tokens);
    if (f->e2e_ns > 0)
        f->tokens_per_second_e2e = (double)tokens * 1e9 / (double)f->e2e_ns;
    if (m->answer->stream != BM_STREAM_TOKENS || m->n < 2)
        return;                         /* one chunk holds all tokens: there is no time between them */
    later = tokens - (m->c[0].tokens > 0 ? m->c[0].tokens : 1);
    if (later < 1)
        return;
    f->tpot_ns = (apr_int64_t)llround((double)(m->c[m->n - 1].at_ns - m->c[0].at_ns) / (double)later);
    if (f->tpot_ns > 0)
        f->tokens_per_second = (double)later * 1e9 / (double)(m->c[m->n - 1].at_ns - m->c[0].at_ns);
}

/* --- gaps */

/* Gaps are between stamps in whole microseconds, each rounded on its own, as the timeline keeps them: what is computed from
 * it later are the same gaps. */
static apr_int64_t at_us(const measure_t *m, apr_size_t i)
{
    return bm_measure_us(m->c[i].at_ns - m->x->sent_ns);
}

static void measure_icl(measure_t *m)
{
    double *ms;
    apr_int64_t before, at;
    apr_size_t i;

    if (m->count < 2)
        return;
    ms = apr_palloc(m->p, (m->count - 1) * sizeof(*ms));
    before = at_us(m, 0);
    for (i = 1; i < m->count; i++, before = at) {
        at = at_us(m, i);
        ms[i - 1] = (double)(at - before) / 1e3;
    }
    m->f->icl = (bm_gaps_t){ ms, NULL, m->count - 1, m->count - 1 };
}

/* Per token: a gap divided by the tokens that came with its chunk, that many times; the first chunk's tokens but one came
 * at once. A chunk without a token of its own lends its gap to the next one that has some. */
static void measure_itl(measure_t *m)
{
    double *ms = apr_palloc(m->p, (m->count + 1) * sizeof(*ms));
    apr_uint32_t *times = apr_palloc(m->p, (m->count + 1) * sizeof(*times));
    apr_int64_t before = at_us(m, 0), at;
    bm_gaps_t itl = { ms, times, 0, 0 };
    apr_size_t i;

    if (m->c[0].tokens > 1) {
        ms[0] = 0;
        times[0] = (apr_uint32_t)m->c[0].tokens - 1;
        itl.count = 1;
        itl.n = times[0];
    }
    for (i = 1; i < m->count; i++) {
        if (m->c[i].tokens == 0)
            continue;
        at = at_us(m, i);
        ms[itl.count] = (double)(at - before) / 1e3 / m->c[i].tokens;
        times[itl.count] = (apr_uint32_t)m->c[i].tokens;
        itl.n += times[itl.count++];
        before = at;
    }
    m->f->itl = itl;
}

/* @return provenance of the gaps per token. */
static const char *measure_gaps(measure_t *m)
{
    measure_icl(m);
    if (m->answer->stream == BM_STREAM_TOKENS && all_tokens_said(m)) {
        measure_itl(m);
        return "usage";
    }
    m->f->itl = m->f->icl;
    return m->answer->stream == BM_STREAM_PROGRESS ? "progress" : "chunk";
}

void bm_measure_gaps(bm_gaps_t *itl, bm_gaps_t *icl, apr_array_header_t *chunks, bm_stream_e stream, apr_pool_t *p)
{
    static const bm_exchange_t sent_at_zero;
    bm_answer_t answer = { .chunks = chunks, .stream = stream };
    bm_figures_t figures = { 0 };
    measure_t m = { .answer = &answer, .x = &sent_at_zero, .f = &figures, .p = p };

    read_chunks(&m);
    choose_range(&m);
    if (stream != BM_STREAM_NONE && m.count > 0)
        (void)measure_gaps(&m);
    *itl = figures.itl;
    *icl = figures.icl;
}

/* --- latencies of a complete answer */

static apr_int64_t first_output(const measure_t *m)
{
    apr_size_t i;

    for (i = 0; i < m->n; i++)
        if (m->c[i].kind == BM_CHUNK_CONTENT || m->c[i].kind == BM_CHUNK_TOOL)
            return m->c[i].at_ns;
    return 0;
}

static void measure_latency(measure_t *m)
{
    bm_figures_t *f = m->f;
    const bm_exchange_t *x = m->x;
    apr_int64_t first, last;
    int ended = m->answer->stream != BM_STREAM_PROGRESS || (m->n > 0 && m->c[m->n - 1].kind == BM_CHUNK_CONTENT);

    if (m->n > 0 && ended) {            /* an agent's end that was found by polling is no stamp */
        last = m->c[m->n - 1].at_ns;
        f->e2e_ns = difference(last, x->sent_ns);
        f->e2e_scheduled_ns = difference(last, x->planned_ns);
    }
    choose_range(m);
    measure_tokens(m);
    if (m->answer->stream == BM_STREAM_NONE || m->count == 0)
        return;
    first = m->c[0].at_ns;
    f->ttft_ns = difference(first, x->sent_ns);
    f->ttft_scheduled_ns = difference(first, x->planned_ns);
    if (!x->connection_reused)
        f->ttft_cold_ns = difference(first, x->added_ns);
    if (m->answer->stream == BM_STREAM_TOKENS)
        f->ttfo_ns = difference(first_output(m), x->sent_ns);
    if (m->count > 1)
        f->ttst_ns = m->c[1].at_ns - first;
    summarise(&f->inter_token, &f->itl, measure_gaps(m), m->p);
}

bm_figures_t *bm_measure(const bm_answer_t *answer, apr_pool_t *p)
{
    measure_t m = { .answer = answer, .x = answer->measured, .f = apr_pcalloc(p, sizeof(*m.f)), .p = p };

    clear(m.f);
    if (m.x != NULL) {
        m.f->kernel_stamped = answer->chunks->nelts > 0 || m.x->first_byte_ns != 0 ? all_kernel_stamped(answer) : -1;
        measure_exchange(&m);
        read_chunks(&m);
        measure_lag(&m);
        if (answer->end == BM_RUN_COMPLETED)
            measure_latency(&m);
    }
    if (answer->began_ns != 0 && answer->ended_ns != 0)
        m.f->total_ns = answer->ended_ns - answer->began_ns;
    return m.f;
}

const char *bm_measure_inter_token_json(const bm_gap_stats_t *stats, apr_pool_t *p)
{
    bm_buffer_t out = { 0 };
    const char *text;
    bm_jw_t w;

    if (stats->provenance == NULL)
        return NULL;
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "mean_ms");
    bm_jw_fixed(&w, stats->mean_ms, 3);
    bm_jw_key(&w, "p50_ms");
    bm_jw_fixed(&w, stats->p50_ms, 3);
    bm_jw_key(&w, "p95_ms");
    bm_jw_fixed(&w, stats->p95_ms, 3);
    bm_jw_key(&w, "p99_ms");
    bm_jw_fixed(&w, stats->p99_ms, 3);
    bm_jw_key(&w, "n");
    bm_jw_int(&w, (apr_int64_t)stats->n);
    bm_jw_key(&w, "provenance");
    bm_jw_string(&w, stats->provenance);
    bm_jw_end_object(&w);
    text = w.rv == APR_SUCCESS ? apr_pstrmemdup(p, out.data, out.len) : NULL;
    bm_buffer_free(&out);
    return text;
}
