/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "export/otlp_json.h"

#define WALL 1767225600000000000LL
#define MS 1000000LL

static const bm_otlp_resource_t resource = { "bench \"x\"", "host-1", "host" };

static bm_buffer_t *make_buffer(void)
{
    bm_buffer_t *out = apr_pcalloc(g_pool, sizeof(*out));

    bm_buffer_adopt(out, g_pool);
    return out;
}

static bm_run_trace_t make_trace(void)
{
    bm_run_trace_t trace = {
        .run_id = 7, .scenario_id = 3, .attempt = 1, .status = "completed", .provider = "openai", .method = "POST",
        .url = "http://target:8000/v1/chat?key=s3cret", .asked_model = "m", .due_ns = 1 * MS, .started_ns = 3 * MS,
        .request_ns = 4 * MS, .sent_ns = 5 * MS, .first_token_ns = 15 * MS, .answered_ns = 40 * MS, .ended_ns = 41 * MS,
        .streamed = 1, .http_status = 200, .max_tokens = BM_TRACE_NONE, .temperature = NAN, .top_p = NAN,
        .prompt_tokens = 10, .completion_tokens = BM_TRACE_NONE, .reasoning_tokens = BM_TRACE_NONE,
        .cached_tokens = BM_TRACE_NONE
    };

    memset(trace.ids.trace, 0xab, sizeof(trace.ids.trace));
    memset(trace.ids.run, 1, 8);
    memset(trace.ids.queue, 2, 8);
    memset(trace.ids.request, 3, 8);
    return trace;
}

static json_t *spans_of(const bm_run_trace_t *trace)
{
    bm_buffer_t *spans = make_buffer(), *out = make_buffer();
    json_t *whole, *found;

    ck_assert_int_eq(bm_otlp_json_spans(spans, trace, WALL), APR_SUCCESS);
    ck_assert_int_eq(bm_otlp_json_traces(out, &resource, spans->data, spans->len), APR_SUCCESS);
    ck_assert_int_eq(bm_json_parse(&whole, out->data, out->len, NULL, g_pool), APR_SUCCESS);
    ck_assert_ptr_null(memmem(out->data, out->len, "s3cret", 6));
    found = json_object_get(json_array_get(json_object_get(whole, "resourceSpans"), 0), "scopeSpans");
    found = json_object_get(json_array_get(found, 0), "spans");
    ck_assert_int_eq((int)json_array_size(found), bm_otlp_span_count(trace));
    return found;
}

static const json_t *attribute(const json_t *span, const char *name, const char *kind)
{
    const json_t *list = json_object_get(span, "attributes");
    size_t i;

    for (i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(list, i), "key")), name) == 0)
            return json_object_get(json_object_get(json_array_get(list, i), "value"), kind);
    return NULL;
}

static const char *text(const json_t *span, const char *key)
{
    return json_string_value(json_object_get(span, key));
}

BM_TEST(ids_are_hex_and_times_are_texts)
{
    bm_run_trace_t trace = make_trace();
    json_t *spans = spans_of(&trace), *run = json_array_get(spans, 0), *request = json_array_get(spans, 2);

    ck_assert_str_eq(text(run, "traceId"), "abababababababababababababababab");
    ck_assert_str_eq(text(run, "spanId"), "0101010101010101");
    ck_assert_ptr_null(json_object_get(run, "parentSpanId"));
    ck_assert_str_eq(text(request, "parentSpanId"), "0101010101010101");
    ck_assert_str_eq(text(run, "startTimeUnixNano"), "1767225600001000000");
    ck_assert_str_eq(text(run, "endTimeUnixNano"), "1767225600041000000");
    ck_assert_str_eq(text(request, "name"), "chat m");
    ck_assert_int_eq(json_integer_value(json_object_get(request, "kind")), 3);
    ck_assert_str_eq(json_string_value(attribute(request, "gen_ai.usage.input_tokens", "intValue")), "10");
    ck_assert_ptr_null(attribute(request, "gen_ai.usage.output_tokens", "intValue"));
    ck_assert_ptr_null(attribute(request, "gen_ai.request.temperature", "doubleValue"));
    ck_assert_double_eq_tol(json_number_value(attribute(request, "gen_ai.response.time_to_first_chunk", "doubleValue")), 0.01,
                            1e-12);
}
END_TEST

static const struct {
    const char *url, *address, *port;
} urls[] = {
    { "http://target:8000/v1", "target", "8000" }, { "https://api.example.com", "api.example.com", "443" },
    { "http://api.example.com?x=a:b", "api.example.com", "80" }, { "http://[::1]:81/", "[::1]", "81" },
    { "https://[2001:db8::1]/x:y", "[2001:db8::1]", "443" },
};

