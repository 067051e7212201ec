/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "live/subscription.h"

static json_t *parse(const char *text)
{
    json_t *json;

    ck_assert_int_eq(bm_json_parse(&json, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    return json;
}

static bm_subscription_t *from_json(const char *text)
{
    bm_subscription_t *s;

    ck_assert_msg(bm_subscription_from_json(&s, parse(text), NULL, g_pool) == APR_SUCCESS, "%s", text);
    return s;
}

static bm_subscription_t *from_query(const char *topics, apr_int64_t scenario_id, apr_int64_t automation_id)
{
    bm_subscription_t *s;

    ck_assert_int_eq(bm_subscription_from_query(&s, topics, scenario_id, automation_id, NULL, g_pool), APR_SUCCESS);
    return s;
}

static const char *repeated(const char *text, const char *between, int n)
{
    const char *all = text;

    while (--n > 0)
        all = apr_pstrcat(g_pool, all, between, text, NULL);
    return all;
}

/* --- topics */

BM_TEST(each_topic_is_found_by_its_name)
{
    int i;

    for (i = 0; i < BM_TOPICS; i++)
        ck_assert_int_eq(bm_live_topic_find(bm_live_topic_name((bm_live_topic_e)i)), i);
    ck_assert_int_eq(bm_live_topic_find("stream"), -1);
    ck_assert_int_eq(bm_live_topic_find("Run"), -1);
    ck_assert_int_eq(bm_live_topic_find(""), -1);
    ck_assert_int_eq(bm_live_topic_find(NULL), -1);
    ck_assert_str_eq(bm_live_topic_name(BM_TOPIC_STREAM), "stream");
}
END_TEST

typedef struct kind_case_t {
    const char *kind;
    int topic;                       /* -1: not told */
    const char *name;
    int urgent;
} kind_case_t;

static const kind_case_t kinds[] = {
    { "run.finished", BM_TOPIC_RUN, "finished", 1 }, { "run.started", BM_TOPIC_RUN, "started", 0 },
    { "loadtest.ended", BM_TOPIC_LOADTEST, "ended", 1 }, { "loadtest.progress", BM_TOPIC_LOADTEST, "progress", 0 },
    { "scenario.changed", BM_TOPIC_SCENARIO, "changed", 0 }, { "engine.changed", BM_TOPIC_ENGINE, "changed", 0 },
    { "dataset.finished", BM_TOPIC_DATASET, "finished", 0 },
    { "runs", -1, NULL, 0 }, { "loadtest", -1, NULL, 0 }, { "run.", -1, NULL, 0 }, { ".finished", -1, NULL, 0 },
    { "runs.finished", -1, NULL, 0 }, { "stream.reset", -1, NULL, 0 }, { "", -1, NULL, 0 }, { NULL, -1, NULL, 0 },
};

/* Rows of an older version, and kinds that nobody knows, are passed over. */
BM_LOOP_TEST(kinds_of_rows_are_topics_with_events, BM_COUNT(kinds))
{
    const kind_case_t *c = &kinds[_i];
    bm_live_event_t event = { 0 };

    ck_assert_int_eq(bm_live_event_set_kind(&event, c->kind), c->topic < 0 ? APR_NOTFOUND : APR_SUCCESS);
    if (c->topic < 0)
        return;
    ck_assert_int_eq(event.topic, c->topic);
    ck_assert_str_eq(event.name, c->name);
    ck_assert_int_eq(event.urgent, c->urgent);
}
END_TEST

/* --- keys */

typedef struct key_case_t {
    const char *json, *key;
} key_case_t;

static const key_case_t keys[] = {
    { "[]", "" },
    { "[{\"topic\":\"run\"}]", "run;" },
    { "[{\"topic\":\"loadtest\",\"id\":7},{\"topic\":\"run\",\"scenario_id\":3}]", "run,scenario=3;loadtest,id=7;" },
    { "[{\"scenario_id\":3,\"topic\":\"run\"},{\"id\":7,\"topic\":\"loadtest\"}]", "run,scenario=3;loadtest,id=7;" },
    { "[{\"topic\":\"run\"},{\"topic\":\"run\"}]", "run;" },
    { "[{\"topic\":\"run\",\"id\":5},{\"topic\":\"run\"}]", "run;" },
    { "[{\"topic\":\"run\"},{\"topic\":\"run\",\"scenario_id\":5,\"automation_id\":6}]", "run;" },
    { "[{\"topic\":\"run\",\"id\":9},{\"topic\":\"run\",\"id\":1},{\"topic\":\"run\",\"id\":9}]", "run,id=1;run,id=9;" },
    { "[{\"topic\":\"run\",\"id\":1,\"scenario_id\":2},{\"topic\":\"run\",\"scenario_id\":2},{\"topic\":\"run\",\"id\":3}]",
      "run,scenario=2;run,id=3;" },
    { "[{\"topic\":\"scenario\",\"automation_id\":2}]", "scenario,automation=2;" },
};

/* What is told the same has the same key. */
BM_LOOP_TEST(keys_are_canonical, BM_COUNT(keys))
{
    const bm_subscription_t *s = from_json(keys[_i].json);

    ck_assert_str_eq(bm_subscription_key(s), keys[_i].key);
    ck_assert_str_eq(bm_subscription_key(bm_subscription_copy(s, g_pool)), keys[_i].key);
}
END_TEST

BM_TEST(query_and_json_say_the_same)
{
    ck_assert_str_eq(bm_subscription_key(from_query("loadtest:7,run", 0, 0)),
                     bm_subscription_key(from_json("[{\"topic\":\"run\"},{\"topic\":\"loadtest\",\"id\":7}]")));
    ck_assert_str_eq(bm_subscription_key(from_query("run,scenario,automation,engine", 3, 4)),
                     "run,scenario=3,automation=4;scenario,id=3,automation=4;automation,id=4;engine;");
    ck_assert_str_eq(bm_subscription_key(from_query(NULL, 0, 0)),
                     "run;scenario;automation;loadtest;dataset;price;view;slo;project;user;key;secret;engine;training;"
                     "sync;alert;");
}
END_TEST

BM_TEST(projects_are_part_of_the_key)
{
    static const apr_int64_t mixed[] = { 3, 1, 3, 2, 1 }, ordered[] = { 1, 2, 3 };
    bm_subscription_t *s = from_query("run", 0, 0), *limited = bm_subscription_limited(s, 1, mixed, 5, g_pool);

    ck_assert_str_eq(bm_subscription_key(limited), "run;@1,2,3");
    ck_assert_str_eq(bm_subscription_key(bm_subscription_limited(s, 1, ordered, 3, g_pool)), "run;@1,2,3");
    ck_assert_str_eq(bm_subscription_key(bm_subscription_limited(s, 1, ordered, 0, g_pool)), "run;@");
    ck_assert_str_eq(bm_subscription_key(bm_subscription_limited(limited, 1, NULL, 0, g_pool)), "run;");
    ck_assert_str_eq(bm_subscription_key(bm_subscription_copy(limited, g_pool)), "run;@1,2,3");
    ck_assert_str_eq(bm_subscription_key(s), "run;");
}
END_TEST

/* --- refusals */

typedef struct bad_case_t {
    const char *text, *pointer;
} bad_case_t;

static const bad_case_t bad_json[] = {
    { "{}", "" }, { "null", "" }, { "7", "" }, { "\"run\"", "" },
    { "[7]", "/0" }, { "[null]", "/0" }, { "[[{\"topic\":\"run\"}]]", "/0" },
    { "[{}]", "/0/topic" }, { "[{\"topic\":\"runs\"}]", "/0/topic" }, { "[{\"topic\":7}]", "/0/topic" },
    { "[{\"topic\":\"stream\"}]", "/0/topic" }, { "[{\"topic\":null}]", "/0/topic" }, { "[{\"topic\":\"run\\u0000\"}]", NULL },
    { "[{\"topic\":\"run\"},{\"topic\":\"run\",\"id\":0}]", "/1/id" }, { "[{\"topic\":\"run\",\"id\":-1}]", "/0/id" },
    { "[{\"topic\":\"run\",\"id\":\"7\"}]", "/0/id" }, { "[{\"topic\":\"run\",\"id\":7.5}]", "/0/id" },
    { "[{\"topic\":\"run\",\"id\":null}]", "/0/id" }, { "[{\"topic\":\"run\",\"id\":{\"a\":[]}}]", "/0/id" },
    { "[{\"topic\":\"run\",\"id\":99999999999999999999}]", NULL },
    { "[{\"topic\":\"run\",\"a/b~\":1}]", "/0/a~1b~0" }, { "[{\"topic\":\"run\",\"project_id\":1}]", "/0/project_id" },
    { "[{\"topic\":\"engine\",\"scenario_id\":1}]", "/0/scenario_id" },
    { "[{\"topic\":\"scenario\",\"scenario_id\":1}]", "/0/scenario_id" },
    { "[{\"topic\":\"slo\",\"automation_id\":1}]", "/0/automation_id" },
};

/* pointer NULL: no JSON text of ours even, or refused somewhere. */
BM_LOOP_TEST(bad_filters_are_named, BM_COUNT(bad_json))
{
    const bad_case_t *c = &bad_json[_i];
    bm_err_t *err = bm_err_make(g_pool);
    bm_subscription_t *s;
    json_t *json;

    if (bm_json_parse(&json, c->text, strlen(c->text), NULL, g_pool) != APR_SUCCESS) {
        ck_assert_ptr_null(c->pointer);
        return;
    }
    ck_assert_int_eq(bm_subscription_from_json(&s, json, err, g_pool), APR_EINVAL);
    ck_assert_ptr_null(s);
    ck_assert_int_eq(err->violations->nelts, 1);
    if (c->pointer != NULL)
        ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, c->pointer);
}
END_TEST

static const char *const bad_topics[] = {
    "", ",", "run,", ",run", "runs", "run:", "run:0", "run:-1", "run:x", "run:1:2", "run: 1", " run", "stream",
    "run:99999999999999999999", "\xff\xfe", "run:\xff", "run,run,alarm"
};

BM_LOOP_TEST(bad_topics_are_refused, BM_COUNT(bad_topics))
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_subscription_t *s;

    ck_assert_int_eq(bm_subscription_from_query(&s, bad_topics[_i], 0, 0, err, g_pool), APR_EINVAL);
    ck_assert_ptr_null(s);
    ck_assert_int_eq(err->violations->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, "?topic");
}
END_TEST

