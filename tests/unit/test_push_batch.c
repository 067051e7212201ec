/* SPDX-License-Identifier: Apache-2.0
 *
 * Events of Langfuse's SDKs: in whatever order and how often they come, they make the same of what is stored. */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>

#include "base/timefmt.h"
#include "sync/push_batch.h"

static bm_push_batch_t *batch_of(const char *events)
{
    const char *text = apr_pstrcat(g_pool, "{\"batch\":[", events, "]}", NULL);
    bm_push_batch_t *batch;
    json_t *body;

    ck_assert_int_eq(bm_json_parse(&body, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_push_batch_read(&batch, body, NULL, g_pool), APR_SUCCESS);
    return batch;
}

/* What a store would keep: documents by id, merged batch by batch. */
static void take(apr_hash_t *stored, const char *events, int traces)
{
    json_t *merged = bm_push_batch_merge(batch_of(events), traces, stored, g_pool);
    size_t i;

    for (i = 0; i < json_array_size(merged); i++) {
        bm_push_stored_t *one = apr_pcalloc(g_pool, sizeof(*one));

        one->document = bm_json_adopt(json_copy(json_array_get(merged, i)), g_pool);
        ck_assert_int_eq(bm_timefmt_parse(&one->at, json_string_value(json_object_get(one->document, "updatedAt"))), APR_SUCCESS);
        json_object_del(one->document, "updatedAt");
        apr_hash_set(stored, json_string_value(json_object_get(one->document, "id")), APR_HASH_KEY_STRING, one);
    }
}

static const char *text_of(apr_hash_t *stored, const char *id)
{
    const bm_push_stored_t *one = apr_hash_get(stored, id, APR_HASH_KEY_STRING);
    char *text = json_dumps(one->document, JSON_COMPACT | JSON_SORT_KEYS), *copy = apr_pstrdup(g_pool, text);

    free(text);
    return copy;
}

#define EVENT(id, type, second, body) \
    "{\"id\":\"" id "\",\"type\":\"" type "\",\"timestamp\":\"2026-01-01T00:00:" second "Z\",\"body\":" body "}"
#define CREATE EVENT("e1", "generation-create", "01.000", "{\"id\":\"o\",\"traceId\":\"t\",\"name\":\"n\",\"model\":\"m\"," \
                     "\"startTime\":\"2026-01-01T00:00:00.000Z\",\"metadata\":{\"a\":1,\"b\":1}}")
#define CHANGE EVENT("e2", "generation-update", "03.000", "{\"id\":\"o\",\"endTime\":\"2026-01-01T00:00:02.000Z\"," \
                     "\"usage\":{\"promptTokens\":3,\"completionTokens\":4},\"metadata\":{\"b\":2}}")
#define BETWEEN EVENT("e3", "generation-update", "02.000", "{\"id\":\"o\",\"name\":\"between\",\"level\":\"WARNING\"}")

static const char *const orders[] = {
    CREATE "," BETWEEN "," CHANGE, CHANGE "," BETWEEN "," CREATE, BETWEEN "," CREATE "," CHANGE "," CREATE "," CHANGE
};

BM_LOOP_TEST(the_order_in_a_batch_does_not_matter, BM_COUNT(orders))
{
    apr_hash_t *stored = apr_hash_make(g_pool);

    take(stored, orders[_i], 0);
    ck_assert_str_eq(text_of(stored, "o"), "{\"endTime\":\"2026-01-01T00:00:02.000000Z\",\"id\":\"o\",\"level\":\"WARNING\","
                     "\"metadata\":{\"a\":1,\"b\":2},\"model\":\"m\",\"name\":\"between\","
                     "\"startTime\":\"2026-01-01T00:00:00.000000Z\",\"traceId\":\"t\","
                     "\"type\":\"GENERATION\",\"usageDetails\":{\"input\":3,\"output\":4}}");
}
END_TEST

BM_TEST(a_change_that_comes_before_its_creation)
{
    apr_hash_t *stored = apr_hash_make(g_pool);

    take(stored, CHANGE, 0);
    ck_assert_ptr_nonnull(strstr(text_of(stored, "o"), "\"startTime\":\"2026-01-01T00:00:03.000000Z\""));
    take(stored, CREATE, 0);
    ck_assert_ptr_nonnull(strstr(text_of(stored, "o"), "\"startTime\":\"2026-01-01T00:00:00.000000Z\""));
    ck_assert_ptr_nonnull(strstr(text_of(stored, "o"), "\"metadata\":{\"a\":1,\"b\":2}"));
    ck_assert_ptr_nonnull(strstr(text_of(stored, "o"), "\"endTime\":\"2026-01-01T00:00:02.000000Z\""));
}
END_TEST