BM_LOOP_TEST(of_a_url_only_host_and_port_are_said, BM_COUNT(urls))
{
    bm_run_trace_t trace = make_trace();
    const json_t *request;

    trace.url = urls[_i].url;
    request = json_array_get(spans_of(&trace), 2);
    ck_assert_str_eq(json_string_value(attribute(request, "server.address", "stringValue")), urls[_i].address);
    ck_assert_str_eq(json_string_value(attribute(request, "server.port", "intValue")), urls[_i].port);
}
END_TEST

BM_TEST(an_error_is_a_status_and_a_type)
{
    bm_run_trace_t trace = make_trace();
    const json_t *run, *request;

    trace.status = "timed_out";
    trace.error_code = "stall_timeout";
    trace.error = "Silence \"for\" \\ 60 s.";
    run = json_array_get(spans_of(&trace), 0);
    request = json_array_get(spans_of(&trace), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(run, "status"), "code")), 2);
    ck_assert_str_eq(text(json_object_get(request, "status"), "message"), trace.error);
    ck_assert_str_eq(json_string_value(attribute(request, "error.type", "stringValue")), "stall_timeout");
}
END_TEST

BM_TEST(plain_http_is_no_generative_ai)
{
    bm_run_trace_t trace = make_trace();
    const json_t *request;

    trace.provider = "http";
    request = json_array_get(spans_of(&trace), 2);
    ck_assert_str_eq(text(request, "name"), "POST");
    ck_assert_ptr_null(attribute(request, "gen_ai.operation.name", "stringValue"));
    ck_assert_str_eq(bm_otlp_operation("tinyfish"), "invoke_agent");
    ck_assert_ptr_null(bm_otlp_operation(NULL));
}
END_TEST

BM_TEST(what_was_not_sent_is_no_span)
{
    bm_run_trace_t trace = make_trace();

    trace.url = NULL;
    ck_assert_int_eq(bm_otlp_span_count(&trace), 2);
    spans_of(&trace);
}
END_TEST

BM_TEST(a_span_never_ends_before_it_begins)
{
    bm_run_trace_t trace = make_trace();
    const json_t *request;

    trace.answered_ns = 0;
    request = json_array_get(spans_of(&trace), 2);
    ck_assert_str_eq(text(request, "startTimeUnixNano"), text(request, "endTimeUnixNano"));
}
END_TEST

BM_TEST(the_header_is_that_of_trace_context)
{
    bm_run_trace_t trace = make_trace();
    char header[BM_TRACEPARENT_SIZE];

    bm_traceparent(header, &trace.ids);
    ck_assert_str_eq(header, "00-abababababababababababababababab-0303030303030303-01");
}
END_TEST

BM_TEST(histograms_are_cumulative_points)
{
    bm_histogram_key_t key = { { "openai", "m", NULL } };
    bm_otlp_metric_t metric = { "gen_ai.client.operation.duration", "x", NULL };
    bm_histogram_table_t *table;
    bm_buffer_t *out = make_buffer();
    bm_region_t *region;
    json_t *whole, *point;

    ck_assert_int_eq(bm_region_create(&region, bm_histogram_table_size(16), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_histogram_table_create(&table, 16, region), APR_SUCCESS);
    bm_histogram_table_add(table, &key, 50 * MS);
    bm_histogram_table_add(table, &key, 70 * MS);
    metric.table = table;
    ck_assert_int_eq(bm_otlp_json_metrics(out, &resource, &metric, 1, 1000, 2000), APR_SUCCESS);
    ck_assert_int_eq(bm_json_parse(&whole, out->data, out->len, NULL, g_pool), APR_SUCCESS);
    point = json_object_get(json_array_get(json_object_get(whole, "resourceMetrics"), 0), "scopeMetrics");
    point = json_object_get(json_array_get(point, 0), "metrics");
    point = json_object_get(json_object_get(json_array_get(point, 0), "histogram"), "dataPoints");
    ck_assert_uint_eq(json_array_size(point), 1);
    point = json_array_get(point, 0);
    ck_assert_str_eq(text(point, "count"), "2");
    ck_assert_str_eq(text(point, "startTimeUnixNano"), "1000000");
    ck_assert_double_eq_tol(json_number_value(json_object_get(point, "sum")), 0.12, 1e-12);
    ck_assert_uint_eq(json_array_size(json_object_get(point, "bucketCounts")),
                      json_array_size(json_object_get(point, "explicitBounds")) + 1);
    ck_assert_str_eq(json_string_value(attribute(point, "gen_ai.request.model", "stringValue")), "m");
    ck_assert_ptr_null(attribute(point, "error.type", "stringValue"));
}
END_TEST

#include "test_otlp_json.reg"