BM_TEST(at_most_so_many_filters)
{
    const char *filter = "{\"topic\":\"run\"}";
    const int most = BM_SUBSCRIPTION_FILTERS;
    bm_subscription_t *s;

    s = from_json(apr_psprintf(g_pool, "[%s]", repeated(filter, ",", most)));
    ck_assert_str_eq(bm_subscription_key(s), "run;");
    filter = apr_psprintf(g_pool, "[%s]", repeated(filter, ",", most + 1));
    ck_assert_int_eq(bm_subscription_from_json(&s, parse(filter), NULL, g_pool), APR_EINVAL);
    from_query(repeated("run", ",", most), 0, 0);
    ck_assert_int_eq(bm_subscription_from_query(&s, repeated("run", ",", most + 1), 0, 0, NULL, g_pool), APR_EINVAL);
}
END_TEST

/* As many different ones as there may be, in any order, are kept. */
BM_TEST(all_filters_that_differ_are_kept)
{
    const char *up = "", *down = "";
    int i;

    for (i = 1; i <= BM_SUBSCRIPTION_FILTERS; i++) {
        const char *one = apr_psprintf(g_pool, "{\"topic\":\"loadtest\",\"id\":%d}", i * 7 % 33 + 1);

        up = apr_pstrcat(g_pool, up, i > 1 ? "," : "", one, NULL);
        down = apr_pstrcat(g_pool, one, i > 1 ? "," : "", down, NULL);
    }
    up = bm_subscription_key(from_json(apr_pstrcat(g_pool, "[", up, "]", NULL)));
    down = bm_subscription_key(from_json(apr_pstrcat(g_pool, "[", down, "]", NULL)));
    ck_assert_str_eq(up, down);
    for (i = 0; *up != '\0'; up++)
        i += *up == ';';
    ck_assert_int_eq(i, BM_SUBSCRIPTION_FILTERS);
}
END_TEST

