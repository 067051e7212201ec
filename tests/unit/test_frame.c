/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "live/frame.h"
#include "live/live_event.h"
#include "parse/sse_parser.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static bm_buffer_t out;

static const char *taken(void)
{
    const char *text = apr_pstrmemdup(g_pool, out.data ? out.data : "", out.len);

    bm_buffer_free(&out);
    return text;
}

/* --- server-sent events */

static const struct { const char *name, *id, *data; apr_size_t len; const char *framed; } sse_cases[] = {
    { "run", "7~8", BYTES("{}"), "event: run\nid: 7~8\ndata: {}\n\n" },
    { NULL, NULL, BYTES("x"), "data: x\n\n" },
    { NULL, NULL, BYTES(""), "data: \n\n" },
    { NULL, "9", NULL, 0, "id: 9\n\n" },
    { NULL, "", NULL, 0, "id: \n\n" },
    { NULL, NULL, BYTES("a\nb"), "data: a\ndata: b\n\n" },
    { NULL, NULL, BYTES("a\rb"), "data: a\ndata: b\n\n" },
    { NULL, NULL, BYTES("a\r\nb"), "data: a\ndata: b\n\n" },
    { NULL, NULL, BYTES("a\n\rb"), "data: a\ndata: \ndata: b\n\n" },
    { NULL, NULL, BYTES("a\n\nid: forged\n\n"), "data: a\ndata: \ndata: id: forged\ndata: \ndata: \n\n" },
    { NULL, NULL, BYTES("\r"), "data: \ndata: \n\n" },
    { NULL, NULL, BYTES(" a: b"), "data:  a: b\n\n" },
};

BM_LOOP_TEST(sse_is_framed, BM_COUNT(sse_cases))
{
    ck_assert_int_eq(bm_frame_sse(&out, sse_cases[_i].name, sse_cases[_i].id, sse_cases[_i].data, sse_cases[_i].len),
                     APR_SUCCESS);
    ck_assert_str_eq(taken(), sse_cases[_i].framed);
}
END_TEST

typedef struct read_back_t {
    const char *data;
    apr_size_t len;
    int events;
} read_back_t;

static apr_status_t on_event(void *baton, const bm_sse_event_t *e)
{
    read_back_t *seen = baton;

    seen->events++;
    seen->data = apr_pmemdup(g_pool, e->data, e->data_len + 1);
    seen->len = e->data_len;
    ck_assert_str_eq(e->name, "run");
    ck_assert_str_eq(e->id, "5");
    return APR_SUCCESS;
}

static const char *as_lines(const char *data, apr_size_t len, apr_size_t *lines_len)
{
    char *lines = apr_pmemdup(g_pool, data, len + 1);
    apr_size_t i, n = 0;

    for (i = 0; i < len; i++) {
        lines[n++] = data[i] == '\r' ? '\n' : data[i];
        if (data[i] == '\r' && i + 1 < len && data[i + 1] == '\n')
            i++;
    }
    *lines_len = n;
    return lines;
}

/* All texts of up to five of these bytes, through the parser that reads other servers' streams. */
BM_TEST(sse_reads_back)
{
    static const char bytes[] = { 'a', '\r', '\n', ':', ' ', '\0' };
    unsigned i, k, all = 6 * 6 * 6 * 6 * 6;

    for (i = 0; i < all; i++) {
        read_back_t seen = { NULL, 0, 0 };
        bm_sse_parser_t *parser;
        apr_size_t want_len;
        const char *want;
        char data[5];
        unsigned rest = i;

        for (k = 0; k < 5; k++, rest /= 6)
            data[k] = bytes[rest % 6];
        ck_assert_int_eq(bm_frame_sse(&out, "run", "5", data, i % 6), APR_SUCCESS);
        parser = bm_sse_parser_make(on_event, NULL, &seen, 0, g_pool);
        ck_assert_int_eq(bm_sse_parser_feed(parser, out.data, out.len, 0), APR_SUCCESS);
        ck_assert_int_eq(bm_sse_parser_finish(parser), APR_SUCCESS);
        want = as_lines(data, i % 6, &want_len);
        ck_assert_int_eq(seen.events, 1);
        ck_assert_uint_eq(seen.len, want_len);
        ck_assert_int_eq(memcmp(seen.data, want, want_len), 0);
        bm_buffer_clear(&out);
        apr_pool_clear(g_pool);
    }
    bm_buffer_free(&out);
}
END_TEST

