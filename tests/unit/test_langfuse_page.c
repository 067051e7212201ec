/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of Langfuse as they come: what is read of them, and that nothing odd in one keeps the rest from being read. */
#include "unit.h"

#include <apr_strings.h>

#include "sync/langfuse_page.h"

static bm_langfuse_bodies_t *g_bodies;       /* NULL: none are kept */

static bm_langfuse_page_t *page_of(const char *text)
{
    char *copy = apr_pstrdup(g_pool, text);
    bm_langfuse_page_t *page;
    json_t *body;

    ck_assert_int_eq(bm_json_parse_foreign(&body, copy, strlen(copy), NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_langfuse_page_observations(&page, body, g_bodies, NULL, g_pool), APR_SUCCESS);
    return page;
}

/* The one observation of a page, with these members beside id and begin. */
static const bm_observation_t *one(const char *members)
{
    static const char form[] = "{\"data\":[{\"id\":\"o\",\"startTime\":\"2026-01-01T00:00:00.000Z\"%s}]}";
    bm_langfuse_page_t *page = page_of(apr_psprintf(g_pool, form, members));

    ck_assert_int_eq(page->observation_count, 1);
    return page->observations[0];
}

BM_TEST(nothing_but_id_and_begin)
{
    const bm_observation_t *o = one("");

    ck_assert_str_eq(o->id, "o");
    ck_assert_str_eq(o->trace_id, "o");
    ck_assert_str_eq(o->type, "SPAN");
    ck_assert_str_eq(o->level, "DEFAULT");
    ck_assert_ptr_null(o->name);
    ck_assert_int_eq(o->start, APR_INT64_C(1767225600000000));
    ck_assert_int_eq(o->cost_nano, -1);
    ck_assert_int_eq(o->total_tokens, -1);
    ck_assert_int_eq(o->latency_us, -1);
}
END_TEST

typedef struct number_case_t {
    const char *members;
    apr_int64_t input, output, total, cost_nano;
} number_case_t;

static const number_case_t numbers[] = {
    { ",\"usageDetails\":{\"input\":1,\"output\":2,\"total\":4},\"totalCost\":0.000001", 1, 2, 4, 1000 },
    { ",\"usageDetails\":{\"input\":1,\"output\":2}", 1, 2, 3, -1 },
    { ",\"usageDetails\":{\"output\":\"2\"},\"totalCost\":\"1.5\"", -1, 2, 2, 1500000000 },
    { ",\"usage\":{\"input\":7,\"total\":9},\"calculatedTotalCost\":2", 7, -1, 9, 2000000000 },
    { ",\"costDetails\":{\"total\":3}", -1, -1, -1, APR_INT64_C(3000000000) },
    { ",\"usageDetails\":{\"input\":-1,\"output\":1e300},\"totalCost\":-0.1", -1, -1, -1, -1 },
    { ",\"usageDetails\":[],\"usage\":null,\"totalCost\":\"much\"", -1, -1, -1, -1 },
};

BM_LOOP_TEST(tokens_and_costs, sizeof(numbers) / sizeof(numbers[0]))
{
    const number_case_t *c = &numbers[_i];
    const bm_observation_t *o = one(c->members);

    ck_assert_int_eq(o->input_tokens, c->input);
    ck_assert_int_eq(o->output_tokens, c->output);
    ck_assert_int_eq(o->total_tokens, c->total);
    ck_assert_int_eq(o->cost_nano, c->cost_nano);
}
END_TEST

BM_TEST(clocks_that_disagree_make_no_latency)
{
    ck_assert_int_eq(one(",\"endTime\":\"2026-01-01T00:00:01.500Z\"")->latency_us, 1500000);
    ck_assert_int_eq(one(",\"endTime\":\"2025-12-31T23:59:59Z\"")->latency_us, -1);
    ck_assert_int_eq(one(",\"latency\":0.25,\"timeToFirstToken\":0.125")->latency_us, 250000);
    ck_assert_int_eq(one(",\"latency\":-1")->latency_us, -1);
    ck_assert_int_eq(one(",\"completionStartTime\":\"2026-01-01T00:00:00.100Z\"")->ttft_us, 100000);
}
END_TEST

BM_TEST(what_has_no_id_or_begin_is_refused_and_counted)
{
    bm_langfuse_page_t *page = page_of("{\"data\":[null,7,{},{\"id\":\"a\"},{\"id\":\"\",\"startTime\":\"2026-01-01T00:00:00Z\"},"
                                       "{\"id\":\"b\",\"startTime\":\"soon\"},"
                                       "{\"id\":\"c\",\"startTime\":\"2026-01-01T00:00:00Z\"}],"
                                       "\"meta\":{\"cursor\":\"next\"}}");

    ck_assert_int_eq(page->received, 7);
    ck_assert_int_eq(page->refused, 6);
    ck_assert_int_eq(page->observation_count, 1);
    ck_assert_str_eq(page->cursor, "next");
}
END_TEST

BM_TEST(of_one_id_the_last_change_counts)
{
#define ELEMENT(id, name, updated) \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"startTime\":\"2026-01-01T00:00:00Z\"," updated "\"x\":1}"
#define AT(second) "\"updatedAt\":\"2026-01-01T00:00:0" second "Z\","
    bm_langfuse_page_t *page = page_of("{\"data\":[" ELEMENT("a", "new", AT("9")) "," ELEMENT("b", "first", "") ","
                                       ELEMENT("a", "old", AT("5")) "," ELEMENT("b", "last", "") "]}");
    int i;

    ck_assert_int_eq(page->observation_count, 2);
    for (i = 0; i < 2; i++)
        ck_assert_str_eq(page->observations[i]->name, page->observations[i]->id[0] == 'a' ? "new" : "last");
}
END_TEST

BM_TEST(what_is_not_a_page)
{
    static const char *const texts[] = { "[]", "7", "null", "{}", "{\"data\":{}}", "{\"data\":\"x\"}" };
    bm_err_t *err = bm_err_make(g_pool);
    bm_langfuse_page_t *page;
    json_t *body;
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *copy = apr_pstrdup(g_pool, texts[i]);

        ck_assert_int_eq(bm_json_parse_foreign(&body, copy, strlen(copy), NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_langfuse_page_observations(&page, body, NULL, err, g_pool), APR_EINVAL);
        ck_assert_int_eq(bm_langfuse_page_traces(&page, body, NULL, err, g_pool), APR_EINVAL);
    }
}
END_TEST

/* The hash is what decides whether a row is written again. */
BM_TEST(every_member_counts_for_the_hash)
{
    static const char *const members[] = {
        "", ",\"name\":\"\"", ",\"name\":\"n\"", ",\"version\":\"n\"", ",\"release\":\"n\"", ",\"level\":\"ERROR\"",
        ",\"type\":\"TOOL\"",
        ",\"traceId\":\"t\"", ",\"parentObservationId\":\"t\"", ",\"sessionId\":\"t\"", ",\"userId\":\"t\"",
        ",\"traceName\":\"t\"",
        ",\"tags\":[]", ",\"tags\":[\"t\"]", ",\"model\":\"t\"", ",\"environment\":\"t\"", ",\"statusMessage\":\"t\"",
        ",\"totalCost\":1", ",\"usageDetails\":{\"input\":1}", ",\"metadata\":{\"a\":1}", ",\"endTime\":\"2026-01-01T00:00:01Z\"",
        ",\"completionStartTime\":\"2026-01-01T00:00:01Z\"", ",\"costDetails\":{\"total\":1,\"a\":0}"
    };
    size_t i, j, n = sizeof(members) / sizeof(members[0]);

    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++)
            ck_assert_int_eq(one(members[i])->hash == one(members[j])->hash, i == j);
}
END_TEST