/* --- telling */

static bm_live_event_t event_of(bm_live_topic_e topic, const char *name, const char *data)
{
    return (bm_live_event_t){ .topic = topic, .name = name, .project_id = 1, .at = APR_INT64_C(1700000000123456),
                              .token = "5~9:9:", .data = parse(data) };
}

static const char *told(const bm_subscription_t *s, const bm_live_event_t *event)
{
    bm_buffer_t *out = apr_pcalloc(g_pool, sizeof(*out));
    apr_status_t rv = bm_subscription_render(out, s, event);

    bm_buffer_adopt(out, g_pool);
    if (rv == APR_NOTFOUND) {
        ck_assert_int_eq(out->len, 0);
        return NULL;
    }
    ck_assert_int_eq(rv, APR_SUCCESS);
    return apr_pstrndup(g_pool, out->data, out->len);
}

#define THREE_RUNS "{\"runs\":[{\"id\":1,\"scenario_id\":3,\"automation_id\":2,\"ttft_ms\":12.5}," \
    "{\"id\":2,\"scenario_id\":4,\"automation_id\":2},{\"id\":5,\"scenario_id\":3,\"automation_id\":8}],\"more\":[1]}"
#define HEAD "{\"id\":\"5~9:9:\",\"topic\":\"run\",\"event\":\"finished\",\"at\":\"2023-11-14T22:13:20.123456Z\",\"data\":"

