/* SPDX-License-Identifier: Apache-2.0 */
#include "export/otlp_sender.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/rand.h"
#include "base/ring.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "export/otlp_json.h"
#include "net/outbound.h"
#include "parse/retry_after.h"

#define TICK_MS 500                                 /* how often the thread looks: batches make themselves */
#define BATCH_RUNS 256
#define REQUEST_MS 10000
#define ANSWER_MAX (4 * 1024 * 1024)                /* of which what can matter is kept */
#define ANSWER_KEPT 16384
#define PAUSE_FIRST apr_time_from_sec(1)            /* doubled up to PAUSE_MAX */
#define PAUSE_MAX apr_time_from_sec(30)
#define ASKED_MAX apr_time_from_sec(120)            /* the longest pause that a collector may ask for */
#define BATCH_LIFE apr_time_from_sec(300)
#define METRIC_PLACES 256

enum { DURATION, FIRST_CHUNK, METRICS };

/* What one run left, as text. malloc'ed by the recorder, freed by the sender. */
typedef struct item_t {
    bm_buffer_t text;
    int spans;
} item_t;

/* A batch under way. */
typedef struct batch_t {
    bm_buffer_t spans;                  /* joined by commas */
    int runs, span_count;
    apr_time_t first_try, next_try;     /* steady; 0: not tried yet */
    apr_interval_time_t pause;
} batch_t;

typedef enum outcome_e { SENT, AGAIN, REFUSED } outcome_e;

/* Owner: the thread, but for the ring, the atomics, and what is set before it starts. */
struct bm_otlp_sender_t {
    bm_otlp_sender_options_t options;
    bm_otlp_meters_t *meters;
    bm_otlp_resource_t resource;
    bm_trace_sink_t sink;
    bm_outbound_t *outbound;
    const char *traces_url, *metrics_url;
    bm_histogram_table_t *tables[METRICS];   /* counted by the recorder */
    apr_time_t started;
    bm_ring_t *ring;                    /* of item_t *, from the recorder */
    bm_thread_t *thread;
    _Atomic apr_int64_t end_at;         /* steady: when to give up; 0: not stopping */
    batch_t batch;
    apr_time_t metrics_at;              /* steady */
    int is_away;                        /* the log was told */
    CURL *easy;
    bm_outbound_call_t call;
    bm_buffer_t answer;
    apr_size_t answer_len;
    char retry_after[64];
};

/* --- the recorder's side */

static void count(bm_otlp_sender_t *s, const bm_run_trace_t *trace)
{
    bm_histogram_key_t key = { { trace->provider, trace->asked_model, trace->error_code } };

    if (bm_otlp_operation(trace->provider) == NULL || trace->request_ns == 0)
        return;
    bm_histogram_table_add(s->tables[DURATION], &key, trace->answered_ns - trace->request_ns);
    if (trace->streamed && trace->first_token_ns != 0)
        bm_histogram_table_add(s->tables[FIRST_CHUNK], &key, trace->first_token_ns - trace->sent_ns);
}

static void drop(bm_otlp_sender_t *s, bm_otlp_drop_e why, int spans)
{
    atomic_fetch_add_explicit(&s->meters->dropped[why], (uint64_t)spans, memory_order_relaxed);
}

static void free_item(item_t *item)
{
    if (item != NULL)
        bm_buffer_free(&item->text);
    free(item);
}

static void take(void *baton, const bm_run_trace_t *trace)
{
    bm_otlp_sender_t *s = baton;
    int spans = bm_otlp_span_count(trace), full = atomic_load(&s->meters->queued) >= s->options.settings->otlp_queue;
    item_t *item = full ? NULL : calloc(1, sizeof(*item));
    apr_int64_t wall_ns = apr_time_now() * 1000 - bm_timefmt_monotonic_ns();

    count(s, trace);
    if (item == NULL || bm_otlp_json_spans(&item->text, trace, wall_ns) != APR_SUCCESS) {
        drop(s, BM_OTLP_DROP_FULL, spans);
        free_item(item);
        return;
    }
    item->spans = spans;
    atomic_fetch_add(&s->meters->queued, 1);
    if (bm_ring_push(s->ring, item) == APR_SUCCESS)
        return;
    atomic_fetch_sub(&s->meters->queued, 1);
    drop(s, BM_OTLP_DROP_FULL, spans);
    free_item(item);
}