BM_TEST(tags_as_postgresql_writes_them)
{
    ck_assert_str_eq(one(",\"tags\":[\"a\",1,null,\"q\\\"\\\\\",\"{,}\"]")->tags, "{\"a\",\"q\\\"\\\\\",\"{,}\"}");
    ck_assert_str_eq(one(",\"tags\":[]")->tags, "{}");
    ck_assert_ptr_null(one(",\"tags\":\"a\"")->tags);
}
END_TEST

typedef struct foreign_case_t {
    const char *text, *value;
} foreign_case_t;

/* Texts of others as values of ours. */
static const foreign_case_t foreign[] = {
    { "\"a\\u0000b\"", "a\xef\xbf\xbd" "b" }, { "\"\\\\u0000\"", "\\u0000" }, { "\"\\ud83d\"", "\xef\xbf\xbd" },
    { "\"\\uDE00x\"", "\xef\xbf\xbdx" }, { "\"\\uD83D\\uDE00\"", "\xf0\x9f\x98\x80" },
    { "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
    { "\"\xff\"", "\xef\xbf\xbd" }, { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A" },
};

BM_LOOP_TEST(texts_of_others, sizeof(foreign) / sizeof(foreign[0]))
{
    char *copy = apr_pstrdup(g_pool, foreign[_i].text);
    json_t *value;

    ck_assert_int_eq(bm_json_parse_foreign(&value, copy, strlen(copy), NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(json_string_value(value), foreign[_i].value);
}
END_TEST

BM_TEST(json_of_others)
{
    static const char *const fine[] = { "{\"a\":1,\"a\":2}", "123456789012345678901234567890", "[[[[[[[[1]]]]]]]]" };
    static const char *const bad[] = { "", "{\"a\":", "nan", "{\"data\": [{\"id\": \"o1\", ", "\"\\ud8\"", "\"\\", "\"\\u" };
    json_t *value;
    size_t i;

    for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
        char *copy = apr_pstrdup(g_pool, fine[i]);

        ck_assert_int_eq(bm_json_parse_foreign(&value, copy, strlen(copy), NULL, g_pool), APR_SUCCESS);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *copy = apr_pstrdup(g_pool, bad[i]);

        ck_assert_int_eq(bm_json_parse_foreign(&value, copy, strlen(copy), NULL, g_pool), APR_EINVAL);
    }
}
END_TEST

static const struct {
    const char *value, *redact;
    int max;
    const char *kept;
} bodies[] = {
    { "\"hello\"", NULL, 100, "hello" },
    { "\"hello\"", NULL, 0, NULL },
    { "null", NULL, 100, NULL },
    { "{\"a\": [1, \"b\"]}", NULL, 100, "{\"a\":[1,\"b\"]}" },
    { "\"aaaa\\u00e4\"", NULL, 5, "aaaa" },                           /* no half a character */
    { "\"mail a@b.c or x@y.z!\"", "[\"[a-z]+@[a-z.]+\"]", 100, "mail *** or ***!" },
    { "\"4111 secret 42\"", "[\"[0-9]+\", \"secret\"]", 100, "*** *** ***" },
    { "\"nothing\"", "[\"[0-9]+\", \"x*\"]", 100, "nothing" },       /* an empty find is none */
    { "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", "[\"^(a+)+$\"]", 100, "***" },
    { "\"text\"", "[\"(\"]", 100, "***" },                            /* a pattern that cannot be read keeps all out */
    { "\"text\"", "7", 100, "text" },
    { "\"text\"", "[7]", 100, "***" },
};

BM_LOOP_TEST(what_is_kept_of_bodies, BM_COUNT(bodies))
{
    const bm_observation_t *o;

    bm_langfuse_bodies_make(&g_bodies, bodies[_i].max, bodies[_i].redact, g_pool);
    bm_langfuse_bodies_begin(g_bodies, 50000000);
    o = one(apr_psprintf(g_pool, ",\"input\":%s,\"output\":%s", bodies[_i].value, bodies[_i].value));
    if (bodies[_i].kept == NULL) {
        ck_assert_ptr_null(o->input);
        ck_assert_int_eq(o->hash, one("")->hash);
    }
    else {
        ck_assert_str_eq(o->input, bodies[_i].kept);
        ck_assert_str_eq(o->output, bodies[_i].kept);
        ck_assert_int_ne(o->hash, one("")->hash);
    }
    g_bodies = NULL;
}
END_TEST

#include "test_langfuse_page.reg"