BM_TEST(what_comes_again_changes_nothing)
{
    apr_hash_t *stored = apr_hash_make(g_pool);
    const char *before;

    take(stored, CREATE, 0);
    take(stored, CHANGE, 0);
    before = text_of(stored, "o");
    ck_assert_uint_eq(json_array_size(bm_push_batch_merge(batch_of(CREATE), 0, stored, g_pool)), 0);
    ck_assert_uint_eq(json_array_size(bm_push_batch_merge(batch_of(CREATE "," CHANGE), 0, stored, g_pool)), 0);
    ck_assert_str_eq(text_of(stored, "o"), before);
}
END_TEST

BM_TEST(traces)
{
    apr_hash_t *stored = apr_hash_make(g_pool);

    take(stored, EVENT("e1", "trace-create", "01.000",
                       "{\"id\":\"t\",\"name\":\"n\",\"tags\":[\"a\",\"b\"],\"userId\":null}"), 1);
    take(stored, EVENT("e2", "trace-create", "02.000",
                       "{\"id\":\"t\",\"sessionId\":\"s\",\"tags\":[\"b\",\"c\"],\"name\":\"m\"}"), 1);
    take(stored, EVENT("e3", "trace-create", "01.500", "{\"id\":\"t\",\"userId\":\"u\",\"name\":\"late\"}"), 1);
    ck_assert_str_eq(text_of(stored, "t"), "{\"id\":\"t\",\"name\":\"m\",\"sessionId\":\"s\",\"tags\":[\"a\",\"b\",\"c\"],"
                     "\"timestamp\":\"2026-01-01T00:00:01.000000Z\",\"userId\":\"u\"}");
}
END_TEST

typedef struct event_case_t {
    const char *event;
    int status, is_stored;
} event_case_t;

static const event_case_t events[] = {
    { EVENT("e", "span-create", "01", "{\"id\":\"o\"}"), 201, 1 },
    { EVENT("e", "span-create", "01", "{}"), 201, 1 },
    { EVENT("e", "sdk-log", "01", "{\"log\":1}"), 201, 0 },
    { EVENT("e", "score-create", "01", "{\"id\":\"s\"}"), 400, 0 },
    { EVENT("e", "span-forget", "01", "{\"id\":\"o\"}"), 400, 0 },
    { EVENT("e", "span-create", "99", "{\"id\":\"o\"}"), 400, 0 },
    { "{\"id\":\"e\",\"type\":\"span-create\",\"timestamp\":\"2726-01-01T00:00:00Z\",\"body\":{}}", 400, 0 },
    { EVENT("e", "span-create", "01", "[]"), 400, 0 },
    { EVENT("e", "span-create", "01", "{\"id\":7}"), 400, 0 },
    { EVENT("e", "span-create", "01", "{\"id\":\"o\",\"traceId\":{}}"), 400, 0 },
    { EVENT("", "span-create", "01", "{\"id\":\"o\"}"), 400, 0 },
    { "null", 400, 0 }, { "7", 400, 0 }, { "[]", 400, 0 }, { "{}", 400, 0 },
};

BM_LOOP_TEST(events_count_one_by_one, BM_COUNT(events))
{
    const bm_push_batch_t *batch = batch_of(events[_i].event);

    ck_assert_int_eq(batch->n, 1);
    ck_assert_int_eq(batch->events[0].status, events[_i].status);
    ck_assert_int_eq(batch->events[0].key != NULL, events[_i].is_stored);
    ck_assert_int_eq(batch->events[0].message != NULL, events[_i].status != 201);
}
END_TEST

BM_TEST(an_event_that_is_twice_in_a_batch_counts_once)
{
    const bm_push_batch_t *batch = batch_of(EVENT("e", "span-create", "01", "{\"id\":\"a\"}") ","
                                            EVENT("e", "span-create", "01", "{\"id\":\"b\"}"));
    int n;

    ck_assert_str_eq(bm_push_batch_keys(&n, batch, 0, g_pool)[0], "a");
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(batch->events[1].status, 201);
}
END_TEST

BM_TEST(bodies_that_are_no_batch)
{
    static const char *const texts[] = { "[]", "7", "{}", "{\"batch\":{}}", "{\"batch\":null}" };
    size_t i;

    for (i = 0; i < BM_COUNT(texts); i++) {
        bm_err_t *err = bm_err_make(g_pool);
        bm_push_batch_t *batch;
        json_t *body;

        ck_assert_int_eq(bm_json_parse(&body, texts[i], strlen(texts[i]), NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_push_batch_read(&batch, body, err, g_pool), APR_EINVAL);
        ck_assert_int_eq(err->violations->nelts, 1);
    }
}
END_TEST

#include "test_push_batch.reg"