typedef struct told_case_t {
    const char *filters, *data;
} told_case_t;

static const told_case_t tellings[] = {
    { "[]", NULL },
    { "[{\"topic\":\"loadtest\"},{\"topic\":\"scenario\"}]", NULL },
    { "[{\"topic\":\"run\",\"scenario_id\":5}]", NULL },
    { "[{\"topic\":\"run\",\"scenario_id\":3,\"automation_id\":9}]", NULL },
    { "[{\"topic\":\"run\"}]", THREE_RUNS },
    { "[{\"topic\":\"run\",\"scenario_id\":3},{\"topic\":\"run\",\"scenario_id\":4}]", THREE_RUNS },
    { "[{\"topic\":\"run\",\"scenario_id\":4}]", "{\"runs\":[{\"id\":2,\"scenario_id\":4,\"automation_id\":2}],\"more\":[1]}" },
    { "[{\"topic\":\"run\",\"scenario_id\":4},{\"topic\":\"run\",\"id\":2}]",
      "{\"runs\":[{\"id\":2,\"scenario_id\":4,\"automation_id\":2}],\"more\":[1]}" },
    { "[{\"topic\":\"run\",\"scenario_id\":3,\"automation_id\":2},{\"topic\":\"run\",\"id\":2}]",
      "{\"runs\":[{\"id\":1,\"scenario_id\":3,\"automation_id\":2,\"ttft_ms\":12.5},"
      "{\"id\":2,\"scenario_id\":4,\"automation_id\":2}],\"more\":[1]}" },
};

BM_LOOP_TEST(runs_that_a_filter_takes_are_told, BM_COUNT(tellings))
{
    bm_live_event_t event = event_of(BM_TOPIC_RUN, "finished", THREE_RUNS);
    const char *text = told(from_json(tellings[_i].filters), &event);

    if (tellings[_i].data == NULL)
        ck_assert_ptr_null(text);
    else
        ck_assert_str_eq(text, apr_pstrcat(g_pool, HEAD, tellings[_i].data, "}", NULL));
}
END_TEST

BM_TEST(one_object_is_told_by_its_id)
{
    bm_live_event_t event = event_of(BM_TOPIC_LOADTEST, "progress", "{\"id\":7,\"scenario_id\":3,\"progress\":{\"a\":0.95}}");

    ck_assert_ptr_nonnull(told(from_query("loadtest:7", 0, 0), &event));
    ck_assert_ptr_nonnull(told(from_query("loadtest", 3, 0), &event));
    ck_assert_ptr_null(told(from_query("loadtest:8", 0, 0), &event));
    ck_assert_ptr_null(told(from_query("loadtest:7", 4, 0), &event));
    ck_assert_ptr_nonnull(strstr(told(from_query("loadtest:7", 0, 0), &event), "\"progress\":{\"a\":0.95}}}"));
    event.data = parse("{}");
    ck_assert_ptr_null(told(from_query("loadtest:7", 0, 0), &event));
    ck_assert_ptr_nonnull(told(from_query("loadtest", 0, 0), &event));
}
END_TEST