/* A name or id that would begin another field is refused, and what cannot be held whole leaves nothing. */
BM_TEST(sse_is_whole_or_nothing)
{
    ck_assert_int_eq(bm_frame_sse(&out, "a\nb", NULL, "x", 1), APR_EINVAL);
    ck_assert_int_eq(bm_frame_sse(&out, "a", "b\rc", "x", 1), APR_EINVAL);
    ck_assert_uint_eq(out.len, 0);
    ck_assert_int_eq(bm_buffer_append(&out, "before", 6), APR_SUCCESS);
    out.limit = 20;
    ck_assert_int_eq(bm_frame_sse(&out, "run", "7", "0123456789", 10), APR_ENOSPC);
    out.limit = 0;
    ck_assert_str_eq(taken(), "before");
}
END_TEST

/* --- WebSocket */

static const struct { apr_size_t len; const char *head; apr_size_t head_len; } ws_cases[] = {
    { 0, BYTES("\x81\x00") },
    { 1, BYTES("\x81\x01") },
    { 125, BYTES("\x81\x7d") },
    { 126, BYTES("\x81\x7e\x00\x7e") },
    { 65535, BYTES("\x81\x7e\xff\xff") },
    { 65536, BYTES("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00") },
};

BM_LOOP_TEST(ws_text_is_framed, BM_COUNT(ws_cases))
{
    char *data = apr_pcalloc(g_pool, ws_cases[_i].len + 1);

    memset(data, 'x', ws_cases[_i].len);
    ck_assert_int_eq(bm_frame_ws_text(&out, data, ws_cases[_i].len), APR_SUCCESS);
    ck_assert_uint_eq(out.len, ws_cases[_i].head_len + ws_cases[_i].len);
    ck_assert_mem_eq(out.data, ws_cases[_i].head, ws_cases[_i].head_len);
    ck_assert_int_eq(memcmp(out.data + ws_cases[_i].head_len, data, ws_cases[_i].len), 0);
    bm_buffer_free(&out);
}
END_TEST