const bm_trace_sink_t *bm_otlp_sender_sink(bm_otlp_sender_t *sender)
{
    return &sender->sink;
}

/* --- one request */

static size_t keep_answer(char *data, size_t size, size_t n, void *baton)
{
    bm_otlp_sender_t *s = baton;

    s->answer_len += size * n;
    if (s->answer_len > ANSWER_MAX)
        return 0;
    if (s->answer.len + size * n <= ANSWER_KEPT)
        (void)bm_buffer_append(&s->answer, data, size * n);     /* without it a partial success counts as a whole one */
    return size * n;
}

static size_t keep_header(char *line, size_t size, size_t n, void *baton)
{
    static const char name[] = "retry-after:";
    bm_otlp_sender_t *s = baton;
    size_t len = size * n, at = sizeof(name) - 1;

    if (len <= at || strncasecmp(line, name, at) != 0)
        return len;
    while (at < len && (line[at] == ' ' || line[at] == '\t'))
        at++;
    while (len > at && strchr("\r\n \t", line[len - 1]) != NULL)
        len--;
    apr_cpystrn(s->retry_after, line + at, len - at + 1 < sizeof(s->retry_after) ? len - at + 1 : sizeof(s->retry_after));
    return size * n;
}

static int give_up(void *baton, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    bm_otlp_sender_t *s = baton;
    apr_int64_t end_at = atomic_load(&s->end_at);

    (void)a, (void)b, (void)c, (void)d;
    return end_at != 0 && bm_timefmt_steady() >= end_at;
}

static apr_status_t prepare(bm_otlp_sender_t *s)
{
    if (s->easy != NULL)
        return APR_SUCCESS;
    if (bm_outbound_handle_create(&s->easy, &s->call, s->outbound) != APR_SUCCESS)
        return APR_ENOMEM;
    curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(s->easy, CURLOPT_HEADERFUNCTION, keep_header);
    curl_easy_setopt(s->easy, CURLOPT_HEADERDATA, s);
    curl_easy_setopt(s->easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(s->easy, CURLOPT_XFERINFOFUNCTION, give_up);
    curl_easy_setopt(s->easy, CURLOPT_XFERINFODATA, s);
    curl_easy_setopt(s->easy, CURLOPT_TIMEOUT_MS, (long)REQUEST_MS);
    return APR_SUCCESS;
}

/* Once per outage. */
static void tell_log(bm_otlp_sender_t *s, int away, const char *why)
{
    if (away && !s->is_away)
        bm_log(BM_LOG_WARNING, 0, BMLOG(0700) "the collector of BenchmarkOtlpEndpoint takes nothing: %s", why);
    else if (!away && s->is_away)
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0701) "the collector of BenchmarkOtlpEndpoint takes traces again");
    s->is_away = away;
}

static outcome_e judge(bm_otlp_sender_t *s, CURLcode rc, apr_pool_t *p)
{
    long status = 0;

    if (rc != CURLE_OK) {
        tell_log(s, 1, s->call.error[0] ? s->call.error : curl_easy_strerror(rc));
        return s->call.refused ? REFUSED : AGAIN;
    }
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) {
        tell_log(s, 0, NULL);
        return SENT;
    }
    tell_log(s, 1, apr_psprintf(p, "it answers %ld", status));
    return status == 429 || status == 502 || status == 503 || status == 504 ? AGAIN : REFUSED;
}

/* With secrets as they are now. */
static apr_status_t make_headers(apr_array_header_t **pheaders, bm_otlp_sender_t *s, bm_err_t *err, apr_pool_t *p)
{
    const apr_array_header_t *wanted = apr_table_elts(s->options.settings->otlp_headers);
    int i;

    *pheaders = apr_array_make(p, 4, sizeof(const char *));
    APR_ARRAY_PUSH(*pheaders, const char *) = "Content-Type: application/json";
    for (i = 0; i < wanted->nelts; i++) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(wanted, i, apr_table_entry_t);
        bm_err_t *why = bm_err_make(p);
        const char *value;
        apr_status_t rv = s->options.secret(&value, s->options.secret_baton, entry->val, why, p);

        if (rv == APR_SUCCESS && strpbrk(value, "\r\n") != NULL)
            rv = bm_err_set(why, APR_EINVAL, NULL, "The secret %s cannot stand in a header.", entry->val);
        if (rv != APR_SUCCESS)
            return bm_err_set(err, rv, why->code, "BenchmarkOtlpHeader %s: %s", entry->key, why->detail);
        APR_ARRAY_PUSH(*pheaders, const char *) = apr_pstrcat(p, entry->key, ": ", value, NULL);
    }
    return APR_SUCCESS;
}

