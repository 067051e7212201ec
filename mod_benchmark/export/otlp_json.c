/* SPDX-License-Identifier: Apache-2.0 */
#include "export/otlp_json.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

enum { INTERNAL = 1, CLIENT = 3, ERROR = 2, CUMULATIVE = 2, NAME_MAX_BYTES = 128 };

/* --- values */

/* 64-bit integers are texts in OTLP's JSON. */
static void put_int64(bm_jw_t *w, const char *key, apr_int64_t value)
{
    char text[24];

    bm_jw_key(w, key);
    apr_snprintf(text, sizeof(text), "%" APR_INT64_T_FMT, value);
    bm_jw_string(w, text);
}

static void put_string(bm_jw_t *w, const char *key, const char *value)
{
    bm_jw_key(w, key);
    bm_jw_string(w, value);
}

static void put_hex(bm_jw_t *w, const char *key, const unsigned char *bytes, int n)
{
    static const char digits[] = "0123456789abcdef";
    char text[40];
    int i;

    for (i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    bm_jw_key(w, key);
    bm_jw_string_n(w, text, (apr_size_t)(2 * n));
}

static void begin_attribute(bm_jw_t *w, const char *name)
{
    bm_jw_begin_object(w);
    put_string(w, "key", name);
    bm_jw_key(w, "value");
    bm_jw_begin_object(w);
}

static void end_attribute(bm_jw_t *w)
{
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

/* What is not known is left out. */
static void attribute(bm_jw_t *w, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    begin_attribute(w, name);
    put_string(w, "stringValue", value);
    end_attribute(w);
}

static void attribute_int(bm_jw_t *w, const char *name, apr_int64_t value)
{
    if (value == BM_TRACE_NONE)
        return;
    begin_attribute(w, name);
    put_int64(w, "intValue", value);
    end_attribute(w);
}

static void attribute_double(bm_jw_t *w, const char *name, double value)
{
    if (isnan(value))
        return;
    begin_attribute(w, name);
    bm_jw_key(w, "doubleValue");
    bm_jw_double(w, value);
    end_attribute(w);
}

static void attribute_bool(bm_jw_t *w, const char *name, int value)
{
    begin_attribute(w, name);
    bm_jw_key(w, "boolValue");
    bm_jw_bool(w, value);
    end_attribute(w);
}

static void attribute_texts(bm_jw_t *w, const char *name, const char *only)
{
    if (only == NULL)
        return;
    begin_attribute(w, name);
    bm_jw_key(w, "arrayValue");
    bm_jw_begin_object(w);
    bm_jw_key(w, "values");
    bm_jw_begin_array(w);
    bm_jw_begin_object(w);
    put_string(w, "stringValue", only);
    bm_jw_end_object(w);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
    end_attribute(w);
}

/* --- spans */

const char *bm_otlp_operation(const char *provider)
{
    if (provider == NULL || strcmp(provider, "http") == 0)
        return NULL;
    return strcmp(provider, "tinyfish") == 0 ? "invoke_agent" : "chat";
}

static void begin_span(bm_jw_t *w, const bm_run_trace_t *trace, const unsigned char *id, const unsigned char *parent,
                       const char *name, int kind)
{
    bm_jw_begin_object(w);
    put_hex(w, "traceId", trace->ids.trace, (int)sizeof(trace->ids.trace));
    put_hex(w, "spanId", id, 8);
    if (parent != NULL)
        put_hex(w, "parentSpanId", parent, 8);
    put_string(w, "name", name);
    bm_jw_key(w, "kind");
    bm_jw_int(w, kind);
}

static void put_times(bm_jw_t *w, apr_int64_t begin_ns, apr_int64_t end_ns, apr_int64_t wall_ns)
{
    put_int64(w, "startTimeUnixNano", begin_ns + wall_ns);
    put_int64(w, "endTimeUnixNano", (end_ns > begin_ns ? end_ns : begin_ns) + wall_ns);
}

static void begin_attributes(bm_jw_t *w)
{
    bm_jw_key(w, "attributes");
    bm_jw_begin_array(w);
}

static int is_error(const bm_run_trace_t *trace)
{
    return trace->error_code != NULL && trace->status != NULL && strcmp(trace->status, "completed") != 0;
}

static void end_span(bm_jw_t *w, const bm_run_trace_t *trace)
{
    if (is_error(trace)) {
        bm_jw_key(w, "status");
        bm_jw_begin_object(w);
        bm_jw_key(w, "code");
        bm_jw_int(w, ERROR);
        if (trace->error != NULL)
            put_string(w, "message", trace->error);
        bm_jw_end_object(w);
    }
    bm_jw_end_object(w);
}

static void write_run(bm_jw_t *w, const bm_run_trace_t *trace, apr_int64_t wall_ns)
{
    begin_span(w, trace, trace->ids.run, NULL, "run", INTERNAL);
    put_times(w, trace->due_ns, trace->ended_ns, wall_ns);
    begin_attributes(w);
    attribute_int(w, "benchmark.run.id", trace->run_id);
    attribute_int(w, "benchmark.scenario.id", trace->scenario_id);
    attribute_int(w, "benchmark.run.attempt", trace->attempt);
    attribute(w, "benchmark.run.status", trace->status);
    attribute(w, "benchmark.location", trace->location);
    if (is_error(trace))
        attribute(w, "error.type", trace->error_code);
    bm_jw_end_array(w);
    end_span(w, trace);
}

static void write_queue(bm_jw_t *w, const bm_run_trace_t *trace, apr_int64_t wall_ns)
{
    begin_span(w, trace, trace->ids.queue, trace->ids.run, "queue", INTERNAL);
    put_times(w, trace->due_ns, trace->started_ns, wall_ns);
    bm_jw_end_object(w);
}

static void copy_piece(char *to, apr_size_t size, const char *from, const char *end)
{
    apr_size_t len = (apr_size_t)(end - from) + 1;

    apr_cpystrn(to, from, len < size ? len : size);
}

/* Host and port of the URL, which may have secrets elsewhere. */
static void write_server(bm_jw_t *w, const char *url)
{
    const char *host = strstr(url, "://"), *end, *colon;
    apr_int64_t port = strncmp(url, "https", 5) == 0 ? 443 : 80;
    char name[256], digits[8];

    if (host == NULL)
        return;
    host += 3;
    end = host + strcspn(host, "/?#");
    colon = *host == '[' ? memchr(host, ']', (size_t)(end - host)) : host;
    colon = colon != NULL ? memchr(colon, ':', (size_t)(end - colon)) : NULL;
    copy_piece(name, sizeof(name), host, colon != NULL ? colon : end);
    attribute(w, "server.address", name);
    if (colon != NULL) {
        copy_piece(digits, sizeof(digits), colon + 1, end);
        if (bm_text_to_int64(&port, digits, 0, 65535) != APR_SUCCESS)
            return;
    }
    attribute_int(w, "server.port", port);
}

static void write_gen_ai(bm_jw_t *w, const bm_run_trace_t *trace, const char *operation)
{
    attribute(w, "gen_ai.operation.name", operation);
    attribute(w, "gen_ai.provider.name", trace->provider);
    attribute(w, "gen_ai.request.model", trace->asked_model);
    attribute(w, "gen_ai.response.model", trace->model);
    attribute(w, "gen_ai.response.id", trace->external_id);
    attribute_int(w, "gen_ai.request.max_tokens", trace->max_tokens);
    attribute_double(w, "gen_ai.request.temperature", trace->temperature);
    attribute_double(w, "gen_ai.request.top_p", trace->top_p);
    attribute_bool(w, "gen_ai.request.stream", trace->streamed);
    attribute_texts(w, "gen_ai.response.finish_reasons", trace->finish_reason);
    attribute_int(w, "gen_ai.usage.input_tokens", trace->prompt_tokens);
    attribute_int(w, "gen_ai.usage.output_tokens", trace->completion_tokens);
    attribute_int(w, "gen_ai.usage.reasoning.output_tokens", trace->reasoning_tokens);
    attribute_int(w, "gen_ai.usage.cache_read.input_tokens", trace->cached_tokens);
    if (trace->first_token_ns != 0 && trace->sent_ns != 0)
        attribute_double(w, "gen_ai.response.time_to_first_chunk", (double)(trace->first_token_ns - trace->sent_ns) / 1e9);
}

static void write_event(bm_jw_t *w, const char *name, apr_int64_t ns)
{
    if (ns == 0)
        return;
    bm_jw_begin_object(w);
    put_int64(w, "timeUnixNano", ns);
    put_string(w, "name", name);
    bm_jw_end_object(w);
}

static void write_request(bm_jw_t *w, const bm_run_trace_t *trace, apr_int64_t wall_ns)
{
    const char *operation = bm_otlp_operation(trace->provider);
    char name[NAME_MAX_BYTES];

    apr_snprintf(name, sizeof(name), "%s%s%s", operation ? operation : trace->method,
                 operation && trace->asked_model ? " " : "", operation && trace->asked_model ? trace->asked_model : "");
    begin_span(w, trace, trace->ids.request, trace->ids.run, name, CLIENT);
    put_times(w, trace->request_ns, trace->answered_ns, wall_ns);
    begin_attributes(w);
    attribute(w, "http.request.method", trace->method);
    attribute_int(w, "http.response.status_code", trace->http_status);
    write_server(w, trace->url);
    if (operation != NULL)
        write_gen_ai(w, trace, operation);
    if (is_error(trace))
        attribute(w, "error.type", trace->error_code);
    bm_jw_end_array(w);
    bm_jw_key(w, "events");
    bm_jw_begin_array(w);
    write_event(w, "benchmark.request.sent", trace->sent_ns ? trace->sent_ns + wall_ns : 0);
    write_event(w, "gen_ai.first_token", trace->first_token_ns ? trace->first_token_ns + wall_ns : 0);
    bm_jw_end_array(w);
    end_span(w, trace);
}

int bm_otlp_span_count(const bm_run_trace_t *trace)
{
    return trace->url != NULL ? 3 : 2;
}

apr_status_t bm_otlp_json_spans(bm_buffer_t *out, const bm_run_trace_t *trace, apr_int64_t wall_ns)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    write_run(&w, trace, wall_ns);
    write_queue(&w, trace, wall_ns);
    if (trace->url != NULL)
        write_request(&w, trace, wall_ns);
    return w.rv;
}

/* --- envelopes */

static void write_resource(bm_jw_t *w, const bm_otlp_resource_t *resource)
{
    bm_jw_key(w, "resource");
    bm_jw_begin_object(w);
    begin_attributes(w);
    attribute(w, "service.name", resource->project);
    attribute(w, "service.version", BM_VERSION);
    attribute(w, "service.instance.id", resource->instance);
    attribute(w, "host.name", resource->host);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
}

static void begin_envelope(bm_jw_t *w, const bm_otlp_resource_t *resource, const char *resources, const char *scopes,
                           const char *items)
{
    bm_jw_begin_object(w);
    bm_jw_key(w, resources);
    bm_jw_begin_array(w);
    bm_jw_begin_object(w);
    write_resource(w, resource);
    bm_jw_key(w, scopes);
    bm_jw_begin_array(w);
    bm_jw_begin_object(w);
    bm_jw_key(w, "scope");
    bm_jw_begin_object(w);
    put_string(w, "name", "mod_benchmark");
    put_string(w, "version", BM_VERSION);
    bm_jw_end_object(w);
    bm_jw_key(w, items);
    bm_jw_begin_array(w);
}

static void end_envelope(bm_jw_t *w)
{
    bm_jw_end_array(w);
    bm_jw_end_object(w);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
}

apr_status_t bm_otlp_json_traces(bm_buffer_t *out, const bm_otlp_resource_t *resource, const char *spans, apr_size_t len)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    begin_envelope(&w, resource, "resourceSpans", "scopeSpans", "spans");
    bm_jw_raw(&w, spans, len);
    end_envelope(&w);
    return w.rv;
}