BM_TEST(other_projects_are_not_told)
{
    static const apr_int64_t mine[] = { 4, 2 };
    bm_live_event_t event = event_of(BM_TOPIC_RUN, "finished", THREE_RUNS);
    bm_subscription_t *s = bm_subscription_limited(from_query(NULL, 0, 0), 1, mine, 2, g_pool);

    ck_assert_ptr_null(told(s, &event));
    ck_assert_ptr_null(told(bm_subscription_limited(s, 1, mine, 0, g_pool), &event));
    event.project_id = 2;
    ck_assert_ptr_nonnull(told(s, &event));
}
END_TEST

static const struct {
    int administers, sees_all;
    const char *key;
} readers[] = {
    { 0, 1, "run;project;" }, { 0, 0, "run;project;@7" }, { 1, 0, "run;project;secret;@7" },
    { 1, 1, "run;project;user;key;secret;" }
};

/* What may not be told is no longer part of it, whatever was asked for. */
BM_LOOP_TEST(who_administers_is_told_more, BM_COUNT(readers))
{
    static const bm_live_topic_e topics[] = { BM_TOPIC_USER, BM_TOPIC_KEY, BM_TOPIC_SECRET };
    static const apr_int64_t mine[] = { 7 };
    bm_subscription_t *asked = from_query("user,run,key,secret,project", 0, 0);
    bm_subscription_t *s = bm_subscription_limited(asked, readers[_i].administers, readers[_i].sees_all ? NULL : mine,
                                                   !readers[_i].sees_all, g_pool);
    bm_subscription_t *all = bm_subscription_limited(from_query(NULL, 0, 0), readers[_i].administers,
                                                     readers[_i].sees_all ? NULL : mine, !readers[_i].sees_all, g_pool);
    size_t i;

    ck_assert_str_eq(bm_subscription_key(s), readers[_i].key);
    for (i = 0; i < BM_COUNT(topics); i++) {
        bm_live_event_t event = event_of(topics[i], "changed", "{\"id\":3}");
        int told_of = strstr(readers[_i].key, bm_live_topic_name(topics[i])) != NULL;

        event.project_id = topics[i] == BM_TOPIC_SECRET ? 7 : 0;
        ck_assert_int_eq(told(s, &event) != NULL, told_of);
        ck_assert_int_eq(told(all, &event) != NULL, told_of);
        ck_assert_int_eq(told(bm_subscription_copy(s, g_pool), &event) != NULL, told_of);
        event.project_id = topics[i] == BM_TOPIC_SECRET ? 8 : 0;
        ck_assert_int_eq(told(s, &event) != NULL, told_of && (readers[_i].sees_all || topics[i] != BM_TOPIC_SECRET));
    }
}
END_TEST

/* Everybody is told about the stream, whatever he asked for. */
BM_TEST(the_stream_is_told_to_all)
{
    bm_live_event_t event = event_of(BM_TOPIC_STREAM, "reset", "{}");
    bm_subscription_t *s = bm_subscription_limited(from_json("[]"), 1, (const apr_int64_t[]){ 9 }, 1, g_pool);

    event.token = NULL;
    ck_assert_str_eq(told(s, &event),
                     "{\"id\":null,\"topic\":\"stream\",\"event\":\"reset\",\"at\":\"2023-11-14T22:13:20.123456Z\",\"data\":{}}");
}
END_TEST

BM_TEST(a_full_buffer_stays_as_it_was)
{
    bm_live_event_t event = event_of(BM_TOPIC_RUN, "finished", THREE_RUNS);
    bm_buffer_t out = { .limit = 150 };

    ck_assert_int_eq(bm_buffer_append(&out, "before", 6), APR_SUCCESS);
    ck_assert_int_eq(bm_subscription_render(&out, from_query("run", 0, 0), &event), APR_ENOMEM);
    ck_assert_int_eq(out.len, 6);
    bm_buffer_free(&out);
}
END_TEST

#include "test_subscription.reg"