/* RFC 6455 1.3 has this key and its answer. */
BM_TEST(ws_key_is_accepted)
{
    ck_assert_str_eq(bm_frame_ws_accept("dGhlIHNhbXBsZSBub25jZQ==", g_pool), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
END_TEST

static const char *const bad_keys[] = {
    "", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25j",
    "dGhlIHNhbXBsZSBub25jZ-==", " GhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==",
    "========================", "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub25jZQA=",
};

BM_LOOP_TEST(ws_bad_key_is_refused, BM_COUNT(bad_keys))
{
    ck_assert_ptr_null(bm_frame_ws_accept(bad_keys[_i], g_pool));
    ck_assert_ptr_null(bm_frame_ws_accept(NULL, g_pool));
}
END_TEST

/* --- Hive */

#define AT "\"finished_at\":\"2026-01-31T12:00:00.123456Z\""

static const struct { bm_live_topic_e topic; const char *name, *data, *frames[6]; } hive_cases[] = {
    { BM_TOPIC_RUN, "finished",
      "{\"runs\":[{\"id\":1,\"scenario_id\":7,\"kind\":\"run\",\"status\":\"completed\"," AT ",\"total_duration_ms\":1234.567}]}",
      { "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-31T12:00:00.123456Z\",\"type\":\"response_time\","
        "\"value\":1234.567,\"scenario_id\":\"7\"}}" } },
    { BM_TOPIC_RUN, "finished",
      "{\"runs\":[{\"scenario_id\":7,\"kind\":\"run\",\"status\":\"completed\"," AT ",\"total_duration_ms\":1},"
      "{\"scenario_id\":8,\"kind\":\"run\",\"status\":\"failed\"," AT ",\"total_duration_ms\":0.005},"
      "{\"scenario_id\":9,\"kind\":\"run\",\"status\":\"completed\"," AT ",\"total_duration_ms\":null},"
      "{\"scenario_id\":10,\"kind\":\"loadtest\",\"status\":\"completed\"," AT ",\"total_duration_ms\":90000},"
      "{\"scenario_id\":11,\"kind\":\"run\",\"status\":\"completed\",\"total_duration_ms\":2}]}",
      { "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-31T12:00:00.123456Z\",\"type\":\"response_time\",\"value\":1,"
        "\"scenario_id\":\"7\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"response_time\",\"value\":2,"
        "\"scenario_id\":\"11\"}}" } },
    { BM_TOPIC_RUN, "finished",
      "{\"runs\":[{\"scenario_id\":7,\"kind\":\"run\",\"status\":\"timed_out\",\"total_duration_ms\":0.001}]}", { NULL } },
    { BM_TOPIC_RUN, "finished", "{\"runs\":[]}", { NULL } },
    { BM_TOPIC_RUN, "finished", "{\"runs\":7}", { NULL } },
    { BM_TOPIC_RUN, "finished", "{}", { NULL } },
    { BM_TOPIC_RUN, "started",
      "{\"runs\":[{\"scenario_id\":7,\"kind\":\"run\",\"status\":\"completed\",\"total_duration_ms\":0.001}]}", { NULL } },
    { BM_TOPIC_LOADTEST, "progress", "{\"id\":7}", { NULL } },
    { BM_TOPIC_TRAINING, "update", "{\"scenario_id\":\"a\",\"success_rate\":0.95,\"x\":[1]}",
      { "{\"type\":\"training_update\",\"data\":{\"scenario_id\":\"a\",\"success_rate\":0.95,\"x\":[1]}}" } },
    { BM_TOPIC_TRAINING, "scenario_completed", "{\"completed\":true}",
      { "{\"type\":\"scenario_completed\",\"data\":{\"completed\":true}}" } },
    { BM_TOPIC_TRAINING, "metric", "{\"id\":1,\"scenario_id\":\"p_1\",\"second\":3,\"metrics\":{\"completed\":3,\"failed\":1,"
      "\"e2e_ms\":{\"p50\":41.5},\"cpu_usage\":12.5,\"memory_usage\":80}}", {
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"response_time\",\"value\":41.5,"
        "\"scenario_id\":\"p_1\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"throughput\",\"value\":3,"
        "\"scenario_id\":\"p_1\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"error_rate\",\"value\":0.25,"
        "\"scenario_id\":\"p_1\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"success_rate\",\"value\":0.75,"
        "\"scenario_id\":\"p_1\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"cpu_usage\",\"value\":12.5,"
        "\"scenario_id\":\"p_1\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"memory_usage\",\"value\":80,"
        "\"scenario_id\":\"p_1\"}}" } },
    { BM_TOPIC_TRAINING, "metric", "{\"id\":1,\"scenario_id\":\"p_1\",\"metrics\":{\"completed\":0,\"failed\":0,"
      "\"e2e_ms\":{\"p50\":null}}}", {
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"throughput\",\"value\":0,"
        "\"scenario_id\":\"p_1\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"cpu_usage\",\"value\":0,"
        "\"scenario_id\":\"p_1\"}}",
        "{\"type\":\"metric\",\"data\":{\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"type\":\"memory_usage\",\"value\":0,"
        "\"scenario_id\":\"p_1\"}}" } },
    { BM_TOPIC_TRAINING, "started", "{}", { NULL } },
    { BM_TOPIC_SCENARIO, "update", "{}", { NULL } },
};

BM_LOOP_TEST(hive_gets_what_it_knows, BM_COUNT(hive_cases))
{
    bm_live_event_t event = { .topic = hive_cases[_i].topic, .name = hive_cases[_i].name, .at = APR_TIME_C(1767225600000000) };
    bm_buffer_t want = { NULL, 0, 0, 0 };
    json_t *data;
    int i;

    ck_assert_int_eq(bm_json_parse(&data, hive_cases[_i].data, strlen(hive_cases[_i].data), NULL, g_pool), APR_SUCCESS);
    event.data = data;
    bm_buffer_append(&out, "before", 6);
    bm_buffer_append(&want, "before", 6);
    for (i = 0; i < 6 && hive_cases[_i].frames[i] != NULL; i++)
        bm_frame_ws_text(&want, hive_cases[_i].frames[i], strlen(hive_cases[_i].frames[i]));
    ck_assert_int_eq(bm_frame_hive(&out, &event), i > 0 ? APR_SUCCESS : APR_NOTFOUND);
    ck_assert_str_eq(apr_pstrmemdup(g_pool, out.data, out.len), apr_pstrmemdup(g_pool, want.data, want.len));
    ck_assert_uint_eq(out.len, want.len);
    bm_buffer_free(&want);
    bm_buffer_free(&out);
}
END_TEST

#include "test_frame.reg"