/* --- metrics */

static void write_buckets(bm_jw_t *w, const bm_histogram_copy_t *copy)
{
    char text[24];
    int i;

    bm_jw_key(w, "bucketCounts");
    bm_jw_begin_array(w);
    for (i = 0; i <= BM_HISTOGRAM_BOUNDS; i++) {
        apr_snprintf(text, sizeof(text), "%" APR_UINT64_T_FMT, copy->buckets[i]);
        bm_jw_string(w, text);
    }
    bm_jw_end_array(w);
    bm_jw_key(w, "explicitBounds");
    bm_jw_begin_array(w);
    for (i = 0; i < BM_HISTOGRAM_BOUNDS; i++)
        bm_jw_double(w, (double)bm_histogram_bounds_ns[i] / 1e9);
    bm_jw_end_array(w);
}

static void write_point(bm_jw_t *w, const bm_histogram_copy_t *copy, const bm_histogram_key_t *key, apr_time_t started,
                        apr_time_t now)
{
    bm_jw_begin_object(w);
    begin_attributes(w);
    attribute(w, "gen_ai.operation.name", bm_otlp_operation(key->part[0]));
    attribute(w, "gen_ai.provider.name", key->part[0]);
    attribute(w, "gen_ai.request.model", key->part[1]);
    attribute(w, "error.type", key->part[2]);
    bm_jw_end_array(w);
    put_int64(w, "startTimeUnixNano", started * 1000);
    put_int64(w, "timeUnixNano", now * 1000);
    put_int64(w, "count", (apr_int64_t)copy->n);
    bm_jw_key(w, "sum");
    bm_jw_double(w, (double)copy->sum_ns / 1e9);
    write_buckets(w, copy);
    bm_jw_end_object(w);
}