static outcome_e post(bm_otlp_sender_t *s, const char *url, const bm_buffer_t *body, apr_pool_t *p)
{
    bm_http_request_t request = { .method = "POST", .url = url, .body = body->data, .body_len = body->len,
                                  .connect_timeout_ms = REQUEST_MS / 2, .max_body = ANSWER_MAX };
    bm_err_t *err = bm_err_make(p);
    outcome_e outcome;

    if (prepare(s) != APR_SUCCESS)
        return AGAIN;
    if (make_headers(&request.headers, s, err, p) != APR_SUCCESS) {
        tell_log(s, 1, err->detail);     /* a secret of the store may be set, or its database come back */
        return AGAIN;
    }
    bm_buffer_clear(&s->answer);
    s->answer_len = 0;
    s->retry_after[0] = '\0';
    atomic_fetch_add(&s->meters->requests, 1);
    if (bm_outbound_apply(s->easy, &s->call, &request) != APR_SUCCESS) {
        tell_log(s, 1, s->call.error);
        return REFUSED;
    }
    outcome = judge(s, curl_easy_perform(s->easy), p);
    bm_outbound_release(s->easy, &s->call);
    return outcome;
}

/* --- traces */

/* Spans that the collector did not take of a batch that it took. */
static int rejected(bm_otlp_sender_t *s, apr_pool_t *p)
{
    json_t *answer, *n;
    apr_int64_t count_of;

    if (s->answer.len == 0 || bm_json_parse(&answer, s->answer.data, s->answer.len, NULL, p) != APR_SUCCESS)
        return 0;
    n = json_object_get(json_object_get(answer, "partialSuccess"), "rejectedSpans");
    count_of = json_is_integer(n) ? json_integer_value(n) : json_is_string(n) ? apr_atoi64(json_string_value(n)) : 0;
    return count_of < 0 ? 0 : count_of > s->batch.span_count ? s->batch.span_count : (int)count_of;
}

static void end_batch(bm_otlp_sender_t *s)
{
    atomic_fetch_sub(&s->meters->queued, s->batch.runs);
    bm_buffer_clear(&s->batch.spans);
    s->batch.runs = s->batch.span_count = 0;
    s->batch.first_try = s->batch.next_try = s->batch.pause = 0;
}

static void drop_batch(bm_otlp_sender_t *s, bm_otlp_drop_e why)
{
    drop(s, why, s->batch.span_count);
    end_batch(s);
}

/* The pause before the next try: as asked, or doubled, a quarter more or less so that engines do not come together. */
static void postpone(bm_otlp_sender_t *s)
{
    batch_t *b = &s->batch;
    apr_interval_time_t wait;
    bm_rand_t r;

    bm_rand_seed(&r, (apr_uint64_t)bm_timefmt_monotonic_ns());
    b->pause = b->pause == 0 ? PAUSE_FIRST : b->pause * 2 > PAUSE_MAX ? PAUSE_MAX : b->pause * 2;
    if (bm_retry_after_seconds_or_date(&wait, s->retry_after[0] ? s->retry_after : NULL, apr_time_now(), ASKED_MAX)
        != APR_SUCCESS)
        wait = (apr_interval_time_t)((double)b->pause * (0.75 + bm_rand_uniform(&r) / 2));
    b->next_try = bm_timefmt_steady() + wait;
    atomic_fetch_add(&s->meters->retries, 1);
}

static void collect(bm_otlp_sender_t *s)
{
    batch_t *b = &s->batch;
    item_t *item;

    if (b->first_try != 0)
        return;                         /* it has been sent like this */
    while (b->runs < BATCH_RUNS && (item = bm_ring_pop(s->ring)) != NULL) {
        if (bm_buffer_reserve(&b->spans, item->text.len + 1) == APR_SUCCESS) {
            if (b->runs > 0)
                bm_buffer_append(&b->spans, ",", 1);
            bm_buffer_append(&b->spans, item->text.data, item->text.len);
            b->runs++;
            b->span_count += item->spans;
        }
        else {
            drop(s, BM_OTLP_DROP_FULL, item->spans);
            atomic_fetch_sub(&s->meters->queued, 1);
        }
        free_item(item);
    }
}

/* @return whether there may be more to send now. */
static int send_batch(bm_otlp_sender_t *s, apr_pool_t *p)
{
    batch_t *b = &s->batch;
    bm_buffer_t body = { 0 };
    outcome_e outcome = REFUSED;

    collect(s);
    if (b->runs == 0 || bm_timefmt_steady() < b->next_try)
        return 0;
    if (b->first_try == 0)
        b->first_try = bm_timefmt_steady();
    if (bm_otlp_json_traces(&body, &s->resource, b->spans.data, b->spans.len) == APR_SUCCESS)
        outcome = post(s, s->traces_url, &body, p);
    bm_buffer_free(&body);
    if (outcome == SENT) {
        int lost = rejected(s, p);

        drop(s, BM_OTLP_DROP_REFUSED, lost);
        atomic_fetch_add(&s->meters->sent, (uint64_t)(b->span_count - lost));
        end_batch(s);
        return 1;
    }
    if (outcome == REFUSED)
        drop_batch(s, BM_OTLP_DROP_REFUSED);
    else if (bm_timefmt_steady() - b->first_try > BATCH_LIFE)
        drop_batch(s, BM_OTLP_DROP_EXPIRED);
    else
        postpone(s);
    return outcome == REFUSED;
}

/* --- metrics */

/* What could not be sent is in the next ones: they are cumulative. */
static void send_metrics(bm_otlp_sender_t *s, apr_pool_t *p)
{
    const bm_otlp_metric_t metrics[METRICS] = {
        [DURATION] = { "gen_ai.client.operation.duration", "Handed to the network to last byte.", s->tables[DURATION] },
        [FIRST_CHUNK] = { "gen_ai.client.operation.time_to_first_chunk", "First byte sent to first content.",
                          s->tables[FIRST_CHUNK] },
    };
    apr_interval_time_t every = s->options.settings->otlp_metrics;
    bm_buffer_t body = { 0 };

    if (every == 0 || (bm_timefmt_steady() < s->metrics_at && !bm_thread_stopping(s->thread)))
        return;
    s->metrics_at = bm_timefmt_steady() + every;
    if (bm_otlp_json_metrics(&body, &s->resource, metrics, METRICS, s->started, apr_time_now()) == APR_SUCCESS)
        (void)post(s, s->metrics_url, &body, p);
    bm_buffer_free(&body);
}

/* --- the thread */

static void drop_rest(bm_otlp_sender_t *s)
{
    item_t *item;

    if (s->batch.runs > 0)
        drop_batch(s, BM_OTLP_DROP_SHUTDOWN);
    while ((item = bm_ring_pop(s->ring)) != NULL) {
        drop(s, BM_OTLP_DROP_SHUTDOWN, item->spans);
        atomic_fetch_sub(&s->meters->queued, 1);
        free_item(item);
    }
}

static void sender_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_otlp_sender_t *s = baton;
    apr_pool_t *pround;
    int stopping;

    apr_pool_create(&pround, p);
    do {
        bm_ring_wait(s->ring, TICK_MS);
        bm_ring_drain_wake(s->ring);
        stopping = bm_thread_stopping(thread);
        if (stopping)
            s->batch.next_try = 0;      /* the last chance */
        do
            apr_pool_clear(pround);
        while (send_batch(s, pround) && !give_up(s, 0, 0, 0, 0));
        send_metrics(s, pround);
    } while (!stopping);
    drop_rest(s);
    bm_buffer_free(&s->batch.spans);
    bm_buffer_free(&s->answer);
    if (s->easy != NULL)
        curl_easy_cleanup(s->easy);
}

/* --- start and stop */