static void write_metric(bm_jw_t *w, const bm_otlp_metric_t *metric, apr_time_t started, apr_time_t now)
{
    bm_histogram_copy_t copy;
    bm_histogram_key_t key;
    uint32_t at = 0;

    bm_jw_begin_object(w);
    put_string(w, "name", metric->name);
    put_string(w, "description", metric->description);
    put_string(w, "unit", "s");
    bm_jw_key(w, "histogram");
    bm_jw_begin_object(w);
    bm_jw_key(w, "aggregationTemporality");
    bm_jw_int(w, CUMULATIVE);
    bm_jw_key(w, "dataPoints");
    bm_jw_begin_array(w);
    while (bm_histogram_table_next(&copy, &key, metric->table, &at))
        write_point(w, &copy, &key, started, now);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

apr_status_t bm_otlp_json_metrics(bm_buffer_t *out, const bm_otlp_resource_t *resource, const bm_otlp_metric_t *metrics, int n,
                                  apr_time_t started, apr_time_t now)
{
    bm_jw_t w;
    int i;

    bm_jw_init(&w, out);
    begin_envelope(&w, resource, "resourceMetrics", "scopeMetrics", "metrics");
    for (i = 0; i < n; i++)
        write_metric(&w, &metrics[i], started, now);
    end_envelope(&w);
    return w.rv;
}