/* The settings with the collector's host as the only one allowed besides public addresses. */
static const bm_settings_t *own_settings(const bm_settings_t *settings, apr_pool_t *p)
{
    bm_settings_t *own = apr_pmemdup(p, settings, sizeof(*settings));
    const char *host = strstr(settings->otlp_endpoint, "://") + 3, *end = host + strcspn(host, "/?#"), *colon;
    int is_v6 = *host == '[';

    colon = is_v6 ? memchr(host, ']', (size_t)(end - host)) : memchr(host, ':', (size_t)(end - host));
    host = apr_pstrmemdup(p, host + is_v6, (size_t)((colon ? colon : end) - host) - (size_t)is_v6);
    own->target_deny = NULL;             /* is about targets; the endpoint is the administrator's own */
    own->target_allow = apr_array_make(p, 1, sizeof(const char *));
    APR_ARRAY_PUSH(own->target_allow, const char *) = is_v6 || strspn(host, "0123456789.") == strlen(host)
                                                          ? host : apr_pstrcat(p, "host:", host, NULL);
    return own;
}

/* What no store can mend: a value that is no header's, or a name that nobody has where no store is looked at. */
static apr_status_t check_headers(const bm_otlp_sender_options_t *options, bm_err_t *err, apr_pool_t *p)
{
    bm_otlp_sender_t s = { .options = *options };
    apr_array_header_t *headers;
    apr_status_t rv = make_headers(&headers, &s, err, p);

    return rv == APR_NOTFOUND && options->settings->secret_keys != NULL ? APR_SUCCESS : rv;
}

static apr_status_t make_tables(bm_otlp_sender_t *s, apr_pool_t *p)
{
    bm_region_t *region;
    apr_status_t rv = bm_region_create(&region, METRICS * bm_histogram_table_size(METRIC_PLACES), p);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < METRICS; i++)
        rv = bm_histogram_table_create(&s->tables[i], METRIC_PLACES, region);
    return rv;
}

static void name_ourselves(bm_otlp_sender_t *s, apr_pool_t *p)
{
    const char *base = s->options.settings->otlp_endpoint;
    size_t len = strlen(base);
    char host[256] = "";

    while (len > 0 && base[len - 1] == '/')
        len--;
    s->traces_url = apr_psprintf(p, "%.*s/v1/traces", (int)len, base);
    s->metrics_url = apr_psprintf(p, "%.*s/v1/metrics", (int)len, base);
    gethostname(host, sizeof(host) - 1);
    s->resource.project = s->options.settings->project;
    s->resource.host = apr_pstrdup(p, host);
    s->resource.instance = apr_psprintf(p, "%s-%d", host, (int)getpid());
}

apr_status_t bm_otlp_sender_start(bm_otlp_sender_t **psender, const bm_otlp_sender_options_t *options, bm_err_t *err,
                                  apr_pool_t *p)
{
    bm_otlp_sender_t *s = apr_pcalloc(p, sizeof(*s));
    apr_status_t rv;

    *psender = NULL;
    s->options = *options;
    s->meters = &options->meters->otlp;
    s->started = apr_time_now();
    s->metrics_at = bm_timefmt_steady() + options->settings->otlp_metrics;
    s->sink = (bm_trace_sink_t){ .take = take, .baton = s, .propagate = options->settings->otlp_traceparent };
    name_ourselves(s, p);
    rv = check_headers(options, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_outbound_create(&s->outbound, own_settings(options->settings, p), options->tls_files, err, p);
    if (rv == APR_SUCCESS)
        rv = make_tables(s, p);
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&s->ring, (apr_uint32_t)options->settings->otlp_queue, p);
    if (rv == APR_SUCCESS)
        rv = bm_thread_start(&s->thread, "bm-otlp", sender_main, s, p);
    if (rv == APR_SUCCESS)
        *psender = s;
    return rv;
}

void bm_otlp_sender_stop(bm_otlp_sender_t *sender, apr_interval_time_t limit)
{
    if (sender == NULL)
        return;
    atomic_store(&sender->end_at, bm_timefmt_steady() + limit);
    bm_thread_stop(sender->thread);
    bm_ring_wake(sender->ring);
    bm_thread_join(sender->thread);
}
